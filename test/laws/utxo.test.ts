import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  outpointAccount,
  type Transfer,
  transfersOf,
  txAccount,
  type UtxoTransaction,
} from '../../core/src/ledger/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { NO_LIMITS, type PolicyId, type TagResult, type TraceRequest, trace } from '../../core/src/tracing/index.ts';
import { type Account, BITCOIN } from '../../core/src/units/index.ts';
import { anyScene, EVERYTHING } from '../arbitraries/ledger.ts';
import { anyUtxoTransfers } from '../arbitraries/utxo.ts';
import { amountRuns, law, sum, traceScene } from './run-scene.ts';

type Ref = { readonly tx: string; readonly position: number };

const seedOf = (tag: string, { tx, position }: Ref, amount: bigint | null = null): TraceRequest['seeds'][number] => ({
  kind: 'transfer',
  tag,
  transfer: { tx, position },
  amount,
});

const ask = (
  seeds: TraceRequest['seeds'],
  policies: readonly PolicyId[],
  direction: TraceRequest['direction'] = 'forward',
): TraceRequest => ({ direction, seeds, policies, instructed: null, rules: [], limits: NO_LIMITS, crossings: [] });

/** How much of a tag passed through an output: what a run moved into it (reversed: out of it). */
const through = (tag: TagResult, output: Account): bigint =>
  sum(tag.edges.filter(({ from, to }) => to === output && from !== output).map(({ amount }) => amount));

test('law 10: FIFO duality on UTXO chains: forward from a seed to an output equals source of funds from the output to the seed', async () => {
  let met = 0;
  await fc.assert(
    fc.asyncProperty(anyUtxoTransfers(14), fc.nat(), async (transfers, pick) => {
      const outputs = transfers.filter(({ kind }) => kind === 'output');
      const seed = outputs[pick % outputs.length] as Transfer;
      const ledger = createMemoryLedger(transfers, []);
      const [forward] = (await trace(ledger, ask([seedOf('a', seed)], ['fifo/1']))).runs;
      for (const output of outputs) {
        if (output === seed) continue;
        const request = ask([seedOf('a', output)], ['fifo/1'], 'source-of-funds');
        const [back] = (await trace(ledger, request)).runs;
        const reached = through(forward?.tags[0] as TagResult, output.to);
        expect(through(back?.tags[0] as TagResult, seed.to)).toBe(reached);
        if (reached > 0n) met += 1;
      }
    }),
    { numRuns: 60 },
  );
  expect(met).toBeGreaterThan(40);
});

test.each(['forward', 'source-of-funds'] as const)(
  'laws 1 and 2: conservation and bounds, UTXO transactions beside account chains (%s)',
  async (direction) => {
    await law(anyScene({ ...EVERYTHING, utxo: 'also', direction, maxTransfers: 40 }), 150, async (scene) => {
      for (const { tags } of amountRuns((await traceScene(scene)).runs)) {
        for (const { stolen, held, lastSeen, fees, terminals, holdings } of tags) {
          expect(sum([held, lastSeen, fees, ...terminals.map((row) => row.origin)])).toBe(stolen);
          for (const { amount } of holdings) expect(amount).toBeGreaterThan(0n);
        }
      }
    });
  },
);

test('a result can be recomputed from the transfers and labels it says it consumed, UTXO transactions', async () => {
  let byOwner = 0;
  await law(anyScene({ ...EVERYTHING, utxo: 'only', maxTransfers: 60 }), 150, async (scene) => {
    const whole = await traceScene(scene);
    const labels = Object.fromEntries(whole.labels.map(({ account, ...stop }) => [account, stop]));
    const again = await traceScene({ ...scene, transfers: whole.consumed, coverage: whole.coverage, labels });
    expect(again.digest).toBe(whole.digest);
    const stopped = whole.runs.flatMap(({ tags }) => tags.flatMap(({ terminals }) => terminals));
    if (stopped.some(({ owner, label }) => label !== null && owner !== undefined)) byOwner += 1;
  });
  expect(byOwner).toBeGreaterThan(0);
});

