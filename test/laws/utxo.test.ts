import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyId } from '../../core/src/tracing/index.ts';
import { type Lot, spendTransaction } from '../../core/src/tracing/utxo.ts';
import { append, draw, total } from '../reference/naive-lots.ts';

const AMOUNTS: readonly PolicyId[] = ['fifo/1', 'lifo/1', 'pro-rata/1', 'tagged-first/1', 'untagged-first/1'];
const whole = (tag: string | null, amount: bigint): Lot => ({ tag, amount, origin: tag === null ? 0n : amount });
const carried = (lots: readonly Lot[], tag: string | null) => total(lots.filter((lot) => lot.tag === tag));

type Transaction = { readonly inputs: readonly number[]; readonly outputs: readonly number[]; readonly fee: bigint };
/** Outpoints by number, each with its amount; each is made once and spent at most once, in the order of the list. */
type Chain = { readonly amounts: readonly bigint[]; readonly transactions: readonly Transaction[] };

/** Cuts `sum` into positive parts at the places named, wrapped round. */
function cut(sum: bigint, places: readonly bigint[]): bigint[] {
  const at = [...new Set(places.map((place) => place % sum))]
    .filter((place) => place > 0n)
    .sort((a, b) => (a < b ? -1 : 1));
  return [...at, sum].map((place, i) => place - (at[i - 1] ?? 0n));
}

const anyStep = fc.record({
  /** Which of the unspent outpoints to spend, counted round; none: a coinbase. */
  spends: fc.array(fc.nat(9), { maxLength: 3 }),
  reward: fc.bigInt(1n, 40n),
  cuts: fc.array(fc.bigInt(1n, 60n), { maxLength: 3 }),
  paysFee: fc.boolean(),
});

const anyChain: fc.Arbitrary<Chain> = fc.array(anyStep, { minLength: 3, maxLength: 14, size: 'max' }).map((steps) => {
  const amounts: bigint[] = [];
  const unspent: number[] = [];
  const transactions = steps.map(({ spends, reward, cuts, paysFee }): Transaction => {
    const inputs = spends.flatMap((i) => (unspent.length === 0 ? [] : unspent.splice(i % unspent.length, 1)));
    const sum = inputs.length === 0 ? reward : inputs.reduce((all, id) => all + (amounts[id] as bigint), 0n);
    const parts = cut(sum, cuts);
    const fee = inputs.length > 0 && paysFee && parts.length > 1 ? (parts.pop() as bigint) : 0n;
    const outputs = parts.map((part) => amounts.push(part) - 1);
    unspent.push(...outputs);
    return { inputs, outputs, fee };
  });
  return { amounts, transactions };
});

const amountsOf = (chain: Chain, ids: readonly number[]) => ids.map((id) => chain.amounts[id] as bigint);

/** What every outpoint is made of, where one outpoint's whole value is a theft. Coinbases are untagged. */
function forward(chain: Chain, seed: number): Lot[][] {
  const made: Lot[][] = [];
  const put = (id: number, lots: readonly Lot[]) => {
    made[id] = id === seed ? [whole('a', chain.amounts[id] as bigint)] : [...lots];
  };
  for (const { inputs, outputs } of chain.transactions) {
    const spent = inputs.map((id) => made[id] as Lot[]);
    const coinbase = amountsOf(chain, outputs).map((amount) => [whole(null, amount)]);
    const drawn = inputs.length === 0 ? coinbase : spendTransaction('fifo/1', spent, amountsOf(chain, outputs)).outputs;
    outputs.forEach((id, i) => {
      put(id, drawn[i] as Lot[]);
    });
  }
  return made;
}

