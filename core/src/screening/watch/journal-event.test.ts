import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCairnError } from '../../errors.ts';
import { applyDecisions } from '../decisions/apply.ts';
import { decide, withdraw } from '../decisions/event.ts';
import { decisionsAsOf } from '../decisions/fold.ts';
import { type Subject, subjectKey } from '../decisions/subject.ts';
import { lineOf, NO_HEAD, readTrail, stampEntries } from '../decisions/trail.ts';
import { addWatches, assignAlert, isClosed, removeWatch, setAlert, watchedNow } from './commands.ts';
import {
  foldJournal,
  type JournalEntry,
  type JournalEvent,
  type JournalState,
  parseJournalEvent,
} from './journal-event.ts';
import { recordRescreening } from './rescreen.ts';
import { type AnswerMark, DISPOSITIONS } from './watch.ts';

/* Any sequence of commands, each valid or refused at its time, is what the journal must cope with. */

const DAY = 86_400;
const START = Date.parse('2026-01-01T00:00:00Z') / 1000;
const SUBJECTS: readonly Subject[] = [
  { kind: 'account', text: '0x098B716B8Aaf21512996dC57EB0615e2383E2f96' },
  { kind: 'account', text: 'Not an address' },
  { kind: 'name', query: { name: 'Kim Jong-un', kind: 'person', birth: null, countries: ['KP'] } },
];
const MATCHES = ['ofac-sdn:1', 'un-sc:2'];

const subject = fc.constantFrom(...SUBJECTS);
const number = fc.integer({ min: 1, max: 3 });
const words = fc.constantFrom('seen', 'the "passport" – 金', 'a\nb', ' ');
const hits = fc.subarray(['listed ofac-sdn:1', 'match un-sc:2', 'theft x', 'risk high']);

type Command = (state: JournalState, at: number, upTo: number) => readonly JournalEntry[];

const command: fc.Arbitrary<Command> = fc.oneof(
  fc
    .tuple(
      subject,
      fc.constantFrom(...MATCHES),
      fc.constantFrom('false-positive', 'true-match'),
      words,
      fc.integer({ min: -1, max: 5 }),
    )
    .map(
      ([who, matchId, verdict, because, days]): Command =>
        (state, at) => {
          const until = days === 5 ? null : at + days * DAY;
          return decide(
            state.decisions,
            [{ subject: who, matchId, verdict: verdict as 'true-match', because, until, matchDigest: 'a'.repeat(64) }],
            at,
          );
        },
    ),
  fc.tuple(number, words).map(
    ([n, why]): Command =>
      ({ decisions }) => [withdraw(decisions, `D-${n}`, why)],
  ),
  fc.tuple(subject, fc.constantFrom(null, 'C-1'), hits).map(
    ([who, reference, found]): Command =>
      ({ watch }, at) => {
        return addWatches(watch, [{ subject: who, reference, owner: 'ann', mark: mark(found, at) }]).entries;
      },
  ),
  fc.tuple(number, words).map(
    ([n, why]): Command =>
      ({ watch }) => [removeWatch(watch, `W-${n}`, why)],
  ),
  fc.tuple(fc.constantFrom('found', 'set aside', 'as before'), hits, fc.boolean()).map(
    ([what, found, fails]): Command =>
      ({ watch }, at, upTo) => {
        const watched = watchedNow(watch);
        const failed = fails ? watched.slice(0, 1).map(({ id }) => ({ watch: id, reason: 'no' })) : [];
        const marks = watched.slice(failed.length).map(({ id, mark: before }) => {
          const aside = { ...mark([], at), suppressed: before.hits };
          return [id, what === 'found' ? mark(found, at) : what === 'set aside' ? aside : before] as const;
        });
        return recordRescreening(watch, { ...RUN, upTo, marks: new Map(marks), failed, asOf: time(at) }, at);
      },
  ),
  fc.tuple(number, words).map(
    ([n, owner]): Command =>
      ({ watch }) => [assignAlert(watch, `A-${n}`, owner, null)],
  ),
  fc.tuple(number, fc.constantFrom(...DISPOSITIONS), words).map(
    ([n, disposition, note]): Command =>
      ({ watch }) => [setAlert(watch, `A-${n}`, disposition, note)],
  ),
);

const RUN = { causes: ['labels'], lists: [], dueDays: null };
const time = (at: number): string => `${new Date(at * 1000).toISOString().slice(0, 19)}Z`;
const mark = (found: readonly string[], at: number): AnswerMark => {
  return { verdict: found.length > 0 ? 'listed' : 'no-match', hits: found, suppressed: [], lists: [], asOf: time(at) };
};

