import { CairnError } from '../../errors.ts';
import { isFeeSink } from '../../ledger/index.ts';
import type { Limits, TagResult, TraceResult } from '../../tracing/index.ts';
import { type Account, type Asset, compareText } from '../../units/index.ts';
import type { Exposure, ExposureLine, ExposureParty } from './exposure.ts';
import { movementsOf, startOf } from './movements.ts';
import { createCrossingsTo, createPaths } from './path.ts';
import { nameOf, type Question } from './subject.ts';

/** The reason of a terminal at a party, before its category. */
export const PARTY_REASON = 'party:';

export type Answered = {
  readonly question: Question;
  readonly result: TraceResult;
  readonly tag: TagResult;
};

/** What one trace found, sorted into parties and reasons; base units of the question's asset. */
type Split = {
  readonly total: bigint;
  readonly parties: Map<Account, bigint>;
  readonly services: Map<Account, bigint>;
  readonly unattributed: Map<string, Map<Account, bigint>>;
  readonly fees: bigint;
};

/**
 * The total and the lines of one direction and asset.
 * @throws {CairnError} `defect`: the lines do not sum to the total, or a party has no path.
 */
export function linesOf(
  answered: Answered,
  account: Account,
  limits: Limits,
  partyOf: (account: Account) => ExposureParty | null,
): { total: Exposure['totals'][number]; lines: ExposureLine[] } {
  const { question, tag } = answered;
  const split = splitTag(answered, account);
  const makers = createMakers(answered, account, split.total);
  const lines = [
    ...[...split.parties].map(([at, amount]) => makers.reached(at, amount, partyOf(at) as ExposureParty)),
    ...[...split.services].map(([at, amount]) => makers.reached(at, amount, suspectedService(at, limits))),
    ...[...split.unattributed].map(([because, places]) => makers.unattributed(because, places)),
    makers.fees(split.fees),
  ].filter(({ amount }) => amount !== 0n);
  const shown = sum(lines.map(({ amount }) => amount));
  if (shown !== split.total || lines.some(({ amount }) => amount < 0n)) {
    throw new CairnError('defect', `${tag.tag}: the lines sum to ${shown}, the total is ${split.total}`);
  }
  const { direction, asset, gross } = question;
  return {
    total: { direction, asset, amount: split.total, gross, returned: gross - split.total },
    lines: lines.sort(compareLines),
  };
}

/** Makers of lines that share a direction, an asset and a total. */
function createMakers(answered: Answered, account: Account, whole: bigint) {
  const { question, result, tag } = answered;
  const movements = movementsOf(tag, result, question.direction);
  const pathTo = createPaths(movements, startOf(account, question.asset));
  const crossingsTo = createCrossingsTo(movements);
  const directOf = createDirect(answered, account);
  const common = { direction: question.direction, asset: question.asset };
  const shareOf = (amount: bigint) => ({ amount, share: { part: amount, whole } });
  const nobody = { party: null, direct: 0n, hops: null, path: [] };
  return {
    reached(at: Account, amount: bigint, party: ExposureParty): ExposureLine {
      const found = pathTo(at);
      if (found === null) throw new CairnError('defect', `no path from ${account} to ${at} in ${tag.tag}`);
      const between = found.hops === 1 ? directOf(at) : 0n;
      const direct = between < amount ? between : amount;
      const named = { party: { ...party, account: at }, because: null, at: [], crossings: crossingsTo([at]) };
      return { ...common, ...named, ...shareOf(amount), direct, ...found };
    },
    unattributed(because: string, places: ReadonlyMap<Account, bigint>): ExposureLine {
      const at = [...places].map(([place, amount]) => ({ account: place, amount })).sort(byAmount);
      const crossings = crossingsTo([...places.keys()]);
      return { ...common, ...nobody, because, ...shareOf(sum(places.values())), at, crossings };
    },
    fees(amount: bigint): ExposureLine {
      const crossings = amount === 0n ? [] : crossingsTo(movements.map((movement) => movement.account));
      return { ...common, ...nobody, because: 'fees', ...shareOf(amount), at: [], crossings };
    },
  };
}

/**
 * What moved between the account and a party themselves. Where the party is a crossing's venue too, what may have gone into or
 * come out of the crossing is taken off, so that it is never too much.
 */
