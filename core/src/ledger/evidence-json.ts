import { CairnError } from '../errors.ts';
import type { Account, Chain } from '../units/index.ts';
import type { CallFrame, EventLog, EvmEvidence, TransactionEvidence, UtxoEvidence } from './evidence.ts';
import { type Lock, SCRIPT_KINDS, type UtxoInput, type UtxoOutput } from './utxo/transaction.ts';

/** The JSON of a transaction's record: the same keys in a fixed order, amounts as decimal strings. See `docs/reference/evidence.md`. */
export type EvidenceJson = Readonly<Record<string, unknown>>;

export function evidenceToJson(evidence: TransactionEvidence): EvidenceJson {
  return evidence.kind === 'evm' ? evmToJson(evidence) : utxoToJson(evidence);
}

function evmToJson(evidence: EvmEvidence): EvidenceJson {
  const { kind, chain, tx, blockNumber, blockTime, txIndex, from, to, value, input, succeeded, logs, frames } =
    evidence;
  return {
    ...{ kind, chain, tx, blockNumber, blockTime, txIndex, from, to },
    value: decimal(value),
    input,
    succeeded,
    logs:
      logs?.map(({ logIndex, address, topics, data }) => ({ logIndex, address, topics: [...topics], data })) ?? null,
    frames:
      frames?.map((frame) => ({
        ...{ path: [...frame.path], from: frame.from, to: frame.to },
        value: frame.value.toString(),
        input: frame.input,
      })) ?? null,
  };
}

function utxoToJson(evidence: UtxoEvidence): EvidenceJson {
  const { kind, chain, tx, blockNumber, blockTime, txIndex, indexAssigned, version, lockTime } = evidence;
  return {
    ...{ kind, chain, tx, blockNumber, blockTime, txIndex, indexAssigned, version, lockTime },
    inputs: evidence.inputs.map(({ outpoint, amount, lock, script, witness, sequence }) => ({
      outpoint: outpoint === null ? null : { tx: outpoint.tx, index: outpoint.index },
      amount: decimal(amount),
      lock: lock === null ? null : lockToJson(lock),
      script,
      witness: witness === null ? null : [...witness],
      sequence,
    })),
    outputs: evidence.outputs.map(({ amount, lock, script }) => ({
      amount: amount.toString(),
      lock: lockToJson(lock),
      script,
    })),
  };
}

const lockToJson = ({ owner, script }: Lock) => ({ owner, script });
const decimal = (amount: bigint | null): string | null => amount?.toString() ?? null;

/**
 * The record a JSON value stands for.
 * @throws invalid-input, naming the first place that is not of the form.
 */
export function evidenceFromJson(json: unknown): TransactionEvidence {
  const record = createReader(json, 'evidence');
  const kind = record.oneOf('kind', ['evm', 'utxo']);
  return kind === 'evm' ? evmFromJson(record) : utxoFromJson(record);
}

const HEX = /^0x(?:[0-9a-f]{2})*$/;
const PLAIN_HEX = /^(?:[0-9a-f]{2})*$/;
const CHAIN = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$/;
const ACCOUNT = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128}$/;
const TX = /^[-.%a-zA-Z0-9]{1,128}$/;
const AMOUNT = /^(?:0|[1-9][0-9]{0,77})$/;

function evmFromJson(record: Reader): EvmEvidence {
  return {
    kind: 'evm',
    chain: record.text('chain', CHAIN) as Chain,
    tx: record.text('tx', TX),
    blockNumber: record.nullable('blockNumber', record.count),
    blockTime: record.nullable('blockTime', record.count),
    txIndex: record.nullable('txIndex', record.count),
    from: record.nullable('from', account(record)),
    to: record.nullable('to', account(record)),
    value: record.nullable('value', amount(record)),
    input: record.nullable('input', (key) => record.text(key, HEX)),
    succeeded: record.nullable('succeeded', record.flag),
    logs: record.nullable('logs', (key) => record.list(key).map(logFromJson)),
    frames: record.nullable('frames', (key) => record.list(key).map(frameFromJson)),
  };
}

function logFromJson(log: Reader): EventLog {
  return {
    logIndex: log.count('logIndex'),
    address: account(log)('address'),
    topics: log.texts('topics', HEX),
    data: log.text('data', HEX),
  };
}

function frameFromJson(frame: Reader): CallFrame {
  return {
    path: frame.counts('path'),
    from: account(frame)('from'),
    to: account(frame)('to'),
    value: amount(frame)('value'),
    input: frame.text('input', HEX),
  };
}

