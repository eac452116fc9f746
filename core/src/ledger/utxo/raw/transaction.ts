import { sha256 } from '@noble/hashes/sha2.js';
import type { Chain } from '../../../units/index.ts';
import { lockOf } from '../lock.ts';
import type { Lock, Outpoint } from '../transaction.ts';
import { counted, cursorOf, rejectAt } from './cursor.ts';
import { hexOf, reversedHexOf } from './hex.ts';
import { type ScannedTransaction, scanTransaction, spendsNothing } from './scan.ts';

export type RawInput = {
  /** The output spent; null: new coins (coinbase). */
  readonly outpoint: Outpoint | null;
  /** The unlocking script, hex, without prefix; '' where there is none. */
  readonly script: string;
  /** Witness items, hex, in order. */
  readonly witness: readonly string[];
  readonly sequence: number;
};

export type RawOutput = {
  /** Base units. */
  readonly amount: bigint;
  /** The locking script, hex, without prefix. */
  readonly script: string;
  readonly lock: Lock;
};

/** A transaction as the network writes it. */
export type RawTransaction = {
  /** Transaction id (without witness), 64 lower-case hex digits as people write it. */
  readonly tx: string;
  /** Whether it was written with witnesses. */
  readonly isSegwit: boolean;
  /** Four bytes, read without sign. */
  readonly version: number;
  readonly lockTime: number;
  /** Bytes, with witnesses. */
  readonly size: number;
  readonly inputs: readonly RawInput[];
  readonly outputs: readonly RawOutput[];
};

/**
 * Reads a transaction from its bytes, to the last one.
 * @throws {CairnError} `invalid-input`, naming the byte: cut off, bytes left over, an absurd count, no inputs or outputs,
 * an output or a sum of outputs above 21 million bitcoin, an output spent twice, an empty witness.
 */
export function parseTransaction(chain: Chain, bytes: Uint8Array): RawTransaction {
  const cursor = cursorOf(bytes);
  const scanned = scanTransaction(cursor);
  if (cursor.at < bytes.length) {
    rejectAt(cursor.at, 'end of the transaction', `${counted(bytes.length - cursor.at)} left over`);
  }
  return describeTransaction(scanned, transactionHash(scanned), (script) => lockOf(chain, script));
}

/** The id's bytes, in the order they are hashed. */
export function transactionHash({ bytes, start, end, isSegwit, witnessStart }: ScannedTransaction): Uint8Array {
  if (!isSegwit) return sha256(sha256(bytes.subarray(start, end)));
  // The id leaves out marker and flag after the version, and the witnesses before the lock time.
  const once = sha256.create();
  once.update(bytes.subarray(start, start + 4));
  once.update(bytes.subarray(start + 6, witnessStart));
  once.update(bytes.subarray(end - 4, end));
  return sha256(once.digest());
}

/** @param lockFor - the lock of an output's script. */
export function describeTransaction(
  scanned: ScannedTransaction,
  hash: Uint8Array,
  lockFor: (script: Uint8Array) => Lock,
): RawTransaction {
  const { bytes, start, end } = scanned;
  const hex = hexOf(bytes.subarray(start, end));
  const hexAt = (part: Uint8Array): string => {
    const from = 2 * (part.byteOffset - bytes.byteOffset - start);
    return hex.slice(from, from + 2 * part.length);
  };
  return {
    tx: reversedHexOf(hash),
    isSegwit: scanned.isSegwit,
    version: scanned.version,
    lockTime: scanned.lockTime,
    size: end - start,
    inputs: scanned.inputs.map((input) => ({
      outpoint: spendsNothing(input) ? null : { tx: reversedHexOf(input.hash), index: input.index },
      script: hexAt(input.script),
      witness: input.witness.map(hexAt),
      sequence: input.sequence,
    })),
    outputs: scanned.outputs.map(({ amount, script }) => ({
      amount: BigInt(amount),
      script: hexAt(script),
      lock: lockFor(script),
    })),
  };
}
