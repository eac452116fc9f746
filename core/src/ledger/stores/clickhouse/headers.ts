import type { Chain } from '../../../units/index.ts';
import type { BlockHeader } from '../../utxo/transaction.ts';
import { twoBlocks } from '../consistency.ts';
import type { LedgerSql } from './executor.ts';
import { readRows } from './row-binary.ts';
import { literal, withImport } from './tables.ts';

/** Headers of a chain from one height to another, ascending, each once. */
export function readHeaders(sql: LedgerSql, chain: Chain, from: number, to: number): Promise<BlockHeader[]> {
  return read(sql, chain, `block_number >= ${Math.ceil(from)} AND block_number <= ${Math.floor(to)}`, 'ASC');
}

export async function readTip(sql: LedgerSql, chain: Chain): Promise<BlockHeader | null> {
  const [tip] = await read(sql, chain, '1', 'DESC LIMIT 1');
  return tip ?? null;
}

/** @throws contradiction where a height would have two headers with a written import. */
export async function assertOneHeaderAHeight(sql: LedgerSql, importId: number): Promise<void> {
  const own = `FROM headers WHERE import_id = ${importId}`;
  const spans = await readRows(
    sql.query(`SELECT chain, min(block_number), max(block_number) ${own} GROUP BY chain ORDER BY chain`),
  );
  while (!spans.done()) {
    const chain = spans.text() as Chain;
    const rows = withImport(sql.visible(), importId);
    const there = `chain = ${literal(chain)} AND block_number >= ${spans.uint64()} AND block_number <= ${spans.uint64()} AND ${rows}`;
    const [a, b] = await select(
      sql,
      chain,
      `${there} AND block_number IN (SELECT block_number FROM headers WHERE ${there} GROUP BY block_number ` +
        'HAVING uniqExact(hash, previous, merkle_root, time) > 1)',
      'ASC LIMIT 2',
    );
    if (a !== undefined && b !== undefined) throw twoBlocks(a, b);
  }
}

function read(sql: LedgerSql, chain: Chain, where: string, order: string): Promise<BlockHeader[]> {
  return select(sql, chain, `chain = ${literal(chain)} AND ${where} AND ${sql.visible()}`, order);
}

async function select(sql: LedgerSql, chain: Chain, where: string, order: string): Promise<BlockHeader[]> {
  const columns = 'block_number, hash, previous, merkle_root, time';
  const rows = await readRows(
    sql.query(`SELECT DISTINCT ${columns} FROM headers WHERE ${where} ORDER BY block_number ${order}`),
  );
  const found: BlockHeader[] = [];
  while (!rows.done()) {
    const height = rows.uint64();
    const [hash, previous, merkleRoot] = [rows.text(), rows.text(), rows.text()];
    found.push({ chain, height, hash, previous, merkleRoot, time: rows.uint64() });
  }
  return found;
}
