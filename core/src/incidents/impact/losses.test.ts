import { describe, expect, test } from 'vitest';
import { madeUp } from '../fixtures/made-up.ts';
import type { Incident } from '../incident.ts';
import { sumDecimals } from './decimals.ts';
import { lossesOverTime } from './losses.ts';

const eth = (...amounts: readonly (string | null)[]): Incident['assets'] => ({
  value: amounts.map((amount) => ({ symbol: 'ETH', amount })),
  sources: 'incident',
});

const THEFTS = [
  madeUp({ slug: 'a', on: '2020-11-30', usd: '100.50', assets: eth('0.1', '0.2') }),
  madeUp({ slug: 'b', on: '2020-12', usd: '50', assets: eth(null) }),
  madeUp({ slug: 'c', on: '2020', usd: '7' }),
  madeUp({ slug: 'd', on: '2022-01-01', assets: eth('401346.5', null) }),
  madeUp({ slug: 'e', on: '2022-02-01', usd: '1000', counted: { inTotals: false, because: 'an attempt' } }),
];

describe('losses over time', () => {
  test('years without a theft stand there with 0, years without a known amount with none', () => {
    const { periods, all, tooCoarse } = lossesOverTime(THEFTS, 'preferred', 'year');
    expect(periods.map(({ period, usd, incidents, unknown }) => [period, usd, incidents, unknown])).toEqual([
      ['2020', 15_750n, 3, 0],
      ['2021', 0n, 0, 0],
      ['2022', null, 1, 1],
    ]);
    expect(
      periods.map(({ cumulativeUsd, cumulativeIncidents, cumulativeUnknown }) => [
        cumulativeUsd,
        cumulativeIncidents,
        cumulativeUnknown,
      ]),
    ).toEqual([
      [15_750n, 3, 0],
      [15_750n, 3, 0],
      [15_750n, 4, 1],
    ]);
    expect(all).toEqual({ usd: 15_750n, incidents: 4, known: 3, unknown: 1 });
    expect(tooCoarse.slugs).toEqual([]);
  });

  test('what counts in no total is left out, with the reason', () => {
    expect(lossesOverTime(THEFTS, 'preferred', 'year').leftOut).toEqual([{ slug: 'e', because: 'an attempt' }]);
  });

  test('a date that is too coarse for the period is in none, and in the sum of all', () => {
    const { periods, all, tooCoarse } = lossesOverTime(THEFTS, 'preferred', 'month');
    expect(periods).toHaveLength(15);
    expect(periods[1]).toMatchObject({ period: '2020-12', usd: 5_000n, cumulativeUsd: 15_050n });
    expect(tooCoarse).toMatchObject({ slugs: ['c'], usd: 700n, incidents: 1 });
    expect(periods.at(-1)?.cumulativeUsd).toBe((all.usd ?? 0n) - (tooCoarse.usd ?? 0n));
  });

  test('quarters: the fourth of 2020 to the first of 2022 are six', () => {
    const quarters = lossesOverTime(THEFTS, 'preferred', 'quarter').periods.map(({ period }) => period);
    expect(quarters).toEqual(['2020-Q4', '2021-Q1', '2021-Q2', '2021-Q3', '2021-Q4', '2022-Q1']);
  });

  test('an asset is added in itself, exactly, beside those that name it and give no amount', () => {
    const { assets, assetsUnknown } = lossesOverTime(THEFTS, 'preferred', 'year');
    expect(assets).toEqual([
      {
        symbol: 'ETH',
        amount: '401346.8',
        incidents: 3,
        withAmount: 2,
        withoutAmount: 2,
        periods: [
          { period: '2020', amount: '0.3', incidents: 2, withAmount: 1, withoutAmount: 1 },
          { period: '2022', amount: '401346.5', incidents: 1, withAmount: 1, withoutAmount: 1 },
        ],
      },
    ]);
    expect(assetsUnknown).toBe(1);
  });

  test('nothing is no period and no amount', () => {
    expect(lossesOverTime([], 'preferred', 'month')).toMatchObject({
      periods: [],
      assets: [],
      all: { usd: 0n, incidents: 0 },
    });
    expect(sumDecimals([])).toBeNull();
    expect(sumDecimals(['0.5', '1.5', '0'])).toBe('2');
    expect(sumDecimals(['0.000000000000000001', '9007199254740993'])).toBe('9007199254740993.000000000000000001');
  });
});
