import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { earlyBlocksFile, realBlock } from '../../../../../test/bitcoin/real-blocks.ts';
import { reasonOf } from '../../../../../test/bitcoin/reason-of.ts';
import { BITCOIN } from '../../../units/index.ts';
import { parseBlock } from './block.ts';
import { createBlockCutter } from './block-file.ts';
import { targetOf, workOf } from './header.ts';
import { type HeaderChain, linkHeaders, type StatedHeader } from './header-chain.ts';

/** A made-up header: hashes are a word, repeated to their length. */
function header(name: string, previous: string, more: Partial<StatedHeader> = {}): StatedHeader {
  const common = { version: 2, merkleRoot: '0'.repeat(64), time: 0, bits: 0x1d00ffff, nonce: 0 };
  return { ...common, hash: hashOf(name), previous: hashOf(previous), ...more };
}
const hashOf = (name: string) => name.padStart(64, '0');
const shapeOf = (chains: readonly HeaderChain[]) =>
  chains.map(({ headers }) => headers.map(({ hash, height }) => `${height}:${hash.replace(/^0+/, '')}`).join(' '));

test('blocks 1 to 255 follow from the genesis block, in whatever order they are given', async () => {
  const cut = createBlockCutter().push(await earlyBlocksFile());
  const headers = cut.map(({ bytes }) => parseBlock(BITCOIN, bytes).header);
  fc.assert(
    fc.property(fc.shuffledSubarray(headers, { minLength: headers.length }), (given) => {
      const { chains, forks, orphans } = linkHeaders(given);
      expect([chains.length, forks, orphans]).toEqual([1, [], []]);
      expect(chains[0]?.headers).toEqual(headers.map((own, i) => ({ ...own, height: i + 1 })));
    }),
    { numRuns: 5 },
  );
});

test('lone blocks stand where their coinbases say; others are orphans', () => {
  const headers = ([169_482, 227_835, 363_703, 481_829] as const).map((height) => {
    const block = parseBlock(BITCOIN, realBlock(height));
    return { ...block.header, statedHeight: block.height };
  });
  const { chains, orphans } = linkHeaders(headers);
  expect(chains.map(({ headers: [only] }) => only?.height)).toEqual([363_703, 481_829]);
  // Blocks 169482 and 227835 have version 1 and state no height.
  expect(orphans.map(({ hash }) => hash)).toEqual(headers.slice(0, 2).map(({ hash }) => hash));
  const previous = headers[0]?.previous as string;
  expect(linkHeaders(headers, [{ hash: previous, height: 169_481 }]).chains[0]?.headers[0]?.height).toBe(169_482);
});

describe('branches', () => {
  const anchors = [{ hash: hashOf('a'), height: 10 }];

  test('the branch with the most work is the chain, not the longest', () => {
    // A target 256 times harder.
    const hard = { bits: 0x1c00ffff };
    const given = [header('b', 'a'), header('c', 'b'), header('d', 'c'), header('e', 'b', hard), header('f', 'e')];
    const { chains, forks, orphans } = linkHeaders(given, anchors);
    expect(shapeOf(chains)).toEqual(['11:b 12:e 13:f']);
    expect(shapeOf(forks)).toEqual(['12:c 13:d']);
    expect(orphans).toEqual([]);
    expect(chains[0]?.work).toBe(2n * workOf(0x1d00ffff) + workOf(0x1c00ffff));
  });

  test('of equal work, the branch whose end was given first', () => {
    const [one, other] = [header('b', 'a'), header('c', 'a')];
    // Both have the same unknown parent: two trees, neither better than the other.
    expect(shapeOf(linkHeaders([one, other], anchors).chains)).toEqual(['11:b', '11:c']);
    const root = header('a', '9');
    expect(shapeOf(linkHeaders([root, other, one], anchors).chains)).toEqual(['10:a 11:c']);
    expect(shapeOf(linkHeaders([one, root, other], anchors).chains)).toEqual(['10:a 11:b']);
  });

  test('forks of forks, and the same header given twice', () => {
    const given = [
      header('a', '9'),
      header('b', 'a'),
      header('c', 'b'),
      header('d', 'c'),
      header('e', 'a'),
      header('f', 'e'),
      header('1f', 'e'),
      header('f', 'e'),
    ];
    const { chains, forks } = linkHeaders(given, anchors);
    expect(shapeOf(chains)).toEqual(['10:a 11:b 12:c 13:d']);
    expect(shapeOf(forks)).toEqual(['11:e 12:f', '12:1f']);
  });

  test('no ancestor of known height', () => {
    const given = [header('c', 'b'), header('b', '9')];
    expect(linkHeaders(given)).toEqual({ chains: [], forks: [], orphans: given });
  });
});

describe('heights that cannot both be true', () => {
  const refused = (headers: readonly StatedHeader[], anchors: Parameters<typeof linkHeaders>[1]) =>
    reasonOf(() => linkHeaders(headers, anchors), 'contradiction');

  test('two given, given and stated, stated and stated', () => {
    const [b, c] = [header('b', 'a', { statedHeight: 300_001 }), header('c', 'b', { statedHeight: 300_003 })];
    expect(
      refused(
        [b],
        [
          { hash: hashOf('a'), height: 1 },
          { hash: hashOf('a'), height: 2 },
        ],
      ),
    ).toBe(`block ${hashOf('a')} has two heights: 1 (as given) and 2 (as given)`);
    expect(refused([b], [{ hash: hashOf('a'), height: 400_000 }])).toBe(
      `block ${hashOf('b')} has two heights: 400001 (as given, for the block before it) and 300001 (as its coinbase states)`,
    );
    expect(refused([b, c], [])).toBe(
      `block ${hashOf('b')} has two heights: 300001 (as its coinbase states) and 300002 (as its coinbase states for ${hashOf('c')}, 1 later)`,
    );
  });

  test('what a coinbase stated before the network checked it does not count', () => {
    const anchors = [{ hash: hashOf('a'), height: 164_383 }];
    for (const statedHeight of [209_921, 1_983_702]) {
      expect(shapeOf(linkHeaders([header('b', 'a', { statedHeight })], anchors).chains)).toEqual(['164384:b']);
    }
    expect(linkHeaders([header('b', 'a', { statedHeight: 209_921 })]).orphans).toHaveLength(1);
  });
});

test('targets and work of the short form', () => {
  expect(targetOf(0x1d00ffff)).toBe(0xffffn << 208n);
  // The example of the developer reference: 0x181bc330 is 0x1bc330 followed by 21 zero bytes.
  expect(targetOf(0x181bc330)).toBe(0x1bc330n << 168n);
  expect(targetOf(0x01120000)).toBe(0x12n);
  expect(targetOf(0x01003456)).toBeNull();
  // Bitcoin Core's chain work of the genesis block.
  expect(workOf(0x1d00ffff)).toBe(0x100010001n);
});
