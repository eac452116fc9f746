import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CairnError, isCairnError } from '@cairn/core/errors';
import { foldJournal, type JournalEntry, type JournalEvent, type JournalState } from '@cairn/core/screening';
import { type Appended, type Journal, openJournal } from '@cairn/core/screening/stores';
import { parseTime } from '@cairn/core/units';
import { Option } from 'commander';

/** The data directory's audit trail of decisions, watched subjects and alerts. A torn end is said on stderr. */
export function openTrail(data: string): Journal {
  const path = join(data, 'screening', 'journal.jsonl');
  return openJournal(path, (bytes) => {
    process.stderr.write(
      `cairn: the last ${bytes} bytes of ${path} are a write under way, or one that was cut off; they are left out\n`,
    );
  });
}

/** Unix seconds. */
export function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * The second that something enters in which answers rest on, later than the last one recorded: an answer and the change after
 * it must not bear the same second, or asking again as of then would give the answer after it. Waits for at most one second.
 */
export async function secondAfterTrail(data: string): Promise<number> {
  const last = lastRecorded(data);
  if (last === secondsNow()) await setTimeout((last + 1) * 1000 - Date.now());
  return secondsNow();
}

function lastRecorded(data: string): number {
  try {
    return openTrail(data).read().at(-1)?.at ?? 0;
  } catch (error) {
    // A trail that was tampered with is told of where it is used; it does not keep lists from being taken in.
    if (isCairnError(error)) return 0;
    throw error;
  }
}

export const byOption = (): Option =>
  new Option('--by <name>', 'who does this (environment: CAIRN_USER; default: the name you are logged in by)');

/** Who does this, as they say: Cairn does not check it. @throws invalid-input where nothing tells. */
export function userOf({ by }: { readonly by?: string }): string {
  const named = by ?? process.env['CAIRN_USER'] ?? systemUser();
  if (named.trim() !== '') return named.trim();
  throw new CairnError('invalid-input', 'nobody is named', { hints: ['say who does this with --by NAME'] });
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** The state that what is to be recorded is decided on. */
export type Deciding = (state: JournalState, events: readonly JournalEvent[]) => readonly JournalEntry[];

/** Records what `decide` makes of the state as it is then, and says on stderr if the end of the trail was torn. */
export function record(journal: Journal, by: string, decide: Deciding): Appended {
  const done = journal.append({ at: secondsNow(), by }, (events) => decide(foldJournal(events), events));
  for (const event of done.added) {
    if (event.kind !== 'torn-end-set-aside') continue;
    process.stderr.write(
      `cairn: the last ${event.bytes} bytes of ${journal.path} were a write that was cut off; they are kept in ${event.file}\n`,
    );
  }
  return done;
}

/** A term's end. @throws invalid-input */
export function untilOf(text: string | undefined): number | null {
  return text === undefined ? null : parseTime(text);
}
