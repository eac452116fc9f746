import * as fc from 'fast-check';
import { type Transfer, transfersOf, type UtxoTransaction } from '../../core/src/ledger/index.ts';
import { type Account, BITCOIN } from '../../core/src/units/index.ts';

/** Who can spend outputs in made-up transactions. */
export const ownerAt = (i: number): Account => `${BITCOIN}:owner${i}`;
export const OWNERS = 5;

/** Cuts `sum` into positive parts at the places named, wrapped round. */
export function cut(sum: bigint, places: readonly bigint[]): bigint[] {
  const at = [...new Set(places.map((place) => place % sum))]
    .filter((place) => place > 0n)
    .sort((a, b) => (a < b ? -1 : 1));
  return [...at, sum].map((place, i) => place - (at[i - 1] ?? 0n));
}

export type UtxoStep = {
  /** Which of the unspent outputs to spend, counted round; none: a coinbase. */
  readonly spends: readonly number[];
  readonly reward: bigint;
  readonly cuts: readonly bigint[];
  readonly owners: readonly number[];
  readonly paysFee: boolean;
  /** An input whose amount is not known, by place among the inputs. */
  readonly unresolved: number | null;
  /** 0: same block; else the next one, so many less one seconds later. */
  readonly ahead: number;
};

export const anyUtxoStep = (hasUnresolved: boolean): fc.Arbitrary<UtxoStep> =>
  fc.record({
    spends: fc.array(fc.nat(9), { maxLength: 3 }),
    reward: fc.bigInt(1n, 40n),
    cuts: fc.array(fc.bigInt(1n, 60n), { maxLength: 3 }),
    owners: fc.array(fc.nat(OWNERS - 1), { minLength: 4, maxLength: 4 }),
    paysFee: fc.boolean(),
    unresolved: hasUnresolved ? fc.option(fc.nat(2), { nil: null, freq: 1 }) : fc.constant(null),
    ahead: fc.nat(2),
  });

type Unspent = { readonly tx: string; readonly index: number; readonly amount: bigint; readonly owner: number };

/** Lays steps out as transactions that spend each output at most once. */
export function utxoTransactions(steps: readonly UtxoStep[], startAt = 100): UtxoTransaction[] {
  const unspent: Unspent[] = [];
  let [blockNumber, blockTime, txIndex] = [0, startAt, -1];
  return steps.map(({ spends, reward, cuts, owners, paysFee, unresolved, ahead }, step): UtxoTransaction => {
    if (ahead > 0) [blockNumber, blockTime, txIndex] = [blockNumber + 1, blockTime + ahead - 1, -1];
    txIndex++;
    const spent = spends.flatMap((i) => (unspent.length === 0 ? [] : unspent.splice(i % unspent.length, 1)));
    const sum = spent.length === 0 ? reward : spent.reduce((all, { amount }) => all + amount, 0n);
    const parts = cut(sum, cuts);
    if (spent.length > 0 && paysFee && parts.length > 1) parts.pop();
    const tx = `f${(step + 1).toString(16).padStart(63, '0')}`;
    for (const [index, amount] of parts.entries()) unspent.push({ tx, index, amount, owner: owners[index] as number });
    const lock = (i: number) => ({ owner: ownerAt(i), script: 'p2pkh' }) as const;
    const outpoints = spent.map(({ tx: made, index, amount, owner }, i) => ({
      outpoint: { tx: made, index },
      amount: i === unresolved ? null : amount,
      lock: i === unresolved ? null : lock(owner),
    }));
    const inputs = outpoints.length > 0 ? outpoints : [{ outpoint: null, amount: null, lock: null }];
    return {
      chain: BITCOIN,
      tx,
      blockNumber,
      blockTime,
      txIndex,
      indexAssigned: false,
      version: 2,
      lockTime: 0,
      inputs: inputs.map((input) => ({ ...input, script: null, witness: null, sequence: 0xffffffff })),
      outputs: parts.map((amount, index) => ({ amount, lock: lock(owners[index] as number), script: null })),
    };
  });
}

/** The transfers of a random chain of unspent outputs. */
export const anyUtxoTransfers = (maxTransactions: number, hasUnresolved = false): fc.Arbitrary<Transfer[]> =>
  fc
    .array(anyUtxoStep(hasUnresolved), { minLength: 3, maxLength: maxTransactions, size: 'max' })
    .map((steps) => utxoTransactions(steps).flatMap(transfersOf));
