import type { TransferTable } from '../core/src/ledger/index.ts';

/** The columns a scan must read at the least: two accounts and 256 bits of amount, low limb first. */
export type Columns = {
  readonly count: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly limbs: Uint32Array;
};

export function columnsOf(table: TransferTable): Columns {
  const limbs = new Uint32Array(table.count * 8);
  const wide = new BigUint64Array(limbs.buffer);
  for (let row = 0; row < table.count; row++) {
    const amount = table.amounts.get(row);
    for (let i = 0; i < 4; i++) wide[row * 4 + i] = BigInt.asUintN(64, amount >> BigInt(64 * i));
  }
  return { count: table.count, from: table.from, to: table.to, limbs };
}

/** Reads every column of every row once: the least any pass over the ledger costs. @returns a checksum, so that nothing is left out. */
export function bareScan({ count, from, to, limbs }: Columns): number {
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const at = row * 8;
    let mix = (from[row] as number) ^ Math.imul(to[row] as number, 31);
    for (let i = at; i < at + 8; i++) mix = Math.imul(mix, 33) ^ (limbs[i] as number);
    sum = (sum + mix) | 0;
  }
  return sum >>> 0;
}
