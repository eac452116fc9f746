import { CairnError } from '../../errors.ts';
import { parseLooseAmount, parseTime } from '../../units/index.ts';
import { RowRejection } from './draft.ts';
import { type Cell, isEmpty, type Row, textOf } from './row.ts';

const UINT256_END = 1n << 256n;
const ZERO = 48;
const NINE = 57;

/** Rejects the row because of one cell. */
export function rejectCell(column: string, text: string, why: string): never {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  throw new RowRejection(`${column}: ${why}${shown === '' ? '' : ` (${shown})`}`, `${column}: ${why}`);
}

/** Runs a parser on a cell's text; its complaint becomes the row's. */
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

/** The number a cell's digits give; -1 if it has other characters, none, or more digits than `most`. */
function digitsOf({ bytes, starts, ends, first }: Row, place: number, most: number): number {
  const start = starts[first + place] as number;
  const end = ends[first + place] as number;
  if (end === start || end - start > most) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const code = bytes[i] as number;
    if (code < ZERO || code > NINE) return -1;
    value = value * 10 + (code - ZERO);
  }
  return value;
}

function allDigits({ bytes, starts, ends, first }: Row, place: number): boolean {
  const start = starts[first + place] as number;
  const end = ends[first + place] as number;
  for (let i = start; i < end; i++) {
    const code = bytes[i] as number;
    if (code < ZERO || code > NINE) return false;
  }
  return end > start;
}

/** A whole number below 10^15: block numbers, indexes, gas. */
export function wholeNumber(row: Row, cell: Cell): number {
  const value = cell.place < 0 ? -1 : digitsOf(row, cell.place, 15);
  if (value >= 0) return value;
  const text = textOf(row, cell);
  // Data frames write whole numbers of a column with gaps as '57.0'.
  const whole = /^(\d{1,15})\.0$/.exec(text);
  if (whole !== null) return Number(whole[1]);
  return rejectCell(cell.name, text, text === '' ? 'is empty' : 'is not a whole number');
}

/** As `wholeNumber`, null where the cell is empty. */
export function optionalNumber(row: Row, cell: Cell): number | null {
  return isEmpty(row, cell) ? null : wholeNumber(row, cell);
}

/** Reads Unix seconds from cells that have them as digits, or as a UTC date and time. */
export function createTimeCells(): (row: Row, cell: Cell) => number {
  let lastText = '';
  let lastTime = 0;
  return (row, cell) => {
    // Eleven digits reach the year 5138: more are milliseconds or finer.
    const seconds = digitsOf(row, cell.place, 11);
    if (seconds >= 0) return seconds;
    const text = row.text(cell.place);
    if (text === lastText && text !== '') return lastTime;
    if (/^\d+$/.test(text)) return rejectCell(cell.name, text, 'is not a time in seconds');
    lastTime = parseCell(cell.name, text, parseTime);
    lastText = detached(text);
    return lastTime;
  };
}

export type Amount = { readonly amount: bigint; readonly rounded: boolean };

/** Base units from a cell: a whole number below 2^256, or float notation, which is flagged as rounded. */
export function amountCell(row: Row, cell: Cell): Amount {
  const small = digitsOf(row, cell.place, 15);
  if (small >= 0) return { amount: BigInt(small), rounded: false };
  const text = row.text(cell.place);
  if (text.length <= 78 && allDigits(row, cell.place)) {
    const amount = BigInt(text);
    return amount < UINT256_END ? { amount, rounded: false } : rejectCell(cell.name, text, 'is 2^256 or more');
  }
  return parseCell(cell.name, text, parseLooseAmount);
}

/** As `amountCell`, 0 where the cell is empty because nothing was moved. */
export function optionalAmount(row: Row, cell: Cell): Amount {
  return isEmpty(row, cell) ? { amount: 0n, rounded: false } : amountCell(row, cell);
}

const NO_DIGIT = 255;

/** Value of each lower-case hex digit, 255 for every other byte. */
const HEX = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  return code >= 97 && code <= 102 ? code - 87 : NO_DIGIT;
});

/**
 * Packs lower-case hex digits into words of eight.
 * @returns false if there are other characters among them.
 */
export function packHex(bytes: Uint8Array, start: number, words: Uint32Array): boolean {
  let any = 0;
  let at = start;
  for (let word = 0; word < words.length; word++) {
    let value = 0;
    for (let i = 0; i < 8; i++) {
      const digit = HEX[bytes[at++] as number] as number;
      any |= digit;
      value = (value << 4) | digit;
    }
    words[word] = value;
  }
  return any < 16;
}

/** The eight words of a hash. */
const hashWords = new Uint32Array(8);

/** An EVM transaction or block hash in canonical form. */
export function hashCell(row: Row, cell: Cell): string {
  const { bytes, starts, ends, first } = row;
  const start = starts[first + cell.place] as number;
  const plain =
    (ends[first + cell.place] as number) - start === 66 && bytes[start] === ZERO && bytes[start + 1] === 120;
  const text = row.text(cell.place);
  if (plain && packHex(bytes, start + 2, hashWords)) return text;
  if (/^0x[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  return rejectCell(cell.name, text, text === '' ? 'is empty' : 'is not a hash of 0x and 64 hex digits');
}
