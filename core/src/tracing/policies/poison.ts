import { type Policy, UNTAGGED } from './lots.ts';

/**
 * A holding that has received value from a poisoned holding is poisoned from then on: reach, never amounts.
 * Its lots are marks, not parts, one a tag that ever reached it: each leaves with the gross amount, and they do not add up.
 * @see docs/methods/poison.md
 */
export const poison: Policy = {
  id: 'poison/1',
  append(lots, holding, run, i) {
    const tag = run.tags[i] as number;
    if (tag === UNTAGGED || lots.find(holding, tag) !== 0) return;
    const mark = lots.add(holding, run, i);
    lots.amounts.clear(mark);
    lots.origins.clear(mark);
  },
  draw(lots, holding, amounts, at, _balances, run) {
    if (!lots.hasTags(holding)) run.pushUntagged(amounts, at);
    for (let mark = lots.first(holding); mark !== 0; mark = lots.next(mark)) {
      run.pushLot(lots.tags[mark] as number, amounts, amounts, at);
    }
  },
};
