import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createListDecoder } from './text-decoder.ts';

function decodeIn(bytes: Uint8Array, sizes: readonly number[]): string {
  const decoder = createListDecoder();
  let text = '';
  let from = 0;
  for (let i = 0; from < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    text += decoder.decode(bytes.subarray(from, from + size));
    from += size;
  }
  return text + decoder.end();
}

/** Where UTF-8 ends being valid, by trying ever longer beginnings. */
function naiveOffset(bytes: Uint8Array): number {
  let good = 0;
  for (let end = 1; end <= bytes.length; end += 1) if (isUtf8(bytes.subarray(0, end))) good = end;
  return good;
}

/** Pieces of at least four bytes: the first decides about the encoding. */
const SIZES = fc.array(fc.integer({ min: 4, max: 9 }), { minLength: 1, maxLength: 5 });

describe('laws', () => {
  test('text comes out the same however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), SIZES, (tail, sizes) => {
        const text = `name: ${tail}`;
        expect(decodeIn(Buffer.from(text), sizes)).toBe(text);
      }),
    );
  });

  test('the offset of a byte that is not valid is that of trying every beginning', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
        SIZES,
        (text, junk, sizes) => {
          const bytes = Buffer.concat([Buffer.from(`name: ${text}`), junk, Buffer.from(' more text')]);
          fc.pre(!isUtf8(bytes));
          expect(() => decodeIn(bytes, sizes)).toThrow(`not valid UTF-8 at byte ${naiveOffset(bytes)}`);
        },
      ),
    );
  });
});

test('a file cut off in the middle of a character says so', () => {
  expect(() => decodeIn(Buffer.from('name: \u00d1').subarray(0, 7), [64])).toThrow('cut off at byte 7');
});
