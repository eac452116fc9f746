import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CairnError } from '../../errors.ts';
import { createRows, type RowBatch, RowLayout, type RowSource } from './row-source.ts';
import type { TableEngine } from './table-reader.ts';

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
    // The engine would take these characters for a pattern of names.
    const name = /[*?{}]/.test(path) ? `/dev/fd/${file.fd}` : resolve(path);
    const literal = `'${name.replace(/[\\']/g, '\\$&')}'`;
    const table = `file(${literal}, Parquet)`;
    const columns = await describe(engine, literal);
    return {
      columns: columns.map((column) => column.name),
      read: (wanted) => ({
        header: wanted.map((place) => (columns[place] as ParquetColumn).name),
        batches: readBatches(
          engine,
          table,
          wanted.map((place) => columns[place] as ParquetColumn),
          size,
        ),
      }),
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
  for await (const { count, row } of readTextRows(engine, metadata, 1)) {
    for (let i = 0; i < count; i++) paths.push(row(i).text(0));
  }
  const names = [...new Set(paths)];
  const types = names.map((name) => `toTypeName(${quoteName(name)})`).join(', ');
  const sql = `SELECT ${types} FROM (SELECT * FROM file(${literal}, Parquet) LIMIT 1)`;
  let first: readonly string[] = [];
  for await (const { row } of readTextRows(engine, sql, names.length)) first = row(0).cells();
  return names.map((name, i) => ({ name, type: first[i] ?? 'String' }));
}

function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

async function* readBatches(
  engine: TableEngine,
  table: string,
  columns: readonly ParquetColumn[],
  size: number,
): AsyncGenerator<RowBatch> {
  let total = 1;
  for await (const { row } of readTextRows(engine, `SELECT toString(count()) FROM ${table}`, 1)) {
    total = Math.max(1, Number(row(0).text(0)));
  }
  const cells = columns.map((column) => asText(column)).join(', ');
  // One thread and preserved order: order inside a block may rest on the order of rows.
  const sql = `SELECT ${cells} FROM ${table} SETTINGS max_threads = 1, input_format_parquet_preserve_order = 1`;
  let before = 0;
  for await (const { count, row } of readTextRows(engine, sql, columns.length)) {
    const lines = Array.from({ length: count }, (_, i) => before + 2 + i);
    before += count;
    yield { count, row, lines, bytesRead: Math.floor((size * before) / total), unterminated: false };
  }
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

/** Rows of `width` strings from RowBinary that may be cut anywhere. */
async function* readTextRows(engine: TableEngine, sql: string, width: number): AsyncGenerator<TextRows> {
  const layout = new RowLayout();
  let rest: Buffer = Buffer.alloc(0);
  const chunks = engine.query(sql)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await chunks.next().catch(unreadable);
      if (done) return;
      const given = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      const bytes: Buffer = rest.length === 0 ? given : Buffer.concat([rest, given]);
      const end = layRows(layout, bytes, width);
      if (layout.count > 0) yield { count: layout.count, row: createRows(layout, bytes, end) };
      rest = Buffer.from(bytes.subarray(end));
    }
  } finally {
    await chunks.return?.();
  }
}

type TextRows = Pick<RowBatch, 'count' | 'row'>;

function unreadable(cause: unknown): never {
  if (cause instanceof CairnError && cause.code !== 'defect') throw cause;
  const told = cause instanceof Error ? (cause.message.split('\n')[0] ?? '').slice(0, 300) : String(cause);
  throw new CairnError('invalid-input', `the file cannot be read as Parquet: ${told}`, { cause });
}

/** Finds the rows in the bytes. @returns where the first unfinished one begins. */
function layRows(layout: RowLayout, bytes: Buffer, width: number): number {
  layout.clear();
  let at = 0;
  let end = 0;
  for (;;) {
    const first = layout.cells;
    for (let cell = 0; cell < width; cell++) {
      let length = 0;
      let shift = 0;
      let byte = 128;
      // A string is its length, seven bits a byte, low bits first, and its bytes.
      while (byte >= 128 && at < bytes.length) {
        byte = bytes[at++] as number;
        length += (byte & 127) * 2 ** shift;
        shift += 7;
      }
      if (byte >= 128 || at + length > bytes.length) {
        layout.cells = first;
        return end;
      }
      layout.addCell(at, at + length);
      at += length;
    }
    layout.addRow(first, 0, false);
    end = at;
  }
}
