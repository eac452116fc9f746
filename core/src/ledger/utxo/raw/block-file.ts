import { sha256 } from '@noble/hashes/sha2.js';
import { CairnError } from '../../../errors.ts';
import { EASIEST_TARGET, HEADER_SIZE, targetOf } from './header.ts';
import { hexOf, reversedHexOf } from './hex.ts';

/** First bytes of every block in a node's block files and on the wire, by network (`pchMessageStart`). */
const MAGICS: Readonly<Record<string, string>> = {
  f9beb4d9: 'the main network',
  '0b110907': 'testnet 3',
  '1c163f28': 'testnet 4',
  '0a03cf40': 'signet',
  fabfb5da: 'regtest',
};
const MAGIC = Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9);
/** Magic and length. */
const FRAME_SIZE = 8;
/** The longest block (MAX_BLOCK_SERIALIZED_SIZE of the network). */
const MOST_BLOCK_BYTES = 4_000_000;
/** Bytes of the key in `xor.dat`. */
const KEY_SIZE = 8;

/** Cuts a node's block file (`blk*.dat`) into blocks, from chunks of any size. */
export type BlockCutter = {
  /**
   * The blocks that this chunk completes, in the file's order; each has memory of its own.
   * @throws {CairnError} `invalid-input`, naming the byte of the file: other bytes where a block must start, an absurd length.
   */
  push(chunk: Uint8Array): CutBlock[];
  /** The file ends here. @throws {CairnError} `invalid-input`: in the middle of a block. */
  end(): void;
  /** Bytes of the file up to the end of the last whole block: where a reader may go on. */
  position(): number;
};

/** A block's bytes, without its frame; `at`: the byte of the file at which the frame starts. */
export type CutBlock = { readonly at: number; readonly bytes: Uint8Array };

/**
 * Cuts block files: each block has four bytes of magic and four of length in front; a node reserves space ahead, so that
 * zeros may stand between blocks and at the end.
 * @param options.key - eight bytes by which Bitcoin Core from version 28 obscures its files (`xor.dat` beside them).
 * @param options.from - the byte of the file at which the first chunk starts; a block must start there, or zeros.
 */
export function createBlockCutter(options: { readonly key?: Uint8Array; readonly from?: number } = {}): BlockCutter {
  const key = options.key === undefined ? null : checkedKey(options.key);
  const window = createWindow(options.from ?? 0);
  let done = options.from ?? 0;

  const take = (): CutBlock | null => {
    window.skip(reservedAt(window.bytes(), window.at(), key));
    const [bytes, at] = [window.bytes(), window.at()];
    if (bytes.length < FRAME_SIZE) return null;
    const length = frameLength(revealed(bytes, 0, FRAME_SIZE, at, key), at, key !== null);
    if (bytes.length < FRAME_SIZE + length) return null;
    const block = { at, bytes: revealed(bytes, FRAME_SIZE, FRAME_SIZE + length, at, key) };
    window.skip(FRAME_SIZE + length);
    done = window.at();
    return block;
  };

  return {
    push(chunk) {
      window.append(chunk);
      const blocks: CutBlock[] = [];
      for (let block = take(); block !== null; block = take()) blocks.push(block);
      return blocks;
    },
    end() {
      const [bytes, at] = [window.bytes(), window.at()];
      // The last zeros may look like the start of a frame once the key is taken off.
      if (bytes.length < FRAME_SIZE && bytes.every((_, i) => isReserved(bytes, i, at, key))) return;
      throw new CairnError(
        'invalid-input',
        `at byte ${at}: a block starts here, the file ends in the middle of it, at byte ${at + bytes.length}`,
        { hints: ['the file is cut off, or its node was still writing it: stop the node, or take the file again'] },
      );
    },
    position: () => done,
  };
}

/** The part of a file that is in memory. @param start - the byte of the file it starts at. */
function createWindow(start: number) {
  let memory = new Uint8Array(0);
  let held = memory;
  let offset = start;
  return {
    bytes: (): Uint8Array => held,
    at: (): number => offset,
    skip(length: number): void {
      held = held.subarray(length);
      offset += length;
    },
    /** Memory grows by doubling, so that a long block is not copied with every chunk. */
    append(chunk: Uint8Array): void {
      const length = held.length + chunk.length;
      if (held.byteOffset + length > memory.length) {
        if (length > memory.length / 2) {
          const roomier = new Uint8Array(2 * length);
          roomier.set(held);
          memory = roomier;
        } else memory.set(held);
        held = memory.subarray(0, held.length);
      }
      memory.set(chunk, held.byteOffset + held.length);
      held = memory.subarray(held.byteOffset, held.byteOffset + length);
    },
  };
}

