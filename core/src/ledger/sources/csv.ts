import { type FileHandle, open } from 'node:fs/promises';
import { CairnError } from '../../errors.ts';
import { cutRows } from './csv-cutter.ts';
import { readSortedRows } from './csv-sorted.ts';
import { createRows, type RowBatch, RowLayout, type RowSource, type Table } from './row-source.ts';
import type { TableEngine } from './table-reader.ts';

const CHUNK_BYTES = 1 << 20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** From this size on a file whose blocks do not rise is sorted on disk instead of being held in memory. */
const SORTED_FROM_BYTES = 64 << 20;

/**
 * Streams a CSV file (RFC 4180; LF or CRLF; UTF-8 with or without a byte order mark). Memory is bounded by the
 * longest row, whatever the size of the file.
 * @param engine - opens what sorts large files.
 * @throws invalid-input if the file is empty.
 */
export async function openCsv(path: string, size: number, engine: () => Promise<TableEngine>): Promise<RowSource> {
  const { columns, line } = await readHeader(path);
  const sorted = (by: number): Table => ({
    header: columns,
    batches: readSortedRows({ path, line, size, by }, engine),
  });
  return {
    columns,
    read: () => ({ header: columns, batches: readRows(path) }),
    readSorted: size < SORTED_FROM_BYTES ? null : (_, by) => sorted(by),
    close: async () => {},
  };
}

async function readHeader(path: string): Promise<{ columns: readonly string[]; line: number }> {
  for await (const { count, row, lines } of readTable(path)) {
    if (count === 0) continue;
    const cells = row(0).cells();
    return { columns: cells.map((name) => name.trim()), line: lines[0] as number };
  }
  throw new CairnError('invalid-input', 'the file is empty');
}

async function* readRows(path: string): AsyncGenerator<RowBatch> {
  let headerSeen = false;
  for await (const batch of readTable(path)) {
    if (headerSeen || batch.count === 0) yield batch;
    else {
      headerSeen = true;
      const { count, row, lines } = batch;
      const after = Array.from({ length: count - 1 }, (_, i) => lines[i + 1] as number);
      yield { ...batch, count: count - 1, row: (number) => row(number + 1), lines: after };
    }
  }
}

/** A stretch of the file in memory: the unfinished row of the one before, then a chunk. */
type Stretch = { readonly buffer: Buffer; readonly size: number; readonly bytesRead: number; readonly last: boolean };

/** All rows of the file, its header among them. */
async function* readTable(path: string): AsyncGenerator<RowBatch> {
  const file = await open(path, 'r');
  let next: Promise<Stretch> | null = null;
  try {
    const layout = new RowLayout();
    let spare: Buffer = Buffer.allocUnsafe(CHUNK_BYTES * 2);
    let line = 1;
    let stretch = await readStretch(file, Buffer.allocUnsafe(CHUNK_BYTES * 2), 0, 0);
    for (;;) {
      const { buffer, size, bytesRead, last } = stretch;
      const rest = cutRows(layout, buffer, size, line, last);
      line = rest.line;
      // The next chunk is read while this one's rows are decoded.
      if (!last) next = readStretch(file, withRest(spare, buffer, rest.from, size), size - rest.from, bytesRead);
      next?.catch(() => undefined);
      // The last row has ended only if a line break stands behind it.
      const openLine = last && size > 0 ? (layout.lines[layout.count - 1] ?? null) : null;
      yield {
        count: layout.count,
        row: createRows(layout, buffer, size),
        lines: layout.lines,
        bytesRead,
        openLine,
      };
      if (last || next === null) return;
      spare = buffer;
      stretch = await next;
      next = null;
    }
  } finally {
    await next?.catch(() => undefined);
    await file.close();
  }
}

/** Reads the next chunk behind what is kept; passes over a byte order mark. */
async function readStretch(file: FileHandle, buffer: Buffer, kept: number, position: number): Promise<Stretch> {
  const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES, position);
  const marked = position === 0 && BYTE_ORDER_MARK.every((byte, i) => i < bytesRead && buffer[i] === byte);
  if (marked) buffer.copyWithin(0, BYTE_ORDER_MARK.length, bytesRead);
  const size = kept + bytesRead - (marked ? BYTE_ORDER_MARK.length : 0);
  return { buffer, size, bytesRead: position + bytesRead, last: bytesRead === 0 };
}

/** A buffer that begins with the unfinished row and has room for a chunk behind it. */
function withRest(spare: Buffer, from: Buffer, start: number, end: number): Buffer {
  const needed = end - start + CHUNK_BYTES;
  const buffer = needed <= spare.length ? spare : Buffer.allocUnsafe(needed * 2);
  from.copy(buffer, 0, start, end);
  return buffer;
}

/** A row as CSV text, for files of rejects. */
export function formatCsvRow(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
