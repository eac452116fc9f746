import type { PartialDate } from '../party.ts';

/** Parts as the file gives them; a part that is absent is not known. */
export type DateParts = { readonly year?: string; readonly month?: string; readonly day?: string };

/**
 * What span do a first and a last day bound? Whole years and whole months are written as such: 1 January to
 * 31 December 1991 is `1991`.
 * @returns null where a year is missing or a date cannot be (30 February). Ends given the wrong way round are turned.
 */
export function spanOf(first: DateParts, last: DateParts, approximate: boolean): PartialDate | null {
  const one = earliest(first);
  const other = latest(last);
  if (one === null || other === null) return null;
  const turned = one > other;
  const [from, to] = turned ? [earliest(last), latest(first)] : [one, other];
  if (from === null || to === null) return null;
  if (from.endsWith('-01-01') && to.endsWith('-12-31')) {
    return { from: from.slice(0, 4), to: to.slice(0, 4), approximate };
  }
  if (from.endsWith('-01') && Number(to.slice(8)) === daysIn(Number(to.slice(0, 4)), Number(to.slice(5, 7)))) {
    return { from: from.slice(0, 7), to: to.slice(0, 7), approximate };
  }
  return { from, to, approximate };
}

/** An ISO date at the start of a text (`2007-03-24-04:00`); null: none, or one that cannot be. */
export function isoDateIn(text: string): string | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  return parts === null ? null : isoDate(Number(parts[1]), Number(parts[2]), Number(parts[3]));
}

/** null: there is no such day. */
export function isoDate(year: number, month: number, day: number): string | null {
  const valid =
    Number.isInteger(year) &&
    year >= 1 &&
    year <= 9999 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month);
  return valid ? `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}` : null;
}

function earliest({ year, month, day }: DateParts): string | null {
  return isoDate(Number(year ?? Number.NaN), Number(month ?? 1), Number(month === undefined ? 1 : (day ?? 1)));
}

function latest({ year, month, day }: DateParts): string | null {
  const y = Number(year ?? Number.NaN);
  const m = Number(month ?? 12);
  return isoDate(y, m, Number(month === undefined ? 31 : (day ?? daysIn(y, m))));
}

/** NaN for a month that is none. */
function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? Number.NaN;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
