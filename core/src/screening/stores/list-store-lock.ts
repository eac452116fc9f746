import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CairnError } from '../../errors.ts';

/** How long to wait for another process before giving up (milliseconds): writing the largest list takes a few seconds. */
const PATIENCE = 60_000;

/** Marks of this process that are in use: a mark of a process that died may carry the same process id. */
const own = new Set<string>();

/**
 * Runs `work` while no other process of this machine runs its own under the same directory's lock.
 *
 * Everyone announces itself with a file of its own, `lock.<mark>`, and then looks at the others': if one of them belongs to a
 * living process, it takes its announcement back and tries again. So no two can hold the lock, and one who was killed holds
 * nobody up: a dead process's file is swept, which needs no agreement as nobody else ever uses that name.
 * @throws {CairnError} `unavailable`: another process held it for a minute, or the directory cannot be written.
 */
export async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const mark = newMark();
  const file = join(directory, `lock.${mark}`);
  try {
    await announce(directory, file);
    return await work();
  } finally {
    rmSync(file, { force: true });
    own.delete(mark);
  }
}

async function announce(directory: string, file: string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    writeAnnouncement(file);
    const other = othersIn(directory, file)[0];
    if (other === undefined) return;
    rmSync(file, { force: true });
    if (Date.now() > deadline) {
      throw new CairnError('unavailable', `process ${processOf(other)} is writing to ${directory}`, {
        retryable: true,
        hints: ['wait for it, or stop it; what it has not finished is not visible to anyone'],
      });
    }
    // Two that meet must not meet again: unequal pauses.
    await pause(20 + (randomBytes(1)[0] ?? 0) / 4);
  }
}

function writeAnnouncement(file: string): void {
  try {
    writeFileSync(file, '', { flag: 'wx' });
  } catch (cause) {
    throw new CairnError('unavailable', `cannot write ${file}: ${(cause as Error).message}`, {
      cause,
      retryable: true,
    });
  }
}

/** Marks of living holders beside this one; the files of dead ones are removed. */
function othersIn(directory: string, file: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith('lock.') && join(directory, name) !== file)
    .map((name) => name.slice('lock.'.length))
    .filter((mark) => {
      if (isLive(mark)) return true;
      rmSync(join(directory, `lock.${mark}`), { force: true });
      return false;
    });
}

/** A name nobody else uses, that tells whether the process that made it still lives. In use until given up. */
export function newMark(): string {
  const mark = `${process.pid}-${startOf(process.pid) ?? 'x'}-${randomBytes(6).toString('hex')}`;
  own.add(mark);
  return mark;
}

export function giveUp(mark: string): void {
  own.delete(mark);
}

/** Does the process that made this mark still live? One that merely has the same id does not count, where that can be told. */
export function isLive(mark: string): boolean {
  const [pid, start] = [processOf(mark), mark.split('-')[1]];
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (own.has(mark)) return true;
  if (pid === process.pid && start === 'x') return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return now === null || start === 'x' || now === start;
}

function processOf(mark: string): number {
  return Number(mark.split('-')[0]);
}

/** When the process started, in the kernel's ticks since boot; null: this system does not tell. @see proc(5), field 22 of stat */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
