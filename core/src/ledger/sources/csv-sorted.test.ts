import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSortedRows } from './csv-sorted.ts';
import { type OpenTableEngine, openTableEngine } from './table-reader.ts';

let directory: string;
let engine: OpenTableEngine;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-sorted-'));
  engine = await openTableEngine(null);
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});

async function readAll(text: string) {
  const path = join(directory, 'some.csv');
  writeFileSync(path, text);
  const rows: string[][] = [];
  const lines: number[] = [];
  let openLine: number | null = null;
  for await (const batch of readSortedRows({ path, size: statSync(path).size, line: 1, by: 1 }, async () => engine)) {
    for (let i = 0; i < batch.count; i++) rows.push(batch.row(i).cells());
    for (let i = 0; i < batch.count; i++) lines.push(batch.lines[i] as number);
    openLine = batch.openLine;
  }
  return { rows, lines, openLine };
}

test('rows come by number, in file order among equals, with their lines', async () => {
  const { rows, lines, openLine } = await readAll(
    'name,block\r\nc,10\r\n\r\nétoile,9\r\n"a ""b""","9"\r\nd,x\r\ne,10\r\n',
  );
  expect(rows).toEqual([
    ['d', 'x'],
    ['étoile', '9'],
    ['a "b"', '9'],
    ['c', '10'],
    ['e', '10'],
  ]);
  expect(lines).toEqual([6, 4, 5, 2, 7]);
  expect(openLine).toBeNull();
});

test('a last line without a line break is known wherever it comes', async () => {
  expect(await readAll('name,block\na,5\nb')).toEqual({
    rows: [['b'], ['a', '5']],
    lines: [3, 2],
    openLine: 3,
  });
});

test('rows of several lines cannot be sorted by line, and that is said', async () => {
  await expect(readAll('name,block\n"a\nb",5\nc,4\n')).rejects.toThrow('it has rows of several lines');
});
