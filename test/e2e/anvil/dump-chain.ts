import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Hex, numberToHex } from 'viem';
import type { Anvil } from './node.ts';

export type ChainDump = {
  /** JSON lines for `cairn ingest receipts`: each block with its transactions, receipts and traces. */
  readonly file: string;
  readonly blocks: number;
  readonly transactions: number;
  /** Hash of the last block. */
  readonly head: Hex;
};

/** Blocks asked for in one request. */
const AT_ONCE = 50;

type Block = { readonly hash: Hex; readonly transactions: readonly unknown[] };

/**
 * Writes every block from 1 to the head into `chain.jsonl` in a folder, which is made: asked of the node by plain calls,
 * `eth_getBlockByNumber`, `eth_getBlockReceipts`, `trace_block`. Block 0 has no transactions.
 */
export async function dumpChain(anvil: Anvil, folder: string): Promise<ChainDump> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'chain.jsonl');
  const out = createWriteStream(file);
  const blocks = Number(await anvil.rpc('eth_blockNumber'));
  let transactions = 0;
  let head: Hex = '0x';
  for (let from = 1; from <= blocks; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, blocks - from + 1) }, (_, i) => [numberToHex(from + i)]);
    const full = (await anvil.rpcAll(
      'eth_getBlockByNumber',
      numbers.map(([number]) => [number, true]),
    )) as Block[];
    const receipts = await anvil.rpcAll('eth_getBlockReceipts', numbers);
    const traces = await anvil.rpcAll('trace_block', numbers);
    for (const [i, block] of full.entries()) {
      out.write(`${JSON.stringify({ ...block, receipts: receipts[i], traces: traces[i] })}\n`);
      transactions += block.transactions.length;
      head = block.hash;
    }
  }
  out.end();
  await finished(out);
  return { file, blocks, transactions, head };
}
