import type { HistoryQuery, LedgerReader, TransferTable } from '../ledger/index.ts';
import { type Account, accountChain, type Chain } from '../units/index.ts';
import { hasAssignedPlace } from './adverse.ts';
import { refName } from './compile.ts';
import { loadedAccounts } from './frontier.ts';
import type { PolicyId, StopLabel, TraceOptions, TraceRequest } from './request.ts';
import type { TraceResult } from './result.ts';
import { hasServiceLimits } from './service.ts';
import {
  checkRequest,
  conclude,
  consumedBy,
  createStops,
  DEFAULT_PAGE_SIZE,
  type Ran,
  runAll,
  toTheEnd,
} from './trace.ts';

/** A trace that goes on from where it stood when the ledger has grown. */
export type LiveTrace = {
  /** As `trace` gives it of the ledger as it was read last. */
  readonly result: () => TraceResult;
  /**
   * Takes in what the ledger has above these blocks. Everything up to them must be as it was: where it is not (a
   * reorganisation, older rows brought in since), start anew. One call at a time.
   * @param after - by chain, the last block that the trace was made of; chains it does not name have not grown.
   * @throws as `trace`; the next call traces anew.
   */
  readonly extend: (after: ReadonlyMap<Chain, number>) => Promise<Extension>;
};

/**
 * `extended`: no row that was applied before was applied again, and no history was read a second time. `recomputed`: it, or
 * a part of it, was made from the ledger's start, because going on could differ from what a fresh trace gives.
 */
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
  reader: LedgerReader,
  request: TraceRequest,
  options: TraceOptions = {},
): Promise<LiveTrace> {
  const live = await keepGoing(() => openTrace(reader, request, options));
  return {
    result: () => live.open().result(),
    async extend(after) {
      const obstacle = await live.goOn(after);
      const result = live.open().result();
      return { result, ...howMade(result, obstacle) };
    },
  };
}

type GoesOn = Pick<OpenTrace, 'goOn'>;

/** Lets something go on, and starts it anew where it cannot, or was broken off the last time. */
export async function keepGoing<T extends GoesOn>(
  start: () => Promise<T>,
): Promise<GoesOn & { readonly open: () => T }> {
  let open = await start();
  let isWhole = true;
  return {
    open: () => open,
    async goOn(after) {
      const wasWhole = isWhole;
      isWhole = false;
      const obstacle = wasWhole ? await open.goOn(after) : 'the last time it went on, it was broken off';
      if (obstacle !== null) open = await start();
      isWhole = true;
      return obstacle;
    },
  };
}

/** @param obstacle - why the trace could not go on; null: it did. */
export function howMade(result: TraceResult, obstacle: string | null): Omit<Extension, 'result'> {
  const why =
    obstacle ??
    (result.consumed.some(hasAssignedPlace) ? 'orders that ingest assigned are turned round from the start' : null);
  return { how: why === null ? 'extended' : 'recomputed', why };
}

/** As `LiveTrace`, for a caller that itself sees to what is to be done where it cannot go on. */
export type OpenTrace = Pick<LiveTrace, 'result'> & {
  /** @returns why it could not go on; null: it did. After a reason, or a throw, it can be used no more. */
  readonly goOn: (after: ReadonlyMap<Chain, number>) => Promise<string | null>;
};

