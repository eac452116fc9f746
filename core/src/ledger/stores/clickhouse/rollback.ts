import type { Chain } from '../../../units/index.ts';
import { assertHeight } from '../consistency.ts';
import type { SqlExecutor } from './executor.ts';
import { createRowBuffer, readRows, writeText, writeUInt32, writeUInt64, writtenRows } from './row-binary.ts';
import { ROLLBACK_COLUMNS, type Rollback } from './tables.ts';

/** Rollbacks that still take something out of sight: one lower down that counts for later imports too takes the place of those before it. */
export async function readRollbacks(executor: SqlExecutor): Promise<Rollback[]> {
  const rows = await readRows(
    executor.query('SELECT chain, from_block, up_to_import FROM rollbacks ORDER BY chain, from_block, up_to_import'),
  );
  const found: Rollback[] = [];
  while (!rows.done()) found.push({ chain: rows.text(), fromBlock: rows.uint64(), upToImport: rows.uint32() });
  return found.filter(
    (one, i) =>
      !found.some(
        (other, j) =>
          other.chain === one.chain &&
          other.fromBlock <= one.fromBlock &&
          other.upToImport >= one.upToImport &&
          (i > j || other.fromBlock < one.fromBlock || other.upToImport > one.upToImport),
      ),
  );
}

/** Takes a chain's blocks from a height on out of sight, as far as committed imports brought them: one row, so all at once. */
export async function writeRollback(executor: SqlExecutor, chain: Chain, fromHeight: number): Promise<void> {
  assertHeight(fromHeight);
  const numbers = await readRows(executor.query('SELECT max(import_id) FROM imports'));
  const row = createRowBuffer(64 + 3 * chain.length);
  writeText(row, chain);
  writeUInt64(row, fromHeight);
  writeUInt32(row, numbers.uint32());
  await executor.insert('rollbacks', ROLLBACK_COLUMNS, writtenRows(row));
}
