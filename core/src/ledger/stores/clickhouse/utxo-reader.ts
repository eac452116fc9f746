import { type Account, accountAddress, BITCOIN, type Chain, isUtxoChain } from '../../../units/index.ts';
import type { HistoryQuery } from '../../ports.ts';
import { compareTransfers, type Transfer } from '../../transfer.ts';
import { type Made, resolveRow, resolveTransaction } from '../../utxo/resolve.ts';
import { isTxAccount, txAccount } from '../../utxo/transaction.ts';
import type { LedgerSql } from './executor.ts';
import { readRows } from './row-binary.ts';
import { IN_HISTORY, literal, literals, SIDE } from './tables.ts';
import { decodeTransfers, TRANSFER_COLUMNS } from './transfer-rows.ts';

const NAMES_PER_QUERY = 10_000;

/** Reads UTXO transactions, with what the ledger has learnt since of outputs it did not know when they were spent. */
export type UtxoReader = {
  /** Whether the ledger has rows of the chain that spend outputs nobody knew: only then reading takes more than one query. */
  isOpen(chain: string): Promise<boolean>;
  histories(chain: Chain, query: HistoryQuery, visit: (owner: Account, transfer: Transfer) => void): Promise<void>;
  transactions(hashes: readonly string[], visit: (transfer: Transfer) => void): Promise<void>;
  /** Whole transactions with what has been learnt since. */
  resolved(rows: readonly Transfer[]): Promise<Transfer[]>;
};

type Owned = readonly [owner: Account, transfer: Transfer];

export function createUtxoReader(sql: LedgerSql): UtxoReader {
  let open: Promise<boolean> | null = null;

  /** Rows under accounts that meet a condition. */
  const rowsUnder = async (chain: Chain, accounts: readonly Account[], where: string): Promise<Owned[]> => {
    const rows: Owned[] = [];
    const addresses = [...new Set(accounts)].sort().map(accountAddress);
    for (let i = 0; i < addresses.length; i += NAMES_PER_QUERY) {
      const some = addresses.slice(i, i + NAMES_PER_QUERY);
      const text =
        `SELECT ${TRANSFER_COLUMNS} FROM entries PREWHERE chain = ${literal(chain)} AND account IN (${literals(some)}) ` +
        `WHERE ${where} AND ${sql.visible()}`;
      await decodeTransfers(sql.query(text), (owner, transfer) => rows.push([owner, transfer]));
    }
    return rows;
  };

  /** What the ledger knows of outputs that rows spend without knowing them. */
  const madeBy = async (chain: Chain, rows: readonly Transfer[]): Promise<(outpoint: Account) => Made | undefined> => {
    const wanted = rows.filter(({ unresolved }) => unresolved === true).map(({ from }) => from);
    const made = wanted.length === 0 ? [] : await rowsUnder(chain, wanted, `side = ${SIDE.receiver}`);
    const known = new Map(made.flatMap(([owner, { amount, lock }]) => (lock ? [[owner, { amount, lock }]] : [])));
    return (outpoint) => known.get(outpoint);
  };

  const resolved = async (rows: readonly Transfer[]): Promise<Transfer[]> => {
    const [first] = rows;
    if (first === undefined) return [];
    const find = await madeBy(first.chain, rows);
    const transactions = Map.groupBy(rows, ({ blockNumber, txIndex }) => `${blockNumber} ${txIndex}`);
    return [...transactions.values()].flatMap((own) => resolveTransaction(own, find));
  };

  /** Spends of outputs that were written before anybody knew whose they are. */
  const lateSpends = async (chain: Chain, rows: readonly Owned[], owners: ReadonlySet<Account>): Promise<Owned[]> => {
    const ownerOf = new Map(
      rows.flatMap(([owner, { kind, to }]) => (owners.has(owner) && kind === 'output' ? [[to, owner]] : [])),
    );
    if (ownerOf.size === 0) return [];
    const spends = await rowsUnder(chain, [...ownerOf.keys()], `side = ${SIDE.payer} AND unresolved = 1`);
    return spends.map(([outpoint, spend]) => [ownerOf.get(outpoint) as Account, spend]);
  };

  return {
    async isOpen(chain) {
      if (!isUtxoChain(chain)) return false;
      open ??= readRows(
        sql.query(`SELECT import_id FROM entries PREWHERE unresolved = 1 WHERE ${sql.visible()} LIMIT 1`),
      ).then((rows) => !rows.done());
      return open;
    },
    async histories(chain, query, visit) {
      const accounts = [...new Set(query.accounts.filter((account) => account.startsWith(`${chain}:`)))];
      const rows = await rowsUnder(chain, accounts, IN_HISTORY);
      const isPlain = (account: Account): boolean => isTxAccount(account) || account.includes('.');
      const owners = new Set(accounts.filter((account) => !isPlain(account)));
      const all = [...rows, ...(await lateSpends(chain, rows, owners))];
      const find = await madeBy(
        chain,
        all.map(([, transfer]) => transfer),
      );
      for (const [account, owned] of Map.groupBy(all, ([owner]) => owner)) {
        const own = owned.map(([, transfer]) => transfer);
        const history = isTxAccount(account) ? byTransaction(own, find) : onePerPlace(own, find);
        for (const transfer of within(history, query)) visit(account, transfer);
      }
    },
    async transactions(hashes, visit) {
      const accounts = hashes.map((tx) => txAccount(BITCOIN, tx));
      const rows = (await rowsUnder(BITCOIN, accounts, IN_HISTORY)).map(([, transfer]) => transfer);
      const done = rows.some(({ unresolved }) => unresolved === true) ? await resolved(rows) : rows;
      for (const transfer of done) visit(transfer);
    },
    resolved,
  };
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

function within(rows: readonly Transfer[], { assets, until, limitPerAccount }: HistoryQuery): Transfer[] {
  const end = until ?? Number.POSITIVE_INFINITY;
  return rows
    .filter(({ asset, blockTime }) => (assets === null || assets.includes(asset)) && blockTime <= end)
    .sort(compareTransfers)
    .slice(0, limitPerAccount ?? rows.length);
}
