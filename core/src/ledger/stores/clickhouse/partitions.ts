import { CairnError } from '../../../errors.ts';
import type { SqlExecutor } from './executor.ts';
import { readRows } from './row-binary.ts';
import { literals, PARTITIONED } from './tables.ts';

/** Rows that the engine holds of each import's partition of the partitioned tables. */
const STORED = `FROM system.parts WHERE database = currentDatabase() AND active AND table IN (${literals(PARTITIONED)})`;

/** Rows stored for an import, in all its partitions. */
export async function storedRows(executor: SqlExecutor, importId: number): Promise<number> {
  const rows = await readRows(executor.query(`SELECT sum(rows) ${STORED} AND partition = '${importId}'`));
  return rows.uint64();
}

/** Forgets every import that was begun and not committed. */
export async function dropUnfinishedImports(executor: SqlExecutor): Promise<void> {
  const rows = await readRows(
    executor.query(
      `SELECT DISTINCT table, partition ${STORED} AND partition NOT IN (SELECT toString(import_id) FROM imports)`,
    ),
  );
  while (!rows.done()) await executor.command(`ALTER TABLE ${rows.text()} DROP PARTITION ${rows.text()}`);
}

/**
 * Holds what is stored against what was committed: an engine may set files aside that it cannot read.
 * @throws unavailable, naming the first import that has lost rows.
 */
export async function assertComplete(executor: SqlExecutor): Promise<void> {
  const rows = await readRows(
    executor.query(
      `SELECT import_id, file FROM imports WHERE stored_rows > 0 AND (toString(import_id), stored_rows) NOT IN ` +
        `(SELECT partition, sum(rows) ${STORED} GROUP BY partition) ORDER BY import_id LIMIT 1`,
    ),
  );
  if (rows.done()) return;
  throw new CairnError(
    'unavailable',
    `The ledger is damaged: import ${rows.uint32()} (${rows.text()}) is no longer all there.`,
    { hints: ['Restore the data directory from a copy, or ingest the sources again into a new one.'] },
  );
}
