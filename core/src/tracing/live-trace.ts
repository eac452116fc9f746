import type { LedgerReader } from '../ledger/index.ts';
import { type Account, accountChain, type Chain, isUtxoChain } from '../units/index.ts';
import { refName } from './compile.ts';
import { loadedAccounts } from './frontier.ts';
import type { PolicyId, TraceOptions, TraceRequest } from './request.ts';
import type { TraceResult } from './result.ts';
import { hasServiceLimits } from './service.ts';
import { checkRequest, conclude, consumedBy, createStops, type Ran, runAll, toTheEnd } from './trace.ts';

/** A trace that goes on from where it stood when the ledger has grown. */
export type LiveTrace = {
  /** As `trace` gives it of the ledger as it was read last. */
  readonly result: () => TraceResult;
  /**
   * Takes in what the ledger has above these blocks. Everything up to them must be as it was.
   * @param after - by chain, the last block that the trace was made of; chains it does not name have not grown.
   * @throws as `trace`; the trace is then no longer usable.
   */
  readonly extend: (after: ReadonlyMap<Chain, number>) => Promise<Extension>;
};

/** `extended`: rows applied before were not applied again. `recomputed`: that would not have given what a fresh trace gives. */
export type Extension = {
  readonly result: TraceResult;
  readonly how: 'extended' | 'recomputed';
  /** Why it was recomputed; null: it was not. */
  readonly why: string | null;
};

/**
 * Traces, and keeps what the runs know: their holdings, lots and counts. What `extend` gives equals `trace` on the grown ledger, byte
 * for byte; where going on could differ from that, it traces anew from the ledger.
 * @throws as `trace`.
 */
export async function startLiveTrace(
  given: LedgerReader,
  request: TraceRequest,
  options: TraceOptions = {},
): Promise<LiveTrace> {
  checkRequest(request);
  const reader = pagedReader(given);
  const stops = createStops(options);
  const afresh = (): Promise<Ran> => runAll(reader, request, stops.at, options, null);
  const concluded = (ran: Ran): Promise<TraceResult> => conclude(reader, request, options, stops, ran);
  let ran = await afresh();
  let result = await concluded(ran);
  return {
    result: () => result,
    async extend(after) {
      const obstacle = obstacleOf(request, ran) ?? (await goOn(reader, request, options, ran, after));
      // What the runs counted has grown; which accounts and transfers it touches is gathered again.
      ran =
        obstacle === null ? { ...ran, ...consumedBy(ran.compiled, ran.runs, ran.frontier, ran.named) } : await afresh();
      result = await concluded(ran);
      return { result, how: obstacle === null ? 'extended' : 'recomputed', why: obstacle };
    },
  };
}

/** A reader without the shortcut of a ledger at hand: that is read once, and does not grow. */
function pagedReader(reader: LedgerReader): LedgerReader {
  return {
    histories: (query, visit) => reader.histories(query, visit),
    transactions: (hashes) => reader.transactions(hashes),
    coverage: (accounts) => reader.coverage(accounts),
  };
}

/** Why rows that come later could change what was made of earlier ones; null: they could not. */
function obstacleOf(request: TraceRequest, { compiled: { table } }: Ran): string | null {
  if (request.direction === 'source-of-funds') return 'source of funds is read from the newest row';
  if (hasServiceLimits(request.limits)) return 'whether an account behaves like a service rests on its whole history';
  if (request.seeds.some((seed) => seed.kind === 'account' && seed.at !== null)) {
    return 'a seed names a moment that may lie between what was read and what came in';
  }
  if (table.chains.values.some((chain) => isUtxoChain(chain as Chain))) {
    return 'on UTXO chains what came in may tell what was spent before';
  }
  return null;
}

/** @returns why the runs could not go on: they are spoilt then; null: they are at the ledger's end. */
async function goOn(
  reader: LedgerReader,
  { policies, limits }: TraceRequest,
  options: TraceOptions,
  { compiled, frontier, runs }: Ran,
  after: ReadonlyMap<Chain, number>,
): Promise<string | null> {
  const { table } = frontier;
  const sorted = table.order.length;
  if (sorted === 0) return 'nothing was read before';
  const last = table.order[sorted - 1] as number;
  const before = loadedAccounts(frontier);
  const first = table.count;
  const accounts = [...before].map((account) => table.accounts.values[account] as Account);
  const taken = new Set<string>();
  const assets = table.assets.values.slice(0, compiled.traced);
  const query = { accounts: accounts.filter((account) => after.has(accountChain(account))), assets, after };
  await reader.histories({ ...query, until: limits.until, limitPerAccount: null }, (_, transfer) => {
    // A transfer between two accounts is read under both.
    if (taken.has(refName(transfer))) return;
    taken.add(refName(transfer));
    table.add(transfer);
  });
  for (let row = first; row < table.count; row++) {
    if (table.compare(row, last) < 0) return 'what came in on one chain is earlier than what was applied of another';
  }
  table.sort(sorted);
  for (const [i, run] of runs.entries()) {
    // Accounts that an earlier run has read since have put rows of theirs before those that came in.
    let place = sorted;
    while (table.order[place - 1] !== last) place++;
    const since = new Set([...loadedAccounts(frontier)].filter((account) => !before.has(account)));
    run.resume(place, since);
    await toTheEnd(run, policies[i] as PolicyId, options);
  }
  return null;
}
