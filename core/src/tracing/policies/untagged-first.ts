import type { Policy } from './lots.ts';
import { appendParted } from './parted.ts';

/**
 * Untagged value first, then tagged, oldest first: the least that can have left this holding.
 * What remains is bounded by its lowest intermediate balance.
 * @see docs/methods/untagged-first.md
 */
export const untaggedFirst: Policy = {
  id: 'untagged-first/1',
  append: appendParted,
  draw(lots, holding, amounts, at, _balances, run) {
    lots.rest.copy(0, amounts, at);
    lots.takeLoose(holding, lots.rest, 0, run);
    if (lots.ordered.has(holding)) lots.takeKind(holding, false, lots.rest, 0, run);
    lots.takeOldest(holding, lots.rest, 0, run);
  },
};
