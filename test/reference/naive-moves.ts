import {
  type Coverage,
  compareTransfers,
  isCoinbase,
  isFeeSink,
  isTxAccount,
  type Transfer,
  type TransferRef,
} from '../../core/src/ledger/index.ts';
import { coinjoinAt } from '../../core/src/tracing/mixers/stop.ts';
import type { Crossing, Seed, StopLabel, TraceOptions, TraceRequest } from '../../core/src/tracing/request.ts';
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
  /** By how much the payer spends more than it is known to hold over the whole transfer; stands on its first move. */
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
  /** Accounts that behave like services; of a UTXO chain, whoever can spend outputs. */
  readonly services: ReadonlySet<Account>;
  /** Whoever can spend an output, by the output. */
  readonly owners: ReadonlyMap<Account, Account>;
  /** Transactions of UTXO chains with the shape of a CoinJoin. */
  readonly mixers: ReadonlyMap<Account, StopLabel>;
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
    const accounts = seed.kind === 'account' ? [seed.account] : arrivalsOf(seed, byName, request);
    for (const account of accounts) seeded.set(account, (seeded.get(account) ?? new Set()).add(seed.tag));
  }
  const owners = ownersOf(ledger.transfers);
  const traced = tracedAssets(request, byName, assetOf);
  return {
    request,
    options,
    moves,
    closing,
    assetOf,
    seeded,
    services: servicesOf(sorted, traced, request, owners),
    owners,
    mixers: mixersOf(ledger.transfers, request),
    lastBlocks: new Map(
      sorted
        .filter(({ asset }) => traced.has(asset))
        .flatMap(({ from, to, blockNumber }) => [from, to].map((account) => [account, blockNumber] as const)),
    ),
    accountSeeds: request.seeds.filter((seed) => seed.kind === 'account'),
  };
}

function ownersOf(transfers: readonly Transfer[]): Map<Account, Account> {
  const owners = new Map<Account, Account>();
  for (const { kind, from, to, lock } of transfers) {
    if (lock?.owner != null && (kind === 'output' || !owners.has(from)))
      owners.set(kind === 'output' ? to : from, lock.owner);
  }
  return owners;
}

function mixersOf(transfers: readonly Transfer[], request: TraceRequest): Map<Account, StopLabel> {
  const byTx = Map.groupBy(transfers, ({ from, to }) => [from, to].find(isTxAccount));
  return new Map(
    [...byTx].flatMap(([account, own]) => {
      const met = account === undefined ? null : coinjoinAt(own.toSorted(compareTransfers), request.lookThrough);
      return account === undefined || met === null || met.isLookedThrough ? [] : [[account, met.label] as const];
    }),
  );
}

/** Why nothing goes on from an account whatever it receives: a label, the shape of a transaction, or that it makes new coins. */
export function stopOf({ owners, mixers, services, options }: Setup, account: Account): [string, string | null] | null {
  const mixer = mixers.get(account);
  if (mixer !== undefined) return [mixer.reason, mixer.label];
  if (isTxAccount(account)) return null;
  if (isCoinbase(account)) return ['coinbase', null];
  const owner = owners.get(account) ?? account;
  const label = options.stopAt?.(owner) ?? null;
  if (label !== null) return [label.reason, label.label];
  return services.has(owner) ? ['service-suspected', null] : null;
}

/** Where a seeded transfer's value arrives: at its receiver, or where the crossings it enters come out. */
function arrivalsOf(seed: TransferSeed, byName: ReadonlyMap<string, Transfer>, request: TraceRequest): Account[] {
  const transfer = byName.get(nameOf(seed.transfer)) as Transfer;
  const crossed = request.crossings.filter((candidate) => nameOf(candidate.input) === nameOf(seed.transfer));
  if (crossed.length === 0) return [transfer.to];
  return crossed.map(({ output }) =>
    output.kind === 'unrecorded' ? output.account : (byName.get(nameOf(output.transfer)) as Transfer).to,
  );
}

function movesOf(sorted: readonly Transfer[], byName: ReadonlyMap<string, Transfer>, request: TraceRequest): Move[] {
  const seedsOn = (ref: TransferRef) =>
    request.seeds.filter((seed) => seed.kind === 'transfer' && nameOf(seed.transfer) === nameOf(ref)) as TransferSeed[];
  const legOf = (transfer: Transfer): Leg => ({
    ...transfer,
    block: transfer.blockNumber,
    seeds: seedsOn(transfer),
  });
  const byId = request.crossings.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const crossings = Map.groupBy(byId, (crossing) => nameOf(crossing.input));
  const outputs = new Set(
    request.crossings.flatMap(({ output }) => (output.kind === 'transfer' ? [nameOf(output.transfer)] : [])),
  );
  const outOf = (crossing: Crossing, into: Leg): Leg => {
    const { output } = crossing;
    if (output.kind === 'transfer') {
      const whole = legOf(byName.get(nameOf(output.transfer)) as Transfer);
      return { ...whole, amount: output.part ?? whole.amount };
    }
    const sameChain = chainOf(output.account) === chainOf(into.from);
    const { account, asset, amount } = output;
    return { from: into.to, to: account, asset, amount, tx: into.tx, block: sameChain ? into.block : 0, seeds: [] };
  };
  return sorted.flatMap((transfer) => {
    if (outputs.has(nameOf(transfer))) return [];
    const into = legOf(transfer);
    const crossed = (crossings.get(nameOf(transfer)) ?? []).map((crossing): Move => {
      const part = { ...into, amount: crossing.part ?? into.amount };
      return { transfer, into: part, outOf: outOf(crossing, part), shortfall: 0n };
    });
    const rest = crossed.reduce((left, move) => left - move.into.amount, transfer.amount);
    const plain = { ...into, amount: rest };
    return rest === 0n ? crossed : [...crossed, { transfer, into: plain, outOf: plain, shortfall: 0n }];
  });
}

