import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { CairnError } from '../../errors.ts';
import { lineOf, readTrail, type Stamp, stampEntries, type Trail } from '../decisions/trail.ts';
import { type JournalEntry, type JournalEvent, parseJournalEvent } from '../watch/journal-event.ts';
import { withLock } from './journal-lock.ts';

/** The audit trail of decisions, watched subjects and alerts: one file, one event a line, only ever added to. */
export type Journal = {
  readonly path: string;
  /** All events, the chain checked. @throws {CairnError} `verification-failed`: the chain breaks. */
  read(): readonly JournalEvent[];
  /** How far the chain holds; never throws for what it finds. */
  check(): JournalCheck;
  /**
   * Adds what `decide` makes of the events so far, all or nothing, and on the disk when it returns. No other process adds
   * anything in between.
   * @throws {CairnError} `verification-failed` (the chain breaks: nothing is added to it), `unavailable`, and whatever `decide` throws.
   */
  append(
    stamp: Pick<Stamp, 'at' | 'by'>,
    decide: (events: readonly JournalEvent[]) => readonly JournalEntry[],
  ): Appended;
};

export type Appended = {
  /** The new events; a note of a torn end that was set aside comes first. */
  readonly added: readonly JournalEvent[];
  /** All events, with the new. */
  readonly events: readonly JournalEvent[];
};

export type JournalCheck = Trail<JournalEntry> & {
  /** Bytes at the end that are no whole append: a write that is under way, or was cut off. The next append sets them aside. */
  readonly tornBytes: number;
};

/**
 * @param path - of the file; it and its folder are made when something is first recorded.
 * @param onTorn - told when what is read ends in bytes that are no whole append, and how many.
 */
export function openJournal(path: string, onTorn: (bytes: number) => void = () => {}): Journal {
  return {
    path,
    read() {
      const { events, tornBytes } = intact(path, load(path));
      if (tornBytes > 0) onTorn(tornBytes);
      return events;
    },
    check: () => load(path),
    append(stamp, decide) {
      makeFolder(dirname(path));
      return withLock(`${path}.lock`, () => append(path, stamp, decide));
    },
  };
}

type Loaded = JournalCheck & { readonly torn: Buffer };

function load(path: string): Loaded {
  const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const lineEnd = content.lastIndexOf('\n') + 1;
  const trail = readTrail(content.subarray(0, lineEnd).toString('utf8'), parseJournalEvent);
  const wholeEnd = trail.unfinished === 0 ? lineEnd : endOfLine(content, trail.events.length);
  const torn = trail.broken === null ? content.subarray(wholeEnd) : Buffer.alloc(0);
  return { ...trail, tornBytes: torn.length, torn };
}

/** Where the n-th line ends, in bytes. */
function endOfLine(content: Buffer, line: number): number {
  let end = 0;
  for (let i = 0; i < line; i++) end = content.indexOf('\n', end) + 1;
  return end;
}

function intact(path: string, loaded: Loaded): Loaded {
  if (loaded.broken === null) return loaded;
  const { line, reason } = loaded.broken;
  throw new CairnError('verification-failed', `the journal breaks at line ${line}: ${reason}`, {
    hints: [
      `${path} was changed by something other than Cairn, or damaged: put back a copy of it`,
      'cairn decisions log shows the events before the break',
    ],
  });
}

function append(
  path: string,
  stamp: Pick<Stamp, 'at' | 'by'>,
  decide: (events: readonly JournalEvent[]) => readonly JournalEntry[],
): Appended {
  const before = intact(path, load(path));
  const wanted = decide(before.events);
  if (wanted.length === 0) return { added: [], events: before.events };
  const entries = before.tornBytes === 0 ? wanted : [noteOfTorn(path, before.torn), ...wanted];
  const last = { seq: before.events.length, hash: before.head };
  const added = stampEntries<JournalEntry>(entries, stamp, last);
  if (before.tornBytes > 0) setAside(path, before.torn);
  write(path, added.map(lineOf).join(''));
  return { added, events: [...before.events, ...added] };
}

function noteOfTorn(path: string, torn: Buffer): JournalEntry {
  const sha256 = createHash('sha256').update(torn).digest('hex');
  return { kind: 'torn-end-set-aside', bytes: torn.length, sha256, file: `${basename(path)}.torn` };
}

/** Moves the end that is no whole append to the file beside the journal: first kept there, then cut off here. */
function setAside(path: string, torn: Buffer): void {
  write(`${path}.torn`, Buffer.concat([torn, Buffer.from('\n')]));
  const file = openSync(path, 'r+');
  try {
    ftruncateSync(file, fstatSync(file).size - torn.length);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Adds to the end of a file in one write, on the disk when it returns; or leaves it as it was. @throws unavailable */
function write(path: string, content: string | Buffer): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const isNew = !existsSync(path);
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
    const { size } = fstatSync(file);
    const written = writeSync(file, bytes);
    if (written < bytes.length) {
      ftruncateSync(file, size);
      throw new Error(`only ${written} of ${bytes.length} bytes could be written`);
    }
    fsyncSync(file);
    if (isNew) syncFolder(dirname(path));
  } catch (cause) {
    throw new CairnError('unavailable', `cannot write to ${path}: ${(cause as Error).message}`, {
      cause,
      retryable: true,
    });
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** A new file's name is on the disk once its folder is. Where folders cannot be opened (Windows), the system sees to it. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new CairnError('unavailable', `cannot make ${path}: ${(cause as Error).message}`, { cause, retryable: true });
  }
}
