import type { Aggregate } from '../aggregate.ts';
import type { Usd } from '../claim.ts';
import { type Difference, differenceOf, type PublishedFigure } from './figure.ts';

/** Nothing is printed, or what is printed was not read. */
const NOTHING: PublishedFigure = {
  usd: null,
  low: null,
  high: null,
  count: null,
  qualifier: null,
  countQualifier: null,
};

/** What an edition gives for one year. */
export function publishedYear({ byYear }: Aggregate, year: string): PublishedFigure {
  const given = byYear?.[year];
  if (given === undefined) return NOTHING;
  const { usd, low, high, count, qualifier } = given;
  return { ...NOTHING, usd, low, high, count, qualifier: qualifier ?? null };
}

/** What an edition gives for its whole period. */
export function publishedWhole({ usd, count, qualifier, countQualifier }: Aggregate): PublishedFigure {
  return { ...NOTHING, usd, count, qualifier, countQualifier: countQualifier ?? null };
}

/** An edition's own years added up, beside the total that it prints. */
export type OwnYears = {
  /** Cents. */
  readonly usd: Usd;
  /** The sum of the years minus the printed total. */
  readonly difference: Pick<Difference, 'usd' | 'says'>;
  /** Of the counts, where every year has one. */
  readonly count: number | null;
};

/** Null: it does not print both, or not every year in dollars. */
export function ownYearsOf({ byYear, usd, qualifier, basis }: Aggregate): OwnYears | null {
  const years = Object.values(byYear ?? {});
  if (usd === null || basis !== 'printed' || years.length === 0) return null;
  let sum = 0n;
  let count: number | null = 0;
  for (const year of years) {
    if (year.usd === null) return null;
    sum += year.usd;
    count = count === null || year.count === null ? null : count + year.count;
  }
  const held = { incidents: 0, known: 0, unknown: 0, usd: sum };
  const difference = differenceOf(held, { ...NOTHING, usd, qualifier });
  return { usd: sum, difference: { usd: difference.usd, says: difference.says }, count };
}
