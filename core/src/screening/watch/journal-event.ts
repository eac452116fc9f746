import { z } from 'zod';
import { DECISION_ENTRIES, type DecisionEntry } from '../decisions/event.ts';
import { type DecisionBook, foldDecisions } from '../decisions/fold.ts';
import type { Stamped } from '../decisions/trail.ts';
import { MOVEMENT_ENTRIES } from '../movements/event.ts';
import { WATCH_ENTRIES } from './event.ts';
import { foldWatch, type WatchBook, type WatchingEntry } from './fold.ts';

/** The last bytes of the journal were not a whole append: they were moved to a file beside it. */
const TORN_ENTRY = z.strictObject({
  kind: z.literal('torn-end-set-aside'),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  file: z.string(),
});
export type TornEntry = Readonly<z.infer<typeof TORN_ENTRY>>;

export type JournalEntry = DecisionEntry | WatchingEntry | TornEntry;
export type JournalEvent = Stamped<JournalEntry>;

const stamp = {
  seq: z.int().positive(),
  at: z.int().nonnegative(),
  by: z.string().regex(/\S/),
  following: z.int().nonnegative(),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
};

const EVENTS = new Map(
  [...DECISION_ENTRIES, ...WATCH_ENTRIES, ...MOVEMENT_ENTRIES, TORN_ENTRY].map((schema) => [
    schema.shape.kind.value as string,
    (schema as z.ZodObject).extend(stamp),
  ]),
);

/** Reads one event of the journal. @throws where the value is none, naming the member. */
export function parseJournalEvent(value: unknown): JournalEvent {
  const kind = (value as { kind?: unknown } | null)?.kind;
  const schema = typeof kind === 'string' ? EVENTS.get(kind) : undefined;
  if (schema === undefined) throw new Error(`of a kind this Cairn does not know: ${String(kind)}`);
  const read = schema.safeParse(value);
  if (read.success) return read.data as unknown as JournalEvent;
  const [issue] = read.error.issues;
  throw new Error(`${issue?.path.join('.') || kind}: ${issue?.message}`);
}

/** What a journal amounts to. */
export type JournalState = { readonly decisions: DecisionBook; readonly watch: WatchBook };

const DECISION_KINDS: ReadonlySet<string> = new Set(DECISION_ENTRIES.map(({ shape }) => shape.kind.value));
const WATCH_KINDS: ReadonlySet<string> = new Set(
  [...WATCH_ENTRIES, ...MOVEMENT_ENTRIES].map(({ shape }) => shape.kind.value),
);

/**
 * The decisions, watched subjects and alerts that events amount to. Folding on from an earlier state gives the same.
 * @throws {CairnError} `verification-failed`: an event that no valid command can have led to.
 */
export function foldJournal(events: readonly JournalEvent[], from?: JournalState): JournalState {
  return {
    decisions: foldDecisions(events.filter(isDecisionEvent), from?.decisions),
    watch: foldWatch(events.filter(isWatchEvent), from?.watch),
  };
}

function isDecisionEvent(event: JournalEvent): event is Stamped<DecisionEntry> {
  return DECISION_KINDS.has(event.kind);
}

function isWatchEvent(event: JournalEvent): event is Stamped<WatchingEntry> {
  return WATCH_KINDS.has(event.kind);
}
