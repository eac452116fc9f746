import { CairnError } from '../../errors.ts';
import { requireReason } from '../decisions/event.ts';
import { type Subject, showSubject, subjectKey } from '../decisions/subject.ts';
import type { WatchEntry } from './event.ts';
import type { Watch, WatchBook } from './fold.ts';
import type { Alert, AnswerMark, Disposition } from './watch.ts';

/** Someone to be watched, and the first answer about them. */
export type NewWatch = {
  readonly subject: Subject;
  readonly reference: string | null;
  readonly owner: string;
  readonly mark: AnswerMark;
};

/** Subjects still watched, in the order added. */
export function watchedNow({ watches }: WatchBook): readonly Watch[] {
  return [...watches.values()].filter(({ removed }) => removed === null);
}

/**
 * Who of these is not watched yet? The same subject may be watched twice under two references of the holder's.
 * @returns with those left out: watched already, or twice among the new.
 */
export function addWatches(
  book: WatchBook,
  subjects: readonly NewWatch[],
): { readonly entries: readonly WatchEntry[]; readonly already: readonly NewWatch[] } {
  const known = new Set(watchedNow(book).map(watchKey));
  const entries: WatchEntry[] = [];
  const already: NewWatch[] = [];
  for (const { subject, reference, owner, mark } of subjects) {
    const key = watchKey({ subject, reference });
    if (known.has(key)) already.push({ subject, reference, owner, mark });
    else
      entries.push({
        kind: 'watched',
        watch: `W-${book.watches.size + 1 + entries.length}`,
        subject,
        reference,
        owner,
        mark,
      });
    known.add(key);
  }
  return { entries, already };
}

function watchKey({ subject, reference }: Pick<NewWatch, 'subject' | 'reference'>): string {
  return JSON.stringify([subjectKey(subject), reference]);
}

/** @throws {CairnError} `not-found`, `contradiction` (no longer watched), `invalid-input` (no reason). */
export function removeWatch({ watches }: WatchBook, id: string, because: string): WatchEntry {
  const watch = watches.get(id);
  if (watch === undefined) throw new CairnError('not-found', `no watch ${id}`, { hints: ['cairn watch lists them'] });
  if (watch.removed !== null)
    throw new CairnError('contradiction', `${id} (${showSubject(watch.subject)}) is no longer watched`);
  return { kind: 'unwatched', watch: id, because: requireReason(because) };
}

/** @throws {CairnError} `not-found` */
export function alertById({ alerts }: WatchBook, id: string): Alert {
  const alert = alerts.get(id);
  if (alert === undefined)
    throw new CairnError('not-found', `no alert ${id}`, { hints: ['cairn alerts --all lists them'] });
  return alert;
}

/** @param due - ISO date; null: as it is. @throws {CairnError} `not-found`, `contradiction` (closed), `invalid-input` (no owner). */
export function assignAlert(book: WatchBook, id: string, owner: string, due: string | null): WatchEntry {
  const alert = alertById(book, id);
  if (isClosed(alert.disposition)) throw new CairnError('contradiction', `${id} is closed (${alert.disposition})`);
  if (owner.trim() === '') throw new CairnError('invalid-input', 'no owner is named');
  return { kind: 'alert-assigned', alert: id, owner: owner.trim(), due };
}

/**
 * Sets what has become of an alert. Closing one, opening a closed one again, and setting what holds already need a note.
 * @throws {CairnError} `not-found`, `invalid-input` (no note).
 */
export function setAlert(book: WatchBook, id: string, disposition: Disposition, note: string | null): WatchEntry {
  const alert = alertById(book, id);
  const text = note === null || note.trim() === '' ? null : note.trim();
  const needsNote = isClosed(disposition) || isClosed(alert.disposition) || disposition === alert.disposition;
  if (text === null && needsNote) {
    const why = isClosed(disposition)
      ? 'an alert is closed with a note'
      : `${id} is ${alert.disposition}: say why with a note`;
    throw new CairnError('invalid-input', why, { hints: ['say why with --note'] });
  }
  return { kind: 'alert-set', alert: id, disposition, note: text };
}

export function isClosed(disposition: Disposition): boolean {
  return disposition.startsWith('closed-');
}

/** Open and past its day? @param today - ISO date. */
export function isOverdue({ disposition, due }: Alert, today: string): boolean {
  return !isClosed(disposition) && due < today;
}
