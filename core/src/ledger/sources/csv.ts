import { open } from 'node:fs/promises';
import { CairnError } from '../../errors.ts';
import type { RowBatch, RowSource } from './row-source.ts';

const CHUNK_BYTES = 1 << 20;
/** A row longer than this has a quote that is never closed. */
const ROW_LIMIT = 16 << 20;
const NOT_ASCII = /[\u0080-\u00ff]/;

/**
 * Streams a CSV file (RFC 4180: quotes, doubled quotes and line breaks in quotes; LF or CRLF; UTF-8 with or without
 * a byte order mark). Memory is bounded by the longest row, whatever the size of the file.
 * @throws invalid-input if the file is empty.
 */
export async function openCsv(path: string): Promise<RowSource> {
  const columns = await readHeader(path);
  return {
    columns,
    read: () => ({ header: columns, batches: readBatches(path) }),
    close: async () => {},
  };
}

async function readHeader(path: string): Promise<readonly string[]> {
  for await (const { header } of readTable(path)) {
    if (header !== null) return header.map((name) => name.trim());
  }
  throw new CairnError('invalid-input', 'the file is empty');
}

async function* readBatches(path: string): AsyncGenerator<RowBatch> {
  for await (const { batch } of readTable(path)) yield batch;
}

type Part = { readonly header: readonly string[] | null; readonly batch: RowBatch };

async function* readTable(path: string): AsyncGenerator<Part> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    const cutter = createRowCutter();
    let bytesRead = 0;
    let headerSeen = false;
    for (;;) {
      const { bytesRead: read } = await file.read(buffer, 0, CHUNK_BYTES, bytesRead);
      // Bytes become characters one to one, so that cutting never splits a character; see `cellsOf`.
      const { rows, lines, unterminated } = cutter.cut(buffer.toString('latin1', 0, read), read === 0);
      bytesRead += read;
      let header: readonly string[] | null = null;
      if (!headerSeen && rows.length > 0) {
        headerSeen = true;
        header = rows.shift() ?? null;
        lines.shift();
      }
      yield { header, batch: { rows, lines, bytesRead, unterminated: unterminated && rows.length > 0 } };
      if (read === 0) return;
    }
  } finally {
    await file.close();
  }
}

type Cut = { readonly rows: string[][]; readonly lines: number[]; readonly unterminated: boolean };

/** Cuts text that arrives in pieces into rows; keeps the unfinished one for the next piece. */
export function createRowCutter(): { cut(piece: string, last: boolean): Cut } {
  let rest = '';
  let line = 1;
  let first = true;
  return {
    cut(piece, last) {
      let text = rest + piece;
      if (first && text.length >= 3) {
        first = false;
        if (text.startsWith('\u00ef\u00bb\u00bf')) text = text.slice(3);
      }
      const rows: string[][] = [];
      const lines: number[] = [];
      const quoted = text.includes('"');
      const wide = NOT_ASCII.test(text);
      let at = 0;
      for (;;) {
        const end = quoted ? rowEnd(text, at, last) : text.indexOf('\n', at);
        if (end < 0) break;
        const row = text.slice(at, text.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end);
        if (row !== '') {
          rows.push(cellsOf(row, quoted, wide));
          lines.push(line);
        }
        line += quoted ? countBreaks(row) + 1 : 1;
        at = end + 1;
      }
      rest = text.slice(at);
      let unterminated = false;
      if (last && rest !== '') {
        rows.push(cellsOf(rest, quoted, wide));
        lines.push(line);
        rest = '';
        unterminated = true;
      }
      return { rows, lines, unterminated };
    },
  };
}

/**
 * Where the row that begins at `start` ends: its first line break outside quotes; -1 if that is not in the text.
 * A quote opens a quoted cell only at the cell's start (RFC 4180).
 */
function rowEnd(text: string, start: number, last: boolean): number {
  const firstBreak = text.indexOf('\n', start);
  let end = firstBreak;
  let at = start;
  for (;;) {
    if (text.charCodeAt(at) === 34) {
      let close = text.indexOf('"', at + 1);
      while (close >= 0 && text.charCodeAt(close + 1) === 34) close = text.indexOf('"', close + 2);
      if (close < 0) {
        // A quote that is never closed must not swallow the file: the row is taken to end at its first line break.
        return last || text.length - start > ROW_LIMIT ? firstBreak : -1;
      }
      at = close + 1;
      if (end >= 0 && end < at) end = text.indexOf('\n', at);
    }
    const comma = text.indexOf(',', at);
    if (end < 0 || comma < 0 || comma > end) return end;
    at = comma + 1;
  }
}

function countBreaks(row: string): number {
  let count = 0;
  for (let at = row.indexOf('\n'); at >= 0; at = row.indexOf('\n', at + 1)) count++;
  return count;
}

function cellsOf(row: string, quoted: boolean, wide: boolean): string[] {
  const text = wide && NOT_ASCII.test(row) ? Buffer.from(row, 'latin1').toString('utf8') : row;
  return quoted && text.includes('"') ? splitQuoted(text) : text.split(',');
}

function splitQuoted(row: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (row.charCodeAt(at) !== 34) {
      const comma = row.indexOf(',', at);
      if (comma < 0) {
        cells.push(row.slice(at));
        return cells;
      }
      cells.push(row.slice(at, comma));
      at = comma + 1;
      continue;
    }
    let close = row.indexOf('"', at + 1);
    while (close >= 0 && row.charCodeAt(close + 1) === 34) close = row.indexOf('"', close + 2);
    if (close < 0) {
      cells.push(row.slice(at));
      return cells;
    }
    cells.push(row.slice(at + 1, close).replaceAll('""', '"'));
    const comma = row.indexOf(',', close + 1);
    if (comma < 0) return cells;
    at = comma + 1;
  }
}

/** A row as CSV text, for files of rejects. */
export function formatCsvRow(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
