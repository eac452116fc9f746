import { CairnError, isCairnError } from '../../../errors.ts';
import { type Account, type Chain, canonicalAccount } from '../../../units/index.ts';
import { lockOf } from '../lock.ts';
import type { Lock, ScriptKind, UtxoInput, UtxoOutput, UtxoTransaction } from '../transaction.ts';
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
  satoshisAt,
  timeAt,
  versionAt,
} from './values.ts';

/** Names of script forms in these datasets, which are Bitcoin Core's. */
const SCRIPTS: Readonly<Record<string, ScriptKind>> = {
  pubkey: 'p2pk',
  pubkeyhash: 'p2pkh',
  scripthash: 'p2sh',
  witness_v0_keyhash: 'p2wpkh',
  witness_v0_scripthash: 'p2wsh',
  witness_v1_taproot: 'p2tr',
  multisig: 'multisig',
  nulldata: 'op-return',
  witness_unknown: 'witness-unknown',
  nonstandard: 'nonstandard',
};

/** The columns by which a table of transactions with nested inputs and outputs is recognised. */
export const ETL_COLUMNS = ['hash', 'block_number', 'block_timestamp', 'inputs', 'outputs'] as const;

/**
 * A row of a public dataset of transactions with nested inputs and outputs: bitcoin-etl and BigQuery's `crypto_bitcoin` (amounts in
 * satoshis, `addresses` a list), and the public dataset on AWS (amounts in bitcoin as doubles, one `address`). The two are told
 * apart by the name of that column, for a double may be a whole number.
 * @param row - the columns; `inputs` and `outputs` as lists or as JSON text.
 * @throws {CairnError} `invalid-input`, naming the transaction and field.
 */
export function etlTransaction(chain: Chain, row: Json): UtxoTransaction {
  const tx = hashAt(row['hash'], 'hash');
  const outputs = nested(row['outputs'], `${tx}: outputs`);
  const inputs = nested(row['inputs'], `${tx}: inputs`);
  const index = countOrNull(row['index'], `${tx}: index`);
  return {
    chain,
    tx,
    blockNumber: countAt(row['block_number'], `${tx}: block_number`),
    blockTime: timeAt(row['block_timestamp'], `${tx}: block_timestamp`),
    txIndex: index ?? 0,
    indexAssigned: index === null,
    version: versionAt(row['version'], `${tx}: version`),
    lockTime: countOrNull(row['lock_time'], `${tx}: lock_time`),
    inputs: isTrue(row['is_coinbase']) ? [COINBASE] : inputs.map((input) => inputOf(chain, input, tx)),
    outputs: outputs.map((output) => outputOf(chain, output, tx)),
  };
}

/** These datasets leave the input of a coinbase out, with its script. */
const COINBASE: UtxoInput = {
  outpoint: null,
  amount: null,
  lock: null,
  script: null,
  witness: null,
  sequence: 0xffffffff,
};

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === 'true' || value === '1';
}

/** A nested column's rows in the order of their `index`, which must be 0, 1, 2 …: a list that is not whole is no record of a transaction. */
function nested(value: unknown, where: string): Json[] {
  const list = listAt(typeof value === 'string' ? parseJson(value, where) : (value ?? []), where);
  const rows = list.map((row) => objectAt(row, where)).sort((a, b) => Number(a['index']) - Number(b['index']));
  rows.forEach((row, place) => {
    if (countAt(row['index'], `${where}: index`) !== place)
      refuse(where, `leave out number ${place}: index`, row['index']);
  });
  return rows;
}

function parseJson(text: string, where: string): unknown {
  try {
    return text === '' ? [] : JSON.parse(text);
  } catch {
    return refuse(where, 'is not JSON', text);
  }
}

function inputOf(chain: Chain, input: Json, tx: string): UtxoInput {
  const where = `${tx}: input ${String(input['index'])}`;
  const value = input['value'];
  const witness = input['txinwitness'];
  return {
    outpoint: {
      tx: hashAt(input['spent_transaction_hash'], `${where}: spent_transaction_hash`),
      index: countAt(input['spent_output_index'], `${where}: spent_output_index`),
    },
    amount: value === null || value === undefined ? null : amountOf(input, `${where}: value`),
    lock: value === null || value === undefined ? null : statedLock(chain, input, where),
    script: scriptOf(input, where),
    witness: Array.isArray(witness) ? witness.map((item) => hexAt(item, `${where}: txinwitness`)) : null,
    sequence: countOrNull(input['sequence'], `${where}: sequence`) ?? 0xffffffff,
  };
}

function outputOf(chain: Chain, output: Json, tx: string): UtxoOutput {
  const where = `${tx}: output ${String(output['index'])}`;
  const script = scriptOf(output, where);
  const lock = script === null ? statedLock(chain, output, where) : lockOf(chain, script);
  return { amount: amountOf(output, `${where}: value`), lock, script };
}

function amountOf(row: Json, where: string): bigint {
  if ('addresses' in row) return satoshisAt(row['value'], where);
  if ('address' in row) return bitcoinAt(row['value'], where);
  throw new CairnError(
    'invalid-input',
    `${where}: neither 'addresses' (satoshis) nor 'address' (bitcoin) says in what unit it is`,
  );
}

function scriptOf(row: Json, where: string): string | null {
  const script = row['script_hex'];
  return script === null || script === undefined ? null : hexAt(script, `${where}: script_hex`);
}

/** What locks an output as the dataset words it: its script's form, and its address where it has exactly one. */
function statedLock(chain: Chain, row: Json, where: string): Lock {
  const type = row['type'];
  const script: ScriptKind = (typeof type === 'string' ? SCRIPTS[type] : undefined) ?? 'unknown';
  const listed = 'addresses' in row ? listAt(row['addresses'] ?? [], `${where}: addresses`) : [row['address']];
  const named = listed.filter((address): address is string => typeof address === 'string' && address !== '');
  // What has no address goes under an invented name in these datasets (`nonstandard…`).
  if (named.length !== 1 || script === 'nonstandard' || script === 'multisig' || script === 'op-return') {
    return { owner: null, script };
  }
  return { owner: accountOrNull(chain, named[0] as string), script };
}

function accountOrNull(chain: Chain, address: string): Account | null {
  try {
    return canonicalAccount(chain, address);
  } catch (error) {
    if (isCairnError(error)) return null;
    throw error;
  }
}
