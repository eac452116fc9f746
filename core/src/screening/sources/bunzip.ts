import { createRequire } from 'node:module';

/**
 * The block decoder inside unbzip2-stream. Its stream gives out many blocks at once, each gathered byte by byte in an
 * array first: for OFAC's file that takes 250 MiB more than a block at a time.
 */
type Bits = ((count: number | null) => number) & { readonly bytesRead: number };
type BlockDecoder = {
  /** The size of blocks, in units of 100,000 bytes. */
  header(bits: Bits): number;
  /** @returns the checksum of the stream so far; null: this was the end of a stream, and its checksum was right. */
  decompress(
    bits: Bits,
    give: (byte: number) => void,
    work: Int32Array,
    size: number,
    checksum: number | null,
  ): number | null;
};

const require = createRequire(import.meta.url);
const decoder = require('unbzip2-stream/lib/bzip2.js') as BlockDecoder;
const readBits = require('unbzip2-stream/lib/bit_iterator.js') as (next: () => Uint8Array) => Bits;

const UNIT = 100_000;
/** Bytes given out at a time. */
const PIECE = 64 * 1024;
/** What a block of a size can take packed, with room to spare: so much is read before one is decoded. */
const packedSize = (units: number): number => 25_000 + UNIT * units;

/**
 * Unpacks bzip2, one block at a time: memory is bounded whatever the bytes say. Several streams one after another
 * are read as one. The checksums of blocks and streams are verified.
 * @returns pieces that are good until the next is asked for.
 * @throws {Error} damaged, or cut off.
 */
export async function* bunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let received = 0;
  let units = 0;
  let checksum: number | null = null;
  let bits: Bits | null = null;
  let work = new Int32Array(0);
  const out = createOutput();
  const next = (): Uint8Array => {
    const bytes = waiting.shift();
    if (bytes === undefined) throw new Error('it ends in the middle');
    return bytes;
  };

  /** @param ended - nothing follows: what is there is decoded to its end. */
  function* decode({ ended }: { readonly ended: boolean }): Generator<Uint8Array> {
    if (received === 0) return;
    bits ??= readBits(next);
    while (received - bits.bytesRead > (ended ? 0 : packedSize(units))) {
      if (checksum === null) {
        units = decoder.header(bits);
        checksum = 0;
        if (work.length < UNIT * units) work = new Int32Array(UNIT * units);
        continue;
      }
      checksum = decoder.decompress(bits, out.add, work, UNIT * units, checksum);
      yield* out.take();
    }
  }

  for await (const bytes of packed) {
    waiting.push(bytes);
    received += bytes.length;
    yield* decode({ ended: false });
  }
  yield* decode({ ended: true });
  if (checksum !== null) throw new Error('it ends in the middle');
}

/** Gathers the bytes of a block: at most some 46 MB, where a block is all runs. */
function createOutput(): { add(byte: number): void; take(): Generator<Uint8Array> } {
  let bytes = new Uint8Array(1 << 20);
  let length = 0;
  return {
    add(byte) {
      if (length === bytes.length) {
        const longer = new Uint8Array(bytes.length * 2);
        longer.set(bytes);
        bytes = longer;
      }
      bytes[length] = byte;
      length += 1;
    },
    *take() {
      for (let from = 0; from < length; from += PIECE) yield bytes.subarray(from, Math.min(from + PIECE, length));
      length = 0;
    },
  };
}
