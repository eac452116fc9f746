import type { Amounts } from './amounts.ts';

/** Digits of 24 bits, two a limb: a sum of 28 products of two stays below 2^53 and is exact in a double. */
const BASE = 2 ** 24;
const LIMB = BASE * BASE;

/**
 * `floor(t·x/b)` for one `x ≤ b` and many `t`: the share of each part of `b` in `x`, exactly.
 *
 * Long division in signed digits that are never carried. The quotient digit at a place is the nearest integer to the
 * leading part of what is left over that of `b`, out by less than 2^-17; so what the last place leaves lies between
 * -b and b, and at most one has to be given back.
 */
export class Proportion {
  private x = new Float64Array(0);
  private xLength = 0;
  private b = new Float64Array(0);
  private bLength = 0;
  /** One over the first three digits of b, the first counting whole. */
  private inverse = 0;
  private t = new Float64Array(0);
  /** What is left to divide, in digits from place `LOW`; below are two that stay 0. */
  private u = new Float64Array(0);

  set(xs: Amounts, i: number, bs: Amounts, j: number): void {
    const digits = 2 * bs.width + LOW;
    if (this.x.length < digits) {
      [this.x, this.b, this.t] = [new Float64Array(digits), new Float64Array(digits), new Float64Array(digits)];
      this.u = new Float64Array(2 * digits);
    }
    this.xLength = readDigits(xs, i, this.x);
    this.bLength = readDigits(bs, j, this.b);
    const { b, bLength: m } = this;
    const lower = m > 1 ? (b[m - 2] as number) + (m > 2 ? (b[m - 3] as number) / BASE : 0) : 0;
    this.inverse = 1 / ((b[m - 1] as number) + lower / BASE);
  }

  /** Puts the share of `ts[i]` into `shares[j]`. */
  share(ts: Amounts, i: number, shares: Amounts, j: number): void {
    const { t, u, b, bLength: m, inverse } = this;
    const tLength = readDigits(ts, i, t);
    this.multiply(tLength);
    let top = 0;
    for (let place = tLength - 1; place >= 0; place--) {
      const at = place + m - 1 + LOW;
      top = top * BASE + (u[at] as number);
      const digit = Math.floor((top + ((u[at - 1] as number) + (u[at - 2] as number) / BASE) / BASE) * inverse + 0.5);
      for (let n = 0; n < m - 1; n++) u[place + n + LOW] = (u[place + n + LOW] as number) - digit * (b[n] as number);
      top -= digit * (b[m - 1] as number);
      t[place] = digit;
    }
    u[m - 1 + LOW] = top;
    const isOver = this.settle();
    writeLimbs(t, 0, tLength, isOver ? -1 : 0, shares, j);
  }

  /** Puts what the last division left over into `remainders[j]`. */
  remainder(remainders: Amounts, j: number): void {
    writeLimbs(this.u, LOW, this.bLength, 0, remainders, j);
  }

  /** u = t·x, not carried. */
  private multiply(tLength: number): void {
    const { t, x, u, xLength, bLength } = this;
    for (let n = 0; n < tLength + bLength; n++) u[n + LOW] = 0;
    for (let n = 0; n < tLength; n++) {
      const digit = t[n] as number;
      for (let k = 0; k < xLength; k++) u[n + k + LOW] = (u[n + k + LOW] as number) + digit * (x[k] as number);
    }
  }

  /** Carries what is left; where it is negative, adds b. @returns whether it was. */
  private settle(): boolean {
    if (this.carry() >= 0) return false;
    const { u, b, bLength } = this;
    for (let n = 0; n < bLength; n++) u[n + LOW] = (u[n + LOW] as number) + (b[n] as number);
    this.carry();
    return true;
  }

  private carry(): number {
    const { u, bLength } = this;
    let carry = 0;
    for (let n = LOW; n < bLength + LOW; n++) {
      const digit = (u[n] as number) + carry;
      carry = Math.floor(digit / BASE);
      u[n] = digit - carry * BASE;
    }
    return carry;
  }
}

const LOW = 2;

/** @returns how many digits count; at least one. */
function readDigits(amounts: Amounts, i: number, digits: Float64Array): number {
  const { width, limbs } = amounts;
  let length = 1;
  for (let n = 0; n < width; n++) {
    const limb = limbs[i * width + n] as number;
    const high = Math.floor(limb / BASE);
    digits[2 * n] = limb - high * BASE;
    digits[2 * n + 1] = high;
    if (limb !== 0) length = high === 0 ? 2 * n + 1 : 2 * n + 2;
  }
  return length;
}

/** Carries digits from place `first` on, and writes them as limbs. */
function writeLimbs(digits: Float64Array, first: number, length: number, add: number, into: Amounts, i: number): void {
  const { width, limbs } = into;
  let carry = add;
  for (let n = 0; n < width; n++) {
    const low = 2 * n < length ? (digits[first + 2 * n] as number) : 0;
    const high = 2 * n + 1 < length ? (digits[first + 2 * n + 1] as number) : 0;
    const limb = high * BASE + low + carry;
    carry = Math.floor(limb / LIMB);
    limbs[i * width + n] = limb - carry * LIMB;
  }
}
