import type { TransferTable } from '../ledger/index.ts';
import type { Account, Asset } from '../units/index.ts';
import type { Compiled } from './compile.ts';
import { FLOW } from './flow-log.ts';
import type { PolicyId } from './request.ts';
import type { Edge, Gap, HoldingResult, Run, TagResult, Terminal, Touched } from './result.ts';
import type { PolicyRun } from './run.ts';

/** Does coverage show that what arrived at an account, first in block `fromBlock`, is still there at the end? */
export type StatusOf = (account: Account, owner: Account, asset: Asset, fromBlock: number) => 'held' | 'last-seen';

/** Turns what a run counted into its result, sorted as `result.ts` says. */
export function buildRun(run: PolicyRun, policy: PolicyId, statusOf: StatusOf): Run {
  const { book, compiled } = run;
  const accountOf = (account: number): Account => compiled.table.accounts.values[account] as Account;
  const firstBlock = new Map(book.followed.map((account, i) => [account, book.followedAt[i] as number]));
  const holdings = compiled.tags.map(() => new Map<string, HoldingResult>());
  run.holdings.each((tag, account, asset, amount, origin) => {
    const named = {
      account: accountOf(account),
      ...ownerPart(run, account),
      asset: compiled.table.assets.values[asset] as Asset,
    };
    const byHolding = holdings[tag] as Map<string, HoldingResult>;
    const key = `${account} ${asset}`;
    const before = byHolding.get(key);
    byHolding.set(key, {
      ...named,
      amount: amount + (before?.amount ?? 0n),
      origin: origin + (before?.origin ?? 0n),
      status: statusOf(named.account, voucherOf(run, account), named.asset, firstBlock.get(account) ?? 0),
      depth: book.depth(tag, account) ?? 0,
    });
  });
  const edges = edgesOf(run);
  const isReach = policy === 'poison/1';
  return {
    policy,
    tags: compiled.tags
      .map((tag, number): TagResult => {
        const held = sortBy([...(holdings[number] as Map<string, HoldingResult>).values()], (h) => [
          h.account,
          h.asset,
        ]);
        const result = {
          tag: tag.name,
          asset: tag.asset,
          stolen: book.stolen[number] as bigint,
          held: sum(held.filter((h) => h.status === 'held')),
          lastSeen: sum(held.filter((h) => h.status === 'last-seen')),
          fees: book.feesPaid.get(number),
          overlap: book.overlaps[number] as bigint,
          reentered: book.reentered[number] as bigint,
          terminals: terminalsOf(run, number),
          holdings: held,
          edges: edges[number] as Edge[],
        };
        return isReach ? withoutAmounts(result) : result;
      })
      .sort((a, b) => (a.tag < b.tag ? -1 : 1)),
    gaps: gapsOf(run),
    touched: isReach ? touchedOf(run) : [],
    followed: book.followed.map(accountOf),
  };
}

/**
 * Whose record also speaks for the account: whoever can spend an output. Not of one that names a public key itself: an index of the
 * address made from that key leaves it out.
 */
function voucherOf({ compiled: { table } }: PolicyRun, account: number): Account {
  const isKey = table.locks.get(account)?.script === 'p2pk';
  return isKey ? (table.accounts.values[account] as Account) : table.ownerOf(account);
}

/** Whose an output is; nothing for other accounts. */
function ownerPart({ compiled: { table } }: PolicyRun, account: number): { owner?: Account } {
  const owner = table.locks.get(account)?.owner;
  return owner == null ? {} : { owner };
}

function terminalsOf(run: PolicyRun, tag: number): Terminal[] {
  const { accounts, assets } = run.compiled.table;
  const { terminals: booked, terminalAmounts, terminalOrigins } = run.book;
  const terminals = booked.flatMap((terminal, i): Terminal[] => {
    if (terminal.tag !== tag) return [];
    return [
      {
        account: accounts.values[terminal.account] as Account,
        ...ownerPart(run, terminal.account),
        reason: terminal.reason,
        label: terminal.label,
        asset: assets.values[terminal.asset] as Asset,
        amount: terminalAmounts.get(i),
        origin: terminalOrigins.get(i),
      },
    ];
  });
  return sortBy(terminals, (t) => [t.reason, t.account, t.asset]);
}

type EdgeSum = { from: number; to: number; asset: number; amount: bigint; origin: bigint; rows: number[] };

