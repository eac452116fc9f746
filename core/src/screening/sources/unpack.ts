import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Duplex, pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Unzip, UnzipInflate } from 'fflate';
import { CairnError } from '../../errors.ts';
import { bunzip } from './bunzip.ts';

/** A piece of one file as unpacked, in order; the bytes are good until the next piece is asked for. */
export type UnpackedPiece = { readonly name: string; readonly bytes: Uint8Array };

/** Packed bytes read at a time. */
const READ_SIZE = 64 * 1024;
/** What an archive may hold beside lists (a licence, a schema) is passed over. */
const LIST_NAME = /\.(xml|csv|json|jsonl|ndjson)$/i;

/**
 * The content of a file: plain, gzip, bzip2, Zstandard, or the list files of a zip archive, told apart by their first
 * bytes and not by name. Memory does not grow with the file.
 * @param onRead - told how many packed bytes have been read so far.
 * @throws {CairnError} `invalid-input`: damaged, cut off, or an archive without a list; `not-found`, `unavailable`.
 */
export async function* unpackFile(path: string, onRead: (bytes: number) => void): AsyncGenerator<UnpackedPiece> {
  const packing = await packingOf(path);
  const name = basename(path).replace(packing === 'plain' ? '' : /\.(gz|gzip|bz2|zst|zstd)$/i, '');
  const file = createReadStream(path, { highWaterMark: READ_SIZE });
  try {
    for await (const piece of unpack(file, packing, name)) {
      onRead(file.bytesRead);
      yield piece;
    }
    onRead(file.bytesRead);
  } catch (error) {
    throw error instanceof Error && error.name === 'CairnError' ? error : failure(error, packing);
  } finally {
    file.destroy();
  }
}

type Packing = 'plain' | 'gzip' | 'bzip2' | 'zstd' | 'zip';

async function packingOf(path: string): Promise<Packing> {
  const head = Buffer.alloc(4);
  try {
    const file = await open(path, 'r');
    try {
      await file.read(head, 0, head.length, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw failure(error, 'plain');
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.toString('latin1', 0, 3) === 'BZh') return 'bzip2';
  if (head.readUInt32LE() === 0xfd2fb528) return 'zstd';
  return head.readUInt32LE() === 0x04034b50 ? 'zip' : 'plain';
}

function unpack(file: ReadStream, packing: Packing, name: string): AsyncIterable<UnpackedPiece> {
  if (packing === 'zip') return unzip(file);
  if (packing === 'bzip2') return named(bunzip(file), name);
  if (packing === 'plain') return named(file, name);
  return named(through(file, packing === 'gzip' ? createGunzip() : createZstdDecompress()), name);
}

async function* named(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<UnpackedPiece> {
  for await (const piece of bytes) yield { name, bytes: piece };
}

function through(file: ReadStream, unpacker: Duplex): AsyncIterable<Uint8Array> {
  // The iterator throws what goes wrong in either stream; the callback has nothing to add.
  return pipeline(file, unpacker, () => undefined);
}

async function* unzip(file: ReadStream): AsyncGenerator<UnpackedPiece> {
  let ready: UnpackedPiece[] = [];
  let open = 0;
  let lists = 0;
  const archive = new Unzip((entry) => {
    if (!LIST_NAME.test(entry.name) || entry.name.startsWith('__MACOSX/')) return;
    lists += 1;
    open += 1;
    entry.ondata = (error, bytes, final) => {
      if (error !== null) throw error;
      ready.push({ name: basename(entry.name), bytes });
      if (final) open -= 1;
    };
    entry.start();
  });
  archive.register(UnzipInflate);
  const drained = function* (): Generator<UnpackedPiece> {
    const pieces = ready;
    ready = [];
    yield* pieces;
  };
  for await (const bytes of file) {
    archive.push(bytes, false);
    yield* drained();
  }
  archive.push(new Uint8Array(0), true);
  yield* drained();
  if (open > 0) throw new Error('unexpected end of the archive');
  if (lists === 0) throw new CairnError('invalid-input', 'the archive holds no XML, CSV or JSON file');
}

const FAULTS: Readonly<Record<string, readonly ['not-found' | 'unavailable' | 'invalid-input', string]>> = {
  ENOENT: ['not-found', 'there is no such file'],
  EISDIR: ['invalid-input', 'this is a directory, not a file'],
  EACCES: ['unavailable', 'the file may not be read'],
};

function failure(error: unknown, packing: Packing): CairnError {
  const reason = error instanceof Error ? error.message : String(error);
  const fault = FAULTS[(error as NodeJS.ErrnoException).code ?? ''];
  if (fault !== undefined) return new CairnError(fault[0], fault[1], { cause: error });
  if (packing === 'plain') return new CairnError('unavailable', `cannot be read: ${reason}`, { cause: error });
  return new CairnError('invalid-input', `the ${packing} file is damaged or was cut off: ${reason}`, {
    cause: error,
    hints: ['Fetch or copy it again.'],
  });
}
