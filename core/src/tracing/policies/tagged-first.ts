import type { Policy } from './lots.ts';
import { appendParted } from './parted.ts';

/**
 * Tagged lots first, oldest first: the most tagged value that can have left this holding.
 * @see docs/methods/tagged-first.md
 */
export const taggedFirst: Policy = {
  id: 'tagged-first/1',
  append: appendParted,
  draw(lots, holding, amounts, at, _balances, run) {
    lots.rest.copy(0, amounts, at);
    lots.takeKind(holding, true, lots.rest, 0, run);
    lots.takeLoose(holding, lots.rest, 0, run);
    lots.takeOldest(holding, lots.rest, 0, run);
  },
};
