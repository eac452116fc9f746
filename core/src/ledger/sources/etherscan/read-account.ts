import { type Account, accountAddress, type Chain } from '../../../units/index.ts';
import type { BlockRef } from '../../account-source.ts';
import { EXPLORER_LISTS } from '../../evm/explorer-rows.ts';
import { abreast, inconsistent, stopIfAsked } from '../fetching.ts';
import type { ExplorerClient } from './client.ts';
import { createListReader, type ListedRow, type ListReader, type PageSize } from './read-list.ts';

/** What an explorer has of one account. */
export type AccountRecord = {
  readonly account: Account;
  /** By block, transaction, list and place. */
  readonly rows: readonly ListedRow[];
  /** The last block that is complete in all lists; below the first asked for where not even that one is. */
  readonly toBlock: number;
  /** Why the record ends before the last block asked for; null: it does not. */
  readonly end: 'limit' | 'overflow' | null;
  /** The explorer says itself that it has not processed all inner calls. */
  readonly partial: boolean;
};

export type AccountQuery = {
  readonly account: Account;
  readonly from: number;
  readonly to: BlockRef;
  /** So many transactions are enough. Null: all. */
  readonly limit: number | null;
};

export type AccountReading = {
  readonly client: ExplorerClient;
  readonly chain: Chain;
  readonly size: PageSize;
  readonly signal?: AbortSignal | undefined;
};

/** How often an account is read again where replies do not fit together. */
const REREADS = 3;

/**
 * Reads the three lists of an account side by side, so far as asked.
 * @throws {CairnError} `unavailable`, retryable: the replies do not fit together, again and again; `interrupted`.
 */
export async function readAccount(reading: AccountReading, query: AccountQuery): Promise<AccountRecord> {
  let why = '';
  for (let attempt = 0; attempt <= REREADS; attempt++) {
    const read = await readOnce(reading, query);
    if (typeof read !== 'string') return read;
    why = read;
  }
  const { host } = reading.client;
  throw inconsistent(`what ${host} says of ${query.account} changes while it is read: ${why}`);
}

/**
 * Leaves out inner calls of transactions that any of the records shows to have failed: explorers list them too, and need not
 * call every one of them failed.
 * @param known - transactions whose inner calls the ledger knows already, or knows to have come to nothing.
 */
export function withoutUndone(records: readonly AccountRecord[], known: ReadonlySet<string>): readonly AccountRecord[] {
  const failed = new Set(records.flatMap(({ rows }) => rows.flatMap(({ read }) => (read?.failed ? [read.tx] : []))));
  const isDone = ({ list, read }: ListedRow): boolean =>
    list !== 'txlistinternal' || read === null || !(failed.has(read.tx) || known.has(read.tx));
  return records.map((record) => ({ ...record, rows: record.rows.filter(isDone) }));
}

/** @returns why the replies do not fit together. */
async function readOnce(
  { client, chain, size, signal }: AccountReading,
  { account, from, to, limit }: AccountQuery,
): Promise<AccountRecord | string> {
  const address = accountAddress(account);
  const readers = EXPLORER_LISTS.map((list) =>
    createListReader({ client, chain, address, size }, list, { from, to: to.number }),
  );
  let known = new Set<string>();
  for (;;) {
    const common = Math.min(...readers.map((reader) => reader.through()));
    const overflow = readers.find((reader) => reader.overflow() !== null && reader.through() === common);
    const isEnough = limit !== null && known.size >= limit;
    if (common === to.number || overflow !== undefined || isEnough) {
      const rows = inOrder(rowsThrough(readers, common));
      const end = common === to.number ? null : overflow !== undefined ? 'overflow' : 'limit';
      const partial = readers.some((reader) => reader.partial());
      return conflictOf(rows, to) ?? { account, rows, toBlock: common, end, partial };
    }
    stopIfAsked({ signal }, client.host);
    const behind = readers.filter((reader) => reader.through() === common);
    for (const why of await abreast(behind, behind.length, (reader) => reader.advance())) if (why !== null) return why;
    if (limit !== null) known = transactionsThrough(readers);
  }
}

function transactionsThrough(readers: readonly ListReader[]): Set<string> {
  const common = Math.min(...readers.map((reader) => reader.through()));
  return new Set(rowsThrough(readers, common).flatMap(({ read }) => (read === null ? [] : [read.tx])));
}

function rowsThrough(readers: readonly ListReader[], common: number): ListedRow[] {
  return readers.flatMap(({ rows }) => rows.filter(({ block }) => block <= common));
}

/** Two words on one block: the chain was reorganised, or the explorer is at work on it. */
function conflictOf(rows: readonly ListedRow[], to: BlockRef): string | null {
  const times = new Map([[to.number, to.time]]);
  const hashes = new Map([[to.number, to.hash]]);
  for (const { read } of rows) {
    if (read === null) continue;
    const { blockNumber, blockTime, blockHash } = read;
    if ((times.get(blockNumber) ?? blockTime) !== blockTime) return `block ${blockNumber} has two times`;
    times.set(blockNumber, blockTime);
    if (blockHash === null) continue;
    if ((hashes.get(blockNumber) ?? blockHash) !== blockHash) return `block ${blockNumber} has two hashes`;
    hashes.set(blockNumber, blockHash);
  }
  return null;
}

/** Transactions whose place in the block no list gives come last in it: those that have one keep it. */
function inOrder(rows: readonly ListedRow[]): ListedRow[] {
  const indexes = new Map<string, number>();
  for (const { read } of rows) if (read !== null && read.txIndex !== null) indexes.set(read.tx, read.txIndex);
  const placed = rows.map((row) => {
    const tx = row.read?.tx ?? '';
    return { row: withIndex(row, indexes.get(tx) ?? null), tx, index: indexes.get(tx) ?? Number.MAX_SAFE_INTEGER };
  });
  // The sort is stable: rows of a transaction stay in the order of the lists.
  placed.sort((a, b) => a.row.block - b.row.block || a.index - b.index || (a.tx < b.tx ? -1 : a.tx > b.tx ? 1 : 0));
  return placed.map(({ row }) => row);
}

/** Inner calls are listed without their transaction's place, which another list may give. */
function withIndex(row: ListedRow, txIndex: number | null): ListedRow {
  return row.read === null || row.read.txIndex !== null || txIndex === null
    ? row
    : { ...row, read: { ...row.read, txIndex } };
}
