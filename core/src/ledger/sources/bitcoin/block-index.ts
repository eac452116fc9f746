import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import unbzip2 from 'unbzip2-stream';
import { CairnError, isCairnError } from '../../../errors.ts';
import { type CutBlock, createBlockCutter, recogniseBlocks } from '../../utxo/raw/block-file.ts';
import { cursorOf } from '../../utxo/raw/cursor.ts';
import { EASIEST_TARGET, HEADER_SIZE, type RawHeader, readHeader } from '../../utxo/raw/header.ts';

/** Magic and length, in front of each block of a block file. */
const FRAME_BYTES = 8;
/** No block is larger: MAX_BLOCK_SERIALIZED_SIZE of the network. */
const MOST_BLOCK_BYTES = 4_000_000;
const READ_BYTES = 1 << 20;

/** A block in a file, known by its header. */
export type BlockEntry = {
  readonly file: BlockFile;
  /** Where its frame starts, or the block itself where the file is a single one. */
  readonly at: number;
  readonly size: number;
  readonly header: RawHeader;
};

/** A file of raw blocks, open for reading. */
export type BlockFile = {
  /** Without directory. */
  readonly name: string;
  readonly path: string;
  readonly handle: FileHandle;
  readonly key: Uint8Array | null;
  readonly kind: 'framed' | 'block';
  readonly size: number;
  readonly close: () => Promise<void>;
};

/**
 * Opens a file of raw blocks: a block file as Bitcoin Core keeps them (with its key from `xor.dat` beside it, or as given), one
 * raw block, or either packed with bzip2, which is unpacked into a temporary file.
 * @param xorKey - eight bytes as hex; null: from `xor.dat` beside the file, where there is one.
 * @throws {CairnError} `not-found`; `invalid-input`: the key or the packing is damaged, or these are no blocks.
 */
export async function openBlockFile(path: string, xorKey: string | null): Promise<BlockFile> {
  const name = basename(path);
  await assertFile(path);
  const start = await headOf(path, 4);
  const unpacked = Buffer.from(start).toString('latin1', 0, 3) === 'BZh' ? await unpack(path, name) : null;
  const plain = unpacked?.path ?? path;
  try {
    const found = await keyOf(path, xorKey);
    const head = await headOf(plain, HEADER_SIZE);
    const { kind, key } = await inFile(name, async () => recognise(head, found));
    const handle = await open(plain, 'r');
    const { size } = await handle.stat();
    const close = async (): Promise<void> => {
      await handle.close();
      await unpacked?.discard();
    };
    return { name, path: plain, handle, key, kind, size, close };
  } catch (error) {
    await unpacked?.discard();
    throw error;
  }
}

/** A key that lies beside a file need not belong to it: files from before there were keys stay as they are. */
function recognise(head: Uint8Array, key: Uint8Array | null): Pick<BlockFile, 'kind' | 'key'> {
  if (key === null) return { kind: recogniseBlocks(head), key };
  try {
    return { kind: recogniseBlocks(head, { key }), key };
  } catch (error) {
    try {
      return { kind: recogniseBlocks(head), key: null };
    } catch {
      throw error;
    }
  }
}

async function assertFile(path: string): Promise<void> {
  const status = await stat(path).catch((cause: unknown) => {
    throw new CairnError('not-found', `no such file: ${path}`, { cause });
  });
  if (!status.isFile()) throw new CairnError('invalid-input', `not a file: ${path}`);
}

async function headOf(path: string, length: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, 0).finally(() => handle.close());
  return bytes.subarray(0, bytesRead);
}

async function keyOf(path: string, given: string | null): Promise<Uint8Array | null> {
  if (given !== null) {
    if (/^[0-9a-fA-F]{16}$/.test(given)) return Buffer.from(given, 'hex');
    throw new CairnError('invalid-input', `the key must be 16 hex digits, not '${given.slice(0, 40)}'`);
  }
  return readFile(join(dirname(path), 'xor.dat')).catch(() => null);
}

async function unpack(path: string, name: string): Promise<{ path: string; discard: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-blocks-'));
  const discard = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const plain = join(directory, 'blocks');
  try {
    await pipeline(createReadStream(path), unbzip2(), createWriteStream(plain));
  } catch (cause) {
    await discard();
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    if (full)
      throw new CairnError('unavailable', `no space to unpack ${name} in ${tmpdir()}`, { cause, retryable: true });
    throw new CairnError('invalid-input', `${name} cannot be unpacked as bzip2: it is cut off or damaged`, { cause });
  }
  return { path: plain, discard };
}

/**
 * Where each block of a file is, with its header, whose proof of work is verified.
 * @throws {CairnError} `invalid-input`, with file and byte: a block that is cut off, no block where one must start.
 */
export async function* indexBlocks(file: BlockFile): AsyncGenerator<BlockEntry> {
  if (file.kind === 'block') {
    if (file.size > MOST_BLOCK_BYTES)
      throw new CairnError('invalid-input', `${file.name}: ${file.size} bytes are too many for one block`);
    yield entryOf(file, { at: 0, bytes: await headOf(file.path, HEADER_SIZE) }, file.size);
    return;
  }
  const cutter = createBlockCutter(file.key === null ? {} : { key: file.key });
  for await (const chunk of createReadStream(file.path, { highWaterMark: READ_BYTES })) {
    const blocks = await inFile(file.name, async () => cutter.push(chunk as Buffer));
    for (const block of blocks) yield entryOf(file, block, block.bytes.length);
  }
  await inFile(file.name, async () => cutter.end());
}

function entryOf(file: BlockFile, { at, bytes }: CutBlock, size: number): BlockEntry {
  try {
    return { file, at, size, header: readHeader(cursorOf(bytes.subarray(0, HEADER_SIZE)), EASIEST_TARGET) };
  } catch (error) {
    throw inContext(error, `${file.name}: the block at byte ${at}`);
  }
}

/** A block's bytes. */
export async function readBlockBytes({ file, at, size }: BlockEntry): Promise<Uint8Array> {
  const length = file.kind === 'block' ? size : size + FRAME_BYTES;
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.handle.read(bytes, 0, length, at);
  const read = bytes.subarray(0, bytesRead);
  if (file.kind === 'block') return read;
  const cutter = createBlockCutter({ from: at, ...(file.key === null ? {} : { key: file.key }) });
  const [block] = await inFile(file.name, async () => cutter.push(read));
  if (block !== undefined) return block.bytes;
  throw new CairnError('unavailable', `${file.name} was changed while it was read`, { retryable: true });
}

async function inFile<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inContext(error, name);
  }
}

/** The error with the place before its message. */
export function inContext(error: unknown, place: string): unknown {
  if (!isCairnError(error)) return error;
  const { code, message, hints, retryable } = error;
  return new CairnError(code, `${place}: ${message}`, { cause: error, hints, retryable });
}