/** The ledger's own running balances: what each move falls short of, and what is held after the last. */
function fillGaps(moves: readonly Move[]): { moves: Move[]; closing: Map<string, bigint> } {
  const closing = new Map<string, bigint>();
  let last: Transfer | null = null;
  const filled = moves.map((move) => {
    const payer = key(move.into.from, move.into.asset);
    const held = closing.get(payer) ?? 0n;
    const isFirst = move.transfer !== last;
    last = move.transfer;
    const shortfall = isFirst && move.transfer.amount > held ? move.transfer.amount - held : 0n;
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
function servicesOf(
  sorted: readonly Transfer[],
  traced: ReadonlySet<Asset>,
  request: TraceRequest,
  owners: ReadonlyMap<Account, Account>,
): Set<Account> {
  const { serviceCounterparties, serviceTransfers } = request.limits;
  const named = (account: Account) => owners.get(account) ?? account;
  const counted = sorted
    .filter((transfer) => traced.has(transfer.asset) && !isFeeSink(transfer.to))
    .map(({ from, to }) => ({ from: named(from), to: named(to) }));
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
  holding: { account: Account; owner: Account; asset: Asset },
  block: number,
  lastBlock: number,
  followed: ReadonlySet<Account>,
  until: number | null,
): boolean {
  if (isTxAccount(holding.account)) return false;
  const chain = chainOf(holding.account) as Chain;
  const outgoing = coverage.filter((declared) => declared.chain === chain && declared.direction !== 'in');
  const end = outgoing
    .filter(({ account }) => account === null || followed.has(account))
    .reduce<number | null>((last, { toBlock }) => (toBlock === null || (last ?? -1) > toBlock ? last : toBlock), null);
  const usable = outgoing
    .filter(
      ({ account, assets }) =>
        [null, holding.account, holding.owner].includes(account) && (assets?.includes(holding.asset) ?? true),
    )
    .filter(({ basis, truncated, toBlock }) => basis !== 'unknown' && !truncated && toBlock !== null)
    .sort((a, b) => (a.fromBlock ?? 0) - (b.fromBlock ?? 0));
  // The chain itself was found to say otherwise, and no later check that it agrees.
  const checks = outgoing.filter(
    ({ basis, account, assets }) =>
      (basis === 'balance-agrees' || basis === 'nonce-complete') &&
      account === holding.account &&
      (assets?.includes(holding.asset) ?? true),
  );
  for (const refuted of checks.filter(({ truncated }) => truncated)) {
    const cured = checks.some(
      (check) =>
        check.basis === 'balance-agrees' &&
        !check.truncated &&
        check.toBlock !== null &&
        refuted.toBlock !== null &&
        check.toBlock >= refuted.toBlock &&
        (check.assets === null || refuted.assets?.every((one) => check.assets?.includes(one))),
    );
    if (!cured) return false;
  }
  let reached = block - 1;
  for (const { fromBlock, toBlock, toAt } of usable) {
    if ((fromBlock ?? 0) > reached + 1) return false;
    if (until !== null && toAt !== null && toAt >= until) return true;
    reached = Math.max(reached, toBlock as number);
    if (until === null && end !== null && reached >= Math.max(end, block, lastBlock)) return true;
  }
  return false;
}

/** Moves with what each transaction of a UTXO chain pays (reversed: spent) from the largest to the smallest. */
export function bySize(setup: Setup): Setup {
  const kind = setup.request.direction === 'forward' ? 'output' : 'input';
  const sign = kind === 'output' ? 1 : -1;
  const sizeOf = ({ transfer }: Move) => transfer.amount;
  const moves = [
    ...Map.groupBy(
      setup.moves,
      ({ transfer }) => `${transfer.chain} ${transfer.blockNumber} ${transfer.txIndex}`,
    ).values(),
  ];
  const sorted = moves.flatMap((own) => {
    const isRanked = (move: Move) => move.transfer.kind === kind;
    const ranked = own.filter(isRanked).sort((a, b) => {
      const larger = sizeOf(a) > sizeOf(b) ? -1 : sizeOf(a) < sizeOf(b) ? 1 : 0;
      return sign * (larger || a.transfer.position - b.transfer.position);
    });
    return own.map((move) => (isRanked(move) ? (ranked.shift() as Move) : move));
  });
  return { ...setup, moves: sorted };
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
