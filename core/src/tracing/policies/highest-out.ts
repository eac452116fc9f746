import type { Policy } from './lots.ts';
import { taggedFirst } from './tagged-first.ts';

/**
 * Tagged lots fill a transaction's outputs from the largest to the smallest (TIHO, UTXO chains only): one kind first, drawn
 * for the outputs in that order, ties to the lower index, the fee last. No authority is known; shown as sensitivity.
 * @see docs/methods/highest-out.md
 */
export const highestOut: Policy = { ...taggedFirst, id: 'highest-out/1' };
