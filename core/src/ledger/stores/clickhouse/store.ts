import { CairnError } from '../../../errors.ts';
import { type Account, accountAddress, accountChain, type Chain } from '../../../units/index.ts';
import type { Coverage } from '../../coverage.ts';
import type { HistoryQuery, ImportSummary, LedgerStore } from '../../ports.ts';
import { compareTransfers, type Transfer } from '../../transfer.ts';
import { cutCoverage, decodeDeclaration, sortDeclarations } from '../declarations.ts';
import { historyConditions, slices, visitAccounts } from './account-rows.ts';
import { readEvidence, readEvidenceByKey } from './evidence.ts';
import type { LedgerSql, SqlExecutor } from './executor.ts';
import { readHeaders, readTip } from './headers.ts';
import { BATCH_BYTES, openImport } from './import-session.ts';
import { assertComplete, dropUnfinishedImports } from './partitions.ts';
import { readRollbacks, writeRollback } from './rollback.ts';
import { createRowBuffer, readRows, writeUInt32, writtenRows } from './row-binary.ts';
import {
  COMMITTED,
  CREATE_VERSION_TABLE,
  createTables,
  LEDGER_VERSION,
  literal,
  literals,
  ONCE,
  type Rollback,
  SCAN_FROM,
  TX_FORM,
  upgradeTables,
  VERSION_COLUMNS,
  visible,
} from './tables.ts';
import { decodeTransfers, TRANSFER_COLUMNS, txForm } from './transfer-rows.ts';
import { createUtxoReader, type UtxoReader } from './utxo-reader.ts';

/**
 * A ledger in ClickHouse tables; the same SQL text on every engine.
 * Lays the tables out in an empty database and drops what an earlier process left unfinished.
 * @param batchBytes - bytes of rows that an import sends to the engine at once, at least 32 KiB.
 * @throws unavailable if a newer version of Cairn wrote the ledger.
 */
