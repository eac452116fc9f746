import type { RejectCount } from '../rejects-file.ts';
import { NOTHING_SYNCED, type SyncResult } from './sync-blocks.ts';

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
  return { ...NOTHING_SYNCED, source, format, rejected: 0, rejectedByReason: [], rejectsFile: null };
}
