import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createRowBuffer,
  eachRow,
  readRows,
  readUInt64,
  readUInt256,
  writeAscii,
  writeInt32,
  writeText,
  writeUInt32,
  writeUInt64,
  writeUInt256,
  writtenRows,
} from './row-binary.ts';

async function* cut(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const place of [...places].sort((a, b) => a - b)) {
    const end = Math.min(place, bytes.length);
    yield bytes.subarray(start, end);
    start = end;
  }
  yield bytes.subarray(start);
}

/** Rows of a one-byte size and as many bytes. */
const rowEnd = (bytes: Buffer, at: number): number => at + 1 + (bytes[at] as number);

describe('RowBinary', () => {
  test('law: 256-bit integers come back as they were, in little-endian bytes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.integer({ min: 0, max: 255 }), (value, shift) => {
        const written = value >> BigInt(shift);
        const buffer = createRowBuffer(32);
        writeUInt256(buffer, written);
        expect(readUInt256(buffer.view, 0)).toBe(written);
        expect(BigInt(`0x${Buffer.from(writtenRows(buffer)).reverse().toString('hex')}`)).toBe(written);
      }),
    );
  });

  test('values that a column cannot hold are refused, never wrapped', () => {
    const buffer = createRowBuffer(1000);
    const refused = [
      () => writeUInt256(buffer, 2n ** 256n),
      () => writeUInt256(buffer, -1n),
      () => writeUInt64(buffer, -1),
      () => writeUInt64(buffer, 2 ** 53),
      () => writeUInt64(buffer, 0.5),
      () => writeUInt32(buffer, 2 ** 32),
      () => writeInt32(buffer, 2 ** 31),
      () => writeAscii(buffer, 'ü', 0),
      () => writeAscii(buffer, 'ü'.repeat(200), 0),
      () => writeText(buffer, 'x'.repeat(1000)),
    ];
    for (const write of refused) expect(write).toThrow('The ledger cannot store this value');
    expect(buffer.length).toBe(0);
  });

  test('law: values come back in the order they were written', async () => {
    const values = fc.tuple(
      fc.integer({ min: 0, max: 2 ** 53 - 1 }),
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.nat(),
    );
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 0, max: 300 }), async ([block, name, position, index], repeat) => {
        const long = 'ab'.repeat(repeat);
        const buffer = createRowBuffer(20_000);
        writeUInt64(buffer, block);
        writeText(buffer, name);
        writeInt32(buffer, position);
        writeAscii(buffer, long, 0);
        writeUInt32(buffer, index);
        const rows = await readRows(cut(writtenRows(buffer), [1, 9]));
        expect([rows.uint64(), rows.text(), rows.int32(), rows.text(), rows.uint32()]).toEqual([
          block,
          name,
          position,
          long,
          index,
        ]);
        expect(rows.done()).toBe(true);
        expect(readUInt64(buffer.view, 0)).toBe(block);
      }),
    );
  });

  test('law: however an answer is cut, its rows are the same', async () => {
    const rows = fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(rows, fc.array(fc.nat({ max: 120 }), { maxLength: 30 }), async (written, places) => {
        const bytes = Buffer.concat(written.map((row) => Buffer.concat([Buffer.from([row.length]), row])));
        const read: Uint8Array[] = [];
        await eachRow(cut(bytes, places), rowEnd, (chunk, _, at) => {
          read.push(new Uint8Array(chunk.subarray(at + 1, rowEnd(chunk, at))));
        });
        expect(read).toEqual(written);
      }),
    );
  });

  test('an answer that ends inside a row is a defect', async () => {
    await expect(eachRow(cut(Buffer.from([2, 1]), []), rowEnd, () => {})).rejects.toMatchObject({ code: 'defect' });
  });
});
