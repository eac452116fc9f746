import type { Account, Asset, Chain } from '../units/index.ts';

/** On what ground a source says that its record of an account is complete. */
export type CoverageBasis =
  | 'whole-chain'
  | 'index' // full history from an index
  | 'export' // an export, claimed complete
  | 'balance-agrees' // an independent balance at the last block agrees
  | 'nonce-complete' // an externally owned account's outgoing transactions carry every nonce
  | 'unknown';

/** What a source declares to be complete. Data of the ledger: it travels in the bundle and decides between `held` and `last-seen`. */
export type Coverage = {
  readonly chain: Chain;
  /** null: every account of the chain. */
  readonly account: Account | null;
  readonly direction: 'in' | 'out' | 'both';
  /** null: every asset. */
  readonly assets: readonly Asset[] | null;
  /** First block the record is complete from; null: the chain's first. */
  readonly fromBlock: number | null;
  /** Last block the record is complete to; null only where basis is `unknown`. */
  readonly toBlock: number | null;
  /** Unix seconds the record is complete to; null where only the block is known. */
  readonly toAt: number | null;
  readonly basis: CoverageBasis;
  /** True where the record is cut, by a source's cap or by rows that could not be read: every figure downstream is a lower bound. */
  readonly truncated: boolean;
  /** What the declaration leaves out or rests on, in words; null: nothing to add. */
  readonly note: string | null;
  /** Name of the source (a file name, an index) the declaration came with. */
  readonly source: string;
};

/**
 * Did a check against the chain itself find the record lacking? Such a declaration is written by the check, with what was found in
 * its note, and takes from the account what other sources claim for it.
 */
export function isRefutation({ basis, truncated, account, direction }: Coverage): boolean {
  return (
    truncated && account !== null && direction !== 'in' && (basis === 'balance-agrees' || basis === 'nonce-complete')
  );
}

/** Refutations that no agreement has cured: of the same account and assets, checked at a block no earlier. */
export function standingRefutations(coverage: readonly Coverage[]): Coverage[] {
  const agreements = coverage.filter(({ basis, truncated }) => basis === 'balance-agrees' && !truncated);
  return coverage.filter(isRefutation).filter((refuted) => {
    const last = refuted.toBlock ?? Number.POSITIVE_INFINITY;
    const isCure = ({ account, assets, toBlock }: Coverage): boolean =>
      account === refuted.account &&
      (assets === null || (refuted.assets?.every((asset) => assets.includes(asset)) ?? false)) &&
      (toBlock ?? -1) >= last;
    return !agreements.some(isCure);
  });
}