describe('one transaction, worked by hand', () => {
  const lock = { owner: null, script: 'nonstandard' } as const;
  const hex = (n: number): string => n.toString(16).padStart(64, '0');
  const coins = (tx: string, amount: bigint, blockNumber: number): UtxoTransaction => ({
    ...{ chain: BITCOIN, tx, blockNumber, blockTime: 100, txIndex: 0, indexAssigned: false, version: 1, lockTime: 0 },
    inputs: [{ outpoint: null, amount: null, lock: null, script: null, witness: null, sequence: 0 }],
    outputs: [{ amount, lock, script: null }],
  });
  // 30 stolen a, 20 of nobody's, 10 stolen b go in; 25, 5 and 27 come out; the fee is 3.
  const [a, plain, b, spend] = [hex(1), hex(2), hex(3), hex(4)];
  const inputs = [
    { tx: a, amount: 30n },
    { tx: plain, amount: 20n },
    { tx: b, amount: 10n },
  ];
  const transactions = [
    ...inputs.map(({ tx, amount }, i) => coins(tx, amount, i + 1)),
    {
      ...coins(spend, 0n, 9),
      inputs: inputs.map(({ tx, amount }) => ({
        ...{ outpoint: { tx, index: 0 }, amount, lock, script: null, witness: null, sequence: 0 },
      })),
      outputs: [25n, 5n, 27n].map((amount) => ({ amount, lock, script: null })),
    },
  ];
  const seeds = [seedOf('a', { tx: a, position: 0 }), seedOf('b', { tx: b, position: 0 })];

  /** `a` and `b` of outputs 0, 1, 2 and of the fee. */
  test.each([
    // aaaaaaaaa(25) | aaaaa(5) | ....20 bbbbbbb(7) | bbb(3)
    ['fifo/1', [25n, 5n, 0n, 0n], [0n, 0n, 7n, 3n]],
    // The line reversed: 10 b, 20 plain, 30 a.
    ['lifo/1', [0n, 0n, 27n, 3n], [10n, 0n, 0n, 0n]],
    // 30 a, 10 b, 20 plain.
    ['tagged-first/1', [25n, 5n, 0n, 0n], [0n, 0n, 10n, 0n]],
    // 20 plain, 30 a, 10 b.
    ['untagged-first/1', [5n, 5n, 20n, 0n], [0n, 0n, 7n, 3n]],
    // floor(30·25/60) = 12, floor(10·25/60) = 4; of 18, 6 and 11 left in 35: floor(18·5/35) = 2, 0; of 16, 6 and 8 in 30.
    ['pro-rata/1', [12n, 2n, 14n, 2n], [4n, 0n, 5n, 1n]],
    // 27 from 30 a; 25 from 3 a and 10 b; nothing tagged is left for 5.
    ['highest-out/1', [3n, 0n, 27n, 0n], [10n, 0n, 0n, 0n]],
  ] as const)('%s', async (policy, ofA, ofB) => {
    const ledger = createMemoryLedger(transactions.flatMap(transfersOf), []);
    const [run] = (await trace(ledger, ask(seeds, [policy]))).runs;
    const shares = run?.tags.map((tag) => {
      const paid = [0, 1, 2].map((index) => through(tag, outpointAccount(BITCOIN, { tx: spend, index })));
      return [...paid, tag.fees];
    });
    expect(shares).toEqual([ofA, ofB]);
  });

  test('lifo/1 reverses the line as a whole, lots inside one output among it', async () => {
    const [mixed, last] = ['e', 'f'].map((digit) => digit.repeat(64)) as [string, string];
    const pay = (tx: string, block: number, spent: readonly [string, bigint][], amounts: readonly bigint[]) => ({
      ...coins(tx, 0n, block),
      inputs: spent.map(([of, amount]) => ({
        ...{ outpoint: { tx: of, index: 0 }, amount, lock, script: null, witness: null, sequence: 0 },
      })),
      outputs: amounts.map((amount) => ({ amount, lock, script: null })),
    });
    const chain = [
      coins(plain, 400n, 1),
      coins(a, 500n, 2),
      // Reversed, 500 a and 400 plain lie in its output.
      pay(
        mixed,
        3,
        [
          [plain, 400n],
          [a, 500n],
        ],
        [900n],
      ),
      // Reversed: 400 plain and 50 a; 400 a; the fee 50 a.
      pay(last, 4, [[mixed, 900n]], [450n, 400n]),
    ];
    const ledger = createMemoryLedger(chain.flatMap(transfersOf), []);
    const [tag] = (await trace(ledger, ask(seeds.slice(0, 1), ['lifo/1']))).runs[0]?.tags ?? [];
    const paid = [0, 1].map((index) => tag && through(tag, outpointAccount(BITCOIN, { tx: last, index })));
    expect([...paid, tag?.fees]).toEqual([50n, 400n, 50n]);
  });

  test('an output that two transactions spend is named: no chain holds both', async () => {
    const spending = (tx: string, block: number): UtxoTransaction => ({
      ...coins(tx, 25n, block),
      inputs: [{ outpoint: { tx: a, index: 0 }, amount: 30n, lock, script: null, witness: null, sequence: 0 }],
    });
    const chain = [coins(a, 30n, 1), spending(b, 2), spending(spend, 3)];
    const result = await trace(createMemoryLedger(chain.flatMap(transfersOf), []), ask(seeds.slice(0, 1), ['fifo/1']));
    const warning = result.warnings.find(({ code }) => code === 'spent-twice');
    expect(warning?.accounts).toEqual([outpointAccount(BITCOIN, { tx: a, index: 0 })]);
  });

  test('what is left at a transaction with an unresolved input is last seen there, though the chain is covered', async () => {
    const rest = { lock, script: null, witness: null, sequence: 0 };
    const unresolved: UtxoTransaction = {
      ...coins(spend, 0n, 9),
      inputs: [
        { ...rest, outpoint: { tx: a, index: 0 }, amount: 30n },
        { ...rest, outpoint: { tx: plain, index: 0 }, amount: null, lock: null },
      ],
      outputs: [{ amount: 21n, lock, script: null }],
    };
    const whole = { chain: BITCOIN, account: null, assets: null, direction: 'both', basis: 'whole-chain' } as const;
    const coverage = [
      { ...whole, fromBlock: 0, toBlock: 9, toAt: 100, truncated: false, note: null, source: 'blocks' },
    ] as const;
    const ledger = createMemoryLedger([coins(a, 30n, 1), unresolved].flatMap(transfersOf), coverage);
    const [run] = (await trace(ledger, ask(seeds.slice(0, 1), ['fifo/1']))).runs;
    expect(run?.tags[0]?.holdings.map(({ account, amount, status }) => [account, amount, status])).toEqual([
      [txAccount(BITCOIN, spend), 9n, 'last-seen'],
      [outpointAccount(BITCOIN, { tx: spend, index: 0 }), 21n, 'held'],
    ]);
  });

  test('highest-out alone is refused where a trace reaches an account chain', async () => {
    const account = 'eip155:1:0x00000000000000000000000000000000000000a0' as const;
    const crossing = {
      id: 'out',
      basis: 'declared' as const,
      input: { tx: spend, position: 0 },
      output: { kind: 'unrecorded' as const, account, asset: 'eip155:1/slip44:60' as const, amount: 50n },
      reason: 'stated',
    };
    const ledger = createMemoryLedger(transactions.flatMap(transfersOf), []);
    const request = { ...ask(seeds, ['highest-out/1']), crossings: [crossing] };
    await expect(trace(ledger, request)).rejects.toThrow(/highest-out\/1 is a rule for UTXO transactions/);
    const named = await trace(ledger, { ...request, policies: ['highest-out/1+fifo/1'] });
    expect(named.runs[0]?.tags[0]?.holdings.find((holding) => holding.account === account)?.origin).toBe(3n);
  });
});
