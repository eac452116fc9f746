import { describe, expect, test } from 'vitest';
import { NO_HEAD, stampEntries } from '../decisions/trail.ts';
import { addWatches, assignAlert, isOverdue, removeWatch, setAlert } from './commands.ts';
import { foldJournal, type JournalEntry, type JournalEvent, type JournalState } from './journal-event.ts';
import { type Rescreening, recordRescreening } from './rescreen.ts';
import type { Alert, AnswerMark } from './watch.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const ADDED = at('2026-01-01T09:00:00Z');
const LATER = at('2026-01-08T09:00:00Z');

function mark(hits: string[], asOf: number, suppressed: string[] = []): AnswerMark {
  const text = `${new Date(asOf * 1000).toISOString().slice(0, 19)}Z`;
  return { verdict: hits.length > 0 ? 'listed' : 'no-match', hits, suppressed, lists: ['l@1'], asOf: text };
}

/** A journal in memory. */
function createTrail() {
  let events: readonly JournalEvent[] = [];
  return {
    state: () => foldJournal(events),
    length: () => events.length,
    do(now: number, decide: (state: JournalState) => readonly JournalEntry[]) {
      const head = { seq: events.length, hash: events.at(-1)?.hash ?? NO_HEAD };
      const added = stampEntries(decide(foldJournal(events)), { at: now, by: 'ann' }, head);
      events = [...events, ...added];
      return added;
    },
  };
}

function watching(...texts: string[]) {
  const trail = createTrail();
  trail.do(ADDED, ({ watch }) => {
    const all = texts.map((text) => ({
      subject: { kind: 'account' as const, text },
      reference: null,
      owner: 'desk',
      mark: mark([], ADDED),
    }));
    return addWatches(watch, all).entries;
  });
  const rescreen = (now: number, marks: [string, AnswerMark][], changes: Partial<Rescreening> = {}) => {
    const found = {
      causes: ['list l@2'],
      upTo: trail.length(),
      marks: new Map(marks),
      failed: [],
      lists: ['l@2'],
      dueDays: null,
    };
    const asOf = mark([], now).asOf;
    return trail.do(now, ({ watch }) => recordRescreening(watch, { ...found, asOf, ...changes }, now));
  };
  return { trail, rescreen };
}

const alertOf = (trail: ReturnType<typeof createTrail>, id: string): Alert =>
  trail.state().watch.alerts.get(id) as Alert;

describe('screening watched subjects again', () => {
  test('a designation raises an alert for its subject alone, due a day later, and can be asked about before and after', () => {
    const { trail, rescreen } = watching('one', 'two');
    const added = rescreen(LATER, [
      ['W-1', mark([], LATER)],
      ['W-2', mark(['listed l:7'], LATER)],
    ]);
    expect(added.map(({ kind }) => kind)).toEqual(['alert-raised', 'rescreened']);
    expect(alertOf(trail, 'A-1')).toMatchObject({
      watch: 'W-2',
      causes: ['list l@2'],
      changes: ['new: listed l:7'],
      owner: 'desk',
      due: '2026-01-09',
      disposition: 'open',
      before: { verdict: 'no-match', asOf: '2026-01-01T09:00:00Z' },
      after: { verdict: 'listed', asOf: '2026-01-08T09:00:00Z' },
    });
  });

  test('nothing relevant changed: one event says that it was looked at, and no alert is raised', () => {
    const { trail, rescreen } = watching('one', 'two');
    const marks: [string, AnswerMark][] = [
      ['W-1', { ...mark([], LATER), lists: ['l@2'] }],
      ['W-2', { ...mark([], LATER), lists: ['l@2'] }],
    ];
    const added = rescreen(LATER, marks);
    expect(added).toMatchObject([{ kind: 'rescreened', screened: 2, alerts: 0, lists: ['l@2'] }]);
    expect(trail.state().watch.watches.get('W-2')).toMatchObject({
      screenedAt: LATER,
      mark: { asOf: '2026-01-08T09:00:00Z', lists: ['l@2'] },
    });
  });

  test('the same change raises no second alert, the next change does', () => {
    const { trail, rescreen } = watching('one');
    rescreen(LATER, [['W-1', mark(['listed l:7'], LATER)]]);
    expect(rescreen(LATER + 60, [['W-1', mark(['listed l:7'], LATER + 60)]])).toMatchObject([{ kind: 'rescreened' }]);
    rescreen(LATER + 120, [['W-1', mark([], LATER + 120)]]);
    expect(alertOf(trail, 'A-2')).toMatchObject({ changes: ['gone: listed l:7'], due: '2026-01-15' });
  });

  test('two runs at once raise one alert between them, and the older answer does not undo the newer', () => {
    const { trail, rescreen } = watching('one');
    const upTo = trail.length();
    rescreen(LATER + 60, [['W-1', mark(['listed l:7'], LATER + 60)]], { upTo });
    rescreen(LATER + 61, [['W-1', mark(['listed l:7'], LATER + 61)]], { upTo });
    rescreen(LATER + 62, [['W-1', mark([], LATER)]], { upTo, asOf: mark([], LATER).asOf });
    expect([...trail.state().watch.alerts.keys()]).toEqual(['A-1']);
    expect(trail.state().watch.watches.get('W-1')?.mark).toMatchObject({
      hits: ['listed l:7'],
      asOf: '2026-01-08T09:01:01Z',
    });
  });

  test('a subject added while a run was under way is not said to have been screened by it', () => {
    const { trail, rescreen } = watching('one');
    const upTo = trail.length();
    trail.do(LATER, ({ watch }) => {
      const subject = { kind: 'account' as const, text: 'new' };
      return addWatches(watch, [{ subject, reference: null, owner: 'desk', mark: mark([], LATER) }]).entries;
    });
    rescreen(LATER + 60, [['W-1', mark([], LATER + 60)]], { upTo });
    expect(trail.state().watch.watches.get('W-1')?.screenedAt).toBe(LATER + 60);
    expect(trail.state().watch.watches.get('W-2')?.screenedAt).toBe(LATER);
  });

  test('one that could not be screened keeps its last answer, and the trail says why', () => {
    const { trail, rescreen } = watching('one', 'two');
    const failed = [{ watch: 'W-1', reason: 'the ledger is in use' }];
    expect(rescreen(LATER, [['W-2', mark([], LATER)]], { failed })).toMatchObject([
      { kind: 'rescreened', screened: 1, failed },
    ]);
    expect(trail.state().watch.watches.get('W-1')?.screenedAt).toBe(ADDED);
  });

  test('a match set aside by a decision raises no alert; once it counts again, it does', () => {
    const { trail, rescreen } = watching('one');
    rescreen(LATER, [['W-1', mark(['listed l:7'], LATER)]]);
    const aside = rescreen(LATER + 60, [['W-1', mark([], LATER + 60, ['listed l:7'])]]);
    expect(aside.map(({ kind }) => kind)).toEqual(['remarked', 'rescreened']);
    rescreen(LATER + 120, [['W-1', mark(['listed l:7'], LATER + 120)]]);
    expect(alertOf(trail, 'A-2').changes).toEqual(['counts again, no decision sets it aside any more: listed l:7']);
  });

  test('one no longer watched raises nothing', () => {
    const { trail, rescreen } = watching('one');
    trail.do(LATER, ({ watch }) => [removeWatch(watch, 'W-1', 'left')]);
    expect(rescreen(LATER, [['W-1', mark(['listed l:7'], LATER)]])).toMatchObject([{ kind: 'rescreened', alerts: 0 }]);
  });
});

