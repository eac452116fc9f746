import { describe, expect, test } from 'vitest';
import { madeUp } from '../fixtures/made-up.ts';
import type { Incident } from '../incident.ts';
import { SHIFT_DIMENSIONS, shifts } from './shifts.ts';

const access = (
  category: NonNullable<Incident['initialAccess']['value']>['category'],
  status: NonNullable<Incident['initialAccess']['value']>['status'],
): Incident['initialAccess'] => ({ value: { category, status }, sources: 'incident' });

const THEFTS = [
  madeUp({ slug: 'a', on: '2020-01', usd: '5', initialAccess: access('spear-phishing', 'suspected') }),
  madeUp({ slug: 'b', on: '2020', initialAccess: access('spear-phishing', 'reported') }),
  madeUp({ slug: 'c', on: '2020', usd: '7', initialAccess: access(null, 'not-established') }),
  madeUp({ slug: 'd', on: '2022-05-05', usd: '1' }),
];

describe('shifts over the years', () => {
  test('counts with both denominators, suspected apart, sums beside what is not known', () => {
    const { values, years } = shifts(THEFTS, 'preferred', 'access');
    expect(values).toEqual(['spear-phishing', 'unknown']);
    expect(years.map(({ year, incidents, known }) => [year, incidents, known])).toEqual([
      ['2020', 3, 2],
      ['2021', 0, 0],
      ['2022', 1, 0],
    ]);
    expect(years[0]?.cells).toEqual([
      {
        value: 'spear-phishing',
        losses: { usd: 500n, incidents: 2, known: 1, unknown: 1 },
        ofAll: { part: 2, whole: 3 },
        ofKnown: { part: 2, whole: 2 },
        onlySuspected: 1,
      },
      {
        value: 'unknown',
        losses: { usd: 700n, incidents: 1, known: 1, unknown: 0 },
        ofAll: { part: 1, whole: 3 },
        ofKnown: null,
        onlySuspected: 0,
      },
    ]);
    expect(years[2]?.cells[0]?.ofKnown).toBeNull();
  });

  test('a victim of type other is in no share of the known: it also stands for not known', () => {
    const victim = {
      kind: 'undisclosed',
      described: 'a firm',
      type: 'other',
      country: { value: null, because: 'x' },
    } as const;
    const { years } = shifts([...THEFTS, madeUp({ slug: 'e', on: '2022', victim })], 'preferred', 'victim-type');
    expect(years[2]).toMatchObject({ incidents: 2, known: 1 });
    expect(years[2]?.cells.map(({ value, ofAll, ofKnown }) => [value, ofAll, ofKnown])).toEqual([
      ['cex', { part: 1, whole: 2 }, { part: 1, whole: 1 }],
      ['other', { part: 1, whole: 2 }, null],
    ]);
  });

  test.each(SHIFT_DIMENSIONS)('by %s every theft of a year is in one cell', (dimension) => {
    for (const { incidents, cells } of shifts(THEFTS, 'preferred', dimension).years) {
      expect(cells.reduce((sum, { losses }) => sum + losses.incidents, 0)).toBe(incidents);
    }
  });
});
