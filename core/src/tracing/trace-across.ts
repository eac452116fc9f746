import type { EvidenceReader, LedgerReader, TransactionEvidence, Transfer } from '../ledger/index.ts';
import { type Account, type Chain, compareText } from '../units/index.ts';
import { transactionName as nameOf, refName } from './compile.ts';
import type { RefusedKey } from './crossings/choose-payouts.ts';
import { type Leg, legKey } from './crossings/leg.ts';
import { locate } from './crossings/locate.ts';
import { matchLegs, type UnmatchedLeg } from './crossings/match.ts';
import { crossingsOfSwaps, swapsOf } from './crossings/netting.ts';
import { decodeLegs, PROTOCOLS } from './crossings/protocols.ts';
import { wrapCrossing, wrapsOf } from './crossings/wraps.ts';
import { type Extension, type LiveTrace, startLiveTrace } from './live-trace.ts';
import type { Crossing, StopLabel, TraceOptions, TraceRequest } from './request.ts';
import type { TraceResult } from './result.ts';
import { trace } from './trace.ts';

/** A trace that follows what the chains themselves prove to be one. */
export type TracedAcross = {
  readonly result: TraceResult;
  /** The records that prove the exact crossings of the result. Sorted by (chain, tx). */
  readonly evidence: readonly TransactionEvidence[];
  /** Ways into a bridge, swap network or mixer that the trace reached and whose other side is not on record. */
  readonly exits: readonly UnmatchedLeg[];
  /** Keys with two sides that were not joined, and why. */
  readonly refused: readonly RefusedKey[];
  /** Crossings of basis `inferred`: a key joins them that anyone could have written. Followed only where that was asked for. */
  readonly doubtful: readonly Crossing[];
};

export type AcrossOptions = TraceOptions & {
  /** Follow crossings that the records suggest and do not prove; they stay marked as `inferred`. Default: no. */
  readonly followInferred?: boolean;
};

type Found = {
  readonly crossings: Map<string, Crossing>;
  readonly records: Map<string, TransactionEvidence>;
  /** Contracts that decoded events name as a way in or out, and why a trace stops there. */
  readonly venues: Map<Account, StopLabel>;
  readonly exits: UnmatchedLeg[];
  readonly refused: RefusedKey[];
  readonly doubtful: Crossing[];
  readonly followInferred: boolean;
  /** Transfers that a crossing uses. */
  readonly used: Set<string>;
  /** Who swapped or wrapped in the records, and held nothing that is traced. */
  readonly strangers: Set<Account>;
};

/**
 * Traces, looks at the record of every transaction that moved traced value, takes the crossings these prove into the
 * request, and traces again, until there is nothing new. What is already declared of a transfer stands.
 * @throws as `trace`.
 */
export async function traceAcross(
  ledger: LedgerReader & EvidenceReader,
  request: TraceRequest,
  options: AcrossOptions = {},
): Promise<TracedAcross> {
  const once = async (...asked: Parameters<typeof trace>) => {
    const result = await trace(...asked);
    return { result: () => result };
  };
  const { found, traced } = await search(ledger, request, options, once);
  return assemble(traced.result(), found);
}

/** As `LiveTrace`, across crossings. */
export type LiveTraceAcross = {
  readonly traced: () => TracedAcross;
  readonly extend: (after: ReadonlyMap<Chain, number>) => Promise<Omit<Extension, 'result'>>;
};

/**
 * As `traceAcross`, and goes on from where it stood when the ledger has grown. Where what came in shows a crossing, it is traced anew.
 * @throws as `trace`.
 */
export async function startLiveTraceAcross(
  ledger: LedgerReader & EvidenceReader,
  request: TraceRequest,
  options: AcrossOptions = {},
): Promise<LiveTraceAcross> {
  const start = () => search(ledger, request, options, startLiveTrace);
  let { found, seen, traced: live } = await start();
  return {
    traced: () => assemble(live.result(), found),
    async extend(after) {
      const { result, how, why } = await live.extend(after);
      if (!(await findsMore(ledger, result, found, seen))) return { how, why };
      ({ found, seen, traced: live } = await start());
      return { how: 'recomputed', why: 'what came in shows a crossing, or a way into one' };
    },
  };
}

type Search<T> = {
  readonly found: Found;
  /** Transactions whose record was looked into. */
  readonly seen: Set<string>;
  readonly traced: T;
};

