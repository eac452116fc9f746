import { basename } from 'node:path';
import { BITCOIN } from '../../../units/index.ts';
import type { HttpOptions } from '../http/http-client.ts';
import type { TableEngine } from '../table-reader.ts';
import { openBlockFiles } from './block-files.ts';
import { type ClassifiedFile, classify } from './classify.ts';
import { createCoreSource } from './core-rpc.ts';
import { type BitcoinIngestOptions, ingestBlocks, rangeOf } from './ingest-blocks.ts';
import type { BitcoinSourceResult } from './ingest-result.ts';
import { ingestRepliesFile, ingestTableFile } from './ingest-tables.ts';

export type BitcoinFilesOptions = BitcoinIngestOptions & {
  /** Paths, in any order. */
  readonly files: readonly string[];
  /** Key of block files, eight bytes as hex; default: `xor.dat` beside each. */
  readonly xorKey?: string;
  /** Height of the first block where blocks do not say theirs; of a table without blocks, with `time`. */
  readonly height?: number;
  /** Unix seconds, for a table without blocks. */
  readonly time?: number;
  /** Where files of rejected rows go; default: none are written. */
  readonly rejectsDirectory?: string;
  /** What reads tables: an engine, or the directory of the ledger that has it open. */
  readonly engine?: TableEngine | { readonly directory: string };
};

/**
 * Brings files of Bitcoin's chain into a ledger: raw blocks (one by one or as a node keeps them, with or without its key, packed
 * with bzip2), replies of nodes and services, tables of public datasets, tables of payments.
 * @throws {CairnError} `invalid-input`: a file of another kind, or damaged; `contradiction`: with itself or the ledger;
 *   `interrupted`. What was committed before stays; nothing is half-stored.
 */
export async function ingestBitcoinFiles(options: BitcoinFilesOptions): Promise<BitcoinSourceResult[]> {
  const files: ClassifiedFile[] = [];
  for (const path of options.files) files.push(await classify(path, options));
  const results: BitcoinSourceResult[] = [];
  const blocks = files.filter(({ kind }) => kind === 'blocks').map(({ path }) => path);
  if (blocks.length > 0) results.push(...(await ingestBlockFiles(blocks, options)));
  for (const file of files) {
    if (file.kind === 'blocks') continue;
    const ingested =
      file.kind === 'replies' ? await ingestRepliesFile(file.path, options) : [await ingestTableFile(file, options)];
    results.push(...ingested);
  }
  return results;
}

async function ingestBlockFiles(
  paths: readonly string[],
  options: BitcoinFilesOptions,
): Promise<BitcoinSourceResult[]> {
  const { store, chain = BITCOIN, xorKey = null, height = null } = options;
  options.onProgress?.({ source: basename(paths[0] as string), phase: 'reading', done: 'headers', fraction: null });
  const opened = await openBlockFiles(paths, { chain, xorKey, height, store });
  try {
    const results: BitcoinSourceResult[] = [];
    for (const source of opened.sources) {
      results.push(await ingestBlocks(source, { from: source.first ?? 0, to: await source.last() }, options));
    }
    const [first, ...others] = results;
    return first === undefined ? [] : [{ ...first, notes: [...opened.notes, ...first.notes] }, ...others];
  } finally {
    await opened.close();
  }
}

export type BitcoinNodeOptions = BitcoinIngestOptions &
  HttpOptions & {
    readonly url: string;
    /** The node's cookie file. */
    readonly cookie?: string;
    /** Default: the block after the ledger's last. */
    readonly from?: number;
    /** Default: the node's last block. */
    readonly to?: number;
  };

/**
 * Brings blocks of a Bitcoin Core node into a ledger.
 * @throws {CairnError} as `ingestBitcoinFiles`; `unavailable`: the node does not answer, after several times.
 */
export async function ingestBitcoinNode(options: BitcoinNodeOptions): Promise<BitcoinSourceResult> {
  const { store, chain = BITCOIN } = options;
  const source = await createCoreSource(options.url, { ...options, chain });
  return ingestBlocks(source, await rangeOf(source, store, options), options);
}
