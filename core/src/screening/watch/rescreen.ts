import { formatTime } from '../../units/index.ts';
import { watchedNow } from './commands.ts';
import type { WatchEntry } from './event.ts';
import type { WatchBook } from './fold.ts';
import { compareMarks, type MarkChange, needsAlert, showChange } from './mark.ts';
import type { AnswerMark } from './watch.ts';

/**
 * Days until an alert is due, where nothing else is asked for: Cairn's own choice of working order, not a legal term. What
 * law demands on a listing (to freeze, and to report within how many days) differs by place; a holder sets --due-days.
 */
export const DUE_DAYS_LISTED = 1;
export const DUE_DAYS_OTHER = 7;

/** What screening the watched subjects again found. */
export type Rescreening = {
  /** What changed in the world: `list un-sc@2026-02-27+…`, `labels`, `ledger`; or that somebody asked for it. */
  readonly causes: readonly string[];
  /** Number of the last event that was known when the subjects were read. */
  readonly upTo: number;
  /** By watch id. */
  readonly marks: ReadonlyMap<string, AnswerMark>;
  readonly failed: readonly { readonly watch: string; readonly reason: string }[];
  /** Of the answers: list versions they rest on, ISO date-time they were given as of. */
  readonly lists: readonly string[];
  readonly asOf: string;
  /** null: the default for the kind of hit. */
  readonly dueDays: number | null;
};

/**
 * Which alerts does it raise, against the answers on record now? A change that another run has recorded meanwhile raises none
 * again, and an answer older than the one on record is left out. The last entry says that the run was made, whatever it found.
 * @param at - Unix seconds: now.
 */
export function recordRescreening(book: WatchBook, found: Rescreening, at: number): readonly WatchEntry[] {
  const entries: WatchEntry[] = [];
  let alerts = 0;
  for (const { id, mark: before, owner } of watchedNow(book)) {
    const after = found.marks.get(id);
    if (after === undefined || after.asOf < before.asOf) continue;
    const changes = compareMarks(before, after);
    const words = changes.map(showChange);
    if (needsAlert(changes)) {
      const alert = `A-${book.alerts.size + ++alerts}`;
      const due = dueDate(at, found.dueDays ?? dueDaysOf(changes));
      entries.push({
        kind: 'alert-raised',
        alert,
        watch: id,
        causes: found.causes,
        before,
        after,
        changes: words,
        owner,
        due,
      });
    } else if (changes.length > 0 || before.suppressed.join('\n') !== after.suppressed.join('\n')) {
      entries.push({ kind: 'remarked', watch: id, changes: words, after });
    }
  }
  const { causes, upTo, marks, failed, lists, asOf } = found;
  return [...entries, { kind: 'rescreened', causes, upTo, screened: marks.size, alerts, failed, lists, asOf }];
}

function dueDaysOf(changes: readonly MarkChange[]): number {
  const listed = changes.some(({ kind, what }) => (kind === 'new' || kind === 'again') && what.startsWith('listed '));
  return listed ? DUE_DAYS_LISTED : DUE_DAYS_OTHER;
}

const DAY = 86_400;

/** The day, UTC, so many days after a moment. */
export function dueDate(at: number, days: number): string {
  return formatTime(at + days * DAY).slice(0, 10);
}
