import type { Chain } from '../../../units/index.ts';
import { lockOf } from '../lock.ts';
import type { BlockHeader, UtxoInput, UtxoOutput, UtxoTransaction } from '../transaction.ts';
import {
  bitcoinAt,
  countAt,
  countOrNull,
  hashAt,
  hexAt,
  type Json,
  listAt,
  objectAt,
  refuse,
  timeAt,
  versionAt,
} from './values.ts';

/** A block as its source gives it; times are the header's. */
export type StatedBlock = { readonly header: BlockHeader; readonly transactions: readonly UtxoTransaction[] };

/** Whether a JSON value has the look of a `getblock` reply of verbosity 2 or 3. */
export function isCoreBlock(value: unknown): boolean {
  const block = value as Partial<Record<string, unknown>> | null;
  return typeof block === 'object' && block !== null && 'merkleroot' in block && Array.isArray(block['tx']);
}

/**
 * A block from Bitcoin Core's `getblock` of verbosity 2 (no amounts of what inputs spend) or 3 (`prevout` in every input).
 * @throws {CairnError} `invalid-input`, naming the field: another shape, a fraction of a satoshi, verbosity 0 or 1.
 */
export function coreBlock(chain: Chain, value: unknown): StatedBlock {
  const block = objectAt(value, 'the block');
  const hash = hashAt(block['hash'], "the block's hash");
  const where = `block ${hash}`;
  const header: BlockHeader = {
    chain,
    height: countAt(block['height'], `${where}: height`),
    hash,
    // Only the genesis block has none.
    previous:
      block['previousblockhash'] === undefined
        ? '0'.repeat(64)
        : hashAt(block['previousblockhash'], `${where}: previousblockhash`),
    merkleRoot: hashAt(block['merkleroot'], `${where}: merkleroot`),
    time: timeAt(block['time'], `${where}: time`),
  };
  const at = { chain, blockNumber: header.height, blockTime: header.time };
  const transactions = listAt(block['tx'], `${where}: tx`).map((tx, txIndex) => {
    if (typeof tx === 'string') return refuse(`${where}: tx`, 'holds ids only; ask getblock for verbosity 2 or 3', tx);
    return coreTransaction(tx, { ...at, txIndex, indexAssigned: false });
  });
  return { header, transactions };
}

type Place = Pick<UtxoTransaction, 'chain' | 'blockNumber' | 'blockTime' | 'txIndex' | 'indexAssigned'>;

/** A transaction as `getblock` and `getrawtransaction` write it. @throws {CairnError} `invalid-input`, naming the field. */
export function coreTransaction(value: unknown, place: Place): UtxoTransaction {
  const transaction = objectAt(value, 'the transaction');
  const tx = hashAt(transaction['txid'], 'txid');
  return {
    ...place,
    tx,
    version: versionAt(transaction['version'], `${tx}: version`),
    lockTime: countOrNull(transaction['locktime'], `${tx}: locktime`),
    inputs: listAt(transaction['vin'], `${tx}: vin`).map((input, i) =>
      coreInput(place.chain, input, `${tx}: vin ${i}`),
    ),
    outputs: listAt(transaction['vout'], `${tx}: vout`).map((output, n) =>
      coreOutput(place.chain, output, n, `${tx}: vout ${n}`),
    ),
  };
}

function coreInput(chain: Chain, value: unknown, where: string): UtxoInput {
  const input = objectAt(value, where);
  const witness = input['txinwitness'] === undefined ? [] : listAt(input['txinwitness'], `${where}: txinwitness`);
  const common = {
    witness: witness.map((item) => hexAt(item, `${where}: txinwitness`)),
    sequence: countAt(input['sequence'], `${where}: sequence`),
  };
  if (input['coinbase'] !== undefined) {
    return {
      ...common,
      outpoint: null,
      amount: null,
      lock: null,
      script: hexAt(input['coinbase'], `${where}: coinbase`),
    };
  }
  const script =
    input['scriptSig'] === undefined
      ? null
      : hexAt(objectAt(input['scriptSig'], `${where}: scriptSig`)['hex'], `${where}: scriptSig`);
  const outpoint = { tx: hashAt(input['txid'], `${where}: txid`), index: countAt(input['vout'], `${where}: vout`) };
  if (input['prevout'] === undefined) return { ...common, outpoint, amount: null, lock: null, script };
  const spent = coreOutput(chain, input['prevout'], null, `${where}: prevout`);
  return { ...common, outpoint, amount: spent.amount, lock: spent.lock, script };
}

/** @param place - where it must stand; null: it does not say. */
function coreOutput(chain: Chain, value: unknown, place: number | null, where: string): UtxoOutput {
  const output: Json = objectAt(value, where);
  if (place !== null && output['n'] !== place)
    return refuse(where, `does not stand at its place ${place}: n`, output['n']);
  const script = hexAt(objectAt(output['scriptPubKey'], `${where}: scriptPubKey`)['hex'], `${where}: scriptPubKey`);
  return { amount: bitcoinAt(output['value'], `${where}: value`), lock: lockOf(chain, script), script };
}
