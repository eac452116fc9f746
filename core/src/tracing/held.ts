import { type Coverage, isTxAccount, standingRefutations } from '../ledger/index.ts';
import type { Account, Asset, Chain } from '../units/index.ts';
import { accountChain } from '../units/index.ts';

/** Ground for saying that value is still where it arrived. */
export type HeldRule = {
  /**
   * @param owner - whoever can spend it, where the account is an output of a UTXO chain; else the account itself.
   * @param fromBlock - block of the account's first tagged receipt.
   * @param lastBlock - block of its last known transfer.
   */
  readonly isHeld: (account: Account, owner: Account, asset: Asset, fromBlock: number, lastBlock: number) => boolean;
  /** The block up to which records would have to be complete, by chain; absent: no declaration, nothing is held. */
  readonly ends: ReadonlyMap<Chain, number>;
};

/**
 * `held` needs declarations of complete outgoing transfers from the first tagged receipt to the end of the trace:
 * `until` where it is set, else the latest block that a declaration about a followed account reaches, and no less than the
 * account's own last known transfer.
 * @param coverage - declarations about the followed accounts, and about all accounts.
 */
export function createHeldRule(coverage: readonly Coverage[], until: number | null): HeldRule {
  const usable = coverage.filter(
    (c) => c.direction !== 'in' && c.basis !== 'unknown' && !c.truncated && c.toBlock !== null,
  );
  const ends = new Map<Chain, number>();
  for (const { chain, direction, toBlock } of coverage) {
    if (direction !== 'in' && toBlock !== null) ends.set(chain, Math.max(ends.get(chain) ?? 0, toBlock));
  }
  const refuted = Map.groupBy(standingRefutations(coverage), ({ account }) => account);
  const byAccount = new Map<string, Coverage[]>();
  for (const declaration of usable) {
    const key = declaration.account ?? declaration.chain;
    byAccount.set(key, [...(byAccount.get(key) ?? []), declaration]);
  }
  return {
    ends,
    isHeld(account, owner, asset, fromBlock, lastBlock) {
      // A transaction holds nothing: what is left at one with unresolved inputs went where the record does not show.
      if (isTxAccount(account)) return false;
      if (refuted.get(account)?.some(({ assets }) => assets === null || assets.includes(asset))) return false;
      const chain = accountChain(account);
      const names = new Set<string>([account, owner, chain]);
      const declared = [...names]
        .flatMap((name) => byAccount.get(name) ?? [])
        .filter((c) => c.assets === null || c.assets.includes(asset))
        .sort((a, b) => (a.fromBlock ?? 0) - (b.fromBlock ?? 0));
      const end = Math.max(ends.get(chain) ?? 0, fromBlock, lastBlock);
      let complete = fromBlock - 1;
      for (const { fromBlock: from, toBlock, toAt } of declared) {
        if ((from ?? 0) > complete + 1) return false;
        if (until !== null && toAt !== null && toAt >= until) return true;
        complete = Math.max(complete, toBlock as number);
        if (until === null && complete >= end) return true;
      }
      return false;
    },
  };
}
