/** Numbers that look random and are the same on every machine. */
export type Random = {
  /** 0 ≤ x < 1. */
  readonly real: () => number;
  /** 0 ≤ x < below, for below ≤ 2^32. */
  readonly int: (below: number) => number;
  /** first ≤ x < first + count, low numbers much oftener: the n-th about 1/n as often (Zipf), a heavy-tailed degree. */
  readonly skewed: (first: number, count: number) => number;
};

/** @see Marsaglia, Xorshift RNGs, Journal of Statistical Software 8 (2003): xorshift128, its state filled by splitmix32. */
export function createRandom(seed: number): Random {
  let mixed = seed >>> 0;
  const split = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [x, y, z, w] = [split(), split(), split(), split() | 1];
  const real = (): number => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return (w >>> 0) / 0x100000000;
  };
  return {
    real,
    int: (below) => Math.floor(real() * below),
    skewed: (first, count) => first + Math.min(count - 1, Math.floor(Math.exp(real() * Math.log(count + 1)) - 1)),
  };
}
