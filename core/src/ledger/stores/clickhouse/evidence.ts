import type { TransactionEvidence } from '../../evidence.ts';
import { evidenceFromJson } from '../../evidence-json.ts';
import { mergeEvidence } from '../../merge-evidence.ts';
import type { LedgerSql } from './executor.ts';
import { readRows } from './row-binary.ts';
import { literals } from './tables.ts';

/** Hashes or keys named in one query. */
const NAMES_PER_QUERY = 5_000;

/** The record of each transaction, put together from all imports. Sorted by (chain, tx). */
export async function readEvidence(sql: LedgerSql, hashes: readonly string[]): Promise<TransactionEvidence[]> {
  const merged = new Map<string, TransactionEvidence>();
  const distinct = [...new Set(hashes)].sort();
  for (let i = 0; i < distinct.length; i += NAMES_PER_QUERY) {
    const some = distinct.slice(i, i + NAMES_PER_QUERY);
    const rows = await readRows(
      sql.query(
        `SELECT body FROM evidence WHERE tx IN (${literals(some)}) AND ${sql.visible()} ORDER BY chain, tx, import_id`,
      ),
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

/** Records by the words they were stored under. Sorted by (key, chain, tx). */
export async function readEvidenceByKey(
  sql: LedgerSql,
  keys: readonly string[],
): Promise<{ readonly key: string; readonly evidence: TransactionEvidence }[]> {
  const places: { key: string; chain: string; tx: string }[] = [];
  const distinct = [...new Set(keys)].sort();
  for (let i = 0; i < distinct.length; i += NAMES_PER_QUERY) {
    const some = distinct.slice(i, i + NAMES_PER_QUERY);
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
