import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fixtureEvidence, readFixture } from '../../../../test/crossings-fixtures.ts';
import type { Account } from '../../units/index.ts';
import { tornadoEvents } from '../crossings/tornado.ts';
import { createTornadoIndex } from './tornado-candidates.ts';
import { LONDON_BLOCK, type TornadoHeuristic } from './tornado-heuristics.ts';
import { type PoolDeposit, type PoolRecord, type PoolWithdrawal, withTransactions } from './tornado-pools.ts';

const TENTH: Account = 'eip155:1:0x12d66f87a04a9e220743712ce6d9bb1b5616b8fc';
const ONE: Account = 'eip155:1:0x47ce0c6ed5b0ce3d3a51fdb1c52dc66a7c3c2936';
const HUNDRED: Account = 'eip155:1:0xa160cdab225685da1d56aa342ad8841c3b53f291';
const alice: Account = 'eip155:1:0x00000000000000000000000000000000000a11ce';
const bob: Account = 'eip155:1:0x0000000000000000000000000000000000000b0b';

type Put = { readonly block: number; readonly sender?: Account; readonly gasPrice?: bigint; readonly tx?: string };
type Take = Put & { readonly recipient?: Account; readonly fee?: bigint };

function record(pool: Account, puts: readonly Put[], takes: readonly Take[], from: number | null = null): PoolRecord {
  const deposits = puts.map(({ block, sender, gasPrice, tx }, index): PoolDeposit => {
    return { pool, index, block, tx: tx ?? null, sender: sender ?? null, gasPrice: gasPrice ?? null };
  });
  const withdrawals = takes.map(({ block, recipient, fee, gasPrice, tx }, index): PoolWithdrawal => {
    const paid = { recipient: recipient ?? bob, fee: fee ?? 0n, gasPrice: gasPrice ?? null };
    return { pool, index, block, tx: tx ?? `0xout${index}`, ...paid };
  });
  return { pool, name: '0.1 ETH', deposits, withdrawals, withdrawalsFrom: from, until: 30_000_000 };
}

/** Which withdrawals a heuristic ties to a deposit; null: it says nothing. */
function fired(pools: readonly PoolRecord[], heuristic: TornadoHeuristic, leaf: number, pool = TENTH): number[] | null {
  const found = createTornadoIndex(pools).candidatesFor(pool, leaf);
  if (found.silent.some((one) => one.heuristic === heuristic)) return null;
  return found.candidates.flatMap(({ withdrawal, fired: names }) =>
    names.includes(heuristic) ? [withdrawal.index] : [],
  );
}

describe('the anonymity set, worked by hand', () => {
  // Put in at 10, 20, 30, 40; taken out at 25, 35, 45.
  const pool = record(
    TENTH,
    [{ block: 10 }, { block: 20 }, { block: 30 }, { block: 40 }],
    [{ block: 25 }, { block: 35 }, { block: 45 }],
  );
  const index = createTornadoIndex([pool]);

  it('counts notes in the pool and withdrawals that may spend one', () => {
    expect(index.candidatesFor(TENTH, 0).anonymity).toEqual({
      depositsBefore: 0,
      unspent: 1,
      withdrawals: 3,
      reduced: 3,
      unspentAtEnd: 1,
    });
    // At 30: three put in, one taken out before.
    expect(index.candidatesFor(TENTH, 2).anonymity).toMatchObject({ depositsBefore: 2, unspent: 2, withdrawals: 2 });
  });

  it('says of each candidate how many deposits it may spend, and how many notes were left', () => {
    const [first, second] = index.candidatesFor(TENTH, 0).candidates;
    expect([first?.deposits, first?.unspent]).toEqual([2, 2]);
    expect([second?.deposits, second?.unspent]).toEqual([3, 2]);
  });

  it('a withdrawal tied to another deposit leaves the reduced set, and stays in the list', () => {
    const known = record(
      TENTH,
      [{ block: 10 }, { block: 20, sender: alice }],
      [{ block: 25, recipient: alice }, { block: 26 }],
    );
    const found = createTornadoIndex([known]).candidatesFor(TENTH, 0);
    expect(found.anonymity).toMatchObject({ withdrawals: 2, reduced: 1 });
    expect(found.candidates).toHaveLength(2);
    expect(createTornadoIndex([known]).candidatesFor(TENTH, 1).anonymity.reduced).toBe(2);
  });

  it('does not count notes where withdrawals are missing, and says so', () => {
    const late = { ...pool, withdrawalsFrom: 25 };
    const found = createTornadoIndex([late]).candidatesFor(TENTH, 0);
    expect(found.anonymity).toMatchObject({ unspent: null, unspentAtEnd: null, withdrawals: 3 });
    expect(found.notes[0]).toContain('before block 25 are not on record');
  });

  it('refuses what cannot be: more taken out than put in, leaves out of order, no such leaf', () => {
    expect(() => createTornadoIndex([record(TENTH, [{ block: 10 }], [{ block: 9 }])])).toThrow(
      '1 notes are taken out, and 0 put in',
    );
    const [first] = pool.deposits;
    expect(() => createTornadoIndex([{ ...pool, deposits: [{ ...(first as PoolDeposit), index: 1 }] }])).toThrow(
      'has leaf 1',
    );
    expect(() => index.candidatesFor(TENTH, 4)).toThrow('no deposit 4');
  });
});

