import { CairnError } from '../errors.ts';
import { type Coverage, compareTransfers, type LedgerReader, type Transfer, TransferTable } from '../ledger/index.ts';
import { type Account, type Asset, accountChain, isUtxoChain } from '../units/index.ts';
import {
  type AdverseOrder,
  adverseOrder,
  compareRuns,
  hasAssignedPlace,
  type Reordering,
  reorderedReader,
} from './adverse.ts';
import { type Compiled, compile, findNamed, type Named, refName, tracedAssets } from './compile.ts';
import { digestTrace } from './digest.ts';
import { ENGINE } from './engine-version.ts';
import { createPagedFrontier, createWholeFrontier, type Frontier, type FrontierOptions } from './frontier.ts';
import { createHeldRule } from './held.ts';
import { buildRun, type StatusOf, sortBy } from './outcome.ts';
import { policyOf } from './policies/index.ts';
import type { Policy } from './policies/lots.ts';
import { assertReconciled } from './reconcile.ts';
import type { PolicyId, StopLabel, TraceOptions, TraceRequest } from './request.ts';
import type { AdverseFinding, Run, TraceResult } from './result.ts';
import { PolicyRun } from './run.ts';
import { warningsOf } from './warnings.ts';

/** Accounts asked of the ledger at once. */
export const DEFAULT_PAGE_SIZE = 20_000;

/**
 * Follows what the request declares stolen, under each of its policies, and says where it was last seen.
 * The result depends on the ledger's content, the request and the labels only: not on paging, store or machine.
 * @param reader - a reader that offers `all` is read once, whole; any other is read account by account, as needed.
 * @throws {CairnError} `not-found`: a seed or crossing names no transfer; `invalid-input`: the request contradicts itself;
 * `interrupted`: the signal fired; `defect`: the result does not reconcile.
 */
export async function trace(
  reader: LedgerReader,
  request: TraceRequest,
  options: TraceOptions = {},
): Promise<TraceResult> {
  checkRequest(request);
  const stops = createStops(options);
  return conclude(reader, request, options, stops, await runAll(reader, request, stops.at, options, null));
}

/** What runs found, as a result: with the other orders of what was assigned, coverage, warnings and digest. */
export async function conclude(
  reader: LedgerReader,
  request: TraceRequest,
  options: TraceOptions,
  stops: Stops,
  main: Ran,
): Promise<TraceResult> {
  const adverse = await runAdverse(reader, request, stops.at, options, main);
  const followed = new Set([...main.followed, ...adverse.followed]);
  const coverage = await coverageOf(reader, followed);
  const statusOf = createStatus(request, coverage, main);
  const runs = main.runs.map((run, i) => buildRun(run, request.policies[i] as PolicyId, statusOf));
  for (const run of runs) assertReconciled(run);
  const consumed = merged(main.consumed, adverse.consumed).sort(compareTransfers);
  const shown = new Set(consumed.map((transfer) => refName(transfer)));
  const crossings = request.crossings.filter((crossing) => shown.has(refName(crossing.input)));
  const partial = {
    engine: ENGINE,
    parameters: request,
    coverage,
    crossings: sortBy(crossings, (crossing) => [crossing.id]),
    labels: stops.consulted(consumed),
    runs,
    adverseOrders: adverse.findings(runs, statusOf),
    consumed,
  };
  const passed = main.runs.flatMap((run) => [...run.stops.lookedThrough]);
  const warnings = warningsOf(
    partial,
    passed.map((account) => main.compiled.table.accounts.values[account] as Account),
  );
  return { ...partial, warnings, digest: digestTrace({ ...partial, warnings }) };
}

export function checkRequest(request: TraceRequest): void {
  if (request.seeds.length === 0)
    throw new CairnError('invalid-input', 'nothing is declared stolen: a trace needs a seed');
  if (request.policies.length === 0) throw new CairnError('invalid-input', 'a trace needs a policy');
  request.policies.forEach(policyOf);
  const { instructed } = request;
  if (instructed !== null && !request.policies.includes(instructed.policy)) {
    throw new CairnError('invalid-input', `the instructed rule ${instructed.policy} is not among the policies traced`);
  }
}

function merged(one: ReadonlyMap<string, Transfer>, two: ReadonlyMap<string, Transfer>): Transfer[] {
  return two.size === 0 ? [...one.values()] : [...new Map([...one, ...two]).values()];
}

export type Stops = {
  readonly at: (account: Account) => StopLabel | null;
  /** Labels that stopped the trace at an account that received something. */
  readonly consulted: (consumed: readonly Transfer[]) => TraceResult['labels'];
};