/**
 * Whether a file holds framed blocks (as `blk*.dat` does) or one block and nothing else.
 * @param head - its first bytes, at least 80 (fewer only where the file has no more).
 * @throws {CairnError} `invalid-input`: neither, saying what it looks like.
 */
export function recogniseBlocks(head: Uint8Array, options: { readonly key?: Uint8Array } = {}): 'framed' | 'block' {
  const key = options.key === undefined ? null : checkedKey(options.key);
  const magic = revealed(head, 0, Math.min(4, head.length), 0, key);
  if (hexOf(magic) === hexOf(MAGIC)) return 'framed';
  if (hasProofOfWork(head)) return 'block';
  const network = MAGICS[hexOf(magic)];
  if (network !== undefined)
    throw new CairnError('invalid-input', `these are blocks of ${network}, not of the main network`);
  throw new CairnError('invalid-input', `these are not Bitcoin blocks: they start with ${hexOf(head.subarray(0, 8))}`, {
    hints: [
      'block files start with f9beb4d9; a single block starts with its header, whose hash must be below its target',
      key === null
        ? 'Bitcoin Core from version 28 obscures its block files: give the key, the eight bytes of xor.dat beside them'
        : 'the key may belong to another node’s files, or the files may not be obscured',
    ],
  });
}

function hasProofOfWork(head: Uint8Array): boolean {
  if (head.length < HEADER_SIZE) return false;
  const header = head.subarray(0, HEADER_SIZE);
  const bits = new DataView(header.buffer, header.byteOffset).getUint32(72, true);
  const target = targetOf(bits);
  if (target === null || target > EASIEST_TARGET) return false;
  return BigInt(`0x${reversedHexOf(sha256(sha256(header)))}`) <= target;
}

function checkedKey(key: Uint8Array): Uint8Array {
  if (key.length === KEY_SIZE) return key;
  throw new CairnError('invalid-input', `a key of ${key.length} bytes, not ${KEY_SIZE}`, {
    hints: ['give the content of xor.dat as it stands'],
  });
}

/** Part of the bytes with the key taken off, in memory of its own. @param offset - of the file, at the first byte. */
function revealed(bytes: Uint8Array, start: number, end: number, offset: number, key: Uint8Array | null): Uint8Array {
  // Of a Buffer, its own `slice` would share memory with the file's bytes.
  const part = Uint8Array.prototype.slice.call(bytes, start, end);
  if (key === null) return part;
  for (let i = 0, at = offset + start; i < part.length; i++, at++) {
    part[i] = (part[i] as number) ^ (key[at % KEY_SIZE] as number);
  }
  return part;
}

/** The length a frame states. @param isRevealed - whether a key was taken off, for the hint. */
function frameLength(frame: Uint8Array, at: number, isRevealed: boolean): number {
  const magic = hexOf(frame.subarray(0, 4));
  if (magic !== hexOf(MAGIC)) {
    const network = MAGICS[magic];
    throw new CairnError(
      'invalid-input',
      `at byte ${at}: ${magic} where a block must start with ${hexOf(MAGIC)}${network === undefined ? '' : `: a block of ${network}`}`,
      {
        hints: [
          isRevealed
            ? 'the key may belong to another node’s files'
            : 'Bitcoin Core from version 28 obscures its block files: give the key, the eight bytes of xor.dat beside them',
        ],
      },
    );
  }
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(4, true);
  if (length <= HEADER_SIZE || length > MOST_BLOCK_BYTES) {
    throw new CairnError(
      'invalid-input',
      `at byte ${at + 4}: a block of ${length} bytes; a block has from ${HEADER_SIZE + 1} to ${MOST_BLOCK_BYTES}`,
    );
  }
  return length;
}

/** How many bytes of reserved space stand in front. A frame may start with such a byte too, so that is looked for first. */
function reservedAt(bytes: Uint8Array, offset: number, key: Uint8Array | null): number {
  let at = 0;
  while (at < bytes.length && isReserved(bytes, at, offset, key)) {
    if (key !== null && startsFrame(bytes, at, offset, key)) break;
    at++;
  }
  return at;
}

/** Reserved space is zeros in the file, or zeros once the key is taken off where a file was obscured after it was written. */
function isReserved(bytes: Uint8Array, at: number, offset: number, key: Uint8Array | null): boolean {
  return bytes[at] === 0 || (key !== null && bytes[at] === key[(offset + at) % KEY_SIZE]);
}

function startsFrame(bytes: Uint8Array, at: number, offset: number, key: Uint8Array): boolean {
  for (let i = 0; i < 4 && at + i < bytes.length; i++) {
    const byte = (bytes[at + i] as number) ^ (key[(offset + at + i) % KEY_SIZE] as number);
    if (byte !== MAGIC[i]) return false;
  }
  return true;
}
