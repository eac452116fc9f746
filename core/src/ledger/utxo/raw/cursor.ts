import { CairnError } from '../../../errors.ts';

/** Where a reader stands in bytes it does not trust. Every read checks that it stays inside. */
export type Cursor = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Of the next byte, from 0. */
  at: number;
};

/** The largest number a length or count may state (MAX_SIZE of the network's serialisation). */
const MAX_COUNT = 0x02000000;
const CUT_OFF: readonly string[] = ['the data is cut off, or is not what it claims to be'];

export function cursorOf(bytes: Uint8Array): Cursor {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
}

/** @throws {CairnError} `invalid-input`, always: names the byte and what was being read there. */
export function rejectAt(at: number, what: string, reason: string, hints: readonly string[] = []): never {
  throw new CairnError('invalid-input', `at byte ${at}: ${what}: ${reason}`, { hints });
}

/** Makes sure that so many bytes are left. */
function need({ bytes, at }: Cursor, length: number, what: string): void {
  const left = bytes.length - at;
  if (left < length) rejectAt(at, what, `${counted(length)} needed, ${left} left`, CUT_OFF);
}

export function counted(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

/** The next bytes as a view of the same memory, not a copy. */
export function readBytes(cursor: Cursor, length: number, what: string): Uint8Array {
  need(cursor, length, what);
  const start = cursor.at;
  cursor.at = start + length;
  return cursor.bytes.subarray(start, cursor.at);
}

export function readByte(cursor: Cursor, what: string): number {
  need(cursor, 1, what);
  return cursor.bytes[cursor.at++] as number;
}

/** Four bytes, little-endian, from 0. */
export function readUint32(cursor: Cursor, what: string): number {
  need(cursor, 4, what);
  const value = cursor.view.getUint32(cursor.at, true);
  cursor.at += 4;
  return value;
}

/** Four bytes, little-endian, signed. */
export function readInt32(cursor: Cursor, what: string): number {
  return readUint32(cursor, what) | 0;
}

/** Eight bytes, little-endian. @returns null: more than a number holds exactly. */
export function readUint64(cursor: Cursor, what: string): number | null {
  need(cursor, 8, what);
  const low = cursor.view.getUint32(cursor.at, true);
  const high = cursor.view.getUint32(cursor.at + 4, true);
  cursor.at += 8;
  return high < 0x200000 ? high * 0x100000000 + low : null;
}

/**
 * A count of things or bytes that follow (CompactSize): one byte, or 253, 254, 255 and two, four, eight more.
 * @param least - bytes that each of them takes at the least: what cannot fit in the rest is refused before it is read.
 * @throws {CairnError} `invalid-input`: not in the shortest form, more than the network's limit, more than the bytes left can hold.
 */
export function readCount(cursor: Cursor, least: number, what: string): number {
  const start = cursor.at;
  const first = readByte(cursor, what);
  const count = first < 253 ? first : readLongCount(cursor, first, start, what);
  const left = cursor.bytes.length - cursor.at;
  if (count * least > left) {
    const each = least === 1 ? '' : ` of at least ${least} bytes each`;
    rejectAt(start, what, `${count}${each} stated, ${counted(left)} left`, CUT_OFF);
  }
  return count;
}

function readLongCount(cursor: Cursor, first: number, start: number, what: string): number {
  const width = first === 253 ? 2 : first === 254 ? 4 : 8;
  need(cursor, width, what);
  let exact = 0n;
  for (let i = width - 1; i >= 0; i--) exact = exact * 256n + BigInt(cursor.bytes[cursor.at + i] as number);
  cursor.at += width;
  if (exact > MAX_COUNT) rejectAt(start, what, `a count of ${exact}, more than the ${MAX_COUNT} the network allows`);
  const value = Number(exact);
  const shorter = width === 2 ? 253 : width === 4 ? 0x10000 : 0x100000000;
  if (value < shorter) rejectAt(start, what, `the count ${value} is not in its shortest form`);
  return value;
}
