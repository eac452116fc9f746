import type { AmountRule } from '../amounts.ts';
import { amountOf } from '../amounts.ts';
import type { Usd } from '../claim.ts';
import type { Incident } from '../incident.ts';

/** Incidents that count in totals, and those that the record leaves out of them with its reason. */
export type Counted = {
  readonly counted: readonly Incident[];
  readonly leftOut: readonly { readonly slug: string; readonly because: string }[];
};

/** What counts and what does not: an attempt that failed, or a theft that few ascribe, is in the record and in no total. */
export function splitCounted(incidents: readonly Incident[]): Counted {
  return {
    counted: incidents.filter(({ counted }) => counted.inTotals),
    leftOut: incidents.flatMap(({ slug, counted }) => (counted.inTotals ? [] : [{ slug, because: counted.because }])),
  };
}

/**
 * A sum of what is known, never to be read as a total.
 * `usd` in cents; null: there are incidents and no amount of any is known. Without any incident it is 0.
 */
export type KnownSum = {
  readonly usd: Usd | null;
  readonly incidents: number;
  /** Incidents whose amount is in the sum. */
  readonly known: number;
  /** Incidents without an amount under the rule. `known` + `unknown` = `incidents`. */
  readonly unknown: number;
};

/** Adds what is known of some incidents under a rule, and counts what is not. */
export function sumKnown(incidents: readonly Incident[], rule: AmountRule): KnownSum {
  const amounts = incidents.map((incident) => amountOf(incident, rule).usd).filter((usd) => usd !== null);
  const unknown = incidents.length - amounts.length;
  return {
    usd: amounts.length === 0 && unknown > 0 ? null : amounts.reduce((sum, usd) => sum + usd, 0n),
    incidents: incidents.length,
    known: amounts.length,
    unknown,
  };
}

/** A count out of a count: a proportion is never given without its denominator. */
export type CountShare = { readonly part: number; readonly whole: number };

/** A sum in cents out of a sum in cents. */
export type UsdShare = { readonly part: Usd; readonly whole: Usd };