function utxoFromJson(record: Reader): UtxoEvidence {
  return {
    kind: 'utxo',
    chain: record.text('chain', CHAIN) as Chain,
    tx: record.text('tx', TX),
    blockNumber: record.count('blockNumber'),
    blockTime: record.count('blockTime'),
    txIndex: record.count('txIndex'),
    indexAssigned: record.flag('indexAssigned'),
    version: record.nullable('version', record.integer),
    lockTime: record.nullable('lockTime', record.count),
    inputs: record.list('inputs').map(inputFromJson),
    outputs: record.list('outputs').map(outputFromJson),
  };
}

function inputFromJson(input: Reader): UtxoInput {
  return {
    outpoint: input.nullable('outpoint', (key) => {
      const outpoint = input.object(key);
      return { tx: outpoint.text('tx', TX), index: outpoint.count('index') };
    }),
    amount: input.nullable('amount', amount(input)),
    lock: input.nullable('lock', (key) => lockFromJson(input.object(key))),
    script: input.nullable('script', (key) => input.text(key, PLAIN_HEX)),
    witness: input.nullable('witness', (key) => input.texts(key, PLAIN_HEX)),
    sequence: input.count('sequence'),
  };
}

function outputFromJson(output: Reader): UtxoOutput {
  return {
    amount: amount(output)('amount'),
    lock: lockFromJson(output.object('lock')),
    script: output.nullable('script', (key) => output.text(key, PLAIN_HEX)),
  };
}

function lockFromJson(lock: Reader): Lock {
  return { owner: lock.nullable('owner', account(lock)), script: lock.oneOf('script', SCRIPT_KINDS) };
}

const account = (reader: Reader) => (key: string) => reader.text(key, ACCOUNT) as Account;
const amount =
  (reader: Reader) =>
  (key: string): bigint => {
    const value = BigInt(reader.text(key, AMOUNT));
    // The largest amount any chain has: Ethereum's 256-bit words.
    if (value >> 256n !== 0n) throw wrong(reader.place(key), 'is 2^256 or more');
    return value;
  };

/** Reads the keys of one object; every method throws where the value is not of the form. */
type Reader = {
  readonly place: (key: string) => string;
  readonly text: (key: string, form: RegExp) => string;
  readonly texts: (key: string, form: RegExp) => string[];
  readonly count: (key: string) => number;
  readonly counts: (key: string) => number[];
  readonly integer: (key: string) => number;
  readonly flag: (key: string) => boolean;
  readonly oneOf: <T extends string>(key: string, values: readonly T[]) => T;
  readonly object: (key: string) => Reader;
  readonly list: (key: string) => Reader[];
  readonly nullable: <T>(key: string, read: (key: string) => T) => T | null;
};

function createReader(json: unknown, place: string): Reader {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(place, 'is no object');
  const values = json as Readonly<Record<string, unknown>>;
  const at = (key: string): string => `${place}.${key}`;
  const array = (key: string): readonly unknown[] => {
    const value = values[key];
    if (!Array.isArray(value)) throw wrong(at(key), 'is no list');
    return value;
  };
  const textOf = (value: unknown, form: RegExp, where: string): string => {
    if (typeof value !== 'string' || !form.test(value)) throw wrong(where, 'is not of the form');
    return value;
  };
  const integerOf = (value: unknown, least: number, where: string): number => {
    if (!Number.isSafeInteger(value) || (value as number) < least) throw wrong(where, 'is not a whole number');
    return value as number;
  };
  return {
    place: at,
    text: (key, form) => textOf(values[key], form, at(key)),
    texts: (key, form) => array(key).map((value, i) => textOf(value, form, `${at(key)}[${i}]`)),
    count: (key) => integerOf(values[key], 0, at(key)),
    counts: (key) => array(key).map((value, i) => integerOf(value, 0, `${at(key)}[${i}]`)),
    integer: (key) => integerOf(values[key], Number.MIN_SAFE_INTEGER, at(key)),
    flag: (key) => {
      if (typeof values[key] !== 'boolean') throw wrong(at(key), 'is neither true nor false');
      return values[key];
    },
    oneOf: (key, known) => {
      const found = known.find((value) => value === values[key]);
      if (found === undefined) throw wrong(at(key), `is none of ${known.join(', ')}`);
      return found;
    },
    object: (key) => createReader(values[key], at(key)),
    list: (key) => array(key).map((value, i) => createReader(value, `${at(key)}[${i}]`)),
    nullable: (key, read) => (values[key] === null ? null : read(key)),
  };
}

function wrong(place: string, what: string): CairnError {
  return new CairnError('invalid-input', `${place}: ${what}`);
}
