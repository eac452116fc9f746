import { describe, expect, test } from 'vitest';
import { aftermath } from './aftermath.ts';
import { madeUp } from './fixtures/made-up.ts';
import type { Measure } from './measure.ts';
import { timeline } from './timeline.ts';

const measure = (id: string, on: string | null, incidents: readonly string[] = []): Measure => ({
  id,
  kind: 'designation',
  on,
  by: ['ofac'],
  title: `Measure ${id}`,
  subjects: [],
  incidents: [...incidents],
  says: null,
  sources: [],
  generalKnowledge: ['everything'],
  note: 'made up',
});

const RECORD = {
  incidents: [
    madeUp({ slug: 'month', on: '2022-03', usd: '5' }),
    madeUp({ slug: 'day', on: '2022-03-01', related: [{ slug: 'month', how: 'same day' }] }),
    madeUp({
      slug: 'individual-2022-03-1',
      on: '2022-03-23',
      usd: '620',
      victim: { kind: 'private-person', type: 'individual', country: { value: null, because: 'made up' } },
      counted: { inTotals: false, because: 'an attempt' },
      attribution: {
        grade: 'government',
        claims: [
          { by: 'FBI', stance: 'attributes', on: '2022-04-14', sources: 'incident' },
          { by: 'a list', stance: 'suspects', on: '2026', sources: 'incident' },
        ],
      },
      outcomes: [{ kind: 'seized', says: 'made up', usd: '30', sources: 'incident' }],
    }),
  ],
  measures: [
    measure('later', '2022-04-14', ['individual-2022-03-1']),
    measure('same-day', '2022-03-23'),
    measure('never', null, ['individual-2022-03-1']),
    measure('year', '2022'),
  ],
};

describe('the timeline', () => {
  test('a coarse date stands before the days it may mean, a theft before a measure of its day', () => {
    const { entries, undated } = timeline(RECORD, { rule: 'preferred' });
    expect(
      entries.map((one) => [one.on, one.entry === 'theft' ? one.slug : one.entry === 'measure' ? one.id : '']),
    ).toEqual([
      ['2022', 'year'],
      ['2022-03', 'month'],
      ['2022-03-01', 'day'],
      ['2022-03-23', 'individual-2022-03-1'],
      ['2022-03-23', 'same-day'],
      ['2022-04-14', 'later'],
    ]);
    expect(undated.map(({ id }) => id)).toEqual(['never']);
  });

  test('a theft has its amount or why there is none, its links, and no name of a private person', () => {
    const [, month, day, person] = timeline(RECORD, { rule: 'preferred' }).entries;
    expect(person).toMatchObject({
      title: 'private person',
      isPrivate: true,
      usd: 62_000n,
      grade: 'government',
      notCounted: 'an attempt',
      links: { incidents: [], measures: ['later', 'never'] },
    });
    expect(day).toMatchObject({ usd: null, usdUnknown: expect.any(String), links: { incidents: ['month'] } });
    expect(month).toMatchObject({ precision: 'month', links: { incidents: ['day'] } });
  });

  test('a period keeps what may lie in it', () => {
    const inPeriod = (from?: string, to?: string) =>
      timeline(RECORD, { rule: 'preferred', from, to }).entries.map(({ on }) => on);
    expect(inPeriod('2022-03-24', '2022-04')).toEqual(['2022', '2022-03', '2022-04-14']);
    expect(inPeriod(undefined, '2022-02')).toEqual(['2022']);
    expect(inPeriod('2023')).toEqual([]);
    expect(() => inPeriod('2022-02-30')).toThrow("from: no such date: '2022-02-30'");
    expect(() => inPeriod('2023', '2022')).toThrow('from 2023 to 2022: it ends before it begins');
  });

  test('a least amount keeps out what is below, and apart from it what is not known', () => {
    const { entries, leftOut } = timeline(RECORD, { rule: 'preferred', kinds: ['theft'], minUsd: 10_000n });
    expect(entries.map(({ on }) => on)).toEqual(['2022-03-23']);
    expect(leftOut).toEqual({ belowMinimum: 1, amountUnknown: 1 });
  });

  test('attributions stand there when asked for, one for each party and date', () => {
    const { entries } = timeline(RECORD, { rule: 'preferred', kinds: ['attribution'] });
    expect(entries).toMatchObject([
      { on: '2022-04-14', by: 'FBI', stance: 'attributes', links: { incidents: ['individual-2022-03-1'] } },
      { on: '2026', precision: 'year', by: 'a list', stance: 'suspects' },
    ]);
  });

  test('thefts can be chosen, measures stay', () => {
    const { entries } = timeline(RECORD, { rule: 'preferred', filter: ({ slug }) => slug === 'day' });
    expect(entries.filter(({ entry }) => entry === 'theft')).toHaveLength(1);
    expect(entries.filter(({ entry }) => entry === 'measure')).toHaveLength(3);
  });
});

describe('what followed one theft', () => {
  test('days only between two dates exact to the day; what has no date comes last', () => {
    const { on, entries } = aftermath(RECORD, 'individual-2022-03-1');
    expect(on).toBe('2022-03-23');
    expect(entries.map(({ what, on: then, daysAfter }) => [what, then, daysAfter])).toEqual([
      ['measure', '2022-04-14', 22],
      ['attribution', '2022-04-14', 22],
      ['attribution', '2026', null],
      ['measure', null, null],
      ['outcome', null, null],
    ]);
    expect(() => aftermath(RECORD, 'nothing')).toThrow('no incident is called');
  });
});
