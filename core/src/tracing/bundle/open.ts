import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { unzipSync } from 'fflate';
import { CairnError, isCairnError } from '../../errors.ts';
import { type Entry, isPossible, placeOf, readContainer, unpackEntry, writeContainer } from './container.ts';
import { changedLines, readLineSums } from './line-sums.ts';
import {
  LINES,
  MANIFEST,
  type Manifest,
  manifestSchema,
  OPTIONAL_PARTS,
  PARTS,
  type Problem,
  SIGNATURE,
} from './model.ts';
import { parseJsonBytes, printBytes } from './parts.ts';

/** Lines of one part named at most. */
const MOST_LINES = 20;

/** A file taken apart as far as it goes, with everything that is wrong with it as a file. */
export type OpenedFile = {
  readonly parts: ReadonlyMap<string, Uint8Array>;
  /** null: missing or not readable. */
  readonly manifest: Manifest | null;
  readonly manifestBytes: Uint8Array | null;
  readonly signature: string | null;
  readonly problems: readonly Problem[];
};

/**
 * Is the file in the one form a bundle can have, and are its parts the ones its manifest describes?
 * @throws invalid-input if it is no zip at all.
 */
export function openFile(file: Uint8Array): OpenedFile {
  const problems: Problem[] = [];
  const { entries, contents } = takeApart(file, problems);
  const manifestBytes = contents.get(MANIFEST) ?? null;
  const manifest = readManifest(manifestBytes, problems);
  const note = contents.get(SIGNATURE);
  const parts = new Map([...contents].filter(([name]) => name !== MANIFEST && name !== SIGNATURE));
  if (manifest !== null) checkParts(parts, entries, manifest, problems);
  checkNames(parts, problems);
  const signature = note === undefined ? null : new TextDecoder().decode(note);
  return { parts, manifest, manifestBytes, signature, problems };
}

function takeApart(file: Uint8Array, problems: Problem[]): { entries: Entry[]; contents: Map<string, Uint8Array> } {
  const entries = readContainer(file);
  if (entries.length > 0) checkForm(file, entries, problems);
  const contents = unpackAll(entries, problems);
  if (contents.has(MANIFEST) && problems.length === 0) return { entries, contents };
  // Damaged, or packed again by another program: what the zip's own directory leads to is still examined.
  const lenient = readLeniently(file);
  if (lenient === null && entries.length === 0 && !startsAsZip(file)) {
    throw new CairnError('invalid-input', 'not a bundle: the file is not a zip archive');
  }
  if (problems.length === 0) problems.push(problem('the file', null, 'is not in the form Cairn writes'));
  return { entries, contents: new Map([...(lenient ?? []), ...contents]) };
}

function unpackAll(entries: readonly Entry[], problems: Problem[]): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (const entry of entries) {
    try {
      contents.set(entry.name, unpackEntry(entry));
    } catch (error) {
      problems.push(fileProblem(error));
    }
  }
  return contents;
}

function startsAsZip(file: Uint8Array): boolean {
  return file[0] === 0x50 && file[1] === 0x4b;
}

function readLeniently(file: Uint8Array): Map<string, Uint8Array> | null {
  const filter = (entry: { size: number; originalSize: number }): boolean => isPossible(entry.originalSize, entry.size);
  try {
    return new Map(Object.entries(unzipSync(file, { filter })));
  } catch {
    // What is wrong with the file is said by what could be read of it in order.
    return null;
  }
}