/** Traces in the way given until no record shows another crossing. */
async function search<T extends Pick<LiveTrace, 'result'>>(
  ledger: LedgerReader & EvidenceReader,
  request: TraceRequest,
  options: AcrossOptions,
  traceOnce: (ledger: LedgerReader, request: TraceRequest, options: TraceOptions) => Promise<T>,
): Promise<Search<T>> {
  const found: Found = {
    crossings: new Map(),
    records: new Map(),
    venues: new Map(),
    exits: [],
    refused: [],
    doubtful: [],
    followInferred: options.followInferred ?? false,
    used: new Set(request.crossings.flatMap(refsOf)),
    strangers: new Set(),
  };
  const stopAt = (account: Account): StopLabel | null => options.stopAt?.(account) ?? found.venues.get(account) ?? null;
  const seen = new Set<string>();
  for (;;) {
    const crossings = [...request.crossings, ...[...found.crossings.values()].sort((a, b) => compareText(a.id, b.id))];
    const traced = await traceOnce(ledger, { ...request, crossings }, { ...options, stopAt });
    if (!(await lookOn(ledger, traced.result(), found, seen))) return { found, seen, traced };
  }
}

/** Looks into records not seen before. @returns false: there are none. */
async function lookOn(
  ledger: LedgerReader & EvidenceReader,
  result: TraceResult,
  found: Found,
  seen: Set<string>,
): Promise<boolean> {
  const fresh = movedIn(result).filter((tx) => !seen.has(tx));
  for (const tx of fresh) seen.add(tx);
  const records = fresh.length === 0 ? [] : await ledger.evidence(fresh);
  if (records.length > 0) await lookInto(ledger, result.parameters.direction, records, result, found);
  return records.length > 0;
}

/** Would a fresh search find a crossing that this one lacks? */
async function findsMore(
  ledger: LedgerReader & EvidenceReader,
  result: TraceResult,
  found: Found,
  seen: Set<string>,
): Promise<boolean> {
  const keys = new Set(found.exits.flatMap(({ leg }) => legKey(leg) ?? []));
  const partners = keys.size === 0 ? [] : await ledger.evidenceByKey([...keys]);
  if (partners.some(({ evidence }) => !seen.has(evidence.tx))) return true;
  const holders = holdersOf(result);
  if ([...found.strangers].some((account) => holders.has(account))) return true;
  const before = [found.crossings.size, found.venues.size, found.doubtful.length, found.refused.length].join();
  await lookOn(ledger, result, found, seen);
  return [found.crossings.size, found.venues.size, found.doubtful.length, found.refused.length].join() !== before;
}

/** Transactions in which traced value moved under any rule. */
function movedIn(result: TraceResult): string[] {
  const edges = result.runs.flatMap((run) => run.tags.flatMap((tag) => tag.edges));
  return [...new Set(edges.flatMap((edge) => edge.transactions))].sort();
}

async function lookInto(
  ledger: LedgerReader & EvidenceReader,
  direction: TraceRequest['direction'],
  records: readonly TransactionEvidence[],
  result: TraceResult,
  found: Found,
): Promise<void> {
  const near = direction === 'forward' ? 'in' : 'out';
  const own = records.flatMap(decodeLegs);
  const keys = new Set(own.filter(({ side }) => side === near).flatMap((leg) => legKey(leg) ?? []));
  const stored = keys.size === 0 ? [] : await ledger.evidenceByKey([...keys]);
  const all = new Map(
    [...records, ...stored.map(({ evidence }) => evidence)].map((record) => [nameOf(record), record]),
  );
  const transfers = Map.groupBy(await ledger.transactions([...all.values()].map(({ tx }) => tx)), nameOf);
  const transfersOf = (chain: Chain, tx: string): readonly Transfer[] => transfers.get(nameOf({ chain, tx })) ?? [];
  const legs = [...all.values()].flatMap(decodeLegs).filter((leg) => {
    const key = legKey(leg);
    return key === null ? leg.side === near && own.includes(leg) : keys.has(key);
  });
  for (const leg of own) noteVenue(leg, transfersOf(leg.chain, leg.tx), found.venues);
  const matched = matchLegs(
    legs.filter(({ side }) => side === 'in'),
    legs.filter(({ side }) => side === 'out'),
    transfersOf,
  );
  found.exits.push(...matched.unmatched.filter(({ leg }) => leg.side === near));
  found.refused.push(...matched.refused);
  found.doubtful.push(...matched.doubtful);
  for (const crossing of matched.crossings) take(crossing, all, found);
  if (found.followInferred) for (const crossing of matched.doubtful) take(crossing, all, found);
  const holders = holdersOf(result);
  const isHolder = (account: Account): boolean => {
    if (!holders.has(account)) found.strangers.add(account);
    return holders.has(account);
  };
  for (const record of records) {
    for (const crossing of insideOf(record, transfersOf(record.chain, record.tx), isHolder)) take(crossing, all, found);
  }
}

