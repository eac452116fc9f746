import type { EvidenceReader, LedgerReader, TransactionEvidence, Transfer } from '../ledger/index.ts';
import { type Account, type Chain, compareText } from '../units/index.ts';
import { type Found, noteVenue, nothingFound, take } from './across-found.ts';
import { transactionName as nameOf, refName } from './compile.ts';
import type { RefusedKey } from './crossings/choose-payouts.ts';
import { type Leg, legKey } from './crossings/leg.ts';
import { matchLegs, type UnmatchedLeg } from './crossings/match.ts';
import { crossingsOfSwaps, swapsOf } from './crossings/netting.ts';
import { decodeLegs } from './crossings/protocols.ts';
import { wrapCrossing, wrapsOf } from './crossings/wraps.ts';
import type { Crossing, StopLabel, TraceOptions, TraceRequest } from './request.ts';
import type { TraceResult } from './result.ts';
import { trace } from './trace.ts';

/** A trace that follows what the chains themselves prove to be one. */
export type TracedAcross = {
  readonly result: TraceResult;
  /** The records that prove the exact crossings of the result. Sorted by (chain, tx). */
  readonly evidence: readonly TransactionEvidence[];
  /** Ways into a bridge, swap network or mixer that the trace reached and whose other side is not on record. Sorted by (chain, tx). */
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
  const { found, traced } = await search(ledger, request, options, async (...asked) => {
    const result = await trace(...asked);
    return { result: () => result };
  });
  return assemble(traced.result(), found);
}

/** Traces in the way given, round by round, until no record shows another crossing. @returns with the last round's trace. */
export async function search<T extends { readonly result: () => TraceResult }>(
  ledger: LedgerReader & EvidenceReader,
  request: TraceRequest,
  options: AcrossOptions,
  traceOnce: (ledger: LedgerReader, request: TraceRequest, options: TraceOptions) => Promise<T>,
): Promise<{ readonly found: Found; readonly traced: T }> {
  const found = nothingFound(request.crossings, options.followInferred ?? false);
  for (;;) {
    const crossings = [...request.crossings, ...[...found.crossings.values()].sort((a, b) => compareText(a.id, b.id))];
    // As they are known when the round begins.
    const venues = new Map(found.venues);
    const stopAt = (account: Account): StopLabel | null => options.stopAt?.(account) ?? venues.get(account) ?? null;
    const traced = await traceOnce(ledger, { ...request, crossings }, { ...options, stopAt });
    const round = found.strangers.push(new Set()) - 1;
    await lookOn(ledger, traced.result(), found, round);
    // Without another crossing or place to stop, the next round would be this one again, unless a record was put off.
    const isNew = found.crossings.size + found.venues.size > crossings.length - request.crossings.length + venues.size;
    if (!(ledger.postponed?.() ?? false) && !isNew) return { found, traced };
  }
}

/** Looks into the records of what moved, as far as they were not seen before. */
export async function lookOn(
  ledger: LedgerReader & EvidenceReader,
  result: TraceResult,
  found: Found,
  round: number,
): Promise<void> {
  const fresh = movedIn(result).filter((tx) => !found.seen.has(tx));
  for (const tx of fresh) found.seen.add(tx);
  const records = fresh.length === 0 ? [] : await ledger.evidence(fresh);
  if (records.length > 0) await lookInto(ledger, records, result, found, round);
}

/** Transactions in which traced value moved under any rule. */
function movedIn(result: TraceResult): string[] {
  const edges = result.runs.flatMap((run) => run.tags.flatMap((tag) => tag.edges));
  return [...new Set(edges.flatMap((edge) => edge.transactions))].sort();
}

/** A ledger that fetches brings the record of whoever is to be paid on the other side: the payment is part of it. */
export async function expectPayees(ledger: LedgerReader, legs: readonly Leg[]): Promise<void> {
  if (ledger.expect === undefined) return;
  const payees = legs.flatMap(({ side, destination }): Account[] => {
    if (side !== 'in' || destination?.chain == null || destination.account === null) return [];
    // Some protocols name a whole account, some an address in the chain's own form.
    const { chain, account } = destination;
    const name = account.startsWith(`${chain}:`) ? account : `${chain}:${account}`;
    return /^[a-z0-9]+:[a-zA-Z0-9]+:[a-zA-Z0-9]+$/.test(name) ? [name as Account] : [];
  });
  if (payees.length > 0) await ledger.expect([...new Set(payees)]);
}

async function lookInto(
  ledger: LedgerReader & EvidenceReader,
  records: readonly TransactionEvidence[],
  result: TraceResult,
  found: Found,
  round: number,
): Promise<void> {
  const near = result.parameters.direction === 'forward' ? 'in' : 'out';
  const own = records.flatMap(decodeLegs);
  const keys = new Set(own.filter(({ side }) => side === near).flatMap((leg) => legKey(leg) ?? []));
  if (near === 'in') {
    found.entries.push(...own.filter(({ side }) => side === 'in'));
    await expectPayees(ledger, own);
  }
  const stored = keys.size === 0 ? [] : await ledger.evidenceByKey([...keys]);
  const named = Map.groupBy(stored, ({ key }) => key);
  for (const key of keys) found.keys.set(key, new Set(named.get(key)?.map(({ evidence }) => nameOf(evidence))));
  const all = new Map(
    [...records, ...stored.map(({ evidence }) => evidence)].map((record) => [nameOf(record), record]),
  );
  const transfers = Map.groupBy(await ledger.transactions([...all.values()].map(({ tx }) => tx)), nameOf);
  const transfersOf = (chain: Chain, tx: string): readonly Transfer[] => transfers.get(nameOf({ chain, tx })) ?? [];
  const legs = [...all.values()].flatMap(decodeLegs).filter((leg) => {
    const key = legKey(leg);
    return key === null ? leg.side === near && own.includes(leg) : keys.has(key);
  });
  for (const leg of own) noteVenue(leg, transfersOf(leg.chain, leg.tx), found);
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
    if (!holders.has(account)) found.strangers[round]?.add(account);
    return holders.has(account);
  };
  for (const record of records) {
    for (const crossing of insideOf(record, transfersOf(record.chain, record.tx), isHolder)) take(crossing, all, found);
  }
}

/** Accounts that the trace follows, and those that gave seeded value (source of funds: received it). */
export function holdersOf(result: TraceResult): ReadonlySet<Account> {
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

export function assemble(result: TraceResult, found: Found): TracedAcross {
  const proofs = result.crossings.flatMap(({ proof }) => proof?.transactions ?? []);
  const names = [...new Set(proofs.map(nameOf))].sort(compareText);
  const reached = new Set(movedIn(result));
  return {
    result,
    evidence: names.flatMap((name) => found.records.get(name) ?? []),
    exits: found.exits
      .filter(({ leg }) => reached.has(leg.tx))
      .sort((a, b) => compareText(nameOf(a.leg), nameOf(b.leg))),
    refused: found.refused,
    doubtful: found.doubtful,
  };
}
