/** The generated ledger as transfers for a store, and as files for an ingest. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Transfer } from '../core/src/ledger/index.ts';
import { type Account, ETHEREUM } from '../core/src/units/index.ts';
import { createLedger, type Ledger, type LedgerOptions } from './generator.ts';
import { ETHER_ASSET, placeOf } from './load.ts';
import { accountOf, txOf } from './population.ts';

/** The ledger every store and ingest benchmark reads: the same mixture as the in-memory ones, with longer stays. */
export function benchLedger(transfers: number): LedgerOptions {
  return { transfers, seed: 2, laundering: 0.85, stay: 20, thefts: 4 };
}

/** A generated ledger as batches of transfers in ledger order; `ledger.seeds` is complete once they are all taken. */
export function* transferBatches(ledger: Ledger): Generator<Transfer[]> {
  const names: Account[] = [];
  let tx = '';
  let lastTx = -1;
  for (let batch = ledger.next(); batch !== null; batch = ledger.next()) {
    while (names.length < ledger.accounts()) names.push(accountOf(names.length));
    const transfers: Transfer[] = [];
    for (let i = 0; i < batch.length; i++) {
      const number = batch.tx[i] as number;
      if (number !== lastTx) tx = txOf(number);
      lastTx = number;
      const { block, time, txIndex } = placeOf(number);
      const isFee = batch.isFee[i] === 1;
      transfers.push({
        chain: ETHEREUM,
        blockNumber: block,
        txIndex,
        position: isFee ? -1 : 0,
        blockTime: time,
        tx,
        from: names[batch.from[i] as number] as Account,
        to: names[batch.to[i] as number] as Account,
        asset: ETHER_ASSET,
        amount: batch.amounts[i] as bigint,
        kind: isFee ? 'fee' : 'native',
        assigned: 'none',
        rounded: false,
      });
    }
    yield transfers;
  }
}

/** A file format a benchmark writes: its header, and a transfer's row. null: the format has no such rows. */
export type RowWriter = { readonly header: string; readonly row: (transfer: Transfer) => string | null };

/** Cairn's own CSV with everything it can say: nothing is left for ingest to assign. */
export const CAIRN_ROWS: RowWriter = {
  header: 'chain,block_number,block_time,tx_hash,tx_index,position,from,to,asset,amount,kind',
  row: (t) =>
    `${t.chain},${t.blockNumber},${t.blockTime},${t.tx},${t.txIndex},${t.position},${address(t.from)},${address(t.to)},` +
    `${t.asset},${t.amount},${t.kind}`,
};

/** `token_transfers` of ethereum-etl with BigQuery's time and index of the transaction; every value of a token. */
export const ETL_ROWS: RowWriter = {
  header:
    'token_address,from_address,to_address,value,transaction_hash,log_index,block_number,block_timestamp,transaction_index',
  row: (t) =>
    `0xdac17f958d2ee523a2206206994597c13d831ec7,${t.kind === 'fee' ? '0x000000000000000000000000000000000000dead' : address(t.to)},` +
    `${address(t.from)},${t.amount},${t.tx},${t.position + 1},${t.blockNumber},${stamp(t.blockTime)},${t.txIndex}`,
};

/** Writes the first `rows` transfers of the benchmark ledger to a file. @returns bytes written. */
export async function writeLedgerFile(path: string, rows: number, writer: RowWriter): Promise<number> {
  const out = createWriteStream(path);
  out.write(`${writer.header}\n`);
  for (const transfers of transferBatches(createLedger(benchLedger(rows)))) {
    let text = '';
    for (const transfer of transfers) {
      const row = writer.row(transfer);
      if (row !== null) text += `${row}\n`;
    }
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return out.bytesWritten;
}

function address(account: Account): string {
  return account.slice(ETHEREUM.length + 1);
}

/** As BigQuery exports it. */
function stamp(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