describe('heuristics', () => {
  it('same-transaction: only where the deposit’s transaction is known, only the same pool', () => {
    const both = [
      record(TENTH, [{ block: 10, tx: '0xa' }, { block: 11 }], [{ block: 10, tx: '0xa' }]),
      record(ONE, [{ block: 10, tx: '0xa' }], []),
    ];
    expect(fired(both, 'same-transaction', 0)).toEqual([0]);
    expect(fired(both, 'same-transaction', 1)).toBeNull();
    expect(fired(both, 'same-transaction', 0, ONE)).toEqual([]);
  });

  it('address-reuse: paid out to the sender of the deposit, not before it', () => {
    const puts = [{ block: 10 }, { block: 20, sender: alice }];
    const pool = record(TENTH, puts, [
      { block: 15, recipient: alice },
      { block: 20, recipient: alice },
    ]);
    expect(fired([pool], 'address-reuse', 1)).toEqual([1]);
    expect(fired([pool], 'address-reuse', 0)).toBeNull();
  });

  it('unique-gas-price: one deposit, one withdrawal without a relayer, before London, all prices known', () => {
    const odd = 31_415_926_535n;
    const puts = [
      { block: 10, gasPrice: odd },
      { block: 11, gasPrice: 5n },
    ];
    const takes = [
      { block: 20, gasPrice: odd },
      { block: 21, gasPrice: odd, fee: 1n },
    ];
    const of = (deposits: readonly Put[], withdrawals: readonly Take[]) =>
      fired([record(TENTH, deposits, withdrawals)], 'unique-gas-price', 0);
    expect(of(puts, takes)).toEqual([0]);
    expect(of([...puts, { block: 12, gasPrice: odd }], takes)).toEqual([]);
    expect(
      of(puts, [
        { block: 20, gasPrice: odd },
        { block: 21, gasPrice: odd },
      ]),
    ).toEqual([]);
    expect(of([puts[0] as Put, { block: 11 }], takes)).toBeNull();
    const late = LONDON_BLOCK + 10;
    expect(
      of(
        puts.map((put) => ({ ...put, block: late })),
        takes.map((take) => ({ ...take, block: late + 1 })),
      ),
    ).toEqual([]);
  });

  it('linked-denominations: the same number from each of several pools, in one run each', () => {
    const tenth = [{ block: 10, sender: alice }, { block: 11, sender: alice }, { block: 12 }];
    const one = [{ block: 13, sender: alice }];
    const taken = [
      { block: 100, recipient: bob },
      { block: 101, recipient: bob },
    ];
    const pools = (last: Take[]) => [record(TENTH, tenth, taken), record(ONE, one, last)];
    expect(fired(pools([{ block: 102, recipient: bob }]), 'linked-denominations', 0)).toEqual([0, 1]);
    expect(fired(pools([{ block: 102, recipient: bob }]), 'linked-denominations', 0, ONE)).toEqual([0]);
    expect(fired(pools([{ block: 102, recipient: alice }]), 'linked-denominations', 0)).toEqual([]);
    // More than a day after the others: another run.
    expect(fired(pools([{ block: 7_302, recipient: bob }]), 'linked-denominations', 0)).toEqual([]);
    expect(fired(pools([{ block: 7_301, recipient: bob }]), 'linked-denominations', 0)).toEqual([0, 1]);
    expect(fired(pools([]), 'linked-denominations', 2)).toBeNull();
  });

  it('within-a-day: 7,200 blocks, both ends included; silent where withdrawals are missing', () => {
    const puts = Array.from({ length: 3 }, () => ({ block: 10 }));
    const pool = record(TENTH, puts, [{ block: 10 }, { block: 7_210 }, { block: 7_211 }]);
    expect(fired([pool], 'within-a-day', 0)).toEqual([0, 1]);
    expect(fired([{ ...pool, withdrawalsFrom: 11 }], 'within-a-day', 0)).toBeNull();
  });

  it('counts deposits judged, deposits and withdrawals tied, pairs', () => {
    const puts = [{ block: 10, sender: alice }, { block: 11, sender: alice }, { block: 12 }];
    const counts = createTornadoIndex([record(TENTH, puts, [{ block: 20, recipient: alice }])]).counts();
    expect(counts.find(({ heuristic }) => heuristic === 'address-reuse')).toMatchObject({
      judged: 2,
      deposits: 3,
      fired: 2,
      withdrawals: 1,
      pairs: 2,
    });
  });
});