export async function createSqlLedger(executor: SqlExecutor, batchBytes = BATCH_BYTES): Promise<LedgerStore> {
  await prepare(executor);
  let rollbacks = await readRollbacks(executor);
  const sql: LedgerSql = { ...executor, visible: () => visible(rollbacks) };
  let utxo = createUtxoReader(sql);
  let open = false;
  return {
    histories: (query, visit) => visitHistories(sql, utxo, query, visit),
    transactions: (hashes) => readTransactions(sql, utxo, hashes),
    blocks: (chain, numbers) => readBlocks(sql, utxo, chain, numbers),
    coverage: (accounts) => readCoverage(executor, rollbacks, accounts),
    evidence: (hashes) => readEvidence(sql, hashes),
    evidenceByKey: (keys) => readEvidenceByKey(sql, keys),
    headers: (chain, from, to) => readHeaders(sql, chain, from, to),
    tip: (chain) => readTip(sql, chain),
    rollback: async (chain, fromHeight) => {
      await writeRollback(executor, chain, fromHeight);
      rollbacks = await readRollbacks(executor);
      utxo = createUtxoReader(sql);
    },
    imports: () => readImports(executor),
    beginImport: async (source) => {
      if (open) throw new CairnError('unavailable', 'An import is already open on this ledger.', { retryable: true });
      open = true;
      try {
        return await openImport(sql, source, batchBytes, () => {
          open = false;
          // What an import brought may tell what inputs spend that were written before.
          utxo = createUtxoReader(sql);
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
  for (const statement of upgradeTables(version)) await executor.command(statement);
  for (const statement of createTables(executor.amountType)) await executor.command(statement);
  if (version < LEDGER_VERSION) {
    const row = createRowBuffer(4);
    writeUInt32(row, LEDGER_VERSION);
    await executor.insert('ledger_version', VERSION_COLUMNS, writtenRows(row));
  }
  await assertComplete(executor);
  await dropUnfinishedImports(executor);
}

async function visitHistories(
  sql: LedgerSql,
  utxo: UtxoReader,
  query: HistoryQuery,
  visit: (owner: Account, transfer: Transfer) => void,
): Promise<void> {
  for (const [chain, accounts] of accountsByChain(query.accounts)) {
    if (await utxo.isOpen(chain)) {
      await utxo.histories(chain, { ...query, accounts }, visit);
      continue;
    }
    const where = historyConditions(chain, query);
    const limit = query.limitPerAccount === null ? null : Math.trunc(query.limitPerAccount);
    if (where !== null) await visitAccounts(sql, { chain, accounts, where, limit }, visit);
  }
}

/** Distinct accounts by chain, sorted. */
function accountsByChain(accounts: readonly Account[]): ReadonlyMap<Chain, readonly Account[]> {
  return Map.groupBy([...new Set(accounts)].sort(), accountChain);
}

async function readTransactions(sql: LedgerSql, utxo: UtxoReader, hashes: readonly string[]): Promise<Transfer[]> {
  const found = new Map<string, Transfer>();
  const missing = new Set(hashes);
  const wanted = new Set(hashes);
  const keep = (transfer: Transfer): void => {
    const place = `${transfer.chain} ${transfer.blockNumber} ${transfer.txIndex} ${transfer.position}`;
    // The same 64 digits with and without 0x are two names.
    if (wanted.has(transfer.tx)) found.set(place, transfer);
    missing.delete(transfer.tx);
  };
  const bare = [...wanted].filter((tx) => txForm(tx) === TX_FORM.hex);
  if (bare.length > 0) await utxo.transactions(bare, keep);
  for (const some of slices([...missing])) {
    const hex = some.filter((tx) => txForm(tx) > 0).map((tx) => `unhex(${literal(tx.slice(-64))})`);
    const texts = some.filter((tx) => txForm(tx) === 0);
    const either = [
      ...(hex.length > 0 ? [`tx IN (${hex.join(', ')})`] : []),
      ...(texts.length > 0 ? [`tx_text IN (${literals(texts)})`] : []),
    ].join(' OR ');
    const settings = some.length < SCAN_FROM ? '' : ' SETTINGS use_skip_indexes = 0';
    const text = `SELECT ${TRANSFER_COLUMNS} FROM entries PREWHERE ${either} WHERE ${ONCE} AND ${sql.visible()}${settings}`;
    await decodeTransfers(sql.query(text), (_, transfer) => keep(transfer));
  }
  return [...found.values()].sort(compareTransfers);
}

async function readBlocks(
  executor: LedgerSql,
  utxo: UtxoReader,
  chain: string,
  numbers: readonly number[],
): Promise<Transfer[]> {
  const found: Transfer[] = [];
  const distinct = new Set(numbers.filter((number) => Number.isSafeInteger(number) && number >= 0));
  for (const some of slices([...distinct])) {
    const sql =
      `SELECT ${TRANSFER_COLUMNS} FROM entries PREWHERE chain = ${literal(chain)} AND ` +
      `block_number IN (${some.join(', ')}) WHERE ${ONCE} AND ${executor.visible()}`;
    await decodeTransfers(executor.query(sql), (_, transfer) => found.push(transfer));
  }
  return (await utxo.isOpen(chain)) ? utxo.resolved(found) : found;
}

async function readCoverage(
  executor: SqlExecutor,
  rollbacks: readonly Rollback[],
  accounts: readonly Account[],
): Promise<Coverage[]> {
  const found: Coverage[] = [];
  for (const [chain, own] of accountsByChain(accounts)) {
    for (const some of slices(own.map(accountAddress))) {
      const sql =
        `SELECT import_id, declaration FROM coverage WHERE chain = ${literal(chain)} AND ` +
        `account IN ('', ${literals(some)}) AND ${COMMITTED}`;
      const rows = await readRows(executor.query(sql));
      while (!rows.done()) {
        const importId = rows.uint32();
        const declared = decodeDeclaration(rows.text());
        const gone = rollbacks.filter((r) => r.chain === chain && importId <= r.upToImport);
        const kept = cutCoverage(declared, gone);
        if (kept !== null) found.push(kept);
      }
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