function createDirect({ question, result, tag }: Answered, account: Account): (party: Account) => bigint {
  const { direction, asset } = question;
  const moved = new Map<Account, bigint>();
  const add = (between: { from: Account; to: Account; asset: Asset }, amount: bigint): void => {
    const [near, party] = direction === 'sent' ? [between.from, between.to] : [between.to, between.from];
    if (near === account && between.asset === asset) moved.set(party, (moved.get(party) ?? 0n) + amount);
  };
  for (const edge of tag.edges) add(edge, known(edge.origin));
  const crossed = new Set(
    result.crossings.flatMap(({ input, output }) => [
      nameOf(input),
      ...(output.kind === 'transfer' ? [nameOf(output.transfer)] : []),
    ]),
  );
  if (crossed.size > 0) {
    for (const transfer of result.consumed) if (crossed.has(nameOf(transfer))) add(transfer, -transfer.amount);
  }
  return (party) => {
    const amount = moved.get(party) ?? 0n;
    return amount < 0n ? 0n : amount;
  };
}

function splitTag({ question, tag }: Answered, account: Account): Split {
  const parties = new Map<Account, bigint>();
  const services = new Map<Account, bigint>();
  const unattributed = new Map<string, Map<Account, bigint>>();
  const put = (places: Map<Account, bigint>, at: Account, amount: bigint): void =>
    void places.set(at, (places.get(at) ?? 0n) + amount);
  const putReason = (reason: string, at: Account, amount: bigint): void => {
    const places = unattributed.get(reason) ?? new Map<Account, bigint>();
    unattributed.set(reason, places);
    put(places, at, amount);
  };
  for (const { account: at, reason, origin } of tag.terminals) {
    if (reason.startsWith(PARTY_REASON)) put(parties, at, known(origin));
    else if (reason === 'service-suspected') put(services, at, known(origin));
    else putReason(reason, at, known(origin));
  }
  // Sent: what the account still has, and what it paid in fees, is not something it sent.
  const isSent = question.direction === 'sent';
  let kept = 0n;
  for (const { account: at, status, origin } of tag.holdings) {
    if (isSent && at === account) kept += known(origin);
    else putReason(status, at, known(origin));
  }
  const ownFees = isSent ? sum(tag.edges.filter((edge) => isOwnFee(edge, account)).map((e) => known(e.origin))) : 0n;
  const fees = known(tag.fees) - ownFees;
  return { total: known(tag.stolen) - kept - ownFees, parties, services, unattributed, fees };
}

const isOwnFee = (edge: { from: Account; to: Account }, account: Account): boolean =>
  edge.from === account && isFeeSink(edge.to);

function suspectedService(account: Account, limits: Limits): ExposureParty {
  const bounds = [
    ...(limits.serviceCounterparties === null ? [] : [`more than ${limits.serviceCounterparties} counterparties`]),
    ...(limits.serviceTransfers === null ? [] : [`more than ${limits.serviceTransfers} transfers`]),
  ];
  const source = `inferred from the ledger: ${bounds.join(' or ')} in the assets traced; nobody names it`;
  return { category: 'suspected-service', entity: `unnamed: ${account}`, source, contested: false };
}

/** Attributed first, then amount descending, category, entity, account; what is not attributed by its reason. */
export function compareLines(a: ExposureLine, b: ExposureLine): number {
  return (
    Number(a.party === null) - Number(b.party === null) ||
    compareAmounts(b.amount, a.amount) ||
    compareText(a.party?.category ?? a.because ?? '', b.party?.category ?? b.because ?? '') ||
    compareText(a.party?.entity ?? '', b.party?.entity ?? '') ||
    compareText(a.party?.account ?? '', b.party?.account ?? '')
  );
}

type Placed = { readonly account: Account; readonly amount: bigint };
const byAmount = (a: Placed, b: Placed): number =>
  compareAmounts(b.amount, a.amount) || compareText(a.account, b.account);
const compareAmounts = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

/** Every policy but poison states amounts, and poison is refused before anything is traced. */
function known(amount: bigint | null): bigint {
  if (amount === null) throw new CairnError('defect', 'a trace for exposure states no amount');
  return amount;
}
