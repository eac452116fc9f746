import { CairnError } from '../../../errors.ts';

const TWO_32 = 0x1_0000_0000;

/** Rows being encoded: bytes up to `length` are written. The caller makes room before it writes. */
export type RowBuffer = { readonly bytes: Buffer; readonly view: DataView; length: number };

export function createRowBuffer(capacity: number): RowBuffer {
  const bytes = Buffer.allocUnsafeSlow(capacity);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), length: 0 };
}

/** The part of a buffer that is written. */
export function writtenRows(buffer: RowBuffer): Uint8Array {
  return buffer.bytes.subarray(0, buffer.length);
}

export function writeUInt64(buffer: RowBuffer, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw unfit(String(value));
  buffer.view.setUint32(buffer.length, value % TWO_32, true);
  buffer.view.setUint32(buffer.length + 4, value / TWO_32, true);
  buffer.length += 8;
}

export function writeUInt32(buffer: RowBuffer, value: number): void {
  if (value >>> 0 !== value) throw unfit(String(value));
  buffer.view.setUint32(buffer.length, value, true);
  buffer.length += 4;
}

export function writeInt32(buffer: RowBuffer, value: number): void {
  if ((value | 0) !== value) throw unfit(String(value));
  buffer.view.setInt32(buffer.length, value, true);
  buffer.length += 4;
}

/** A 256-bit unsigned integer as 32 little-endian bytes. */
export function writeUInt256(buffer: RowBuffer, value: bigint): void {
  const { view, length } = buffer;
  if (value < 0n) throw unfit(String(value));
  view.setBigUint64(length, value, true);
  const upper = value >> 64n;
  if (upper === 0n) {
    buffer.bytes.fill(0, length + 8, length + 32);
  } else {
    if (upper >> 192n !== 0n) throw unfit(String(value));
    view.setBigUint64(length + 8, upper, true);
    view.setBigUint64(length + 16, upper >> 64n, true);
    view.setBigUint64(length + 24, upper >> 128n, true);
  }
  buffer.length += 32;
}

/** A short ASCII text from its `start` on: what CAIP identifiers are made of. */
export function writeAscii(buffer: RowBuffer, text: string, start: number): void {
  const { bytes } = buffer;
  const size = text.length - start;
  if (size > 127) {
    const rest = text.slice(start);
    if (Buffer.byteLength(rest) !== size) throw unfit(text);
    writeText(buffer, rest);
    return;
  }
  let at = buffer.length;
  bytes[at++] = size;
  let seen = 0;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    seen |= code;
    bytes[at++] = code;
  }
  if (seen > 127) throw unfit(text);
  buffer.length = at;
}

/** Any text, as UTF-8. */
export function writeText(buffer: RowBuffer, text: string): void {
  let size = Buffer.byteLength(text);
  if (buffer.length + size + 5 > buffer.bytes.length) throw unfit(`${text.slice(0, 100)}…`);
  const bytes = size;
  while (size > 127) {
    buffer.bytes[buffer.length++] = (size & 127) | 128;
    size >>>= 7;
  }
  buffer.bytes[buffer.length++] = size;
  buffer.bytes.write(text, buffer.length, bytes, 'utf8');
  buffer.length += bytes;
}

function unfit(value: string): CairnError {
  return new CairnError('invalid-input', `The ledger cannot store this value: ${value}`);
}

export function readUInt64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * TWO_32;
}

/** The inverse of `writeUInt256`. */
export function readUInt256(view: DataView, at: number): bigint {
  const low = view.getBigUint64(at, true);
  const next = view.getBigUint64(at + 8, true);
  const third = view.getBigUint64(at + 16, true);
  const top = view.getBigUint64(at + 24, true);
  if (top === 0n && third === 0n) return next === 0n ? low : low | (next << 64n);
  return low | (next << 64n) | (third << 128n) | (top << 192n);
}

/** Reads a small answer value by value, in the order of its columns. */
export type RowReader = { done(): boolean; uint32(): number; int32(): number; uint64(): number; text(): string };

/** Collects an answer that is known to be small. */
export async function readRows(chunks: AsyncIterable<Uint8Array>): Promise<RowReader> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const bytes = Buffer.concat(parts);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const after = (size: number): number => {
    at += size;
    return at - size;
  };
  return {
    done: () => at >= bytes.length,
    uint32: () => view.getUint32(after(4), true),
    int32: () => view.getInt32(after(4), true),
    uint64: () => readUInt64(view, after(8)),
    text: () => {
      let size = 0;
      let shift = 0;
      for (let byte = 128; byte > 127; shift += 7) {
        byte = bytes[at++] ?? 0;
        size |= (byte & 127) << shift;
      }
      return bytes.toString('utf8', after(size), at);
    },
  };
}

/**
 * Cuts an answer into whole rows, however its chunks are cut.
 * @param rowEnd - where the row that starts at `at` ends; more than `bytes.length` (or NaN) if it is not all there.
 * @param visit - called with a buffer and the start of a row in it.
 */
export async function eachRow(
  chunks: AsyncIterable<Uint8Array>,
  rowEnd: (bytes: Buffer, at: number) => number,
  visit: (bytes: Buffer, view: DataView, at: number) => void,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const bytes = rest.length === 0 ? fresh : Buffer.concat([rest, fresh]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (let end = rowEnd(bytes, at); end <= bytes.length && end > at; end = rowEnd(bytes, at)) {
      visit(bytes, view, at);
      at = end;
    }
    rest = bytes.subarray(at);
  }
  if (rest.length > 0) throw new CairnError('defect', 'The ledger engine returned a row that is cut off.');
}