/** The form is right where the entries, written again, give the file itself. */
function checkForm(file: Uint8Array, entries: readonly Entry[], problems: Problem[]): void {
  const expected = writeContainer(entries);
  const most = Math.max(file.length, expected.length);
  let at = 0;
  while (at < most && file[at] === expected[at]) at++;
  if (at < most) {
    const part = placeOf(file, entries, at);
    const message = 'the file is not in the form Cairn writes: it was damaged, or packed again by another program';
    problems.push(problem(part, `byte ${at} of the file`, message));
  }
  const names = entries.map((entry) => entry.name);
  const parts = names.filter((name) => name !== MANIFEST && name !== SIGNATURE).sort();
  const order = [MANIFEST, ...parts, ...(names.includes(SIGNATURE) ? [SIGNATURE] : [])];
  if (names.join() !== order.join() || new Set(names).size !== names.length) {
    problems.push(problem('the file', null, 'its parts are not in order, or one is there twice'));
  }
  for (const { name, method } of entries) {
    const expectedMethod = name === MANIFEST || name === SIGNATURE ? 'stored' : 'deflated';
    if (method !== expectedMethod)
      problems.push(problem(name, null, `is ${method} in the file where Cairn has it ${expectedMethod}`));
  }
}

function readManifest(bytes: Uint8Array | null, problems: Problem[]): Manifest | null {
  if (bytes === null) {
    problems.push(problem(MANIFEST, null, 'is missing, or damaged beyond reading'));
    return null;
  }
  try {
    const manifest = parseJsonBytes(bytes, manifestSchema, MANIFEST);
    if (!same(printBytes(manifest), bytes)) problems.push(problem(MANIFEST, null, 'is not written as Cairn writes it'));
    return manifest;
  } catch (error) {
    problems.push(fileProblem(error));
    return null;
  }
}

function checkParts(
  parts: ReadonlyMap<string, Uint8Array>,
  entries: readonly Entry[],
  manifest: Manifest,
  problems: Problem[],
): void {
  const lines = parts.get(LINES);
  const stated = new Map(manifest.parts.map((part) => [part.name, part]));
  const sums = lines === undefined || hashOf(lines) !== stated.get(LINES)?.sha256 ? null : readLineSums(lines);
  for (const { name, sha256: expected, stored } of manifest.parts) {
    const content = parts.get(name);
    if (content === undefined) {
      problems.push(
        problem(name, null, 'is named by the manifest and missing from the file, or damaged beyond reading'),
      );
      continue;
    }
    const actual = hashOf(content);
    if (actual !== expected) {
      problems.push({ ...problem(name, null, 'SHA-256 differs from the manifest'), stated: expected, found: actual });
      problems.push(...lineProblems(name, content, sums?.get(name)));
      continue;
    }
    const entry = entries.find((candidate) => candidate.name === name);
    if (entry !== undefined && hashOf(entry.data) !== stored.sha256) {
      problems.push(problem(name, null, 'its compressed bytes are not the ones the manifest states'));
    }
  }
  for (const name of parts.keys()) {
    if (!stated.has(name)) problems.push(problem(name, null, 'is in the file and not named by the manifest'));
  }
}

function lineProblems(name: string, content: Uint8Array, sums: readonly string[] | undefined): Problem[] {
  if (sums === undefined) return [];
  return changedLines(content, sums, MOST_LINES).map(({ line, message, text }) =>
    problem(name, `line ${line}`, text === null ? message : `${message}; the file now has there: ${shorten(text)}`),
  );
}

function checkNames(parts: ReadonlyMap<string, Uint8Array>, problems: Problem[]): void {
  const known: ReadonlySet<string> = new Set([...PARTS, ...OPTIONAL_PARTS]);
  for (const name of parts.keys()) {
    if (!known.has(name)) problems.push(problem(name, null, 'is not a part of a bundle'));
  }
  for (const name of PARTS) {
    const named = problems.some((other) => other.part === name);
    if (!parts.has(name) && !named) problems.push(problem(name, null, 'is missing'));
  }
}

export function problem(part: string, place: string | null, message: string): Problem {
  return { part, place, message, stated: null, found: null };
}

/** An error that names its part first (`part: place: what`), as a problem. @throws what is not a fact about the file. */
export function fileProblem(error: unknown): Problem {
  if (!isCairnError(error) || error.code === 'defect') throw error;
  const match = /^([\w.-]+\.(?:json|csv|txt)): (.*)$/s.exec(error.message);
  return match === null
    ? problem('the file', null, error.message)
    : problem(match[1] as string, null, match[2] as string);
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