describe('recorded calls', () => {
  // 19 withdrawals of the 0.1 pool with their senders and prices; the deposits before them are made up, as none is recorded.
  const records = fixtureEvidence('tornado', 'calldata.json');
  const prices = readFixture('tornado', 'calldata.json') as {
    transactions: { transaction: { hash: string; gasPrice: string } }[];
  };
  const taken = records.flatMap((evidence) =>
    tornadoEvents(evidence).flatMap((event) =>
      event.kind === 'withdrawal' && event.pool === TENTH && evidence.kind === 'evm' ? [{ event, evidence }] : [],
    ),
  );
  const takes = taken
    .map(({ event, evidence }) => ({
      block: evidence.blockNumber as number,
      recipient: event.recipient,
      fee: event.fee,
      tx: evidence.tx,
    }))
    .sort((a, b) => a.block - b.block);
  const reused = takes[0]?.recipient as Account;
  const puts = takes.map((_, i): Put => ({ block: 13_000_000 + i, ...(i === 3 ? { sender: reused } : {}) }));

  it('a deposit whose sender is later paid out gets those withdrawals, and nothing moves', () => {
    expect(takes).toHaveLength(19);
    const own = takes.flatMap(({ recipient }, i) => (recipient === reused ? [i] : []));
    expect(own.length).toBeGreaterThan(0);
    expect(fired([record(TENTH, puts, takes)], 'address-reuse', 3)).toEqual(own);
  });

  it('real prices of gas are put to their transactions, and after London tie nothing', () => {
    const facts = new Map(
      prices.transactions.map(({ transaction: { hash, gasPrice } }) => [
        hash,
        { sender: alice, gasPrice: BigInt(gasPrice) },
      ]),
    );
    const known = withTransactions(record(TENTH, puts, takes), facts);
    expect(known.withdrawals.every(({ gasPrice }) => gasPrice !== null)).toBe(true);
    const priced = {
      ...known,
      deposits: known.deposits.map((put, i) => ({ ...put, gasPrice: known.withdrawals[i]?.gasPrice ?? null })),
    };
    expect(fired([priced], 'unique-gas-price', 0)).toEqual([]);
  });
});

describe('the pool of 100 ether to January 2025', () => {
  const load = (list: string) =>
    JSON.parse(
      gunzipSync(
        readFileSync(new URL(`../../../../test/data/tornado/${list}_1_eth_100.json.gz`, import.meta.url)),
      ).toString(),
    ) as { blockNumber: number; transactionHash: string; to: string; fee: string }[];
  const puts = load('deposits').map(({ blockNumber, transactionHash }) => ({
    block: blockNumber,
    tx: transactionHash,
  }));
  const takes = load('withdrawals').map(({ blockNumber, to, fee, transactionHash }) => ({
    block: blockNumber,
    recipient: `eip155:1:${to}` as Account,
    fee: BigInt(fee),
    tx: transactionHash,
  }));
  const index = createTornadoIndex([record(HUNDRED, puts, takes)]);

  it('38,258 notes in, 36,944 out, as published: 1,314 left', () => {
    expect([puts.length, takes.length]).toEqual([38_258, 36_944]);
    expect(index.candidatesFor(HUNDRED, 0).anonymity).toMatchObject({ withdrawals: 36_944, unspentAtEnd: 1_314 });
  });

  it('the recorded deposit 0x344b8c89…: among 1,814 notes, any of 12,731 withdrawals, 111 of them within a day', () => {
    const [deposit] = index.depositsOf('0x344b8c89a52aca46947e5024e82a92e304adc6a850f65bee87063109a1b21245');
    // 24,213 withdrawals stand before its block: 26,027 − 24,213 and 36,944 − 24,213.
    expect(deposit?.index).toBe(26_026);
    const found = index.candidatesFor(HUNDRED, 26_026);
    expect(found.anonymity).toMatchObject({
      depositsBefore: 26_026,
      unspent: 1_814,
      withdrawals: 12_731,
      reduced: 12_731,
    });
    expect(found.candidates).toHaveLength(111);
    expect(found.silent.map(({ heuristic }) => heuristic)).toEqual([
      'address-reuse',
      'unique-gas-price',
      'linked-denominations',
    ]);
  });
});
