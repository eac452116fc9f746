import { type Cursor, readByte, readBytes, readCount, readUint32, readUint64, rejectAt } from './cursor.ts';

/** A transaction taken apart, nothing written out: every `Uint8Array` is a view of the bytes it was read from. */
export type ScannedTransaction = {
  readonly bytes: Uint8Array;
  /** Of its first byte, and of the byte after its last. */
  readonly start: number;
  readonly end: number;
  /** Of the first byte after the outputs: the witnesses, if it has any. */
  readonly witnessStart: number;
  readonly isSegwit: boolean;
  readonly version: number;
  readonly lockTime: number;
  readonly inputs: readonly ScannedInput[];
  readonly outputs: readonly ScannedOutput[];
};

export type ScannedInput = {
  /** The id of the transaction whose output is spent, in the order it is hashed. */
  readonly hash: Uint8Array;
  readonly index: number;
  readonly script: Uint8Array;
  readonly sequence: number;
  witness: readonly Uint8Array[];
};

export type ScannedOutput = {
  /** Base units; exact, as no output is above 21 million bitcoin. */
  readonly amount: number;
  readonly script: Uint8Array;
};

/** 21 million bitcoin in base units (MAX_MONEY of the consensus rules). */
const MOST_BASE_UNITS = 2_100_000_000_000_000;
/** Outpoint, length of an empty script, sequence. */
const LEAST_INPUT = 41;
/** Amount, length of an empty script. */
const LEAST_OUTPUT = 9;
const NO_WITNESS: readonly Uint8Array[] = [];

/**
 * Takes the transaction apart at which the cursor stands, and leaves the cursor after it.
 * @throws {CairnError} `invalid-input`, naming the byte.
 * @see BIP-144 for the form with witnesses.
 */
export function scanTransaction(cursor: Cursor): ScannedTransaction {
  const start = cursor.at;
  const version = readUint32(cursor, 'version of the transaction');
  const isSegwit = skipMarker(cursor);
  const inputs = scanInputs(cursor);
  const outputs = scanOutputs(cursor);
  const witnessStart = cursor.at;
  if (isSegwit) scanWitnesses(cursor, inputs);
  const lockTime = readUint32(cursor, 'lock time of the transaction');
  rejectRepeats(inputs, start);
  return { bytes: cursor.bytes, start, end: cursor.at, witnessStart, isSegwit, version, lockTime, inputs, outputs };
}

/** Whether an input spends nothing: it makes new coins. */
export function spendsNothing({ hash, index }: ScannedInput): boolean {
  return index === 0xffffffff && hash.every((byte) => byte === 0);
}

/** A zero where the number of inputs would stand tells of witnesses; the flag after it, of what kind. */
function skipMarker(cursor: Cursor): boolean {
  if (cursor.bytes[cursor.at] !== 0) return false;
  cursor.at++;
  const flag = readByte(cursor, 'flag of the transaction');
  if (flag === 0) rejectAt(cursor.at - 2, 'inputs of the transaction', 'there are none');
  if (flag !== 1) rejectAt(cursor.at - 1, 'flag of the transaction', `${flag}, where only 1 (witnesses) has a meaning`);
  return true;
}

function scanInputs(cursor: Cursor): ScannedInput[] {
  const at = cursor.at;
  const count = readCount(cursor, LEAST_INPUT, 'number of inputs');
  if (count === 0) rejectAt(at, 'inputs of the transaction', 'there are none');
  const inputs: ScannedInput[] = [];
  for (let i = 0; i < count; i++) {
    const hash = readBytes(cursor, 32, 'transaction that an input spends from');
    const index = readUint32(cursor, 'place of the output that an input spends');
    const script = readBytes(cursor, readCount(cursor, 1, 'length of an input’s script'), 'script of an input');
    const sequence = readUint32(cursor, 'sequence of an input');
    inputs.push({ hash, index, script, sequence, witness: NO_WITNESS });
  }
  return inputs;
}

function scanOutputs(cursor: Cursor): ScannedOutput[] {
  const first = cursor.at;
  const count = readCount(cursor, LEAST_OUTPUT, 'number of outputs');
  if (count === 0) rejectAt(first, 'outputs of the transaction', 'there are none');
  const outputs: ScannedOutput[] = [];
  let sum = 0;
  for (let n = 0; n < count; n++) {
    const at = cursor.at;
    const amount = readUint64(cursor, 'amount of an output');
    if (amount === null || amount > MOST_BASE_UNITS) {
      return rejectAt(
        at,
        `amount of output ${n}`,
        `${amount ?? 'more than 2^53'} satoshis, more than 21 million bitcoin`,
      );
    }
    sum += amount;
    if (sum > MOST_BASE_UNITS)
      rejectAt(at, `outputs 0 to ${n}`, `${sum} satoshis together, more than 21 million bitcoin`);
    outputs.push({
      amount,
      script: readBytes(cursor, readCount(cursor, 1, 'length of an output’s script'), 'script of an output'),
    });
  }
  return outputs;
}

function scanWitnesses(cursor: Cursor, inputs: readonly ScannedInput[]): void {
  const at = cursor.at;
  let isEmpty = true;
  for (const input of inputs) {
    const count = readCount(cursor, 1, 'number of witness items of an input');
    if (count === 0) continue;
    const items: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      items.push(readBytes(cursor, readCount(cursor, 1, 'length of a witness item'), 'witness item'));
    }
    input.witness = items;
    isEmpty = false;
  }
  if (isEmpty) rejectAt(at, 'witnesses of the transaction', 'announced, but no input has one');
}

/**
 * An output can be spent once, also within a transaction (CVE-2018-17144). Outpoints are told apart by a number first:
 * only where two of those are equal is the whole of them written out.
 */
function rejectRepeats(inputs: readonly ScannedInput[], start: number): void {
  if (inputs.length === 1) return;
  const marks = new Set<number>();
  for (const { hash, index } of inputs) marks.add(markOf(hash, index));
  if (marks.size === inputs.length) return;
  const seen = new Set<string>();
  for (const [i, { hash, index }] of inputs.entries()) {
    const outpoint = `${hash.join()}.${index}`;
    if (seen.has(outpoint))
      rejectAt(start, 'inputs of the transaction', `input ${i} spends an output that an earlier one spends`);
    seen.add(outpoint);
  }
}

/** 32 bits of the hash and the low 20 of the index. */
function markOf(hash: Uint8Array, index: number): number {
  const bits =
    (hash[0] as number) * 0x1000000 + (((hash[1] as number) << 16) | ((hash[2] as number) << 8) | (hash[3] as number));
  return bits * 0x100000 + (index & 0xfffff);
}
