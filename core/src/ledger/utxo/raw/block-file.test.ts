import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { earlyBlocksFile, realBlock } from '../../../../../test/bitcoin/real-blocks.ts';
import { reasonOf } from '../../../../../test/bitcoin/reason-of.ts';
import { join, uint } from '../../../../../test/bitcoin/write-raw.ts';
import { type CutBlock, createBlockCutter, recogniseBlocks } from './block-file.ts';

const MAGIC = Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9);
const KEY = Uint8Array.of(0xf9, 0x00, 0x5a, 0xd9, 0x01, 0xff, 0x80, 0x37);
const SMALL = realBlock(169_482);

const framed = (block: Uint8Array) => join([MAGIC, uint(block.length, 4), block]);
const obscured = (bytes: Uint8Array, key: Uint8Array, from = 0) =>
  bytes.map((byte, i) => byte ^ (key[(from + i) % 8] as number));

function cutWhole(
  bytes: Uint8Array,
  sizes: readonly number[],
  options: Parameters<typeof createBlockCutter>[0] = {},
): CutBlock[] {
  const cutter = createBlockCutter(options);
  const blocks: CutBlock[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    blocks.push(...cutter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  cutter.end();
  return blocks;
}

describe('cutting', () => {
  test('law: the sizes of chunks change nothing, nor does a key, nor space reserved between and behind', async () => {
    const early = await earlyBlocksFile();
    const plain = cutWhole(early, [early.length]);
    expect(plain).toHaveLength(255);
    expect(plain[0]?.at).toBe(0);
    const first = plain[1]?.at as number;
    const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 });
    const anyKey = fc.oneof(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.constant(KEY), fc.constant(null));
    fc.assert(
      fc.property(sizes, anyKey, fc.nat(20), fc.nat(20), (chunks, key, between, behind) => {
        const space = (length: number) => new Uint8Array(length);
        const rest = early.subarray(first);
        const bytes =
          key === null
            ? join([early.subarray(0, first), space(between), rest, space(behind)])
            : join([
                obscured(early.subarray(0, first), key),
                // As a node reserves it: zeros in the file itself.
                space(between),
                obscured(rest, key, first + between),
                space(behind),
              ]);
        const blocks = cutWhole(bytes, chunks, key === null ? {} : { key });
        expect(blocks.map(({ bytes: block }) => block)).toEqual(plain.map(({ bytes: block }) => block));
        expect(blocks[1]?.at).toBe(first + between);
      }),
      { numRuns: 30 },
    );
  });

  test('space whose zeros were obscured too', () => {
    const bytes = obscured(join([framed(SMALL), new Uint8Array(13), framed(SMALL), new Uint8Array(7)]), KEY);
    const blocks = cutWhole(bytes, [1000], { key: KEY });
    expect(blocks).toEqual([
      { at: 0, bytes: SMALL },
      { at: SMALL.length + 21, bytes: SMALL },
    ]);
  });

  test('goes on where an earlier reader stood', async () => {
    const file = obscured(await earlyBlocksFile(), KEY);
    const cutter = createBlockCutter({ key: KEY });
    const before = cutter.push(file.subarray(0, 30_000));
    const from = cutter.position();
    expect(from).toBeGreaterThan(29_000);
    const after = cutWhole(file.subarray(from), [4096], { key: KEY, from });
    expect([...before, ...after]).toEqual(cutWhole(file, [file.length], { key: KEY }));
  });

  test('blocks keep their bytes when the chunk they came in is used again', () => {
    const chunk = framed(SMALL);
    const [block] = createBlockCutter().push(chunk);
    chunk.fill(0);
    expect(block?.bytes).toEqual(SMALL);
  });

  test.each([
    [
      'other bytes where a block must start',
      join([framed(SMALL), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)]),
      'at byte 18686: 01020304 where a block must start with f9beb4d9',
    ],
    [
      'a test network',
      join([Uint8Array.of(0x0b, 0x11, 0x09, 0x07), new Uint8Array(4)]),
      'at byte 0: 0b110907 where a block must start with f9beb4d9: a block of testnet 3',
    ],
    [
      'an absurd length',
      join([MAGIC, uint(4_000_001, 4)]),
      'at byte 4: a block of 4000001 bytes; a block has from 81 to 4000000',
    ],
    [
      'a length too short for a block',
      join([MAGIC, uint(80, 4)]),
      'at byte 4: a block of 80 bytes; a block has from 81 to 4000000',
    ],
    [
      'a file cut off',
      framed(SMALL).subarray(0, 5000),
      'at byte 0: a block starts here, the file ends in the middle of it, at byte 5000',
    ],
    [
      'a file cut off in a frame',
      join([framed(SMALL), MAGIC]),
      'at byte 18686: a block starts here, the file ends in the middle of it, at byte 18690',
    ],
  ])('%s', (_, bytes, reason) => {
    expect(reasonOf(() => cutWhole(bytes, [512]))).toBe(reason);
  });

  test('a key that is none', () => {
    expect(reasonOf(() => createBlockCutter({ key: new Uint8Array(12) }))).toBe('a key of 12 bytes, not 8');
  });
});

describe('recognition', () => {
  test('a block file, obscured or not, and a single block', () => {
    expect(recogniseBlocks(framed(SMALL))).toBe('framed');
    expect(recogniseBlocks(obscured(framed(SMALL), KEY), { key: KEY })).toBe('framed');
    expect(recogniseBlocks(SMALL)).toBe('block');
  });

  test('anything else is refused with what it may be', () => {
    expect(reasonOf(() => recogniseBlocks(obscured(framed(SMALL), KEY)))).toMatch(
      /^these are not Bitcoin blocks: they start with /,
    );
    expect(reasonOf(() => recogniseBlocks(new Uint8Array(0)))).toMatch(/^these are not Bitcoin blocks/);
    expect(reasonOf(() => recogniseBlocks(Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda)))).toBe(
      'these are blocks of regtest, not of the main network',
    );
  });
});
