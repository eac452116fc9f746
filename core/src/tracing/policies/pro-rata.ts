import type { Amounts } from '../../ledger/index.ts';
import { type LotRun, type LotStore, type Policy, UNTAGGED } from './lots.ts';

/**
 * The same share of everything (haircut), exact in base units. A holding is a bag: one lot a tag, in the order the
 * tags now present entered, and the untagged rest.
 * @see docs/methods/pro-rata.md
 */
export const proRata: Policy = {
  id: 'pro-rata/1',
  append(lots, holding, run, i) {
    const tag = run.tags[i] as number;
    if (tag === UNTAGGED) return lots.loose.add(holding, run.amounts, i);
    const lot = lots.find(holding, tag);
    if (lot === 0) lots.add(holding, run, i);
    else lots.join(lot, run, i);
  },
  draw(lots, holding, amounts, at, balances, run) {
    if (amounts.compare(at, balances, holding) === 0) return lots.takeAll(holding, run);
    const first = lots.first(holding);
    if (first !== 0 && lots.next(first) === 0 && lots.loose.isZero(holding)) return lots.split(first, amounts, at, run);
    findShares(lots, holding, amounts, at, balances);
    takeShares(lots, holding, run);
    lots.takeLoose(holding, lots.rest, 0, run);
  },
};

/**
 * `floor(amount·x/B)` a tag; units that untagged value cannot make up come from the largest remainders, ties to the
 * earlier tag. Leaves the untagged part in `rest`.
 */
function findShares(lots: LotStore, holding: number, amounts: Amounts, at: number, balances: Amounts): void {
  const { proportion, shares, rest } = lots;
  rest.copy(0, amounts, at);
  proportion.set(amounts, at, balances, holding);
  let tags = 0;
  for (let lot = lots.first(holding); lot !== 0; lot = lots.next(lot)) {
    shares.fit(tags + 1);
    proportion.share(lots.amounts, lot, shares, tags);
    rest.subtract(0, shares, tags++);
  }
  if (rest.compare(0, lots.loose, holding) > 0) shareMissingUnits(lots, holding, tags);
}

/** What untagged value cannot make up, one unit each, from the tags whose division left most. */
function shareMissingUnits(lots: LotStore, holding: number, tags: number): void {
  const { proportion, shares, remainders, rest, one, spare } = lots;
  remainders.fit(tags);
  let place = 0;
  for (let lot = lots.first(holding); lot !== 0; lot = lots.next(lot)) {
    proportion.share(lots.amounts, lot, spare, 0);
    proportion.remainder(remainders, place++);
  }
  while (rest.compare(0, lots.loose, holding) > 0) {
    let largest = 0;
    for (let i = 1; i < tags; i++) if (remainders.compare(i, remainders, largest) > 0) largest = i;
    shares.add(largest, one, 0);
    rest.subtract(0, one, 0);
    remainders.clear(largest);
  }
}

function takeShares(lots: LotStore, holding: number, run: LotRun): void {
  let lot = lots.first(holding);
  for (let i = 0; lot !== 0; i++) {
    const next = lots.next(lot);
    if (!lots.shares.isZero(i)) lots.split(lot, lots.shares, i, run);
    if (lots.amounts.isZero(lot)) lots.remove(holding, lot);
    lot = next;
  }
}
