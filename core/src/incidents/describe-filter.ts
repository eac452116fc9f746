import { AMOUNT_RULE_NAMES } from './amounts.ts';
import { showUsd } from './claim.ts';
import { DIMENSIONS, type DimensionId, UNKNOWN } from './dimension.ts';
import { filterIncidents, type IncidentFilter } from './filter.ts';
import type { Incident } from './incident.ts';
import { ATTRIBUTION_GRADES, ATTRIBUTION_NAMES, type AttributionGrade } from './vocabulary.ts';

const KIND_NAMES: Readonly<Record<Incident['victim']['kind'], string>> = {
  organisation: 'named organisation',
  undisclosed: 'victim that no source names',
  'private-person': 'private person',
};

/**
 * Which incidents a figure counts, in words for its caption: every condition, every grade of attribution by its own name, and what is
 * left out of totals.
 * @param incidents - what the filter is applied to; where it is given, what is left out is counted.
 */
export function describeFilter(filter: IncidentFilter, incidents?: readonly Incident[]): string {
  const conditions = conditionsOf(filter);
  const grades = filter.grades ?? ATTRIBUTION_GRADES;
  const fitting = incidents === undefined ? null : filterIncidents(incidents, filter);
  const counted = grades.length === 0 ? 'none' : grades.map((grade) => gradeText(grade, fitting)).join('; ');
  return [
    ...(conditions.length === 0 ? [] : [`Only ${conditions.join('; ')}.`]),
    `Attribution: ${counted}.`,
    outsideTotals(filter, incidents),
    ...withoutAmount(filter, incidents),
  ].join(' ');
}

/** A grade by its name; with the number of incidents where it is known. */
function gradeText(grade: AttributionGrade, fitting: readonly Incident[] | null): string {
  if (fitting === null) return ATTRIBUTION_NAMES[grade];
  const number = fitting.filter(({ attribution }) => attribution.grade === grade).length;
  return `${number} ${ATTRIBUTION_NAMES[grade]}`;
}

function conditionsOf(filter: IncidentFilter): readonly string[] {
  const { from, to, victimKinds, edition, disputed, minUsd, amounts = 'preferred' } = filter;
  const period = [...(from === undefined ? [] : [`from ${from}`]), ...(to === undefined ? [] : [`to ${to}`])];
  return [
    ...listed('year', filter.years),
    ...listed('quarter', filter.quarters),
    ...(period.length === 0 ? [] : [period.join(' ')]),
    ...listed('victim-type', filter.victimTypes),
    ...(victimKinds === undefined ? [] : [`victim: ${anyOf(victimKinds.map((kind) => KIND_NAMES[kind]))}`]),
    ...listed('country', filter.countries, (code) => code.toUpperCase()),
    ...listed('chain', filter.chains),
    ...listed('asset', filter.assets),
    ...listed('access', filter.access),
    ...listed('technique', filter.techniques),
    ...listed('actor', filter.actors),
    ...(disputed === undefined ? [] : [`attribution ${disputed === 'only' ? 'disputed' : 'not disputed'} on record`]),
    ...(edition === undefined ? [] : [`listed in ${anyOf(edition)}`]),
    ...(minUsd === undefined ? [] : [`at least ${showUsd(minUsd)}, ${AMOUNT_RULE_NAMES[amounts]}`]),
  ];
}

function listed(
  id: DimensionId,
  wanted: readonly string[] | undefined,
  keyOf = (key: string): string => key,
): readonly string[] {
  if (wanted === undefined) return [];
  const { name, nameOf } = DIMENSIONS[id];
  return [`${name}: ${anyOf(wanted.map((key) => (key === UNKNOWN ? 'not known' : nameOf(keyOf(key)))))}`];
}

function anyOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(' or ');
}

function outsideTotals(filter: IncidentFilter, incidents: readonly Incident[] | undefined): string {
  if (filter.counted === 'excluded') return 'Only incidents outside totals.';
  const isIn = filter.counted === 'all';
  const verb = isIn ? 'included' : 'left out';
  if (incidents === undefined) return `Incidents outside totals are ${verb}.`;
  const outside = filterIncidents(incidents, { ...filter, counted: 'excluded' }).length;
  return `${outside} outside totals ${outside === 1 ? 'is' : 'are'} ${verb}.`;
}

function withoutAmount(filter: IncidentFilter, incidents: readonly Incident[] | undefined): readonly string[] {
  if (filter.minUsd === undefined) return [];
  if (incidents === undefined) return ['Incidents without a known amount are left out.'];
  const fitting = filterIncidents(incidents, { ...filter, minUsd: undefined }).length;
  const known = filterIncidents(incidents, { ...filter, minUsd: 0n }).length;
  return [`${fitting - known} without a known amount ${fitting - known === 1 ? 'is' : 'are'} left out.`];
}
