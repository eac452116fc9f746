import type { NameIndex, NameQuery } from '../../core/src/screening/index.ts';
import { threadTime } from '../measure.ts';
import { bare, isExpected, type Negative, type Positive } from './cases.ts';

/** 70, 72.5 … 100. */
export const THRESHOLDS: readonly number[] = Array.from({ length: 13 }, (_, i) => 70 + i * 2.5);
const LOWEST = 70;

/** What is told to the matcher beside the name. */
export type Qualifiers = 'name only' | 'with birth and country';

export type Indexes = { readonly full: NameIndex; readonly reduced: NameIndex };

/** What a matcher made of a case; 0: under the lowest threshold, or nothing. */
export type Scored<Case> = { readonly case: Case; readonly score: number; readonly screened: boolean };

export type Timed<Case> = {
  readonly scored: readonly Scored<Case>[];
  /** Wall time of each. */
  readonly milliseconds: readonly number[];
  /** Time of this thread on a processor, of all together: its clock is too coarse for one. */
  readonly threadMilliseconds: number;
};

/** The score at which each positive's own party is found. */
export function scorePositives(
  indexes: Indexes,
  positives: readonly Positive[],
  qualifiers: Qualifiers,
): Timed<Positive> {
  return timed(positives, (positive) => {
    const query = asked(positive.query, qualifiers);
    const found = indexes[positive.index].search(query, { threshold: LOWEST, limit: Number.MAX_SAFE_INTEGER });
    if (found.kind === 'unscreenable') return null;
    return found.matches.find(({ party }) => isExpected(party, positive.expected))?.score ?? 0;
  });
}

/** The highest score that anybody on the list has for each innocent name. */
export function scoreNegatives(
  index: NameIndex,
  negatives: readonly Negative[],
  qualifiers: Qualifiers,
): Timed<Negative> {
  return timed(negatives, ({ query }) => {
    const found = index.search(asked(query, qualifiers), { threshold: LOWEST, limit: 1 });
    return found.kind === 'unscreenable' ? null : (found.matches[0]?.score ?? 0);
  });
}

function timed<Case>(cases: readonly Case[], score: (one: Case) => number | null): Timed<Case> {
  const milliseconds: number[] = [];
  const begun = threadTime();
  const scored = cases.map((one) => {
    const started = performance.now();
    const points = score(one);
    milliseconds.push(performance.now() - started);
    return { case: one, score: points ?? 0, screened: points !== null };
  });
  return { scored, milliseconds, threadMilliseconds: threadTime() - begun };
}

function asked(query: NameQuery, qualifiers: Qualifiers): NameQuery {
  return qualifiers === 'name only' ? bare(query.name) : query;
}

export type Share = {
  readonly found: number;
  readonly of: number;
  /** Wilson's 95 % interval, 0–1. */
  readonly low: number;
  readonly high: number;
};

/** @see Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927) */
export function shareAtOrAbove(scored: readonly Scored<unknown>[], threshold: number): Share {
  const of = scored.length;
  const found = scored.filter(({ score }) => score >= threshold).length;
  if (of === 0) return { found, of, low: 0, high: 1 };
  const z = 1.959964;
  const share = found / of;
  const middle = share + (z * z) / (2 * of);
  const reach = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const width = 1 + (z * z) / of;
  return { found, of, low: Math.max(0, (middle - reach) / width), high: Math.min(1, (middle + reach) / width) };
}

/** The p-th part of the times is at most this. */
export function percentile(milliseconds: readonly number[], p: number): number {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
}
