/**
 * Amounts as limbs of 48 bits in doubles, lowest limb first. A double is exact to 2^53, so the sum
 * of two limbs and a carry is. A pass over a ledger then makes no bigint that the garbage collector must carry along.
 */
const BASE = 2 ** 48;
const LIMB_BITS = 48n;

/** Columns of amounts that are as wide as the largest sum any of them may have to hold. */
export class AmountSpace {
  /** Limbs an amount. */
  width = 2;
  private largest = 0;
  /** Weak: a column nobody reads any more need not be widened, nor kept. */
  private readonly columns: WeakRef<Amounts>[] = [];

  column(size = 0): Amounts {
    const column = new Amounts(this.width, size);
    this.columns.push(new WeakRef(column));
    return column;
  }

  /** Makes room for sums that this amount is part of: up to four times everything reserved. */
  reserve(amount: bigint): void {
    this.largest += Number(amount);
    while (this.largest * 4 >= 2 ** (48 * this.width)) {
      this.width++;
      for (const column of this.columns) column.deref()?.widen(this.width);
    }
  }
}

/** A column of non-negative integers of any size, changed in place. Indices are the caller's to `fit`. */
export class Amounts {
  width: number;
  /** `width` limbs an entry; replaced when the column grows. */
  limbs: Float64Array;

  constructor(width: number, size: number) {
    this.width = width;
    this.limbs = new Float64Array(width * size);
  }

  /** Makes room for indices below `size`; new entries are 0. */
  fit(size: number): void {
    if (size * this.width <= this.limbs.length) return;
    const limbs = new Float64Array(Math.max(16 * this.width, size * this.width, this.limbs.length * 2));
    limbs.set(this.limbs);
    this.limbs = limbs;
  }

  widen(width: number): void {
    const limbs = new Float64Array((this.limbs.length / this.width) * width);
    for (let from = 0, to = 0; from < this.limbs.length; from += this.width, to += width) {
      limbs.set(this.limbs.subarray(from, from + this.width), to);
    }
    this.limbs = limbs;
    this.width = width;
  }

  get(i: number): bigint {
    let value = 0n;
    for (let at = (i + 1) * this.width - 1; at >= i * this.width; at--) {
      value = (value << LIMB_BITS) | BigInt(this.limbs[at] as number);
    }
    return value;
  }

  set(i: number, value: bigint): void {
    let rest = value;
    for (let at = i * this.width; at < (i + 1) * this.width; at++) {
      this.limbs[at] = Number(BigInt.asUintN(48, rest));
      rest >>= LIMB_BITS;
    }
  }

  copy(i: number, from: Amounts, j: number): void {
    const { width, limbs } = this;
    for (let n = 0; n < width; n++) limbs[i * width + n] = from.limbs[j * width + n] as number;
  }

  clear(i: number): void {
    const { width, limbs } = this;
    for (let n = 0; n < width; n++) limbs[i * width + n] = 0;
  }

  isZero(i: number): boolean {
    const { width, limbs } = this;
    for (let n = 0; n < width; n++) if (limbs[i * width + n] !== 0) return false;
    return true;
  }

  add(i: number, from: Amounts, j: number): void {
    const { width, limbs } = this;
    const other = from.limbs;
    let carry = 0;
    for (let n = 0; n < width; n++) {
      const sum = (limbs[i * width + n] as number) + (other[j * width + n] as number) + carry;
      carry = sum >= BASE ? 1 : 0;
      limbs[i * width + n] = carry === 1 ? sum - BASE : sum;
    }
  }

  /** Takes away what is not more than what is there. */
  subtract(i: number, from: Amounts, j: number): void {
    const { width, limbs } = this;
    const other = from.limbs;
    let borrow = 0;
    for (let n = 0; n < width; n++) {
      const difference = (limbs[i * width + n] as number) - (other[j * width + n] as number) - borrow;
      borrow = difference < 0 ? 1 : 0;
      limbs[i * width + n] = borrow === 1 ? difference + BASE : difference;
    }
  }

  /** Negative, 0 or positive as entry `i` is less than, equal to or more than `other`'s entry `j`. */
  compare(i: number, other: Amounts, j: number): number {
    const { width, limbs } = this;
    for (let n = width - 1; n >= 0; n--) {
      const difference = (limbs[i * width + n] as number) - (other.limbs[j * width + n] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
