import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import type { LedgerStore } from '../../ports.ts';
import { parseBlock, type RawBlock } from '../../utxo/raw/block.ts';
import type { RawHeader } from '../../utxo/raw/header.ts';
import { type HeaderAnchor, type LinkedHeaders, linkHeaders } from '../../utxo/raw/header-chain.ts';
import type { UtxoTransaction } from '../../utxo/transaction.ts';
import {
  type BlockEntry,
  type BlockFile,
  inContext,
  indexBlocks,
  openBlockFile,
  readBlockBytes,
} from './block-index.ts';
import type { BlockSource, SourceBlock } from './block-source.ts';

/** From this block on every block of the main network states its true height (BIP 34: 750 of 1,000 blocks did before it). */
const STATED_FROM = 224_413;
/** Headers of the ledger that are looked through at once. */
const WINDOW = 10_000;

export type BlockFilesOptions = {
  readonly chain: Chain;
  /** Eight bytes as hex; null: `xor.dat` beside each file. */
  readonly xorKey: string | null;
  /** Height of the first block, where blocks do not say theirs; null: not given. */
  readonly height: number | null;
  readonly store: Pick<LedgerStore, 'headers' | 'tip'>;
};

export type OpenBlockFiles = {
  /** Runs of contiguous blocks, the lowest first. */
  readonly sources: readonly BlockSource[];
  readonly notes: readonly string[];
  readonly close: () => Promise<void>;
};

/**
 * Opens files of raw blocks as runs of contiguous blocks. First only headers are read and linked, in whatever order the files have
 * them; blocks are read one by one as they are asked for.
 * @throws {CairnError} `invalid-input`: a damaged file, or a block of which nothing says at what height it stands.
 */
export async function openBlockFiles(paths: readonly string[], options: BlockFilesOptions): Promise<OpenBlockFiles> {
  const files: BlockFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of files) await file.close();
  };
  try {
    const entries = new Map<string, BlockEntry>();
    for (const path of paths) {
      const file = await openBlockFile(path, options.xorKey);
      files.push(file);
      for await (const entry of indexBlocks(file))
        if (!entries.has(entry.header.hash)) entries.set(entry.header.hash, entry);
    }
    const { chains, forks } = await link(entries, options);
    const left = forks.reduce((sum, { headers }) => sum + headers.length, 0);
    const sources = chains.map(({ headers }) =>
      sourceOf(
        options.chain,
        (headers[0] as { height: number }).height,
        headers.map(({ hash }) => entries.get(hash) as BlockEntry),
      ),
    );
    return { sources, notes: left === 0 ? [] : [`${left} blocks on branches with less work were left out.`], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Puts the blocks in chains of known height; what a first block states is read only where nothing else tells. */
async function link(entries: ReadonlyMap<string, BlockEntry>, options: BlockFilesOptions): Promise<LinkedHeaders> {
  const headers = [...entries.values()].map(({ header }) => header);
  const roots = headers.filter(({ previous }) => !entries.has(previous));
  const anchors = await anchorsOf(roots, options);
  const first = linkHeaders(headers, anchors);
  if (first.orphans.length === 0) return first;
  const unknown = new Set(first.orphans.map(({ hash }) => hash));
  const stated = new Map<string, number | null>();
  for (const { hash } of roots) {
    if (unknown.has(hash)) stated.set(hash, (await readBlock(options.chain, entries.get(hash) as BlockEntry)).height);
  }
  const second = linkHeaders(
    headers.map((header) => ({ ...header, statedHeight: stated.get(header.hash) ?? null })),
    anchors,
  );
  const [orphan] = second.orphans;
  if (orphan !== undefined) throw noHeight(entries.get(orphan.hash) as BlockEntry, options.height !== null);
  return second;
}

/** What ledger and caller know of heights. */
async function anchorsOf(
  roots: readonly RawHeader[],
  { chain, store, height }: BlockFilesOptions,
): Promise<HeaderAnchor[]> {
  const [only] = roots;
  const anchors: HeaderAnchor[] =
    height !== null && roots.length === 1 && only !== undefined ? [{ hash: only.hash, height }] : [];
  const wanted = new Set(roots.map(({ previous }) => previous));
  const tip = await store.tip(chain);
  for (let from = 0; tip !== null && from <= tip.height; from += WINDOW) {
    for (const known of await store.headers(chain, from, from + WINDOW - 1)) {
      if (wanted.has(known.hash)) anchors.push({ hash: known.hash, height: known.height });
    }
  }
  return anchors;
}

function noHeight({ file, at, header }: BlockEntry, isGiven: boolean): CairnError {
  const place = file.kind === 'block' ? file.name : `${file.name}, byte ${at}`;
  return new CairnError(
    'invalid-input',
    `${place}: block ${header.hash} does not say at what height it stands, and follows no block of the ledger`,
    {
      hints: isGiven
        ? ['--height is for one run of blocks: give these files one by one, each with its height']
        : ['give its height: --height N', 'or ingest the blocks before it first'],
    },
  );
}

async function readBlock(chain: Chain, entry: BlockEntry): Promise<RawBlock> {
  const bytes = await readBlockBytes(entry);
  try {
    return parseBlock(chain, bytes);
  } catch (error) {
    throw inContext(
      error,
      `${entry.file.name}: block ${entry.header.hash}${entry.file.kind === 'block' ? '' : ` at byte ${entry.at}`}`,
    );
  }
}

function sourceOf(chain: Chain, from: number, blocks: readonly BlockEntry[]): BlockSource {
  const names = [...new Set(blocks.map(({ file }) => file.name))];
  return {
    chain,
    name: names.length === 1 ? (names[0] as string) : `${names[0]} … ${names.at(-1)}`,
    format: 'bitcoin-blocks',
    first: from,
    last: async () => from + blocks.length - 1,
    hashAt: async (height) => blocks[height - from]?.header.hash ?? null,
    block: async (_, height) => {
      const entry = blocks[height - from] as BlockEntry;
      const block = await readBlock(chain, entry);
      if (block.height !== null && block.height >= STATED_FROM && block.height !== height)
        throw otherHeight(entry, block.height, height);
      return asStated(chain, block, height);
    },
  };
}

function otherHeight({ file, header }: BlockEntry, stated: number, height: number): CairnError {
  return new CairnError(
    'contradiction',
    `${file.name}: block ${header.hash} states the height ${stated}, and would stand at ${height}`,
    {
      hints: ['is --height right?'],
    },
  );
}

function asStated(chain: Chain, { header, transactions, size }: RawBlock, height: number): SourceBlock {
  const { hash, previous, merkleRoot, time } = header;
  return {
    header: { chain, height, hash, previous, merkleRoot, time },
    transactions: transactions.map(
      ({ tx, version, lockTime, inputs, outputs }, txIndex): UtxoTransaction => ({
        chain,
        tx,
        blockNumber: height,
        blockTime: time,
        txIndex,
        indexAssigned: false,
        version,
        lockTime,
        inputs: inputs.map((input) => ({ ...input, amount: null, lock: null })),
        outputs,
      }),
    ),
    size,
  };
}
