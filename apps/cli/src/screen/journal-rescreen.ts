import { CairnError, isCairnError } from '@cairn/core/errors';
import {
  type Alert,
  type AnswerMark,
  foldJournal,
  markOf,
  recordRescreening,
  type Screener,
  type Subject,
  type Watch,
  watchedNow,
} from '@cairn/core/screening';
import { ALL_MATCHES } from '../commands/decisions.ts';
import { openDataDirectory } from '../data/data-directory.ts';
import type { Context } from '../terminal/context.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { openTrail, record, secondsNow } from './journal-open.ts';
import { openScreener, SCREEN_NOW } from './open-screener.ts';

/** What screening all watched subjects again came to. */
export type Rescreened = {
  readonly screened: number;
  /** Those newly raised. */
  readonly alerts: readonly Alert[];
  readonly failed: readonly { readonly watch: string; readonly reason: string }[];
};

export type RescreenOptions = {
  readonly causes: readonly string[];
  readonly by: string;
  /** null: the default for the kind of hit. */
  readonly dueDays: number | null;
};

/** Screens every watched subject as things are now, and records what changed. Stopped midway, it has recorded nothing. */
export async function rescreen(context: Context, { causes, by, dueDays }: RescreenOptions): Promise<Rescreened> {
  const journal = openTrail(openDataDirectory(context.data).path);
  const events = journal.read();
  const watches = watchedNow(foldJournal(events).watch);
  if (watches.length === 0) return { screened: 0, alerts: [], failed: [] };
  const screener = await openScreener(context, { ...SCREEN_NOW, now: secondsNow() });
  try {
    const { marks, failed } = await markAll(context, screener, watches);
    const { lists, asOf } = screener.basis;
    const found = {
      causes,
      upTo: events.length,
      marks,
      failed,
      lists: lists.map(({ id }) => id).sort(),
      asOf,
      dueDays,
    };
    const done = record(journal, by, ({ watch }) => recordRescreening(watch, found, secondsNow()));
    const raised = new Set(done.added.flatMap((event) => (event.kind === 'alert-raised' ? [event.alert] : [])));
    const alerts = [...foldJournal(done.events).watch.alerts.values()].filter(({ id }) => raised.has(id));
    return { screened: marks.size, alerts, failed };
  } finally {
    await screener.close();
  }
}

/** The mark of the answer about a subject. */
export async function markSubject(screener: Screener, subject: Subject): Promise<AnswerMark> {
  if (subject.kind === 'account') return markOf(await screener.account(subject.text));
  return markOf(await screener.name(subject.query, { limit: ALL_MATCHES }));
}

/** One that cannot be screened does not keep the others from it. */
async function markAll(context: Context, screener: Screener, watches: readonly Watch[]) {
  const marks = new Map<string, AnswerMark>();
  const failed: { watch: string; reason: string }[] = [];
  const progress = createProgress();
  try {
    for (const [i, { id, subject }] of watches.entries()) {
      if (context.signal.aborted) {
        throw new CairnError('interrupted', 'stopped; nothing of this run is recorded', {
          hints: ['cairn watch run screens them all'],
        });
      }
      progress.update(`watch: ${grouped(i)} of ${grouped(watches.length)} screened again`, i / watches.length);
      try {
        marks.set(id, await markSubject(screener, subject));
      } catch (error) {
        if (!isCairnError(error) || error.code === 'interrupted' || error.code === 'defect') throw error;
        failed.push({ watch: id, reason: error.message });
      }
    }
  } finally {
    progress.done();
  }
  return { marks, failed };
}
