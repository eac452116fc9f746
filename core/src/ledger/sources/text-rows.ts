import { resolve } from 'node:path';
import { CairnError } from '../../errors.ts';
import { createRows, type RowBatch, RowLayout } from './row-source.ts';
import type { TableEngine } from './table-reader.ts';

/** A file's name as an SQL literal. @param fd - its descriptor, for names the engine would take for a pattern. */
export function fileLiteral(path: string, fd: number): string {
  return textLiteral(/[*?{}]/.test(path) ? `/dev/fd/${fd}` : resolve(path));
}

function textLiteral(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** Sorts larger than this go to disk: 512 MiB. */
export const SORT_SETTINGS = 'max_bytes_before_external_sort = 536870912';

/**
 * Rows of a query whose columns are all strings.
 * @param width - how many columns it has.
 * @param format - what the file is read as, for messages.
 * @throws invalid-input where the engine cannot read the file.
 */
export async function* readTextRows(
  engine: TableEngine,
  sql: string,
  width: number,
  format: string,
): AsyncGenerator<TextRows> {
  const layout = new RowLayout();
  let rest: Buffer = Buffer.alloc(0);
  const chunks = engine.query(sql)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await chunks.next().catch((cause: unknown) => unreadable(cause, format));
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

export type TextRows = Pick<RowBatch, 'count' | 'row'>;

function unreadable(cause: unknown, format: string): never {
  if (cause instanceof CairnError && cause.code !== 'defect') throw cause;
  const told = cause instanceof Error ? (cause.message.split('\n')[0] ?? '').slice(0, 300) : String(cause);
  throw new CairnError('invalid-input', `the file cannot be read as ${format}: ${told}`, { cause });
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
