import { closeSync, fsyncSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { CairnError } from '../../errors.ts';

/** How long a writer waits for another, and between looks (milliseconds). An append takes a few. */
const PATIENCE = 15_000;
const INTERVAL = 20;

/** Who holds a lock. `born` tells a process from a later one with the same number; null where the system does not say. */
type Holder = { readonly pid: number; readonly host: string; readonly born: string | null };

/**
 * Runs `work` while no other process does so under the same lock file. A lock left by a process that is gone is taken over.
 * @throws {CairnError} `unavailable`: another process holds it for longer than an append can take, or one on another machine does.
 */
export function withLock<T>(path: string, work: () => T): T {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const release = tryLock(path);
    if (release === null) {
      if (Date.now() > until) throw heldBy(path, readHolder(path));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, INTERVAL);
      continue;
    }
    try {
      return work();
    } finally {
      release();
    }
  }
}

/** Takes a lock, also one of a process that is gone. @returns what gives it back; null: another process has it. */
export function tryLock(path: string): (() => void) | null {
  for (;;) {
    if (take(path)) return () => unlinkSync(path);
    const holder = readHolder(path);
    if (holder === null || !isGone(holder)) return null;
    clear(path, holder);
  }
}

function take(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new CairnError('unavailable', `cannot lock ${path}: ${(cause as Error).message}`, { cause, retryable: true });
  }
  const holder: Holder = { pid: process.pid, host: hostname(), born: birthOf(process.pid) };
  try {
    writeSync(file, JSON.stringify(holder));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
}

/** null: it has just been released, or is being written. */
function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isGone({ pid, host, born }: Holder): boolean {
  if (host !== hostname()) return false;
  if (born !== null) return birthOf(pid) !== born;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Removes a dead process's lock. Under a lock of its own, and after another look: of two that saw the same dead lock the
 * slower one would otherwise remove the lock that the faster one has just taken.
 */
function clear(path: string, seen: Holder): void {
  const turn = `${path}.takeover`;
  if (!take(turn)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, INTERVAL);
    const other = readHolder(turn);
    if (other !== null && isGone(other)) throw heldBy(turn, other);
    return;
  }
  try {
    if (JSON.stringify(readHolder(path)) === JSON.stringify(seen)) unlinkSync(path);
  } finally {
    unlinkSync(turn);
  }
}

/** When a process began: boot and clock ticks since, where the system has /proc; null elsewhere or when it is gone. */
function birthOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name in brackets may itself hold spaces and brackets; the start time is the 20th field after it (proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
}

function heldBy(path: string, holder: Holder | null): CairnError {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new CairnError('unavailable', `the journal is locked by ${who}`, {
    retryable: true,
    hints: ['wait until it is done and run the command again', `if no process is at work there, delete ${path}`],
  });
}
