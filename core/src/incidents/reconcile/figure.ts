import { showUsd, type Usd } from '../claim.ts';
import { QUALIFIER_WORDS, type Qualifier } from '../vocabulary.ts';
import { percentOf, sizeOf } from './other-amounts.ts';

/** What a publisher prints for a period: dollars or bounds in cents, and a count; null is not printed or not read. */
export type PublishedFigure = {
  readonly usd: Usd | null;
  readonly low: Usd | null;
  readonly high: Usd | null;
  readonly count: number | null;
  readonly qualifier: Qualifier | null;
  /** Of the count: `at-least` for 'more than 25'. */
  readonly countQualifier: Qualifier | null;
};

/** What the registry holds for the same period: a sum of what is known, never a total. */
export type HeldFigure = {
  readonly incidents: number;
  /** Incidents whose amount is in the sum. */
  readonly known: number;
  readonly unknown: number;
  /** Cents; null: there are incidents and no amount of any is known. */
  readonly usd: Usd | null;
};

/** The registry minus what is published. */
export type Difference = {
  /** Cents, arithmetic, whatever words stand before the figure. Beside bounds: to the nearer one, 0 between them. */
  readonly usd: Usd | null;
  /** Of the published figure or bound; one decimal. */
  readonly percent: string | null;
  readonly count: number | null;
  /** True: rounded to the last digit of the published figure that is not 0, the registry's sum is that figure. Weak where that is one digit. */
  readonly roundsToPublished: boolean;
  /** True: the sum lies within what is published as a bound ('at least', 'at most', or between two). */
  readonly agrees: boolean;
  /** What the difference may be taken for, in words. */
  readonly says: string;
};

/** How far is the registry from a published figure, and what may be said of it? */
export function differenceOf(held: HeldFigure, published: PublishedFigure): Difference {
  const against = reference(held.usd, published);
  const usd = held.usd === null || against === null ? null : held.usd - against;
  const isWithin = published.usd === null && held.usd !== null && isBetween(held.usd, published);
  const rounds = held.usd !== null && published.usd !== null && roundTo(held.usd, published.usd) === published.usd;
  return {
    usd: isWithin ? 0n : usd,
    percent: usd === null || against === null ? null : percentOf(isWithin ? 0n : usd, against),
    count: published.count === null ? null : held.incidents - published.count,
    roundsToPublished: rounds,
    agrees: isWithin || isWithinBound(usd, published.qualifier),
    says: inWords(held, published, usd, rounds, isWithin) + countInWords(published),
  };
}

function reference(held: Usd | null, { usd, low, high }: PublishedFigure): Usd | null {
  if (usd !== null) return usd;
  if (low === null || high === null || held === null) return low ?? high;
  return sizeOf(held - low) <= sizeOf(held - high) ? low : high;
}

function isBetween(usd: Usd, { low, high }: PublishedFigure): boolean {
  return (low !== null || high !== null) && (low === null || usd >= low) && (high === null || usd <= high);
}

/** Half up, to the largest power of ten that divides the published figure. */
function roundTo(usd: Usd, published: Usd): Usd {
  if (published <= 0n) return usd;
  let unit = 1n;
  while (published % (unit * 10n) === 0n) unit *= 10n;
  return ((usd + unit / 2n) / unit) * unit;
}

function isWithinBound(usd: Usd | null, qualifier: Qualifier | null): boolean {
  if (usd === null) return false;
  return (qualifier === 'at-least' && usd >= 0n) || (qualifier === 'at-most' && usd <= 0n);
}

function countInWords({ count, countQualifier }: PublishedFigure): string {
  return count === null || countQualifier === null
    ? ''
    : `; the published count is '${QUALIFIER_WORDS[countQualifier]} ${count}'`;
}

function inWords(
  held: HeldFigure,
  published: PublishedFigure,
  usd: Usd | null,
  rounds: boolean,
  within: boolean,
): string {
  const unknown =
    held.unknown === 0
      ? ''
      : `; in ${held.unknown} of the ${held.incidents} cases counted no amount is known, and the sum is without them`;
  if (held.usd === null) return 'the registry knows no amount in this period';
  if (usd === null) return `no amount in dollars is published for this period${unknown}`;
  if (within) return `the registry's sum lies within the published bounds${unknown}`;
  const apart = usd === 0n ? 'equal' : `${showUsd(sizeOf(usd))} ${usd > 0n ? 'more' : 'less'} than published`;
  if (published.usd === null) return `${apart}, measured from the nearer published bound${unknown}`;
  return `${apart}${qualified(published.qualifier, usd, showUsd(published.usd), rounds)}${unknown}`;
}

function qualified(qualifier: Qualifier | null, usd: Usd, figure: string, rounds: boolean): string {
  const rounded = rounds && usd !== 0n ? '; to the digits that the published figure shows, the two are equal' : '';
  if (qualifier === null) return rounded;
  const printed = `; published is '${QUALIFIER_WORDS[qualifier]} ${figure}'`;
  if (qualifier === 'at-least')
    return `${printed}, which the sum ${isWithinBound(usd, qualifier) ? 'agrees with' : 'does not reach'}`;
  if (qualifier === 'at-most')
    return `${printed}, which the sum ${isWithinBound(usd, qualifier) ? 'agrees with' : 'exceeds'}`;
  return `${printed}, from which no exact difference can be taken: this one is arithmetic only${rounded}`;
}
