import type { Policy } from './lots.ts';

/**
 * Newest lots first. No authority is known; shown as sensitivity.
 * @see docs/methods/lifo.md
 */
export const lifo: Policy = {
  id: 'lifo/1',
  append: (lots, holding, run, i) => lots.push(holding, run, i),
  draw(lots, holding, amounts, at, _balances, run) {
    const rest = lots.rest;
    rest.copy(0, amounts, at);
    while (!rest.isZero(0)) lots.take(holding, lots.last(holding), rest, 0, run);
  },
};
