import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import type { UtxoEvidence } from '../../evidence.ts';
import type { LedgerStore } from '../../ports.ts';
import type { BlockSource } from './block-source.ts';
import { type BitcoinSourceResult, emptyResult } from './ingest-result.ts';
import { syncBlocks } from './sync-blocks.ts';

export type BitcoinProgress = {
  readonly source: string;
  readonly phase: 'reading' | 'committing';
  /** What has been read, in words: `block 1,234 of 2,000`. */
  readonly done: string;
  /** 0 to 1; null: unknown. */
  readonly fraction: number | null;
};

export type BitcoinIngestOptions = {
  readonly store: LedgerStore;
  readonly chain?: Chain;
  /** The words under which a transaction's record can be looked for; default: none. */
  readonly keysOf?: (evidence: UtxoEvidence) => readonly string[];
  /** Keep scripts and witnesses of every transaction, not of those with an OP_RETURN output only. */
  readonly keepScripts?: boolean;
  /** Blocks, bytes and transactions that are made visible together. */
  readonly chunkBlocks?: number;
  readonly chunkBytes?: number;
  readonly chunkTransactions?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BitcoinProgress) => void;
};

/** Brings contiguous blocks into the ledger, see `syncBlocks`. */
export async function ingestBlocks(
  source: BlockSource,
  { from, to }: { readonly from: number; readonly to: number },
  options: BitcoinIngestOptions,
): Promise<BitcoinSourceResult> {
  const { store, keysOf = () => [], keepScripts = false, chunkBlocks, chunkBytes, signal, onProgress } = options;
  const result = await syncBlocks(source, {
    store,
    keysOf,
    keepScripts,
    from,
    to,
    ...(chunkBlocks === undefined ? {} : { chunkBlocks }),
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
    ...(signal === undefined ? {} : { signal }),
    onBlock: ({ height, phase, to: end }) =>
      onProgress?.({
        source: source.name,
        phase,
        done: `block ${height} of ${end}`,
        fraction: end === from ? null : (height - from) / (end - from),
      }),
  });
  return { ...emptyResult(source.name, source.format), ...result };
}

/** @throws {CairnError} `invalid-input`: the range is empty. */
export async function rangeOf(
  source: BlockSource,
  store: LedgerStore,
  { from, to }: { readonly from?: number; readonly to?: number },
): Promise<{ from: number; to: number }> {
  const last = await source.last();
  const tip = from === undefined ? await store.tip(source.chain) : null;
  const range = { from: from ?? (tip === null ? 0 : tip.height + 1), to: to ?? last };
  if (from !== undefined && range.from > range.to) {
    throw new CairnError(
      'invalid-input',
      `there are no blocks from ${range.from} to ${range.to}; the last block of ${source.name} is ${last}`,
    );
  }
  return range;
}
