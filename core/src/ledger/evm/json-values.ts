import { CairnError } from '../../errors.ts';
import { type Account, type Chain, canonicalAccount } from '../../units/index.ts';

/*
 * Reading values as nodes and explorers write them in JSON: quantities as `0x` hex, as decimal digits or as numbers,
 * addresses in any case, bytes as `0x` hex. Every reader names the place in the input and what is wrong with it.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

const UINT256_END = 1n << 256n;

/** @throws {CairnError} `invalid-input`, always: the place, what is wrong there, and what stands there. */
export function refuse(where: string, why: string, value?: unknown): never {
  const text = value === undefined ? '' : (JSON.stringify(value) ?? String(value));
  const shown = text === '' ? '' : ` (${text.length > 80 ? `${text.slice(0, 80)}…` : text})`;
  throw new CairnError('invalid-input', `${where}: ${why}${shown}`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, where: string): JsonObject {
  return isObject(value) ? value : refuse(where, 'is not a JSON object', value);
}

export function listAt(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(where, 'is not a list', value);
}

/** Nothing was given: the field is missing, null or empty text. */
export function isAbsent(value: unknown): value is null | undefined | '' {
  return value === undefined || value === null || value === '';
}

/** A whole number from 0 up to 2^256. */
export function quantityAt(value: unknown, where: string): bigint {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && value >= 0) return BigInt(value);
    return refuse(where, 'is not a whole number that JSON holds exactly; write it as text', value);
  }
  if (typeof value !== 'string') return refuse(where, isAbsent(value) ? 'is missing' : 'is not a number', value);
  if (!/^(0x[0-9a-fA-F]{1,64}|[0-9]{1,78})$/.test(value))
    return refuse(where, 'is not a number in hex or decimals', value);
  const number = BigInt(value);
  return number < UINT256_END ? number : refuse(where, 'is 2^256 or more', value);
}

/** A whole number that JavaScript holds exactly. */
export function countAt(value: unknown, where: string): number {
  const number = quantityAt(value, where);
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : refuse(where, 'is too large', value);
}

/** As `countAt`; null where nothing was given. */
export function countOrNull(value: unknown, where: string): number | null {
  return isAbsent(value) ? null : countAt(value, where);
}

/** As `quantityAt`; null where nothing was given. */
export function quantityOrNull(value: unknown, where: string): bigint | null {
  return isAbsent(value) ? null : quantityAt(value, where);
}

/** Bytes: `0x` and an even number of hex digits; lower case. */
export function bytesAt(value: unknown, where: string): string {
  if (typeof value !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(value)) {
    return refuse(where, isAbsent(value) ? 'is missing' : 'is not bytes in hex (0x and two digits a byte)', value);
  }
  return value.toLowerCase();
}

/** Bytes of 32; lower case. */
export function hashAt(value: unknown, where: string): string {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(value)) {
    return refuse(where, isAbsent(value) ? 'is missing' : 'is not a hash of 0x and 64 hex digits', value);
  }
  return value.toLowerCase();
}

export function hashOrNull(value: unknown, where: string): string | null {
  return isAbsent(value) ? null : hashAt(value, where);
}

export function accountAt(chain: Chain, value: unknown, where: string): Account {
  if (typeof value !== 'string') return refuse(where, isAbsent(value) ? 'is missing' : 'is not an address', value);
  try {
    return canonicalAccount(chain, value);
  } catch (error) {
    if (!(error instanceof CairnError)) throw error;
    throw new CairnError(error.code, `${where}: ${error.message}`, { hints: error.hints });
  }
}

export function accountOrNull(chain: Chain, value: unknown, where: string): Account | null {
  return isAbsent(value) ? null : accountAt(chain, value, where);
}

/** Two statements about one thing differ. @throws {CairnError} `contradiction`, always. */
export function contradict(where: string, why: string, hints: readonly string[] = []): never {
  throw new CairnError('contradiction', `${where}: ${why}`, { hints });
}