/** Runs commands as the application does: each decides on the state before it; a refused one leaves no trace. */
function run(commands: readonly Command[]): JournalEvent[] {
  const events: JournalEvent[] = [];
  for (const [i, one] of commands.entries()) {
    const at = START + i * (DAY / 2);
    try {
      const head = { seq: events.length, hash: events.at(-1)?.hash ?? NO_HEAD };
      events.push(...stampEntries(one(foldJournal(events), at, events.length), { at, by: 'ann' }, head));
    } catch (error) {
      if (!isCairnError(error) || error.code === 'verification-failed' || error.code === 'defect') throw error;
    }
  }
  return events;
}

const journals = fc.array(command, { minLength: 10, maxLength: 40, size: 'max' }).map(run);

describe('laws of the journal', () => {
  test('the scenes below hold every kind of event but one that only a crash leads to', () => {
    const seen = new Set(fc.sample(journals, 60).flatMap((events) => events.map(({ kind }) => kind)));
    expect([...seen].sort()).toEqual([
      'alert-assigned',
      'alert-raised',
      'alert-set',
      'decided',
      'remarked',
      'rescreened',
      'unwatched',
      'watched',
      'withdrawn',
    ]);
  });

  test('any sequence of commands is read back as it was written, chained and in the schema', () => {
    fc.assert(
      fc.property(journals, (events) => {
        const trail = readTrail(events.map(lineOf).join(''), parseJournalEvent);
        expect(trail).toMatchObject({ broken: null, unfinished: 0 });
        expect(trail.events).toEqual(events);
      }),
      { numRuns: 60 },
    );
  });

  test('folding on from any point is folding all at once', () => {
    fc.assert(
      fc.property(journals, fc.nat(), (events, n) => {
        const cut = events.length === 0 ? 0 : n % (events.length + 1);
        expect(foldJournal(events.slice(cut), foldJournal(events.slice(0, cut)))).toEqual(foldJournal(events));
      }),
      { numRuns: 60 },
    );
  });

  test('the state is consistent: ids in order, alerts of known subjects, closed ones noted, removed ones silent', () => {
    fc.assert(
      fc.property(journals, (events) => {
        const { decisions, watch } = foldJournal(events);
        expect(decisions.decisions.map(({ id }) => id)).toEqual(decisions.decisions.map((_, i) => `D-${i + 1}`));
        expect([...watch.alerts.keys()]).toEqual([...watch.alerts.keys()].map((_, i) => `A-${i + 1}`));
        for (const alert of watch.alerts.values()) {
          const subjectOfAlert = watch.watches.get(alert.watch);
          expect(alert.raisedAt).toBeLessThanOrEqual(subjectOfAlert?.removed?.at ?? Number.POSITIVE_INFINITY);
          if (alert.kind === 'answer') expect(alert.after.hits).not.toEqual(alert.before.hits);
          if (isClosed(alert.disposition)) expect(alert.history.at(-1)?.note).toMatch(/\S/);
        }
        for (const id of decisions.withdrawals.keys())
          expect(decisions.decisions.some((one) => one.id === id)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('as of a moment, decisions rule as a journal cut off there would have them', () => {
    fc.assert(
      fc.property(journals, fc.nat({ max: 40 }), (events, half) => {
        const asOf = START + half * (DAY / 2);
        const whole = foldJournal(events).decisions;
        const cut = foldJournal(events.filter(({ at }) => at <= asOf)).decisions;
        expect(decisionsAsOf(whole, asOf)).toEqual(cut);
        const found = MATCHES.map((id) => ({ id, digest: 'a'.repeat(64) }));
        const apply = ({ decisions, withdrawals }: typeof whole, who: Subject) => {
          const withdrawnAt = new Map([...withdrawals].map(([id, { at }]) => [id, at]));
          return applyDecisions(subjectKey(who), found, { decisions, withdrawals: withdrawnAt, asOf });
        };
        for (const who of SUBJECTS) expect(apply(whole, who)).toEqual(apply(cut, who));
      }),
      { numRuns: 60 },
    );
  });
});

describe('events that no command writes', () => {
  const stampedAs = (entry: object) => stampEntries([entry], { at: START, by: 'ann' }, { seq: 0, hash: NO_HEAD })[0];

  test('a kind this Cairn does not know, or a member too many, is named', () => {
    expect(() => parseJournalEvent(stampedAs({ kind: 'cleared' }))).toThrow(
      'of a kind this Cairn does not know: cleared',
    );
    const withdrawn = { kind: 'withdrawn', decision: 'D-1', because: 'x', until: 5 };
    expect(() => parseJournalEvent(stampedAs(withdrawn))).toThrow(/until/);
  });

  test('what cannot follow is refused, naming the event', () => {
    const event = parseJournalEvent(stampedAs({ kind: 'withdrawn', decision: 'D-1', because: 'x' }));
    expect(() => foldJournal([event])).toThrow(
      'event 1 of the journal cannot follow those before it: D-1 cannot be withdrawn',
    );
  });
});
