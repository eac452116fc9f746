import { CairnError } from '../../errors.ts';
import { type Account, type Chain, canonicalAccount, isEvmChain, parseLooseAmount, parseTime } from '../../units/index.ts';
import { RowRejection } from './draft.ts';

const UINT256_END = 1n << 256n;
/** Entries after which an account cache starts anew, so that memory stays bounded on any file: about 100 MB. */
const CACHE_LIMIT = 500_000;

/** Rejects the row because of one cell. */
export function rejectCell(column: string, text: string, why: string): never {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  throw new RowRejection(`${column}: ${why}${shown === '' ? '' : ` (${shown})`}`, `${column}: ${why}`);
}

/** Runs a parser on a cell; its complaint becomes the row's. */
export function parseCell<T>(column: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof CairnError)) throw error;
    const group = text === '' ? error.message : error.message.replaceAll(text, '…');
    throw new RowRejection(`${column}: ${error.message}`, `${column}: ${group}`);
  }
}

/** A copy that does not keep alive the larger text it was cut from. */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}

function allDigits(text: string): boolean {
  const length = text.length;
  if (length === 0) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** A whole number below 10^15: block numbers, indexes, gas. */
export function wholeNumber(column: string, text: string): number {
  if (text.length <= 15 && allDigits(text)) return Number(text);
  // Data frames write whole numbers of a column with gaps as '57.0'.
  const whole = /^(\d{1,15})\.0$/.exec(text);
  if (whole !== null) return Number(whole[1]);
  return rejectCell(column, text, text === '' ? 'is empty' : 'is not a whole number');
}

/** As `wholeNumber`, null where the cell is empty. */
export function optionalNumber(column: string, text: string): number | null {
  return text === '' ? null : wholeNumber(column, text);
}

/** Unix seconds from a cell that has them as digits, or as a UTC date and time. */
export function timeCell(column: string, text: string): number {
  // Eleven digits reach the year 5138: more are milliseconds or finer.
  if (allDigits(text)) return text.length <= 11 ? Number(text) : rejectCell(column, text, 'is not a time in seconds');
  return parseCell(column, text, parseTime);
}

export type Amount = { readonly amount: bigint; readonly rounded: boolean };

/** Base units from a cell: a whole number below 2^256, or float notation, which is flagged as rounded. */
export function amountCell(column: string, text: string): Amount {
  if (text.length <= 78 && allDigits(text)) {
    const amount = BigInt(text);
    if (amount < UINT256_END) return { amount, rounded: false };
    return rejectCell(column, text, 'is 2^256 or more');
  }
  return parseCell(column, text, parseLooseAmount);
}

/** An EVM transaction or block hash in canonical form. */
export function hashCell(column: string, text: string): string {
  if (text.length !== 66 || text.charCodeAt(0) !== 48 || (text.charCodeAt(1) | 32) !== 120) {
    return rejectCell(column, text, text === '' ? 'is empty' : 'is not a hash of 0x and 64 hex digits');
  }
  let upper = text.charCodeAt(1) === 88;
  for (let i = 2; i < 66; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 48 && code <= 57) || (code >= 97 && code <= 102)) continue;
    if (code < 65 || code > 70) return rejectCell(column, text, 'is not a hash of 0x and 64 hex digits');
    upper = true;
  }
  return upper ? text.toLowerCase() : text;
}

/** Slots of the cache of lower-case addresses: the four hex digits it is indexed by. */
const SLOTS = 1 << 16;

/**
 * Reads the address cells of one chain.
 * @param parse - reads an address in any form; called for what is not a lower-case EVM address of the chain.
 */
export function createAccountCells(
  chain: Chain,
  parse: (text: string) => Account = (text) => canonicalAccount(chain, text),
): (column: string, text: string) => Account {
  const evm = isEvmChain(chain);
  const prefix = `${chain}:`;
  // Addresses repeat, but a map of them all is slower than reading each anew: most of its look-ups miss the
  // processor's cache. So lower-case ones, which are cheap to check, share slots; the others have a map.
  const slots: (Account | undefined)[] = new Array(evm ? SLOTS : 0).fill(undefined);
  const others = new Map<string, Account>();
  return (column, text) => {
    if (evm && text.length === 42 && isLowerHex(text, 2) && text.startsWith('0x')) {
      const slot = lowBits(text);
      const seen = slots[slot];
      if (seen?.endsWith(text)) return seen;
      const account: Account = `${prefix}${text}` as Account;
      // Reading a character makes the engine copy the text, so that it no longer holds on to the file's.
      if (account.charCodeAt(0) === prefix.charCodeAt(0)) slots[slot] = account;
      return account;
    }
    const known = others.get(text);
    if (known !== undefined) return known;
    if (text === '') return rejectCell(column, text, 'is empty');
    const account = parseCell(column, text, parse);
    if (others.size >= CACHE_LIMIT) others.clear();
    others.set(detached(text), account);
    return account;
  };
}

function isLowerHex(text: string, from: number): boolean {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

/** A number below 2^16 from the last four hex digits. */
function lowBits(text: string): number {
  let bits = 0;
  for (let i = text.length - 4; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bits = (bits << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return bits;
}
