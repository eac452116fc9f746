import { describe, expect, test } from 'vitest';
import type { AmountRule } from './amounts.ts';
import type { DimensionId } from './dimension.ts';
import { madeUp } from './fixtures/made-up.ts';
import type { AmountClaim, Incident } from './incident.ts';
import { crossBy, scopeBy } from './scope.ts';

const chains = (...names: readonly string[]): Incident['chains'] => ({
  value: { names: [...names], more: false },
  sources: 'incident',
});
const amount = (id: string, usd: string): AmountClaim => ({ id, by: id, usd, scope: 'whole', sources: 'incident' });
const graded = (grade: Incident['attribution']['grade']): Incident['attribution'] => ({
  grade,
  claims: [{ by: 'x', stance: 'disputes', on: null, sources: 'incident' }],
});

const INCIDENTS = [
  madeUp({
    slug: 'a',
    on: '2019-12-31',
    amounts: [amount('un', '100'), amount('tayvano', '120')],
    preferredAmount: { id: 'un', because: 'made up' },
    chains: chains('Ethereum', 'Ronin'),
    attribution: graded('un-report'),
  }),
  madeUp({ slug: 'b', on: '2022', usd: '40', chains: chains('Ronin'), attribution: graded('suspected') }),
  madeUp({ slug: 'c', on: '2022-05', chains: chains('Bitcoin') }),
  madeUp({ slug: 'd', on: '2022-05-01', usd: '7' }),
];

const rows = (dimension: DimensionId, rule: AmountRule = 'preferred') =>
  scopeBy(INCIDENTS, dimension, rule).groups.map(({ key, incidents, known, usd }) => [key, incidents, known, usd]);

describe('the scope of what is on record', () => {
  test('by year, also years without a theft', () => {
    expect(rows('year')).toEqual([
      ['2019', 1, 1, 10_000n],
      ['2020', 0, 0, 0n],
      ['2021', 0, 0, 0n],
      ['2022', 3, 2, 4_700n],
    ]);
  });

  test('by quarter: one known to the year only comes last', () => {
    const quarters = rows('quarter');
    expect(quarters[0]).toEqual(['2019-Q4', 1, 1, 10_000n]);
    expect(quarters.slice(-2)).toEqual([
      ['2022-Q2', 2, 1, 700n],
      ['unknown', 1, 1, 4_000n],
    ]);
    expect(quarters).toHaveLength(12);
  });

  test('by chain: the sums overlap; what is not known is not zero', () => {
    const { overlapping, total, fieldUnknown } = scopeBy(INCIDENTS, 'chain', 'preferred');
    expect(overlapping).toBe(true);
    expect(rows('chain')).toEqual([
      ['Ronin', 2, 2, 14_000n],
      ['Ethereum', 1, 1, 10_000n],
      ['Bitcoin', 1, 0, null],
      ['unknown', 1, 1, 700n],
    ]);
    expect(total).toMatchObject({ incidents: 4, known: 3, unknown: 1, usd: 14_700n });
    expect(fieldUnknown).toBe(1);
  });

  test('a rule that has no figure for most says so, and lowest and highest are of the same incidents', () => {
    expect(scopeBy(INCIDENTS, 'year', 'un').total).toEqual({
      incidents: 4,
      known: 1,
      unknown: 3,
      usd: 10_000n,
      lowest: 10_000n,
      highest: 12_000n,
      conflicted: 1,
      disputed: 2,
      byGrade: {
        government: { incidents: 0, known: 0, usd: 0n },
        'un-report': { incidents: 1, known: 1, usd: 10_000n },
        private: { incidents: 2, known: 0, usd: null },
        suspected: { incidents: 1, known: 0, usd: null },
      },
    });
  });

  test('names of actors and techniques are the record’s', () => {
    const incidents = [
      madeUp({ slug: 'a', on: '2022', actor: { value: 'apt38', sources: 'incident' } }),
      madeUp({ slug: 'b', on: '2022' }),
    ];
    const { groups } = scopeBy(incidents, 'actor', 'preferred', new Map([['apt38', 'APT38']]));
    expect(groups.map(({ name }) => name)).toEqual(['APT38', 'not known']);
    expect(scopeBy(INCIDENTS, 'grade', 'preferred').groups.map(({ name }) => name)).toEqual([
      'listed as suspected in a UN report',
      'suspected only',
      'attributed by private firms or researchers',
    ]);
  });

  test('nothing asked about has no groups', () => {
    expect(scopeBy([], 'year', 'un')).toMatchObject({ groups: [], total: { incidents: 0, usd: 0n }, fieldUnknown: 0 });
  });

  test('by two properties: only cells with thefts', () => {
    const { cells, overlapping } = crossBy(INCIDENTS, 'year', 'chain', 'preferred');
    expect(overlapping).toBe(true);
    expect(cells.map(({ row, column, usd }) => [row, column, usd])).toEqual([
      ['2019', 'Ronin', 10_000n],
      ['2019', 'Ethereum', 10_000n],
      ['2022', 'Ronin', 4_000n],
      ['2022', 'Bitcoin', null],
      ['2022', 'unknown', 700n],
    ]);
  });
});
