import { type Account, BITCOIN, type Chain, isUtxoChain } from '../../../units/index.ts';
import { type HistoryQuery, isAfter } from '../../ports.ts';
import { compareTransfers, feeSink, type Transfer } from '../../transfer.ts';
import { type Made, resolveRow, resolveTransaction } from '../../utxo/resolve.ts';
import { isTxAccount, outpointOf, txAccount } from '../../utxo/transaction.ts';
import { historyConditions, visitAccounts } from './account-rows.ts';
import type { LedgerSql } from './executor.ts';
import { readRows } from './row-binary.ts';
import { IN_HISTORY, literal, SIDE } from './tables.ts';

/** Reads UTXO transactions, with what the ledger has learnt since of outputs it did not know when they were spent. */
export type UtxoReader = {
  /** Whether the ledger has rows of the chain that spend outputs nobody knew: only then reading takes more than one query. */
  isOpen(chain: string): Promise<boolean>;
  histories(chain: Chain, query: HistoryQuery, visit: (owner: Account, transfer: Transfer) => void): Promise<void>;
  /** Transactions of Bitcoin by their ids, which are accounts there; ids it does not have give nothing. */
  transactions(hashes: readonly string[], visit: (transfer: Transfer) => void): Promise<void>;
  /** Whole transactions of one chain with what has been learnt since. */
  resolved(rows: readonly Transfer[]): Promise<Transfer[]>;
};

type Owned = readonly [owner: Account, transfer: Transfer];

export function createUtxoReader(sql: LedgerSql): UtxoReader {
  let open: Promise<boolean> | null = null;
  const resolved = async (rows: readonly Transfer[]): Promise<Transfer[]> => {
    const [first] = rows;
    return first === undefined ? [] : byTransaction(rows, await madeBy(sql, first.chain, rows));
  };
  return {
    async isOpen(chain) {
      if (!isUtxoChain(chain)) return false;
      open ??= hasUnresolved(sql).catch((error) => {
        open = null;
        throw error;
      });
      return open;
    },
    async histories(chain, query, visit) {
      const rows = await rowsOf(sql, chain, query);
      const transfers = rows.map(([, transfer]) => transfer);
      const find = await madeBy(sql, chain, transfers);
      for (const [account, owned] of Map.groupBy(rows, ([owner]) => owner)) {
        const own = owned.map(([, transfer]) => transfer);
        const history = isTxAccount(account) ? byTransaction(own, find) : onePerPlace(own, find);
        for (const transfer of within(history, query)) visit(account, transfer);
      }
    },
    async transactions(hashes, visit) {
      const accounts = hashes.map((tx) => txAccount(BITCOIN, tx));
      const rows = (await rowsUnder(sql, BITCOIN, accounts, IN_HISTORY)).map(([, transfer]) => transfer);
      const done = rows.some(({ unresolved }) => unresolved === true) ? await resolved(rows) : rows;
      for (const transfer of done) visit(transfer);
    },
    resolved,
  };
}

async function hasUnresolved(sql: LedgerSql): Promise<boolean> {
  const rows = await readRows(
    sql.query(`SELECT import_id FROM entries PREWHERE unresolved = 1 WHERE ${sql.visible()} LIMIT 1`),
  );
  return !rows.done();
}

async function rowsUnder(
  sql: LedgerSql,
  chain: Chain,
  accounts: readonly Account[],
  where: string,
  limit: number | null = null,
): Promise<Owned[]> {
  const rows: Owned[] = [];
  await visitAccounts(sql, { chain, accounts, where, limit }, (owner, transfer) => rows.push([owner, transfer]));
  return rows;
}

