import type { Account, Asset, Chain } from '../units/index.ts';
import type { Transfer } from './transfer.ts';

/** What a source gives of one transaction. */
export type ToldTransaction = {
  /** Zero amounts included, in ledger order. */
  readonly transfers: readonly Transfer[];
  /** Are the inner calls of a contract among them? */
  readonly showsInner: boolean;
};

/** What a source lists of one account. */
export type ToldHistory = {
  /** Positive amounts, in any order. */
  readonly transfers: readonly Transfer[];
  /** Why it is not all of them, a sentence; null: the source says it is. */
  readonly lacking: string | null;
};

/**
 * A source that lists what happened (an explorer's API, a node's index), asked anew, for holding a record against it. Its answers are
 * its own: the checker trusts it as far as its operator does. Methods throw `unavailable`, `interrupted`.
 */
export type RecordSource = {
  readonly name: string;
  readonly chain: Chain;
  /** By hash; a transaction that the source does not know is not in it. */
  transactions(hashes: readonly string[]): Promise<ReadonlyMap<string, ToldTransaction>>;
  /** Does a transaction that it does not know not exist? One without an index of hashes cannot say. */
  knowsAll(): Promise<boolean>;
  /**
   * Everything of the accounts up to the end of a block, oldest first as far as `limit` transactions of each.
   * @returns null: it cannot list what single accounts did, or has no such block.
   */
  histories(
    accounts: readonly Account[],
    assets: readonly Asset[],
    range: { readonly toBlock: number; readonly limit: number },
  ): Promise<ReadonlyMap<Account, ToldHistory> | null>;
};
