import type { TransactionEvidence } from '../../evidence.ts';
import { evidenceFromJson } from '../../evidence-json.ts';
import { mergeEvidence } from '../../merge-evidence.ts';
import type { LedgerSql } from './executor.ts';
import { readRows } from './row-binary.ts';
import { literals, withImport } from './tables.ts';

/** Hashes or keys named in one query: its records are held in memory at once, and one may take megabytes. */
const NAMES_PER_QUERY = 1_000;

/** The record of each transaction, put together from all imports. Sorted by (chain, tx). */
export function readEvidence(sql: LedgerSql, hashes: readonly string[]): Promise<TransactionEvidence[]> {
  return readRecords(sql, hashes, sql.visible());
}

async function readRecords(
  sql: LedgerSql,
  hashes: readonly string[],
  condition: string,
): Promise<TransactionEvidence[]> {
  const merged = new Map<string, TransactionEvidence>();
  for (const some of slices(hashes)) {
    const rows = await readRows(
      sql.query(`SELECT DISTINCT body FROM evidence WHERE tx IN (${literals(some)}) AND ${condition} ORDER BY body`),
    );
    while (!rows.done()) {
      const record = evidenceFromJson(JSON.parse(rows.text()));
      const name = `${record.chain} ${record.tx}`;
      const known = merged.get(name);
      merged.set(name, known === undefined ? record : mergeEvidence(known, record));
    }
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

/** Distinct names, sorted, so that neighbours in the table are read together. */
function* slices(names: readonly string[]): Generator<readonly string[]> {
  const distinct = [...new Set(names)].sort();
  for (let i = 0; i < distinct.length; i += NAMES_PER_QUERY) yield distinct.slice(i, i + NAMES_PER_QUERY);
}

/**
 * Puts together the records of each transaction that has more than one with a written import.
 * @throws contradiction where two cannot both be true.
 */
export async function assertEvidenceAgrees(sql: LedgerSql, importId: number): Promise<void> {
  const condition = withImport(sql.visible(), importId);
  const rows = await readRows(
    sql.query(
      `SELECT tx FROM evidence WHERE tx IN (SELECT tx FROM evidence WHERE import_id = ${importId}) AND ${condition} ` +
        'GROUP BY tx, chain HAVING count() > 1',
    ),
  );
  const repeated: string[] = [];
  while (!rows.done()) repeated.push(rows.text());
  for (const some of slices(repeated)) await readRecords(sql, some, condition);
}

/** Records by the words they were stored under. Sorted by (key, chain, tx). */
export async function readEvidenceByKey(
  sql: LedgerSql,
  keys: readonly string[],
): Promise<{ readonly key: string; readonly evidence: TransactionEvidence }[]> {
  const places: { key: string; chain: string; tx: string }[] = [];
  for (const some of slices(keys)) {
    const rows = await readRows(
      sql.query(
        `SELECT DISTINCT key, chain, tx FROM evidence_keys WHERE key IN (${literals(some)}) AND ${sql.visible()} ORDER BY key, chain, tx`,
      ),
    );
    while (!rows.done()) places.push({ key: rows.text(), chain: rows.text(), tx: rows.text() });
  }
  const records = await readEvidence(
    sql,
    places.map(({ tx }) => tx),
  );
  const byName = new Map(records.map((record) => [`${record.chain} ${record.tx}`, record]));
  return places.flatMap(({ key, chain, tx }) => {
    const evidence = byName.get(`${chain} ${tx}`);
    return evidence === undefined ? [] : [{ key, evidence }];
  });
}
