import { deflateSync, inflateSync } from 'fflate';
import { CairnError } from '../../errors.ts';
import { crc32 } from './crc32.ts';

/**
 * The zip that a bundle is, in one form only: every byte that the parts do not decide is fixed (time 1980-01-01, no
 * attributes, no comments, no extra fields), so that the same parts give the same file and no bit can change unseen.
 * @see PKWARE APPNOTE.TXT 6.3.
 */
export type Entry = {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  /** CRC-32 and length of the content. */
  readonly crc: number;
  readonly size: number;
  /** The bytes as they lie in the file. */
  readonly data: Uint8Array;
};

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;
/** MS-DOS date of 1 January 1980, the earliest a zip can state: bundles carry no clock. */
const NO_DATE = 0x0021;
/** Deflate never expands a byte to more than this; a header that says so is damage or an attack. */
const MAX_RATIO = 1032;
const LIMIT = 0xffffffff;

export function packEntry(name: string, content: Uint8Array, method: Entry['method']): Entry {
  const data = method === 'stored' ? content : deflateSync(content, { level: 6 });
  return { name, method, crc: crc32(content), size: content.length, data };
}

/** @throws verification-failed, naming the entry, if the bytes do not give the content the entry states. */
export function unpackEntry(entry: Entry): Uint8Array {
  const content = entry.method === 'stored' ? entry.data : inflate(entry);
  if (content.length !== entry.size) throw damaged(entry.name, 'its length is not the one stated');
  if (crc32(content) !== entry.crc) throw damaged(entry.name, 'its CRC-32 is not the one stated');
  return content;
}

/** Can so many compressed bytes give so much content? No means damage, or a file made to exhaust memory. */
export function isPossible(size: number, compressed: number): boolean {
  return size <= compressed * MAX_RATIO + 64;
}

function inflate(entry: Entry): Uint8Array {
  if (!isPossible(entry.size, entry.data.length)) throw damaged(entry.name, 'it states an impossible length');
  try {
    // One byte more than stated, so that content which goes on is not cut off unseen.
    return inflateSync(entry.data, { out: new Uint8Array(entry.size + 1) });
  } catch (cause) {
    throw new CairnError('verification-failed', `${entry.name}: its compressed bytes cannot be read`, { cause });
  }
}

/** Entries as the one file they make, in the order given. @throws invalid-input beyond 4 GiB or 65,535 entries. */
export function writeContainer(entries: readonly Entry[]): Uint8Array {
  const names = entries.map((entry) => new TextEncoder().encode(entry.name));
  const local = entries.reduce(
    (sum, entry, i) => sum + LOCAL_SIZE + (names[i] as Uint8Array).length + entry.data.length,
    0,
  );
  const central = names.reduce((sum, name) => sum + CENTRAL_SIZE + name.length, 0);
  const total = local + central + END_SIZE;
  if (total > LIMIT || entries.length > 0xffff || entries.some((entry) => entry.size > LIMIT)) {
    throw new CairnError('invalid-input', 'a bundle cannot exceed 4 GiB', {
      hints: ['narrow the trace with --until, --max-hops or --min-amount'],
    });
  }
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  let at = 0;
  let directory = local;
  entries.forEach((entry, i) => {
    const name = names[i] as Uint8Array;
    writeCentral(view, directory, entry, name.length, at);
    file.set(name, directory + CENTRAL_SIZE);
    directory += CENTRAL_SIZE + name.length;
    view.setUint32(at, LOCAL, true);
    writeFields(view, at + 4, entry, name.length);
    file.set(name, at + LOCAL_SIZE);
    file.set(entry.data, at + LOCAL_SIZE + name.length);
    at += LOCAL_SIZE + name.length + entry.data.length;
  });
  view.setUint32(directory, END, true);
  view.setUint16(directory + 8, entries.length, true);
  view.setUint16(directory + 10, entries.length, true);
  view.setUint32(directory + 12, central, true);
  view.setUint32(directory + 16, local, true);
  return file;
}

function writeCentral(view: DataView, at: number, entry: Entry, nameLength: number, offset: number): void {
  view.setUint32(at, CENTRAL, true);
  view.setUint16(at + 4, 20, true); // made by: version 2.0
  writeFields(view, at + 6, entry, nameLength);
  view.setUint32(at + 42, offset, true);
}

/** The 26 bytes that a local header and a directory entry share. */
function writeFields(view: DataView, at: number, entry: Entry, nameLength: number): void {
  view.setUint16(at, 20, true); // version 2.0 is needed to read it
  view.setUint16(at + 2, 0x0800, true); // names are UTF-8
  view.setUint16(at + 4, entry.method === 'stored' ? 0 : 8, true);
  view.setUint16(at + 8, NO_DATE, true);
  view.setUint32(at + 10, entry.crc, true);
  view.setUint32(at + 14, entry.data.length, true);
  view.setUint32(at + 18, entry.size, true);
  view.setUint16(at + 22, nameLength, true);
}

/**
 * The entries of a file in file order, by its local headers alone; whether the rest of the file is right is answered by
 * writing them again. Reading stops where no further local header follows, or an entry runs past the end of the file.
 */
export function readContainer(file: Uint8Array): Entry[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const entries: Entry[] = [];
  let at = 0;
  while (at + LOCAL_SIZE <= file.length && view.getUint32(at, true) === LOCAL) {
    const nameLength = view.getUint16(at + 26, true);
    const start = at + LOCAL_SIZE + nameLength + view.getUint16(at + 28, true);
    const end = start + view.getUint32(at + 18, true);
    const name = new TextDecoder().decode(file.subarray(at + LOCAL_SIZE, at + LOCAL_SIZE + nameLength));
    if (end > file.length) break;
    entries.push({
      name,
      method: view.getUint16(at + 8, true) === 0 ? 'stored' : 'deflated',
      crc: view.getUint32(at + 14, true),
      size: view.getUint32(at + 22, true),
      data: file.subarray(start, end),
    });
    at = end;
  }
  return entries;
}

/** Where in the file a byte lies, for people: inside which entry, or in the directory at the end. */
export function placeOf(file: Uint8Array, entries: readonly Entry[], offset: number): string {
  const directory = readDirectory(file);
  if (directory !== null) {
    if (offset >= directory.start) return 'the directory at the end of the file';
    return directory.entries.filter((entry) => entry.offset <= offset).at(-1)?.name ?? 'the file';
  }
  let at = 0;
  for (const entry of entries) {
    at += LOCAL_SIZE + new TextEncoder().encode(entry.name).length + entry.data.length;
    if (offset < at) return entry.name;
  }
  return 'the directory at the end of the file';
}

/** The directory, where it is whole; the local headers then say what it says, unless one of the two is damaged. */
function readDirectory(file: Uint8Array): { start: number; entries: { name: string; offset: number }[] } | null {
  const end = file.length - END_SIZE;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (end < 0 || view.getUint32(end, true) !== END) return null;
  const start = view.getUint32(end + 16, true);
  const entries: { name: string; offset: number }[] = [];
  let at = start;
  while (at + CENTRAL_SIZE <= end && view.getUint32(at, true) === CENTRAL) {
    const nameEnd = at + CENTRAL_SIZE + view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(file.subarray(at + CENTRAL_SIZE, nameEnd));
    entries.push({ name, offset: view.getUint32(at + 42, true) });
    at = nameEnd;
  }
  return at === end ? { start, entries } : null;
}

function damaged(name: string, what: string): CairnError {
  return new CairnError('verification-failed', `${name}: ${what}`);
}
