import type { Account } from '../../units/index.ts';
import { firstAfter, type PoolDeposit, type PoolRecord, type PoolWithdrawal } from './tornado-pools.ts';

/** In order of how much they narrow down; see docs/methods/tornado.md. */
export const TORNADO_HEURISTICS = [
  'same-transaction',
  'address-reuse',
  'unique-gas-price',
  'linked-denominations',
  'within-a-day',
] as const;
export type TornadoHeuristic = (typeof TORNADO_HEURISTICS)[number];

/** Blocks in a day of slots of 12 seconds; before September 2022 a block took about 13, so the window was 26 hours. */
export const DAY_BLOCKS = 7_200;

/** The London fork: from here a transaction's price of gas mostly follows its block, and is no choice of its sender. @see EIP-1559 */
export const LONDON_BLOCK = 12_965_000;

/** One heuristic over all pools. */
export type Heuristic = {
  /** The withdrawals it ties to a deposit; none before the deposit. Null: what it needs of this deposit is not known. */
  readonly firesFor: (deposit: PoolDeposit) => readonly PoolWithdrawal[] | null;
  /** What it needs, for people, where it cannot say anything. */
  readonly needs: string;
};

/** All heuristics over these pools. A withdrawal in the deposit's own block counts as later: the record has no order in a block. */
export function createHeuristics(pools: readonly PoolRecord[]): Readonly<Record<TornadoHeuristic, Heuristic>> {
  const byPool = new Map(pools.map((record) => [record.pool, record]));
  return {
    'same-transaction': sameTransaction(pools),
    'address-reuse': addressReuse(pools),
    'unique-gas-price': uniqueGasPrice(byPool),
    'linked-denominations': linkedDenominations(pools),
    'within-a-day': withinADay(byPool),
  };
}

/** A transaction that puts notes in and takes notes out was made by one hand. Not published as a heuristic: a fact of the record. */
function sameTransaction(pools: readonly PoolRecord[]): Heuristic {
  const byTx = groupBy(
    pools.flatMap(({ withdrawals }) => withdrawals),
    ({ tx }) => tx,
  );
  return {
    needs: 'the deposit’s transaction',
    firesFor: ({ pool, tx }) => (tx === null ? null : (byTx.get(tx) ?? []).filter((one) => one.pool === pool)),
  };
}

/** A note is paid out to the account that had put one in. @see Béres et al., arXiv:2005.14051; Wu et al. (Tutela), arXiv:2201.06811 */
function addressReuse(pools: readonly PoolRecord[]): Heuristic {
  const byRecipient = groupBy(
    pools.flatMap(({ withdrawals }) => withdrawals),
    ({ pool, recipient }) => `${pool} ${recipient}`,
  );
  return {
    needs: 'the sender of the deposit',
    firesFor: ({ pool, sender, block }) =>
      sender === null ? null : (byRecipient.get(`${pool} ${sender}`) ?? []).filter((one) => one.block >= block),
  };
}

/**
 * One deposit of the pool and one withdrawal without a relayer state a price of gas that no other states. It can only be
 * said where all prices are known. @see Béres et al.; Tutela
 */
function uniqueGasPrice(pools: ReadonlyMap<Account, PoolRecord>): Heuristic {
  type Prices = { readonly deposits: Map<bigint, PoolDeposit[]>; readonly withdrawals: Map<bigint, PoolWithdrawal[]> };
  const prices = new Map<Account, Prices | null>();
  for (const { pool, deposits, withdrawals } of pools.values()) {
    const put = deposits.filter(({ block }) => block < LONDON_BLOCK);
    const taken = withdrawals.filter(({ block, fee }) => block < LONDON_BLOCK && fee === 0n);
    const isKnown = [...put, ...taken].every(({ gasPrice }) => gasPrice !== null);
    const price = ({ gasPrice }: { readonly gasPrice: bigint | null }) => gasPrice as bigint;
    prices.set(pool, isKnown ? { deposits: groupBy(put, price), withdrawals: groupBy(taken, price) } : null);
  }
  return {
    needs: `the price of gas of every deposit, and of every withdrawal without a relayer, before block ${LONDON_BLOCK}`,
    firesFor: ({ pool, block, gasPrice }) => {
      const known = prices.get(pool);
      if (known === undefined || known === null || gasPrice === null) return null;
      const found = known.withdrawals.get(gasPrice) ?? [];
      const isUnique = known.deposits.get(gasPrice)?.length === 1 && found.length === 1;
      return isUnique && block < LONDON_BLOCK ? found.filter((one) => one.block >= block) : [];
    },
  };
}

