import {
  type Coverage,
  compareTransfers,
  isFeeSink,
  type Transfer,
  type TransferRef,
} from '../../core/src/ledger/index.ts';
import type { Crossing, Seed, TraceOptions, TraceRequest } from '../../core/src/tracing/request.ts';
import type { Account, Asset, Chain } from '../../core/src/units/index.ts';

export type NaiveLedger = { readonly transfers: readonly Transfer[]; readonly coverage: readonly Coverage[] };
type TransferSeed = Extract<Seed, { kind: 'transfer' }>;
export type AccountSeed = Extract<Seed, { kind: 'account' }>;

/** One asset passing between two accounts on the ledger, with the seeds declared on it. */
export type Leg = {
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly tx: string;
  /** The block it arrives in, on the receiver's chain; 0 where that is not known. */
  readonly block: number;
  readonly seeds: readonly TransferSeed[];
};

/** What moves value from one holding to another: a transfer (both legs are the same), or a crossing. */
export type Move = {
  readonly transfer: Transfer;
  readonly into: Leg;
  readonly outOf: Leg;
  /** By how much the payer spends more than it is known to hold. */
  readonly shortfall: bigint;
};

/** Everything a run needs, worked out once from the whole ledger. */
export type Setup = {
  readonly request: TraceRequest;
  readonly options: TraceOptions;
  readonly moves: readonly Move[];
  /** Balances after the last move, gaps filled. */
  readonly closing: ReadonlyMap<string, bigint>;
  readonly assetOf: ReadonlyMap<string, Asset>;
  /** Accounts exempt from every stopping rule, with the tags they are seeded with. */
  readonly seeded: ReadonlyMap<Account, ReadonlySet<string>>;
  readonly services: ReadonlySet<Account>;
  /** Block of each account's last transfer of a traced asset. */
  readonly lastBlocks: ReadonlyMap<Account, number>;
  readonly accountSeeds: readonly AccountSeed[];
};

export const key = (...parts: readonly string[]): string => parts.join(' ');
export const nameOf = (ref: TransferRef): string => `${ref.tx}:${ref.position}`;
const chainOf = (name: Account | Asset): string =>
  name.slice(0, name.indexOf(name.includes('/') ? '/' : ':', name.indexOf(':') + 1));

export function prepare(ledger: NaiveLedger, request: TraceRequest, options: TraceOptions): Setup {
  const { until } = request.limits;
  const byName = new Map(ledger.transfers.map((transfer) => [nameOf(transfer), transfer]));
  const sorted = ledger.transfers
    .filter((transfer) => transfer.amount > 0n && (until === null || transfer.blockTime <= until))
    .sort(compareTransfers);
  const { moves, closing } = fillGaps(movesOf(sorted, byName, request));
  const assetOf = new Map<string, Asset>();
  const seeded = new Map<Account, Set<string>>();
  for (const seed of request.seeds) {
    assetOf.set(seed.tag, seed.kind === 'account' ? seed.asset : (byName.get(nameOf(seed.transfer)) as Transfer).asset);
    const account = seed.kind === 'account' ? seed.account : arrivalOf(seed, byName, request);
    seeded.set(account, (seeded.get(account) ?? new Set()).add(seed.tag));
  }
  const traced = tracedAssets(request, byName, assetOf);
  return {
    request,
    options,
    moves,
    closing,
    assetOf,
    seeded,
    services: servicesOf(sorted, traced, request),
    lastBlocks: new Map(
      sorted
        .filter(({ asset }) => traced.has(asset))
        .flatMap(({ from, to, blockNumber }) => [from, to].map((account) => [account, blockNumber] as const)),
    ),
    accountSeeds: request.seeds.filter((seed) => seed.kind === 'account'),
  };
}

/** Where a seeded transfer's value arrives: at its receiver, or where the crossing it enters comes out. */
function arrivalOf(seed: TransferSeed, byName: ReadonlyMap<string, Transfer>, request: TraceRequest): Account {
  const transfer = byName.get(nameOf(seed.transfer)) as Transfer;
  const crossing = request.crossings.find((candidate) => nameOf(candidate.input) === nameOf(seed.transfer));
  if (crossing === undefined) return transfer.to;
  const { output } = crossing;
  return output.kind === 'unrecorded' ? output.account : (byName.get(nameOf(output.transfer)) as Transfer).to;
}

function movesOf(sorted: readonly Transfer[], byName: ReadonlyMap<string, Transfer>, request: TraceRequest): Move[] {
  const seedsOn = (ref: TransferRef) =>
    request.seeds.filter((seed) => seed.kind === 'transfer' && nameOf(seed.transfer) === nameOf(ref)) as TransferSeed[];
  const legOf = (transfer: Transfer): Leg => ({
    ...transfer,
    block: transfer.blockNumber,
    seeds: seedsOn(transfer),
  });
  const crossings = new Map(request.crossings.map((crossing) => [nameOf(crossing.input), crossing]));
  const outputs = new Set(
    request.crossings.flatMap(({ output }) => (output.kind === 'transfer' ? [nameOf(output.transfer)] : [])),
  );
  const outOf = (crossing: Crossing, into: Leg): Leg => {
    const { output } = crossing;
    if (output.kind === 'transfer') return legOf(byName.get(nameOf(output.transfer)) as Transfer);
    const sameChain = chainOf(output.account) === chainOf(into.from);
    const { account, asset, amount } = output;
    return { from: into.to, to: account, asset, amount, tx: into.tx, block: sameChain ? into.block : 0, seeds: [] };
  };
  return sorted.flatMap((transfer) => {
    if (outputs.has(nameOf(transfer))) return [];
    const into = legOf(transfer);
    const crossing = crossings.get(nameOf(transfer));
    return [{ transfer, into, outOf: crossing === undefined ? into : outOf(crossing, into), shortfall: 0n }];
  });
}

