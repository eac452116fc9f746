import type { RejectCount } from '../rejects-file.ts';
import { type ChunkTotals, NO_TOTALS } from './commit-chunk.ts';

/** What one source brought: some block files together, a table, a file of replies, a node, a service. */
export type BitcoinSourceResult = {
  /** File name, or host. */
  readonly source: string;
  readonly format: string;
  readonly totals: ChunkTotals;
  /** Imports made; each is visible as a whole. */
  readonly imports: number;
  /** Rows that are new to the ledger. */
  readonly transfers: number;
  /** Blocks that the ledger had already. */
  readonly knownBlocks: number;
  /** Heights from which the ledger was rolled back, for a reorganisation. */
  readonly rolledBack: readonly number[];
  /** First and last height of the blocks that came new; null: none. */
  readonly headers: { readonly from: number; readonly to: number } | null;
  readonly rejected: number;
  readonly rejectedByReason: readonly RejectCount[];
  readonly rejectsFile: string | null;
  /** What the source leaves out or what was taken for granted, in sentences. */
  readonly notes: readonly string[];
};

export function emptyResult(source: string, format: string): BitcoinSourceResult {
  return {
    source,
    format,
    totals: NO_TOTALS,
    imports: 0,
    transfers: 0,
    knownBlocks: 0,
    rolledBack: [],
    headers: null,
    rejected: 0,
    rejectedByReason: [],
    rejectsFile: null,
    notes: [],
  };
}
