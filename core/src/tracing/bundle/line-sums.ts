import { crc32 } from './crc32.ts';
import { createTextSink, eachLine } from './text.ts';

/** The CRC-32 of every line of every part, so that damage can be traced to a line. Proof is the hash of the part. */
export function writeLineSums(parts: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sink = createTextSink();
  for (const [name, bytes] of parts) {
    const sums = lineSums(bytes);
    sink.write(`${name} ${sums.length}\n`);
    for (const sum of sums) sink.write(`${sum}\n`);
  }
  return sink.bytes();
}

/** Sums by part; a text that is not of the form gives what could be read of it. */
export function readLineSums(bytes: Uint8Array): Map<string, string[]> {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const sums = new Map<string, string[]>();
  let at = 0;
  while (at < lines.length) {
    const match = /^(\S+) (\d+)$/.exec(lines[at] as string);
    if (match === null) break;
    const end = at + 1 + Number(match[2]);
    sums.set(match[1] as string, lines.slice(at + 1, end));
    at = end;
  }
  return sums;
}

function lineSums(bytes: Uint8Array): string[] {
  const sums: string[] = [];
  eachLine(bytes, (start, end) => sums.push(hex(crc32(bytes, start, end))));
  return sums;
}

export type LineChange = { readonly line: number; readonly message: string; readonly text: string | null };

/**
 * Which lines of a part are not the ones it was made with? Lines are counted from 1.
 * @param original - the sums the part was made with.
 * @param most - how many changes to name.
 */
export function changedLines(bytes: Uint8Array, original: readonly string[], most: number): LineChange[] {
  const now = lineSums(bytes);
  let start = 0;
  while (start < now.length && start < original.length && now[start] === original[start]) start++;
  let tail = 0;
  const room = Math.min(now.length, original.length) - start;
  while (tail < room && now[now.length - 1 - tail] === original[original.length - 1 - tail]) tail++;
  const nowPart = now.slice(start, now.length - tail);
  const oldPart = original.slice(start, original.length - tail);
  if (nowPart.length === 0 && oldPart.length === 0) return [];
  if (nowPart.length !== oldPart.length) return [resized(bytes, start, nowPart.length, oldPart.length)];
  const reordered = [...nowPart].sort().join() === [...oldPart].sort().join();
  const changes: LineChange[] = [];
  for (let i = 0; i < nowPart.length && changes.length < most; i++) {
    if (nowPart[i] === oldPart[i]) continue;
    const message = reordered ? 'stands where another line stood: lines were put in another order' : 'is not as it was';
    changes.push({ line: start + i + 1, message, text: lineAt(bytes, start + i) });
  }
  return changes;
}

function resized(bytes: Uint8Array, start: number, now: number, before: number): LineChange {
  const message =
    now === 0
      ? `${count(before)} that stood here ${before === 1 ? 'is' : 'are'} missing`
      : before === 0
        ? `${count(now)} from here on ${now === 1 ? 'was' : 'were'} added`
        : `${count(before)} from here on became ${now}`;
  return { line: start + 1, message, text: lineAt(bytes, start) };
}

function count(lines: number): string {
  return lines === 1 ? '1 line' : `${lines} lines`;
}

function lineAt(bytes: Uint8Array, index: number): string | null {
  let at = 0;
  let text: string | null = null;
  eachLine(bytes, (start, end) => {
    if (at++ === index) text = new TextDecoder().decode(bytes.subarray(start, end)).trim();
  });
  return text;
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}
