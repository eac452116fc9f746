import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CairnError } from '../../errors.ts';
import type { Row } from '../ingest/row.ts';
import type { RowBatch } from './row-source.ts';

/** A JSON value of a file: a line of JSON lines, an element of a list, or the whole. */
export type JsonItem = {
  /** Line of the file, or place in its list, from 1. */
  readonly line: number;
  readonly value: unknown;
  readonly bytesRead: number;
  /** Why the line is no JSON; null: it is. */
  readonly fault: string | null;
  /** True where the file is read line by line, so that it need not fit into memory. */
  readonly streamed: boolean;
};

/** Bytes that JSON may begin with. */
const OPENINGS = /^[\s\ufeff]*[[{]/;
/** A text cannot be longer in this engine: 2^29 − 24 characters. */
const LONGEST_TEXT = 0x1fffffe8;

/** Opens a file as text; `.gz` is unpacked. */
function openText(path: string): Readable {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  if (!path.endsWith('.gz')) return file;
  const unpacked = createGunzip();
  file.on('error', (error) => unpacked.destroy(error));
  return file.pipe(unpacked);
}

/** Whether a file begins as JSON does. */
export async function isJson(path: string): Promise<boolean> {
  const text = openText(path);
  try {
    for await (const chunk of text) return OPENINGS.test((chunk as Buffer).toString('utf8', 0, 4096));
    return false;
  } catch (cause) {
    throw unpackable(cause);
  } finally {
    text.destroy();
  }
}

/**
 * The values of a JSON file. A file whose first line is JSON by itself, and has lines after it, is read line by line in
 * bounded memory; any other is read whole, and a list's elements come one by one.
 * @throws invalid-input: not JSON, or longer than a text can be.
 */
export async function* readJsonItems(path: string): AsyncGenerator<JsonItem> {
  if (await isLines(path)) return yield* readLines(path);
  const chunks: string[] = [];
  let length = 0;
  const text = openText(path);
  text.setEncoding('utf8');
  try {
    for await (const chunk of text) {
      chunks.push(chunk as string);
      length += (chunk as string).length;
      if (length > LONGEST_TEXT) throw tooLong();
    }
  } catch (cause) {
    throw cause instanceof CairnError ? cause : unpackable(cause);
  }
  const value = parseWhole(chunks.join('').replace(/^\ufeff/, ''));
  if (!Array.isArray(value)) return yield { line: 1, value, bytesRead: length, fault: null, streamed: false };
  for (const [i, item] of value.entries())
    yield { line: i + 1, value: item, bytesRead: length, fault: null, streamed: false };
}

function tooLong(): CairnError {
  return new CairnError('invalid-input', 'the file is too long to be read as one JSON value', {
    hints: ['write it as JSON lines: one value a line'],
  });
}

function unpackable(cause: unknown): CairnError {
  return new CairnError('invalid-input', `the file cannot be read: ${(cause as Error).message}`, { cause });
}

function parseWhole(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CairnError('invalid-input', `the file is not JSON: ${(cause as Error).message}`, { cause });
  }
}

async function* linesOf(
  path: string,
): AsyncGenerator<{ readonly line: number; readonly text: string; readonly bytesRead: number }> {
  const stream = openText(path);
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  // Node hands on a failure of the stream to some readers of lines and not to others.
  let failure: unknown = null;
  stream.on('error', (error) => {
    failure = error;
    lines.close();
  });
  let line = 0;
  let bytesRead = 0;
  try {
    for await (const text of lines) {
      line++;
      bytesRead += text.length + 1;
      if (text.trim() !== '') yield { line, text, bytesRead };
    }
    if (failure !== null) throw failure;
  } catch (cause) {
    throw unpackable(cause);
  } finally {
    lines.close();
    stream.destroy();
  }
}

/** Whether the first line is JSON by itself and another follows. */
async function isLines(path: string): Promise<boolean> {
  let seen = 0;
  for await (const { text } of linesOf(path)) {
    if (seen++ === 1) return true;
    try {
      JSON.parse(text.replace(/^\ufeff/, ''));
    } catch {
      return false;
    }
  }
  return false;
}

async function* readLines(path: string): AsyncGenerator<JsonItem> {
  for await (const { line, text, bytesRead } of linesOf(path)) {
    try {
      yield { line, value: JSON.parse(text.replace(/^\ufeff/, '')), bytesRead, fault: null, streamed: true };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      yield { line, value: null, bytesRead, fault: `the line is not JSON: ${error.message}`, streamed: true };
    }
  }
}

const NOTHING = new Uint8Array(0);
const NO_PLACES = new Int32Array(0);

/** A row that stands for a value rather than for text: `text` is what a file of rejects shows. */
export function valueRow<T extends object>(given: T, text: string): Row & T {
  return {
    ...given,
    width: 1,
    bytes: NOTHING,
    starts: NO_PLACES,
    ends: NO_PLACES,
    first: 0,
    text: () => text,
    cells: () => [text],
  };
}

/** A batch of such rows. */
export function valueBatch(rows: readonly Row[], lines: readonly number[], bytesRead: number): RowBatch {
  return { count: rows.length, row: (number) => rows[number] as Row, lines, bytesRead, openLine: null };
}
