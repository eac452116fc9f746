import { CairnError } from '@cairn/core/errors';
import { PUBLISHERS, type Publisher } from '@cairn/core/screening';
import { downloadList } from '@cairn/core/screening/sources';
import { type ListSource, openDownloadFolder, readListSources, recordListSource } from '@cairn/core/screening/stores';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { createProgress } from '../terminal/progress.ts';
import { type ListOutcome, runEach } from './lists-change.ts';
import { importFiles } from './lists-import.ts';
import { type HeldLists, openLists } from './lists-store.ts';

export type UpdateFlags = { readonly from?: string; readonly timeout?: string };

/** `cairn lists update`: fetches lists from their publishers; a list that cannot be had leaves the held one as it is. */
export async function updateLists(context: Context, flags: UpdateFlags, names: readonly string[]): Promise<ExitCode> {
  const publishers = choose(names);
  const timeout = readTimeout(flags.timeout);
  if (flags.from !== undefined && (names.length !== 1 || publishers.length !== 1)) {
    throw new CairnError('invalid-input', '--from is the address of one list: name that list', {
      hints: [`cairn lists update un-sc --from ${flags.from}`],
    });
  }
  const held = openLists(context.data);
  return runEach(
    context,
    publishers,
    ({ list }) => list,
    (publisher) => update(context, held, publisher, { address: flags.from ?? publisher.address, ...timeout }),
  );
}

function choose(names: readonly string[]): readonly Publisher[] {
  if (names.length === 0) return PUBLISHERS.filter(({ byDefault }) => byDefault === 'yes');
  return [...new Set(names)].map((name) => {
    const publisher = PUBLISHERS.find(({ list }) => list === name);
    if (publisher !== undefined) return publisher;
    throw new CairnError('not-found', `there is no published list ${name}`, {
      hints: [`lists: ${PUBLISHERS.map(({ list }) => list).join(', ')}`, 'any other file: cairn lists import FILE'],
    });
  });
}

async function update(
  { signal }: Context,
  lists: HeldLists,
  { list, terms }: Publisher,
  { address, timeout }: { address: string; timeout?: number },
): Promise<Omit<ListOutcome, 'of' | 'error'>> {
  const { store, directory } = lists;
  const known = lastAnswer(directory, list, address);
  const version = known === null ? undefined : store.versions().find(({ id }) => id === known.version);
  const folder = openDownloadFolder(directory);
  try {
    const held = version === undefined ? null : known;
    const limit = timeout === undefined ? {} : { timeout };
    const download = await fetchWithProgress(list, address, { folder: folder.path, held, signal, ...limit });
    const checkedAt = Math.floor(Date.now() / 1000);
    if (download.kind === 'not-modified') {
      if (known !== null) await recordListSource(directory, { ...known, checkedAt });
      return { status: 'not-modified', version: version ?? null, rejects: [], notes: [] };
    }
    const outcome = await importFiles(lists, [download.path], { list, signal }, { source: address });
    if (outcome.version !== null) {
      const { etag, lastModified } = download.validators;
      await recordListSource(directory, { list, address, etag, lastModified, version: outcome.version.id, checkedAt });
    }
    const unchecked = download.checked.length === 0 ? ['the server gave neither length nor digest to check it by'] : [];
    return { ...outcome, notes: [...outcome.notes, ...unchecked, ...(terms === null ? [] : [`terms: ${terms}`])] };
  } finally {
    folder.remove();
  }
}

/** What the server said last, if it was asked at the same address. */
function lastAnswer(directory: string, list: string, address: string): ListSource | null {
  return readListSources(directory).find((one) => one.list === list && one.address === address) ?? null;
}

async function fetchWithProgress(
  list: string,
  address: string,
  options: Parameters<typeof downloadList>[1],
): ReturnType<typeof downloadList> {
  const progress = createProgress();
  try {
    return await downloadList(address, {
      ...options,
      onProgress: ({ bytes, totalBytes }) =>
        progress.update(
          `${list}: ${(bytes / 1e6).toFixed(1)} MB fetched`,
          totalBytes === null || totalBytes === 0 ? null : bytes / totalBytes,
        ),
    });
  } finally {
    progress.done();
  }
}

function readTimeout(text: string | undefined): { timeout?: number } {
  if (text === undefined) return {};
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw new CairnError('invalid-input', `--timeout ${text}: not a number of seconds from 1 to 86400`);
  }
  return { timeout: Math.ceil(seconds * 1000) };
}
