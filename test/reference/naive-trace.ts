import { compareTransfers, isFeeSink, isTxAccount, type Transfer } from '../../core/src/ledger/index.ts';
import type { PolicyId, TraceOptions, TraceRequest } from '../../core/src/tracing/request.ts';
import type { Gap, Run } from '../../core/src/tracing/result.ts';
import type { Account, Asset } from '../../core/src/units/index.ts';
import { append, cross, draw, type NaiveLot, policyFor, tagsOf, tagUntagged, total, untagged } from './naive-lots.ts';
import {
  type AccountSeed,
  bySize,
  isCovered,
  key,
  type Leg,
  type Move,
  type NaiveLedger,
  prepare,
  runMoves,
  type Setup,
  stopOf,
} from './naive-moves.ts';
import { poisonRun } from './naive-poison.ts';
import { resultOf } from './naive-result.ts';

type Sum = { amount: bigint; origin: bigint };
export type Holding = {
  readonly account: Account;
  readonly asset: Asset;
  readonly policy: PolicyId;
  lots: NaiveLot[];
  wasTagged: boolean;
  balance: bigint;
  block: number;
};

/** What one run knows, before it is turned into a result. */
export type NaiveRun = {
  readonly holdings: Map<string, Holding>;
  /** Followed accounts and the block each first carried a tag in, in order. */
  readonly followed: Map<Account, number>;
  readonly depths: Map<string, number>;
  readonly stolen: Map<string, bigint>;
  readonly overlap: Map<string, bigint>;
  readonly reentered: Map<string, bigint>;
  readonly fees: Map<string, bigint>;
  /** By tag, then (reason, account, asset). */
  readonly terminals: Map<
    string,
    Map<string, Sum & { account: Account; reason: string; label: string | null; asset: Asset }>
  >;
  readonly edges: Map<string, Map<string, Sum & { from: Account; to: Account; asset: Asset; hits: Set<string> }>>;
  readonly gaps: (Gap & { transfer: Transfer })[];
};

/**
 * The tracing contract read out loud: the whole ledger in memory, sorted, applied one move at a time to plain lists
 * of lots in every holding there is. Slow on purpose; the engine must agree with it to the last unit.
 */
export function naiveTrace(ledger: NaiveLedger, request: TraceRequest, options: TraceOptions = {}): Run[] {
  const setup = prepare(ledger, request, options);
  const states = request.policies.map((policy) => ({
    policy,
    state: policy === 'poison/1' ? null : runOnce(setup, policy),
    poison: policy === 'poison/1' ? poisonRun(setup) : null,
  }));
  const followed = states.flatMap(({ state, poison }) => [...((state ?? poison)?.followed.keys() ?? [])]);
  // What is declared of whoever can spend an output holds for the output.
  const owner = (account: Account) => setup.owners.get(account) ?? account;
  const everFollowed = new Set(followed.flatMap((account) => [account, owner(account)]));
  const isHeld = (account: Account, asset: Asset, block: number) =>
    request.direction === 'forward' &&
    isCovered(
      ledger.coverage,
      { account, owner: owner(account), asset },
      block,
      setup.lastBlocks.get(account) ?? 0,
      everFollowed,
      request.limits.until,
    );
  const txOrder = new Map([...ledger.transfers].sort(compareTransfers).map(({ tx }, place) => [tx, place]));
  return states.map(({ policy, state, poison }) =>
    state === null
      ? (poison as NonNullable<typeof poison>).result(isHeld, txOrder)
      : resultOf(setup, policy, state, isHeld, txOrder),
  );
}

