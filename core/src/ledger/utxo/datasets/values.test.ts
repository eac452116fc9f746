import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitcoinAt, MAX_SATOSHIS, satoshisAt, timeAt, versionAt } from './values.ts';

describe('amounts', () => {
  test('law: a double of bitcoin gives back the satoshis it was made from', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MAX_SATOSHIS), (satoshis) => {
        const double = Number(satoshis) / 1e8;
        expect(bitcoinAt(double, 'value')).toBe(satoshis);
        expect(bitcoinAt(JSON.parse(JSON.stringify(double)), 'value')).toBe(satoshis);
      }),
      { numRuns: 2000 },
    );
  });

  test('the smallest, the largest, and decimals as text', () => {
    expect(bitcoinAt(1e-8, 'value')).toBe(1n);
    expect(bitcoinAt(1.5e-7, 'value')).toBe(15n);
    expect(bitcoinAt(20_999_999.9769, 'value')).toBe(2_099_999_997_690_000n);
    expect(bitcoinAt('119756.62032288', 'amount')).toBe(11_975_662_032_288n);
    expect(bitcoinAt('5.850062420000', 'amount')).toBe(585_006_242n);
    expect(satoshisAt('5000000000.000000000', 'value')).toBe(5_000_000_000n);
    expect(satoshisAt(0, 'value')).toBe(0n);
  });

  test('fractions of a satoshi, negative amounts and more than there can be are refused, naming the place', () => {
    for (const value of [0.1 + 0.2, 1e-9, '0.000000001', -1, '-1', '1e8', '', 'ten', null, Number.NaN, 21_000_001]) {
      expect(() => bitcoinAt(value, 'vout 3')).toThrow(/^vout 3 /);
    }
    for (const value of [0.5, '1.5', -1, 1e21, '2100000000000001', undefined]) {
      expect(() => satoshisAt(value, 'vout 3')).toThrow(/^vout 3 /);
    }
  });
});

test('times: seconds, and the forms datasets write; anything else is refused', () => {
  const forms = [
    1231006505,
    '1231006505',
    '2009-01-03 18:15:05 UTC',
    '2009-01-03T18:15:05Z',
    '2009-01-03 18:15:05.000000000',
    '2009-01-03T18:15:05+00:00',
  ];
  expect(forms.map((form) => timeAt(form, 'time'))).toEqual(forms.map(() => 1_231_006_505));
  for (const form of ['2009-01-03', '18:15', '2009-13-03 00:00:00', '2009-01-03T18:15:05+02:00', 1.5, -1]) {
    expect(() => timeAt(form, 'time')).toThrow(/^time /);
  }
});

test('a version may be written with a sign', () => {
  expect([versionAt(2, 'v'), versionAt(-1, 'v'), versionAt('1', 'v'), versionAt(null, 'v')]).toEqual([2, -1, 1, null]);
});
