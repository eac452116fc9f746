import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CairnError } from '../../errors.ts';
import type { ListId } from '../lists/party.ts';
import { writeWhole } from './list-store-files.ts';
import { withLock } from './list-store-lock.ts';

/** What is known of the server a list was fetched from: enough to ask it whether anything has changed since. */
export type ListSource = {
  readonly list: ListId;
  readonly address: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** The version that its answer became. */
  readonly version: string;
  /** Unix seconds: when the server last said that this is its newest. */
  readonly checkedAt: number;
};

const SOURCES = 'sources.json';

/** Servers lists were fetched from, one a list; a damaged file counts as none: all it costs is a download. */
export function readListSources(directory: string): readonly ListSource[] {
  try {
    const { sources } = JSON.parse(readFileSync(join(directory, SOURCES), 'utf8')) as { sources: ListSource[] };
    return sources.filter((one) => typeof one.list === 'string' && typeof one.address === 'string');
  } catch {
    return [];
  }
}

/** Records a source, in place of an earlier one of the same list. @throws {CairnError} `unavailable` */
export async function recordListSource(directory: string, source: ListSource): Promise<void> {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new CairnError('unavailable', `cannot use ${directory}: ${(cause as Error).message}`, { cause });
  }
  await withLock(directory, async () => {
    const others = readListSources(directory).filter(({ list }) => list !== source.list);
    const sources = [...others, source].sort((a, b) => (a.list < b.list ? -1 : 1));
    await writeWhole(join(directory, SOURCES), `${JSON.stringify({ sources }, null, 2)}\n`);
  });
}
