import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AmountSpace } from './amounts.ts';
import { Proportion } from './proportion.ts';

/** Amounts of every length up to 256 bits, with runs of ones and zeros where carries are long. */
const amount = fc.oneof(
  fc.bigInt(0n, (1n << 256n) - 1n),
  fc.bigInt(0n, 1000n),
  fc.nat(255).map((bits) => (1n << BigInt(bits)) - 1n),
  fc.nat(255).map((bits) => 1n << BigInt(bits)),
);

function column(...values: readonly bigint[]) {
  const space = new AmountSpace();
  for (const value of values) space.reserve(value);
  const amounts = space.column(values.length);
  for (const [i, value] of values.entries()) amounts.set(i, value);
  return { space, amounts };
}

describe('amounts as limbs agree with bigints', () => {
  test('what is set is what is read, and zero is told', () => {
    fc.assert(
      fc.property(amount, (a) => {
        const { amounts } = column(a);
        expect(amounts.get(0)).toBe(a);
        expect(amounts.isZero(0)).toBe(a === 0n);
      }),
    );
  });

  test('sums, differences and order', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const { amounts } = column(a, b);
        expect(Math.sign(amounts.compare(0, amounts, 1))).toBe(a < b ? -1 : a > b ? 1 : 0);
        amounts.add(0, amounts, 1);
        expect(amounts.get(0)).toBe(a + b);
        amounts.subtract(0, amounts, 1);
        expect(amounts.get(0)).toBe(a);
      }),
    );
  });

  test('a column widens and grows without losing anything', () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 8 }), amount, (values, larger) => {
        const { space, amounts } = column(...values);
        space.reserve(larger << 64n);
        amounts.fit(100);
        expect(values.map((_, i) => amounts.get(i))).toEqual(values);
        expect(amounts.get(99)).toBe(0n);
      }),
    );
  });
});

test('a share is floor(t·x/b), and what is left over is its remainder', () => {
  const part = fc.tuple(amount, amount, amount).map(([a, c, d]) => {
    const b = a + 1n;
    return { b, x: c % (b + 1n), t: d % (b + 1n) };
  });
  fc.assert(
    fc.property(part, ({ b, x, t }) => {
      const { space, amounts } = column(x, b, t);
      const [shares, remainders] = [space.column(1), space.column(1)];
      const proportion = new Proportion();
      proportion.set(amounts, 0, amounts, 1);
      proportion.share(amounts, 2, shares, 0);
      proportion.remainder(remainders, 0);
      expect(shares.get(0)).toBe((t * x) / b);
      expect(remainders.get(0)).toBe((t * x) % b);
    }),
    { numRuns: 5000 },
  );
});
