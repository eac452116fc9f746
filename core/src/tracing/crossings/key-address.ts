import { secp256k1 } from '@noble/curves/secp256k1.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { lockOf } from '../../ledger/index.ts';
import { type Account, BITCOIN } from '../../units/index.ts';
import { bytesOf, keccak } from './abi.ts';

/** RIPEMD-160 of SHA-256, 40 hex digits: how Bitcoin shortens a key or a script. */
export function hash160(data: Uint8Array): string {
  return bytesToHex(ripemd160(sha256(data)));
}

/** Locking scripts of 20-byte hashes, hex. */
export function p2wpkhScript(keyHash: string): string {
  return `0014${keyHash}`;
}

export function p2pkhScript(keyHash: string): string {
  return `76a914${keyHash}88ac`;
}

export function p2shScript(scriptHash: string): string {
  return `a914${scriptHash}87`;
}

/** The two addresses one key has: Avalanche's bridge takes a payment from the one to be for the other. Null: no key. */
export function accountsOfKey(key: string): { readonly evm: string; readonly bitcoin: Account } | null {
  const bytes = bytesOf(key);
  if (bytes === null || ![33, 65].includes(bytes.length)) return null;
  try {
    const point = secp256k1.Point.fromBytes(bytes);
    const hash = keccak(point.toBytes(false).slice(1));
    const { owner } = lockOf(BITCOIN, p2wpkhScript(hash160(point.toBytes(true))));
    return hash === null || owner === null ? null : { evm: `0x${hash.slice(26)}`, bitcoin: owner };
  } catch {
    return null; // not a point of the curve
  }
}

/**
 * The locking script that an input must have spent, told from what it reveals: a public key (P2WPKH, P2PKH) or a wrapped
 * witness program (P2SH). Null: it shows none of these, or the source left scripts out.
 */
export function revealedScript(input: {
  readonly script: string | null;
  readonly witness: readonly string[] | null;
}): string | null {
  const { script, witness } = input;
  if (script === '' && witness?.length === 2) {
    const key = keyIn(witness[1] as string);
    return key === null ? null : p2wpkhScript(hash160(key));
  }
  if (script === null || script === '') return null;
  const wrapped = /^16(0014[0-9a-f]{40})$/.exec(script)?.[1];
  if (wrapped !== undefined) return p2shScript(hash160(bytesOf(wrapped) as Uint8Array));
  return pushedKeyScript(script);
}

/** `<signature> <key>`, each pushed by its length. */
function pushedKeyScript(script: string): string | null {
  const signature = Number.parseInt(script.slice(0, 2), 16);
  if (!(signature >= 8 && signature <= 73)) return null; // a DER signature and its flag
  const rest = script.slice(2 + signature * 2);
  const length = Number.parseInt(rest.slice(0, 2), 16);
  const key = rest.length === 2 + length * 2 ? keyIn(rest.slice(2)) : null;
  return key === null ? null : p2pkhScript(hash160(key));
}

function keyIn(hex: string): Uint8Array | null {
  return /^(?:0[23][0-9a-f]{64}|04[0-9a-f]{128})$/.test(hex) ? bytesOf(hex) : null;
}
