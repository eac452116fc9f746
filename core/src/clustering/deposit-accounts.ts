import { compareTransfers, isFeeSink, type LedgerReader, type Transfer } from '../ledger/index.ts';
import { type Account, type Asset, assetChain, nativeAsset } from '../units/index.ts';
import type {
  DepositAccount,
  DepositFinding,
  ForwardEvidence,
  Movement,
  Service,
  UndecidedReason,
} from './deposit-account.ts';

export type DepositBounds = {
  /** tmax: blocks between arrival and forward, at most. */
  readonly maxBlocks: number;
  /** amax: base units of the chain's native asset that may stay behind, for fees. A token is forwarded whole, or it is none. */
  readonly maxKept: bigint;
};

/** Victor's parameters for Ethereum: 3,200 blocks (about half a day), 0.01 ether. */
export const VICTOR_BOUNDS: DepositBounds = { maxBlocks: 3_200, maxKept: 10n ** 16n };

/** A sweep of more arrivals than this is not looked for: the more there are, the more sums fit by chance. */
const MAX_SWEPT = 32;

export type DepositOptions = {
  /** Labelled accounts of services that give their customers deposit accounts; null: the account is none. */
  readonly serviceOf: (account: Account) => Service | null;
  /** Is it labelled as anything else? Then there is nothing to infer. */
  readonly isLabelled?: (account: Account) => boolean;
  readonly bounds?: DepositBounds;
  /** Unix seconds: nothing later is looked at; null: no end. */
  readonly until?: number | null;
};

/**
 * Which of these accounts behave like an exchange's deposit accounts, by the record the ledger has of them?
 *
 * An account is recognised where (1) nobody says who it is, (2) everything it sent, fees apart, went to labelled accounts of
 * one service, and (3) at least one such transfer passed on what had arrived from somebody else no more than `maxBlocks`
 * earlier, with no more than `maxKept` of the native asset left behind; tokens are passed on to the last unit. Conditions 1 and 2 are
 * stricter than Victor's, who asks for 3 alone; so is that arrivals from the service itself (gas for a sweep) do not count.
 * A forward may pass on several arrivals in a row: that is an extension of his one to one.
 *
 * A wallet whose owner always sends on to one exchange within half a day looks the same on the chain. It is an inference.
 * @returns recognised accounts, sorted; the answer depends on the ledger and the options only.
 * @see Victor, "Address Clustering Heuristics for Ethereum", Financial Cryptography 2020, section 4.
 */
export async function findDepositAccounts(
  reader: LedgerReader,
  candidates: readonly Account[],
  options: DepositOptions,
): Promise<DepositAccount[]> {
  const findings = await explainDepositCandidates(reader, candidates, options);
  return findings.flatMap((finding) => (finding.kind === 'deposit' ? [finding.deposit] : []));
}

/** The same, with the reason for each account that is not recognised. One finding an account, sorted by account. */
export async function explainDepositCandidates(
  reader: LedgerReader,
  candidates: readonly Account[],
  options: DepositOptions,
): Promise<DepositFinding[]> {
  const accounts = [...new Set(candidates)].sort();
  const histories = new Map<Account, Transfer[]>(accounts.map((account) => [account, []]));
  const query = { accounts, assets: null, until: options.until ?? null, limitPerAccount: null };
  await reader.histories(query, (owner, transfer) => void histories.get(owner)?.push(transfer));
  return accounts.map((account) => judge(account, histories.get(account) ?? [], options));
}

/**
 * Accounts worth asking about: those that paid a labelled account of a service, and are not labelled themselves.
 * @param services - labelled accounts of services.
 */
export async function findDepositCandidates(
  reader: LedgerReader,
  services: readonly Account[],
  options: DepositOptions,
): Promise<Account[]> {
  const payers = new Set<Account>();
  const query = { accounts: [...services].sort(), assets: null, until: options.until ?? null, limitPerAccount: null };
  await reader.histories(query, (owner, { from, to, kind }) => {
    if (to === owner && from !== owner && kind !== 'fee' && !isKnown(from, options)) payers.add(from);
  });
  return [...payers].sort();
}

function isKnown(account: Account, { serviceOf, isLabelled }: DepositOptions): boolean {
  return serviceOf(account) !== null || isLabelled?.(account) === true;
}

