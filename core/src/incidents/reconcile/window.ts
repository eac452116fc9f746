import { isPartialDate } from '../claim.ts';
import { spanOf } from '../impact/period.ts';

/** A stretch of days that a published figure covers; null: open on that side. */
export type Window = { readonly from: string | null; readonly to: string | null };

/** A window from dates as exact as they are printed: `2017` to `2024-04` is 1 January 2017 to the end of April 2024. */
export function windowOf(from: string | null, to: string | null): Window {
  return {
    from: from === null ? null : spanOf(from).earliest,
    to: to === null ? null : lastAsBound(spanOf(to).latest),
  };
}

/** One calendar year, cut to what the figure covers. */
export function yearWindow(year: string, { from, to }: Window): Window {
  const whole = windowOf(year, year);
  return {
    from: from !== null && from > `${whole.from}` && from.startsWith(year) ? from : whole.from,
    to: to !== null && to < `${whole.to}` && to.startsWith(year) ? to : whole.to,
  };
}

/** Does a date lie in a window? `partly`: it is too coarse to tell. */
export function liesIn(date: string, { from, to }: Window): 'in' | 'partly' | 'out' {
  const { earliest, latest } = spanOf(date);
  if ((from !== null && latest < from) || (to !== null && earliest > to)) return 'out';
  return (from === null || earliest >= from) && (to === null || latest <= to) ? 'in' : 'partly';
}

/** The last day of a month is written as the 31st, the way `spanOf` bounds a month. */
function lastAsBound(day: string): string {
  const next = `${day.slice(0, 8)}${String(Number(day.slice(8)) + 1).padStart(2, '0')}`;
  return isPartialDate(next) ? day : `${day.slice(0, 8)}31`;
}
