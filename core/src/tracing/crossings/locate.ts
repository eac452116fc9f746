import type { Transfer, TransferRef } from '../../ledger/index.ts';
import { type Account, type Asset, coinOf } from '../../units/index.ts';

import type { Leg } from './leg.ts';
import { STETH_ROUNDING, stethAsset, wrappedCoin } from './wraps.ts';

/** Which recorded transfer carries a leg. */
export type Located =
  | { readonly kind: 'found'; readonly transfer: Transfer }
  /** The ledger has no transfer that fits. */
  | { readonly kind: 'none'; readonly reason: string }
  /** Several fit, and nothing tells which: the leg is in the ledger, but not where. */
  | { readonly kind: 'several'; readonly reason: string };

/**
 * Which transfer of a leg's transaction carries it in or out. Asset and amount must agree; then the narrowest of these
 * that any transfer meets, and one alone. In: from the leg's account to its venue; from its account; to its venue; any, where
 * the record does not say whose value it was.
 * Out: from its venue to its account; to its account; where it names no account, from its venue. Where the leg names the
 * wrapped form of the chain's coin, the coin itself comes second. In: last, one transfer from the account to the venue, or
 * to the venue, of more than the leg's amount, of which the protocol kept the rest.
 * @param transfers - all of the transaction, in ledger order. Bitcoin: outputs are looked at, whose payee is their owner.
 */
export function locate(leg: Leg, transfers: readonly Transfer[]): Located {
  if (leg.asset === null) return { kind: 'none', reason: 'The record does not say which asset moved.' };
  const positive = transfers.filter(
    ({ kind, amount, chain, tx }) =>
      amount > 0n && kind !== 'fee' && kind !== 'input' && chain === leg.chain && tx === leg.tx,
  );
  const coin = coinOf(leg.chain);
  const assets = leg.asset === wrappedCoin(leg.chain) && coin !== null ? [leg.asset, coin] : [leg.asset];
  const exactly = (transfer: Transfer): boolean =>
    leg.amount === null || isAmount(leg.asset, leg.amount, transfer.amount);
  const more = (transfer: Transfer): boolean => leg.amount !== null && transfer.amount > leg.amount;
  const tries = [
    ...assets.map((asset) => ({ asset, fits: exactly, ends: endsOf(leg) })),
    ...(leg.side === 'in'
      ? assets.map((asset) => ({ asset, fits: more, ends: [...atVenue(leg), ...toVenue(leg)] }))
      : []),
  ];
  for (const { asset, fits, ends } of tries) {
    const candidates = positive.filter((transfer) => transfer.asset === asset && fits(transfer));
    for (const isEnd of ends) {
      const found = candidates.filter(isEnd);
      if (found.length === 1) return { kind: 'found', transfer: found[0] as Transfer };
      if (found.length > 1)
        return { kind: 'several', reason: `${found.length} transfers of ${leg.tx} fit the leg alike.` };
    }
  }
  const what = leg.amount === null ? leg.asset : `${leg.amount} of ${leg.asset}`;
  return { kind: 'none', reason: `The ledger has no transfer of ${what} in ${leg.tx} that fits the leg.` };
}

/** The reference alone; null: none fits, or several do (`locate` says which of the two). */
export function locateLeg(leg: Leg, transfers: readonly Transfer[]): TransferRef | null {
  const found = locate(leg, transfers);
  return found.kind === 'found' ? { tx: found.transfer.tx, position: found.transfer.position } : null;
}

type IsEnd = (transfer: Transfer) => boolean;

function endsOf(leg: Leg): IsEnd[] {
  const { account, venue } = leg;
  if (leg.side === 'in')
    return account === null ? [...toVenue(leg), () => true] : [...atVenue(leg), isFrom(account), ...toVenue(leg)];
  const paid = account === null ? null : isTo(account);
  if (paid === null) return venue === null ? [] : [isFrom(venue)];
  return [...(venue === null ? [] : [both(isFrom(venue), paid)]), paid];
}

function atVenue({ account, venue }: Leg): IsEnd[] {
  return account === null || venue === null ? [] : [both(isFrom(account), isTo(venue))];
}

function toVenue({ venue }: Leg): IsEnd[] {
  return venue === null ? [] : [isTo(venue)];
}

/** Bitcoin: an output comes from the transaction itself, so who paid is not in the row. */
function isFrom(account: Account): IsEnd {
  return ({ from, kind }) => from === account || kind === 'output';
}

function isTo(account: Account): IsEnd {
  return ({ to, lock }) => to === account || lock?.owner === account;
}

function both(a: IsEnd, b: IsEnd): IsEnd {
  return (transfer) => a(transfer) && b(transfer);
}

function isAmount(asset: Asset | null, stated: bigint, moved: bigint): boolean {
  return moved === stated || (asset === stethAsset && moved < stated && stated - moved <= STETH_ROUNDING);
}
