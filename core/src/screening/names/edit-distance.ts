import { isVowel } from './fold.ts';

/**
 * How many letters must be changed, added, left out or swapped with their neighbour to make one token of the other?
 * Optimal string alignment: no part is edited twice.
 * @param bound - more than this need not be told apart: any figure above it is returned.
 * @see Damerau 1964; Levenshtein 1966
 */
export function editDistance(left: string, right: string, bound: number): number {
  return distance(left, right, bound, PLAIN);
}

/**
 * The same over folded spellings, where letters that transliterations waver between cost less: a vowel for a vowel 0.4,
 * b for p, d for t, g for k, z for s, v for f, m for n 0.6; a vowel or an h more or less 0.6.
 * Of words of four letters or fewer the vowels tell names apart (Yang, Yong): there every edit costs 0.8 or more.
 */
export function soundDistance(left: string, right: string, bound: number): number {
  return distance(left, right, bound, Math.max(left.length, right.length) <= SHORT ? SHORT_SOUNDS : SOUNDS);
}

/** Longest token that is compared letter by letter; a longer one is compared whole. */
export const LONGEST_COMPARED = 64;
const WIDTH = LONGEST_COMPARED + 1;

const SHORT = 4;
const KIN = ['bp', 'dt', 'gk', 'sz', 'vf', 'mn'] as const;
const LETTER_H = 104;

/** Costs by letter code, as a table of 128 by 128, and of a letter more or less. */
type Costs = { readonly change: Float64Array; readonly gap: Float64Array };

const PLAIN = costsOf({ vowel: 1, kin: 1, gap: 1 });
const SOUNDS = costsOf({ vowel: 0.4, kin: 0.6, gap: 0.6 });
const SHORT_SOUNDS = costsOf({ vowel: 0.8, kin: 0.8, gap: 0.8 });

function costsOf({ vowel, kin, gap }: { vowel: number; kin: number; gap: number }): Costs {
  const change = new Float64Array(128 * 128).fill(1);
  const gaps = new Float64Array(128).fill(1);
  for (let from = 0; from < 128; from++) {
    change[from * 128 + from] = 0;
    if (isVowel(from) || from === LETTER_H) gaps[from] = gap;
    for (let to = 0; to < 128; to++) if (from !== to && isVowel(from) && isVowel(to)) change[from * 128 + to] = vowel;
  }
  for (const pair of KIN) {
    const [left, right] = [pair.charCodeAt(0), pair.charCodeAt(1)];
    change[left * 128 + right] = kin;
    change[right * 128 + left] = kin;
  }
  return { change, gap: gaps };
}

let before = new Float64Array(WIDTH);
let previous = new Float64Array(WIDTH);
let current = new Float64Array(WIDTH);
const letters = new Uint8Array(WIDTH);

function distance(left: string, right: string, bound: number, { change, gap }: Costs): number {
  const width = right.length;
  previous[0] = 0;
  for (let column = 1; column <= width; column++) {
    const letter = right.charCodeAt(column - 1);
    letters[column] = letter;
    previous[column] = (previous[column - 1] as number) + (gap[letter] as number);
  }
  let last = 0;
  for (let row = 1; row <= left.length; row++) {
    const from = left.charCodeAt(row - 1);
    const gapFrom = gap[from] as number;
    let behind = (previous[0] as number) + gapFrom;
    let least = behind;
    current[0] = behind;
    for (let column = 1; column <= width; column++) {
      const to = letters[column] as number;
      let cost = (previous[column - 1] as number) + (change[from * 128 + to] as number);
      const left1 = behind + (gap[to] as number);
      if (left1 < cost) cost = left1;
      const above = (previous[column] as number) + gapFrom;
      if (above < cost) cost = above;
      if (row > 1 && column > 1 && from === letters[column - 1] && to === last) {
        const swapped = (before[column - 2] as number) + 1;
        if (swapped < cost) cost = swapped;
      }
      current[column] = cost;
      behind = cost;
      if (cost < least) least = cost;
    }
    if (least > bound) return least;
    last = from;
    [before, previous, current] = [previous, current, before];
  }
  return previous[width] as number;
}
