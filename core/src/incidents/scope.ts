import { compareText } from '../units/index.ts';
import { type AmountRule, amountOf, hasAmountConflict, spreadOf } from './amounts.ts';
import type { Usd } from './claim.ts';
import { DIMENSIONS, type Dimension, type DimensionId, UNKNOWN } from './dimension.ts';
import { isDisputed } from './filter.ts';
import { periodsBetween } from './impact/period.ts';
import type { Incident } from './incident.ts';
import { ATTRIBUTION_GRADES, type AttributionGrade } from './vocabulary.ts';

/** A sum of what is known in cents; null: there are incidents, and of none an amount is known. Of no incidents it is 0. */
export type SumOfKnown = Usd | null;

/** What some incidents add up to under a rule: a sum of known amounts, not a total of what was stolen. */
export type Tally = {
  readonly incidents: number;
  /** Incidents whose amount is in the sums. */
  readonly known: number;
  /** Incidents without an amount under the rule. `known` + `unknown` = `incidents`. */
  readonly unknown: number;
  readonly usd: SumOfKnown;
  /** Over the same `known` incidents, each by its lowest and its highest figure: `lowest` ≤ `usd` ≤ `highest`. */
  readonly lowest: SumOfKnown;
  readonly highest: SumOfKnown;
  /** Incidents, known or not, whose figures are more than a tenth apart. */
  readonly conflicted: number;
  /** Incidents whose attribution somebody on record disputes. */
  readonly disputed: number;
  /** By what the attribution rests on; adds up to the whole. */
  readonly byGrade: Readonly<Record<AttributionGrade, GradeTally>>;
};

export type GradeTally = { readonly incidents: number; readonly known: number; readonly usd: SumOfKnown };

export type Group = Tally & { readonly key: string; readonly name: string };

/** Incidents and sums of known amounts by one property. */
export type Scope = {
  readonly dimension: DimensionId;
  readonly rule: AmountRule;
  /** True where an incident may be in several groups, so that their sums add up to more than the total. */
  readonly overlapping: boolean;
  /** Years and quarters ascending, also empty ones in between; others by sum, largest first, then by key; `unknown` last. */
  readonly groups: readonly Group[];
  /** Every incident once. */
  readonly total: Tally;
  /** Incidents of which the record gives no value here; their group is `unknown`. */
  readonly fieldUnknown: number;
};

/**
 * How many incidents, and what do their known amounts add up to, by one property?
 * @param incidents - each one counts, also ones outside totals: leave those out with `filterIncidents` first.
 * @param names - how keys are called, where the dimension's own name will not do: `groupNames` for actors and techniques.
 */
export function scopeBy(
  incidents: readonly Incident[],
  dimension: DimensionId,
  rule: AmountRule,
  names: ReadonlyMap<string, string> = new Map(),
): Scope {
  const by = DIMENSIONS[dimension];
  const { members, unknown } = membersOf(incidents, by);
  const groups = [...members].map(([key, own]) => ({
    key,
    name: names.get(key) ?? by.nameOf(key),
    ...tallyOf(own, rule),
  }));
  const inOrder = isOfTime(dimension) ? groups : groups.sort(bySum);
  const rest = unknown.length === 0 ? [] : [{ key: UNKNOWN, name: 'not known', ...tallyOf(unknown, rule) }];
  return {
    dimension,
    rule,
    overlapping: !by.singleValued,
    groups: [...inOrder, ...rest],
    total: tallyOf(incidents, rule),
    fieldUnknown: unknown.length,
  };
}

/** One cell of a table by two properties; `row` and `column` are keys of groups. */
export type Cell = Tally & { readonly row: string; readonly column: string };

/** Incidents and sums of known amounts by two properties. */
export type Cross = {
  readonly rows: Scope;
  readonly columns: Scope;
  /** True where an incident may be in several cells. */
  readonly overlapping: boolean;
  /** In the order of rows, then columns; only those with incidents. */
  readonly cells: readonly Cell[];
};

/** The same by two properties at once. @param incidents - as in `scopeBy`. */
export function crossBy(
  incidents: readonly Incident[],
  row: DimensionId,
  column: DimensionId,
  rule: AmountRule,
  names: ReadonlyMap<string, string> = new Map(),
): Cross {
  const rows = scopeBy(incidents, row, rule, names);
  const columns = scopeBy(incidents, column, rule, names);
  const inRow = groupMembers(incidents, DIMENSIONS[row]);
  const cells = rows.groups.flatMap(({ key }) => {
    const inColumn = groupMembers(inRow.get(key) ?? [], DIMENSIONS[column]);
    return columns.groups.flatMap((group) => {
      const own = inColumn.get(group.key) ?? [];
      return own.length === 0 ? [] : [{ row: key, column: group.key, ...tallyOf(own, rule) }];
    });
  });
  return { rows, columns, overlapping: rows.overlapping || columns.overlapping, cells };
}

function isOfTime(id: DimensionId): id is 'year' | 'quarter' {
  return id === 'year' || id === 'quarter';
}

function groupMembers(incidents: readonly Incident[], by: Dimension): ReadonlyMap<string, readonly Incident[]> {
  const { members, unknown } = membersOf(incidents, by);
  return new Map([...members, [UNKNOWN, unknown]]);
}

/** Incidents by value, periods in order and without a hole; and those without a value. */
function membersOf(incidents: readonly Incident[], by: Dimension) {
  const members = new Map<string, Incident[]>();
  if (isOfTime(by.id)) {
    for (const period of periodsBetween(incidents.flatMap(by.values), by.id)) members.set(period, []);
  }
  const unknown: Incident[] = [];
  for (const incident of incidents) {
    const keys = by.values(incident);
    if (keys.length === 0) unknown.push(incident);
    for (const key of keys) {
      const own = members.get(key);
      if (own === undefined) members.set(key, [incident]);
      else own.push(incident);
    }
  }
  return { members, unknown };
}

function bySum(a: Group, b: Group): number {
  const [least, other] = [a.usd ?? -1n, b.usd ?? -1n];
  return least < other ? 1 : least > other ? -1 : compareText(a.key, b.key);
}

function tallyOf(incidents: readonly Incident[], rule: AmountRule): Tally {
  const counted = incidents.map((incident) => {
    const { usd } = amountOf(incident, rule);
    return { incident, usd, spread: usd === null ? null : spreadOf(incident) };
  });
  const known = counted.filter(({ usd }) => usd !== null).length;
  const grades = ATTRIBUTION_GRADES.map((grade) => {
    const own = counted.filter(({ incident }) => incident.attribution.grade === grade).map(({ usd }) => usd);
    return [grade, { incidents: own.length, known: own.filter((usd) => usd !== null).length, usd: sumOf(own) }];
  });
  return {
    incidents: incidents.length,
    known,
    unknown: incidents.length - known,
    usd: sumOf(counted.map(({ usd }) => usd)),
    lowest: sumOf(counted.map(({ spread }) => spread?.lowest ?? null)),
    highest: sumOf(counted.map(({ spread }) => spread?.highest ?? null)),
    conflicted: incidents.filter(hasAmountConflict).length,
    disputed: incidents.filter(isDisputed).length,
    byGrade: Object.fromEntries(grades) as Tally['byGrade'],
  };
}

function sumOf(amounts: readonly SumOfKnown[]): SumOfKnown {
  const known = amounts.filter((usd) => usd !== null);
  return known.length === 0 && amounts.length > 0 ? null : known.reduce((sum, usd) => sum + usd, 0n);
}
