import { CairnError } from '../errors.ts';
import type { Transfer, TransferRef } from '../ledger/index.ts';
import type { Run, TraceResult } from '../tracing/index.ts';
import type { Account, Asset } from '../units/index.ts';

/** One lot of the holding: an amount that came in together. `origin` in base units of the stolen asset. */
export type Lot = { readonly tag: string | null; readonly amount: bigint; readonly origin: bigint };

export type WorkedStep = {
  readonly transfer: Transfer;
  readonly kind: 'receipt' | 'spend';
  /** Filled before the spend because the holding was short; 0: it was not. */
  readonly shortfall: bigint;
  /** What came in or went out, oldest first. */
  readonly lots: readonly Lot[];
  /** What the holding has afterwards, oldest first. */
  readonly after: readonly Lot[];
};

/** One holding worked through under first in, first out. */
export type WorkedExample = {
  readonly policy: 'fifo/1';
  readonly account: Account;
  readonly asset: Asset;
  /** The account seed that takes what is untagged here, from its time on; null: none. */
  readonly seed: AccountSeed | null;
  readonly steps: readonly WorkedStep[];
  readonly left: readonly Lot[];
  /** What left, by tag and receiver, next to the engine's figure for it. */
  readonly moved: readonly Moved[];
};

export type Moved = { readonly tag: string; readonly to: Account; readonly amount: bigint; readonly origin: bigint };

/** Transfers an example may have: first what is quickly followed, then what still fits a page or two. */
const SIZES = [12, 40] as const;

/**
 * A holding small enough to be worked through by hand, with at least one spend of tagged value, computed here from the
 * transfers and apart from the engine. A mixed one where there is one; else the first by account. Null: there is none.
 * @throws {CairnError} `defect`: the result differs from the engine's.
 */
export function findWorkedExample(result: TraceResult): WorkedExample | null {
  const run = result.runs.find(({ policy }) => policy === 'fifo/1');
  if (run === undefined || result.parameters.direction !== 'forward') return null;
  const histories = historiesOf(result, run);
  for (const size of SIZES) {
    const examples = [...histories.values()]
      .filter((transfers) => transfers.length <= size)
      .flatMap((transfers) => workOut(result, run, transfers) ?? [])
      .sort(
        (a, b) =>
          interest(b) - interest(a) ||
          (a.account < b.account ? -1 : a.account > b.account ? 1 : a.asset < b.asset ? -1 : 1),
      );
    const [best] = examples;
    if (best !== undefined) {
      checkAgainst(run, best);
      return best;
    }
  }
  return null;
}

type Own = { readonly account: Account; readonly transfer: Transfer };

