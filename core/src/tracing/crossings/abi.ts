import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { EventLog, TransactionEvidence } from '../../ledger/index.ts';
import { type Account, type Asset, type Chain, isEvmChain } from '../../units/index.ts';

/*
 * Reading what contracts wrote: logs, call data and the values in them, as the Solidity ABI lays them out.
 * Everything is `0x` and lower-case hex. What is not there, or not well formed, is null: nothing here throws, and nothing
 * is read beyond the end of the data.
 */

const WORD_DIGITS = 64;
const SELECTOR_DIGITS = 8;

/** The `index`-th 32-byte word of data, from 0: `0x` and 64 digits. Null: the data ends before it does. */
export function word(data: string, index: number): string | null {
  const start = 2 + index * WORD_DIGITS;
  if (!(index >= 0) || data.length < start + WORD_DIGITS) return null;
  const digits = data.slice(start, start + WORD_DIGITS);
  return isDigits(digits) ? `0x${digits}` : null;
}

/** A word, or any run of bytes, as a number. */
export function uint(hex: string | null): bigint | null {
  if (hex === null || hex.length <= 2 || !isDigits(hex.slice(2))) return null;
  return BigInt(hex);
}

/** A word as a signed number (two's complement over 256 bits). */
export function int(hex: string | null): bigint | null {
  const value = uint(hex);
  return value === null ? null : BigInt.asIntN(256, value);
}

/** A word as a number that JavaScript holds exactly. Null: greater. */
export function count(hex: string | null): number | null {
  const value = uint(hex);
  return value === null || value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
}

/** A word as 20 bytes. Null: its upper 12 bytes are not zero, so it is no address. */
export function address(hex: string | null): string | null {
  if (hex === null || hex.length !== 2 + WORD_DIGITS || !hex.startsWith(`0x${'0'.repeat(24)}`)) return null;
  const digits = hex.slice(26);
  return isDigits(digits) ? `0x${digits}` : null;
}

/** A word as an account of an EVM chain. Null: no address. */
export function addressOf(chain: Chain, hex: string | null): Account | null {
  const found = address(hex);
  return found === null ? null : `${chain}:${found}`;
}

/** The `index`-th topic of a log, 0 the event's own. */
export function topic(log: EventLog, index: number): string | null {
  return log.topics[index] ?? null;
}

/**
 * What lies at the offset that word `index` holds, to the end of the data: a struct with parts of unknown length, or the
 * inside of `bytes` to be read with `slice`.
 */
export function tailAt(data: string, index: number): string | null {
  const offset = count(word(data, index));
  if (offset === null || offset % 1 !== 0) return null;
  const start = 2 + offset * 2;
  return start > data.length ? null : `0x${data.slice(start)}`;
}

/** The `bytes` whose offset word `index` holds. */
export function bytesAt(data: string, index: number): string | null {
  const tail = tailAt(data, index);
  if (tail === null) return null;
  const length = count(word(tail, 0));
  return length === null ? null : slice(tail, 32, length);
}

/** The `string` whose offset word `index` holds. Null where it is not UTF-8. */
export function stringAt(data: string, index: number): string | null {
  return text(bytesAt(data, index));
}

/**
 * The array whose offset word `index` holds: how many items, and the data after that number, in which item `i` is word
 * `i` (or `i × words` of a struct of fixed length; offsets in it count from its own start). Null where even one word an
 * item would not fit.
 */
export function arrayAt(data: string, index: number): { readonly length: number; readonly items: string } | null {
  const tail = tailAt(data, index);
  const length = tail === null ? null : count(word(tail, 0));
  if (tail === null || length === null) return null;
  const items = `0x${tail.slice(2 + WORD_DIGITS)}`;
  return items.length - 2 < length * WORD_DIGITS ? null : { length, items };
}

/** `length` bytes from byte `start`; without `length`, all that follow. Null: there are not as many. */
export function slice(data: string, start: number, length?: number): string | null {
  const from = 2 + start * 2;
  const to = length === undefined ? data.length : from + length * 2;
  if (!(start >= 0) || from > data.length || to > data.length || to < from) return null;
  const digits = data.slice(from, to);
  return isDigits(digits) ? `0x${digits}` : null;
}

/** How many bytes. */
export function byteLength(hex: string): number {
  return (hex.length - 2) >> 1;
}

