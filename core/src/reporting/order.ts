/** Sorts the largest first. */
export function compareDescending(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

/** The largest of some amounts; 0 of none. */
export function largest(amounts: readonly bigint[]): bigint {
  return amounts.toSorted(compareDescending)[0] ?? 0n;
}

/** The smallest of some amounts; 0 of none. */
export function smallest(amounts: readonly bigint[]): bigint {
  return amounts.toSorted(compareDescending).at(-1) ?? 0n;
}
