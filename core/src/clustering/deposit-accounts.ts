import { CairnError } from '../errors.ts';
import { compareTransfers, isFeeSink, type LedgerReader, type Transfer } from '../ledger/index.ts';
import { type Account, accountChain, BITCOIN } from '../units/index.ts';
import type { DepositAccount, DepositFinding, ForwardEvidence, Service, UndecidedReason } from './deposit-account.ts';
import { type DepositBounds, isPayment, matchForwards, VICTOR_BOUNDS } from './forwards.ts';

/** Histories are read for this many accounts at a time, and no further than this for one: what is in memory stays bounded. */
const ACCOUNTS_AT_A_TIME = 500;
const MOST_TRANSFERS = 100_000;

export type DepositOptions = {
  /**
   * Labelled accounts that services sweep deposits into, or fill up gas from; null: the account is none. A customer's labelled
   * deposit account must give null: whoever pays into that is the customer.
   */
  readonly serviceOf: (account: Account) => Service | null;
  /** Is it labelled as anything else? Then there is nothing to infer. */
  readonly isLabelled?: (account: Account) => boolean;
  readonly bounds?: DepositBounds;
  /** Unix seconds: nothing later is looked at; null: no end. */
  readonly until?: number | null;
  /** Accounts judged so far. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: { readonly aborted: boolean };
};

/**
 * Which of these accounts behave like an exchange's deposit accounts, by the record the ledger has of them?
 *
 * An account is recognised where (1) nobody says who it is, (2) everything it sent, fees apart, went to labelled accounts of
 * one service, and (3) at least one such transfer passed on what a customer had paid in no more than `maxBlocks` earlier, with no
 * more than `maxKept` of ether left behind; every other asset is passed on to the last unit. 3 is Victor's rule, for ether; 2 makes
 * it stricter. Arrivals from labelled services (gas for a sweep) and from contracts do not count.
 * A forward may pass on several arrivals in a row: that is an extension of his one to one.
 *
 * A wallet whose owner always sends on to one exchange within half a day looks the same on the chain. It is an inference, and
 * rests on the record: a payment to somebody else that the ledger lacks would undo it.
 * @returns recognised accounts, sorted; the answer depends on the ledger and the options only.
 * @throws {CairnError} `interrupted`: the signal fired.
 * @see Victor, "Address Clustering Heuristics for Ethereum", Financial Cryptography 2020, algorithm 1.
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
  const findings: DepositFinding[] = [];
  for (let start = 0; start < accounts.length; start += ACCOUNTS_AT_A_TIME) {
    stopIfAsked(options);
    const some = accounts.slice(start, start + ACCOUNTS_AT_A_TIME);
    const histories = await readHistories(reader, some, options);
    for (const account of some) findings.push(judge(account, histories.get(account) ?? [], options));
    options.onProgress?.({ done: findings.length, total: accounts.length });
  }
  return findings;
}

async function readHistories(
  reader: LedgerReader,
  accounts: readonly Account[],
  { until = null }: DepositOptions,
): Promise<Map<Account, Transfer[]>> {
  const histories = new Map<Account, Transfer[]>(accounts.map((account) => [account, []]));
  const query = { accounts, assets: null, until, limitPerAccount: MOST_TRANSFERS + 1 };
  await reader.histories(query, (owner, transfer) => void histories.get(owner)?.push(transfer));
  return histories;
}

/**
 * Accounts worth asking about: those that paid a labelled account of a service, and are not labelled themselves.
 * @param services - labelled accounts of services.
 * @throws {CairnError} `interrupted`: the signal fired.
 */
export async function findDepositCandidates(
  reader: LedgerReader,
  services: readonly Account[],
  options: DepositOptions,
): Promise<Account[]> {
  const payers = new Set<Account>();
  const accounts = services.filter(isOnAccountChain).sort();
  const query = { accounts, assets: null, until: options.until ?? null, limitPerAccount: null };
  await reader.histories(query, (owner, { from, to, kind }) => {
    if (to === owner && from !== owner && kind !== 'fee') payers.add(from);
  });
  stopIfAsked(options);
  return [...payers].filter((payer) => !isKnown(payer, options)).sort();
}

function stopIfAsked({ signal }: DepositOptions): void {
  if (signal?.aborted) throw new CairnError('interrupted', 'the search for deposit accounts was stopped');
}

function isOnAccountChain(account: Account): boolean {
  return accountChain(account) !== BITCOIN;
}

function isKnown(account: Account, { serviceOf, isLabelled }: DepositOptions): boolean {
  return serviceOf(account) !== null || isLabelled?.(account) === true;
}

type Why = readonly [reason: UndecidedReason, because: string];

function judge(account: Account, history: Transfer[], options: DepositOptions): DepositFinding {
  const transfers = history.filter(isMovement).sort(compareTransfers);
  const why =
    whyNotAsked(account, history, options) ??
    whyNotByReceivers(account, transfers, options) ??
    whyNotByPayments(account, transfers, options);
  if (why !== null) return { kind: 'undecided', account, reason: why[0], because: why[1] };
  const forwards = matchForwards(account, transfers, options.serviceOf, options.bounds ?? VICTOR_BOUNDS);
  const sent = transfers.filter(({ from }) => from === account);
  if (forwards.length === 0) {
    const because = outOfBounds(options.serviceOf((sent[0] as Transfer).to)?.name ?? '', options);
    return { kind: 'undecided', account, reason: 'out-of-bounds', because };
  }
  return { kind: 'deposit', deposit: describe(account, forwards, sent.length, options) };
}

function outOfBounds(service: string, { bounds = VICTOR_BOUNDS }: DepositOptions): string {
  const kept = `at most ${bounds.maxKept} wei of ether left behind and nothing of any other asset`;
  return `no transfer to ${service} passed on what had arrived within ${bounds.maxBlocks} blocks, with ${kept}`;
}

function whyNotAsked(account: Account, history: readonly Transfer[], options: DepositOptions): Why | null {
  if (isKnown(account, options)) return ['labelled', 'a label says who it is'];
  if (!isOnAccountChain(account))
    return ['other-chain', 'its chain has no accounts that forward: coins are spent together'];
  if (history.length === 0) return ['no-record', 'the ledger has no transfer of it'];
  if (history.length <= MOST_TRANSFERS) return null;
  return ['too-many', `the ledger has more than ${MOST_TRANSFERS} transfers of it, which are not looked through`];
}

function whyNotByReceivers(
  account: Account,
  transfers: readonly Transfer[],
  { serviceOf }: DepositOptions,
): Why | null {
  const receivers = [...new Set(transfers.filter(({ from }) => from === account).map(({ to }) => to))];
  if (receivers.length === 0) return ['nothing-sent', 'the record shows nothing that it sent on'];
  const services = receivers.map(serviceOf).filter((service) => service !== null);
  const others = receivers.length - services.length;
  const because = `of ${receivers.length} accounts it paid, ${others} not labelled as a service's`;
  if (services.length === 0) return ['no-labelled-service', because];
  if (others > 0) return ['pays-others', because];
  const names = [...new Set(services.map(({ name }) => name))].sort();
  return names.length > 1 ? ['several-services', `it paid ${names.join(' and ')}`] : null;
}

function whyNotByPayments(account: Account, transfers: readonly Transfer[], { serviceOf }: DepositOptions): Why | null {
  const arrivals = transfers.filter(({ to }) => to === account);
  if (arrivals.length === 0) return ['no-customer', 'the record shows nothing that it received'];
  if (arrivals.some((arrival) => isPayment(arrival, serviceOf))) return null;
  return ['no-customer', 'what it received came from labelled services and contracts only'];
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
  const to = mostPaid(forwards);
  const { name, source } = serviceOf(to) as Service;
  return {
    account,
    service: { account: to, name, source },
    confidence: forwards.reduce((best, { confidence }) => Math.max(best, confidence), 0),
    forwards,
    unexplained: sent - forwards.length,
  };
}

/** The account that most forwards went to; among equals the first by name. */
function mostPaid(forwards: readonly ForwardEvidence[]): Account {
  const counts = new Map<Account, number>();
  for (const { forwarded } of forwards) counts.set(forwarded.to, (counts.get(forwarded.to) ?? 0) + 1);
  const [[account]] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)) as [[Account, number]];
  return account;
}
