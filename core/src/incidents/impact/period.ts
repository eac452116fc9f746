import { precisionOf } from '../claim.ts';

/** `year`: `2022`; `quarter`: `2022-Q1`; `month`: `2022-03`. */
export type PeriodUnit = 'year' | 'quarter' | 'month';

/** The calendar period a partial date lies in; null: the date is not exact enough to tell. Text order is time order. */
export function periodOf(date: string, by: PeriodUnit): string | null {
  const year = date.slice(0, 4);
  if (by === 'year') return year;
  if (precisionOf(date) === 'year') return null;
  return by === 'month' ? date.slice(0, 7) : `${year}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
}

/** Every period from the first to the last of some, so that one without incidents is seen; in time order. */
export function periodsBetween(periods: readonly string[], by: PeriodUnit): readonly string[] {
  const sorted = [...new Set(periods)].sort();
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return [];
  const all = [first];
  for (let period = first; period !== last; all.push(period)) period = nextPeriod(period, by);
  return all;
}

function nextPeriod(period: string, by: PeriodUnit): string {
  const year = Number(period.slice(0, 4));
  if (by === 'year') return String(year + 1);
  const last = by === 'quarter' ? 4 : 12;
  const part = Number(period.slice(by === 'quarter' ? 6 : 5));
  const [nextYear, next] = part === last ? [year + 1, 1] : [year, part + 1];
  return by === 'quarter' ? `${nextYear}-Q${next}` : `${nextYear}-${String(next).padStart(2, '0')}`;
}

/** The first and the last day that a partial date may mean; the last is an upper bound in text order, not always a real day. */
export function spanOf(date: string): { readonly earliest: string; readonly latest: string } {
  const precision = precisionOf(date);
  if (precision === 'day') return { earliest: date, latest: date };
  if (precision === 'month') return { earliest: `${date}-01`, latest: `${date}-31` };
  return { earliest: `${date}-01-01`, latest: `${date}-12-31` };
}

/** May two partial dates mean the same day? False only where they exclude each other: `2019-11` and `2019-11-27` agree. */
export function mayAgree(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}
