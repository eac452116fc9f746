import { open } from 'node:fs/promises';
import { CairnError } from '../../errors.ts';
import { cutRows } from './csv-cutter.ts';
import { createRows, type RowBatch, RowLayout } from './row-source.ts';
import type { TableEngine } from './table-reader.ts';
import { fileLiteral, readTextRows, SORT_SETTINGS, type TextRows } from './text-rows.ts';

/** A file of CSV and the column to sort it by. */
export type SortedCsv = {
  readonly path: string;
  readonly size: number;
  /** Line of the header. */
  readonly line: number;
  readonly by: number;
};

const LINE_FEED = 10;

/**
 * Rows of a CSV file in the order of a column's numbers, and of the file among equals. The engine sorts the lines,
 * on disk where they do not fit into memory; the rows are cut here, as they are in an unsorted reading.
 * @throws invalid-input where a row goes over several lines: then lines cannot be moved.
 */
export async function* readSortedRows(csv: SortedCsv, engine: () => Promise<TableEngine>): AsyncGenerator<RowBatch> {
  const file = await open(csv.path, 'r');
  try {
    const end = Buffer.alloc(1);
    await file.read(end, 0, 1, csv.size - 1);
    const opened = await engine();
    const table = `file(${fileLiteral(csv.path, file.fd)}, LineAsString, 'line String')`;
    const openLine = end[0] === LINE_FEED ? null : await countLines(opened, table);
    const layout = new RowLayout();
    let bytesRead = 0;
    for await (const lines of readTextRows(opened, sortedSql(table, csv.by), 2, 'lines of text')) {
      const batch = cutLines(layout, lines, csv.line);
      bytesRead += batch.bytes;
      yield {
        count: layout.count,
        row: batch.row,
        lines: batch.lines,
        bytesRead: Math.min(bytesRead, csv.size),
        openLine,
      };
    }
  } finally {
    await file.close();
  }
}

async function countLines(engine: TableEngine, table: string): Promise<number> {
  let count = 0;
  for await (const { row } of readTextRows(engine, `SELECT toString(count()) FROM ${table}`, 1, 'lines of text')) {
    count = Number(row(0).text(0));
  }
  return count;
}

/** One thread reads, so that the numbers of rows are those of lines. */
function sortedSql(table: string, by: number): string {
  return (
    `SELECT toString(place + 1), line FROM (SELECT rowNumberInAllBlocks() AS place, line FROM ${table}) ` +
    `ORDER BY toFloat64OrZero(extract(splitByChar(',', line)[${by + 1}], '[0-9]+')), place ` +
    `SETTINGS max_threads = 1, input_format_parallel_parsing = 0, ${SORT_SETTINGS}`
  );
}

function cutLines(layout: RowLayout, { count, row }: TextRows, header: number) {
  const numbers: number[] = [];
  const texts: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const { bytes, starts, ends, first, text } = row(i);
    const number = Number(text(0));
    const line = bytes.subarray(starts[first + 1], ends[first + 1]);
    if (number <= header || line.length === 0 || (line.length === 1 && line[0] === 13)) continue;
    numbers.push(number);
    texts.push(Buffer.from(line.buffer, line.byteOffset, line.byteLength), BREAK);
  }
  const joined = Buffer.concat(texts);
  cutRows(layout, joined, joined.length, 1, true);
  if (layout.count !== numbers.length) {
    throw new CairnError('invalid-input', 'its blocks do not rise, and it has rows of several lines', {
      hints: ['sort the file by block first'],
    });
  }
  return { row: createRows(layout, joined, joined.length), lines: numbers, bytes: joined.length };
}

const BREAK = Buffer.from([LINE_FEED]);
