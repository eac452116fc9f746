import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bytesOfHex } from '../../core/src/ledger/utxo/raw/hex.ts';
import { parseTransaction } from '../../core/src/ledger/utxo/raw/transaction.ts';
import { BITCOIN } from '../../core/src/units/index.ts';
import { REPOSITORY } from './run-cli.ts';

/* Real transactions as files that `cairn ingest` takes. What the recordings lack and a trace needs is made up here, and named. */

const DATA = join(REPOSITORY, 'test', 'data');

type Json = Record<string, unknown>;

export function readFixture(folder: string, file: string): Json {
  return JSON.parse(readFileSync(join(DATA, 'crossings', folder, file), 'utf8')) as Json;
}

export function fixturePath(folder: string, file: string): string {
  return join(DATA, 'crossings', folder, file);
}

/** A recorded transaction with a block time, which the recording lacks: made up. */
export function withTime(folder: string, file: string, timestamp: number): string {
  return JSON.stringify({ ...readFixture(folder, file), timestamp });
}

export type Output = { readonly scriptpubkey: string; readonly value: number };

/** A transaction as Esplora writes it. */
export function esplora(
  txid: string,
  vin: readonly Json[],
  vout: readonly Output[],
  block: { height: number; time: number },
) {
  const status = { confirmed: true, block_height: block.height, block_time: block.time };
  return { txid, version: 2, locktime: 0, vin, vout, status };
}

/**
 * A real payout of THORChain in Bitcoin, with the hash in its memo rewritten, and its payee's script where one is given.
 * Its id is that of the rewritten transaction; block and time are made up.
 */
export function rewrittenPayout(key: string, payee: string | null, block: { height: number; time: number }) {
  const fixture = readFixture('thorchain', 'btc_outbound_2267f895.json');
  const { memo, payout } = readFixture('thorchain', 'expected.json')['btc_outbound_2267f895.json'] as {
    memo: string;
    payout: { script: string };
  };
  const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
  const raw = (fixture['rawHex'] as string)
    .replace(hexOf(memo), hexOf(`OUT:${key}`))
    .replace(payout.script, payee ?? payout.script);
  const { tx, outputs } = parseTransaction(BITCOIN, bytesOfHex(raw, 'the payout'));
  const vin = (fixture['vin'] as { txid: string; vout: number; witness: string[]; sequence: number }[]).map(
    ({ txid, vout, witness, sequence }) => ({ txid, vout, scriptsig: '', witness, sequence }),
  );
  const vout = outputs.map(({ amount, script }) => ({ scriptpubkey: script as string, value: Number(amount) }));
  return esplora(tx, vin, vout, block);
}

/** The first labelled transaction of a kind: its real amounts, with locks made up (one key for each owner number). */
export function labelledCoinjoin(label: string) {
  const rows = gunzipSync(readFileSync(join(DATA, 'bitcoin', 'coinjoin', 'labelled.csv.gz')))
    .toString()
    .split('\n');
  const row = rows.map((line) => line.split(',')).find((cells) => cells[1] === label);
  const [, , tx, time, inputs, outputs] = row as [string, string, string, string, string, string];
  const coins = (text: string): Output[] =>
    text.split(' ').map((coin) => {
      const [value, kind, owner] = coin.split('/') as [string, string, string];
      const key = Number(owner).toString(16).padStart(40, '0');
      return { value: Number(value), scriptpubkey: kind === 'op-return' ? '6a' : `0014${key}` };
    });
  return { tx, time: Number(time), inputs: coins(inputs), outputs: coins(outputs) };
}
