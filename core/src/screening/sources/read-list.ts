import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { CairnError, isCairnError } from '../../errors.ts';
import { compareText } from '../../units/index.ts';
import type { ListedParty, ListId } from '../lists/party.ts';
import type { ListContent, ListFormat } from '../lists/version.ts';
import { createListAssembly, type ListAssembly } from './list-assembly.ts';
import { createListDecoder } from './text-decoder.ts';
import { unpackFile } from './unpack.ts';

export type ReadListOptions = {
  /** Not given: recognised by content. */
  readonly format?: ListFormat;
  /** The list that the file must be of. */
  readonly list?: ListId;
  /** Called with each party as it is complete; the result holds them all as well. */
  readonly onParty?: (party: ListedParty) => void;
  readonly onProgress?: (progress: ListReadProgress) => void;
  readonly signal?: AbortSignal;
};

/** Bytes are those of the files as they lie on the disk, packed or not. OFAC's parties are complete only at the end of its file. */
export type ListReadProgress = { readonly bytesRead: number; readonly totalBytes: number; readonly parties: number };

export type ReadList = ListContent & {
  /** As in `ListVersion`. */
  readonly sha256: string;
  /** Unpacked. */
  readonly bytes: number;
  /** null: the whole list. */
  readonly onlyPart: string | null;
  /** What the reader has to say beyond the parties: counts as published. */
  readonly notes: readonly string[];
};

/**
 * Who is on the list that these files hold? One file; or OFAC's four legacy CSV files together, in any order.
 * Plain, gzip, bzip2, Zstandard or zip; read as it comes, in bounded memory but for the parties.
 * @throws {CairnError} `invalid-input` naming file and place: not a list that is read here, cut off, damaged, not valid in
 *   its encoding, entity declarations, texts beyond bounds, no entry, another list than asked for; `not-found`,
 *   `unavailable`; `interrupted` on `signal`.
 */
export async function readListFiles(paths: readonly string[], options: ReadListOptions = {}): Promise<ReadList> {
  if (paths.length === 0) throw new CairnError('invalid-input', 'no file to read was given');
  const sizes = await Promise.all(paths.map(sizeOf));
  const assembly = createListAssembly(options.format ?? null, options.onParty);
  const files = await withSmallNursery(() => readFiles(paths, sizes, assembly, options));
  const content = named(paths, () => assembly.end());
  if (options.list !== undefined && content.list !== options.list) {
    throw new CairnError('invalid-input', `the file is of the list ${content.list}, not of ${options.list}`);
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { ...content, sha256: joinedDigest(files), bytes };
}

/** How fast V8 lets the space for new objects grow: its default, and not at all. */
const GROWING = '--semi-space-growth-factor=2';
const STEADY = '--semi-space-growth-factor=1';

/**
 * A list's text is garbage as soon as it is read. Left alone, V8 takes the parties that stay for a reason to give new
 * objects a hundred megabytes more; kept small, reading takes as long and about 40 % less memory.
 */
async function withSmallNursery<T>(work: () => Promise<T>): Promise<T> {
  setFlagsFromString(STEADY);
  try {
    return await work();
  } finally {
    setFlagsFromString(GROWING);
  }
}

async function readFiles(
  paths: readonly string[],
  sizes: readonly number[],
  assembly: ListAssembly,
  options: ReadListOptions,
): Promise<FileDigest[]> {
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  const files: FileDigest[] = [];
  let before = 0;
  for (const [i, path] of paths.entries()) {
    const report = (read: number): void =>
      options.onProgress?.({ bytesRead: before + read, totalBytes, parties: assembly.parties() });
    files.push(...(await readFile(path, assembly, report, options.signal)));
    before += sizes[i] ?? 0;
  }
  return files;
}

type FileDigest = { readonly name: string; readonly sha256: string; readonly bytes: number };

async function readFile(
  path: string,
  assembly: ListAssembly,
  report: (read: number) => void,
  signal: AbortSignal | undefined,
): Promise<FileDigest[]> {
  const digests: FileDigest[] = [];
  let current: ReturnType<typeof openText> | null = null;
  try {
    for await (const { name, bytes } of unpackFile(path, report)) {
      if (signal?.aborted) throw new CairnError('interrupted', 'stopped before the list was read to its end');
      if (current?.name !== name) {
        if (current !== null) digests.push(current.close());
        current = openText(name, assembly);
      }
      current.write(bytes);
    }
    current ??= openText(basename(path), assembly);
    digests.push(current.close());
  } catch (error) {
    throw withFile(error, current === null ? basename(path) : current.name);
  }
  return digests;
}

function openText(name: string, assembly: ListAssembly) {
  const hash = createHash('sha256');
  const decoder = createListDecoder();
  const file = assembly.file(name);
  let size = 0;
  return {
    name,
    write(bytes: Uint8Array): void {
      hash.update(bytes);
      size += bytes.length;
      file.write(decoder.decode(bytes));
    },
    close(): FileDigest {
      file.write(decoder.end());
      file.end();
      return { name, sha256: hash.digest('hex'), bytes: size };
    },
  };
}

function joinedDigest(files: readonly FileDigest[]): string {
  const [first, ...more] = files;
  if (first !== undefined && more.length === 0) return first.sha256;
  const ordered = [...files].sort((a, b) => compareText(a.name, b.name));
  return createHash('sha256')
    .update(ordered.map((file) => `${file.sha256}\n`).join(''))
    .digest('hex');
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new CairnError('not-found', `${path}: there is no such file`, { cause });
  }
}

function named<T>(paths: readonly string[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw withFile(error, paths.map((path) => basename(path)).join(', '));
  }
}

function withFile(error: unknown, name: string): unknown {
  if (!isCairnError(error) || error.code === 'interrupted') return error;
  const { code, hints, retryable } = error;
  return new CairnError(code, `${name}: ${error.message}`, { cause: error, hints, retryable });
}