/** Sums the flow log by (tag, from, to, asset); transactions come out in ledger order. */
function edgesOf(run: PolicyRun): Edge[][] {
  const { book, compiled } = run;
  const { table, crossingList, traced } = compiled;
  const sums = compiled.tags.map(() => new Map<number, Map<number, EdgeSum>>());
  const isReverse = compiled.request.direction === 'source-of-funds';
  const { flows } = book;
  for (let n = 0; n < flows.length; n++) {
    const i = isReverse ? flows.length - 1 - n : n;
    const row = flows.rows[i] as number;
    const out = flows.sides[i] === FLOW.out ? crossingList[flows.crossings[i] as number] : undefined;
    const venue = out === undefined || out.output === null ? table.to[row] : table.from[out.output];
    const from = (out === undefined ? table.from[row] : venue) as number;
    const to = out === undefined ? (table.to[row] as number) : out.account;
    const asset = out === undefined ? (table.asset[row] as number) : out.asset;
    const byPayer = sums[flows.tags[i] as number] as Map<number, Map<number, EdgeSum>>;
    const byPayee = byPayer.get(from) ?? new Map<number, EdgeSum>();
    if (byPayee.size === 0) byPayer.set(from, byPayee);
    let edge = byPayee.get(to * traced + asset);
    if (edge === undefined) {
      edge = { from, to, asset, amount: 0n, origin: 0n, rows: [] };
      byPayee.set(to * traced + asset, edge);
    }
    edge.amount += flows.amounts.get(i);
    edge.origin += flows.origins.get(i);
    edge.rows.push(out?.output ?? row);
  }
  const { accounts, assets } = table;
  return sums.map((byPayer) => {
    const edges = [...byPayer.values()].flatMap((byPayee) => [...byPayee.values()]);
    const named = edges.map(
      (edge): Edge => ({
        from: accounts.values[edge.from] as Account,
        to: accounts.values[edge.to] as Account,
        asset: assets.values[edge.asset] as Asset,
        amount: edge.amount,
        origin: edge.origin,
        transactions: hashesOf(edge.rows, table, crossingList.length > 0),
      }),
    );
    return sortBy(named, (edge) => [edge.from, edge.to, edge.asset]);
  });
}

/** Each hash once, in ledger order. Rows are in that order already, unless a crossing applied an output at its input's place. */
function hashesOf(rows: number[], table: TransferTable, isUnordered: boolean): string[] {
  if (isUnordered) rows.sort((a, b) => table.compare(a, b));
  const hashes: string[] = [];
  for (const row of rows) {
    const hash = table.txs[row] as string;
    if (hashes.at(-1) !== hash) hashes.push(hash);
  }
  return hashes;
}

function gapsOf(run: PolicyRun): Gap[] {
  const { table, traced } = run.compiled;
  const gaps = [...run.book.gaps].sort((a, b) => table.compare(a.row, b.row));
  return gaps.map(({ row, holding, shortfall }) => ({
    account: table.accounts.values[Math.floor(holding / traced)] as Account,
    asset: table.assets.values[holding % traced] as Asset,
    transaction: table.txs[row] as string,
    position: table.position[row] as number,
    shortfall,
  }));
}

function touchedOf(run: PolicyRun): Touched[] {
  const { book, compiled } = run;
  const touched = new Map(book.touched);
  run.holdings.each((tag, account, asset) => {
    const key = `${tag} ${account * compiled.traced + asset}`;
    touched.set(key, { tag, account, asset, gross: touched.get(key)?.gross ?? 0n, depth: 0, reason: null });
  });
  const named = [...touched.values()].map((touch) => ({
    tag: (compiled.tags[touch.tag] as Compiled['tags'][number]).name,
    account: compiled.table.accounts.values[touch.account] as Account,
    ...ownerPart(run, touch.account),
    asset: compiled.table.assets.values[touch.asset] as Asset,
    depth: touch.reason === null ? (book.depth(touch.tag, touch.account) ?? touch.depth) : touch.depth,
    reason: touch.reason,
    gross: touch.gross,
  }));
  return sortBy(named, (touch) => [touch.tag, touch.account, touch.asset]);
}

/** Poison never states an amount: what it passes on does not add up. */
function withoutAmounts(tag: TagResult): TagResult {
  const blank = { amount: null, origin: null };
  const none = { stolen: null, held: null, lastSeen: null, fees: null, overlap: null, reentered: null };
  return {
    ...tag,
    ...none,
    terminals: tag.terminals.map((terminal) => ({ ...terminal, ...blank })),
    holdings: tag.holdings.map((holding) => ({ ...holding, ...blank })),
    edges: tag.edges.map((edge) => ({ ...edge, ...blank })),
  };
}

function sum(holdings: readonly HoldingResult[]): bigint {
  return holdings.reduce((total, holding) => total + (holding.origin ?? 0n), 0n);
}

/** Sorts by a list of strings, by code unit. */
export function sortBy<T>(items: readonly T[], key: (item: T) => readonly string[]): T[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  keyed.sort((a, b) => {
    for (let i = 0; i < a.key.length; i++) {
      const [one, two] = [a.key[i] as string, b.key[i] as string];
      if (one !== two) return one < two ? -1 : 1;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}
