import { type AmountRule, amountOf } from './amounts.ts';
import type { Usd } from './claim.ts';
import { DIMENSIONS, type DimensionId, UNKNOWN } from './dimension.ts';
import { spanOf } from './impact/period.ts';
import type { Incident } from './incident.ts';
import type { AccessCategory, AttributionGrade, VictimType } from './vocabulary.ts';

/** Which incidents: those that count in totals, all on record, or only those left out of totals. */
export const COUNTED_CHOICES = ['totals', 'all', 'excluded'] as const;
export type CountedChoice = (typeof COUNTED_CHOICES)[number];

/** `only`: incidents whose attribution somebody on record disputes. `none`: the others. */
export const DISPUTED_CHOICES = ['only', 'none'] as const;
export type DisputedChoice = (typeof DISPUTED_CHOICES)[number];

type Unknown = typeof UNKNOWN;

/**
 * Which incidents are asked about. An incident must fit every field given; it fits a list if it fits one entry, and an empty list
 * fits none. `unknown` stands for incidents of which the record gives no value.
 */
export type IncidentFilter = {
  /** `2022` */
  readonly years?: readonly string[] | undefined;
  /** `2022-Q1`; `unknown`: dated to the year only. */
  readonly quarters?: readonly string[] | undefined;
  /** Partial dates, both included. An incident dated to a month or year fits if some day that it may mean does. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly victimTypes?: readonly VictimType[] | undefined;
  readonly victimKinds?: readonly Incident['victim']['kind'][] | undefined;
  /** ISO 3166-1 alpha-2, in either case of letters. */
  readonly countries?: readonly string[] | undefined;
  /** As in `CHAINS`, in either case of letters. */
  readonly chains?: readonly string[] | undefined;
  /** Symbols, in either case of letters. */
  readonly assets?: readonly string[] | undefined;
  readonly access?: readonly (AccessCategory | Unknown)[] | undefined;
  /** ATT&CK ids; a technique includes its sub-techniques. */
  readonly techniques?: readonly string[] | undefined;
  /** Ids of `actors.json`: the cluster that the record prefers. */
  readonly actors?: readonly string[] | undefined;
  readonly grades?: readonly AttributionGrade[] | undefined;
  readonly disputed?: DisputedChoice | undefined;
  /** Ids of published lists that have a row for it. */
  readonly edition?: readonly string[] | undefined;
  /** Left out: `totals`. */
  readonly counted?: CountedChoice | undefined;
  /** Cents, under `amounts`; an incident without an amount does not fit. */
  readonly minUsd?: Usd | undefined;
  /** For `minUsd`. Left out: `preferred`. */
  readonly amounts?: AmountRule | undefined;
};

/** Does somebody on record dispute who did it? */
export function isDisputed({ attribution }: Incident): boolean {
  return attribution.claims.some(({ stance }) => stance === 'disputes');
}

/** Is an incident among those asked about? Without any field: does it count in totals? */
export function matches(incident: Incident, filter: IncidentFilter): boolean {
  return (
    isAmong(incident, 'year', filter.years) &&
    isAmong(incident, 'quarter', filter.quarters) &&
    isWithin(incident, filter) &&
    isAmong(incident, 'victim-type', filter.victimTypes) &&
    isListed(filter.victimKinds, incident.victim.kind) &&
    isAmong(incident, 'country', filter.countries) &&
    isAmong(incident, 'chain', filter.chains) &&
    isAmong(incident, 'asset', filter.assets) &&
    isAmong(incident, 'access', filter.access) &&
    isAmong(incident, 'technique', filter.techniques, isTechniqueOf) &&
    isAmong(incident, 'actor', filter.actors) &&
    isAmong(incident, 'grade', filter.grades) &&
    (filter.disputed === undefined || isDisputed(incident) === (filter.disputed === 'only')) &&
    (filter.edition === undefined || incident.listedIn.some(({ edition }) => filter.edition?.includes(edition))) &&
    isCounted(incident, filter.counted) &&
    isAtLeast(incident, filter)
  );
}

/** The incidents asked about, in their order. */
export function filterIncidents(incidents: readonly Incident[], filter: IncidentFilter): readonly Incident[] {
  return incidents.filter((incident) => matches(incident, filter));
}

function isListed<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value);
}

function isAmong(
  incident: Incident,
  dimension: DimensionId,
  wanted: readonly string[] | undefined,
  isOne: (wanted: string, value: string) => boolean = isSameText,
): boolean {
  if (wanted === undefined) return true;
  const values = DIMENSIONS[dimension].values(incident);
  if (values.length === 0) return wanted.includes(UNKNOWN);
  return values.some((value) => wanted.some((one) => isOne(one, value)));
}

function isSameText(wanted: string, value: string): boolean {
  return wanted.toLowerCase() === value.toLowerCase();
}

function isTechniqueOf(wanted: string, id: string): boolean {
  const [sought, own] = [wanted.toUpperCase(), id.toUpperCase()];
  return own === sought || own.startsWith(`${sought}.`);
}

function isWithin({ date }: Incident, { from, to }: IncidentFilter): boolean {
  const { earliest, latest } = spanOf(date.value);
  return (from === undefined || latest >= spanOf(from).earliest) && (to === undefined || earliest <= spanOf(to).latest);
}

function isCounted({ counted }: Incident, choice: CountedChoice = 'totals'): boolean {
  return choice === 'all' || counted.inTotals === (choice === 'totals');
}

function isAtLeast(incident: Incident, { minUsd, amounts = 'preferred' }: IncidentFilter): boolean {
  if (minUsd === undefined) return true;
  const { usd } = amountOf(incident, amounts);
  return usd !== null && usd >= minUsd;
}
