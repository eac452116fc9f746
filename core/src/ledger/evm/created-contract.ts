import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/**
 * The address a contract gets when an account's transaction creates it.
 * @param sender - `0x` and 40 hex digits.
 * @param nonce - the transaction's nonce, below 2^53.
 * @returns lower case.
 * @see Ethereum yellow paper, section 7: the last 20 bytes of Keccak-256 over the RLP of (sender, nonce).
 */
export function createdContract(sender: string, nonce: number): string {
  const payload = [0x80 + 20, ...hexToBytes(sender.slice(2)), ...encodeNonce(nonce)];
  const hash = keccak_256(Uint8Array.from([0xc0 + payload.length, ...payload]));
  return `0x${bytesToHex(hash.subarray(12))}`;
}

function encodeNonce(nonce: number): number[] {
  if (nonce === 0) return [0x80];
  const hex = nonce.toString(16);
  const bytes = [...hexToBytes(hex.length % 2 === 0 ? hex : `0${hex}`)];
  return bytes.length === 1 && (bytes[0] as number) < 0x80 ? bytes : [0x80 + bytes.length, ...bytes];
}
