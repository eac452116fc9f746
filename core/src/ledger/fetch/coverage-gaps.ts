import { type Account, type Asset, accountChain, type Chain } from '../../units/index.ts';
import type { BlockRef } from '../account-source.ts';
import { type Coverage, isRefutation } from '../coverage.ts';
import type { HistoryQuery, LedgerReader } from '../ports.ts';
import { isFeeSink } from '../transfer.ts';
import { isCoinbase } from '../utxo/transaction.ts';
import type { Pin } from './pins.ts';

/** What of an account's record a ledger lacks. */
export type RecordGap = {
  readonly account: Account;
  /** First block that is missing. */
  readonly fromBlock: number;
  /** True where a source has given up on the account: there is more than it was asked for. */
  readonly isTruncated: boolean;
};

/** Which record is wanted. */
export type WantedRecord = {
  readonly fromBlock: number;
  readonly to: BlockRef;
  /** Null: all. */
  readonly assets: readonly Asset[] | null;
  /** Unix seconds after which nothing matters; null: no such end. */
  readonly until: number | null;
};

/**
 * Where the declared record of an account ends before what is wanted.
 * @param declared - declarations that name the account, whoever can spend it, or all accounts of its chain.
 * @returns null: nothing is missing.
 */
export function gapOf(account: Account, declared: readonly Coverage[], wanted: WantedRecord): RecordGap | null {
  const { assets } = wanted;
  const usable = declared
    // Cut where it was to end: something in between could not be read, and may be the next time.
    .filter((c) => !(c.truncated && c.toAt !== null))
    .filter((c) => c.basis !== 'unknown' && c.direction === 'both' && c.toBlock !== null && !isRefutation(c))
    .filter((c) => c.assets === null || (assets?.every((asset) => c.assets?.includes(asset)) ?? false))
    .sort((a, b) => (a.fromBlock ?? 0) - (b.fromBlock ?? 0));
  let next = wanted.fromBlock;
  let isTruncated = false;
  for (const { fromBlock, toBlock, toAt, truncated } of usable) {
    if ((fromBlock ?? 0) > next || (toBlock as number) < next) continue;
    next = (toBlock as number) + 1;
    isTruncated = truncated;
    if (wanted.until !== null && toAt !== null && toAt >= wanted.until && !truncated) return null;
  }
  return next > wanted.to.number ? null : { account, fromBlock: next, isTruncated };
}

/** Which ledger is asked, and up to where the chains are wanted. */
export type WantedRange = {
  readonly store: Pick<LedgerReader, 'coverage'>;
  readonly pins: ReadonlyMap<Chain, Pin>;
  /** First block wanted. */
  readonly fromBlock: number;
};

/** What of the accounts' records is missing, on chains that have a pin. */
export async function findGaps(
  { store, pins, fromBlock }: WantedRange,
  accounts: readonly Account[],
  { assets, until }: Pick<HistoryQuery, 'assets' | 'until'>,
): Promise<RecordGap[]> {
  const asked = accounts.filter(
    (account) => pins.has(accountChain(account)) && !isFeeSink(account) && !isCoinbase(account),
  );
  if (asked.length === 0) return [];
  const declared = Map.groupBy(await store.coverage(asked), ({ chain, account }) => account ?? chain);
  return asked.flatMap((account) => {
    const chain = accountChain(account);
    const about = [...(declared.get(account) ?? []), ...(declared.get(chain) ?? [])];
    return gapOf(account, about, { fromBlock, to: pins.get(chain) as Pin, assets, until }) ?? [];
  });
}
