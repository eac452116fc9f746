import { compareText } from '../../units/index.ts';
import type { AmountRule } from '../amounts.ts';
import { DIMENSIONS, UNKNOWN } from '../dimension.ts';
import type { Incident } from '../incident.ts';
import { ACCESS_CATEGORIES, ATTRIBUTION_GRADES, VICTIM_TYPES } from '../vocabulary.ts';
import { type Counted, type CountShare, type KnownSum, splitCounted, sumKnown } from './counted.ts';
import { groupByPeriod } from './losses.ts';

/** What about the thefts may change over the years. All have one value an incident, so counts and sums add up over values. */
export const SHIFT_DIMENSIONS = ['access', 'victim-type', 'grade', 'actor'] as const;
export type ShiftDimension = (typeof SHIFT_DIMENSIONS)[number];

/** Incidents of one year with one value. */
export type ShiftCell = {
  /** An access category, a type of victim, a grade of attribution, an actor's id, or `unknown`. */
  readonly value: string;
  readonly losses: KnownSum;
  /** Out of all incidents of the year. */
  readonly ofAll: CountShare;
  /** Out of those whose value is known; null for `unknown`, and where none is known. */
  readonly ofKnown: CountShare | null;
  /** Access only: how many of them sources only suspect. Null elsewhere. */
  readonly onlySuspected: number | null;
};

export type ShiftYear = {
  readonly year: string;
  readonly incidents: number;
  /** Incidents whose value is known. For victims, type `other` is not: it also stands for "not known". */
  readonly known: number;
  /** One for each of `values`, in that order. */
  readonly cells: readonly ShiftCell[];
};

/** How the thefts on record change over the years. What is recorded changes too: more is known of recent and of large thefts. */
export type Shifts = {
  readonly dimension: ShiftDimension;
  readonly rule: AmountRule;
  /** All that occur; actors by id, others in the order of their vocabulary; `unknown` last. */
  readonly values: readonly string[];
  /** In time order, without holes. */
  readonly years: readonly ShiftYear[];
  readonly leftOut: Counted['leftOut'];
};

/**
 * How do ways in, victims, attribution or actors shift from year to year?
 * @param rule - for the sums; counts do not depend on it.
 */
export function shifts(incidents: readonly Incident[], rule: AmountRule, dimension: ShiftDimension): Shifts {
  const { counted, leftOut } = splitCounted(incidents);
  const values = valuesOf(dimension, new Set(counted.map((incident) => valueIn(dimension, incident))));
  const years = groupByPeriod(counted, 'year').map(({ period, incidents: ofYear }) => {
    const known = ofYear.filter((incident) => isKnown(valueIn(dimension, incident), dimension)).length;
    return {
      year: period,
      incidents: ofYear.length,
      known,
      cells: values.map((value) => cellOf(ofYear, known, rule, dimension, value)),
    };
  });
  return { dimension, rule, values, years, leftOut };
}

function cellOf(
  ofYear: readonly Incident[],
  known: number,
  rule: AmountRule,
  dimension: ShiftDimension,
  value: string,
): ShiftCell {
  const those = ofYear.filter((incident) => valueIn(dimension, incident) === value);
  return {
    value,
    losses: sumKnown(those, rule),
    ofAll: { part: those.length, whole: ofYear.length },
    ofKnown: isKnown(value, dimension) && known > 0 ? { part: those.length, whole: known } : null,
    onlySuspected: dimension === 'access' ? those.filter(isSuspected).length : null,
  };
}

function valueIn(dimension: ShiftDimension, incident: Incident): string {
  return DIMENSIONS[dimension].values(incident)[0] ?? UNKNOWN;
}

function isKnown(value: string, dimension: ShiftDimension): boolean {
  return value !== UNKNOWN && !(dimension === 'victim-type' && value === 'other');
}

function isSuspected({ initialAccess }: Incident): boolean {
  return initialAccess.value?.status === 'suspected' && initialAccess.value.category !== null;
}

const VOCABULARIES = {
  access: ACCESS_CATEGORIES,
  'victim-type': VICTIM_TYPES,
  grade: ATTRIBUTION_GRADES,
} as const;

function valuesOf(dimension: ShiftDimension, occurring: ReadonlySet<string>): readonly string[] {
  const ordered: readonly string[] =
    dimension === 'actor'
      ? [...occurring].filter((value) => value !== UNKNOWN).sort(compareText)
      : VOCABULARIES[dimension];
  return [...ordered, UNKNOWN].filter((value) => occurring.has(value));
}
