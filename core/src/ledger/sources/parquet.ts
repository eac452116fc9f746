import { type FileHandle, open } from 'node:fs/promises';
import { CairnError } from '../../errors.ts';
import type { RowBatch, RowSource, Table } from './row-source.ts';
import type { TableEngine } from './table-reader.ts';
import { fileLiteral, readTextRows, SORT_SETTINGS } from './text-rows.ts';

const PARQUET = 'Parquet';
const MAGIC = 'PAR1';
/** Columns that may hold a 256-bit integer as 32 bytes, as ClickHouse writes them. */
const AMOUNT_COLUMNS = ['value', 'amount'];

/** Whether a file begins as Parquet files do. */
export async function isParquet(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    return (await readMagic(file, 0)) === MAGIC;
  } finally {
    await file.close();
  }
}

async function readMagic(file: FileHandle, at: number): Promise<string> {
  const bytes = Buffer.alloc(MAGIC.length);
  await file.read(bytes, 0, MAGIC.length, at);
  return bytes.toString('latin1');
}

/**
 * Opens a Parquet file; the engine reads it, and every cell comes as the text a CSV would have.
 * @throws invalid-input if it is cut off or no Parquet.
 */
export async function openParquet(path: string, engine: TableEngine): Promise<RowSource> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < 12 || (await readMagic(file, size - MAGIC.length)) !== MAGIC) {
      throw new CairnError('invalid-input', 'the Parquet file is cut off: its end is missing');
    }
    const literal = fileLiteral(path, file.fd);
    const columns = await describe(engine, literal);
    const table = { name: `file(${literal}, Parquet)`, size };
    const pick = (wanted: readonly number[]) => wanted.map((place) => columns[place] as ParquetColumn);
    const read = (wanted: readonly number[], by: number | null): Table => ({
      header: pick(wanted).map((column) => column.name),
      batches: readBatches(engine, table, pick(wanted), by === null ? null : (columns[by] as ParquetColumn)),
    });
    return {
      columns: columns.map((column) => column.name),
      read: (wanted) => read(wanted, null),
      readSorted: read,
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

type ParquetColumn = { readonly name: string; readonly type: string };

/** Only SELECT can be streamed, and DESCRIBE is none: names come from the file's metadata, types from its first row. */
async function describe(engine: TableEngine, literal: string): Promise<ParquetColumn[]> {
  const paths: string[] = [];
  // A column of lists has its values below it; the first step of the path is the column's own name.
  const metadata = `SELECT splitByChar('.', arrayJoin(columns).path)[1] FROM file(${literal}, ParquetMetadata)`;
  for await (const { count, row } of readTextRows(engine, metadata, 1, PARQUET)) {
    for (let i = 0; i < count; i++) paths.push(row(i).text(0));
  }
  const names = [...new Set(paths)];
  const types = names.map((name) => `toTypeName(${quoteName(name)})`).join(', ');
  const sql = `SELECT ${types} FROM (SELECT * FROM file(${literal}, Parquet) LIMIT 1)`;
  let first: readonly string[] = [];
  for await (const { row } of readTextRows(engine, sql, names.length, PARQUET)) first = row(0).cells();
  return names.map((name, i) => ({ name, type: first[i] ?? 'String' }));
}

function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

async function* readBatches(
  engine: TableEngine,
  table: { readonly name: string; readonly size: number },
  columns: readonly ParquetColumn[],
  by: ParquetColumn | null,
): AsyncGenerator<RowBatch> {
  let total = 1;
  for await (const { row } of readTextRows(engine, `SELECT toString(count()) FROM ${table.name}`, 1, PARQUET)) {
    total = Math.max(1, Number(row(0).text(0)));
  }
  const sql = by === null ? plainSql(table.name, columns) : sortedSql(table.name, columns, by);
  let before = 0;
  for await (const { count, row } of readTextRows(engine, sql, columns.length + 1, PARQUET)) {
    const lines = Array.from({ length: count }, (_, i) => Number(row(i).text(columns.length)) + 2);
    before += count;
    yield {
      count,
      row: narrow(row, columns.length),
      lines,
      bytesRead: Math.floor((table.size * before) / total),
      openLine: null,
    };
  }
}

/** Rows without their last cell, which holds the row's number. */
function narrow(row: RowBatch['row'], width: number): RowBatch['row'] {
  return (number) => Object.assign(row(number), { width });
}

// One thread and preserved order: order inside a block may rest on the order of rows, and row numbers do.
const IN_ORDER = 'max_threads = 1, input_format_parquet_preserve_order = 1';

function plainSql(table: string, columns: readonly ParquetColumn[]): string {
  return `SELECT ${columns.map(asText).join(', ')}, toString(rowNumberInAllBlocks()) FROM ${table} SETTINGS ${IN_ORDER}`;
}

function sortedSql(table: string, columns: readonly ParquetColumn[], by: ParquetColumn): string {
  const cells = columns.map((column, i) => `${asText(column)} AS cell${i}`).join(', ');
  const names = columns.map((_, i) => `cell${i}`).join(', ');
  return (
    `SELECT ${names}, toString(place) FROM (SELECT ${cells}, toFloat64OrZero(${asText(by)}) AS sorted, ` +
    `rowNumberInAllBlocks() AS place FROM ${table}) ORDER BY sorted, place SETTINGS ${IN_ORDER}, ${SORT_SETTINGS}`
  );
}

/** SQL that writes a column as text, the empty text for null. */
function asText({ name, type }: ParquetColumn): string {
  const column = quoteName(name);
  const plain = type.replace(/^LowCardinality\((.*)\)$/, '$1').replace(/^Nullable\((.*)\)$/, '$1');
  let text = `toString(${column})`;
  if (plain.startsWith('DateTime')) text = `toString(toUnixTimestamp(${column}))`;
  else if (plain === 'Bool') text = `toString(toUInt8(${column}))`;
  else if (plain.startsWith('Float')) text = floatAsText(column);
  else if (plain === 'FixedString(32)' && AMOUNT_COLUMNS.includes(name.toLowerCase())) {
    text = `toString(reinterpretAsUInt256(${column}))`;
  }
  return `ifNull(${text}, '')`;
}

/** Float notation from 2^53 on, where a double no longer holds every whole number, so that the amount is flagged. */
function floatAsText(column: string): string {
  const plain = `toString(${column})`;
  const exponent = `if(position(${plain}, 'e') > 0, ${plain}, concat(${plain}, 'e0'))`;
  return `if(abs(${column}) < 9007199254740992, ${plain}, ${exponent})`;
}
