import { basename, dirname } from 'node:path';
import { CairnError, isCairnError } from '@cairn/core/errors';
import { LIST_FORMATS, type ListFormat, type ListReject, PUBLISHED_LISTS } from '@cairn/core/screening';
import type { ListStore, VersionMeta } from '@cairn/core/screening/stores';
import { formatTime } from '@cairn/core/units';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { secondAfterTrail } from './journal-open.ts';
import { type ListOutcome, readWithProgress, runEach } from './lists-change.ts';
import { asListId, type HeldLists, openLists, readDate } from './lists-store.ts';

export type ImportFlags = {
  readonly format?: string;
  readonly list?: string;
  readonly issuedOn?: string;
  readonly acceptShrunken?: string;
};

/** `cairn lists import FILE…`: each file becomes a version of its list; OFAC's CSV files of one folder become one together. */
export async function importLists(context: Context, flags: ImportFlags, files: readonly string[]): Promise<ExitCode> {
  const held = openLists(context.data);
  const options = readOptions(flags, held.store);
  const groups = groupFiles(files);
  const nameOf = (group: readonly string[]): string => group.join(' + ');
  return runEach(context, groups, nameOf, async (group) => {
    const source = group.map((file) => basename(file)).join(' + ');
    return importFiles(held, group, { ...options.read, signal: context.signal }, { source, ...options.meta });
  });
}

/** Reads files and adds them as a version. @throws as `readListFiles` and `ListStore.add` */
export async function importFiles(
  { store, directory }: HeldLists,
  files: readonly string[],
  options: Parameters<typeof readWithProgress>[1],
  meta: Omit<VersionMeta, 'obtainedAt' | 'originals' | 'onlyPart' | 'notes'>,
): Promise<Omit<ListOutcome, 'of' | 'error'>> {
  const content = await readWithProgress(files, options);
  if (options.signal?.aborted) throw new CairnError('interrupted', 'stopped before anything was added');
  const obtainedAt = await secondAfterTrail(dirname(directory));
  const { version, status } = await withRejects(content.rejects, () =>
    store.add(content, {
      ...meta,
      obtainedAt,
      onlyPart: content.onlyPart,
      notes: content.notes,
      originals: files,
    }),
  );
  const notes = status === 'added' ? version.notes.filter((note) => !note.startsWith('not read: ')) : [];
  const isEarly = status === 'added' && version.issuedOn > formatTime(obtainedAt).slice(0, 10);
  const early = isEarly
    ? [`NOT IN FORCE before ${version.issuedOn}, its own date: until then no answer rests on it`]
    : [];
  return { version, status, rejects: content.rejects, notes: [...early, ...notes] };
}

/** Where a file is refused, the entries that could not be read are the reason, or tell it: the first are named. */
async function withRejects<T>(rejects: readonly ListReject[], add: () => Promise<T>): Promise<T> {
  try {
    return await add();
  } catch (error) {
    if (!isCairnError(error) || rejects.length === 0) throw error;
    const named = rejects.slice(0, 5).map(({ place, reason }) => `not read: ${place}: ${reason}`);
    const more = rejects.length > 5 ? [`and ${rejects.length - 5} more`] : [];
    const { code, message, hints, retryable } = error;
    throw new CairnError(code, message, { cause: error, retryable, hints: [...named, ...more, ...hints] });
  }
}

function readOptions({ format, list, issuedOn, acceptShrunken }: ImportFlags, store: ListStore) {
  if (format !== undefined && !LIST_FORMATS.some((one) => one === format)) {
    throw new CairnError('invalid-input', `--format ${format}: there is no such format`, {
      hints: [`formats: ${LIST_FORMATS.join(', ')}`],
    });
  }
  if (acceptShrunken !== undefined && acceptShrunken.trim() === '') {
    throw new CairnError('invalid-input', '--accept-shrunken needs the reason, which is recorded with the version');
  }
  const isOwn = list?.startsWith('custom:') === true;
  return {
    read: {
      ...(format === undefined ? {} : { format: format as ListFormat }),
      ...(list === undefined
        ? {}
        : { list: isOwn ? (list as `custom:${string}`) : asListId(list, store.versions(), PUBLISHED_LISTS) }),
    },
    meta: {
      ...(issuedOn === undefined ? {} : { issuedOn: readDate(issuedOn, '--issued-on') }),
      ...(acceptShrunken === undefined ? {} : { acceptShrunken: acceptShrunken.trim() }),
    },
  };
}

/** OFAC's legacy list is four CSV files that belong together; every other file stands alone. */
function groupFiles(files: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const key = /\.csv(?:\.\w+)?$/i.test(file) ? `csv in ${dirname(file)}` : `file ${file}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}
