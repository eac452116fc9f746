import { compareText } from '../../units/index.ts';
import { type AmountRule, amountOf } from '../amounts.ts';
import type { Usd } from '../claim.ts';
import type { Incident } from '../incident.ts';
import { victimName } from '../victim.ts';
import { type Counted, splitCounted, type UsdShare } from './counted.ts';

/** One incident with its amount; of a private person `name` says no more than that. */
export type RankedLoss = { readonly slug: string; readonly name: string; readonly usd: Usd };

/** The largest so many of all known losses. */
export type LargestShare = {
  /** How many were asked for: 1, 5, 10. */
  readonly largest: number;
  /** Largest first, equals by slug; fewer than asked for where there are no more. */
  readonly losses: readonly RankedLoss[];
  /** Incidents outside with the same amount as the last one inside: which of them is inside is chance. */
  readonly alsoAsLarge: readonly string[];
  /** Of the sum of known losses; null: nothing is known, or all of it is zero. */
  readonly share: UsdShare | null;
};

/** After so many of the smallest losses, so much in all. */
export type LorenzPoint = { readonly incidents: number; readonly usd: Usd };

/** How unequally known losses are spread over the incidents on record; nothing is said of thefts that are not. */
export type Concentration = {
  readonly rule: AmountRule;
  /** Incidents with a known amount: all that follows is about them. */
  readonly known: number;
  /** Incidents left out because no amount is known under the rule. */
  readonly unknown: readonly string[];
  /** Known to be nothing: they stand in the curve and in the Gini coefficient. */
  readonly zero: readonly string[];
  /** Of known losses; null: none is known. */
  readonly usd: Usd | null;
  readonly largest: readonly LargestShare[];
  /** From (0, 0) to (`known`, `usd`), smallest first. Empty where nothing is known. */
  readonly lorenz: readonly LorenzPoint[];
  /** The Gini coefficient as an exact fraction; null: nothing is known, or all of it is zero. */
  readonly gini: { readonly numerator: bigint; readonly denominator: bigint } | null;
  readonly leftOut: Counted['leftOut'];
};

const LARGEST = [1, 5, 10] as const;

/**
 * How much of what was taken was taken in the few largest thefts?
 * @see M. O. Lorenz, "Methods of Measuring the Concentration of Wealth" (1905), for the curve; {@link giniOf} for the coefficient.
 */
export function concentration(incidents: readonly Incident[], rule: AmountRule): Concentration {
  const { counted, leftOut } = splitCounted(incidents);
  const ranked: RankedLoss[] = [];
  const unknown: string[] = [];
  for (const incident of counted) {
    const { usd } = amountOf(incident, rule);
    if (usd === null) unknown.push(incident.slug);
    else ranked.push({ slug: incident.slug, name: victimName(incident), usd });
  }
  ranked.sort((a, b) => compareUsd(b.usd, a.usd) || compareText(a.slug, b.slug));
  const usd = ranked.reduce((sum, loss) => sum + loss.usd, 0n);
  const ascending = ranked.map((loss) => loss.usd).reverse();
  return {
    rule,
    known: ranked.length,
    unknown,
    zero: ranked.flatMap((loss) => (loss.usd === 0n ? [loss.slug] : [])),
    usd: ranked.length === 0 ? null : usd,
    largest: LARGEST.map((largest) => largestShare(ranked, largest, usd)),
    lorenz: lorenzOf(ascending),
    gini: giniOf(ascending),
    leftOut,
  };
}

/**
 * The Gini coefficient of some amounts: 0 where all are equal, (n−1)/n where one has everything. Of the list as it stands: without
 * the correction n/(n−1) for samples, since the record is no random sample.
 *
 * G = Σ (2i − n − 1)·xᵢ / (n·Σ xᵢ), i = 1…n, x ascending.
 * @param ascending - cents, smallest first.
 * @see C. Damgaard and J. Weiner, "Describing Inequality in Plant Size or Fecundity", Ecology 81 (2000) 1139–1142, for the formula.
 */
export function giniOf(ascending: readonly Usd[]): { readonly numerator: bigint; readonly denominator: bigint } | null {
  const count = BigInt(ascending.length);
  const sum = ascending.reduce((total, usd) => total + usd, 0n);
  if (sum === 0n) return null;
  const numerator = ascending.reduce((total, usd, i) => total + (2n * BigInt(i + 1) - count - 1n) * usd, 0n);
  return { numerator, denominator: count * sum };
}

function largestShare(ranked: readonly RankedLoss[], largest: number, usd: Usd): LargestShare {
  const losses = ranked.slice(0, largest);
  const edge = losses.at(-1)?.usd;
  return {
    largest,
    losses,
    alsoAsLarge: ranked.slice(largest).flatMap((loss) => (loss.usd === edge ? [loss.slug] : [])),
    share: usd === 0n ? null : { part: losses.reduce((sum, loss) => sum + loss.usd, 0n), whole: usd },
  };
}

function lorenzOf(ascending: readonly Usd[]): readonly LorenzPoint[] {
  if (ascending.length === 0) return [];
  const points: LorenzPoint[] = [{ incidents: 0, usd: 0n }];
  let sum = 0n;
  for (const [i, usd] of ascending.entries()) {
    sum += usd;
    points.push({ incidents: i + 1, usd: sum });
  }
  return points;
}

function compareUsd(a: Usd, b: Usd): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