/**
 * One account's deposits into several pools, and one account's withdrawals with the same number from each. Both runs without
 * a day's pause in between, the withdrawals not before the deposits. @see Tutela
 */
function linkedDenominations(pools: readonly PoolRecord[]): Heuristic {
  const deposits = pools.flatMap((record) => record.deposits).filter(({ sender }) => sender !== null);
  const withdrawals = pools.flatMap((record) => record.withdrawals);
  const runsIn = new Map<PoolDeposit, readonly PoolDeposit[]>();
  for (const own of groupBy(deposits, ({ sender }) => sender as Account).values()) {
    for (const run of runsOf(own)) for (const one of run) runsIn.set(one, run);
  }
  // Only shapes that some known depositor has are worth looking for.
  const wanted = new Set([...runsIn.values()].filter(spansPools).map(shapeOfRun));
  const byShape = new Map<string, (readonly PoolWithdrawal[])[]>();
  if (wanted.size > 0) {
    for (const own of groupBy(withdrawals, ({ recipient }) => recipient).values()) {
      for (const run of runsOf(own)) {
        const shape = shapeOfRun(run);
        if (wanted.has(shape)) byShape.set(shape, [...(byShape.get(shape) ?? []), run]);
      }
    }
  }
  return {
    needs: 'the senders of the deposits',
    firesFor: (deposit) => {
      const run = runsIn.get(deposit);
      if (run === undefined) return deposit.sender === null ? null : [];
      if (!spansPools(run)) return [];
      return (byShape.get(shapeOfRun(run)) ?? [])
        .filter((taken) => isNotBefore(taken, run))
        .flatMap((taken) => taken.filter(({ pool, block }) => pool === deposit.pool && block >= deposit.block));
    },
  };
}

/** Most are not: it narrows a list down to whoever was in a hurry, and fires for strangers as well. */
function withinADay(pools: ReadonlyMap<Account, PoolRecord>): Heuristic {
  return {
    needs: 'the pool’s withdrawals',
    firesFor: ({ pool, block }) => {
      const record = pools.get(pool);
      if (record === undefined || (record.withdrawalsFrom !== null && block < record.withdrawalsFrom)) return null;
      const { withdrawals } = record;
      return withdrawals.slice(firstAfter(withdrawals, block - 1), firstAfter(withdrawals, block + DAY_BLOCKS));
    },
  };
}

type Row = { readonly pool: Account; readonly block: number };

/** Cuts one account's rows where more than a day passes between two. */
function runsOf<Event extends Row>(rows: readonly Event[]): Event[][] {
  const runs: Event[][] = [];
  for (const row of [...rows].sort((a, b) => a.block - b.block)) {
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && row.block - last.block <= DAY_BLOCKS) runs.at(-1)?.push(row);
    else runs.push([row]);
  }
  return runs;
}

function shapeOfRun(run: readonly Row[]): string {
  const counts = [...groupBy(run, ({ pool }) => pool)].map(([pool, rows]) => `${pool} ${rows.length}`);
  return counts.sort().join(' ');
}

function spansPools(run: readonly Row[]): boolean {
  return run.some(({ pool }) => pool !== run[0]?.pool);
}

/** Runs are in order, so their ends are their first and last rows. */
function isNotBefore(later: readonly Row[], earlier: readonly Row[]): boolean {
  const [first, last] = [later[0], later.at(-1)];
  return (first?.block ?? 0) >= (earlier[0]?.block ?? 0) && (last?.block ?? 0) >= (earlier.at(-1)?.block ?? 0);
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
