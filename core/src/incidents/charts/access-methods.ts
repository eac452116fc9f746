import { UNKNOWN } from '../dimension.ts';
import type { Cross } from '../scope.ts';
import { ACCESS_CATEGORIES, ACCESS_NAMES } from '../vocabulary.ts';
import type { BarsChart } from './chart.ts';

/**
 * By which way did intruders first get in, year by year? Numbers of incidents, no proportions: of most incidents no source
 * establishes it.
 * @param cross - incidents by year and by access.
 * @param caption - the conditions and grades that `cross` counts, in words.
 */
export function accessMethodsChart(cross: Cross, caption: string): BarsChart {
  const years = cross.rows.groups.map(({ key }) => key);
  const number = new Map(cross.cells.map(({ row, column, incidents }) => [`${row} ${column}`, incidents]));
  const ways = [...ACCESS_CATEGORIES, UNKNOWN].filter((way) => cross.columns.groups.some(({ key }) => key === way));
  const inAll = cross.rows.groups.map(({ incidents }) => incidents);
  const count = (year: string, way: string): number => number.get(`${year} ${way}`) ?? 0;
  const unknown = cross.columns.fieldUnknown;
  return {
    kind: 'bars',
    id: 'access-methods',
    title: 'How the intruders first got in, by year',
    subtitle: `Numbers of incidents, by the way in that a source reports or suspects. Of ${unknown} of ${cross.rows.total.incidents} it is not known.`,
    caption,
    footnotes: [
      'A way in that is only suspected is counted like one that is reported; one that sources discuss and do not establish is “not known”.',
      'The groups are Cairn’s own. What is known depends on who published an inquiry: a change from year to year need not be one of method.',
    ],
    unit: 'incidents',
    axisTitle: 'incidents',
    periods: years,
    stacks: ways.map((way) => ({ name: nameOf(way), values: years.map((year) => BigInt(count(year, way))) })),
    lines: [],
    below: [{ name: 'incidents', values: inAll }],
    table: {
      columns: [
        { name: 'year', align: 'left' },
        ...ways.map((way) => ({ name: nameOf(way), align: 'right' as const })),
        { name: 'incidents in the year', align: 'right' },
      ],
      rows: years.map((year, i) => [year, ...ways.map((way) => String(count(year, way))), String(inAll[i])]),
    },
  };
}

function nameOf(way: (typeof ACCESS_CATEGORIES)[number] | typeof UNKNOWN): string {
  return way === UNKNOWN ? 'not known' : ACCESS_NAMES[way];
}