describe('the life of an alert', () => {
  function raised() {
    const { trail, rescreen } = watching('one');
    rescreen(LATER, [['W-1', mark(['listed l:7'], LATER)]]);
    const set = (...args: [Parameters<typeof setAlert>[2], string | null]) =>
      trail.do(LATER + 60, ({ watch }) => [setAlert(watch, 'A-1', ...args)]);
    return { trail, set };
  }

  test('assigned, reviewed, closed with a note, opened again: all in its history', () => {
    const { trail, set } = raised();
    trail.do(LATER + 30, ({ watch }) => [assignAlert(watch, 'A-1', 'bob', '2026-02-01')]);
    set('in-review', null);
    set('closed-no-action', ' account never used ');
    set('open', 'used today');
    expect(alertOf(trail, 'A-1')).toMatchObject({ owner: 'bob', due: '2026-02-01', disposition: 'open' });
    expect(alertOf(trail, 'A-1').history.map(({ what, note }) => [what, note])).toEqual([
      ['raised for one, owner desk, due 2026-01-09', null],
      ['assigned to bob, due 2026-02-01', null],
      ['in-review', null],
      ['closed-no-action', 'account never used'],
      ['open', 'used today'],
    ]);
  });

  test('closing, reopening and repeating need a note', () => {
    const { set } = raised();
    expect(() => set('closed-true-match', '  ')).toThrow('an alert is closed with a note');
    expect(() => set('open', null)).toThrow('A-1 is open: say why with a note');
    set('closed-true-match', 'funds frozen');
    expect(() => set('open', null)).toThrow('A-1 is closed-true-match: say why with a note');
  });

  test('a closed one is not assigned, an unknown one not found', () => {
    const { trail, set } = raised();
    set('closed-true-match', 'funds frozen');
    expect(() => assignAlert(trail.state().watch, 'A-1', 'bob', null)).toThrow('A-1 is closed');
    expect(() => assignAlert(trail.state().watch, 'A-2', 'bob', null)).toThrow('no alert A-2');
  });

  test('it is overdue from the day after it was due, unless closed', () => {
    const { trail, set } = raised();
    expect(isOverdue(alertOf(trail, 'A-1'), '2026-01-09')).toBe(false);
    expect(isOverdue(alertOf(trail, 'A-1'), '2026-01-10')).toBe(true);
    set('closed-no-action', 'x');
    expect(isOverdue(alertOf(trail, 'A-1'), '2026-01-10')).toBe(false);
  });
});

test('a subject is watched once for each reference', () => {
  const trail = createTrail();
  const one = (text: string, reference: string | null) => {
    return { subject: { kind: 'account' as const, text }, reference, owner: 'desk', mark: mark([], ADDED) };
  };
  const address = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96';
  const plan = addWatches(trail.state().watch, [
    one(address, 'C-1'),
    one(address.toLowerCase(), 'C-1'),
    one(address, 'C-2'),
  ]);
  expect(plan.entries.map((entry) => entry.kind === 'watched' && entry.watch)).toEqual(['W-1', 'W-2']);
  expect(plan.already).toHaveLength(1);
});
