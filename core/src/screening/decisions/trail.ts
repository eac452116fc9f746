import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { CairnError } from '../../errors.ts';

/** What the audit trail adds to an entry. */
export type Stamp = {
  /** 1, 2, 3 … */
  readonly seq: number;
  /** Unix seconds, by the clock of the machine that wrote it. */
  readonly at: number;
  /** Who, as they named themselves. */
  readonly by: string;
  /** How many more events the same append holds after this one: an append counts whole or not at all. */
  readonly following: number;
  /** Hash of the event before; 64 zeros at the first. */
  readonly prev: string;
  /** SHA-256, hex, over the canonical JSON (RFC 8785) of the event without this member. */
  readonly hash: string;
};

export type Stamped<Entry> = Entry & Stamp;

/** What an append-only trail holds, and how far it can be relied on. */
export type Trail<Entry> = {
  /** Events that follow each other without a break, oldest first; an append that was cut off is left out. */
  readonly events: readonly Stamped<Entry>[];
  /** Hash of the last of them; of an empty trail, 64 zeros. Whoever publishes it fixes everything before it. */
  readonly head: string;
  /** Where the chain breaks (line from 1): nothing from there on is in `events`. null: nowhere. */
  readonly broken: { readonly line: number; readonly reason: string } | null;
  /** Whole lines at the end that belong to an append that was cut off. */
  readonly unfinished: number;
};

export const NO_HEAD = '0'.repeat(64);

/**
 * Makes events of entries, each chained to the one before.
 * @param head - the last event's `seq` and `hash`; `{ seq: 0, hash: NO_HEAD }` at the start.
 * @throws {CairnError} `invalid-input`: a text that is not valid Unicode.
 */
export function stampEntries<Entry extends object>(
  entries: readonly Entry[],
  { at, by }: Pick<Stamp, 'at' | 'by'>,
  head: Pick<Stamp, 'seq' | 'hash'>,
): readonly Stamped<Entry>[] {
  let { seq, hash } = head;
  return entries.map((entry, i) => {
    const unsealed = { ...entry, seq: ++seq, at, by, following: entries.length - 1 - i, prev: hash };
    hash = hashOf(unsealed);
    return { ...unsealed, hash };
  });
}

/** The line an event is kept as, with its end. */
export function lineOf(event: object): string {
  return `${canonical(event)}\n`;
}

/**
 * Does every event follow from the one before, as it was written?
 *
 * An intact chain shows that no line was altered, added, left out or moved without redoing every hash after it. It does not
 * show that nobody did redo them all, or cut off the end: against that the head has to be known from elsewhere, published or
 * signed. Nor does it show that the clock was right or that people are who they said.
 * @param text - whole lines.
 * @param parse - one event from its JSON; throws where it is none.
 */
export function readTrail<Entry>(text: string, parse: (value: unknown) => Stamped<Entry>): Trail<Entry> {
  const events: Stamped<Entry>[] = [];
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  let broken: Trail<Entry>['broken'] = null;
  for (const line of lines) {
    const read = readEvent(line, events.at(-1), parse);
    if (typeof read === 'string') {
      broken = { line: events.length + 1, reason: read };
      break;
    }
    events.push(read);
  }
  const unfinished = broken === null && (events.at(-1)?.following ?? 0) > 0 ? lengthOfLastAppend(events) : 0;
  events.length -= unfinished;
  return { events, head: events.at(-1)?.hash ?? NO_HEAD, broken, unfinished };
}

/** @returns the event, or why the chain breaks here. */
function readEvent<Entry>(
  line: string,
  before: Stamp | undefined,
  parse: (value: unknown) => Stamped<Entry>,
): Stamped<Entry> | string {
  let event: Stamped<Entry>;
  try {
    event = parse(JSON.parse(line));
  } catch (error) {
    return `not an event: ${(error as Error).message}`;
  }
  const seq = (before?.seq ?? 0) + 1;
  if (event.seq !== seq) return `event ${event.seq} stands where event ${seq} should`;
  if (event.prev !== (before?.hash ?? NO_HEAD)) return 'it does not follow the event before';
  const { hash, ...content } = event;
  if (hash !== hashOf(content)) return 'its content is not what its hash was made of';
  const following = before?.following ?? 0;
  if (following > 0 && event.following !== following - 1) return 'the append before it is not whole';
  return event;
}

function lengthOfLastAppend(events: readonly Stamp[]): number {
  let length = 1;
  let { following } = events.at(-1) as Stamp;
  for (let i = events.length - 2; i >= 0 && events[i]?.following === following + 1; i--, length++) following++;
  return length;
}

function hashOf(content: object): string {
  return bytesToHex(sha256(utf8ToBytes(canonical(content))));
}

function canonical(value: object): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new CairnError('invalid-input', 'a text to be recorded is not valid Unicode', { cause });
  }
  if (text === undefined) throw new CairnError('defect', 'an event has no canonical JSON');
  return text;
}
