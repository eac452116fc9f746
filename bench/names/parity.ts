import { join } from 'node:path';
import {
  explainOfacScore,
  OFAC_FLOOR,
  OFAC_RULES,
  type OfacRules,
  readOfacName,
} from '../../core/src/screening/index.ts';
import type { Figure } from '../figures.ts';
import { readRows } from './cases.ts';

const SCORES = join(import.meta.dirname, '../../data/lists/ofac/official-search-scores.csv');

type Row = { readonly query: string; readonly name: string; readonly score: number };
type Compared = Row & { readonly ours: number; readonly difference: number };

/**
 * How near does the OFAC-compatible score come to OFAC's own? Also with the rules chosen anew for each query from the
 * rows of the other queries only, so that no row has a part in choosing the rules it is judged by.
 */
export function parityFigures(worst = 8): Figure[] {
  const rows = readRows(SCORES)
    .slice(1)
    .map(([query, name, score]) => ({ query: query as string, name: name as string, score: Number(score) }));
  const fixed = compare(rows, OFAC_RULES);
  const left = leaveOneQueryOut(rows);
  const furthest = [...fixed].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference)).slice(0, worst);
  return [
    ...figures("OFAC's own score", fixed),
    ...figures(
      `${left.choices === 1 ? 'the same rules' : `${left.choices} sets of rules`}, chosen without each of the ${left.queries} queries in turn`,
      left.rows,
    ),
    ...furthest.map(({ query, name, score, ours }) => ({
      name: `  furthest: ${query} ~ ${name}`,
      value: `OFAC ${score}, ours ${ours}`,
    })),
  ];
}

function figures(name: string, rows: readonly Compared[]): Figure[] {
  const near = rows.filter(({ difference }) => Math.abs(difference) <= 5).length;
  const mean = rows.reduce((sum, { difference }) => sum + Math.abs(difference), 0) / rows.length;
  const share = near / rows.length;
  return [
    { name: `${name}: within 5 points`, value: `${near} of ${rows.length}`, aim: '≥ 90 %', met: share >= 0.9 },
    { name: `${name}: mean difference`, value: mean.toFixed(2), aim: '≤ 2', met: mean <= 2 },
  ];
}

/** −1 is "not returned": no difference where ours is under the lowest score that OFAC speaks of, else all of ours. */
function compare(rows: readonly Row[], rules: OfacRules): Compared[] {
  return rows.map((row) => {
    const ours = explainOfacScore(readOfacName(row.query, rules), readOfacName(row.name, rules), rules).score;
    const difference = row.score >= 0 ? ours - row.score : ours < OFAC_FLOOR ? 0 : ours;
    return { ...row, ours, difference };
  });
}

function leaveOneQueryOut(rows: readonly Row[]) {
  const all = everyChoice().map((rules) => ({ rules, compared: compare(rows, rules) }));
  const queries = [...new Set(rows.map(({ query }) => query))];
  const chosen = queries.map((query) => {
    const others = all.map(({ rules, compared }) => ({
      rules,
      compared,
      sum: compared.reduce((sum, row) => (row.query === query ? sum : sum + Math.abs(row.difference)), 0),
    }));
    const best = others.reduce((least, one) => (one.sum < least.sum ? one : least));
    return { rules: best.rules, rows: best.compared.filter((row) => row.query === query) };
  });
  const choices = new Set(chosen.map(({ rules }) => JSON.stringify(rules))).size;
  return { queries: queries.length, choices, rows: chosen.flatMap((one) => one.rows) };
}

function everyChoice(): OfacRules[] {
  const all: OfacRules[] = [];
  for (const longestPrefix of [4, 5, 6]) {
    for (const wholeName of ['letters-only', 'hyphens-kept', 'spaces-kept'] as const) {
      for (const sound of ['ignored', 'in-proportion', 'must-agree'] as const) {
        for (const shortestPart of [1, 2, 3, 4]) all.push({ longestPrefix, wholeName, sound, shortestPart });
      }
    }
  }
  return all;
}