export function runOnce(setup: Setup, policy: PolicyId): NaiveRun {
  const { request, seeded } = setup;
  const { limits } = request;
  const forward = request.direction === 'forward';
  const run: NaiveRun = {
    holdings: new Map(),
    followed: new Map(),
    depths: new Map([...seeded].flatMap(([account, tags]) => [...tags].map((tag) => [key(account, tag), 0] as const))),
    stolen: new Map(),
    overlap: new Map(),
    reentered: new Map(),
    fees: new Map(),
    terminals: new Map(),
    edges: new Map(),
    gaps: [],
  };
  const active = new Map<string, AccountSeed[]>();
  const add = (sums: Map<string, bigint>, name: string, amount: bigint) =>
    sums.set(name, (sums.get(name) ?? 0n) + amount);

  function holdingOf(account: Account, asset: Asset): Holding {
    const name = key(account, asset);
    const rule = request.rules.find((candidate) => candidate.account === account && candidate.asset === asset);
    const opening = forward ? 0n : (setup.closing.get(name) ?? 0n);
    const found = run.holdings.get(name) ?? {
      account,
      asset,
      policy: policyFor(rule?.policy ?? policy, account),
      lots: opening > 0n ? [untagged(opening)] : [],
      wasTagged: false,
      balance: opening,
      block: 0,
    };
    run.holdings.set(name, found);
    return found;
  }

  /** Sets a holding's lots, and checks what must always hold: 0 ≤ tagged ≤ balance, every lot positive. */
  function settle(holding: Holding, lots: NaiveLot[], change: bigint): void {
    holding.lots = lots;
    holding.balance += change;
    if (tagsOf(lots).length > 0) holding.wasTagged = true;
    const sound = lots.every((lot) => lot.amount > 0n && lot.origin >= 0n && (lot.tag !== null || lot.origin === 0n));
    if (!sound || total(lots) !== holding.balance)
      throw new Error(`unsound holding ${holding.account} ${holding.asset}`);
  }

  function take(holding: Holding, x: bigint): NaiveLot[] {
    // What an output holds joins its transaction's line as it lies: the rule turns the line as a whole, once.
    const isOutput = /^bip122:.*[.]\d+$/.test(holding.account);
    const rule = isOutput && holding.policy === 'lifo/1' ? 'fifo/1' : holding.policy;
    const { drawn, rest } = draw(rule, holding.lots, x);
    if (total(drawn) !== x) throw new Error(`drew ${total(drawn)} instead of ${x}`);
    settle(holding, rest, -x);
    return drawn;
  }

  function seed(lots: readonly NaiveLot[], tag: string, limit: bigint): NaiveLot[] {
    const tagged = tagUntagged(lots, tag, limit);
    add(run.stolen, tag, tagged.fresh);
    add(run.overlap, tag, tagged.overlap);
    return tagged.lots;
  }

  const seedAll = (lots: NaiveLot[], leg: Leg) =>
    leg.seeds.reduce((seeding, { tag, amount }) => seed(seeding, tag, amount ?? leg.amount), lots);

  function follow(account: Account, block: number): void {
    if (!run.followed.has(account)) run.followed.set(account, block);
  }

  function activate(accountSeed: AccountSeed): void {
    const holding = holdingOf(accountSeed.account, accountSeed.asset);
    const active_ = active.get(key(holding.account, holding.asset)) ?? [];
    if (forward) active.set(key(holding.account, holding.asset), [...active_, accountSeed]);
    // In a bag untagged value has no place among the tags: a new tag enters last.
    const lots =
      holding.policy === 'pro-rata/1'
        ? [...holding.lots].sort((a, b) => Number(a.tag === null) - Number(b.tag === null))
        : holding.lots;
    const seededLots = seed(lots, accountSeed.tag, holding.balance);
    settle(holding, append(holding.policy, [], seededLots), 0n);
    if (seededLots.length > 0) follow(holding.account, holding.block);
  }

  function book(lots: readonly NaiveLot[], account: Account, asset: Asset, reason: string, label: string | null): void {
    for (const { tag, amount, origin } of lots) {
      if (tag === null || (amount === 0n && origin === 0n)) continue;
      const booked = run.terminals.get(tag) ?? new Map();
      const name = key(reason, account, asset);
      const old = booked.get(name) ?? { account, reason, label, asset, amount: 0n, origin: 0n };
      booked.set(name, { ...old, amount: old.amount + amount, origin: old.origin + origin });
      run.terminals.set(tag, booked);
    }
  }

  function recordEdge(leg: Leg, lots: readonly NaiveLot[]): void {
    for (const { tag, amount, origin } of lots) {
      if (tag === null) continue;
      const edges = run.edges.get(tag) ?? new Map();
      const name = key(leg.from, leg.to, leg.asset);
      const old = edges.get(name) ?? {
        from: leg.from,
        to: leg.to,
        asset: leg.asset,
        amount: 0n,
        origin: 0n,
        hits: new Set(),
      };
      edges.set(name, { ...old, amount: old.amount + amount, origin: old.origin + origin, hits: old.hits.add(leg.tx) });
      run.edges.set(tag, edges);
    }
  }

  /** Books what a stopping rule stops; booked value goes on as untagged, in place. */
  function stop(lots: NaiveLot[], payer: Account, receiver: Account, asset: Asset): NaiveLot[] {
    const bookWhere = (
      among: NaiveLot[],
      isStopped: (tag: string) => boolean,
      reason: string,
      label: string | null = null,
    ) => {
      const stopped = new Set(tagsOf(among).filter(isStopped));
      book(
        among.filter((lot) => lot.tag !== null && stopped.has(lot.tag)),
        receiver,
        asset,
        reason,
        label,
      );
      return among.map((lot) => (lot.tag !== null && stopped.has(lot.tag) ? untagged(lot.amount) : lot));
    };
    const stopped = stopOf(setup, receiver);
    if (stopped !== null) return bookWhere(lots, () => true, ...stopped);
    if (isTxAccount(receiver)) return lots;
    const brings = (tag: string) => lots.reduce((sum, lot) => sum + (lot.tag === tag ? lot.origin : 0n), 0n);
    const least = (tag: string) => limits.minAmount[setup.assetOf.get(tag) as Asset] ?? 0n;
    const large = bookWhere(lots, (tag) => brings(tag) < least(tag), 'below-threshold');
    const arrival = (tag: string) => (run.depths.get(key(payer, tag)) ?? 0) + 1;
    const near = bookWhere(large, (tag) => limits.maxHops !== null && arrival(tag) >= limits.maxHops, 'max-hops');
    const isFull =
      limits.maxAccounts !== null &&
      !run.followed.has(receiver) &&
      [...run.followed.keys()].filter((account) => !isTxAccount(account)).length >= limits.maxAccounts;
    return bookWhere(near, () => isFull, 'max-accounts');
  }

  /** Untagged value that an active account seed's holding receives takes its tag; what comes back from where it was booked is noted. */
  function seedArrival(lots: NaiveLot[], payer: Account, holding: Holding): NaiveLot[] {
    return (active.get(key(holding.account, holding.asset)) ?? []).reduce((seeding, { tag }) => {
      const fresh = total(seeding.filter((lot) => lot.tag === null));
      const bookedThere = [...(run.terminals.get(tag)?.values() ?? [])].filter(({ account }) => account === payer);
      const back =
        bookedThere.reduce((sum, { origin }) => sum + origin, 0n) - (run.reentered.get(key(tag, payer)) ?? 0n);
      add(run.reentered, key(tag, payer), fresh < back ? fresh : back);
      return seed(seeding, tag, holding.balance + total(seeding));
    }, lots);
  }

  function receive(lots: NaiveLot[], payer: Account, holding: Holding, block: number, isSelf: boolean): void {
    let arriving = lots;
    if (payer !== holding.account) {
      if (!seeded.has(holding.account)) arriving = stop(lots, payer, holding.account, holding.asset);
      for (const tag of tagsOf(arriving)) {
        const depth = (run.depths.get(key(payer, tag)) ?? 0) + (isTxAccount(holding.account) ? 0 : 1);
        const known = run.depths.get(key(holding.account, tag)) ?? depth;
        run.depths.set(key(holding.account, tag), Math.min(depth, known));
      }
    }
    if (!isSelf) arriving = seedArrival(arriving, payer, holding);
    settle(holding, append(holding.policy, holding.lots, arriving), total(arriving));
    holding.block = block;
    if (tagsOf(arriving).length > 0) follow(holding.account, block);
  }

  function fill(holding: Holding, { transfer, shortfall }: Move): void {
    if (shortfall === 0n) return;
    const tag = active.get(key(holding.account, holding.asset))?.[0]?.tag;
    if (tag !== undefined) {
      add(run.stolen, tag, shortfall);
      follow(holding.account, transfer.blockNumber);
    }
    const lot = tag === undefined ? untagged(shortfall) : { tag, amount: shortfall, origin: shortfall };
    settle(holding, append(holding.policy, holding.lots, [lot]), shortfall);
    if (holding.wasTagged) recordGap(holding, transfer, shortfall);
  }

  function recordGap({ account, asset }: Holding, transfer: Transfer, shortfall: bigint): void {
    run.gaps.push({ account, asset, transaction: transfer.tx, position: transfer.position, shortfall, transfer });
  }

  function apply(move: Move): void {
    const isCrossing = move.into !== move.outOf;
    const [pay, get] = forward ? [move.into, move.outOf] : [move.outOf, move.into];
    const payer = holdingOf(forward ? pay.from : pay.to, pay.asset);
    const receiver = holdingOf(forward ? get.to : get.from, get.asset);
    if (forward) fill(payer, move);
    let lots = seedAll(take(payer, pay.amount), pay);
    payer.block = pay.block;
    const isSelf = !isCrossing && payer.account === receiver.account;
    if (!isSelf) recordEdge(pay, lots);
    if (isCrossing) {
      const image = cross(lots, pay.amount, get.amount);
      lots = seedAll(image.run, get);
      recordEdge(get, [...lots, ...image.dust]);
      book(image.dust, receiver.account, get.asset, 'crossing-dust', null);
    }
    if (isFeeSink(receiver.account)) {
      for (const { tag, origin } of lots) if (tag !== null) add(run.fees, tag, origin);
      lots = [untagged(total(lots))];
    }
    receive(lots, payer.account, receiver, get.block, isSelf);
    if (!forward && move.shortfall > 0n) {
      book(take(receiver, move.shortfall), receiver.account, receiver.asset, 'gap', null);
      if (receiver.wasTagged) recordGap(receiver, move.transfer, move.shortfall);
    }
  }

  runMoves(policy.startsWith('highest-out/1') ? bySize(setup) : setup, activate, apply);
  return run;
}
