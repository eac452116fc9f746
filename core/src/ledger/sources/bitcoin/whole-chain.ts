import type { Chain } from '../../../units/index.ts';
import type { Coverage } from '../../coverage.ts';
import type { LedgerReader } from '../../ports.ts';
import { coinbaseAccount } from '../../utxo/transaction.ts';

/** Contiguous blocks, both ends included. */
export type BlockRange = { readonly from: number; readonly to: number };

/**
 * The declaration that the ledger has every transaction of these blocks, and of those before and after them that it was declared
 * to have without a break: one declaration then says what the ledger has.
 * @param toAt - time of the last block of `range` in the ledger.
 */
export async function wholeChain(
  reader: Pick<LedgerReader, 'coverage'>,
  chain: Chain,
  range: BlockRange,
): Promise<(toAt: number, source: string, note: string | null) => Coverage> {
  const declared = (await reader.coverage([coinbaseAccount(chain)])).filter(
    ({ account, basis, toBlock }) => account === null && basis === 'whole-chain' && toBlock !== null,
  );
  let [from, to, toAtBeyond]: [number, number, number | null] = [range.from, range.to, null];
  for (let grown = true; grown; ) {
    grown = false;
    for (const { fromBlock, toBlock, toAt } of declared) {
      const [start, end] = [fromBlock ?? 0, toBlock as number];
      if (start < from && end >= from - 1) [from, grown] = [start, true];
      if (end > to && start <= to + 1) [to, toAtBeyond, grown] = [end, toAt, true];
    }
  }
  return (toAt, source, note) => ({
    chain,
    account: null,
    direction: 'both',
    assets: null,
    fromBlock: from === 0 ? null : from,
    toBlock: to,
    toAt: to === range.to ? toAt : toAtBeyond,
    basis: 'whole-chain',
    truncated: false,
    note,
    source,
  });
}
