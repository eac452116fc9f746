import { CairnError } from '../../errors.ts';
import type { Account } from '../../units/index.ts';
import { createHeuristics, TORNADO_HEURISTICS, type TornadoHeuristic } from './tornado-heuristics.ts';
import { checkPool, firstAfter, type PoolDeposit, type PoolRecord, type PoolWithdrawal } from './tornado-pools.ts';

/** Among how many a deposit or a withdrawal hides, by the record alone. */
export type AnonymitySet = {
  /** Deposits into the pool before it. */
  readonly depositsBefore: number;
  /** Notes in the pool just after it: deposits up to it less withdrawals in earlier blocks. Null: the record lacks withdrawals. */
  readonly unspent: number | null;
  /** Withdrawals on record in its block or later: any of them may spend it. */
  readonly withdrawals: number;
  /** Of these, those that no heuristic but `within-a-day` ties to other deposits alone. */
  readonly reduced: number;
  /** Notes in the pool at the end of the record: it may be one of them, and then none of the withdrawals spends it. Null: as above. */
  readonly unspentAtEnd: number | null;
};

export type TornadoCandidate = {
  readonly withdrawal: PoolWithdrawal;
  /** In the order of `TORNADO_HEURISTICS`. */
  readonly fired: readonly TornadoHeuristic[];
  /** Deposits into the pool up to the withdrawal's block: any of them may be the one it spends. */
  readonly deposits: number;
  /** Notes in the pool before the withdrawal. Null: the record lacks withdrawals. */
  readonly unspent: number | null;
};

/**
 * Withdrawals that may spend a deposit's note. Candidates, never a transfer of value: a heuristic can fire for strangers,
 * and whatever fires, nothing on the chain proves the link.
 */
export type TornadoCandidates = {
  readonly deposit: PoolDeposit;
  readonly anonymity: AnonymitySet;
  /** Those for which a heuristic fired: by the first that did, then by how many did, then in the chain's order. */
  readonly candidates: readonly TornadoCandidate[];
  /** Heuristics that could say nothing of this deposit, and what they would need. */
  readonly silent: readonly { readonly heuristic: TornadoHeuristic; readonly needs: string }[];
  /** What a reader must know of the record, a sentence each. */
  readonly notes: readonly string[];
};

/** How often a heuristic fires over all pools. */
export type HeuristicCount = {
  readonly heuristic: TornadoHeuristic;
  /** Deposits of which it could say something, of how many. */
  readonly judged: number;
  readonly deposits: number;
  /** Deposits for which it fires at least once, withdrawals it ties to at least one, pairs. */
  readonly fired: number;
  readonly withdrawals: number;
  readonly pairs: number;
  /** What it needs where it could not say anything. */
  readonly needs: string;
};

export type TornadoIndex = {
  /** @throws {CairnError} `not-found`: no such pool or leaf. */
  candidatesFor(pool: Account, leaf: number): TornadoCandidates;
  /** Every deposit that a transaction made. */
  depositsOf(tx: string): readonly PoolDeposit[];
  counts(): readonly HeuristicCount[];
};

/** @throws {CairnError} `contradiction`: a record that cannot be one pool's. */
export function createTornadoIndex(pools: readonly PoolRecord[]): TornadoIndex {
  const records = new Map(pools.map((record) => [record.pool, checkPool(record)]));
  const heuristics = createHeuristics(pools);
  const all = pools.flatMap(({ deposits }) => deposits);
  let tied: ReadonlyMap<PoolWithdrawal, ReadonlySet<PoolDeposit>> | null = null;

  const candidatesFor = (pool: Account, leaf: number): TornadoCandidates => {
    const record = records.get(pool);
    const deposit = record?.deposits[leaf];
    if (record === undefined || deposit === undefined) {
      throw new CairnError('not-found', `no deposit ${leaf} into ${pool} is on record`);
    }
    const fired = new Map<PoolWithdrawal, TornadoHeuristic[]>();
    const silent: { heuristic: TornadoHeuristic; needs: string }[] = [];
    for (const heuristic of TORNADO_HEURISTICS) {
      const found = heuristics[heuristic].firesFor(deposit);
      if (found === null) silent.push({ heuristic, needs: heuristics[heuristic].needs });
      for (const withdrawal of found ?? []) fired.set(withdrawal, [...(fired.get(withdrawal) ?? []), heuristic]);
    }
    tied ??= tiedBy(all, heuristics);
    return {
      deposit,
      anonymity: anonymityOf(record, deposit, tied),
      candidates: ranked(record, fired),
      silent,
      notes: notesOn(record, deposit),
    };
  };

  return {
    candidatesFor,
    depositsOf: (tx) => all.filter((deposit) => deposit.tx === tx),
    counts: () => TORNADO_HEURISTICS.map((heuristic) => countOf(heuristic, heuristics, all)),
  };
}

