import type { AppliedDecision } from '../answer.ts';
import type { Decision } from './decision.ts';

/** Decisions in the order recorded, and when (Unix seconds) those withdrawn were withdrawn. */
export type RecordedDecisions = {
  readonly decisions: readonly Decision[];
  readonly withdrawals: ReadonlyMap<string, number>;
};

/** A match found now: the listed party's id, and the digest of its entry. */
export type FoundMatch = { readonly id: string; readonly digest: string };

export type Ruling = {
  /** Ids of matches that a decision hides. */
  readonly suppressed: ReadonlySet<string>;
  /** Every decision about the subject that had been taken by then, in the order recorded. */
  readonly applied: readonly AppliedDecision[];
};

/**
 * Which of a subject's matches did somebody decide to set aside, and what do all decisions about it amount to?
 *
 * The latest decision on a match rules, even when it has expired or been withdrawn: an earlier one does not come back. It
 * suppresses the match while it is a false positive, its term runs and the listing is word for word what was decided about.
 * @param subject - its key.
 * @param matches - found now, before any is set aside.
 * @param recorded - with `asOf`, Unix seconds: decisions and withdrawals after that do not count.
 */
export function applyDecisions(
  subject: string,
  matches: readonly FoundMatch[],
  recorded: RecordedDecisions & { readonly asOf: number },
): Ruling {
  const taken = (bySubject(recorded.decisions).get(subject) ?? []).filter(({ at }) => at <= recorded.asOf);
  const latest = new Map(taken.map((decision) => [decision.matchId, decision.id]));
  const digests = new Map(matches.map(({ id, digest }) => [id, digest]));
  const applied = taken.map((decision) => ({
    decision,
    standing:
      latest.get(decision.matchId) === decision.id
        ? standingOf(decision, digests.get(decision.matchId), recorded)
        : ('superseded' as const),
  }));
  const suppressing = applied.filter(({ standing }) => standing === 'suppresses');
  return { suppressed: new Set(suppressing.map(({ decision }) => decision.matchId)), applied };
}

/**
 * What the latest decision on a match amounts to.
 * @param digest - of the listing as it is now; undefined: the match was not found.
 */
export function standingOf(
  decision: Decision,
  digest: string | undefined,
  { withdrawals, asOf }: RecordedDecisions & { readonly asOf: number },
): Exclude<AppliedDecision['standing'], 'superseded'> {
  const withdrawnAt = withdrawals.get(decision.id);
  if (withdrawnAt !== undefined && withdrawnAt <= asOf) return 'withdrawn';
  if (decision.until !== null && decision.until <= asOf) return 'expired';
  if (digest === undefined) return 'not-matched';
  if (digest !== decision.matchDigest) return 'listing-changed';
  return decision.verdict === 'true-match' ? 'confirms' : 'suppresses';
}

/** A batch asks a million times about the same decisions: they are sorted by subject once. */
const sorted = new WeakMap<readonly Decision[], ReadonlyMap<string, readonly Decision[]>>();

function bySubject(decisions: readonly Decision[]): ReadonlyMap<string, readonly Decision[]> {
  const before = sorted.get(decisions);
  if (before !== undefined) return before;
  const groups = Map.groupBy(decisions, ({ subject }) => subject);
  sorted.set(decisions, groups);
  return groups;
}
