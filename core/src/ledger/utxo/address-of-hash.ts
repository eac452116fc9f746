import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, bech32m } from '@scure/base';

/** First bytes of Base58Check addresses of the main network. */
const P2PKH_VERSION = 0x00;
const P2SH_VERSION = 0x05;
/** Human-readable part of Bech32 addresses of the main network (BIP-173). */
const PREFIX = 'bc';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const PAIR = 58 * 58;
const QUAD = PAIR * PAIR;
/** Every two digits of Base58, by their value. */
const PAIRS: readonly string[] = Array.from(
  { length: PAIR },
  (_, value) => ALPHABET.charAt(Math.floor(value / 58)) + ALPHABET.charAt(value % 58),
);
/** 58⁴ to the ninth is the first such power above 2²⁰⁰. */
const QUADS = 9;

/** The address of a public key's hash, 20 bytes. Main network. */
export function p2pkhAddress(hash: Uint8Array): string {
  return base58Check(P2PKH_VERSION, hash);
}

/** The address of a redeem script's hash, 20 bytes. Main network. */
export function p2shAddress(hash: Uint8Array): string {
  return base58Check(P2SH_VERSION, hash);
}

/**
 * The address of a witness program. Main network.
 * @param version - 0 to 16. @param program - 2 to 40 bytes.
 * @see BIP-173 (version 0), BIP-350 (versions 1 to 16).
 */
export function segwitAddress(version: number, program: Uint8Array): string {
  const code = version === 0 ? bech32 : bech32m;
  return code.encode(PREFIX, [version, ...code.toWords(program)]);
}

/** RIPEMD-160 of SHA-256: how public keys and scripts are shortened to addresses. */
export function hash160(bytes: Uint8Array): Uint8Array {
  return ripemd160(sha256(bytes));
}

const payload = new Uint8Array(25);
const limbs = new Float64Array(9);

/**
 * Base58Check of a version byte and 20 bytes. Written out because every output of a block needs one: a general conversion
 * of radix takes many times as long.
 */
function base58Check(version: number, hash: Uint8Array): string {
  payload[0] = version;
  payload.set(hash, 1);
  payload.set(sha256(sha256(payload.subarray(0, 21))).subarray(0, 4), 21);
  // 200 bits as a byte and eight limbs of 24 bits, so that what a division carries over stays below 2⁴⁸: exact in a double.
  limbs[0] = version;
  for (let i = 0, at = 1; i < 8; i++, at += 3) {
    limbs[i + 1] = ((payload[at] as number) << 16) | ((payload[at + 1] as number) << 8) | (payload[at + 2] as number);
  }
  let digits = '';
  let first = 0;
  for (let quad = 0; quad < QUADS; quad++) {
    let rest = 0;
    for (let i = first; i < 9; i++) {
      const value = rest * 0x1000000 + (limbs[i] as number);
      const quotient = Math.floor(value / QUAD);
      limbs[i] = quotient;
      rest = value - quotient * QUAD;
    }
    while (first < 9 && limbs[first] === 0) first++;
    const high = Math.floor(rest / PAIR);
    digits = (PAIRS[high] as string) + (PAIRS[rest - high * PAIR] as string) + digits;
  }
  // A zero byte in front is a digit of its own; zeros of the number are not written.
  let zeros = 0;
  while (zeros < payload.length && payload[zeros] === 0) zeros++;
  let ones = 0;
  while (ones < digits.length && digits.charCodeAt(ones) === 0x31) ones++;
  return '1'.repeat(zeros) + digits.slice(ones);
}
