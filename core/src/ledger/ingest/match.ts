import type { Transfer } from '../transfer.ts';
import type { Draft } from './draft.ts';

type Content = Pick<Transfer, 'from' | 'to' | 'asset' | 'amount' | 'kind' | 'rounded'>;

/** Whether two amounts are one where a source rounded to a double what another has exactly. */
function sameAmount(a: Content, b: Content): boolean {
  if (a.amount === b.amount) return true;
  return (a.rounded || b.rounded) && Number(a.amount) === Number(b.amount);
}

/** Whether two records of one transaction say the same; where and when is not looked at. */
export function sameMovement(a: Content, b: Content): boolean {
  return a.kind === b.kind && a.from === b.from && a.to === b.to && a.asset === b.asset && sameAmount(a, b);
}

export function hasAssignedPosition(transfer: Transfer): boolean {
  return transfer.assigned === 'position' || transfer.assigned === 'both';
}

/**
 * Which transfer of the ledger a row states again, or null. A row without a place of its own is known by its
 * content and its occurrence number within the file: the second such row is the ledger's second such transfer.
 * A row that brings a place is known by the place, or, where the ledger's record lacked it, by content as well.
 * @param existing - the ledger's transfers of the row's transaction, by position.
 * @param seen - counts rows of one content; changed by the call.
 */
export function findInLedger(draft: Draft, existing: readonly Transfer[], seen: Map<string, number>): Transfer | null {
  if (draft.position !== null) {
    const there = existing.find((transfer) => transfer.position === draft.position);
    if (there !== undefined && sameMovement(there, draft)) return there;
  }
  const candidates = existing.filter(
    (transfer) => (draft.position === null || hasAssignedPosition(transfer)) && sameMovement(transfer, draft),
  );
  const first = candidates[0];
  if (first === undefined) return null;
  const key = `${first.kind} ${first.from} ${first.to} ${first.asset} ${first.amount}`;
  const occurrence = seen.get(key) ?? 0;
  seen.set(key, occurrence + 1);
  return candidates[occurrence] ?? null;
}
