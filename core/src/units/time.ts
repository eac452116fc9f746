import { CairnError } from '../errors.ts';

/** A number this large is a time in milliseconds, not in seconds: as seconds it lies beyond the year 5000. */
const MILLISECONDS_FROM = 100_000_000_000;

const CIVIL = /^(\d{4})-(\d{2})-(\d{2})(?:([T ])(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|\+00:00| UTC)?)?$/;

/**
 * The moment that a person or a file means, in Unix seconds.
 * @param text - Unix seconds; ISO 8601 in UTC (`2025-02-21T14:16:11Z`); `2025-02-21 14:16:11`, with or without ` UTC`;
 *   or a date, which means its first second in UTC.
 * @throws {CairnError} `invalid-input`, with the reason: no such date, another time zone, fractions of a second.
 */
export function parseTime(text: string): number {
  const trimmed = text.trim();
  if (/^[0-9]+$/.test(trimmed)) return parseSeconds(trimmed);
  const parts = CIVIL.exec(trimmed);
  if (parts === null) return rejectTime(text, whyNotTime(trimmed));
  const [, year, month, day, separator, hour = '0', minute = '0', second = '0', fraction = '', zone] = parts;
  if (separator === 'T' && zone === undefined) return rejectTime(text, 'it names no time zone; end it with Z for UTC');
  if (/[1-9]/.test(fraction)) return rejectTime(text, 'chain time has no fractions of a second');
  const fields = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const seconds = Date.UTC(...fields) / 1000;
  const written = `${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute.padStart(2, '0')}:${second.padStart(2, '0')}Z`;
  if (fields[0] < 1970 || formatTime(seconds) !== written) return rejectTime(text, 'no such date or time of day');
  return seconds;
}

/**
 * A moment as ISO 8601 in UTC, `2025-02-21T14:16:11Z`.
 * @param unixSeconds - a whole number, from 1970 to 9999.
 */
export function formatTime(unixSeconds: number): string {
  return `${new Date(unixSeconds * 1000).toISOString().slice(0, -'.000Z'.length)}Z`;
}

function parseSeconds(digits: string): number {
  const seconds = Number(digits);
  if (seconds >= MILLISECONDS_FROM) return rejectTime(digits, 'too large for Unix seconds');
  return seconds;
}

function whyNotTime(text: string): string {
  if (/[+-]\d{2}:?\d{2}$/.test(text) && text.includes(':')) return 'another time zone; give it in UTC';
  return text === '' ? 'empty' : 'neither Unix seconds nor ISO 8601 in UTC';
}

function rejectTime(text: string, reason: string): never {
  throw new CairnError('invalid-input', `not a time: '${text.slice(0, 60)}': ${reason}`, {
    hints: ['write 1740147371, 2025-02-21T14:16:11Z or 2025-02-21'],
  });
}
