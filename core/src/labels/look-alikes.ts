import { isFeeSink, type Transfer } from '../ledger/index.ts';
import { type Account, type Asset, accountAddress, accountChain, type Chain, isEvmChain } from '../units/index.ts';
import { burnLabel } from './burn.ts';

/** What an account moved of one asset in the transfers looked at, base units, network fees left out. */
export type Moved = {
  readonly asset: Asset;
  readonly received: bigint;
  readonly sent: bigint;
};

export type LookAlikeParty = {
  readonly account: Account;
  /** Sorted by asset. */
  readonly moved: readonly Moved[];
  /** Transactions of the account, in ledger order as given, each once. */
  readonly transactions: readonly string[];
};

/**
 * Two accounts of a case that a reader who checks the first and last four digits takes for one (address poisoning).
 * A resemblance and two sums, nothing more: that one was made to resemble the other is an inference. By chance alone a pair
 * turns up among 1,000 accounts about once in 8,600 cases (1,000² / 2 / 16⁸).
 */
export type LookAlike = {
  readonly chain: Chain;
  /** First four hex digits of both. */
  readonly head: string;
  /** Last four hex digits of both. */
  readonly tail: string;
  /** The one that moved less of every asset either of them moved; null: the amounts do not say which. */
  readonly lookAlike: LookAlikeParty | null;
  readonly resembled: LookAlikeParty | null;
  /** Both, sorted by account. */
  readonly parties: readonly [LookAlikeParty, LookAlikeParty];
  /** Accounts that have transfers with both, sorted. */
  readonly sharedCounterparties: readonly Account[];
};

type Activity = {
  readonly account: Account;
  readonly moved: Map<Asset, { received: bigint; sent: bigint }>;
  readonly transactions: Set<string>;
  readonly counterparties: Set<Account>;
};

/**
 * Accounts on one EVM chain with the same first four and last four hex digits, pair by pair. Zero-value transfers count as
 * contact: spam is made of them. Burn addresses are left out; vanity zeros resemble them by design.
 * @param transfers - all transfers of a case, in ledger order.
 * @returns sorted by the pair's accounts; the same for the same transfers.
 */
export function findLookAlikes(transfers: readonly Transfer[]): LookAlike[] {
  const activities = new Map<Account, Activity>();
  for (const transfer of transfers) {
    if (isFeeSink(transfer.to)) continue;
    record(activities, transfer.from, transfer.to, transfer, 'sent');
    record(activities, transfer.to, transfer.from, transfer, 'received');
  }
  const groups = new Map<string, Activity[]>();
  for (const activity of [...activities.values()].sort((a, b) => (a.account < b.account ? -1 : 1))) {
    const { account } = activity;
    if (!isEvmChain(accountChain(account)) || burnLabel(account) !== null) continue;
    const digits = accountAddress(account).slice(2);
    const key = `${accountChain(account)} ${digits.slice(0, 4)} ${digits.slice(-4)}`;
    groups.set(key, [...(groups.get(key) ?? []), activity]);
  }
  const pairs = [...groups.values()].flatMap((group) =>
    group.flatMap((first, index) => group.slice(index + 1).map((second) => describePair(first, second))),
  );
  return pairs.sort((a, b) => (pairKey(a) < pairKey(b) ? -1 : 1));
}

function record(
  activities: Map<Account, Activity>,
  account: Account,
  counterparty: Account,
  transfer: Transfer,
  side: 'sent' | 'received',
): void {
  const activity = activities.get(account) ?? {
    account,
    moved: new Map<Asset, { received: bigint; sent: bigint }>(),
    transactions: new Set<string>(),
    counterparties: new Set<Account>(),
  };
  activities.set(account, activity);
  const moved = activity.moved.get(transfer.asset) ?? {
    received: 0n,
    sent: 0n,
  };
  moved[side] += transfer.amount;
  activity.moved.set(transfer.asset, moved);
  activity.transactions.add(transfer.tx);
  activity.counterparties.add(counterparty);
}

function describePair(first: Activity, second: Activity): LookAlike {
  const parties = [party(first), party(second)] as const;
  const digits = accountAddress(first.account).slice(2);
  const lesser = movesLess(first, second) ? 0 : movesLess(second, first) ? 1 : null;
  return {
    chain: accountChain(first.account),
    head: digits.slice(0, 4),
    tail: digits.slice(-4),
    lookAlike: lesser === null ? null : parties[lesser],
    resembled: lesser === null ? null : parties[lesser === 0 ? 1 : 0],
    parties,
    sharedCounterparties: [...first.counterparties].filter((other) => second.counterparties.has(other)).sort(),
  };
}

function party(activity: Activity): LookAlikeParty {
  const moved = [...activity.moved].map(([asset, { received, sent }]) => ({
    asset,
    received,
    sent,
  }));
  return {
    account: activity.account,
    moved: moved.sort((a, b) => (a.asset < b.asset ? -1 : 1)),
    transactions: [...activity.transactions],
  };
}

/** Amounts of different assets cannot be added, so less means: less of every asset, not merely on balance. */
function movesLess(one: Activity, other: Activity): boolean {
  const assets = new Set([...one.moved.keys(), ...other.moved.keys()]);
  const sum = (activity: Activity, asset: Asset): bigint => {
    const { received, sent } = activity.moved.get(asset) ?? {
      received: 0n,
      sent: 0n,
    };
    return received + sent;
  };
  const gaps = [...assets].map((asset) => sum(other, asset) - sum(one, asset));
  return gaps.every((gap) => gap >= 0n) && gaps.some((gap) => gap > 0n);
}

function pairKey({ parties }: LookAlike): string {
  return `${parties[0].account} ${parties[1].account}`;
}
