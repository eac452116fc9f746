import type { IndexedEvidence } from '../../evidence.ts';
import { evidenceToJson } from '../../evidence-json.ts';
import type { BlockHeader } from '../../utxo/transaction.ts';
import { assertEvidenceAgrees } from './evidence.ts';
import type { Column, LedgerSql } from './executor.ts';
import { assertOneHeaderAHeight } from './headers.ts';
import { createRowBuffer, type RowBuffer, writeText, writeUInt32, writeUInt64, writtenRows } from './row-binary.ts';
import { EVIDENCE_COLUMNS, EVIDENCE_KEY_COLUMNS, HEADER_COLUMNS, names } from './tables.ts';

/** Rows that an import writes beside its transfers. */
export type SideTables = {
  writeEvidence(batch: readonly IndexedEvidence[]): Promise<void>;
  writeHeaders(batch: readonly BlockHeader[]): Promise<void>;
  /** Sends what is left. @throws contradiction where a height has two headers, or a transaction two records that cannot both be true. */
  flush(): Promise<void>;
  /** Puts what was written under the number the import is committed as. */
  settle(importId: number): Promise<void>;
};

const BATCH_BYTES = 4 * 1024 * 1024;

type Table = { readonly name: string; readonly columns: readonly Column[]; rows: RowBuffer; isWritten: boolean };

export function createSideTables(executor: LedgerSql, importId: number): SideTables {
  const table = (name: string, columns: readonly Column[]): Table => ({
    name,
    columns,
    rows: createRowBuffer(0),
    isWritten: false,
  });
  const evidence = table('evidence', EVIDENCE_COLUMNS);
  const keys = table('evidence_keys', EVIDENCE_KEY_COLUMNS);
  const headers = table('headers', HEADER_COLUMNS);
  const all = [evidence, keys, headers];

  const flush = async (one: Table): Promise<void> => {
    if (one.rows.length === 0) return;
    await executor.insert(one.name, one.columns, writtenRows(one.rows));
    one.rows.length = 0;
    one.isWritten = true;
  };
  const add = async (one: Table, bytes: number, write: (rows: RowBuffer) => void): Promise<void> => {
    if (one.rows.length + bytes > one.rows.bytes.length) {
      await flush(one);
      if (bytes > one.rows.bytes.length) one.rows = createRowBuffer(Math.max(bytes, BATCH_BYTES));
    }
    writeUInt32(one.rows, importId);
    write(one.rows);
  };
  return {
    async writeEvidence(batch) {
      for (const { evidence: record, keys: words } of batch) {
        const { chain, tx } = record;
        const block = record.blockNumber ?? 0;
        const body = JSON.stringify(evidenceToJson(record));
        await add(evidence, 64 + 3 * (chain.length + tx.length + body.length), (rows) => {
          for (const text of [chain, tx]) writeText(rows, text);
          writeUInt64(rows, block);
          writeText(rows, body);
        });
        for (const key of words) {
          await add(keys, 64 + 3 * (chain.length + key.length + tx.length), (rows) => {
            for (const text of [chain, key, tx]) writeText(rows, text);
            writeUInt64(rows, block);
          });
        }
      }
    },
    async writeHeaders(batch) {
      for (const { chain, height, hash, previous, merkleRoot, time } of batch) {
        await add(headers, 512, (rows) => {
          writeText(rows, chain);
          writeUInt64(rows, height);
          for (const text of [hash, previous, merkleRoot]) writeText(rows, text);
          writeUInt64(rows, time);
        });
      }
    },
    async flush() {
      for (const one of all) await flush(one);
      if (headers.isWritten) await assertOneHeaderAHeight(executor, importId);
      if (evidence.isWritten) await assertEvidenceAgrees(executor, importId);
    },
    async settle(id) {
      if (id === importId) return;
      for (const { name, columns, isWritten } of all) {
        const rest = names(columns.slice(1));
        if (isWritten) {
          await executor.command(
            `INSERT INTO ${name} (import_id, ${rest}) SELECT toUInt32(${id}), ${rest} FROM ${name} WHERE import_id = ${importId}`,
          );
        }
      }
    },
  };
}