/** @throws as `trace`. */
export async function openTrace(given: LedgerReader, request: TraceRequest, asked: TraceOptions): Promise<OpenTrace> {
  checkRequest(request);
  const reader = pagedReader(given);
  const labels = rememberLabels(asked.stopAt ?? (() => null));
  const options = { ...asked, stopAt: labels.stopAt };
  const stops = createStops(options);
  let ran = await runAll(reader, request, stops.at, options, null);
  let result = await conclude(reader, request, options, stops, ran);
  return {
    result: () => result,
    async goOn(after) {
      const obstacle =
        obstacleOf(request, ran.compiled.table) ??
        (labels.haveChanged() ? 'labels have changed' : null) ??
        (await applyNew(reader, request, options, ran, after));
      if (obstacle !== null) return obstacle;
      // What the runs counted has grown; which accounts and transfers it touches is gathered again.
      ran = { ...ran, ...consumedBy(ran.compiled, ran.runs, ran.frontier, ran.named) };
      result = await conclude(reader, request, options, stops, ran);
      return null;
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

/** Asks of each account once, and can tell whether an answer would be another now. */
function rememberLabels(stopAt: (account: Account) => StopLabel | null) {
  const answers = new Map<Account, StopLabel | null>();
  const isSame = (one: StopLabel | null, two: StopLabel | null): boolean =>
    one?.reason === two?.reason &&
    one?.label === two?.label &&
    one?.source === two?.source &&
    one?.contested === two?.contested;
  return {
    stopAt(account: Account): StopLabel | null {
      let answer = answers.get(account);
      if (answer === undefined) {
        answer = stopAt(account);
        answers.set(account, answer);
      }
      return answer;
    },
    haveChanged: (): boolean => [...answers].some(([account, answer]) => !isSame(answer, stopAt(account))),
  };
}

/** Why rows that come later could change what was made of earlier ones; null: they could not. */
function obstacleOf({ direction, limits, seeds }: TraceRequest, table: TransferTable): string | null {
  if (direction === 'source-of-funds') return 'source of funds is read from the newest row';
  if (hasServiceLimits(limits)) return 'whether an account behaves like a service rests on its whole history';
  if (seeds.some((seed) => seed.kind === 'account' && seed.at !== null)) {
    return 'a seed names a moment that may lie between what was read and what came in';
  }
  if (table.hasUnresolved) return 'what came in may tell what a transaction spent that was read before';
  return null;
}

/** @returns why the runs could not go on: they are spoilt then; null: they are at the ledger's end. */
async function applyNew(
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
  const first = table.count;
  const accounts = [...loadedAccounts(frontier)].map((account) => table.accounts.values[account] as Account);
  const assets = table.assets.values.slice(0, compiled.traced);
  const query = { accounts, assets, until: limits.until, limitPerAccount: null, after };
  await addNew(reader, query, table, options.pageSize ?? DEFAULT_PAGE_SIZE);
  for (let row = first; row < table.count; row++) {
    if (table.compare(row, last) < 0) return 'what came in on one chain is earlier than what was applied of another';
  }
  table.sort(sorted);
  for (const [i, run] of runs.entries()) {
    // Accounts that an earlier run has read since have put rows of theirs before those that came in.
    let place = sorted;
    while (table.order[place - 1] !== last) place++;
    run.resume(place);
    await toTheEnd(run, policies[i] as PolicyId, options);
  }
  return null;
}

/** Adds to the table what accounts have above the blocks. */
async function addNew(
  reader: LedgerReader,
  query: Required<HistoryQuery>,
  table: TransferTable,
  pageSize: number,
): Promise<void> {
  const taken = namesAbove(table, query.after);
  const accounts = query.accounts.filter((account) => query.after.has(accountChain(account)));
  for (let start = 0; start < accounts.length; start += pageSize) {
    await reader.histories({ ...query, accounts: accounts.slice(start, start + pageSize) }, (_, transfer) => {
      // A transfer between two accounts is read under both.
      if (taken.has(refName(transfer))) return;
      taken.add(refName(transfer));
      table.add(transfer);
    });
  }
}

/** Rows that were read from above the blocks already: while the ledger grew, or because the request names them. */
function namesAbove(table: TransferTable, after: ReadonlyMap<Chain, number>): Set<string> {
  const ends = table.chains.values.map((chain) => after.get(chain) ?? Number.POSITIVE_INFINITY);
  const names = new Set<string>();
  for (let row = 0; row < table.count; row++) {
    if ((table.block[row] as number) <= (ends[table.chain[row] as number] as number)) continue;
    names.add(refName({ tx: table.txs[row] as string, position: table.position[row] as number }));
  }
  return names;
}
