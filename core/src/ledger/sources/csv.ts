import { type FileHandle, open } from 'node:fs/promises';
import { CairnError } from '../../errors.ts';
import { cutRows } from './csv-cutter.ts';
import { createRows, type RowBatch, RowLayout, type RowSource } from './row-source.ts';

const CHUNK_BYTES = 1 << 20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Streams a CSV file (RFC 4180; LF or CRLF; UTF-8 with or without a byte order mark). Memory is bounded by the
 * longest row, whatever the size of the file.
 * @throws invalid-input if the file is empty.
 */
export async function openCsv(path: string): Promise<RowSource> {
  const columns = await readHeader(path);
  return {
    columns,
    read: () => ({ header: columns, batches: readRows(path) }),
    close: async () => {},
  };
}

async function readHeader(path: string): Promise<readonly string[]> {
  for await (const batch of readTable(path)) {
    if (batch.count > 0)
      return batch
        .row(0)
        .cells()
        .map((name) => name.trim());
  }
  throw new CairnError('invalid-input', 'the file is empty');
}

async function* readRows(path: string): AsyncGenerator<RowBatch> {
  let headerSeen = false;
  for await (const batch of readTable(path)) {
    if (headerSeen || batch.count === 0) yield batch;
    else {
      headerSeen = true;
      const { count, row, lines, bytesRead, unterminated } = batch;
      const after = Array.from({ length: count - 1 }, (_, i) => lines[i + 1] as number);
      yield { count: count - 1, row: (number) => row(number + 1), lines: after, bytesRead, unterminated };
    }
  }
}

/** All rows of the file, its header among them. */
async function* readTable(path: string): AsyncGenerator<RowBatch> {
  const file = await open(path, 'r');
  try {
    const layout = new RowLayout();
    let buffer: Buffer = Buffer.allocUnsafe(CHUNK_BYTES * 2);
    let kept = 0;
    let line = 1;
    let bytesRead = 0;
    for (;;) {
      const read = await readMore(file, buffer, kept, bytesRead);
      const size = read.kept + read.bytes;
      bytesRead = read.bytesRead;
      const last = read.bytes === 0;
      const rest = cutRows(layout, buffer, size, line, last);
      // The last row has ended only if a line break stands behind it.
      const unterminated = last && size > 0;
      yield {
        count: layout.count,
        row: createRows(layout, buffer, size),
        lines: layout.lines,
        bytesRead,
        unterminated,
      };
      if (last) return;
      kept = size - rest.from;
      line = rest.line;
      buffer = keepRest(buffer, rest.from, size);
    }
  } finally {
    await file.close();
  }
}

/** Reads the next chunk behind what is kept; passes over a byte order mark. */
async function readMore(file: FileHandle, buffer: Buffer, kept: number, position: number) {
  const { bytesRead: bytes } = await file.read(buffer, kept, CHUNK_BYTES, position);
  const marked = position === 0 && BYTE_ORDER_MARK.every((byte, i) => i < bytes && buffer[i] === byte);
  if (!marked) return { kept, bytes, bytesRead: position + bytes };
  buffer.copyWithin(0, BYTE_ORDER_MARK.length, bytes);
  return { kept, bytes: bytes - BYTE_ORDER_MARK.length, bytesRead: position + bytes };
}

/** Moves the unfinished row to the front, in a larger buffer where the next chunk would not fit behind it. */
function keepRest(buffer: Buffer, from: number, size: number): Buffer {
  const kept = size - from;
  if (kept + CHUNK_BYTES <= buffer.length) {
    buffer.copyWithin(0, from, size);
    return buffer;
  }
  const larger = Buffer.allocUnsafe((kept + CHUNK_BYTES) * 2);
  buffer.copy(larger, 0, from, size);
  return larger;
}

/** A row as CSV text, for files of rejects. */
export function formatCsvRow(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
