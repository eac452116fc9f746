import { CairnError } from '../errors.ts';

/** Amounts are 256-bit, as the chains' own are. */
const LIMIT = 2n ** 256n;
/** Decimal digits of the largest amount. */
const MAX_DIGITS = 78;

/**
 * An amount in base units.
 * @param text - a decimal integer, 0 ≤ x < 2^256.
 * @throws {CairnError} `invalid-input`, with the reason: negative, fractional, too large, not a number.
 */
export function parseAmount(text: string): bigint {
  if (/^[0-9]+$/.test(text)) return checkRange(text, text);
  return rejectAmount(text, whyNotInteger(text));
}

/**
 * An amount in base units from a source that may have passed it through floating point (`9.78e+19`, `123.0`).
 * @returns the amount written, and whether the notation was a float's, so that low digits may be lost.
 * @throws {CairnError} `invalid-input`, with the reason.
 */
export function parseLooseAmount(text: string): { readonly amount: bigint; readonly rounded: boolean } {
  if (/^[0-9]+$/.test(text)) return { amount: checkRange(text, text), rounded: false };
  const parts = /^([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,4}))?$/.exec(text);
  if (parts === null) return rejectAmount(text, whyNotInteger(text));
  const [, whole = '', fraction = '', exponent = '0'] = parts;
  return { amount: shiftPoint(text, whole, fraction, Number(exponent)), rounded: true };
}

/**
 * An amount from its decimal notation, exactly.
 * @param text - whole coins, `1.5`; no sign, no exponent, no grouping.
 * @param decimals - how many digits of the asset stand after the point.
 * @returns base units.
 * @throws {CairnError} `invalid-input`: not a decimal, or finer than the asset's base unit.
 */
export function parseDecimal(text: string, decimals: number): bigint {
  const parts = /^([0-9]+)(?:\.([0-9]+))?$/.exec(text);
  if (parts === null) return rejectAmount(text, text.startsWith('-') ? 'negative' : 'not a decimal number');
  return shiftPoint(text, parts[1] ?? '', parts[2] ?? '', decimals);
}

/**
 * The exact decimal notation of an amount: no exponent, no grouping, no zeros at its end.
 * @param amount - base units; a difference may be negative.
 * @param decimals - how many digits of the asset stand after the point.
 */
export function formatDecimal(amount: bigint, decimals: number): string {
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  const whole = decimals === 0 ? digits : digits.slice(0, -decimals);
  return decimals === 0 || fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** `whole.fraction × 10^places`, which must be an integer. */
function shiftPoint(text: string, whole: string, fraction: string, places: number): bigint {
  const digits = whole + fraction;
  const shift = places - fraction.length;
  if (shift < 0) {
    if (/[1-9]/.test(digits.slice(shift))) return rejectAmount(text, 'fractional: finer than one base unit');
    return checkRange(text, digits.slice(0, shift));
  }
  const significant = digits.replace(/^0+/, '');
  if (significant === '') return 0n;
  if (significant.length + shift > MAX_DIGITS) return rejectAmount(text, '2^256 or more');
  return checkRange(text, significant + '0'.repeat(shift));
}

function checkRange(text: string, digits: string): bigint {
  const significant = digits.replace(/^0+(?=.)/, '');
  if (significant.length <= MAX_DIGITS) {
    const amount = BigInt(significant);
    if (amount < LIMIT) return amount;
  }
  return rejectAmount(text, '2^256 or more');
}

function whyNotInteger(text: string): string {
  if (/^-[0-9]/.test(text)) return 'negative';
  if (/^[0-9]+\.[0-9]+$/.test(text)) return 'fractional';
  return text === '' ? 'empty' : 'not a number';
}

function rejectAmount(text: string, reason: string): never {
  throw new CairnError('invalid-input', `not an amount: '${text.slice(0, 100)}': ${reason}`);
}
