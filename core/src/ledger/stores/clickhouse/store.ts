import { CairnError } from '../../../errors.ts';
import { type Account, accountAddress, accountChain, type Chain } from '../../../units/index.ts';
import type { Coverage } from '../../coverage.ts';
import type { HistoryQuery, ImportSummary, LedgerStore } from '../../ports.ts';
import { compareTransfers, type Transfer } from '../../transfer.ts';
import { decodeDeclaration, sortDeclarations } from '../declarations.ts';
import type { SqlExecutor } from './executor.ts';
import { BATCH_BYTES, openImport } from './import-session.ts';
import { assertComplete, dropUnfinishedImports } from './partitions.ts';
import { createRowBuffer, readRows, writeUInt32, writtenRows } from './row-binary.ts';
import {
  COMMITTED,
  CREATE_VERSION_TABLE,
  createTables,
  LEDGER_VERSION,
  literal,
  literals,
  SIDE,
  VERSION_COLUMNS,
} from './tables.ts';
import { decodeTransfers, TRANSFER_COLUMNS, txForm } from './transfer-rows.ts';

/** Accounts, hashes or blocks named in one query: the text stays below a megabyte. */
const NAMES_PER_QUERY = 10_000;

/**
 * A ledger in ClickHouse tables; the same SQL text on every engine.
 * Lays the tables out in an empty database and drops what an earlier process left unfinished.
 * @param batchBytes - bytes of rows that an import sends to the engine at once, at least 32 KiB.
 * @throws unavailable if a newer version of Cairn wrote the ledger.
 */
export async function createSqlLedger(executor: SqlExecutor, batchBytes = BATCH_BYTES): Promise<LedgerStore> {
  await prepare(executor);
  let open = false;
  return {
    histories: (query, visit) => visitHistories(executor, query, visit),
    transactions: (hashes) => readTransactions(executor, hashes),
    blocks: (chain, numbers) => readBlocks(executor, chain, numbers),
    coverage: (accounts) => readCoverage(executor, accounts),
    imports: () => readImports(executor),
    beginImport: async (source) => {
      if (open) throw new CairnError('unavailable', 'An import is already open on this ledger.', { retryable: true });
      open = true;
      try {
        return await openImport(executor, source, batchBytes, () => {
          open = false;
        });
      } catch (error) {
        open = false;
        throw error;
      }
    },
    close: () => executor.close(),
  };
}

async function prepare(executor: SqlExecutor): Promise<void> {
  await executor.command(CREATE_VERSION_TABLE);
  const rows = await readRows(executor.query('SELECT max(version) FROM ledger_version'));
  const version = rows.uint32();
  if (version > LEDGER_VERSION) {
    throw new CairnError(
      'unavailable',
      `This ledger has format version ${version}; this version of Cairn reads up to ${LEDGER_VERSION}.`,
      { hints: ['Use the newer version of Cairn that wrote it, or another data directory.'] },
    );
  }
  for (const statement of createTables(executor.amountType)) await executor.command(statement);
  if (version === 0) {
    const row = createRowBuffer(4);
    writeUInt32(row, LEDGER_VERSION);
    await executor.insert('ledger_version', VERSION_COLUMNS, writtenRows(row));
  }
  await assertComplete(executor);
  await dropUnfinishedImports(executor);
}

function* slices<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += NAMES_PER_QUERY) yield items.slice(i, i + NAMES_PER_QUERY);
}

async function visitHistories(
  executor: SqlExecutor,
  query: HistoryQuery,
  visit: (owner: Account, transfer: Transfer) => void,
): Promise<void> {
  for (const [chain, addresses] of addressesByChain(query.accounts)) {
    const conditions = historyConditions(chain, query);
    if (conditions === null) continue;
    const { limitPerAccount } = query;
    const first =
      limitPerAccount === null
        ? ''
        : ` ORDER BY chain, account, block_number, tx_index, position LIMIT ${Math.trunc(limitPerAccount)} BY account`;
    for (const some of slices(addresses)) {
      const sql =
        `SELECT ${TRANSFER_COLUMNS} FROM entries ` +
        `PREWHERE chain = ${literal(chain)} AND account IN (${literals(some)}) WHERE ${conditions}${first}`;
      await decodeTransfers(executor.query(sql), visit);
    }
  }
}

