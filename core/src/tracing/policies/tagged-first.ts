import type { LotRun, Policy } from './lots.ts';
import { PartedHolding } from './parted.ts';

class TaggedFirstHolding extends PartedHolding {
  draw(amount: bigint, _balance: bigint, run: LotRun): void {
    this.untagged.takeOldest(this.tagged.takeOldest(amount, run), run);
  }
}

/**
 * Tagged lots first, oldest first: the most tagged value that can have left this holding.
 * @see docs/methods/tagged-first.md
 */
export const taggedFirst: Policy = {
  id: 'tagged-first/1',
  createHolding: (mergeTagged) => new TaggedFirstHolding(mergeTagged),
};