/** Bytes as UTF-8. Null where they are not. */
export function text(hex: string | null): string | null {
  const bytes = hex === null ? null : bytesOf(hex);
  if (bytes === null) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Hex, with or without `0x`, as bytes. Null where it is not hex. */
export function bytesOf(hex: string): Uint8Array | null {
  const digits = hex.startsWith('0x') ? hex.slice(2) : hex;
  return digits.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(digits) ? hexToBytes(digits) : null;
}

export function hexOf(bytes: Uint8Array): string {
  return `0x${bytesToHex(bytes)}`;
}

/** Keccak-256 of bytes, given as such or in hex. Null where it is not hex. */
export function keccak(data: Uint8Array | string): string | null {
  const bytes = typeof data === 'string' ? bytesOf(data) : data;
  return bytes === null ? null : hexOf(keccak_256(bytes));
}

/** The hash of an event's signature, `Transfer(address,address,uint256)`. */
export function eventTopic(signature: string): string {
  return hexOf(keccak_256(new TextEncoder().encode(signature)));
}

/** The first four bytes of call data. */
export function selectorOf(input: string | null): string | null {
  return input === null ? null : slice(input, 0, SELECTOR_DIGITS / 2);
}

/** Call data without its first four bytes. */
export function argumentsOf(input: string): string | null {
  return slice(input, SELECTOR_DIGITS / 2);
}

/**
 * The events of a kind that one of the contracts emitted, in log order. None where the transaction failed or its receipt
 * is not there.
 * @param topic0 - one, or several.
 * @param emitters - null: any contract. Topics are shared between protocols, so say why where you use it.
 */
export function logsOf(
  evidence: TransactionEvidence,
  topic0: string | readonly string[],
  emitters: ReadonlySet<Account> | null,
): readonly EventLog[] {
  if (evidence.kind !== 'evm' || evidence.succeeded === false || evidence.logs === null) return [];
  const wanted = typeof topic0 === 'string' ? [topic0] : topic0;
  return evidence.logs.filter(
    ({ address, topics }) =>
      topics[0] !== undefined && wanted.includes(topics[0]) && (emitters === null || emitters.has(address)),
  );
}

/**
 * The calls to one of the contracts under one of the selectors, in call order: from the trace where there is one, else
 * the transaction's own call alone. None where the transaction failed. Without a receipt it is not known whether the
 * transaction succeeded: see `succeeded`, and say so in the leg's notes.
 * @param targets - null: any contract.
 */
export function callsOf(
  evidence: TransactionEvidence,
  selectors: readonly string[],
  targets: ReadonlySet<Account> | null,
): readonly Call[] {
  return framesOf(evidence).filter(({ to, input }) => {
    const selector = selectorOf(input);
    return selector !== null && selectors.includes(selector) && (targets === null || targets.has(to));
  });
}

/** A frame of a trace, or the transaction's own call, of which a record may leave out who made it and what it moved. */
export type Call = {
  readonly path: readonly number[];
  readonly from: Account | null;
  readonly to: Account;
  /** Base units of the chain's coin. */
  readonly value: bigint | null;
  readonly input: string;
};

/** All calls of a transaction that did not fail; without a trace the top-level one alone. */
export function framesOf(evidence: TransactionEvidence): readonly Call[] {
  if (evidence.kind !== 'evm' || evidence.succeeded === false) return [];
  if (evidence.frames !== null) return evidence.frames;
  const { from, to, value, input } = evidence;
  return to === null || input === null ? [] : [{ path: [], from, to, value, input }];
}

/** What a leg must say where its transaction has no receipt. */
export const NO_RECEIPT =
  'Read from call data; no receipt is on record, so whether the transaction succeeded is not known.';

/** A token of an EVM chain by an address read here. */
export function tokenAsset(chain: Chain, contract: string): Asset {
  return `${chain}/erc20:${contract}`;
}

/** A set of contracts for `logsOf` and `callsOf`. @param addresses - lower-case hex. */
export function contracts(chain: Chain, ...addresses: readonly string[]): ReadonlySet<Account> {
  return new Set(addresses.map((each): Account => `${chain}:${each}`));
}

/** The EVM chain of a decimal chain id; null where it is none. */
export function evmChain(id: bigint | number | null): Chain | null {
  const chain = `eip155:${id}`;
  return id !== null && isEvmChain(chain) ? chain : null;
}

function isDigits(hex: string): boolean {
  return /^[0-9a-f]*$/.test(hex);
}