/** Transfers of each followed account and asset, in ledger order, where nothing but plain moves happens to the holding. */
function historiesOf(result: TraceResult, run: Run): Map<string, Own[]> {
  const { seeds, rules, crossings, limits } = result.parameters;
  const followed = new Set(run.followed);
  const paidOut = new Set(
    crossings.flatMap(({ output }) => (output.kind === 'transfer' ? [nameOf(output.transfer)] : [])),
  );
  const barred = new Set<string>([
    ...rules.map(({ account, asset }) => `${account} ${asset}`),
    ...run.tags.flatMap(({ terminals }) => terminals.map(({ account, asset }) => `${account} ${asset}`)),
    ...crossings.flatMap(({ output }) => (output.kind === 'unrecorded' ? [`${output.account} ${output.asset}`] : [])),
    // Two seeds of one holding share it out between them: no matter for an example.
    ...repeated(seeds.flatMap((seed) => (seed.kind === 'account' ? [`${seed.account} ${seed.asset}`] : []))),
  ]);
  // A transfer seed tags what its payer draws, whatever the payer held.
  const seeded = new Set(seeds.flatMap((seed) => (seed.kind === 'transfer' ? [nameOf(seed.transfer)] : [])));
  // What goes into a crossing does not enter the holding of the account it is paid to.
  const paidIn = new Set(crossings.map(({ input }) => nameOf(input)));
  const histories = new Map<string, Own[]>();
  for (const transfer of result.consumed) {
    if (paidIn.has(nameOf(transfer))) barred.add(`${transfer.to} ${transfer.asset}`);
    // What came in is not known, so neither is the order in which it would leave.
    if (transfer.unresolved === true) barred.add(`${transfer.to} ${transfer.asset}`);
    if (seeded.has(nameOf(transfer))) barred.add(`${transfer.from} ${transfer.asset}`);
    const odd = transfer.from === transfer.to || paidOut.has(nameOf(transfer));
    for (const account of new Set([transfer.from, transfer.to])) {
      const key = `${account} ${transfer.asset}`;
      if (odd) barred.add(key);
      // Later ones are consumed only as outputs of crossings.
      if (limits.until !== null && transfer.blockTime > limits.until) continue;
      if (followed.has(account)) histories.set(key, [...(histories.get(key) ?? []), { account, transfer }]);
    }
  }
  return new Map([...histories].filter(([key]) => !barred.has(key)));
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function nameOf({ tx, position }: TransferRef): string {
  return `${tx}:${position}`;
}

/** Null: what came in cannot be told from the annex alone, or no tagged value left. */
function workOut(result: TraceResult, run: Run, history: readonly Own[]): WorkedExample | null {
  const [first] = history;
  if (first === undefined) return null;
  const { account } = first;
  const { asset } = first.transfer;
  const tagged = taggedReceipts(result, run, account, asset);
  if (tagged === null) return null;
  const seed = accountSeed(result, account, asset);
  let owner: string | null = null;
  let lots: Lot[] = [];
  const steps: WorkedStep[] = [];
  const moved = new Map<string, Moved>();
  for (const { transfer } of history) {
    if (owner === null && seed !== null && (seed.at === null || transfer.blockTime >= seed.at)) {
      owner = seed.tag;
      lots = lots.map((lot) => own(lot, seed.tag)).reduce<Lot[]>(append, []);
    }
    if (transfer.to === account) {
      const came = own(tagged.get(nameOf(transfer)) ?? untagged(transfer.amount), owner);
      lots = append(lots, came);
      steps.push({ transfer, kind: 'receipt', shortfall: 0n, lots: [came], after: lots });
      continue;
    }
    const balance = lots.reduce((sum, { amount }) => sum + amount, 0n);
    const shortfall = transfer.amount > balance ? transfer.amount - balance : 0n;
    if (shortfall > 0n) lots = append(lots, own(untagged(shortfall), owner));
    const { drawn, rest } = takeOldest(lots, transfer.amount);
    lots = rest;
    steps.push({ transfer, kind: 'spend', shortfall, lots: drawn, after: lots });
    for (const lot of drawn) note(moved, lot, transfer.to);
  }
  const left = owner === null && seed !== null ? lots.map((lot) => own(lot, seed.tag)) : lots;
  return moved.size === 0 ? null : { policy: 'fifo/1', account, asset, seed, steps, left, moved: [...moved.values()] };
}

type AccountSeed = Extract<TraceResult['parameters']['seeds'][number], { kind: 'account' }>;

function accountSeed(result: TraceResult, account: Account, asset: Asset): AccountSeed | null {
  const { seeds, limits } = result.parameters;
  const own = seeds
    .filter((seed) => seed.kind === 'account')
    .find((seed) => seed.account === account && seed.asset === asset);
  const late = own !== undefined && own.at !== null && limits.until !== null && own.at > limits.until;
  return own === undefined || late ? null : own;
}

function untagged(amount: bigint): Lot {
  return { tag: null, amount, origin: 0n };
}

/** From when an account seed takes effect, everything untagged in its holding is the seed's. */
function own(lot: Lot, owner: string | null): Lot {
  return lot.tag !== null || owner === null ? lot : { tag: owner, amount: lot.amount, origin: lot.amount };
}

function note(moved: Map<string, Moved>, { tag, amount, origin }: Lot, to: Account): void {
  if (tag === null) return;
  const key = `${tag} ${to}`;
  const before = moved.get(key);
  moved.set(key, { tag, to, amount: amount + (before?.amount ?? 0n), origin: origin + (before?.origin ?? 0n) });
}

/**
 * The lots that tagged receipts brought: known where every transfer of a payer's traced move was traced in full.
 * Null where a receipt was traced in part, so that its lots and their order would have to be taken from elsewhere.
 */
function taggedReceipts(result: TraceResult, run: Run, account: Account, asset: Asset): Map<string, Lot> | null {
  const receipts = new Map<string, Lot>();
  for (const { tag, edges } of run.tags) {
    for (const edge of edges) {
      if (edge.to !== account || edge.asset !== asset) continue;
      const transactions = new Set(edge.transactions);
      const own = result.consumed.filter(
        (t) => t.from === edge.from && t.to === account && t.asset === asset && transactions.has(t.tx),
      );
      const sum = own.reduce((total, { amount }) => total + amount, 0n);
      if (sum !== edge.amount || (edge.origin !== edge.amount && own.length !== 1)) return null;
      for (const { tx, position, amount } of own) {
        const name = `${tx}:${position}`;
        if (receipts.has(name)) return null;
        receipts.set(name, { tag, amount, origin: own.length === 1 ? (edge.origin ?? 0n) : amount });
      }
    }
  }
  return receipts;
}

/** Neighbours that nothing tells apart are one lot. */
function append(lots: readonly Lot[], lot: Lot): Lot[] {
  const last = lots.at(-1);
  const same =
    last !== undefined &&
    last.tag === lot.tag &&
    (lot.tag === null || (last.origin === last.amount && lot.origin === lot.amount));
  if (!same) return [...lots, lot];
  return [...lots.slice(0, -1), { tag: lot.tag, amount: last.amount + lot.amount, origin: last.origin + lot.origin }];
}

function takeOldest(lots: readonly Lot[], amount: bigint): { drawn: Lot[]; rest: Lot[] } {
  const drawn: Lot[] = [];
  let missing = amount;
  let rest = [...lots];
  while (missing > 0n) {
    const [oldest, ...younger] = rest;
    if (oldest === undefined) throw new CairnError('defect', 'the worked example draws more than there is');
    if (oldest.amount <= missing) {
      drawn.push(oldest);
      missing -= oldest.amount;
      rest = younger;
      continue;
    }
    const origin = (oldest.origin * missing) / oldest.amount;
    drawn.push({ tag: oldest.tag, amount: missing, origin });
    rest = [{ tag: oldest.tag, amount: oldest.amount - missing, origin: oldest.origin - origin }, ...younger];
    missing = 0n;
  }
  return { drawn, rest };
}

/** Mixed holdings teach most, then ones in which a spend has to split a lot. */
function interest({ steps }: WorkedExample): number {
  const tags = new Set(steps.flatMap(({ kind, lots }) => (kind === 'receipt' ? lots.map(({ tag }) => tag) : [])));
  const mixedSpend = steps.some(({ kind, lots }) => kind === 'spend' && new Set(lots.map(({ tag }) => tag)).size > 1);
  const several = steps.filter(({ kind }) => kind === 'spend').length > 1;
  return (mixedSpend ? 8 : 0) + (tags.size > 1 ? 4 : 0) + (several ? 2 : 0);
}

function checkAgainst(run: Run, { account, asset, moved, left }: WorkedExample): void {
  const differ = (what: string): never => {
    throw new CairnError('defect', `the worked example of ${account} in ${asset} differs from the engine: ${what}`);
  };
  for (const { tag, edges, holdings } of run.tags) {
    const own = edges.filter((edge) => edge.from === account && edge.asset === asset && (edge.amount ?? 0n) > 0n);
    const hand = moved.filter((one) => one.tag === tag);
    if (own.length !== hand.length) differ(`${own.length} moves against ${hand.length}`);
    for (const { to, amount, origin } of hand) {
      const edge = own.find((one) => one.to === to);
      if (edge?.amount !== amount || edge.origin !== origin) differ(`what moved to ${to}`);
    }
    const held = holdings.find((one) => one.account === account && one.asset === asset);
    const rest = left.filter((lot) => lot.tag === tag);
    const sum = (what: 'amount' | 'origin'): bigint => rest.reduce((total, lot) => total + lot[what], 0n);
    if ((held?.amount ?? 0n) !== sum('amount') || (held?.origin ?? 0n) !== sum('origin')) differ('what is left');
  }
}