/** The same with time reversed: outputs, then the fee, are spent into the inputs; one output's value is asked about. */
function backward(chain: Chain, asked: number): Lot[][] {
  const made = chain.amounts.map((amount) => [whole(null, amount)]);
  for (const { inputs, outputs, fee } of [...chain.transactions].reverse()) {
    if (outputs.includes(asked)) made[asked] = [whole('a', chain.amounts[asked] as bigint)];
    const spent = [...outputs.map((id) => made[id] as Lot[]), ...(fee > 0n ? [[whole(null, fee)]] : [])];
    if (inputs.length === 0) continue;
    const drawn = spendTransaction('fifo/1', spent, amountsOf(chain, inputs)).outputs;
    inputs.forEach((id, i) => {
      made[id] = [...(drawn[i] as Lot[])];
    });
  }
  return made;
}

test('law 10: FIFO duality on UTXO chains: forward from a seed to an output equals source of funds from the output to the seed', () => {
  let met = 0;
  fc.assert(
    fc.property(anyChain, (chain) => {
      const sources = chain.amounts.map((_, asked) => backward(chain, asked));
      chain.amounts.forEach((_, seed) => {
        const made = forward(chain, seed);
        chain.amounts.forEach((__, output) => {
          const reached = carried(made[output] as Lot[], 'a');
          expect(carried((sources[output] as Lot[][])[seed] as Lot[], 'a')).toBe(reached);
          if (reached > 0n && output !== seed) met += 1;
        });
      });
    }),
    { numRuns: 100 },
  );
  expect(met).toBeGreaterThan(100);
});

const anyLot: fc.Arbitrary<Lot> = fc
  .record({ tag: fc.constantFrom('a', 'b', 'c', null), amount: fc.bigInt(1n, 30n), origin: fc.bigInt(0n, 90n) })
  .map((lot) => (lot.tag === null ? whole(null, lot.amount) : lot));
const anySpend = fc.record({
  inputs: fc.array(fc.array(anyLot, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
  cuts: fc.array(fc.bigInt(1n, 200n), { maxLength: 4 }),
  paysFee: fc.boolean(),
});

function amountsIn(inputs: readonly (readonly Lot[])[], cuts: readonly bigint[], paysFee: boolean): bigint[] {
  const parts = cut(total(inputs.flat()), cuts);
  return paysFee ? parts.slice(0, -1) : parts;
}

test.each(AMOUNTS)('law 1: conservation in a UTXO transaction, by tag, in amount and origin (%s)', (policy) => {
  fc.assert(
    fc.property(anySpend, ({ inputs, cuts, paysFee }) => {
      const amounts = amountsIn(inputs, cuts, paysFee);
      const { outputs, fee } = spendTransaction(policy, inputs, amounts);
      expect(outputs.map((lots) => total(lots))).toEqual(amounts);
      const [before, after] = [inputs.flat(), [...outputs.flat(), ...fee]];
      for (const tag of ['a', 'b', 'c', null]) {
        expect(carried(after, tag)).toBe(carried(before, tag));
        const originOf = (lots: readonly Lot[]) =>
          lots.reduce((sum, lot) => sum + (lot.tag === tag ? lot.origin : 0n), 0n);
        expect(originOf(after)).toBe(originOf(before));
      }
    }),
    { numRuns: 100 },
  );
});

test.each(AMOUNTS)('law 11: agreement with the naive reference on a UTXO transaction (%s)', (policy) => {
  /** Untagged neighbours read as one lot. */
  const read = (lots: readonly Lot[]) => {
    const run: Lot[] = [];
    for (const lot of lots) {
      const last = run.at(-1);
      if (last?.tag === null && lot.tag === null) run[run.length - 1] = whole(null, last.amount + lot.amount);
      else run.push(lot);
    }
    return run;
  };
  fc.assert(
    fc.property(anySpend, ({ inputs, cuts, paysFee }) => {
      const amounts = amountsIn(inputs, cuts, paysFee);
      const { outputs, fee } = spendTransaction(policy, inputs, amounts);
      let left = append(policy, [], inputs.flat());
      const expected = [...amounts, total(inputs.flat()) - total(outputs.flat())].map((amount) => {
        const { drawn, rest } = draw(policy, left, amount);
        left = rest;
        return drawn;
      });
      expect([...outputs, fee].map(read)).toEqual(expected.map(read));
    }),
    { numRuns: 100 },
  );
});
