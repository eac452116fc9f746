import { sha256 } from '@noble/hashes/sha2.js';

/** A tree's root; `repeats`: two equal branches stand side by side that were not made equal by the rule for odd numbers. */
export type MerkleRoot = { readonly root: Uint8Array; readonly repeats: boolean };

/**
 * The root of a block's transaction ids: pairs are hashed together, an odd one with itself, until one is left.
 * That rule gives a list and the same list with its tail repeated one root (CVE-2012-2459): `repeats` tells them apart.
 * @param hashes - ids in the order they are hashed, in the block's order; at least one.
 */
export function merkleRootOf(hashes: readonly Uint8Array[]): MerkleRoot {
  let level = hashes;
  let repeats = false;
  const pair = new Uint8Array(64);
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      const right = level[i + 1];
      if (right !== undefined && areEqual(left, right)) repeats = true;
      pair.set(left, 0);
      pair.set(right ?? left, 32);
      above.push(sha256(sha256(pair)));
    }
    level = above;
  }
  return { root: level[0] as Uint8Array, repeats };
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) if (one[i] !== other[i]) return false;
  return true;
}
