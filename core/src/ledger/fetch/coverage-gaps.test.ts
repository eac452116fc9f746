import { describe, expect, it } from 'vitest';
import { type Account, type Asset, parseAccount } from '../../units/index.ts';
import type { Coverage } from '../coverage.ts';
import { nothingKnown } from '../ingest/declare-coverage.ts';
import { gapOf } from './coverage-gaps.ts';

const ACCOUNT: Account = parseAccount(`0x${'11'.repeat(20)}`);
const ETHER = 'eip155:1/slip44:60' as Asset;
const TOKEN = `eip155:1/erc20:0x${'22'.repeat(20)}` as Asset;
const TO = { number: 100, hash: '0x', time: 1200 };

/** Time is twelve seconds a block. */
const declared = (fromBlock: number | null, toBlock: number | null, more: Partial<Coverage> = {}): Coverage => ({
  ...nothingKnown('eip155:1'),
  account: ACCOUNT,
  fromBlock,
  toBlock,
  toAt: toBlock === null ? null : 12 * toBlock,
  basis: 'index',
  source: 'node',
  ...more,
});

const gap = (coverage: readonly Coverage[], assets: readonly Asset[] | null = null, until: number | null = null) => {
  const found = gapOf(ACCOUNT, coverage, { fromBlock: 0, to: TO, assets, until });
  return found === null ? null : [found.fromBlock, found.isTruncated];
};

describe('what of an account is lacking', () => {
  it('is everything where nothing is declared, or nothing of use', () => {
    expect(gap([])).toEqual([0, false]);
    expect(gap([declared(0, 100, { basis: 'unknown' })])).toEqual([0, false]);
    expect(gap([declared(0, 100, { direction: 'out' })])).toEqual([0, false]);
    expect(gap([declared(0, null)])).toEqual([0, false]);
    expect(gap([declared(5, 100)])).toEqual([0, false]);
  });

  it('starts where declarations that adjoin end', () => {
    expect(gap([declared(0, 40)])).toEqual([41, false]);
    expect(gap([declared(41, 60), declared(null, 40)])).toEqual([61, false]);
    expect(gap([declared(0, 40), declared(42, 100)])).toEqual([41, false]);
    expect(gap([declared(0, 40), declared(20, 100)])).toBeNull();
  });

  it('is told by declarations of the assets that matter only', () => {
    const ofTokens = declared(0, 100, { assets: [TOKEN] });
    expect(gap([ofTokens], [TOKEN])).toBeNull();
    expect(gap([ofTokens], [TOKEN, ETHER])).toEqual([0, false]);
    expect(gap([ofTokens])).toEqual([0, false]);
  });

  it('is nothing once the record reaches what matters', () => {
    expect(gap([declared(0, 40)], null, 12 * 40)).toBeNull();
    expect(gap([declared(0, 40)], null, 12 * 40 + 1)).toEqual([41, false]);
  });

  it('of an account that was too busy stays as it was left; of one whose rows could not be read it is everything again', () => {
    expect(gap([declared(0, 40, { truncated: true, toAt: null })])).toEqual([41, true]);
    expect(gap([declared(0, 40, { truncated: true })])).toEqual([0, false]);
  });

  it('is not told by checks that failed', () => {
    expect(gap([declared(0, 100, { basis: 'balance-agrees', truncated: true, toAt: null })])).toEqual([0, false]);
  });
});