export function createStops(options: TraceOptions): Stops {
  const stopAt = options.stopAt ?? (() => null);
  return {
    at: stopAt,
    consulted(consumed) {
      // An output stops the trace where a label names whoever can spend it.
      const accounts = new Set(
        consumed.flatMap(({ from, to, lock }) => [from, to, ...(lock?.owner ? [lock.owner] : [])]),
      );
      const labels = [...accounts].sort().map((account) => ({ account, stop: stopAt(account) }));
      return labels.flatMap(({ account, stop }) => (stop === null ? [] : [{ account, ...stop }]));
    },
  };
}

/** Runs that have come to the end of the ledger, and what they went through. */
export type Ran = {
  readonly compiled: Compiled;
  readonly frontier: Frontier;
  readonly named: Named;
  readonly runs: readonly PolicyRun[];
  readonly followed: ReadonlySet<Account>;
  /** By name. */
  readonly consumed: ReadonlyMap<string, Transfer>;
};

export async function runAll(
  reader: LedgerReader,
  request: TraceRequest,
  stopAt: (account: Account) => StopLabel | null,
  options: TraceOptions,
  places: Reordering | null,
): Promise<Ran> {
  const source = places === null ? reader : reorderedReader(reader, places);
  const named = await findNamed(source, request);
  const assets = tracedAssets(request, named);
  const { table, whole } = fillTable(reader, request, named, assets, places);
  const compiled = compile(request, named, table, assets.length);
  const frontierOptions: FrontierOptions = {
    assets,
    limits: request.limits,
    reverse: request.direction === 'source-of-funds',
    pageSize: options.pageSize ?? DEFAULT_PAGE_SIZE,
    isStopped: (account) => stopAt(account) !== null,
    isSeeded: (account) => compiled.seeded.has(account),
  };
  const frontier = whole
    ? createWholeFrontier(table, frontierOptions)
    : createPagedFrontier(source, table, named, frontierOptions);
  for (const account of compiled.seeded) {
    if (frontier.loaded()[account] !== 1) await frontier.load(account, 0);
  }
  const runs: PolicyRun[] = [];
  for (const id of request.policies) {
    const run = new PolicyRun(compiled, frontier, policyOf(id), rulesOf(request, compiled, id), stopAt);
    await toTheEnd(run, id, options);
    runs.push(run);
  }
  return { compiled, frontier, named, runs, ...consumedBy(compiled, runs, frontier, named) };
}

/** Lets a run go on to the end of the ledger. @throws {CairnError} `interrupted`. */
export async function toTheEnd(run: PolicyRun, policy: PolicyId, options: TraceOptions): Promise<void> {
  while ((await run.step()) === 'more') {
    if (options.signal?.aborted) throw new CairnError('interrupted', 'the trace was stopped');
    options.onProgress?.({ policy, accounts: run.book.followed.length, transfers: run.book.flows.length });
    await options.breathe?.();
  }
}

function fillTable(
  reader: LedgerReader,
  request: TraceRequest,
  named: Named,
  assets: readonly Asset[],
  places: Reordering | null,
): { table: TransferTable; whole: boolean } {
  const table = new TransferTable();
  for (const asset of assets) table.assets.numberOf(asset);
  const { until } = request.limits;
  if (reader.all === undefined) {
    for (const transfer of named.transfers) table.add(transfer);
  } else {
    const traced = new Set(assets);
    const names = new Set(named.transfers.map(refName));
    for (const transfer of reader.all) {
      const isWanted = traced.has(transfer.asset) && (until === null || transfer.blockTime <= until);
      if (!isWanted && !names.has(refName(transfer))) continue;
      const place = places?.get(transfer.tx);
      table.add(place === undefined ? transfer : { ...transfer, txIndex: place });
    }
  }
  for (const seed of request.seeds) if (seed.kind === 'account') table.accounts.numberOf(seed.account);
  for (const { output } of request.crossings) if (output.kind === 'unrecorded') table.accounts.numberOf(output.account);
  table.sort();
  return { table, whole: reader.all !== undefined };
}

function rulesOf(request: TraceRequest, compiled: Compiled, policy: PolicyId): ReadonlyMap<number, Policy> {
  const rules = new Map<number, Policy>();
  if (policy === 'poison/1') return rules;
  for (const rule of request.rules) {
    const account = compiled.table.accounts.numberOf(rule.account);
    const asset = compiled.table.assets.find(rule.asset);
    if (asset !== undefined && asset < compiled.traced) {
      const { account: forAccounts, utxo } = policyOf(rule.policy);
      rules.set(
        account * compiled.traced + asset,
        isUtxoChain(accountChain(rule.account)) ? utxo : (forAccounts ?? utxo),
      );
    }
  }
  return rules;
}

