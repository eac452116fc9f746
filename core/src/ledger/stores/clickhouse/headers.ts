import type { Chain } from '../../../units/index.ts';
import type { BlockHeader } from '../../utxo/transaction.ts';
import type { LedgerSql } from './executor.ts';
import { readRows } from './row-binary.ts';
import { literal } from './tables.ts';

/** Headers of a chain from one height to another, ascending, each once. */
export function readHeaders(sql: LedgerSql, chain: Chain, from: number, to: number): Promise<BlockHeader[]> {
  return read(sql, chain, `block_number >= ${Math.ceil(from)} AND block_number <= ${Math.floor(to)}`, 'ASC');
}

export async function readTip(sql: LedgerSql, chain: Chain): Promise<BlockHeader | null> {
  const [tip] = await read(sql, chain, '1', 'DESC LIMIT 1');
  return tip ?? null;
}

async function read(sql: LedgerSql, chain: Chain, where: string, order: string): Promise<BlockHeader[]> {
  const columns = 'block_number, hash, previous, merkle_root, time';
  const rows = await readRows(
    sql.query(
      `SELECT DISTINCT ${columns} FROM headers WHERE chain = ${literal(chain)} AND ${where} AND ${sql.visible()} ORDER BY block_number ${order}`,
    ),
  );
  const found: BlockHeader[] = [];
  while (!rows.done()) {
    const height = rows.uint64();
    const [hash, previous, merkleRoot] = [rows.text(), rows.text(), rows.text()];
    found.push({ chain, height, hash, previous, merkleRoot, time: rows.uint64() });
  }
  return found;
}
