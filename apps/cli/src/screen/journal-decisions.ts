import { type Decision, decisionsAsOf, foldJournal } from '@cairn/core/screening';
import type { DataDirectory } from '../data/data-directory.ts';
import { openTrail } from './journal-open.ts';

/**
 * The decisions that an answer takes into account: those recorded by then, and when those withdrawn by then were withdrawn.
 * @param at - Unix seconds.
 * @throws verification-failed: the journal was changed. An answer does not rest on decisions nobody can vouch for.
 */
export function decisionsOf(
  directory: Pick<DataDirectory, 'path'>,
  at: number,
): { readonly decisions: readonly Decision[]; readonly withdrawals: ReadonlyMap<string, number> } {
  const { decisions, withdrawals } = decisionsAsOf(foldJournal(openTrail(directory.path).read()).decisions, at);
  return { decisions, withdrawals: new Map([...withdrawals].map(([id, withdrawal]) => [id, withdrawal.at])) };
}