/** Positive transfers of traced assets with a followed account on either side, proofs of services, and what seeds and crossings name. */
export function consumedBy(
  compiled: Compiled,
  runs: readonly PolicyRun[],
  frontier: Frontier,
  named: Named,
): Pick<Ran, 'followed' | 'consumed'> {
  const { table, traced } = compiled;
  const isFollowed = new Uint8Array(table.accounts.values.length);
  for (const run of runs) for (const account of run.book.followed) isFollowed[account] = 1;
  const followed = new Set<Account>();
  for (let account = 0; account < isFollowed.length; account++) {
    if (isFollowed[account] !== 1) continue;
    followed.add(table.accounts.values[account] as Account);
    // What is declared of whoever can spend an output holds for the output.
    followed.add(table.ownerOf(account));
  }
  // An account seed that held nothing is not followed, but that it held nothing must recompute from what is consumed.
  for (const { account } of compiled.accountSeeds) isFollowed[account] = 1;
  const consumed = new Map<string, Transfer>();
  const keep = (transfer: Transfer): void => void consumed.set(refName(transfer), transfer);
  for (const row of table.order) {
    const isTouched = isFollowed[table.from[row] as number] === 1 || isFollowed[table.to[row] as number] === 1;
    const isMoved = !table.amounts.isZero(row) || table.isUtxo(row);
    if (isTouched && (table.asset[row] as number) < traced && isMoved) keep(table.transfer(row));
  }
  for (const run of runs) for (const row of run.stops.mixers) keep(table.transfer(row));
  for (const run of runs) for (const account of run.stops.suspected) frontier.proof(account)?.forEach(keep);
  named.transfers.forEach(keep);
  return { followed, consumed };
}

async function coverageOf(reader: LedgerReader, followed: ReadonlySet<Account>): Promise<Coverage[]> {
  const coverage = await reader.coverage([...followed].sort());
  // A declaration that nothing is known of any account says what its absence says.
  const isEmpty = (c: Coverage): boolean => c.basis === 'unknown' && c.toBlock === null;
  return coverage.filter((c) => (c.account === null ? !isEmpty(c) : followed.has(c.account)));
}

function createStatus(request: TraceRequest, coverage: readonly Coverage[], main: Ran): StatusOf {
  const declared = coverage.filter(({ account }) => account === null || main.followed.has(account));
  const rule = createHeldRule(declared, request.limits.until);
  const lastBlocks = new Map<Account, number>();
  for (const { from, to, blockNumber, amount } of main.consumed.values()) {
    if (amount === 0n) continue;
    for (const account of [from, to]) lastBlocks.set(account, Math.max(lastBlocks.get(account) ?? 0, blockNumber));
  }
  return (account, owner, asset, fromBlock) => {
    if (request.direction === 'source-of-funds') return 'last-seen';
    return rule.isHeld(account, owner, asset, fromBlock, lastBlocks.get(account) ?? 0) ? 'held' : 'last-seen';
  };
}

type AdverseRan = {
  readonly followed: ReadonlySet<Account>;
  readonly consumed: ReadonlyMap<string, Transfer>;
  readonly findings: (runs: readonly Run[], statusOf: StatusOf) => AdverseFinding[];
};

/** Recomputes under both adverse orders, until the transfers consumed no longer grow: a turned order may follow new accounts. */
async function runAdverse(
  reader: LedgerReader,
  request: TraceRequest,
  stopAt: (account: Account) => StopLabel | null,
  options: TraceOptions,
  main: Ran,
): Promise<AdverseRan> {
  const followed = new Set<Account>();
  const consumed = new Map<string, Transfer>();
  const results: { order: AdverseOrder; ran: Ran }[] = [];
  const isAssigned = [...main.consumed.values()].some(hasAssignedPlace);
  for (const order of isAssigned ? (['receipts-first', 'spends-first'] as const) : []) {
    const known = new Map(main.consumed);
    for (let size = -1; size < known.size; ) {
      size = known.size;
      const places = adverseOrder([...known.values()], order);
      if (places.size === 0) break;
      const ran = await runAll(reader, request, stopAt, options, places);
      for (const [name, transfer] of ran.consumed) if (!known.has(name)) known.set(name, transfer);
      if (known.size > size) continue;
      for (const account of ran.followed) followed.add(account);
      for (const [name, transfer] of known) consumed.set(name, transfer);
      results.push({ order, ran });
    }
  }
  return {
    followed,
    consumed,
    findings: (runs, statusOf) =>
      results.flatMap(({ order, ran }) =>
        ran.runs.flatMap((run, i) => {
          const adverse = buildRun(run, request.policies[i] as PolicyId, statusOf);
          assertReconciled(adverse);
          return compareRuns(order, runs[i] as Run, adverse);
        }),
      ),
  };
}
