import { sha256 } from '@noble/hashes/sha2.js';
import { CairnError } from '../../errors.ts';
import { type Account, BITCOIN, type Chain } from '../../units/index.ts';
import { hash160, p2pkhAddress, p2shAddress, segwitAddress } from './address-of-hash.ts';
import { bytesOfHex, hexOf } from './raw/hex.ts';
import { isBareMultisig, isPublicKey, OP } from './script.ts';
import { type Lock, type ScriptKind, scriptAccount } from './transaction.ts';

/**
 * Who can spend an output, by its locking script.
 *
 * P2PK counts as the P2PKH address of its key; bare multisig and every script without an address are accounts of their
 * own; a script that starts with OP_RETURN has no owner, whatever follows it.
 * A witness program of a version without rules yet has an address (BIP-350) but anyone may spend it: `witness-unknown`.
 * @param chain - Bitcoin's main network: addresses of other networks are not known here.
 * @param script - bytes, or hex without prefix.
 * @throws {CairnError} `invalid-input`: not hex, or another chain.
 */
export function lockOf(chain: Chain, script: Uint8Array | string): Lock {
  if (chain !== BITCOIN) throw unknownNetwork(chain);
  return lockOfBytes(chain, typeof script === 'string' ? bytesOfHex(script, 'locking script') : script);
}

function unknownNetwork(chain: Chain): CairnError {
  return new CairnError('invalid-input', `addresses of ${chain} are not known`, { hints: [`known: ${BITCOIN}`] });
}

function lockOfBytes(chain: Chain, script: Uint8Array): Lock {
  const { length } = script;
  const first = script[0];
  if (length === 25 && isP2pkh(script)) return addressed(chain, 'p2pkh', p2pkhAddress(script.subarray(3, 23)));
  if (length === 23 && isP2sh(script)) return addressed(chain, 'p2sh', p2shAddress(script.subarray(2, 22)));
  if (first === OP.RETURN) return { owner: null, script: 'op-return' };
  const version = witnessVersion(script);
  if (version !== null) {
    const kind = witnessKind(version, length);
    if (kind !== null) return addressed(chain, kind, segwitAddress(version, script.subarray(2)));
  }
  if ((length === 35 || length === 67) && isP2pk(script)) {
    return addressed(chain, 'p2pk', p2pkhAddress(hash160(script.subarray(1, length - 1))));
  }
  const kind: ScriptKind = isBareMultisig(script) ? 'multisig' : 'nonstandard';
  return { owner: scriptAccount(chain, hexOf(sha256(script))), script: kind };
}

function addressed(chain: Chain, script: ScriptKind, address: string): Lock {
  return { owner: `${chain}:${address}` as Account, script };
}

function isP2pkh(script: Uint8Array): boolean {
  return (
    script[0] === OP.DUP &&
    script[1] === OP.HASH160 &&
    script[2] === 20 &&
    script[23] === OP.EQUALVERIFY &&
    script[24] === OP.CHECKSIG
  );
}

function isP2sh(script: Uint8Array): boolean {
  return script[0] === OP.HASH160 && script[1] === 20 && script[22] === OP.EQUAL;
}

function isP2pk(script: Uint8Array): boolean {
  const { length } = script;
  const pushed = length - 2;
  return script[0] === pushed && script[length - 1] === OP.CHECKSIG && isPublicKey(script.subarray(1, length - 1));
}

/** The version of a script that is one number and one push of 2 to 40 bytes and nothing else (BIP-141); null: it is not. */
function witnessVersion(script: Uint8Array): number | null {
  const { length } = script;
  const first = script[0] as number;
  if (length < 4 || length > 42 || script[1] !== length - 2) return null;
  if (first === OP.ZERO) return 0;
  return first >= OP.ONE && first <= OP.SIXTEEN ? first - OP.ONE + 1 : null;
}

/** Version 0 has two lengths of program, any other can never be spent (BIP-141); version 1 of 32 bytes is Taproot (BIP-341). */
function witnessKind(version: number, length: number): ScriptKind | null {
  if (version === 0) return length === 22 ? 'p2wpkh' : length === 34 ? 'p2wsh' : null;
  return version === 1 && length === 34 ? 'p2tr' : 'witness-unknown';
}
