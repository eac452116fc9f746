import { type LotRun, type LotStore, UNTAGGED } from './lots.ts';

/**
 * Keeps tagged lots in order of arrival beside one sum of untagged value: what both "one kind first" rules draw from.
 * Where an account seed will tag what is untagged, its order of arrival matters, and it stays in the list.
 */
export function appendParted(lots: LotStore, holding: number, run: LotRun, i: number): void {
  if (run.tags[i] === UNTAGGED && !lots.ordered.has(holding)) lots.loose.add(holding, run.amounts, i);
  else lots.push(holding, run, i);
}
