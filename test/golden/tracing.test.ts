import { describe, expect, test } from 'vitest';
import type { Coverage, Transfer } from '../../core/src/ledger/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { NO_LIMITS, type Run, type TraceOptions, type TraceRequest, trace } from '../../core/src/tracing/index.ts';
import { naiveTrace } from '../reference/naive-trace.ts';
import {
  account,
  ask,
  asset,
  edges,
  gaps,
  ledger,
  stolen,
  stolenAccount,
  totals,
  touched,
  tx,
  whereabouts,
} from './ledger-lines.ts';

// Every expectation here was derived by hand from the tracing contract; the derivation stands beside it.
// V is a victim, T the thief, X an exchange, O anybody. "u" is untagged value, "a", "b", "c" are thefts.

type Ask = (
  transfers: Transfer[],
  request: TraceRequest,
  options?: TraceOptions,
  coverage?: Coverage[],
) => Promise<readonly Run[]>;
const implementations: Record<string, Ask> = {
  'naive reference': async (transfers, request, options = {}, coverage = []) =>
    naiveTrace({ transfers, coverage }, request, options),
  engine: async (transfers, request, options = {}, coverage = []) =>
    (await trace(createMemoryLedger(transfers, coverage), request, options)).runs,
};
const exchange = (name: string): TraceOptions => ({
  stopAt: (id) =>
    id === account(name) ? { reason: 'label:exchange', label: 'Exchange', source: 'test', contested: false } : null,
});

