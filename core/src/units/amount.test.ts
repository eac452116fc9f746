import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDecimal, parseAmount, parseDecimal, parseLooseAmount } from './amount.ts';

const LARGEST = 2n ** 256n - 1n;
const amounts = fc.bigInt({ min: 0n, max: LARGEST });

describe('amounts', () => {
  test('are exact up to 2^256 - 1', () => {
    expect(parseAmount('401346768858404671846374')).toBe(401346768858404671846374n);
    expect(parseAmount(LARGEST.toString())).toBe(LARGEST);
    expect(parseAmount('0')).toBe(0n);
    expect(parseAmount('007')).toBe(7n);
  });

  test.each([
    ['-1', 'negative'],
    ['1.5', 'fractional'],
    [(LARGEST + 1n).toString(), '2^256 or more'],
    ['9'.repeat(5000), '2^256 or more'],
    ['', 'empty'],
    ['0x10', 'not a number'],
    ['1,000', 'not a number'],
    ['9.78e+19', 'not a number'],
    ['NaN', 'not a number'],
    [' 1', 'not a number'],
  ])('refuses %j: %s', (text, reason) => {
    expect(() => parseAmount(text)).toThrow(reason);
  });

  test('law: every amount is read back from what it writes', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parseAmount(amount.toString())).toBe(amount);
      }),
    );
  });
});

describe('amounts in float notation', () => {
  test.each([
    ['9.78e+19', 97_800_000_000_000_000_000n],
    ['123.0', 123n],
    ['1E18', 10n ** 18n],
    ['2.5e1', 25n],
    ['1200e-2', 12n],
    ['0e9999', 0n],
    ['0.0', 0n],
    ['1e77', 10n ** 77n],
  ])('%s is read exactly as written and flagged', (text, amount) => {
    expect(parseLooseAmount(text)).toEqual({ amount, rounded: true });
  });

  test('an integer is not flagged', () => {
    expect(parseLooseAmount('97800000000000000001')).toEqual({ amount: 97_800_000_000_000_000_001n, rounded: false });
  });

  test.each([
    ['1e78', '2^256 or more'],
    ['1e9999', '2^256 or more'],
    ['1.5', 'fractional'],
    ['15e-1', 'fractional'],
    ['5e-9999', 'fractional'],
    ['-9.78e+19', 'negative'],
    ['e5', 'not a number'],
    ['Infinity', 'not a number'],
    ['', 'empty'],
  ])('refuses %j: %s', (text, reason) => {
    expect(() => parseLooseAmount(text)).toThrow(reason);
  });
});

describe('decimals', () => {
  test.each([
    ['401346.768858404671846374', 18, 401346768858404671846374n],
    ['1', 0, 1n],
    ['1.50', 1, 15n],
    ['0.00000001', 8, 1n],
    ['8000', 18, 8000n * 10n ** 18n],
  ])('%s with %i decimals', (text, decimals, amount) => {
    expect(parseDecimal(text, decimals)).toBe(amount);
  });

  test.each([
    ['1.5', 0, 'finer than one base unit'],
    ['0.000000001', 8, 'finer than one base unit'],
    ['-1', 18, 'negative'],
    ['1,5', 18, 'not a decimal'],
    ['.5', 18, 'not a decimal'],
    ['1e3', 18, 'not a decimal'],
    ['1'.repeat(70), 18, '2^256 or more'],
  ])('refuses %j with %i decimals: %s', (text, decimals, reason) => {
    expect(() => parseDecimal(text, decimals)).toThrow(reason);
  });

  test('are written exactly, without grouping or zeros at the end', () => {
    expect(formatDecimal(401346768858404671846374n, 18)).toBe('401346.768858404671846374');
    expect(formatDecimal(8000n * 10n ** 18n, 18)).toBe('8000');
    expect(formatDecimal(1n, 18)).toBe('0.000000000000000001');
    expect(formatDecimal(0n, 18)).toBe('0');
    expect(formatDecimal(100n, 0)).toBe('100');
    expect(formatDecimal(-150n, 2)).toBe('-1.5');
  });

  test('law: every amount is read back from its decimal notation', () => {
    fc.assert(
      fc.property(amounts, fc.nat(30), (amount, decimals) => {
        expect(parseDecimal(formatDecimal(amount, decimals), decimals)).toBe(amount);
      }),
    );
  });
});
