import { CairnError } from '@cairn/core/errors';
import {
  type IngestProgress,
  type IngestResult,
  ingestReceipts,
  ingestReceiptsFromNode,
  type NodeQuery,
} from '@cairn/core/ledger/sources';
import { keysOf, parseCoverage } from '@cairn/core/tracing';
import { type Chain, parseChain } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory, readJson } from '../data/data-directory.ts';
import { showFile } from '../data/ingest.ts';
import { afterChange } from '../screen/after-change.ts';
import { trafficTo } from '../sources/reach.ts';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { act, repeatable, verb } from './command.ts';

type Flags = {
  readonly chain?: string;
  readonly coverage?: string;
  readonly rpc?: string;
  readonly tx: readonly string[];
  readonly from?: string;
  readonly to?: string;
};

export function ingestReceiptsCommand(): Command {
  const examples = [
    'cairn ingest receipts receipts.json',
    'cairn ingest receipts transactions.parquet receipts.parquet logs.parquet traces.parquet',
    'cairn ingest receipts --rpc http://127.0.0.1:8545 --tx 0x0fe6…',
    'cairn ingest receipts --rpc http://127.0.0.1:8545 --from 21895238 --to 21895300',
  ];
  const command = verb('receipts', 'bring transactions with receipts, logs and traces into the ledger', examples)
    .argument(
      '[file...]',
      "a node's JSON replies (one, a list, JSON lines; .gz), or logs, receipts, transactions and traces of ethereum-etl (CSV, Parquet)",
    )
    .option('--chain <chain>', 'chain of records that name none (eth, CAIP-2)')
    .option('--coverage <file>', 'what the files are complete for (JSON); default: unknown')
    .option('--rpc <url>', 'ask this node (JSON-RPC) for --tx, or for the blocks --from --to')
    .addOption(repeatable('--tx <hash>', 'a transaction to ask the node for'))
    .option('--from <block>', 'first block to ask the node for')
    .option('--to <block>', 'last block to ask the node for');
  return act<Flags>(command, async (context, flags, files) => {
    const query = nodeQuery(flags, files);
    const coverage = flags.coverage === undefined ? [] : parseCoverage(readJson(flags.coverage));
    return ingestInto(context, ({ store, directory, rejectsDirectory, signal, onProgress }) => {
      const common = { store, keysOf, coverage, rejectsDirectory, signal, onProgress, ...chainOf(flags) };
      if (query === null) return ingestReceipts({ ...common, files, engine: { directory } });
      const url = flags.rpc as string;
      return ingestReceiptsFromNode({ ...common, url, what: query, client: trafficTo(context, 'rpc', url) });
    });
  });
}

/** What to ask the node for; null: files are read. @throws invalid-input: neither, both, or half of a question. */
function nodeQuery({ rpc, tx, from, to }: Flags, files: readonly string[]): NodeQuery | null {
  const asks = tx.length > 0 || from !== undefined || to !== undefined;
  if (rpc === undefined) {
    if (asks) throw new CairnError('invalid-input', '--tx, --from and --to ask a node: name it with --rpc URL');
    if (files.length === 0) throw new CairnError('invalid-input', 'name files, or a node with --rpc URL');
    return null;
  }
  if (files.length > 0) throw new CairnError('invalid-input', 'read either files or a node, not both in one run');
  if (tx.length > 0 && from === undefined && to === undefined) return { kind: 'transactions', hashes: tx };
  if (tx.length > 0 || from === undefined || to === undefined) {
    throw new CairnError('invalid-input', 'ask the node either for --tx HASH, or for the blocks --from N --to N');
  }
  return { kind: 'blocks', from: blockNumber('--from', from), to: blockNumber('--to', to) };
}

function blockNumber(name: string, text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new CairnError('invalid-input', `${name} takes the number of a block, not ${text}`);
}

function chainOf({ chain }: Flags): { chain?: Chain } {
  return chain === undefined ? {} : { chain: parseChain(chain) };
}

type Into = {
  readonly store: Awaited<ReturnType<ReturnType<typeof openDataDirectory>['openLedger']>>;
  /** The ledger's own directory, whose engine reads Parquet. */
  readonly directory: string;
  readonly rejectsDirectory: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: IngestProgress) => void;
};

/** Runs an ingest into the data directory's ledger, with progress on stderr, and prints what became of each file. */
export async function ingestInto(context: Context, ingest: (into: Into) => Promise<IngestResult>): Promise<ExitCode> {
  const directory = openDataDirectory(context.data);
  const store = await directory.openLedger();
  const progress = createProgress();
  const onProgress = ({ file, phase, bytesRead, totalBytes, rows, rejected }: IngestProgress): void => {
    const refused = rejected === 0 ? '' : `, ${grouped(rejected)} rejected`;
    const fraction = totalBytes === 0 ? null : Math.min(1, bytesRead / totalBytes);
    progress.update(`${file}: ${phase}, ${grouped(rows)} records${refused}`, fraction);
  };
  const into = {
    store,
    directory: directory.ledger,
    rejectsDirectory: directory.rejects,
    signal: context.signal,
    onProgress,
  };
  const running = ingest(into).finally(() => {
    progress.done();
    return store.close();
  });
  const { files, assets } = await running;
  if (assets.size > 0) directory.addAssets([...assets].map(([asset, metadata]) => ({ asset, ...metadata })));
  context.print(files.map(showFile).join('\n'), files);
  if (files.some(({ status }) => status !== 'already-imported')) await afterChange(context, 'ledger');
  return files.some(({ rejected }) => rejected > 0) ? 8 : 0;
}