/** What a history's transfers have in common; null: no transfer can meet it. */
function historyConditions(chain: Chain, { assets, until, limitPerAccount }: HistoryQuery): string | null {
  const conditions = [`side < ${SIDE.nothing}`, COMMITTED];
  if (limitPerAccount !== null && limitPerAccount < 1) return null;
  if (until !== null) {
    if (until < 0) return null;
    conditions.push(`block_time <= ${Math.floor(until)}`);
  }
  if (assets !== null) {
    const prefix = `${chain}/`;
    const onChain = assets.filter((asset) => asset.startsWith(prefix)).map((asset) => asset.slice(prefix.length));
    if (onChain.length === 0) return null;
    conditions.push(`asset IN (${literals(onChain)})`);
  }
  return conditions.join(' AND ');
}

/** Distinct addresses by chain, sorted, so that neighbours in the table are read together. */
function addressesByChain(accounts: readonly Account[]): ReadonlyMap<Chain, readonly string[]> {
  const chains = new Map<Chain, string[]>();
  for (const account of [...new Set(accounts)].sort()) {
    const chain = accountChain(account);
    const addresses = chains.get(chain);
    if (addresses === undefined) chains.set(chain, [accountAddress(account)]);
    else addresses.push(accountAddress(account));
  }
  return chains;
}

async function readTransactions(executor: SqlExecutor, hashes: readonly string[]): Promise<Transfer[]> {
  const found: Transfer[] = [];
  const distinct = new Set(hashes);
  for (const some of slices([...distinct])) {
    const hex = some.filter((tx) => txForm(tx) > 0).map((tx) => `unhex(${literal(tx.slice(-64))})`);
    const texts = some.filter((tx) => txForm(tx) === 0);
    const either = [
      ...(hex.length > 0 ? [`tx IN (${hex.join(', ')})`] : []),
      ...(texts.length > 0 ? [`tx_text IN (${literals(texts)})`] : []),
    ].join(' OR ');
    const sql = `SELECT ${TRANSFER_COLUMNS} FROM entries PREWHERE ${either} WHERE side != ${SIDE.receiver} AND ${COMMITTED}`;
    // The same 64 digits with and without 0x are two names.
    await decodeTransfers(executor.query(sql), (_, transfer) => {
      if (distinct.has(transfer.tx)) found.push(transfer);
    });
  }
  return found.sort(compareTransfers);
}

async function readBlocks(executor: SqlExecutor, chain: string, numbers: readonly number[]): Promise<Transfer[]> {
  const found: Transfer[] = [];
  const distinct = new Set(numbers.filter((number) => Number.isSafeInteger(number) && number >= 0));
  for (const some of slices([...distinct])) {
    const sql =
      `SELECT ${TRANSFER_COLUMNS} FROM entries PREWHERE chain = ${literal(chain)} AND ` +
      `block_number IN (${some.join(', ')}) WHERE side != ${SIDE.receiver} AND ${COMMITTED}`;
    await decodeTransfers(executor.query(sql), (_, transfer) => found.push(transfer));
  }
  return found;
}

async function readCoverage(executor: SqlExecutor, accounts: readonly Account[]): Promise<Coverage[]> {
  const found: Coverage[] = [];
  for (const [chain, addresses] of addressesByChain(accounts)) {
    for (const some of slices(addresses)) {
      const sql =
        `SELECT declaration FROM coverage WHERE chain = ${literal(chain)} AND ` +
        `account IN ('', ${literals(some)}) AND ${COMMITTED}`;
      const rows = await readRows(executor.query(sql));
      while (!rows.done()) found.push(decodeDeclaration(rows.text()));
    }
  }
  return sortDeclarations(found);
}

async function readImports(executor: SqlExecutor): Promise<readonly ImportSummary[]> {
  const rows = await readRows(
    executor.query(`SELECT import_id, sha256, file, format, transfers, rejected FROM imports ORDER BY import_id`),
  );
  const found: ImportSummary[] = [];
  while (!rows.done()) {
    const id = String(rows.uint32());
    const [sha256, file, format] = [rows.text(), rows.text(), rows.text()];
    found.push({ id, sha256, file, format, transfers: rows.uint64(), rejected: rows.uint64() });
  }
  return found;
}
