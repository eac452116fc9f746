import { isAscii } from 'node:buffer';
import type { Row } from '../ingest/row.ts';

/**
 * Rows of a table and how far reading has come. Valid until the next batch is asked for: what is to be kept must be
 * taken out of the rows before.
 */
export type RowBatch = {
  readonly count: number;
  /** A row by its number in the batch; the same cursor every time. */
  row(number: number): Row;
  /** Line of each row in its file, from 1, the header included; in Parquet the number of the row, plus 1. */
  readonly lines: ArrayLike<number>;
  readonly bytesRead: number;
  /** The row's line where the file ends in a row without a line break, known at the latest when that row comes. */
  readonly openLine: number | null;
};

/** Rows with the names of their cells. */
export type Table = { readonly header: readonly string[]; readonly batches: AsyncIterable<RowBatch> };

/** A table in a file, readable more than once. */
export type RowSource = {
  /** Names of all columns, as the file has them. */
  readonly columns: readonly string[];
  /**
   * Reads the table from its start, in the order of the file.
   * @param wanted - places of the columns that are needed; a source may give more.
   * @returns the columns that rows have, and the rows.
   */
  read(wanted: readonly number[]): Table;
  /**
   * As `read`, but in the order of a column's numbers, and of the file among equals, in bounded memory.
   * Null where that is not worth it: the file is small enough to be held in memory.
   */
  readonly readSorted: ((wanted: readonly number[], by: number) => Table) | null;
  close(): Promise<void>;
};

/** Where cells lie in a stretch of bytes; filled anew for each batch, so that reading makes no garbage. */
export class RowLayout {
  count = 0;
  cells = 0;
  starts = new Int32Array(1 << 16);
  ends = new Int32Array(1 << 16);
  /** By row: number of its first cell, line, and whether a cell has doubled quotes. */
  first = new Int32Array(1 << 12);
  lines = new Float64Array(1 << 12);
  escaped = new Uint8Array(1 << 12);

  clear(): void {
    this.count = 0;
    this.cells = 0;
  }

  addCell(start: number, end: number): void {
    if (this.cells === this.starts.length) {
      this.starts = widen(this.starts, new Int32Array(this.cells * 2));
      this.ends = widen(this.ends, new Int32Array(this.cells * 2));
    }
    this.starts[this.cells] = start;
    this.ends[this.cells++] = end;
  }

  /** Makes the cells from `first` on a row. */
  addRow(first: number, line: number, escaped: boolean): void {
    if (this.count === this.lines.length) {
      this.first = widen(this.first, new Int32Array(this.count * 2));
      this.lines = widen(this.lines, new Float64Array(this.count * 2));
      this.escaped = widen(this.escaped, new Uint8Array(this.count * 2));
    }
    this.first[this.count] = first;
    this.lines[this.count] = line;
    this.escaped[this.count++] = escaped ? 1 : 0;
  }
}

function widen<T extends Int32Array | Float64Array | Uint8Array>(old: T, wide: T): T {
  wide.set(old);
  return wide;
}

const NOT_ASCII = /[\u0080-\u00ff]/;

/**
 * Rows of a layout over UTF-8 bytes.
 * @param size - how many of the bytes are in use.
 */
export function createRows(layout: RowLayout, bytes: Buffer, size: number): (number: number) => Row {
  // One character a byte: places in the text are places in the bytes, and cells can be cut out of it without a copy.
  const text = bytes.toString('latin1', 0, size);
  const wide = !isAscii(bytes.subarray(0, size));
  const { starts, ends, first, escaped, count } = layout;
  let doubled = false;
  const row = {
    width: 0,
    bytes: bytes as Uint8Array,
    starts,
    ends,
    first: 0,
    text(place: number): string {
      const from = starts[row.first + place] as number;
      const to = ends[row.first + place] as number;
      const plain = text.slice(from, to);
      const cell = wide && NOT_ASCII.test(plain) ? bytes.toString('utf8', from, to) : plain;
      return doubled ? cell.replaceAll('""', '"') : cell;
    },
    cells: (): string[] => Array.from({ length: row.width }, (_, place) => row.text(place)),
  };
  return (number) => {
    row.first = first[number] as number;
    row.width = (number + 1 < count ? (first[number + 1] as number) : layout.cells) - row.first;
    doubled = escaped[number] === 1;
    return row;
  };
}
