import type { RejectCount } from '../rejects-file.ts';
import { NO_TOTALS } from './commit-chunk.ts';
import type { SyncResult } from './sync-blocks.ts';

/** What one source brought: some block files together, a table, a file of replies, a node, a service. */
export type BitcoinSourceResult = SyncResult & {
  /** File name, or host. */
  readonly source: string;
  readonly format: string;
  readonly rejected: number;
  readonly rejectedByReason: readonly RejectCount[];
  readonly rejectsFile: string | null;
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
