import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { base58, bech32, bech32m } from '@scure/base';
import { CairnError } from '../errors.ts';

/** Version byte, 20-byte hash, 4-byte checksum. */
const BASE58CHECK_BYTES = 25;
/** BIP-173's limit; nothing longer is decoded at all. */
const MAX_ADDRESS_CHARACTERS = 90;

const TRON_VERSION = 0x41;
const P2PKH_VERSION = 0x00;
const P2SH_VERSION = 0x05;
const TESTNET_VERSIONS: readonly number[] = [0x6f, 0xc4];

/** @throws {CairnError} `invalid-input`, always: names the address and what is wrong with it. */
export function rejectAddress(address: string, reason: string, hints: readonly string[] = []): never {
  const shown = address.length > MAX_ADDRESS_CHARACTERS ? `${address.slice(0, MAX_ADDRESS_CHARACTERS)}…` : address;
  throw new CairnError('invalid-input', `not an address: '${shown}': ${reason}`, { hints });
}

/**
 * An EVM address in lower case. All lower or all upper case carries no checksum; mixed case does and is verified.
 * @throws {CairnError} `invalid-input`.
 * @see EIP-55.
 */
export function canonicalEvm(address: string): string {
  if (!address.startsWith('0x'))
    return rejectAddress(address, 'unknown prefix: an address of this chain starts with 0x');
  const digits = address.slice(2);
  if (!/^[0-9a-fA-F]*$/.test(digits)) return rejectAddress(address, 'not hexadecimal');
  if (digits.length !== 40) return rejectAddress(address, `wrong length: ${digits.length} hex digits, not 40`);
  const lower = digits.toLowerCase();
  if (digits !== lower && digits !== digits.toUpperCase() && digits !== checksumCase(lower)) {
    return rejectAddress(address, 'wrong checksum (EIP-55)', [
      'a digit or its case was changed in copying; take the address again from its source, or write it in lower case if you are sure of it',
    ]);
  }
  return `0x${lower}`;
}

/** The 40 hex digits in the case that EIP-55 prescribes. */
function checksumCase(lower: string): string {
  const hash = bytesToHex(keccak_256(asciiBytes(lower)));
  let cased = '';
  for (let i = 0; i < lower.length; i++) {
    const digit = lower.charAt(i);
    cased += hash.charAt(i) >= '8' ? digit.toUpperCase() : digit;
  }
  return cased;
}

function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * A Tron address, as is: Base58Check with version byte 0x41.
 * @throws {CairnError} `invalid-input`.
 */
export function canonicalTron(address: string): string {
  const version = base58CheckVersion(address);
  if (version !== TRON_VERSION) return rejectAddress(address, 'unknown prefix: an address of Tron starts with T');
  return address;
}

/**
 * A Bitcoin address of the main network: Base58Check as is, Bech32 and Bech32m in lower case.
 * @throws {CairnError} `invalid-input`.
 */
export function canonicalBitcoin(address: string): string {
  if (/^(bc|tb|bcrt)1/i.test(address)) return canonicalSegwit(address);
  const version = base58CheckVersion(address);
  if (version === P2PKH_VERSION || version === P2SH_VERSION) return address;
  if (TESTNET_VERSIONS.includes(version)) return rejectAddress(address, 'unknown prefix: an address of a test network');
  return rejectAddress(address, 'unknown prefix: a Bitcoin address starts with 1, 3 or bc1');
}

/** Verifies length and checksum and gives the version byte. */
function base58CheckVersion(address: string): number {
  if (address.length > MAX_ADDRESS_CHARACTERS) {
    return rejectAddress(address, `wrong length: ${address.length} characters`);
  }
  if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(address)) return rejectAddress(address, 'not Base58: it has other characters');
  const bytes = base58.decode(address);
  if (bytes.length !== BASE58CHECK_BYTES) {
    return rejectAddress(address, `wrong length: ${bytes.length} bytes, not ${BASE58CHECK_BYTES}`);
  }
  const checksum = sha256(sha256(bytes.subarray(0, BASE58CHECK_BYTES - 4)));
  for (let i = 0; i < 4; i++) {
    if (bytes[BASE58CHECK_BYTES - 4 + i] !== checksum[i]) return rejectAddress(address, 'wrong checksum (Base58Check)');
  }
  return bytes[0] as number;
}

/** @see BIP-173 (witness version 0), BIP-350 (versions 1 to 16). */
function canonicalSegwit(address: string): string {
  const lower = address.toLowerCase();
  if (address !== lower && address !== address.toUpperCase()) return rejectAddress(address, 'mixed case in Bech32');
  if (address.length > MAX_ADDRESS_CHARACTERS) {
    return rejectAddress(address, `wrong length: ${address.length} characters, more than ${MAX_ADDRESS_CHARACTERS}`);
  }
  if (!/^[a-z]+1[02-9ac-hj-np-z]*$/.test(lower)) return rejectAddress(address, 'not Bech32: it has other characters');
  const plain = bech32.decodeUnsafe(lower);
  const decoded = plain ?? bech32m.decodeUnsafe(lower);
  if (decoded === undefined) return rejectAddress(address, 'wrong checksum (Bech32)');
  if (decoded.prefix !== 'bc') return rejectAddress(address, 'unknown prefix: an address of a test network');
  const version = decoded.words[0];
  if (version === undefined || version > 16) return rejectAddress(address, 'unknown witness version');
  if ((version === 0) !== (plain !== undefined)) {
    const needed = version === 0 ? 'Bech32' : 'Bech32m';
    return rejectAddress(address, `wrong checksum: witness version ${version} is written in ${needed}`);
  }
  const program = bech32.fromWordsUnsafe(decoded.words.slice(1));
  if (!program) return rejectAddress(address, 'wrong padding in Bech32');
  const fits =
    version === 0 ? program.length === 20 || program.length === 32 : program.length >= 2 && program.length <= 40;
  if (!fits) return rejectAddress(address, `wrong length: ${program.length} bytes for witness version ${version}`);
  return lower;
}
