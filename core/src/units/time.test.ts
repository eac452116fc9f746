import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTime, parseTime } from './time.ts';

describe('chain time', () => {
  test.each([
    ['1740147371', 1740147371],
    ['0', 0],
    ['2025-02-21T14:16:11Z', 1740147371],
    ['2025-02-21T14:16:11.000Z', 1740147371],
    ['2025-02-21T14:16:11+00:00', 1740147371],
    ['2025-02-21 14:16:11', 1740147371],
    ['2025-02-21 14:16:11 UTC', 1740147371],
    ['2025-02-21 14:16:11.000000 UTC', 1740147371],
    ['2025-02-21T14:16Z', 1740147360],
    ['2025-02-21', 1740096000],
    ['2024-02-29', 1709164800],
  ])('%s', (text, seconds) => {
    expect(parseTime(text)).toBe(seconds);
  });

  test.each([
    ['1740147371000', 'too large for Unix seconds'],
    ['2025-02-30', 'no such date'],
    ['2025-02-29', 'no such date'],
    ['2025-02-21T24:00:00Z', 'no such date or time of day'],
    ['1969-12-31', 'no such date'],
    ['0070-01-01', 'no such date'],
    ['2025-02-21T14:16:11', 'no time zone'],
    ['2025-02-21T14:16:11+08:00', 'another time zone'],
    ['2025-02-21T14:16:11.5Z', 'fractions of a second'],
    ['-5', 'neither'],
    ['21.02.2025', 'neither'],
    ['', 'empty'],
  ])('refuses %j: %s', (text, reason) => {
    expect(() => parseTime(text)).toThrow(reason);
  });

  test('law: every second up to the year 5000 is read back from what it writes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 95_617_584_000 }), (seconds) => {
        expect(parseTime(formatTime(seconds))).toBe(seconds);
        expect(parseTime(String(seconds))).toBe(seconds);
      }),
    );
  });
});
