import { describe, expect, test } from 'vitest';
import { conflictSummary, conflictsOf } from './conflicts.ts';
import { madeUp } from './fixtures/made-up.ts';
import type { Incident } from './incident.ts';

const amount = (id: string, usd: string, more: Partial<Incident['amounts'][number]> = {}) => ({
  id,
  by: id,
  usd,
  scope: 'whole' as const,
  sources: 'incident' as const,
  ...more,
});
const none = { id: null, because: 'made up' } as const;
const amounts = (...all: readonly Incident['amounts'][number][]) =>
  conflictsOf(madeUp({ slug: 'a', on: '2020', preferredAmount: none, amounts: [...all] }));

describe('conflicts', () => {
  test('amounts a tenth of the higher apart agree; a cent more does not', () => {
    expect(amounts(amount('x', '100'), amount('y', '90'))).toEqual([]);
    expect(amounts(amount('x', '100'), amount('y', '89.99', { qualifier: 'about', note: 'realised' }))).toEqual([
      {
        field: 'amount',
        says: 'amounts of the whole loss from $89.99 to $100: more than 10 % of the highest apart',
        sides: [
          { by: 'x', says: '$100' },
          { by: 'y', says: 'about $89.99; realised' },
        ],
        origin: 'computed',
      },
    ]);
  });

  test('a part is no other amount, and a joint figure is a question of identity', () => {
    expect(amounts(amount('x', '100'), amount('y', '5', { scope: 'part' }))).toEqual([]);
    expect(amounts(amount('x', '100'), amount('y', '97000000.5', { scope: 'joint', with: ['b'] }))).toMatchObject([
      { field: 'identity', origin: 'computed', sides: [{ by: 'y', says: '$97,000,000.50 for a and b together' }] },
    ]);
  });

  const listed = (printedDate: string | null) =>
    madeUp({ slug: 'a', on: '2019-11-27', listedIn: [{ edition: 'un', row: '23', printedDate }] });

  test.each([null, '2019', '2019-11', '2019-11-27'])('a printed date %s agrees with 2019-11-27', (printed) => {
    expect(conflictsOf(listed(printed))).toEqual([]);
  });

  test.each([
    ['2019-05-28', '2019-05-28; 183 days earlier'],
    ['2019-11-28', '2019-11-28; 1 day later'],
    ['2019-05', '2019-05'],
    ['2018', '2018'],
  ])('a printed date %s does not', (printed, says) => {
    expect(conflictsOf(listed(printed))).toMatchObject([
      {
        field: 'date',
        sides: [
          { by: 'the record', says: '2019-11-27' },
          { by: 'un, row 23', says },
        ],
      },
    ]);
  });

  test('different actors, but not one named twice or none', () => {
    const by = (...actors: readonly (string | null)[]) =>
      conflictsOf(
        madeUp({
          slug: 'a',
          on: '2020',
          actorsBySource: actors.map((actor, i) => ({ by: `s${i}`, actor, as: actor })),
        }),
      );
    expect(by('one', 'one', null)).toEqual([]);
    expect(by('one', 'two')).toMatchObject([{ field: 'actor', sides: [{ by: 's0' }, { by: 's1' }] }]);
  });

  test('who disputes an attribution is a side, beside who makes it', () => {
    const claims: Incident['attribution']['claims'] = [
      { by: 'UN', stance: 'suspects', on: null, sources: 'incident' },
      { by: 'the exchange', stance: 'disputes', on: null, note: 'no loss', sources: 'incident' },
      { by: 'FBI', stance: 'names-no-actor', on: null, sources: 'incident' },
    ];
    expect(conflictsOf(madeUp({ slug: 'a', on: '2020', attribution: { grade: 'un-report', claims } }))).toEqual([
      {
        field: 'attribution',
        says: 'the attribution is disputed',
        sides: [
          { by: 'the exchange', says: 'disputes: no loss' },
          { by: 'UN', says: 'suspects' },
        ],
        origin: 'recorded',
      },
    ]);
  });

  test('who disputes it and is a side of a recorded conflict is not repeated', () => {
    const claims: Incident['attribution']['claims'] = [
      { by: 'a list', stance: 'disputes', on: null, sources: 'incident' },
    ];
    const conflicts: Incident['conflicts'] = [
      { field: 'attribution', says: 'a list denies it', sides: [{ by: 'a list', says: 'no' }] },
    ];
    const found = conflictsOf(madeUp({ slug: 'a', on: '2020', attribution: { grade: 'private', claims }, conflicts }));
    expect(found.map(({ says }) => says)).toEqual(['a list denies it']);
  });

  test('a recorded conflict between the same parties is not repeated; any other is kept beside it', () => {
    const recorded = (...sides: readonly { by: string; says: string }[]) =>
      madeUp({
        slug: 'a',
        on: '2020',
        preferredAmount: none,
        amounts: [amount('x', '100'), amount('y', '5')],
        conflicts: [{ field: 'amount', says: 'they differ', sides: [...sides] }],
      });
    const full = recorded({ by: 'y', says: '$5' }, { by: 'x', says: '$100' });
    expect(conflictsOf(full).map(({ origin }) => origin)).toEqual(['recorded']);
    expect(conflictsOf(recorded()).map(({ origin }) => origin)).toEqual(['recorded', 'computed']);
    const summary = conflictSummary([full, recorded(), madeUp({ slug: 'b', on: '2020' })]);
    expect(summary).toMatchObject({ incidents: 3, withConflict: 2 });
    expect(summary.fields.find(({ field }) => field === 'amount')).toMatchObject({ recorded: 2, computed: 1 });
  });
});
