import { type Account, accountAddress, type Chain } from '../../../units/index.ts';
import type { HistoryQuery } from '../../ports.ts';
import type { Transfer } from '../../transfer.ts';
import type { LedgerSql } from './executor.ts';
import { IN_HISTORY, literal, literals } from './tables.ts';
import { decodeTransfers, TRANSFER_COLUMNS } from './transfer-rows.ts';

/** Accounts, hashes or blocks named in one query: the text stays below a megabyte. */
export const NAMES_PER_QUERY = 10_000;

export function* slices<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += NAMES_PER_QUERY) yield items.slice(i, i + NAMES_PER_QUERY);
}

export type AccountRows = {
  readonly chain: Chain;
  readonly accounts: readonly Account[];
  /** What the rows have to meet besides being visible. */
  readonly where: string;
  /** At most this many rows an account, the first in order; null: all. */
  readonly limit: number | null;
};

/** Reads the rows that stand under accounts of one chain: one stretch of the table each. */
export async function visitAccounts(
  sql: LedgerSql,
  { chain, accounts, where, limit }: AccountRows,
  visit: (owner: Account, transfer: Transfer) => void,
): Promise<void> {
  const first =
    limit === null ? '' : ` ORDER BY chain, account, block_number, tx_index, position LIMIT ${limit} BY account`;
  // Sorted, so that neighbours in the table are read together.
  for (const some of slices([...new Set(accounts)].sort().map(accountAddress))) {
    const text =
      `SELECT ${TRANSFER_COLUMNS} FROM entries PREWHERE chain = ${literal(chain)} AND account IN (${literals(some)}) ` +
      `WHERE ${where} AND ${sql.visible()}${first}`;
    await decodeTransfers(sql.query(text), visit);
  }
}

/** What a history's rows have in common; null: no transfer can meet it. */
export function historyConditions(
  chain: Chain,
  { assets, until, limitPerAccount, after }: HistoryQuery,
): string | null {
  const conditions = [IN_HISTORY];
  if (limitPerAccount !== null && limitPerAccount < 1) return null;
  if (until !== null) {
    if (until < 0) return null;
    conditions.push(`block_time <= ${Math.floor(until)}`);
  }
  if (after !== undefined) {
    const block = after.get(chain);
    if (block === undefined) return null;
    conditions.push(`block_number > ${Math.floor(block)}`);
  }
  if (assets !== null) {
    const prefix = `${chain}/`;
    const onChain = assets.filter((asset) => asset.startsWith(prefix)).map((asset) => asset.slice(prefix.length));
    if (onChain.length === 0) return null;
    conditions.push(`asset IN (${literals(onChain)})`);
  }
  return conditions.join(' AND ');
}
