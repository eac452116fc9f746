import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plainKey, readNegatives, readPositives } from '../../bench/names/cases.ts';
import { makeInnocents } from '../../bench/names/innocents.ts';
import { PERTURBATIONS } from '../../bench/names/perturb.ts';
import { shareAtOrAbove } from '../../bench/names/score-cases.ts';
import { createRandom } from '../../bench/random.ts';

const directory = mkdtempSync(join(tmpdir(), 'cairn-bench-names-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(text: string): string {
  const path = join(directory, 'names.csv');
  writeFileSync(path, text);
  return path;
}

test('positives are read by their header, quotes and all', () => {
  const read = readPositives(file('name,note,expected\r\n"PUTIN, ""V""",x,ofac-sdn:35096\r\nKim,,"KIM, Jong Un"\r\n'));
  expect(read.map(({ query, expected }) => [query.name, expected])).toEqual([
    ['PUTIN, "V"', 'ofac-sdn:35096'],
    ['Kim', 'KIM, Jong Un'],
  ]);
  expect(() => readPositives(file('a,b\nx,y\n'))).toThrow(/query,party_id/);
  expect(() => readPositives(file('query,party_id\nKim,\n'))).toThrow(/row 2/);
});

test('negatives are read as CSV, or as one name a line', () => {
  expect(readNegatives(file('id,name\n1,Ann Lee\n')).map(({ query }) => query.name)).toEqual(['Ann Lee']);
  expect(readNegatives(file('Lee, Ann\nBo Ek\n\n')).map(({ query }) => query.name)).toEqual(['Lee, Ann', 'Bo Ek']);
});

test("Wilson's interval, by hand: 0 of 10 reaches 27.8 %, 5 of 10 lies in 23.7–76.3 %", () => {
  const scored = (scores: readonly number[]) => scores.map((score) => ({ case: null, score, screened: true }));
  const none = shareAtOrAbove(scored(Array(10).fill(0)), 70);
  expect([none.found, none.of, none.low]).toEqual([0, 10, 0]);
  expect(none.high).toBeCloseTo(0.2775, 4);
  const half = shareAtOrAbove(scored([70, 70, 70, 70, 70, 0, 0, 0, 0, 0]), 70);
  expect(half.low).toBeCloseTo(0.2366, 4);
  expect(half.high).toBeCloseTo(0.7634, 4);
});

test('the same seed makes the same innocents, each once, and leaves out the listed', () => {
  const made = makeInnocents(createRandom(7), 500, new Set());
  const names = made.negatives.map(({ query }) => query.name);
  expect(new Set(names.map(plainKey)).size).toBe(500);
  expect(makeInnocents(createRandom(7), 500, new Set()).negatives).toEqual(made.negatives);
  const without = makeInnocents(createRandom(7), 500, new Set([plainKey(names[3] as string)]));
  expect(without.alsoListed).toEqual([names[3]]);
  expect(without.negatives).toHaveLength(500);
});

test('every perturbation changes a name, and says so where it cannot', () => {
  const parts = ['MUSTAFA', 'Kareem', 'Yusuf'];
  for (const { kind, apply } of PERTURBATIONS) {
    const changed = apply(parts, createRandom(3));
    if (kind === 'as listed') expect(changed).toEqual(parts);
    else expect(changed).not.toEqual(parts);
  }
  const reorder = PERTURBATIONS.find(({ kind }) => kind === 'parts in another order');
  expect(reorder?.apply(['MUSTAFA'], createRandom(3))).toBeNull();
});
