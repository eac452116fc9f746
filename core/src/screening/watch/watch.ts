import type { MovementRecord } from '../movements/event.ts';
import type { Position } from '../movements/movement.ts';
import type { NameQuery } from '../names/match.ts';

/** A subject that is screened again whenever what answers rest on changes. */
export type WatchedSubject = {
  /** `W-1` … */
  readonly id: string;
  readonly subject:
    | { readonly kind: 'account'; readonly text: string }
    | { readonly kind: 'name'; readonly query: NameQuery };
  /** The holder's own reference (customer number); null: none. */
  readonly reference: string | null;
  readonly owner: string;
  readonly addedBy: string;
  /** Unix seconds. */
  readonly addedAt: number;
};

export const DISPOSITIONS = [
  'open',
  'in-review',
  'escalated',
  'closed-true-match',
  'closed-false-positive',
  'closed-no-action',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** Something about what is watched changed: the answer about a subject, or where stolen value stands. */
export type Alert = AnswerAlert | MovementAlert;

/** A watched subject's answer changed. */
export type AnswerAlert = AlertCommon & {
  readonly kind: 'answer';
  /** Verdicts and digests before and after. */
  readonly before: AnswerMark;
  readonly after: AnswerMark;
};

/** Value that a watched trace follows has moved. */
export type MovementAlert = AlertCommon & {
  readonly kind: 'movement';
  /** The rule whose amounts it states. */
  readonly policy: string;
  readonly movements: readonly MovementRecord[];
  /** Up to which blocks the trace was made, and the digest of its result. */
  readonly positions: readonly Position[];
  readonly digest: string;
};

type AlertCommon = {
  /** `A-1` … */
  readonly id: string;
  readonly watch: string;
  /** Unix seconds. */
  readonly raisedAt: number;
  /** What changed in the world: `list un-sc@2026-02-27+…`, `labels`, `ledger`, `incidents`, `chain`. */
  readonly causes: readonly string[];
  /** What is new, what is gone, what moved, in words. */
  readonly changes: readonly string[];
  readonly owner: string;
  /** ISO date. */
  readonly due: string;
  readonly disposition: Disposition;
  /** In order. */
  readonly history: readonly {
    readonly at: number;
    readonly by: string;
    readonly what: string;
    readonly note: string | null;
  }[];
};

/** Enough of an answer to see that it changed, and to ask for it again. */
export type AnswerMark = {
  readonly verdict: string;
  /** Hits in words, sorted: `listed ofac-sdn:27307`, `exposed received theft bybit-2025`. */
  readonly hits: readonly string[];
  /** Hits that a decision sets aside, in the same words, sorted. */
  readonly suppressed: readonly string[];
  /** Ids of the list versions it rests on. */
  readonly lists: readonly string[];
  /** ISO date-time: ask again with --as-of this. */
  readonly asOf: string;
};
