import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { madeUp } from '../fixtures/made-up.ts';
import { concentration, giniOf } from './concentration.ts';

describe('concentration', () => {
  const thefts = [
    madeUp({ slug: 'a', on: '2020', usd: '600' }),
    madeUp({ slug: 'b', on: '2020', usd: '100' }),
    madeUp({ slug: 'c', on: '2020', usd: '100' }),
    madeUp({ slug: 'd', on: '2020', usd: '0' }),
    madeUp({ slug: 'e', on: '2020' }),
    madeUp({
      slug: 'individual-2020-01-1',
      on: '2020-01',
      usd: '200',
      victim: { kind: 'private-person', type: 'individual', country: { value: null, because: 'made up' } },
    }),
  ];
  const found = concentration(thefts, 'preferred');

  test('the largest, out of the sum of what is known; a private person by the slug alone', () => {
    expect(found).toMatchObject({ known: 5, unknown: ['e'], zero: ['d'], usd: 100_000n });
    expect(found.largest.map(({ largest, share }) => [largest, share])).toEqual([
      [1, { part: 60_000n, whole: 100_000n }],
      [5, { part: 100_000n, whole: 100_000n }],
      [10, { part: 100_000n, whole: 100_000n }],
    ]);
    expect(found.largest[1]?.losses.map(({ slug, name }) => [slug, name])).toEqual([
      ['a', 'Firm a'],
      ['individual-2020-01-1', 'private person'],
      ['b', 'Firm b'],
      ['c', 'Firm c'],
      ['d', 'Firm d'],
    ]);
  });

  test('the curve runs from nothing to the sum, smallest first', () => {
    expect(found.lorenz.map(({ incidents, usd }) => [incidents, usd])).toEqual([
      [0, 0n],
      [1, 0n],
      [2, 10_000n],
      [3, 20_000n],
      [4, 40_000n],
      [5, 100_000n],
    ]);
  });

  test('Gini by hand: (−4·0 − 2·100 + 0·100 + 2·200 + 4·600) / (5·1000) = 2600/5000', () => {
    expect(found.gini).toEqual({ numerator: 260_000n, denominator: 500_000n });
  });

  test('equals at the edge are named', () => {
    const equal = ['a', 'b', 'c'].map((slug) => madeUp({ slug, on: '2020', usd: '5' }));
    const [first] = concentration(equal, 'preferred').largest;
    expect(first).toMatchObject({ losses: [{ slug: 'a' }], alsoAsLarge: ['b', 'c'] });
  });

  test('of nothing known there is no share', () => {
    expect(concentration([madeUp({ slug: 'a', on: '2020' })], 'preferred')).toMatchObject({
      known: 0,
      usd: null,
      lorenz: [],
      gini: null,
      largest: [{ share: null, losses: [] }, {}, {}],
    });
  });

  test('law: the coefficient is half the mean difference of all pairs over the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 30 }), (amounts) => {
        const ascending = [...amounts].sort((a, b) => (a < b ? -1 : 1));
        const sum = amounts.reduce((total, usd) => total + usd, 0n);
        const gini = giniOf(ascending);
        if (sum === 0n) return gini === null;
        const differences = amounts.flatMap((a) => amounts.map((b) => (a > b ? a - b : b - a)));
        const pairs = differences.reduce((total, one) => total + one, 0n);
        // G = Σ Σ |xᵢ − xⱼ| / (2·n·Σ x)
        return gini !== null && gini.numerator * 2n * BigInt(amounts.length) * sum === pairs * gini.denominator;
      }),
    );
  });
});
