import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { base58 } from '@scure/base';
import { CairnError } from '../../errors.ts';
import { type Account, type Asset, accountAddress, canonicalAccount, TRON } from '../../units/index.ts';

/** The version byte of the main network's addresses. */
const VERSION = '41';

/**
 * The account of an address of Tron in any of the forms in use: `T…`; 20 bytes in hex, with or without `0x` (the virtual
 * machine's form, which logs have); 21 bytes in hex that begin with 41 (the node's form).
 * @throws {CairnError} `invalid-input`: another form, or a wrong checksum.
 */
export function tronAccount(text: string): Account {
  const digits = /^(?:0x)?(?:41)?([0-9a-fA-F]{40})$/.exec(text)?.[1];
  if (digits === undefined || text.startsWith('T')) return canonicalAccount(TRON, text);
  const payload = hexToBytes(`${VERSION}${digits.toLowerCase()}`);
  const checksum = sha256(sha256(payload)).subarray(0, 4);
  return `${TRON}:${base58.encode(concatBytes(payload, checksum))}`;
}

/** The account in the last 20 bytes of a log's topic. @param topic - 32 bytes in hex, with or without `0x`. */
export function topicAccount(topic: string): Account {
  return tronAccount(topic.slice(-40));
}

/** A TRC-20 token by its contract. */
export function trc20(contract: string): Asset {
  return `${TRON}/trc20:${accountAddress(tronAccount(contract))}`;
}

/** Tron's coin; amounts are in sun, a millionth of it. SLIP-0044 registers it as 195. */
export const TRX: Asset = `${TRON}/slip44:195`;

/**
 * A transaction's id: 64 lower-case hex digits without prefix, as Tron writes it; data sets of the Ethereum kind put `0x` before.
 * @throws {CairnError} `invalid-input`.
 */
export function tronHash(value: unknown, where: string): string {
  const digits = typeof value === 'string' ? /^(?:0x)?([0-9a-fA-F]{64})$/.exec(value)?.[1] : undefined;
  if (digits !== undefined) return digits.toLowerCase();
  const shown = value === undefined ? '' : ` (${JSON.stringify(value)?.slice(0, 80)})`;
  throw new CairnError('invalid-input', `${where}: is not a transaction id of 64 hex digits${shown}`);
}
