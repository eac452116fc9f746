import { mkdirSync } from 'node:fs';
import { CairnError } from '../../errors.ts';
import { judgeVersion } from '../lists/guard.ts';
import { compareVersions } from '../lists/in-force.ts';
import type { ListedParty } from '../lists/party.ts';
import type { ListContent, ListVersion } from '../lists/version.ts';
import { type NewVersion, versionId } from '../lists/version-id.ts';
import {
  countAccounts,
  keepOriginals,
  originalsOf,
  readCatalogue,
  readParties,
  readWithAccounts,
  startCatalogue,
  sweep,
  writeCatalogue,
  writeParties,
} from './list-store-files.ts';
import { withLock } from './list-store-lock.ts';

/** Every version of every list, for ever: nothing is replaced, so yesterday's answer can be given again. */
export type ListStore = {
  /** All versions held now, by list, oldest issue first. @throws {CairnError} `unavailable`: a catalogue is damaged */
  readonly versions: () => readonly ListVersion[];
  /** @throws {CairnError} `not-found`: no such version; `unavailable`: its file is missing or damaged */
  readonly parties: (id: string) => Promise<readonly ListedParty[]>;
  /** Only the parties that have accounts: a small file, for screening accounts at once. Errors as for `parties`. */
  readonly partiesWithAccounts: (id: string) => Promise<readonly ListedParty[]>;
  /** Paths of the files a version was read from, in order of name; none for one that ships with Cairn. */
  readonly originals: (id: string) => readonly string[];
  /**
   * Adds a version, if it may become one (`judgeVersion`). Whatever stops it, a full disk or a killed process, leaves nothing
   * visible. Processes that add at once take turns.
   * @throws {CairnError} `contradiction`, `invalid-input`: refused; `unavailable`: the disk or another process stands in the way
   */
  readonly add: (content: ListContent & { readonly sha256: string }, meta: VersionMeta) => Promise<AddedVersion>;
};

/** What is known of a copy of a list beside what it says itself. */
export type VersionMeta = {
  /** Unix seconds. */
  readonly obtainedAt: number;
  /** The address or the file's name. */
  readonly source: string;
  /** ISO date, for files that do not say theirs. */
  readonly issuedOn?: string;
  /** null: the whole list; else which part of it, in words. */
  readonly onlyPart?: string | null;
  readonly notes?: readonly string[];
  /** The files it was read from, to be kept. */
  readonly originals?: readonly string[];
  /** Why a fall in numbers or many unreadable entries are right; recorded in the version's notes. */
  readonly acceptShrunken?: string;
};

export type AddedVersion = { readonly version: ListVersion; readonly status: 'added' | 'already-held' };

/**
 * Opens the lists of a data directory.
 * @param places.directory - made when the first version is added.
 * @param places.shipped - lists that came with Cairn, read only; null: none.
 */
export function openListStore(places: { readonly directory: string; readonly shipped: string | null }): ListStore {
  const { directory, shipped } = places;
  const find = (id: string): { version: ListVersion; at: string } => {
    for (const at of placesOf(places)) {
      const version = readCatalogue(at).find((one) => one.id === id);
      if (version !== undefined) return { version, at };
    }
    throw new CairnError('not-found', `no version ${id} is held`, { hints: ['cairn lists shows those held'] });
  };
  return {
    versions: () => versionsOf(places),
    parties: async (id) => {
      const { version, at } = find(id);
      return readParties(at, version);
    },
    partiesWithAccounts: async (id) => {
      const { version, at } = find(id);
      return readWithAccounts(at, version);
    },
    originals: (id) => {
      const { version, at } = find(id);
      return at === shipped ? [] : originalsOf(directory, version.sha256);
    },
    add: (content, meta) => locked(directory, () => add(places, content, meta)),
  };
}

type Places = { readonly directory: string; readonly shipped: string | null };

function placesOf({ directory, shipped }: Places): string[] {
  return shipped === null ? [directory] : [shipped, directory];
}

function versionsOf(places: Places): ListVersion[] {
  const byId = new Map(placesOf(places).flatMap((at) => readCatalogue(at).map((version) => [version.id, version])));
  return [...byId.values()].sort(compareVersions);
}

async function add(
  places: Places,
  content: ListContent & { readonly sha256: string },
  meta: VersionMeta,
): Promise<AddedVersion> {
  const version = describe(content, meta);
  const counts = { parties: content.parties.length, accounts: countAccounts(content.parties) };
  const rejects = content.rejects.length;
  const judged = judgeVersion({ ...version, ...counts, rejects }, versionsOf(places), meta.acceptShrunken ?? null);
  if (judged.kind === 'already-held') return { version: judged.version, status: 'already-held' };
  await keepOriginals(places.directory, content.sha256, meta.originals ?? []);
  const notes = [...version.notes, ...judged.notes];
  return { version: await write(places.directory, { ...version, notes }, content.parties), status: 'added' };
}

function describe(content: ListContent & { readonly sha256: string }, meta: VersionMeta): NewVersion {
  const { list, format, sha256, rejects, parties } = content;
  if (content.issuedOn !== null && meta.issuedOn !== undefined && meta.issuedOn !== content.issuedOn) {
    throw new CairnError(
      'contradiction',
      `${meta.source} says it was issued on ${content.issuedOn}, not on ${meta.issuedOn}`,
    );
  }
  const said = content.issuedOn ?? meta.issuedOn;
  const twice = parties.length - new Set(parties.map(({ id }) => id)).size;
  const notes = [
    ...(content.issuedOn !== null ? [] : [said === undefined ? UNDATED : 'the date of issue is the importer’s word']),
    ...(twice === 0 ? [] : [`entries that carry the number of one before them: ${twice}`]),
    ...rejects.map(({ place, reason }) => `not read: ${place}: ${reason}`),
    ...(meta.notes ?? []),
  ];
  const issuedOn = said ?? new Date(meta.obtainedAt * 1000).toISOString().slice(0, 10);
  const { obtainedAt, source, onlyPart = null } = meta;
  return { list, issuedOn, obtainedAt, sha256, source, format, onlyPart, notes };
}

const UNDATED = 'the file gives no date of issue: the day it was obtained stands for it';

/**
 * Writes a version into a directory without judging it, replacing one of the same id: for making what ships with Cairn.
 * The same arguments give the same bytes.
 * @returns the version with its id and its parties counted.
 */
export function writeVersion(
  directory: string,
  version: NewVersion,
  parties: readonly ListedParty[],
): Promise<ListVersion> {
  return locked(directory, () => write(directory, version, parties));
}

async function write(directory: string, fields: NewVersion, parties: readonly ListedParty[]): Promise<ListVersion> {
  const { list, issuedOn, obtainedAt, sha256, source, format, onlyPart, notes } = fields;
  const counts = { parties: parties.length, accounts: countAccounts(parties) };
  const about = { issuedOn, obtainedAt, sha256, source, format, onlyPart };
  const version = { id: versionId(fields), list, ...about, ...counts, notes };
  await writeParties(directory, version.id, parties);
  const others = readCatalogue(directory).filter(({ id }) => id !== version.id);
  await writeCatalogue(directory, [...others, version]);
  return version;
}

function locked<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new CairnError('unavailable', `cannot use ${directory}: ${(cause as Error).message}`, { cause });
  }
  return withLock(directory, async () => {
    await startCatalogue(directory);
    sweep(directory, readCatalogue(directory));
    return work();
  });
}
