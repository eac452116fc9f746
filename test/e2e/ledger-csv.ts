import { writeFileSync } from 'node:fs';

/** Cairn's own CSV with readable accounts, for the tests of the command line. */
export const HEADER = 'chain,block_number,block_time,tx_hash,from,to,asset,amount,kind';
export const ETHER = 'eip155:1/slip44:60';

export type Row = {
  readonly block: number;
  readonly time?: number;
  readonly tx: number;
  readonly from: string;
  readonly to: string;
  readonly asset?: string;
  readonly amount: bigint | number | string;
};

export function account(n: number): string {
  return `0x${n.toString(16).padStart(40, '0')}`;
}

export function hash(n: number): string {
  return `0x${n.toString(16).padStart(64, '0')}`;
}

export function line({ block, time = 1_700_000_000 + 12 * block, tx, from, to, asset = ETHER, amount }: Row): string {
  return `eip155:1,${block},${time},${hash(tx)},${from},${to},${asset},${amount},${asset === ETHER ? 'internal' : 'erc20'}`;
}

export function writeLedger(path: string, rows: readonly Row[]): string {
  writeFileSync(path, `${[HEADER, ...rows.map(line)].join('\n')}\n`);
  return path;
}
