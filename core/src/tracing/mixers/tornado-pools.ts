import { CairnError } from '../../errors.ts';
import type { Account } from '../../units/index.ts';

/** A note put into a pool. */
export type PoolDeposit = {
  readonly pool: Account;
  /** Its leaf: the pool's deposits counted from 0. */
  readonly index: number;
  readonly block: number;
  /** Null: the record does not say. */
  readonly tx: string | null;
  /** Who sent the transaction; null: not known. The pool's own event does not say. */
  readonly sender: Account | null;
  /** Base units a unit of gas, as the transaction states it; null: not known. */
  readonly gasPrice: bigint | null;
};

/** A note taken out of a pool. */
export type PoolWithdrawal = {
  readonly pool: Account;
  /** The withdrawals on record counted from 0. */
  readonly index: number;
  readonly block: number;
  readonly tx: string;
  readonly recipient: Account;
  /** What a relayer kept, base units; 0: whoever withdrew paid the gas. */
  readonly fee: bigint;
  readonly gasPrice: bigint | null;
};

/** What is on record of one pool, both lists in the chain's order. */
export type PoolRecord = {
  readonly pool: Account;
  /** `100 ETH`. */
  readonly name: string;
  readonly deposits: readonly PoolDeposit[];
  readonly withdrawals: readonly PoolWithdrawal[];
  /** Withdrawals before this block are missing. Null: none are. */
  readonly withdrawalsFrom: number | null;
  /** The block up to which there are rows in both lists. */
  readonly until: number;
};

/** What a node tells of a transaction and the pool's events do not. */
export type TransactionFacts = { readonly sender: Account; readonly gasPrice: bigint | null };

/** Puts what is known of transactions to their deposits and withdrawals. @param facts - by transaction hash. */
export function withTransactions(record: PoolRecord, facts: ReadonlyMap<string, TransactionFacts>): PoolRecord {
  return {
    ...record,
    deposits: record.deposits.map((deposit) => {
      const known = deposit.tx === null ? undefined : facts.get(deposit.tx);
      return known === undefined ? deposit : { ...deposit, ...known };
    }),
    withdrawals: record.withdrawals.map((withdrawal) => {
      const known = facts.get(withdrawal.tx);
      return known === undefined ? withdrawal : { ...withdrawal, gasPrice: known.gasPrice };
    }),
  };
}

/**
 * Refuses a record that cannot be one pool's: lists out of order, leaves that are not counted through, more notes taken out
 * than put in.
 * @throws {CairnError} `contradiction`, naming the pool and the place.
 */
export function checkPool(record: PoolRecord): PoolRecord {
  const { name, deposits, withdrawals } = record;
  const fail = (reason: string): never => {
    throw new CairnError('contradiction', `the record of the pool of ${name}: ${reason}`);
  };
  for (const [i, { index, block }] of deposits.entries()) {
    if (index !== i) fail(`deposit ${i} has leaf ${index}`);
    if (block < (deposits[i - 1]?.block ?? 0)) fail(`deposit ${i} is before the one in front of it`);
  }
  for (const [i, { block }] of withdrawals.entries()) {
    if (block < (withdrawals[i - 1]?.block ?? 0)) fail(`withdrawal ${i} is before the one in front of it`);
    const before = firstAfter(deposits, block);
    if (i + 1 > before) fail(`by block ${block} ${i + 1} notes are taken out, and ${before} put in`);
  }
  return record;
}

/** How many rows stand in blocks up to this one. @param rows - in the chain's order. */
export function firstAfter(rows: readonly { readonly block: number }[], block: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as { block: number }).block <= block) low = middle + 1;
    else high = middle;
  }
  return low;
}
