import { type Limits, NO_LIMITS, type TagResult } from '../../tracing/index.ts';
import { type Asset, formatTime } from '../../units/index.ts';
import type { Exposure } from './exposure.ts';

/**
 * Where exposure stops looking unless the caller says otherwise. None of these is a finding about money: each is where an
 * answer is cut off, and the answer says which of them cut it.
 * - 10 hops: twice the five hops of the longest chain in the cases that ship with Cairn.
 * - 5,000 accounts: keeps a screening of one account to what can be read through in a sitting; the rest is `max-accounts`.
 * - 1,000 counterparties: an unlabelled account that deals with so many holds the value of many people in one mixture, and
 *   what it pays out says nothing of whose value came in.
 */
export const EXPOSURE_LIMITS: Limits = {
  ...NO_LIMITS,
  maxHops: 10,
  maxAccounts: 5_000,
  serviceCounterparties: 1_000,
};

/** What every limit set is called, and whether any of the traces ran into it. */
export function describeLimits(limits: Limits, tags: readonly TagResult[]): Exposure['limits'] {
  const reasons = new Set(tags.flatMap((tag) => tag.terminals.map(({ reason }) => reason)));
  const set: { limit: string; hit: boolean }[] = [];
  const note = (value: number | null, limit: string, reason: string): void => {
    if (value !== null) set.push({ limit, hit: reasons.has(reason) });
  };
  note(limits.maxHops, `max-hops ${limits.maxHops}`, 'max-hops');
  note(limits.maxAccounts, `max-accounts ${limits.maxAccounts}`, 'max-accounts');
  note(
    limits.serviceCounterparties,
    `service-counterparties ${limits.serviceCounterparties}`,
    // Which of the two service limits an account exceeded is not told apart: both count as hit.
    'service-suspected',
  );
  note(limits.serviceTransfers, `service-transfers ${limits.serviceTransfers}`, 'service-suspected');
  for (const asset of Object.keys(limits.minAmount).sort() as Asset[]) {
    const hit = tags.some((tag) => tag.asset === asset && tag.terminals.some((t) => t.reason === 'below-threshold'));
    set.push({ limit: `min-amount ${asset} ${limits.minAmount[asset]}`, hit });
  }
  // What happened after it was not looked at, whether or not anything did: always to be taken as hit.
  if (limits.until !== null) set.push({ limit: `until ${formatTime(limits.until)}`, hit: true });
  return set;
}