type Heuristics = ReturnType<typeof createHeuristics>;

/** Whom the stronger heuristics tie each withdrawal to. */
function tiedBy(deposits: readonly PoolDeposit[], heuristics: Heuristics): Map<PoolWithdrawal, Set<PoolDeposit>> {
  const tied = new Map<PoolWithdrawal, Set<PoolDeposit>>();
  for (const heuristic of TORNADO_HEURISTICS.filter((name) => name !== 'within-a-day')) {
    for (const deposit of deposits) {
      for (const withdrawal of heuristics[heuristic].firesFor(deposit) ?? []) {
        tied.set(withdrawal, (tied.get(withdrawal) ?? new Set()).add(deposit));
      }
    }
  }
  return tied;
}

function anonymityOf(
  record: PoolRecord,
  deposit: PoolDeposit,
  tied: ReadonlyMap<PoolWithdrawal, ReadonlySet<PoolDeposit>>,
): AnonymitySet {
  const { deposits, withdrawals, withdrawalsFrom } = record;
  const before = firstAfter(withdrawals, deposit.block - 1);
  const later = withdrawals.slice(before);
  const isWhole = withdrawalsFrom === null;
  return {
    depositsBefore: deposit.index,
    unspent: isWhole ? deposit.index + 1 - before : null,
    withdrawals: later.length,
    reduced: later.filter((withdrawal) => tied.get(withdrawal)?.has(deposit) ?? true).length,
    unspentAtEnd: isWhole ? deposits.length - withdrawals.length : null,
  };
}

function ranked(record: PoolRecord, fired: ReadonlyMap<PoolWithdrawal, TornadoHeuristic[]>): TornadoCandidate[] {
  const isWhole = record.withdrawalsFrom === null;
  const candidates = [...fired].map(([withdrawal, names]): TornadoCandidate => {
    const deposits = firstAfter(record.deposits, withdrawal.block);
    return { withdrawal, fired: names, deposits, unspent: isWhole ? deposits - withdrawal.index : null };
  });
  const place = ({ fired: [first] }: TornadoCandidate) => TORNADO_HEURISTICS.indexOf(first as TornadoHeuristic);
  return candidates.sort(
    (a, b) => place(a) - place(b) || b.fired.length - a.fired.length || a.withdrawal.index - b.withdrawal.index,
  );
}

function notesOn({ name, withdrawalsFrom, until }: PoolRecord, { block }: PoolDeposit): string[] {
  const missing =
    withdrawalsFrom === null || block >= withdrawalsFrom
      ? []
      : [
          `Withdrawals from the pool of ${name} before block ${withdrawalsFrom} are not on record: the list is incomplete.`,
        ];
  return [...missing, `Both lists reach to block ${until}.`];
}

function countOf(
  heuristic: TornadoHeuristic,
  heuristics: Heuristics,
  deposits: readonly PoolDeposit[],
): HeuristicCount {
  const { firesFor, needs } = heuristics[heuristic];
  const withdrawals = new Set<PoolWithdrawal>();
  let [judged, fired, pairs] = [0, 0, 0];
  for (const deposit of deposits) {
    const found = firesFor(deposit);
    if (found === null) continue;
    judged += 1;
    if (found.length > 0) fired += 1;
    pairs += found.length;
    for (const withdrawal of found) withdrawals.add(withdrawal);
  }
  return { heuristic, judged, deposits: deposits.length, fired, withdrawals: withdrawals.size, pairs, needs };
}
