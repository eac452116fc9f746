import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CairnError } from '../../errors.ts';
import { type Delivery, readSteps } from '../deliver/outbox.ts';
import { tryLock } from './journal-lock.ts';

/** Milliseconds between looks at a lock that another process has. */
const INTERVAL = 50;

/** Every step in the file, oldest first; none where there is no file. @throws {CairnError} `unavailable` */
export function loadSteps(path: string): Delivery[] {
  try {
    return existsSync(path) ? readSteps(readFileSync(path, 'utf8')) : [];
  } catch (cause) {
    throw unavailable(`cannot read ${path}`, cause);
  }
}

/**
 * Adds a step; it is on the disk when this returns. What an earlier process left without a line's end is closed off first.
 * @throws {CairnError} `unavailable`: it is not, or not wholly, on the disk.
 */
export function appendStep(path: string, step: Delivery): void {
  const isNew = !existsSync(path);
  let file: number | null = null;
  try {
    file = openSync(path, 'a+', 0o600);
    const line = Buffer.from(`${endsOpen(file) ? '\n' : ''}${JSON.stringify(step)}\n`);
    const written = writeSync(file, line);
    if (written < line.length) throw new Error(`only ${written} of ${line.length} bytes could be written`);
    fsyncSync(file);
    if (isNew) syncFolder(dirname(path));
  } catch (cause) {
    throw unavailable(`cannot write to ${path}`, cause);
  } finally {
    if (file !== null) closeSync(file);
  }
}

function endsOpen(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}

/** A new file's name is on the disk once its folder is. Where folders cannot be opened (Windows), the system sees to it. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Runs `work` while no other process does so under the same lock file.
 * @param patience - milliseconds to wait for another process.
 * @throws {CairnError} `unavailable`: another process has it for longer; `interrupted`.
 */
export async function whileLocked<T>(
  path: string,
  patience: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw unavailable(`cannot make ${dirname(path)}`, cause);
  }
  const until = Date.now() + patience;
  let release = tryLock(path);
  while (release === null) {
    if (signal?.aborted) throw stopped();
    if (Date.now() >= until) throw heldBy(path);
    // Stopped while waiting: the next look at the signal says so.
    await wait(INTERVAL, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    release = tryLock(path);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

export function stopped(): CairnError {
  return new CairnError('interrupted', 'stopped; what was not told is told by the next run');
}

function heldBy(path: string): CairnError {
  return new CairnError('unavailable', 'another process is telling alerts', {
    retryable: true,
    hints: ['wait until it is done and run the command again', `if no process is at work there, delete ${path}`],
  });
}

function unavailable(what: string, cause: unknown): CairnError {
  return new CairnError('unavailable', `${what}: ${(cause as Error).message}`, { cause, retryable: true });
}
