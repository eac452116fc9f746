import type { LotRun, Policy } from './lots.ts';
import { PartedHolding } from './parted.ts';

class UntaggedFirstHolding extends PartedHolding {
  draw(amount: bigint, _balance: bigint, run: LotRun): void {
    this.tagged.takeOldest(this.untagged.takeOldest(amount, run), run);
  }
}

/**
 * Untagged value first, then tagged, oldest first: the least that can have left this holding.
 * What remains is bounded by its lowest intermediate balance.
 * @see docs/methods/untagged-first.md
 */
export const untaggedFirst: Policy = {
  id: 'untagged-first/1',
  createHolding: (mergeTagged) => new UntaggedFirstHolding(mergeTagged),
};
