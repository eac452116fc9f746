import type { Policy } from './lots.ts';

/**
 * Oldest lots first.
 * @see Devaynes v Noble (Clayton's Case) (1816) 1 Mer 572; docs/methods/fifo.md
 */
export const fifo: Policy = {
  id: 'fifo/1',
  append: (lots, holding, run, i) => lots.push(holding, run, i),
  draw(lots, holding, amounts, at, _balances, run) {
    lots.rest.copy(0, amounts, at);
    lots.takeOldest(holding, lots.rest, 0, run);
  },
};
