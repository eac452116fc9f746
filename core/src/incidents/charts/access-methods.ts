import { DIMENSIONS, UNKNOWN } from '../dimension.ts';
import type { IncidentFilter } from '../filter.ts';
import type { Cross } from '../scope.ts';
import { ACCESS_CATEGORIES } from '../vocabulary.ts';
import { isAsked, NOT_ASKED } from './asked.ts';
import type { BarsChart } from './chart.ts';

const FOOTNOTES: readonly string[] = [
  'A way in that is only suspected is counted like one that is reported; one that sources discuss and do not establish is “not known”.',
  'The groups are Cairn’s own. What is known depends on who published an inquiry: a change from year to year need not be one of method.',
];

const WAYS: readonly string[] = [...ACCESS_CATEGORIES, UNKNOWN];

/**
 * By which way did intruders first get in, year by year? Numbers of incidents, no proportions: of most incidents no source
 * establishes it.
 * @param cross - incidents by year and by access.
 * @param caption - the conditions and grades that `cross` counts, in words.
 * @param filter - what `cross` was asked with: of years that it leaves out nothing is said.
 */
export function accessMethodsChart(cross: Cross, caption: string, filter: IncidentFilter = {}): BarsChart {
  const years = cross.rows.groups.map(({ key }) => key);
  const number = new Map(cross.cells.map(({ row, column, incidents }) => [`${row} ${column}`, incidents]));
  const ways = WAYS.filter((way) => cross.columns.groups.some(({ key }) => key === way));
  const inAll = cross.rows.groups.map(({ key, incidents }) => (isAsked(key, filter) ? incidents : null));
  const count = (year: string, way: string): number | null =>
    isAsked(year, filter) ? (number.get(`${year} ${way}`) ?? 0) : null;
  const unknown = cross.columns.fieldUnknown;
  return {
    kind: 'bars',
    id: 'access-methods',
    title: 'How the intruders first got in, by year',
    subtitle: `Numbers of incidents, by the way in that a source reports or suspects. Of ${unknown} of ${cross.rows.total.incidents} it is not known.`,
    caption,
    footnotes: FOOTNOTES,
    unit: 'incidents',
    axisTitle: 'incidents',
    periods: years,
    stacks: ways.map((way) => ({
      name: nameOf(way),
      look: WAYS.indexOf(way),
      isUnknown: way === UNKNOWN,
      values: years.map((year) => asBigInt(count(year, way))),
    })),
    lines: [],
    below: [{ name: 'incidents', values: inAll }],
    table: {
      columns: [
        { name: 'year', align: 'left' },
        ...ways.map((way) => ({ name: nameOf(way), align: 'right' as const })),
        { name: 'incidents in the year', align: 'right' },
      ],
      rows: years.map((year, i) => [
        year,
        ...ways.map((way) => String(count(year, way) ?? NOT_ASKED)),
        String(inAll[i] ?? NOT_ASKED),
      ]),
    },
  };
}

function nameOf(way: string): string {
  return way === UNKNOWN ? 'not known' : DIMENSIONS.access.nameOf(way);
}

function asBigInt(count: number | null): bigint | null {
  return count === null ? null : BigInt(count);
}