/** The ledger's own running balances: what each move falls short of, and what is held after the last. */
function fillGaps(moves: readonly Move[]): { moves: Move[]; closing: Map<string, bigint> } {
  const closing = new Map<string, bigint>();
  const filled = moves.map((move) => {
    const payer = key(move.into.from, move.into.asset);
    const held = closing.get(payer) ?? 0n;
    const shortfall = move.into.amount > held ? move.into.amount - held : 0n;
    closing.set(payer, held + shortfall - move.into.amount);
    const receiver = key(move.outOf.to, move.outOf.asset);
    closing.set(receiver, (closing.get(receiver) ?? 0n) + move.outOf.amount);
    return { ...move, shortfall };
  });
  return { moves: filled, closing };
}

function tracedAssets(
  request: TraceRequest,
  byName: ReadonlyMap<string, Transfer>,
  assetOf: ReadonlyMap<string, Asset>,
): Set<Asset> {
  const assetAt = (ref: TransferRef) => (byName.get(nameOf(ref)) as Transfer).asset;
  return new Set([
    ...assetOf.values(),
    ...request.crossings.map((crossing) => assetAt(crossing.input)),
    ...request.crossings.map(({ output }) => (output.kind === 'transfer' ? assetAt(output.transfer) : output.asset)),
  ]);
}

/** Accounts with more counterparties or transfers than the request allows. */
function servicesOf(sorted: readonly Transfer[], traced: ReadonlySet<Asset>, request: TraceRequest): Set<Account> {
  const { serviceCounterparties, serviceTransfers } = request.limits;
  const counted = sorted.filter((transfer) => traced.has(transfer.asset) && !isFeeSink(transfer.to));
  const isService = (account: Account) => {
    const own = counted.filter(({ from, to }) => from === account || to === account);
    const others = new Set(own.flatMap(({ from, to }) => [from, to]).filter((other) => other !== account));
    return (
      (serviceCounterparties !== null && others.size > serviceCounterparties) ||
      (serviceTransfers !== null && own.length > serviceTransfers)
    );
  };
  return new Set(counted.flatMap(({ from, to }) => [from, to]).filter(isService));
}

/** Is the record of what the account paid out complete from `block` to the stated end, and as far as it is known to go? */
export function isCovered(
  coverage: readonly Coverage[],
  holding: { account: Account; asset: Asset },
  block: number,
  lastBlock: number,
  followed: ReadonlySet<Account>,
  until: number | null,
): boolean {
  const chain = chainOf(holding.account) as Chain;
  const outgoing = coverage.filter((declared) => declared.chain === chain && declared.direction !== 'in');
  const end = outgoing
    .filter(({ account }) => account === null || followed.has(account))
    .reduce<number | null>((last, { toBlock }) => (toBlock === null || (last ?? -1) > toBlock ? last : toBlock), null);
  const usable = outgoing
    .filter(
      ({ account, assets }) =>
        (account ?? holding.account) === holding.account && (assets?.includes(holding.asset) ?? true),
    )
    .filter(({ basis, truncated, toBlock }) => basis !== 'unknown' && !truncated && toBlock !== null)
    .sort((a, b) => (a.fromBlock ?? 0) - (b.fromBlock ?? 0));
  let reached = block - 1;
  for (const { fromBlock, toBlock, toAt } of usable) {
    if ((fromBlock ?? 0) > reached + 1) return false;
    if (until !== null && toAt !== null && toAt >= until) return true;
    reached = Math.max(reached, toBlock as number);
    if (until === null && end !== null && reached >= Math.max(end, block, lastBlock)) return true;
  }
  return false;
}

/** Applies every move in the direction asked for, with account seeds taking effect at their times. */
export function runMoves(
  setup: Setup,
  activate: (accountSeed: AccountSeed) => void,
  apply: (move: Move) => void,
): void {
  const { moves, accountSeeds, request } = setup;
  const forward = request.direction === 'forward';
  const { until } = request.limits;
  const always = forward ? -Infinity : Infinity;
  const waiting = accountSeeds
    .map((accountSeed) => ({ accountSeed, at: accountSeed.at ?? always }))
    .filter(({ at }) => !forward || until === null || at <= until)
    .sort((a, b) => (a.at === b.at ? 0 : a.at < b.at === forward ? -1 : 1));
  for (const move of forward ? moves : [...moves].reverse()) {
    const time = move.transfer.blockTime;
    while (waiting[0] !== undefined && (forward ? waiting[0].at <= time : waiting[0].at > time)) {
      activate((waiting.shift() as (typeof waiting)[0]).accountSeed);
    }
    apply(move);
  }
  for (const { accountSeed } of waiting) activate(accountSeed);
}
