import { open } from 'node:fs/promises';
import { isCairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import { etlTransaction } from '../../utxo/datasets/etl-rows.ts';
import type { Json } from '../../utxo/datasets/values.ts';
import type { UtxoTransaction } from '../../utxo/transaction.ts';
import type { RejectLog } from '../rejects-file.ts';
import type { TableEngine } from '../table-reader.ts';
import { fileLiteral, readTextRows, SORT_SETTINGS } from '../text-rows.ts';

/** What is read of a table of transactions; the rest of its columns is left alone. */
const WANTED = [
  'hash',
  'block_number',
  'block_timestamp',
  'index',
  'version',
  'lock_time',
  'is_coinbase',
  'inputs',
  'outputs',
] as const;

export type EtlTable = {
  readonly path: string;
  /** Without directory. */
  readonly file: string;
  readonly kind: 'parquet' | 'csv' | 'json-lines';
  /** All columns; of no use where every line is a JSON object. */
  readonly columns: readonly string[];
  readonly chain: Chain;
};

/**
 * The transactions of a table, by block, then by place where the table has one; the engine sorts them, on disk where they are many.
 * Rows that cannot be read are rejected with the reason.
 */
export async function* readEtlTable(
  table: EtlTable,
  engine: TableEngine,
  rejects: RejectLog,
): AsyncGenerator<UtxoTransaction> {
  const handle = await open(table.path, 'r');
  try {
    const columns = WANTED.filter((name) => table.columns.includes(name));
    const names = table.kind === 'json-lines' ? ['line'] : columns;
    const sql = sqlFor(table, names, fileLiteral(table.path, handle.fd));
    const label = { parquet: 'Parquet', csv: 'CSV', 'json-lines': 'JSON lines' }[table.kind];
    for await (const { count, row } of readTextRows(engine, sql, names.length + 1, label)) {
      for (let i = 0; i < count; i++) {
        const cells = row(i).cells();
        const transaction = transactionOf(table, names, cells, rejects);
        if (transaction !== null) yield transaction;
      }
      await rejects.flush();
    }
  } finally {
    await handle.close();
  }
}

function transactionOf(
  table: EtlTable,
  names: readonly string[],
  cells: readonly string[],
  rejects: RejectLog,
): UtxoTransaction | null {
  try {
    return etlTransaction(table.chain, rowOf(table.kind, names, cells));
  } catch (error) {
    if (!(error instanceof SyntaxError) && (!isCairnError(error) || error.code !== 'invalid-input')) throw error;
    const line = Number(cells.at(-1)) + (table.kind === 'json-lines' ? 1 : 2);
    // A row can be megabytes long: its id and block tell which it is.
    const shown = cells.slice(0, 2).map((cell) => cell.slice(0, 200));
    rejects.add({ file: table.file, line, reason: error.message, cells: shown }, 'a transaction cannot be read');
    return null;
  }
}

function rowOf(kind: EtlTable['kind'], names: readonly string[], cells: readonly string[]): Json {
  if (kind === 'json-lines') return JSON.parse(cells[0] as string) as Json;
  const read = (cell: string): unknown => (kind === 'parquet' ? JSON.parse(cell) : cell === '' ? null : cell);
  return Object.fromEntries(names.map((name, i) => [name, read(cells[i] as string)]));
}

function sqlFor({ kind }: EtlTable, names: readonly string[], file: string): string {
  const number = 'toString(place) FROM (SELECT *, rowNumberInAllBlocks() AS place FROM';
  if (kind === 'json-lines') {
    const by = `JSONExtractUInt(line, 'block_number'), JSONExtractUInt(line, 'index'), place`;
    return `SELECT line, ${number} file(${file}, 'LineAsString', 'line String') WHERE line != '') ORDER BY ${by} SETTINGS max_threads = 1, ${SORT_SETTINGS}`;
  }
  const key = (name: string): string => (names.includes(name) ? `toUInt64OrZero(toString(\`${name}\`)), ` : '');
  const by = `${key('block_number')}${key('index')}place`;
  const cells = names
    .map((name) => (kind === 'parquet' ? `ifNull(toJSONString(\`${name}\`), 'null')` : `\`${name}\``))
    .join(', ');
  const settings =
    kind === 'parquet'
      ? "input_format_parquet_preserve_order = 1, date_time_output_format = 'iso', output_format_json_quote_64bit_integers = 1, output_format_json_quote_decimals = 1"
      : 'input_format_csv_use_best_effort_in_schema_inference = 0, schema_inference_make_columns_nullable = 0';
  const format = kind === 'parquet' ? 'Parquet' : 'CSVWithNames';
  return `SELECT ${cells}, ${number} file(${file}, '${format}')) ORDER BY ${by} SETTINGS max_threads = 1, ${settings}, ${SORT_SETTINGS}`;
}
