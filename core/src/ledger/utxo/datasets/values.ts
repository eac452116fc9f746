import { CairnError } from '../../../errors.ts';

/** 21 million bitcoin in satoshis: no amount on the chain is larger (MAX_MONEY of the consensus rules). */
export const MAX_SATOSHIS = 2_100_000_000_000_000n;

/** A JSON object as a source gave it. */
export type Json = Readonly<Record<string, unknown>>;

/** @throws {CairnError} `invalid-input`, naming the place. */
export function objectAt(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  return refuse(where, 'is not an object', value);
}

/** @throws {CairnError} `invalid-input`, naming the place. */
export function listAt(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(where, 'is not a list', value);
}

/** A transaction id or block hash, 64 lower-case hex digits. @throws {CairnError} `invalid-input`, naming the place. */
export function hashAt(value: unknown, where: string): string {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return /^[0-9a-f]{64}$/.test(text) ? text : refuse(where, 'is not a hash of 64 hex digits', value);
}

/** Bytes as lower-case hex without prefix. @throws {CairnError} `invalid-input`, naming the place. */
export function hexAt(value: unknown, where: string): string {
  if (typeof value === 'string' && value.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(value)) return value.toLowerCase();
  return refuse(where, 'is not hex', value);
}

/** A whole number from 0, given as a number or in digits. @throws {CairnError} `invalid-input`, naming the place. */
export function countAt(value: unknown, where: string): number {
  const number = typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  return refuse(where, 'is not a whole number from 0', value);
}

/** The same where it may be missing. */
export function countOrNull(value: unknown, where: string): number | null {
  return value === undefined || value === null ? null : countAt(value, where);
}

/** A transaction's version: four bytes that some sources read as signed. */
export function versionAt(value: unknown, where: string): number | null {
  if (value === undefined || value === null) return null;
  const number = typeof value === 'string' && /^-?[0-9]{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number)
    ? number
    : refuse(where, 'is not a whole number', value);
}

/** An amount given in satoshis. @throws {CairnError} `invalid-input`: a fraction, negative, or more than there can be. */
export function satoshisAt(value: unknown, where: string): bigint {
  const text = typeof value === 'number' ? decimalText(value) : typeof value === 'string' ? value.trim() : '';
  // NUMERIC columns may be written with a fraction of zeros.
  const match = /^([0-9]{1,16})(?:\.0*)?$/.exec(text);
  return match === null
    ? refuse(where, 'is not a whole number of satoshis', value)
    : bounded(BigInt(match[1] as string), where);
}

/**
 * An amount given in bitcoin, as a decimal or a double. A double's shortest decimal is exact here: two amounts of whole
 * satoshis up to 21 million bitcoin are never the same double.
 * @throws {CairnError} `invalid-input`: more than eight decimals that count, negative, or more than there can be.
 */
export function bitcoinAt(value: unknown, where: string): bigint {
  const text = typeof value === 'number' ? decimalText(value) : typeof value === 'string' ? value.trim() : '';
  const match = /^([0-9]{1,16})(?:\.([0-9]+))?$/.exec(text);
  if (match === null) return refuse(where, 'is not an amount of bitcoin', value);
  const decimals = (match[2] ?? '').replace(/0+$/, '');
  if (decimals.length > 8) return refuse(where, 'has a fraction of a satoshi', value);
  return bounded(BigInt(match[1] as string) * 100_000_000n + BigInt(decimals.padEnd(8, '0')), where);
}

/** A number without exponent: doubles below 10⁻⁶ print as `1e-8`. */
function decimalText(value: number): string {
  const text = String(value);
  const match = /^([0-9])(?:\.([0-9]+))?e-([0-9]+)$/.exec(text);
  if (match === null) return text;
  return `0.${'0'.repeat(Number(match[3]) - 1)}${match[1]}${match[2] ?? ''}`;
}

function bounded(amount: bigint, where: string): bigint {
  if (amount <= MAX_SATOSHIS) return amount;
  return refuse(where, 'is more than the 21 million bitcoin there can be', `${amount} satoshis`);
}

/**
 * A moment as Unix seconds: a number of seconds, or ISO 8601 (also with a space in the place of T, and `UTC` at its end); without
 * a zone it is UTC.
 * @throws {CairnError} `invalid-input`, naming the place.
 */
export function timeAt(value: unknown, where: string): number {
  if (typeof value === 'number' || (typeof value === 'string' && /^[0-9]{1,10}$/.test(value)))
    return countAt(value, where);
  const match =
    typeof value === 'string'
      ? /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?(?: ?UTC|Z|\+00(?::?00)?)?$/.exec(value.trim())
      : null;
  const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}Z`);
  return Number.isNaN(milliseconds) ? refuse(where, 'is not a time', value) : milliseconds / 1000;
}

export function refuse(where: string, what: string, value: unknown): never {
  const shown =
    typeof value === 'string' ? `'${value.slice(0, 80)}'` : (JSON.stringify(value) ?? 'missing').slice(0, 80);
  throw new CairnError('invalid-input', `${where} ${what}: ${shown}`);
}
