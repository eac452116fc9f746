import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CairnError } from '../../errors.ts';
import { formatCsvRow } from './csv.ts';

/** A row that was not taken, and why. */
export type Reject = {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
  readonly cells: readonly string[];
};

/** How many rows were rejected for one reason. */
export type RejectCount = { readonly reason: string; readonly count: number; readonly firstLine: number };

/** Rejected rows of one pass over a file. */
export type RejectLog = {
  readonly count: number;
  add(reject: Reject, group: string): void;
  /** Writes out what has been added; a file appears with the first reject. */
  flush(): Promise<void>;
  /** By reason, most frequent first. */
  byReason(): readonly RejectCount[];
  /** The first reject, for messages. */
  first(): Reject | null;
  /** @returns path of the file of rejects; null if there are none, or none is kept. */
  close(): Promise<string | null>;
  /** Forgets everything and removes the file. */
  discard(): Promise<void>;
};

/**
 * @param directory - where to write `<file>.<start of its SHA-256>.rejects.csv`; null: no file.
 * @param onReject - told of each reject as it happens.
 */
export function createRejectLog(
  source: { readonly file: string; readonly sha256: string },
  directory: string | null,
  onReject: (reject: Reject) => void,
): RejectLog {
  const path = directory === null ? null : join(directory, `${source.file}.${source.sha256.slice(0, 8)}.rejects.csv`);
  const groups = new Map<string, { count: number; firstLine: number }>();
  let pending: string[] = [];
  let handle: FileHandle | null = null;
  let count = 0;
  let first: Reject | null = null;
  const flush = async (): Promise<void> => {
    if (path === null || pending.length === 0) return;
    const text = `${pending.join('\n')}\n`;
    pending = [];
    try {
      if (handle === null) {
        await mkdir(directory as string, { recursive: true });
        handle = await open(path, 'w');
        await handle.write('file,line,reason,row\n');
      }
      await handle.write(text);
    } catch (cause) {
      throw new CairnError('unavailable', `the file of rejected rows cannot be written: ${path}`, { cause });
    }
  };
  return {
    get count() {
      return count;
    },
    add(reject, group) {
      count++;
      first ??= reject;
      const known = groups.get(group);
      if (known === undefined) groups.set(group, { count: 1, firstLine: reject.line });
      else known.count++;
      if (path !== null) {
        pending.push(formatCsvRow([reject.file, String(reject.line), reject.reason, formatCsvRow(reject.cells)]));
      }
      onReject(reject);
    },
    flush,
    byReason: () =>
      [...groups]
        .map(([reason, group]) => ({ reason, ...group }))
        .sort((a, b) => b.count - a.count || a.firstLine - b.firstLine),
    first: () => first,
    async close() {
      await flush();
      await handle?.close();
      return handle === null ? null : path;
    },
    async discard() {
      await handle?.close();
      if (handle !== null && path !== null) await rm(path, { force: true });
      handle = null;
    },
  };
}

/** @param rejectsFile - where they are kept; null: not yet, or nowhere. */
export function noGoodRow(rejects: RejectLog, rejectsFile: string | null): CairnError {
  const first = rejects.first();
  const told = first === null ? '' : `; line ${first.line}: ${first.reason}`;
  return new CairnError('invalid-input', `none of its ${rejects.count} rows could be read${told}`, {
    hints: rejectsFile === null ? [] : [`every row and its reason: ${rejectsFile}`],
  });
}
