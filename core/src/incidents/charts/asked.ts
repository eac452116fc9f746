import type { IncidentFilter } from '../filter.ts';
import { spanOf } from '../impact/period.ts';

/** What stands in a table for a year that a filter leaves out: nothing is said of it, neither zero nor unknown. */
export const NOT_ASKED = 'not asked for';

/** Could a year hold an incident that fits? Not where the filter leaves all of the year out. */
export function isAsked(year: string, { years, quarters, from, to }: IncidentFilter): boolean {
  const { earliest, latest } = spanOf(year);
  return (
    (years === undefined || years.includes(year)) &&
    (quarters === undefined || quarters.some((quarter) => quarter.startsWith(year) || !/^\d/.test(quarter))) &&
    (from === undefined || latest >= spanOf(from).earliest) &&
    (to === undefined || earliest <= spanOf(to).latest)
  );
}
