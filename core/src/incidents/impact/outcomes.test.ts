import { describe, expect, test } from 'vitest';
import { madeUp } from '../fixtures/made-up.ts';
import type { Incident } from '../incident.ts';
import { outcomes } from './outcomes.ts';

type Outcome = Incident['outcomes'][number];
const outcome = (kind: Outcome['kind'], usd: string | null, more: Partial<Outcome> = {}): Outcome => ({
  kind,
  says: 'made up',
  usd,
  sources: 'incident',
  ...more,
});
const of = (thefts: readonly Incident[], kind: Outcome['kind']) =>
  outcomes(thefts).kinds.find((sum) => sum.kind === kind);

describe('what became of stolen value', () => {
  test('kinds are apart, and what was asked for is not what was recovered', () => {
    const thefts = [
      madeUp({ slug: 'a', on: '2020', outcomes: [outcome('forfeiture-sought', '100'), outcome('frozen', '40')] }),
      madeUp({ slug: 'b', on: '2020' }),
    ];
    expect(outcomes(thefts)).toMatchObject({ incidents: 2, withOutcome: 1, nothingRecorded: 1 });
    expect(of(thefts, 'recovered')).toMatchObject({ entries: 0, usd: null, incidents: [] });
    expect(of(thefts, 'forfeiture-sought')?.usd).toEqual({ ifSame: 10_000n, ifApart: 10_000n });
    expect(of(thefts, 'frozen')?.usd).toEqual({ ifSame: 4_000n, ifApart: 4_000n });
  });

  test('several entries of one theft may be the same value: the sum lies between two', () => {
    const seized = [outcome('seized', '30'), outcome('seized', '5.80'), outcome('seized', null)];
    const thefts = [
      madeUp({ slug: 'a', on: '2020', outcomes: seized }),
      madeUp({ slug: 'b', on: '2020', outcomes: [outcome('seized', '1')] }),
    ];
    expect(of(thefts, 'seized')).toMatchObject({
      entries: 4,
      withUsd: 3,
      withoutUsd: 1,
      usd: { ifSame: 3_100n, ifApart: 3_680n },
    });
  });

  test('an entry that two records share counts once, and says which theft was not asked about', () => {
    const joint = (other: string) => [outcome('seized', '10', { with: [other], asset: 'USDT', amount: '10.5' })];
    const a = madeUp({ slug: 'a', on: '2020', outcomes: joint('b') });
    const b = madeUp({ slug: 'b', on: '2020', outcomes: joint('a') });
    expect(outcomes([a, b])).toMatchObject({ withOutcome: 2, nothingRecorded: 0 });
    expect(of([a, b], 'seized')).toMatchObject({
      entries: 1,
      incidents: ['a', 'b'],
      usd: { ifSame: 1_000n, ifApart: 1_000n },
      assets: [{ asset: 'USDT', amount: { ifSame: '10.5', ifApart: '10.5' }, withAmount: 1, withoutAmount: 0 }],
      joint: [{ slugs: ['a', 'b'], outside: [] }],
    });
    expect(of([a], 'seized')).toMatchObject({ entries: 1, incidents: ['a'], joint: [{ outside: ['b'] }] });
  });

  test('amounts in an asset compare as numbers, not as texts', () => {
    const frozen = ['9.5', '10', '10.25'].map((amount) => outcome('frozen', null, { asset: 'ETH', amount }));
    expect(of([madeUp({ slug: 'a', on: '2020', outcomes: frozen })], 'frozen')?.assets).toMatchObject([
      { amount: { ifSame: '10.25', ifApart: '29.75' } },
    ]);
  });
});
