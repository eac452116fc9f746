import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CairnError } from '../../../errors.ts';
import { BITCOIN } from '../../../units/index.ts';
import type { StatedBlock } from '../../utxo/datasets/core-json.ts';
import { openCsv } from '../csv.ts';
import { isParquet, openParquet } from '../parquet.ts';
import { createRejectLog, noGoodRow, type RejectLog } from '../rejects-file.ts';
import { sha256File } from '../sha256.ts';
import { openTableEngine } from '../table-reader.ts';
import { inContext } from './block-index.ts';
import type { BlockSource } from './block-source.ts';
import { type ClassifiedFile, withEngine } from './classify.ts';
import { NO_TOTALS } from './commit-chunk.ts';
import { commitPayments } from './commit-payments.ts';
import { readEtlTable } from './etl-table.ts';
import type { BitcoinFilesOptions } from './ingest-bitcoin.ts';
import { ingestBlocks } from './ingest-blocks.ts';
import { type BitcoinSourceResult, emptyResult } from './ingest-result.ts';
import { ingestTransactions, type TransactionsOptions } from './ingest-transactions.ts';
import { readJsonReplies } from './json-files.ts';

/** Transactions between two looks at progress. */
const PROGRESS_EVERY = 1_000;

/** Brings a table of transactions or payments into the ledger. */
export async function ingestTableFile(
  classified: ClassifiedFile,
  options: BitcoinFilesOptions,
): Promise<BitcoinSourceResult> {
  const file = basename(classified.path);
  const sha256 = await sha256File(classified.path);
  const rejects = createRejectLog({ file, sha256 }, options.rejectsDirectory ?? null, () => {});
  try {
    const result =
      classified.kind === 'payments'
        ? await ingestPayments(classified, sha256, rejects, options)
        : await ingestEtl(classified, rejects, options);
    const rejected = rejects.count;
    const rejectedByReason = rejects.byReason();
    return { ...result, rejected, rejectedByReason, rejectsFile: await rejects.close() };
  } catch (error) {
    await rejects.discard();
    throw inContext(error, file);
  }
}

async function ingestEtl(
  classified: ClassifiedFile,
  rejects: RejectLog,
  options: BitcoinFilesOptions,
): Promise<BitcoinSourceResult> {
  const { path, kind, columns } = classified;
  const { chain = BITCOIN } = options;
  const file = basename(path);
  const table = { path, file, kind: kind as 'parquet' | 'csv' | 'json-lines', columns, chain };
  const result = await withEngine(options, (engine) =>
    ingestTransactions(readEtlTable(table, engine, rejects), {
      ...transactionsOptions(file, 'bitcoin-etl', options),
      rejected: () => rejects.count,
    }),
  );
  if (rejects.count > 0 && result.totals.transactions + result.totals.alreadyKnown === 0)
    throw noGoodRow(rejects, null);
  return result;
}

async function ingestPayments(
  { path }: ClassifiedFile,
  sha256: string,
  rejects: RejectLog,
  options: BitcoinFilesOptions,
): Promise<BitcoinSourceResult> {
  const { store, chain = BITCOIN, height, time } = options;
  const file = basename(path);
  const before = (await store.imports()).find((earlier) => earlier.sha256 === sha256);
  const empty = emptyResult(file, 'bitcoin-payments');
  if (before !== undefined)
    return {
      ...empty,
      notes: [`A file of the same content was imported before, as ${before.file}: nothing was added.`],
    };
  if ((height === undefined) !== (time === undefined)) {
    throw new CairnError(
      'invalid-input',
      'for a table without blocks, --height and --time are given together or not at all',
    );
  }
  const place = height === undefined || time === undefined ? null : { blockNumber: height, blockTime: time };
  return withEngine(options, async (engine) => {
    const source = (await isParquet(path))
      ? await openParquet(path, engine)
      : await openCsv(path, (await stat(path)).size, () => openTableEngine(null));
    try {
      const done = await commitPayments(source, { store, chain, file, sha256, rejects, place });
      const totals = { ...NO_TOTALS, transactions: done.transactions, outputValue: done.value };
      return { ...empty, totals, imports: 1, transfers: done.import.transfers, notes: done.notes };
    } finally {
      await source.close();
    }
  });
}

/** Brings a file of a node's or service's replies into the ledger: whole blocks as blocks, others as transactions. */
export async function ingestRepliesFile(path: string, options: BitcoinFilesOptions): Promise<BitcoinSourceResult[]> {
  const { chain = BITCOIN } = options;
  const file = basename(path);
  try {
    const { blocks, transactions, unconfirmed, beside } = await readJsonReplies(path, chain);
    const results: BitcoinSourceResult[] = [];
    for (const run of runsOf(blocks)) {
      const source = sourceOf(file, run);
      results.push(await ingestBlocks(source, { from: source.first as number, to: await source.last() }, options));
    }
    if (transactions.length > 0 || results.length === 0) {
      const result = await ingestTransactions(transactions, transactionsOptions(file, 'esplora', options));
      const left = unconfirmed === 0 ? [] : [`${unconfirmed} transactions are in no block yet and were left out.`];
      results.push({ ...result, notes: [...result.notes, ...left] });
    }
    const last = results.at(-1);
    if (last === undefined || beside === 0) return results;
    const branches = `${beside} blocks of ${file} stand beside the branch that reaches highest, and were left out.`;
    return [...results.slice(0, -1), { ...last, notes: [...last.notes, branches] }];
  } catch (error) {
    throw inContext(error, file);
  }
}

function transactionsOptions(source: string, format: string, options: BitcoinFilesOptions): TransactionsOptions {
  const {
    store,
    chain = BITCOIN,
    keysOf = () => [],
    keepScripts = false,
    chunkTransactions,
    signal,
    onProgress,
  } = options;
  return {
    store,
    chain,
    source,
    format,
    keysOf,
    keepScripts,
    ...(chunkTransactions === undefined ? {} : { chunkTransactions }),
    ...(signal === undefined ? {} : { signal }),
    onTransactions: (count) => {
      if (count % PROGRESS_EVERY === 0)
        onProgress?.({ source, phase: 'reading', done: `${count} transactions`, fraction: null });
    },
  };
}

/** Blocks in runs without a gap. @param blocks - by height. */
function runsOf(blocks: readonly StatedBlock[]): StatedBlock[][] {
  const runs: StatedBlock[][] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    if (run?.at(-1)?.header.hash === block.header.previous) run?.push(block);
    else runs.push([block]);
  }
  return runs;
}

function sourceOf(name: string, run: readonly StatedBlock[]): BlockSource {
  const [{ header }] = run as [StatedBlock];
  const first = header.height;
  return {
    chain: header.chain,
    name,
    format: 'bitcoin-core-json',
    first,
    last: async () => first + run.length - 1,
    hashAt: async (height) => run[height - first]?.header.hash ?? null,
    block: async (_, height) => ({ ...(run[height - first] as StatedBlock), size: 0 }),
  };
}