/** All rows that may be part of the accounts' histories, as they were written. */
async function rowsOf(sql: LedgerSql, chain: Chain, { after, ...query }: HistoryQuery): Promise<Owned[]> {
  const where = historyConditions(chain, query);
  if (where === null) return [];
  const accounts = query.accounts.filter((account) => account.startsWith(`${chain}:`));
  const isPlain = (account: Account): boolean => isTxAccount(account) || outpointOf(account) !== null;
  const plain = await rowsUnder(sql, chain, accounts.filter(isPlain), where);
  const owners = new Set(accounts.filter((account) => !isPlain(account)));
  // A place has at most two rows: one that does not know what it spends, and one of a source that does.
  const limit = query.limitPerAccount === null || after !== undefined ? null : 2 * Math.trunc(query.limitPerAccount);
  const owned = await rowsUnder(sql, chain, [...owners], where, limit);
  const fees = owners.has(feeSink(chain)) ? await lateFees(sql, chain) : [];
  return [...plain, ...owned, ...(await lateSpends(sql, chain, owned)), ...fees];
}

/** What the ledger knows of outputs that rows spend without knowing them. */
async function madeBy(sql: LedgerSql, chain: Chain, rows: readonly Transfer[]): Promise<Find> {
  const wanted = rows.filter(({ unresolved }) => unresolved === true).map(({ from }) => from);
  const made = wanted.length === 0 ? [] : await rowsUnder(sql, chain, wanted, `side = ${SIDE.receiver}`);
  const known = new Map(made.flatMap(([owner, { amount, lock }]) => (lock ? [[owner, { amount, lock }]] : [])));
  return (outpoint) => known.get(outpoint);
}

/** Spends of owners' outputs that were written before anybody knew whose these are. A spend comes after what it spends, so the rows within a limit lead to all of its spends. */
async function lateSpends(sql: LedgerSql, chain: Chain, owned: readonly Owned[]): Promise<Owned[]> {
  const ownerOf = new Map(owned.flatMap(([owner, { kind, to }]) => (kind === 'output' ? [[to, owner]] : [])));
  if (ownerOf.size === 0) return [];
  const spends = await rowsUnder(sql, chain, [...ownerOf.keys()], `side = ${SIDE.payer} AND unresolved = 1`);
  return spends.map(([outpoint, spend]) => [ownerOf.get(outpoint) as Account, spend]);
}

/** Fees that no row states, because what their transactions spend was not known. */
async function lateFees(sql: LedgerSql, chain: Chain): Promise<Owned[]> {
  const open = `chain = ${literal(chain)} AND unresolved = 1 WHERE side = ${SIDE.receiver} AND ${sql.visible()}`;
  const names = await readRows(sql.query(`SELECT DISTINCT account FROM entries PREWHERE ${open}`));
  const accounts: Account[] = [];
  while (!names.done()) accounts.push(`${chain}:${names.text()}`);
  const rows = (await rowsUnder(sql, chain, accounts, IN_HISTORY)).map(([, transfer]) => transfer);
  const fees = byTransaction(rows, await madeBy(sql, chain, rows)).filter(({ kind }) => kind === 'fee');
  return fees.map((fee) => [feeSink(chain), fee]);
}

type Find = (outpoint: Account) => Made | undefined;

function byTransaction(rows: readonly Transfer[], find: Find): Transfer[] {
  const transactions = Map.groupBy(rows, ({ blockNumber, txIndex }) => `${blockNumber} ${txIndex}`);
  return [...transactions.values()].flatMap((own) => resolveTransaction(own, find));
}

/** Rows of any transactions, each place once: a transaction may have been imported before and after its inputs were known. */
function onePerPlace(rows: readonly Transfer[], find: Find): Transfer[] {
  const places = new Map<string, Transfer>();
  for (const row of rows) {
    const place = `${row.blockNumber} ${row.txIndex} ${row.position}`;
    const known = places.get(place);
    if (known === undefined || known.unresolved === true) places.set(place, resolveRow(row, find(row.from)));
  }
  return [...places.values()];
}

function within(rows: readonly Transfer[], { assets, until, limitPerAccount, after }: HistoryQuery): Transfer[] {
  const end = until ?? Number.POSITIVE_INFINITY;
  return rows
    .filter(({ asset, blockTime }) => (assets === null || assets.includes(asset)) && blockTime <= end)
    .filter((row) => after === undefined || isAfter(row, after))
    .sort(compareTransfers)
    .slice(0, limitPerAccount ?? rows.length);
}
