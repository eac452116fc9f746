import { compareText } from '../../units/index.ts';
import type { Incident } from '../incident.ts';
import { type Counted, splitCounted } from './counted.ts';
import { dayNumber } from './days.ts';
import { spanOf } from './period.ts';

/** The thefts of one day. */
type TheftDay = { readonly on: string; readonly slugs: readonly string[] };

/** Two days with thefts and none on record between them. */
export type Gap = {
  readonly days: number;
  readonly from: TheftDay;
  readonly to: TheftDay;
  /** Thefts whose date is not exact to the day and that may have happened in between. */
  readonly mayLieWithin: readonly string[];
};

/** Middle and quarters, in days; fractions are quarters of a day at most. */
export type Quartiles = { readonly lower: number; readonly median: number; readonly upper: number };

/** Days from each theft on record to the next. */
export type TimeBetween = {
  /** Thefts dated to the day. */
  readonly thefts: number;
  /** One fewer than thefts; thefts on the same day are 0 days apart. */
  readonly gaps: number;
  /** How many of the gaps are 0. */
  readonly sameDay: number;
  /** Null: fewer than two thefts. */
  readonly quartiles: Quartiles | null;
  /** The longest; several where equally long; empty where there is none above 0. */
  readonly longest: readonly Gap[];
  /** By the year in which a gap ended. */
  readonly years: readonly { readonly year: string; readonly gaps: number; readonly median: number }[];
  /** Dated to a month or a year only: in no gap, so gaps may be longer here than they were. */
  readonly notToTheDay: readonly string[];
  readonly leftOut: Counted['leftOut'];
};

/**
 * How long is it from one theft on record to the next? By the dates that records prefer; where sources differ on a date, so would
 * the gaps.
 *
 * Quartiles are interpolated linearly between neighbours in order, at position p·(n − 1).
 * @see R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), definition 7.
 */
export function timeBetween(incidents: readonly Incident[]): TimeBetween {
  const { counted, leftOut } = splitCounted(incidents);
  const dated = counted.flatMap(({ slug, date }) => {
    const day = dayNumber(date.value);
    return day === null ? [] : [{ slug, on: date.value, day }];
  });
  dated.sort((a, b) => a.day - b.day || compareText(a.slug, b.slug));
  const coarse = counted.filter(({ date }) => dayNumber(date.value) === null);
  const gaps = dated.slice(1).map((theft, i) => ({
    days: theft.day - (dated[i]?.day ?? theft.day),
    from: dated[i]?.on ?? theft.on,
    to: theft.on,
  }));
  const top = Math.max(1, ...gaps.map(({ days }) => days));
  const onDay = (on: string): TheftDay => ({ on, slugs: dated.flatMap((one) => (one.on === on ? [one.slug] : [])) });
  return {
    thefts: dated.length,
    gaps: gaps.length,
    sameDay: gaps.filter(({ days }) => days === 0).length,
    quartiles: gaps.length === 0 ? null : quartilesOf(gaps.map(({ days }) => days)),
    longest: gaps
      .filter(({ days }) => days === top)
      .map(({ days, from, to }) => ({
        days,
        from: onDay(from),
        to: onDay(to),
        mayLieWithin: within(coarse, from, to),
      })),
    years: [...new Set(gaps.map(({ to }) => to.slice(0, 4)))].map((year) => {
      const ended = gaps.filter(({ to }) => to.startsWith(year)).map(({ days }) => days);
      return { year, gaps: ended.length, median: quartilesOf(ended).median };
    }),
    notToTheDay: coarse.map(({ slug }) => slug),
    leftOut,
  };
}

/** @param days - at least one. */
function quartilesOf(days: readonly number[]): Quartiles {
  const sorted = [...days].sort((a, b) => a - b);
  const at = (quarters: number): number => {
    const position = (quarters * (sorted.length - 1)) / 4;
    const below = sorted[Math.floor(position)] ?? 0;
    const above = sorted[Math.ceil(position)] ?? below;
    return below + (above - below) * (position - Math.floor(position));
  };
  return { lower: at(1), median: at(2), upper: at(3) };
}

function within(coarse: readonly Incident[], from: string, to: string): readonly string[] {
  return coarse.flatMap(({ slug, date }) => {
    const { earliest, latest } = spanOf(date.value);
    return latest > from && earliest < to ? [slug] : [];
  });
}