function judge(account: Account, history: Transfer[], options: DepositOptions): DepositFinding {
  const undecided = (reason: UndecidedReason, because: string): DepositFinding => ({
    kind: 'undecided',
    account,
    reason,
    because,
  });
  if (isKnown(account, options)) return undecided('labelled', 'a label says who it is');
  if (history.length === 0) return undecided('no-record', 'the ledger has no transfer of it');
  const transfers = history.filter(isMovement).sort(compareTransfers);
  const sent = transfers.filter(({ from }) => from === account);
  if (sent.length === 0) return undecided('nothing-sent', 'the record shows nothing that it sent on');
  const receivers = [...new Set(sent.map(({ to }) => to))].sort();
  const services = receivers.map((to) => ({ account: to, service: options.serviceOf(to) }));
  const known = services.filter(({ service }) => service !== null);
  if (known.length === 0) {
    return undecided(
      'no-labelled-service',
      `none of the ${receivers.length} accounts it paid is labelled as a service's`,
    );
  }
  if (known.length < services.length) {
    return undecided(
      'pays-others',
      `${services.length - known.length} of the ${receivers.length} accounts it paid are not labelled as a service's`,
    );
  }
  const names = [...new Set(known.map(({ service }) => service?.name as string))].sort();
  if (names.length > 1) return undecided('several-services', `it paid ${names.join(' and ')}`);
  const customers = transfers.filter(({ to, from }) => to === account && options.serviceOf(from) === null);
  if (customers.length === 0) return undecided('no-customer', 'what it received came from services only');
  const bounds = options.bounds ?? VICTOR_BOUNDS;
  const forwards = matchForwards(account, transfers, options, bounds);
  if (forwards.length === 0) {
    return undecided(
      'out-of-bounds',
      `no transfer to ${names[0]} passed on an arrival within ${bounds.maxBlocks} blocks and ${bounds.maxKept} base units`,
    );
  }
  return { kind: 'deposit', deposit: describe(account, forwards, sent.length, options) };
}

/** Not a fee, not to itself, not nothing. */
function isMovement({ kind, from, to, amount }: Transfer): boolean {
  return kind !== 'fee' && from !== to && amount > 0n && !isFeeSink(to);
}

function describe(
  account: Account,
  forwards: readonly ForwardEvidence[],
  sent: number,
  { serviceOf }: DepositOptions,
): DepositAccount {
  const best = forwards.reduce((one, other) => (other.confidence > one.confidence ? other : one));
  const to = best.forwarded.to;
  const { name, source } = serviceOf(to) as Service;
  return {
    account,
    service: { account: to, name, source },
    confidence: best.confidence,
    forwards,
    unexplained: sent - forwards.length,
  };
}

/** Pairs each forward with the latest arrival, or run of arrivals, of the same asset that it can have passed on. */
function matchForwards(
  account: Account,
  transfers: readonly Transfer[],
  { serviceOf }: DepositOptions,
  bounds: DepositBounds,
): ForwardEvidence[] {
  const waiting = new Map<Asset, Transfer[]>();
  const forwards: ForwardEvidence[] = [];
  for (const transfer of transfers) {
    const arrivals = waiting.get(transfer.asset) ?? [];
    waiting.set(transfer.asset, arrivals);
    if (transfer.to === account) {
      if (serviceOf(transfer.from) === null) arrivals.push(transfer);
      continue;
    }
    const passed = passedOn(arrivals, transfer, bounds);
    if (passed === null) continue;
    arrivals.splice(passed.from, passed.count);
    forwards.push(passed.evidence);
  }
  return forwards;
}

type Passed = { readonly from: number; readonly count: number; readonly evidence: ForwardEvidence };

/** The shortest run that ends in the latest arrival comes first, then runs that end earlier: what waits longest is tried last. */
function passedOn(arrivals: readonly Transfer[], forward: Transfer, bounds: DepositBounds): Passed | null {
  const most = forward.asset === nativeAsset(assetChain(forward.asset)) ? bounds.maxKept : 0n;
  for (let end = arrivals.length; end > 0; end--) {
    let sum = 0n;
    for (let from = end - 1; from >= 0 && end - from <= MAX_SWEPT; from--) {
      const first = arrivals[from] as Transfer;
      const blocks = forward.blockNumber - first.blockNumber;
      if (blocks > bounds.maxBlocks) break;
      sum += first.amount;
      const kept = sum - forward.amount;
      if (kept > most) break;
      if (kept < 0n) continue;
      const run = arrivals.slice(from, end);
      return { from, count: run.length, evidence: evidenceOf(run, forward, { kept, blocks }, bounds) };
    }
  }
  return null;
}

function evidenceOf(
  run: readonly Transfer[],
  forward: Transfer,
  { kept, blocks }: { readonly kept: bigint; readonly blocks: number },
  { maxBlocks, maxKept }: DepositBounds,
): ForwardEvidence {
  const soon = maxBlocks === 0 ? 1 : 1 - blocks / maxBlocks;
  const whole = maxKept === 0n ? 1 : 1 - Number((kept * 1_000_000n) / maxKept) / 1_000_000;
  return {
    asset: forward.asset,
    received: run.map(movementOf),
    forwarded: movementOf(forward),
    kept,
    blocks,
    confidence: soon / 2 + whole / 2,
  };
}

function movementOf({ tx, from, to, amount, blockNumber }: Transfer): Movement {
  return { tx, from, to, amount, blockNumber };
}
