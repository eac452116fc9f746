import { z } from 'zod';
import { CairnError } from '../../errors.ts';
import type { Decision } from './decision.ts';
import type { DecisionBook } from './fold.ts';
import { type Subject, showSubject, subjectKey } from './subject.ts';

const text = z.string().regex(/\S/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const seconds = z.int().nonnegative();
const decisionId = z.string().regex(/^D-[1-9][0-9]*$/);

/** What the audit trail says of decisions; who and when stand on every event. */
export const DECISION_ENTRIES = [
  z.strictObject({
    kind: z.literal('decided'),
    decision: decisionId,
    subject: text,
    subjectText: text,
    matchId: text,
    verdict: z.enum(['false-positive', 'true-match']),
    because: text,
    until: seconds.nullable(),
    matchDigest: sha256,
  }),
  z.strictObject({ kind: z.literal('withdrawn'), decision: decisionId, because: text }),
] as const;

export type DecisionEntry = Readonly<z.infer<(typeof DECISION_ENTRIES)[number]>>;

/** What somebody wants recorded about a match of a subject. */
export type NewDecision = Pick<Decision, 'matchId' | 'verdict' | 'because' | 'until' | 'matchDigest'> & {
  readonly subject: Subject;
};

/**
 * The entries that record decisions, in order, numbered after those there are.
 * @param at - Unix seconds: now.
 * @throws {CairnError} `invalid-input`: no reason, or a term that has ended already.
 */
export function decide(book: DecisionBook, decisions: readonly NewDecision[], at: number): readonly DecisionEntry[] {
  return decisions.map(({ subject, matchId, verdict, because, until, matchDigest }, i) => {
    if (until !== null && until <= at) {
      throw new CairnError('invalid-input', 'a decision cannot end before it is taken', {
        hints: ['give --until a date in the future, or leave it out: the decision then holds until withdrawn'],
      });
    }
    return {
      kind: 'decided',
      decision: `D-${book.decisions.length + 1 + i}`,
      subject: subjectKey(subject),
      subjectText: showSubject(subject),
      matchId,
      verdict,
      because: requireReason(because),
      until,
      matchDigest,
    };
  });
}

/** @throws {CairnError} `not-found`, `contradiction` (withdrawn already), `invalid-input` (no reason). */
export function withdraw(book: DecisionBook, id: string, because: string): DecisionEntry {
  if (!book.decisions.some((decision) => decision.id === id)) {
    throw new CairnError('not-found', `no decision ${id}`, { hints: ['cairn decisions --all lists them'] });
  }
  if (book.withdrawals.has(id)) throw new CairnError('contradiction', `${id} was withdrawn already`);
  return { kind: 'withdrawn', decision: id, because: requireReason(because) };
}

/** @throws {CairnError} `invalid-input` where a reason is missing: who reads the trail later has only that. */
export function requireReason(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed === '')
    throw new CairnError('invalid-input', 'no reason is given', { hints: ['say why with --because'] });
  return trimmed;
}
