import type { Chain } from '../../../units/index.ts';
import { lockOf } from '../lock.ts';
import type { BlockHeader, UtxoInput, UtxoOutput, UtxoTransaction } from '../transaction.ts';
import { countAt, hashAt, hexAt, listAt, objectAt, satoshisAt, timeAt, versionAt } from './values.ts';

/** Whether a JSON value has the look of a transaction as Esplora writes it. */
export function isEsploraTransaction(value: unknown): boolean {
  const transaction = value as Partial<Record<string, unknown>> | null;
  if (typeof transaction !== 'object' || transaction === null || !Array.isArray(transaction['vout'])) return false;
  const [first] = transaction['vout'] as readonly Partial<Record<string, unknown>>[];
  return 'txid' in transaction && first !== undefined && 'scriptpubkey' in first;
}

/** Whether a transaction is in a block; one that is not says nothing that lasts. */
export function isConfirmed(value: unknown): boolean {
  const status = objectAt(value, 'the transaction')['status'];
  return status !== undefined && objectAt(status, 'status')['confirmed'] === true;
}

/**
 * A confirmed transaction as Esplora (Blockstream, mempool.space) writes it: amounts in satoshis, with every output it spends.
 * @param txIndex - its place in the block where it is known; null: it is not, and the caller assigns one.
 * @throws {CairnError} `invalid-input`, naming the field.
 */
export function esploraTransaction(chain: Chain, value: unknown, txIndex: number | null): UtxoTransaction {
  const transaction = objectAt(value, 'the transaction');
  const tx = hashAt(transaction['txid'], 'txid');
  const status = objectAt(transaction['status'], `${tx}: status`);
  return {
    chain,
    tx,
    blockNumber: countAt(status['block_height'], `${tx}: block_height`),
    blockTime: timeAt(status['block_time'], `${tx}: block_time`),
    txIndex: txIndex ?? 0,
    indexAssigned: txIndex === null,
    version: versionAt(transaction['version'], `${tx}: version`),
    lockTime: countAt(transaction['locktime'], `${tx}: locktime`),
    inputs: listAt(transaction['vin'], `${tx}: vin`).map((input, i) => esploraInput(chain, input, `${tx}: vin ${i}`)),
    outputs: listAt(transaction['vout'], `${tx}: vout`).map((output, n) =>
      esploraOutput(chain, output, `${tx}: vout ${n}`),
    ),
  };
}

function esploraInput(chain: Chain, value: unknown, where: string): UtxoInput {
  const input = objectAt(value, where);
  const witness = input['witness'] === undefined ? [] : listAt(input['witness'], `${where}: witness`);
  const common = {
    script: input['scriptsig'] === undefined ? null : hexAt(input['scriptsig'], `${where}: scriptsig`),
    witness: witness.map((item) => hexAt(item, `${where}: witness`)),
    sequence: countAt(input['sequence'], `${where}: sequence`),
  };
  if (input['is_coinbase'] === true) return { ...common, outpoint: null, amount: null, lock: null };
  const outpoint = { tx: hashAt(input['txid'], `${where}: txid`), index: countAt(input['vout'], `${where}: vout`) };
  if (input['prevout'] === undefined || input['prevout'] === null)
    return { ...common, outpoint, amount: null, lock: null };
  const { amount, lock } = esploraOutput(chain, input['prevout'], `${where}: prevout`);
  return { ...common, outpoint, amount, lock };
}

function esploraOutput(chain: Chain, value: unknown, where: string): UtxoOutput {
  const output = objectAt(value, where);
  const script = hexAt(output['scriptpubkey'], `${where}: scriptpubkey`);
  return { amount: satoshisAt(output['value'], `${where}: value`), lock: lockOf(chain, script), script };
}

/** A block's header from Esplora's `/block/:hash`. @throws {CairnError} `invalid-input`, naming the field. */
export function esploraHeader(chain: Chain, value: unknown): BlockHeader & { readonly transactions: number } {
  const block = objectAt(value, 'the block');
  const hash = hashAt(block['id'], "the block's id");
  const previous = block['previousblockhash'];
  return {
    chain,
    height: countAt(block['height'], `block ${hash}: height`),
    hash,
    previous:
      previous === null || previous === undefined
        ? '0'.repeat(64)
        : hashAt(previous, `block ${hash}: previousblockhash`),
    merkleRoot: hashAt(block['merkle_root'], `block ${hash}: merkle_root`),
    time: timeAt(block['timestamp'], `block ${hash}: timestamp`),
    transactions: countAt(block['tx_count'], `block ${hash}: tx_count`),
  };
}
