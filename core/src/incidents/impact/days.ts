import { parseTime } from '../../units/index.ts';
import { precisionOf } from '../claim.ts';
import { spanOf } from './period.ts';

const SECONDS_OF_DAY = 86_400;

/** The number of a day since 1 January 1970; null: the date is not exact to the day. */
export function dayNumber(date: string): number | null {
  return precisionOf(date) === 'day' ? parseTime(date) / SECONDS_OF_DAY : null;
}

/** Whole days from one date to another, negative where the second is earlier; null unless both are exact to the day. */
export function daysBetween(from: string, to: string): number | null {
  const [start, end] = [dayNumber(from), dayNumber(to)];
  return start === null || end === null ? null : end - start;
}

/** How far apart two dates are by their earliest possible days: for ordering by nearness, not a fact about the dates. */
export function nearness(a: string, b: string): number {
  const [first, second] = [spanOf(a).earliest, spanOf(b).earliest];
  return Math.abs((parseTime(first) - parseTime(second)) / SECONDS_OF_DAY);
}
