import { describe, expect, test } from 'vitest';
import { AMOUNT_RULES, amountOf, hasAmountConflict, spreadOf } from './amounts.ts';
import { madeUp } from './fixtures/made-up.ts';
import type { AmountClaim, Incident } from './incident.ts';

const claim = (id: string, usd: string | null, rest: Partial<AmountClaim> = {}): AmountClaim => ({
  id,
  by: id,
  usd,
  scope: 'whole',
  sources: 'incident',
  ...(usd === null ? { asPrinted: 'some ether' } : {}),
  ...rest,
});
const theft = (amounts: readonly AmountClaim[], preferred: string | null = null): Incident =>
  madeUp({
    slug: 'a-2022',
    on: '2022',
    amounts: [...amounts],
    preferredAmount: preferred === null ? { id: null, because: 'sources disagree' } : { id: preferred, because: 'x' },
  });

describe('which amount counts', () => {
  test('each rule takes its own figure', () => {
    const incident = theft(
      [claim('tayvano', '615'), claim('un', '620'), claim('msmt', '540.50'), claim('victim', '625')],
      'tayvano',
    );
    expect(AMOUNT_RULES.map((rule) => amountOf(incident, rule).usd)).toEqual([
      62_000n,
      54_050n,
      61_500n,
      54_050n,
      62_500n,
    ]);
  });

  test('without a figure it says why', () => {
    const incident = theft([claim('doj', null)]);
    expect(AMOUNT_RULES.map((rule) => amountOf(incident, rule))).toEqual([
      { usd: null, because: 'not in the rows of annex 95 of S/2024/215' },
      { usd: null, because: 'not in the tables of the MSMT’s report of October 2025' },
      { usd: null, because: 'sources disagree' },
      { usd: null, because: 'no source on record gives the whole loss in dollars' },
      { usd: null, because: 'no source on record gives the whole loss in dollars' },
    ]);
    expect(spreadOf(incident)).toBeNull();
    expect(hasAmountConflict(incident)).toBe(false);
  });

  test('a figure for a part or for several incidents counts under no rule', () => {
    const incident = theft([
      claim('un', '900', { scope: 'joint', with: ['b-2022'] }),
      claim('msmt', '1', { scope: 'part' }),
      claim('doj', '100'),
    ]);
    expect(amountOf(incident, 'un')).toEqual({
      usd: null,
      because: 'the figure of un is for several incidents together',
    });
    expect(amountOf(incident, 'msmt')).toEqual({ usd: null, because: 'the figure of msmt is for a part of the loss' });
    expect(spreadOf(incident)).toEqual({ lowest: 10_000n, highest: 10_000n });
  });

  test('of equal figures the first on record counts', () => {
    const incident = theft([claim('doj', null), claim('fbi', '5'), claim('un', '5')]);
    for (const rule of ['lowest', 'highest'] as const) {
      expect(amountOf(incident, rule)).toMatchObject({ usd: 500n, claim: { id: 'fbi' } });
    }
  });

  test('a loss of zero dollars is a figure', () => {
    expect(amountOf(theft([claim('un', '0')]), 'lowest').usd).toBe(0n);
    expect(hasAmountConflict(theft([claim('un', '0'), claim('doj', '0')]))).toBe(false);
  });

  test.each([
    ['90', '100', false],
    ['89.99', '100', true],
    ['100', '110', false],
    ['100', '111.12', true],
  ])('%s and %s: in conflict only beyond a tenth of the higher (%s)', (low, high, isConflict) => {
    expect(hasAmountConflict(theft([claim('a', low), claim('b', high)]))).toBe(isConflict);
  });
});