/** Accounts that the trace follows, and those that gave seeded value (source of funds: received it). */
function holdersOf(result: TraceResult): ReadonlySet<Account> {
  const seeds = new Set(
    result.parameters.seeds.map((seed) => (seed.kind === 'transfer' ? refName(seed.transfer) : '')),
  );
  const seeded = result.consumed
    .filter((transfer) => seeds.has(refName(transfer)))
    .map(({ from, to }) => (result.parameters.direction === 'forward' ? from : to));
  return new Set([...result.runs.flatMap((run) => run.followed), ...seeded]);
}

/** What holders of value did inside one transaction: swaps, then wraps. */
function insideOf(
  record: TransactionEvidence,
  transfers: readonly Transfer[],
  isHolder: (account: Account) => boolean,
): Crossing[] {
  if (record.kind !== 'evm') return [];
  const swaps = crossingsOfSwaps(swapsOf(transfers, record), isHolder);
  const wraps = wrapsOf(transfers, record).filter(({ account }) => isHolder(account));
  return [...swaps, ...wraps.flatMap((wrap) => wrapCrossing(wrap) ?? [])];
}

/** Takes a crossing in, unless a transfer of it is used already: a bridge before a swap, a swap before a wrap. */
function take(crossing: Crossing, records: ReadonlyMap<string, TransactionEvidence>, found: Found): void {
  const refs = refsOf(crossing);
  const shares =
    crossing.part !== undefined || (crossing.output.kind === 'transfer' && crossing.output.part !== undefined);
  if (found.crossings.has(crossing.id)) return;
  const taken = refs.filter((ref) => found.used.has(ref));
  const isOwn = taken.every((ref) => shares && usedBySibling(ref, crossing, found));
  if (taken.length > 0 && !isOwn) return;
  found.crossings.set(crossing.id, crossing);
  for (const ref of refs) found.used.add(ref);
  for (const named of crossing.proof?.transactions ?? []) {
    const record = records.get(nameOf(named));
    if (record !== undefined) found.records.set(nameOf(named), record);
  }
}

/** Is a transfer shared with another part of the same crossing, `KEY#001` and on, each taking its share? */
function usedBySibling(ref: string, crossing: Crossing, { crossings }: Found): boolean {
  return [...crossings.values()].some((other) => refsOf(other).includes(ref) && wholeOf(other) === wholeOf(crossing));
}

const wholeOf = ({ id }: Crossing): string => id.replace(/#\d+$/, '');

/** A contract that an event of a known protocol names stops the trace where no crossing leads on. */
function noteVenue(leg: Leg, transfers: readonly Transfer[], venues: Map<Account, StopLabel>): void {
  if (leg.place.kind !== 'log') return;
  const carrier = locate(leg, transfers);
  const venue = carrier.kind !== 'found' ? leg.venue : leg.side === 'in' ? carrier.transfer.to : carrier.transfer.from;
  if (venue === null || venues.has(venue)) return;
  const title = PROTOCOLS.find(({ id }) => id === leg.protocol)?.title ?? leg.protocol;
  const reason = leg.protocol === 'tornado' ? 'label:mixer' : 'label:bridge';
  venues.set(venue, { reason, label: title, source: `event of ${title} in a recorded receipt`, contested: false });
}

function assemble(result: TraceResult, found: Found): TracedAcross {
  const proofs = result.crossings.flatMap(({ proof }) => proof?.transactions ?? []);
  const names = [...new Set(proofs.map(nameOf))].sort(compareText);
  const reached = new Set(movedIn(result));
  return {
    result,
    evidence: names.flatMap((name) => found.records.get(name) ?? []),
    exits: found.exits.filter(({ leg }) => reached.has(leg.tx)),
    refused: found.refused,
    doubtful: found.doubtful,
  };
}

function refsOf({ input, output }: Crossing): string[] {
  const refs = output.kind === 'transfer' ? [input, output.transfer] : [input];
  return refs.map(refName);
}
