import { sha256 } from '@noble/hashes/sha2.js';
import { type Cursor, readBytes, readInt32, readUint32, rejectAt } from './cursor.ts';
import { reversedHexOf } from './hex.ts';

/** A block's header. Hashes: 64 lower-case hex digits as people write them. */
export type RawHeader = {
  readonly version: number;
  readonly hash: string;
  readonly previous: string;
  readonly merkleRoot: string;
  /** Unix seconds as the header states it: may be less than an earlier block's. */
  readonly time: number;
  /** The target in its short form: see `targetOf`. */
  readonly bits: number;
  readonly nonce: number;
};

/** Bytes of a header. */
export const HEADER_SIZE = 80;

/** The easiest target a header of Bitcoin's main network may state, that of the genesis block (`powLimit`, short form 1d00ffff). */
export const EASIEST_TARGET = 0xffffn << 208n;

/**
 * Reads the header at which the cursor stands and verifies its proof of work.
 * @param easiest - the easiest target it may state.
 * @throws {CairnError} `invalid-input`: cut off, a target that is none or too easy, a hash above its target.
 */
export function readHeader(cursor: Cursor, easiest: bigint): RawHeader {
  const at = cursor.at;
  const bytes = readBytes(cursor, HEADER_SIZE, 'header of the block');
  cursor.at = at;
  const header: RawHeader = {
    version: readInt32(cursor, 'version of the block'),
    hash: reversedHexOf(sha256(sha256(bytes))),
    previous: reversedHexOf(readBytes(cursor, 32, 'hash of the previous block')),
    merkleRoot: reversedHexOf(readBytes(cursor, 32, 'merkle root')),
    time: readUint32(cursor, 'time of the block'),
    bits: readUint32(cursor, 'target of the block'),
    nonce: readUint32(cursor, 'nonce of the block'),
  };
  const target = targetOf(header.bits);
  const bits = header.bits.toString(16).padStart(8, '0');
  if (target === null) return rejectAt(at, 'header of the block', `its bits ${bits} are not a target`);
  if (target > easiest)
    return rejectAt(at, 'header of the block', `its target (bits ${bits}) is easier than the network allows`);
  if (BigInt(`0x${header.hash}`) > target) {
    return rejectAt(
      at,
      'header of the block',
      `its hash ${header.hash} is above its target (bits ${bits}): no proof of work`,
      ['the header was changed, or this is not a block'],
    );
  }
  return header;
}

/**
 * The number a block's hash must not exceed: three bytes of digits and one of places, base 256.
 * @returns null: negative, zero or more than 256 bits.
 */
export function targetOf(bits: number): bigint | null {
  const places = bits >>> 24;
  const digits = BigInt(bits & 0x7fffff);
  const target = places <= 3 ? digits >> BigInt(8 * (3 - places)) : digits << BigInt(8 * (places - 3));
  return target === 0n || (bits & 0x800000) !== 0 || target >= 1n << 256n ? null : target;
}

/** How many hashes a block with this target takes on average: what chains are weighed by. 0 where it is no target. */
export function workOf(bits: number): bigint {
  const target = targetOf(bits);
  return target === null ? 0n : (1n << 256n) / (target + 1n);
}
