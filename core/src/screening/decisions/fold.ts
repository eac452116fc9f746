import { CairnError } from '../../errors.ts';
import type { Decision } from './decision.ts';
import type { DecisionEntry } from './event.ts';
import type { Stamped } from './trail.ts';

/** Why and by whom a decision was withdrawn; `at` in Unix seconds. */
export type Withdrawal = { readonly at: number; readonly by: string; readonly because: string };

/** Every decision ever recorded, in order, and the withdrawals by decision id. */
export type DecisionBook = {
  readonly decisions: readonly Decision[];
  readonly withdrawals: ReadonlyMap<string, Withdrawal>;
};

export const NO_DECISIONS: DecisionBook = { decisions: [], withdrawals: new Map() };

/**
 * What the events say has been decided. Folding on from an earlier book gives the same as folding all at once.
 * @throws {CairnError} `verification-failed`: an event that no valid command can have led to.
 */
export function foldDecisions(
  events: readonly Stamped<DecisionEntry>[],
  from: DecisionBook = NO_DECISIONS,
): DecisionBook {
  const decisions = [...from.decisions];
  const withdrawals = new Map(from.withdrawals);
  for (const event of events) {
    const { at, by } = event;
    if (event.kind === 'decided') {
      const { subject, subjectText, matchId, verdict, because, until, matchDigest } = event;
      if (event.decision !== `D-${decisions.length + 1}`) throw impossible(event, `${event.decision} is out of turn`);
      decisions.push({
        id: event.decision,
        subject,
        subjectText,
        matchId,
        verdict,
        by,
        because,
        at,
        until,
        matchDigest,
      });
    } else {
      const exists = Number(event.decision.slice(2)) <= decisions.length;
      if (!exists || withdrawals.has(event.decision)) throw impossible(event, `${event.decision} cannot be withdrawn`);
      withdrawals.set(event.decision, { at, by, because: event.because });
    }
  }
  return { decisions, withdrawals };
}

/** The book as it stood: decisions and withdrawals made by then. @param at - Unix seconds. */
export function decisionsAsOf(book: DecisionBook, at: number): DecisionBook {
  return {
    decisions: book.decisions.filter((decision) => decision.at <= at),
    withdrawals: new Map([...book.withdrawals].filter(([, withdrawal]) => withdrawal.at <= at)),
  };
}

/** The journal is chained, so it says what was written; what was written makes no sense. */
export function impossible({ seq }: { readonly seq: number }, why: string): CairnError {
  return new CairnError('verification-failed', `event ${seq} of the journal cannot follow those before it: ${why}`);
}
