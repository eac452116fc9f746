import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CairnError } from '../../../errors.ts';
import type { CallRecord } from '../http/http-client.ts';

/** An attempt to ask a source, as the case's log has it. */
export type LoggedCall = CallRecord & {
  readonly source: string;
  /** Who ran the command, as they say. */
  readonly by: string;
  /** Under which permission; null: one's own source. */
  readonly pap: string | null;
};

export type CallLog = {
  /** @throws unavailable: the call cannot be put on record, so its answer must not be used. */
  add(call: LoggedCall): void;
  /** Oldest first; lines that were cut off are left out. */
  read(): LoggedCall[];
};

/** The log of every call, one line of JSON each, only ever appended to. */
export function createCallLog(path: string): CallLog {
  let isMade = false;
  return {
    add(call) {
      try {
        if (!isMade) mkdirSync(dirname(path), { recursive: true });
        isMade = true;
        appendFileSync(path, `${JSON.stringify(call)}\n`);
      } catch (cause) {
        throw new CairnError('unavailable', `the log of calls cannot be written: ${path}`, { cause });
      }
    },
    read() {
      return textOf(path)
        .split('\n')
        .flatMap((line) => {
          try {
            return line === '' ? [] : [JSON.parse(line) as LoggedCall];
          } catch {
            return [];
          }
        });
    },
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new CairnError('unavailable', `the log of calls cannot be read: ${path}`, { cause });
  }
}
