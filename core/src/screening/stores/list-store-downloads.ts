import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CairnError } from '../../errors.ts';
import { DOWNLOADS } from './list-store-files.ts';
import { giveUp, newMark } from './list-store-lock.ts';

/** A folder of this process's own beside the lists, for a file that has not been read yet. */
export type DownloadFolder = {
  readonly path: string;
  readonly remove: () => void;
};

/**
 * Makes a folder for downloads inside a list directory. A process that dies leaves its folder; the next that adds a version
 * sweeps it.
 * @throws {CairnError} `unavailable`
 */
export function openDownloadFolder(directory: string): DownloadFolder {
  const mark = newMark();
  const path = join(directory, DOWNLOADS, mark);
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    giveUp(mark);
    throw new CairnError('unavailable', `cannot use ${path}: ${(cause as Error).message}`, { cause, retryable: true });
  }
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true });
      giveUp(mark);
    },
  };
}
