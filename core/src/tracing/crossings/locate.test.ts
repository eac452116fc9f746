import { describe, expect, it } from 'vitest';
import type { Transfer } from '../../ledger/index.ts';
import { type Account, type Asset, BITCOIN } from '../../units/index.ts';
import type { Leg } from './leg.ts';
import { locate, locateLeg } from './locate.ts';

const COIN: Asset = 'eip155:1/slip44:60';
const WETH: Asset = 'eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2';
const STETH: Asset = 'eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84';
const [USER, ROUTER, VENUE, OTHER] = ['a', 'b', 'c', 'd'].map((digit): Account => `eip155:1:0x${digit.repeat(40)}`) as [
  Account,
  Account,
  Account,
  Account,
];
const TX = `0x${'1'.repeat(64)}`;

function leg(given: Partial<Leg> = {}): Leg {
  return {
    protocol: 'bridge',
    side: 'in',
    kind: 'transfer',
    key: '1',
    chain: 'eip155:1',
    tx: TX,
    place: { kind: 'log', logIndex: 0 },
    asset: COIN,
    amount: 100n,
    account: USER,
    venue: VENUE,
    destination: null,
    notes: [],
    ...given,
  };
}

function move(position: number, from: Account, to: Account, amount = 100n, given: Partial<Transfer> = {}): Transfer {
  const order = { chain: 'eip155:1' as const, blockNumber: 1, txIndex: 0, blockTime: 1, tx: TX };
  return {
    ...order,
    position,
    from,
    to,
    asset: COIN,
    amount,
    kind: 'internal',
    assigned: 'none',
    rounded: false,
    ...given,
  };
}

describe('the transfer that carries a leg in', () => {
  it('goes from its account to its venue, before any other that fits', () => {
    const transfers = [move(1, USER, ROUTER), move(2, ROUTER, VENUE), move(3, USER, VENUE)];
    expect(locateLeg(leg(), transfers)).toEqual({ tx: TX, position: 3 });
  });
  it('else comes from its account, else goes to its venue, else is the only one, where nobody is named', () => {
    expect(locateLeg(leg(), [move(1, USER, ROUTER), move(2, ROUTER, VENUE)])?.position).toBe(1);
    expect(locateLeg(leg(), [move(1, OTHER, ROUTER), move(2, ROUTER, VENUE)])?.position).toBe(2);
    expect(locateLeg(leg({ venue: null, account: null }), [move(1, OTHER, ROUTER)])?.position).toBe(1);
    // What somebody else paid somebody else is not the account's.
    expect(locateLeg(leg(), [move(1, OTHER, ROUTER)])).toBeNull();
  });
  it('is not told where several fit alike', () => {
    expect(locate(leg(), [move(1, USER, VENUE), move(2, USER, VENUE)]).kind).toBe('several');
    expect(locateLeg(leg(), [move(1, USER, VENUE), move(2, USER, VENUE)])).toBeNull();
  });
  it('has the amount of the leg, or more of which the protocol kept a share', () => {
    expect(locateLeg(leg(), [move(1, USER, VENUE, 101n)])?.position).toBe(1);
    expect(locate(leg(), [move(1, USER, VENUE, 99n)]).kind).toBe('none');
    expect(locate(leg(), [move(1, OTHER, ROUTER, 101n)]).kind).toBe('none');
  });
  it('is of the leg’s asset, or the coin where the leg names its wrapped form', () => {
    expect(locateLeg(leg({ asset: WETH }), [move(1, USER, VENUE)])?.position).toBe(1);
    expect(
      locateLeg(leg({ asset: WETH }), [move(1, USER, VENUE), move(2, USER, VENUE, 100n, { asset: WETH })])?.position,
    ).toBe(2);
    expect(locate(leg({ asset: STETH }), [move(1, USER, VENUE)]).kind).toBe('none');
  });
  it('of stETH may be up to two units less', () => {
    const moved = (amount: bigint) =>
      locate(leg({ asset: STETH }), [move(1, USER, VENUE, amount, { asset: STETH })]).kind;
    expect([moved(98n), moved(97n)]).toEqual(['found', 'none']);
  });
  it('is never a fee, nothing, or another transaction’s', () => {
    const transfers = [
      move(-1, USER, VENUE, 100n, { kind: 'fee' }),
      move(1, USER, VENUE, 0n),
      move(2, USER, VENUE, 100n, { tx: `0x${'2'.repeat(64)}` }),
    ];
    expect(locate(leg(), transfers).kind).toBe('none');
    expect(locate(leg({ amount: null }), transfers).kind).toBe('none');
  });
  it('is not looked for where the leg does not say which asset', () => {
    expect(locate(leg({ asset: null }), [move(1, USER, VENUE)])).toEqual({
      kind: 'none',
      reason: 'The record does not say which asset moved.',
    });
  });
});

describe('the transfer that pays a leg out', () => {
  const out = leg({ side: 'out' });
  it('goes to its account, from its venue where one does', () => {
    expect(locateLeg(out, [move(1, OTHER, USER), move(2, VENUE, USER)])?.position).toBe(2);
    expect(locateLeg(out, [move(1, OTHER, USER), move(2, VENUE, ROUTER)])?.position).toBe(1);
  });
  it('never pays somebody else', () => {
    expect(locate(out, [move(1, VENUE, ROUTER)]).kind).toBe('none');
  });
  it('comes from its venue where the leg names no account', () => {
    expect(locateLeg(leg({ side: 'out', account: null }), [move(1, VENUE, ROUTER)])?.position).toBe(1);
  });
  it('on Bitcoin is the output whose owner is the account', () => {
    const owner: Account = `${BITCOIN}:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4`;
    const tx = '3'.repeat(64);
    const asset: Asset = `${BITCOIN}/slip44:0`;
    const common = { chain: BITCOIN, tx, asset } as const;
    const of = (n: number, lock: Account): Transfer =>
      move(n, `${BITCOIN}:${tx}`, `${BITCOIN}:${tx}.${n}`, 100n, {
        ...common,
        kind: 'output',
        lock: { owner: lock, script: 'p2wpkh' },
      });
    const paid = leg({ ...common, side: 'out', account: owner, venue: null, amount: 100n });
    expect(locateLeg(paid, [of(0, `${BITCOIN}:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2`), of(1, owner)])).toEqual({
      tx,
      position: 1,
    });
  });
});
