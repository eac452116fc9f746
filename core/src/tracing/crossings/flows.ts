import type { Transfer } from '../../ledger/index.ts';
import { type Account, type Asset, compareText } from '../../units/index.ts';
import type { Unique } from './whole-record.ts';

export type AssetAmount = {
  readonly asset: Asset;
  /** Base units, net over the transaction, positive. Of a thing that is one of a kind: 1 for each. */
  readonly amount: bigint;
};

/** What one account gave and received in one transaction. */
export type Flows = {
  /** Positive transfers of the account, in ledger order; not fees, not to itself. */
  readonly rows: readonly { readonly transfer: Transfer; readonly given: boolean }[];
  /** Net, sorted by asset. */
  readonly gave: readonly AssetAmount[];
  readonly received: readonly AssetAmount[];
};

/** @param apart - positions of transfers that are left out: they belong to a wrap of the account's own. */
export function createFlows(
  account: Account,
  transfers: readonly Transfer[],
  uniques: readonly Unique[],
  apart: ReadonlySet<number>,
): Flows {
  const rows = transfers
    .filter(
      ({ from, to, amount, kind, position }) =>
        amount > 0n && kind !== 'fee' && from !== to && (from === account || to === account) && !apart.has(position),
    )
    .map((transfer) => ({ transfer, given: transfer.from === account }));
  const net = new Map<Asset, bigint>();
  const add = (asset: Asset, amount: bigint): void => {
    net.set(asset, (net.get(asset) ?? 0n) + amount);
  };
  for (const { transfer, given } of rows) add(transfer.asset, given ? -transfer.amount : transfer.amount);
  for (const { from, to, asset } of uniques) {
    if (from === account) add(asset, -1n);
    if (to === account) add(asset, 1n);
  }
  const sorted = [...net].sort(([a], [b]) => compareText(a, b));
  return {
    rows,
    gave: sorted.flatMap(([asset, amount]) => (amount < 0n ? [{ asset, amount: -amount }] : [])),
    received: sorted.flatMap(([asset, amount]) => (amount > 0n ? [{ asset, amount }] : [])),
  };
}
