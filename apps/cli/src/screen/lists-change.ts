import { basename } from 'node:path';
import { CairnError, isCairnError } from '@cairn/core/errors';
import type { ListReject } from '@cairn/core/screening';
import { type ReadList, type ReadListOptions, readListFiles } from '@cairn/core/screening/sources';
import type { AddedVersion } from '@cairn/core/screening/stores';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { afterChange } from './after-change.ts';

/** What became of one list of an update, or one file of an import. */
export type ListOutcome = {
  /** The list's id, or the file. */
  readonly of: string;
  readonly status: AddedVersion['status'] | 'not-modified' | 'refused';
  readonly version: AddedVersion['version'] | null;
  readonly rejects: readonly ListReject[];
  /** What else to tell; in order. */
  readonly notes: readonly string[];
  readonly error: CairnError | null;
};

/**
 * Does one after the other; one that fails does not hold up the rest. Prints what became of each, screens watched subjects again
 * if a version was added; then the first failure is thrown, so that it decides the exit code.
 */
export async function runEach<Item>(
  context: Context,
  items: readonly Item[],
  nameOf: (item: Item) => string,
  run: (item: Item) => Promise<Omit<ListOutcome, 'of' | 'error'>>,
): Promise<ExitCode> {
  const { print, signal } = context;
  const outcomes: ListOutcome[] = [];
  for (const item of items) {
    if (signal.aborted) break;
    outcomes.push(await attempt(nameOf(item), () => run(item)));
  }
  const failed = outcomes.flatMap(({ error }) => (error === null ? [] : [error]));
  if (outcomes.length > failed.length || outcomes.length > 1) {
    const results = outcomes.map(({ error, ...rest }) => ({ ...rest, error: error?.message ?? null }));
    print(outcomes.map(showOutcome).join('\n'), { results });
  }
  const added = outcomes.flatMap(({ status, version }) => (status === 'added' && version !== null ? [version.id] : []));
  if (added.length > 0) await afterChange(context, added.map((id) => `list ${id}`).join(', '));
  if (signal.aborted) throw new CairnError('interrupted', 'stopped; the lists held are whole');
  if (failed[0] !== undefined) throw failed[0];
  return outcomes.some(({ status, rejects }) => status === 'added' && rejects.length > 0) ? 8 : 0;
}

async function attempt(of: string, run: () => Promise<Omit<ListOutcome, 'of' | 'error'>>): Promise<ListOutcome> {
  try {
    return { of, ...(await run()), error: null };
  } catch (error) {
    if (!isCairnError(error) || error.code === 'defect') throw error;
    const { code, message, hints, retryable } = error;
    const text = message.startsWith(basename(of)) ? message : `${of}: ${message}`;
    const placed = new CairnError(code, text, { cause: error, hints, retryable });
    return { of, status: 'refused', version: null, rejects: [], notes: [], error: placed };
  }
}

/** Reads list files with progress on stderr. */
export async function readWithProgress(
  files: readonly string[],
  options: Omit<ReadListOptions, 'onProgress'>,
): Promise<ReadList> {
  const progress = createProgress();
  const name = files.join(', ');
  try {
    return await readListFiles(files, {
      ...options,
      onProgress: ({ bytesRead, totalBytes, parties }) =>
        progress.update(
          `${name}: ${Math.floor((100 * bytesRead) / totalBytes)} % read, ${grouped(parties)} parties`,
          totalBytes === 0 ? null : bytesRead / totalBytes,
        ),
    });
  } finally {
    progress.done();
  }
}

function showOutcome({ of, status, version, rejects, notes, error }: ListOutcome): string {
  if (error !== null) return `${of}: not taken; what was held stays. ${error.message.replace(`${of}: `, '')}`;
  const counts =
    version === null
      ? ''
      : `: ${counted(version.parties, 'party', 'parties')}, ${counted(version.accounts, 'digital-currency account', 'digital-currency accounts')}`;
  const what = {
    added: `${of}: ${version?.id} added${counts}`,
    'already-held': `${of}: ${version?.id} is held already; nothing was added`,
    'not-modified': `${of}: ${version?.id} is still the newest, says the server; nothing was added`,
    refused: '',
  }[status];
  const unread = rejects.slice(0, 10).map(({ place, reason }) => `  not read: ${place}: ${reason}`);
  const more = rejects.length > 10 ? [`  and ${rejects.length - 10} more (--json has all)`] : [];
  return [what, ...notes.map((note) => `  ${note}`), ...unread, ...more].join('\n');
}

function counted(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
