import { constants, existsSync, readFileSync, statSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CairnError, isCairnError } from '../../../errors.ts';

/**
 * Makes sure that a data directory is there, can be used and belongs to nobody else.
 * @throws unavailable with what stands in the way.
 */
export async function claimDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw asLedgerError(cause, directory);
  }
  const holder = lockHolder(join(directory, 'status'));
  if (holder !== null) throw inUse(directory, holder);
}

/** Linux lists here who holds which lock. */
const LOCKS = '/proc/locks';

/**
 * Which process holds the engine's lock on a data directory, as far as the system tells (Linux does); null: none known.
 * The engine itself refuses a second process too, but does not say why to its caller.
 */
function lockHolder(file: string): string | null {
  try {
    const { ino } = statSync(file);
    for (const line of readFileSync(LOCKS, 'utf8').split('\n')) {
      const [, kind, , , process, place] = line.trim().split(/\s+/);
      if (kind === 'FLOCK' && place?.endsWith(`:${ino}`)) return process ?? 'unknown';
    }
  } catch {
    // No such file, or a system without /proc: nothing is known.
  }
  return null;
}

/** The process that the engine noted in its lock file, if it still runs; for systems that do not list locks. */
function recordedHolder(file: string): string | null {
  try {
    const id = /^PID: (\d+)/m.exec(readFileSync(file, 'utf8'))?.[1];
    if (id === undefined || Number(id) === process.pid) return null;
    process.kill(Number(id), 0);
    return id;
  } catch {
    // No such file, or no such process.
    return null;
  }
}

function inUse(directory: string, holder: string): CairnError {
  return new CairnError(
    'unavailable',
    `The data directory ${directory} is in use by another process (PID ${holder}).`,
    {
      retryable: true,
      hints: ['Wait until the other process has ended, or name another data directory.'],
    },
  );
}

/** What to say about a data directory that the engine could not open. */
export function openingFailed(directory: string, cause: unknown): CairnError {
  const holder = existsSync(LOCKS) ? null : recordedHolder(join(directory, 'status'));
  if (holder !== null) return inUse(directory, holder);
  return new CairnError('unavailable', `The ledger in ${directory} cannot be opened.`, {
    cause,
    retryable: true,
    hints: [
      'Another process may be using this data directory: wait until it has ended, or name another one.',
      'Check that every file in it can be read and written.',
      'If its files are damaged: restore it from a copy, or ingest the sources again into a new one.',
    ],
  });
}

/** Failures that are the world's, by what the system or the engine calls them; the first that fits is told. */
const CAUSES: readonly (readonly [RegExp, (directory: string) => string, string])[] = [
  [
    /NOT_ENOUGH_SPACE|ENOSPC|No space left on device|EDQUOT|Disk quota exceeded/i,
    (directory) => `The disk that holds ${directory} is full.`,
    'Free some space, or name a data directory on another disk. Nothing of the unfinished import is kept.',
  ],
  [
    /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    (directory) => `The data directory ${directory} cannot be read and written.`,
    'Check its owner and permissions, or name another data directory.',
  ],
  [
    /ENOTDIR|EEXIST|Not a directory/i,
    (directory) => `${directory} is not a directory.`,
    'Name a directory for the ledger; it is made if it is not there.',
  ],
  [
    /MEMORY_LIMIT_EXCEEDED|CANNOT_ALLOCATE_MEMORY/i,
    () => 'The ledger engine ran out of memory.',
    'Close other programs, or ask about fewer accounts at a time.',
  ],
  [
    /CORRUPTED_DATA|CHECKSUM_DOESNT_MATCH|CANNOT_READ_ALL_DATA|UNEXPECTED_END_OF_FILE|CANNOT_DECOMPRESS|TOO_MANY_UNEXPECTED_DATA_PARTS/,
    (directory) => `The ledger in ${directory} is damaged: some of its files cannot be read as they were written.`,
    'Restore the data directory from a copy, or ingest the sources again into a new one.',
  ],
];

/** Turns a failure of the engine or the file system into one a caller can act upon. */
export function asLedgerError(cause: unknown, directory: string): CairnError {
  if (isCairnError(cause)) return cause;
  const text =
    cause instanceof Error ? `${cause.message} ${(cause as NodeJS.ErrnoException).code ?? ''}` : String(cause);
  for (const [pattern, message, hint] of CAUSES) {
    if (pattern.test(text)) return new CairnError('unavailable', message(directory), { cause, hints: [hint] });
  }
  return new CairnError('defect', `The ledger engine failed: ${text.slice(0, 500).trim()}`, { cause });
}