describe.each(Object.entries(implementations))('by hand, %s', (_, run) => {
  test('a spend from a mixture, under each rule', async () => {
    // T: 60u then 100a. Pays 80.
    const transfers = ledger(`
      1 o:0 O > T 60
      2 v:0 V > T 100
      3 p:0 T > A 80`);
    const runs = await run(transfers, ask({ seeds: [stolen('v:0')] }));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ A: 20n, T: 80n }); // 60u + 20a leave
    expect(whereabouts(runs, 'lifo/1')).toEqual({ A: 80n, T: 20n }); // 80a leave
    expect(whereabouts(runs, 'pro-rata/1')).toEqual({ A: 50n, T: 50n }); // 100·80/160
    expect(whereabouts(runs, 'tagged-first/1')).toEqual({ A: 80n, T: 20n });
    expect(whereabouts(runs, 'untagged-first/1')).toEqual({ A: 20n, T: 80n }); // 80 − 60
    expect(touched(runs)).toEqual(['A 1 followed 80', 'T 0 followed 0']);
    expect(edges(runs, 'fifo/1')).toEqual(['T > A 20 ETH = 20', 'V > T 100 ETH = 100']);
  });

  test('drawn lots are appended in the order drawn', async () => {
    // T: 10u 30a 20u, pays 40, then A pays 10.
    // lifo: draws 20u, 20a: A is [20u 20a]; A pays its newest 10a. fifo: A is [10u 30a] and pays 10u.
    const transfers = ledger(`
      1 o:0 O > T 10
      2 v:0 V > T 30
      3 q:0 O > T 20
      4 p:0 T > A 40
      5 r:0 A > B 10`);
    const runs = await run(transfers, ask({ seeds: [stolen('v:0')] }));
    expect(whereabouts(runs, 'lifo/1')).toEqual({ T: 10n, A: 10n, B: 10n });
    expect(whereabouts(runs, 'fifo/1')).toEqual({ A: 30n });
    // pro-rata: 30·40/60 = 20 to A (20a 20u); then 20·10/40 = 5 to B.
    expect(whereabouts(runs, 'pro-rata/1')).toEqual({ T: 10n, A: 15n, B: 5n });
  });

  test('pro-rata: missing units go to the largest remainders, ties to the tag that entered first', async () => {
    // H: a 1, b 1, c 1; pays 2 of 3. Shares floor(2/3) = 0 each, no untagged value, 2 units missing,
    // remainders 2, 2, 2: a and b entered first.
    const tie = ledger(`
      1 v:0 V > H 1
      2 w:0 V > H 1
      3 x:0 V > H 1
      4 p:0 H > A 2`);
    const seeds = [stolen('v:0', 'a'), stolen('w:0', 'b'), stolen('x:0', 'c')];
    const runs = await run(tie, ask({ seeds, policies: ['pro-rata/1'] }));
    expect(['a', 'b', 'c'].map((tag) => whereabouts(runs, 'pro-rata/1', tag))).toEqual([
      { A: 1n },
      { A: 1n },
      { H: 1n },
    ]);
  });

  test('pro-rata: untagged value makes up the rest before any tag gives a unit more', async () => {
    // H: a 5, b 3, u 1. Pays 4 of 9: floor(20/9) = 2, floor(12/9) = 1, rest 1 from u. Left a 3, b 2.
    // Pays 3 of 5: floor(9/5) = 1 (remainder 4), floor(6/5) = 1 (remainder 1), 1 missing: to a.
    const transfers = ledger(`
      1 o:0 O > H 1
      2 v:0 V > H 5
      3 w:0 V > H 3
      4 p:0 H > A 4
      5 q:0 H > B 3`);
    const runs = await run(
      transfers,
      ask({ seeds: [stolen('v:0', 'a'), stolen('w:0', 'b')], policies: ['pro-rata/1'] }),
    );
    expect(whereabouts(runs, 'pro-rata/1', 'a')).toEqual({ A: 2n, B: 2n, H: 1n });
    expect(whereabouts(runs, 'pro-rata/1', 'b')).toEqual({ A: 1n, B: 1n, H: 1n });
  });

  test('tagged-first and untagged-first draw the oldest of their kind first', async () => {
    // H: a 5, u 4, b 3. Pays 6, then 4.
    const transfers = ledger(`
      1 v:0 V > H 5
      2 o:0 O > H 4
      3 w:0 V > H 3
      4 p:0 H > A 6
      5 q:0 H > B 4`);
    const seeds = [stolen('v:0', 'a'), stolen('w:0', 'b')];
    const runs = await run(transfers, ask({ seeds, policies: ['tagged-first/1', 'untagged-first/1'] }));
    // tagged-first: 5a 1b, then 2b 2u.
    expect(whereabouts(runs, 'tagged-first/1', 'a')).toEqual({ A: 5n });
    expect(whereabouts(runs, 'tagged-first/1', 'b')).toEqual({ A: 1n, B: 2n });
    // untagged-first: 4u 2a, then 3a 1b.
    expect(whereabouts(runs, 'untagged-first/1', 'a')).toEqual({ A: 2n, B: 3n });
    expect(whereabouts(runs, 'untagged-first/1', 'b')).toEqual({ B: 1n, H: 2n });
  });

  test('a gap is filled by the newest, untagged lot and reported', async () => {
    // T: 100a, pays 130: 30 short. fifo: A is [100a 30u]; lifo: the filler is newest, A is [30u 100a].
    // A pays 30: fifo 30a; lifo its newest, 30a; untagged-first: the 30u; pro-rata 100·30/130 = 23.
    const transfers = ledger(`
      1 v:0 V > T 100
      2 p:0 T > A 130
      3 q:0 A > B 30`);
    const runs = await run(transfers, ask({ seeds: [stolen('v:0')] }));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ A: 70n, B: 30n });
    expect(whereabouts(runs, 'lifo/1')).toEqual({ A: 70n, B: 30n });
    expect(whereabouts(runs, 'pro-rata/1')).toEqual({ A: 77n, B: 23n });
    expect(whereabouts(runs, 'untagged-first/1')).toEqual({ A: 100n });
    for (const policy of ['fifo/1', 'lifo/1', 'poison/1']) expect(gaps(runs, policy)).toEqual(['T 30']); // not V's
  });

  test('lifo draws a shortfall before older stolen value', async () => {
    // T: 100a, pays 130 into A as [30u 100a] (lifo); A pays 110 lifo: 100a 10u. A pays on under fifo rule: 30u 80a.
    const transfers = ledger(`
      1 v:0 V > T 100
      2 p:0 T > A 130
      3 q:0 A > B 110`);
    const rules = [{ account: account('A'), asset: asset('ETH'), policy: 'fifo/1' as const }];
    const plain = await run(transfers, ask({ seeds: [stolen('v:0')], policies: ['lifo/1'] }));
    expect(whereabouts(plain, 'lifo/1')).toEqual({ B: 100n });
    const ruled = await run(transfers, ask({ seeds: [stolen('v:0')], policies: ['lifo/1'], rules }));
    expect(whereabouts(ruled, 'lifo/1')).toEqual({ A: 20n, B: 80n });
  });

  test("an account seed takes what is held, what arrives and the account's shortfalls", async () => {
    // T holds 40 when the seed takes effect at time 20; receives 50; pays 120, 30 short: stolen 40 + 50 + 30.
    const transfers = ledger(`
      1 o:0 O > T 40
      2 v:0 V > T 50
      3 p:0 T > A 120`);
    const runs = await run(transfers, ask({ seeds: [stolenAccount('T', 'a', 20)] }));
    for (const policy of ['fifo/1', 'lifo/1', 'pro-rata/1', 'tagged-first/1', 'untagged-first/1']) {
      expect(totals(runs, policy)).toEqual({ stolen: 120n, overlap: 0n, reentered: 0n, held: 0n, lastSeen: 120n });
      expect(whereabouts(runs, policy)).toEqual({ A: 120n });
      expect(gaps(runs, policy)).toEqual(['T 30']);
    }
  });

  test('value that carries a tag keeps it, and the overlap is reported', async () => {
    // T: 20u 100a; pays 60, declared stolen as b. fifo: the 60 are 20u 40a: b takes 20, overlap 40.
    // lifo: 60a: b takes nothing, overlap 60.
    const transfers = ledger(`
      1 o:0 O > T 20
      2 v:0 V > T 100
      3 p:0 T > B 60`);
    const runs = await run(transfers, ask({ seeds: [stolen('v:0', 'a'), stolen('p:0', 'b')] }));
    expect(totals(runs, 'fifo/1', 'b')).toMatchObject({ stolen: 20n, overlap: 40n });
    expect(whereabouts(runs, 'fifo/1', 'b')).toEqual({ B: 20n });
    expect(whereabouts(runs, 'fifo/1', 'a')).toEqual({ B: 40n, T: 60n });
    expect(totals(runs, 'lifo/1', 'b')).toMatchObject({ stolen: 0n, overlap: 60n });
  });

  test('the first part of a transfer can be declared stolen', async () => {
    // 100 arrive, the first 30 are stolen: T is [30a 70u]. fifo pays 50: 30a 20u.
    const transfers = ledger(`
      1 v:0 V > T 100
      2 p:0 T > A 50`);
    const runs = await run(transfers, ask({ seeds: [stolen('v:0', 'a', 30n)], policies: ['fifo/1', 'lifo/1'] }));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ A: 30n });
    expect(whereabouts(runs, 'lifo/1')).toEqual({ T: 30n });
  });

  test('a terminal keeps what it got; what it pays out is untagged, and to an account seed re-entered', async () => {
    // T is seeded: +100, pays 70 to X, X pays back 50: stolen 150 = T 80 + X 70, of which 50 re-entered.
    const transfers = ledger(`
      1 v:0 V > T 100
      2 p:0 T > X 70
      3 q:0 X > T 50
      4 r:0 X > B 9`);
    const runs = await run(transfers, ask({ seeds: [stolenAccount('T')] }), exchange('X'));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ T: 80n, 'X label:exchange': 70n });
    expect(totals(runs, 'fifo/1')).toMatchObject({ stolen: 150n, reentered: 50n });
    expect(touched(runs)).toEqual(['T 0 followed 0', 'X 1 label:exchange 70']);
  });

  test('below the threshold value is booked at the receiver and goes no further', async () => {
    // minAmount 10: 9 to A are booked there; 10 to C go on to D.
    const transfers = ledger(`
      1 v:0 V > T 100
      2 p:0 T > A 9
      3 q:0 A > B 9
      4 r:0 T > C 10
      5 s:0 C > D 10`);
    const limits = { ...NO_LIMITS, minAmount: { [asset('ETH')]: 10n } };
    const runs = await run(transfers, ask({ seeds: [stolen('v:0')], limits }));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ 'A below-threshold': 9n, D: 10n, T: 81n });
  });

  test('max-hops and max-accounts book at the receiver', async () => {
    // T 0 hops, A 1, B would be the 2nd.
    const transfers = ledger(`
      1 v:0 V > T 100
      2 p:0 T > A 60
      3 q:0 A > B 30`);
    const hops = await run(transfers, ask({ seeds: [stolen('v:0')], limits: { ...NO_LIMITS, maxHops: 2 } }));
    expect(whereabouts(hops, 'fifo/1')).toEqual({ A: 30n, 'B max-hops': 30n, T: 40n });
    const accounts = await run(transfers, ask({ seeds: [stolen('v:0')], limits: { ...NO_LIMITS, maxAccounts: 1 } }));
    expect(whereabouts(accounts, 'fifo/1')).toEqual({ 'A max-accounts': 60n, T: 40n });
  });

  test('an account with more counterparties than allowed is suspected to be a service, for the whole trace', async () => {
    // S deals with T, P and Q: 3 > 2; the first payment to it is booked although P and Q come later.
    const transfers = ledger(`
      1 v:0 V > T 100
      2 p:0 T > S 60
      3 q:0 P > S 1
      4 r:0 S > Q 1`);
    const limits = { ...NO_LIMITS, serviceCounterparties: 2 };
    const runs = await run(transfers, ask({ seeds: [stolen('v:0')], limits }));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ 'S service-suspected': 60n, T: 40n });
  });

  test('a crossing at an odd rate carries origin unchanged', async () => {
    // T: 3a 4b swapped, 7 ETH for 5 TOK: a [0,3) → [0, floor(15/7)=2), b [3,7) → [2,5).
    // Then T pays 2 TOK: fifo the 2 of a (origin 3); then 1 TOK of b: origin floor(4·1/3) = 1, 3 stay.
    const transfers = ledger(`
      1 v:0 V > T 3
      1 w:0 V > T 4
      2 s:0 T > W 7
      2 s:1 W > T 5 TOK
      3 p:0 T > A 2 TOK
      4 q:0 T > B 1 TOK`);
    const output = { kind: 'transfer' as const, transfer: { tx: tx('s'), position: 1 } };
    const crossings = [
      { id: 's', basis: 'exact' as const, input: { tx: tx('s'), position: 0 }, output, reason: 'one transaction' },
    ];
    const runs = await run(
      transfers,
      ask({ seeds: [stolen('v:0', 'a'), stolen('w:0', 'b')], crossings, policies: ['fifo/1'] }),
    );
    expect(whereabouts(runs, 'fifo/1', 'a')).toEqual({ 'A TOK': 3n });
    expect(whereabouts(runs, 'fifo/1', 'b')).toEqual({ 'B TOK': 1n, 'T TOK': 3n });
    expect(edges(runs, 'fifo/1', 'b')).toEqual([
      'T > B 1 TOK = 1',
      'T > W 4 ETH = 4',
      'V > T 4 ETH = 4',
      'W > T 3 TOK = 4',
    ]);
    expect(gaps(runs, 'fifo/1')).toEqual([]); // W is a stranger
  });

  test('crossing dust passes to the next lot of its tag, or is booked', async () => {
    // T: 1b 1a 1a swapped, 3 ETH for 1 TOK: [0,1) → ∅, [1,2) → ∅, [2,3) → [0,1).
    // The first a passes its origin to the second; b has no other lot: booked as dust.
    const transfers = ledger(`
      1 w:0 V > T 1
      1 v:0 V > T 1
      1 x:0 V > T 1
      2 s:0 T > W 3`);
    const output = { kind: 'unrecorded' as const, account: account('R'), asset: asset('TOK'), amount: 1n };
    const crossings = [
      { id: 's', basis: 'declared' as const, input: { tx: tx('s'), position: 0 }, output, reason: 'said so' },
    ];
    const seeds = [stolen('w:0', 'b'), stolen('v:0', 'a'), stolen('x:0', 'a')];
    const runs = await run(transfers, ask({ seeds, crossings, policies: ['fifo/1'] }));
    expect(whereabouts(runs, 'fifo/1', 'a')).toEqual({ 'R TOK': 2n });
    expect(whereabouts(runs, 'fifo/1', 'b')).toEqual({ 'R TOK crossing-dust': 1n });
  });

  test('a self-transfer draws and re-appends', async () => {
    // T: 10u 10a; pays itself 5: fifo [5u 10a 5u]; then A gets 5u 5a. lifo: [10u 5a 5a]: A gets 10a.
    const transfers = ledger(`
      1 o:0 O > T 10
      2 v:0 V > T 10
      3 s:0 T > T 5
      4 p:0 T > A 10`);
    const runs = await run(transfers, ask({ seeds: [stolen('v:0')] }));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ A: 5n, T: 5n });
    expect(whereabouts(runs, 'lifo/1')).toEqual({ A: 10n });
    expect(edges(runs, 'fifo/1')).toEqual(['T > A 5 ETH = 5', 'V > T 10 ETH = 10']);
  });

  test('a zero-value transfer moves nothing and tags nothing', async () => {
    const transfers = ledger(`
      1 v:0 V > T 100
      2 z:0 T > A 0
      3 p:0 A > B 5`);
    const runs = await run(transfers, ask({ seeds: [stolen('v:0', 'a'), stolen('z:0', 'b')] }));
    expect(whereabouts(runs, 'fifo/1', 'a')).toEqual({ T: 100n });
    expect(totals(runs, 'fifo/1', 'b')).toMatchObject({ stolen: 0n, lastSeen: 0n });
    expect(touched(runs)).toEqual(['T 0 followed 0']);
  });

  test('the fee is charged before anything else in its transaction', async () => {
    // T: 2u 100a; pays a fee of 3 and 50: fifo fee 2u 1a, then 50a. lifo fee 3a, then 50a.
    const transfers = ledger(`
      1 o:0 O > T 2
      2 v:0 V > T 100
      3 p:0 T > A 50
      3 p:-1 T > fee 3`);
    const runs = await run(transfers, ask({ seeds: [stolen('v:0')] }));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ A: 50n, T: 49n, fees: 1n });
    expect(whereabouts(runs, 'lifo/1')).toEqual({ A: 50n, T: 47n, fees: 3n });
    expect(whereabouts(runs, 'untagged-first/1')).toEqual({ A: 50n, T: 49n, fees: 1n });
    // pro-rata: 100·3/102 = 2 in fees, 1u; then 98·50/99 = 49, 1u.
    expect(whereabouts(runs, 'pro-rata/1')).toEqual({ A: 49n, T: 49n, fees: 2n });
  });

  test('held needs a complete record of what went out, to the end; anything less is last-seen', async () => {
    // The end is block 9, the last that anything is declared for. A: 2 to 9, all of it. B: to 8 only. C: nothing.
    const transfers = ledger(`
      1 v:0 V > T 100
      2 p:0 T > A 30
      2 q:0 T > B 30
      3 r:0 T > C 40`);
    const declared = (name: string, fromBlock: number, toBlock: number): Coverage => ({
      ...{ chain: 'eip155:1', account: account(name), direction: 'out', assets: null, fromBlock, toBlock, toAt: null },
      ...{ basis: 'export', truncated: false, note: null, source: 'test' },
    });
    const coverage = [declared('A', 0, 5), declared('A', 6, 9), declared('B', 0, 8)];
    const runs = await run(transfers, ask({ seeds: [stolen('v:0')], policies: ['fifo/1'] }), {}, coverage);
    expect(totals(runs, 'fifo/1')).toMatchObject({ held: 30n, lastSeen: 70n });
    const statuses = runs[0]?.tags[0]?.holdings.map(({ account: id, status, depth }) => [id, status, depth]);
    expect(statuses).toEqual([
      [account('A'), 'held', 1],
      [account('B'), 'last-seen', 1],
      [account('C'), 'last-seen', 1],
    ]);
  });

  test('source of funds: what arrived came from an exchange, from a stranger and out of a gap', async () => {
    // Forward: X pays A 40, O pays A 35, A pays B 100: A is 25 short; X and O have no record of theirs.
    // Reversed, fifo: B pays A 100a. 25 of it are the gap's (at A). Then A pays O 35 and X 40 back.
    // X is labelled: 40 booked there. O keeps 35 until its own gap takes it.
    const transfers = ledger(`
      1 x:0 X > A 40
      2 o:0 O > A 35
      3 p:0 A > B 100
      4 q:0 B > C 7`);
    const request = ask({ direction: 'source-of-funds', seeds: [stolen('p:0')] });
    const runs = await run(transfers, request, exchange('X'));
    for (const policy of ['fifo/1', 'lifo/1', 'pro-rata/1', 'tagged-first/1', 'untagged-first/1']) {
      expect(whereabouts(runs, policy)).toEqual({ 'A gap': 25n, 'O gap': 35n, 'X label:exchange': 40n });
    }
    expect(gaps(runs, 'fifo/1')).toEqual(['O 35', 'A 25']);
    expect(edges(runs, 'fifo/1')).toEqual(['A > B 100 ETH = 100', 'O > A 35 ETH = 35', 'X > A 40 ETH = 40']);
  });

  test('source of funds: of a holding that got from two and paid one, the rule decides', async () => {
    // A got 30 from X, then 50 from O, then paid P 20; what A still holds (60) is asked about.
    // Reversed: A opens with 60a, gets 20u back from P, then pays O 50, then X 30.
    // fifo: O 50a; X 10a 20u. lifo: O 20u 30a; X 30a. tagged-first as fifo; pro-rata: 60·50/80 = 37 to O, 23 to X.
    const transfers = ledger(`
      1 x:0 X > A 30
      2 o:0 O > A 50
      3 p:0 A > P 20`);
    const request = ask({ direction: 'source-of-funds', seeds: [stolenAccount('A')] });
    const runs = await run(transfers, request, exchange('X'));
    expect(whereabouts(runs, 'fifo/1')).toEqual({ 'O gap': 50n, 'X label:exchange': 10n });
    expect(whereabouts(runs, 'lifo/1')).toEqual({ 'O gap': 30n, 'X label:exchange': 30n });
    expect(whereabouts(runs, 'tagged-first/1')).toEqual({ 'O gap': 50n, 'X label:exchange': 10n });
    expect(whereabouts(runs, 'untagged-first/1')).toEqual({ 'O gap': 30n, 'X label:exchange': 30n });
    expect(whereabouts(runs, 'pro-rata/1')).toEqual({ 'O gap': 37n, 'X label:exchange': 23n });
  });
});
