import { createReadStream, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { copyFile, mkdir, open, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import { Gzip } from 'fflate';
import { CairnError } from '../../errors.ts';
import { compareVersions } from '../lists/in-force.ts';
import type { ListedParty } from '../lists/party.ts';
import type { ListVersion } from '../lists/version.ts';
import { isLive } from './list-store-lock.ts';

const CATALOGUE = 'versions.json';
const ORIGINALS = 'originals';
const IS_VERSION = /\.parties\.jsonl\.gz$|\.accounts\.json$/;
/** A file is written under a name that ends so, then renamed: whoever reads sees all of it or nothing. */
const DRAFT = '.part-written';
const PACKED: ReadonlySet<string> = new Set(['.gz', '.bz2', '.zst', '.zip']);

/**
 * Versions a directory's catalogue names; none where there is no catalogue and no version.
 * @throws {CairnError} `unavailable`: it is damaged or lost. As if it named none, answers would leave the versions out without a
 *   word, and the next import would sweep them away.
 */
export function readCatalogue(directory: string): readonly ListVersion[] {
  const path = join(directory, CATALOGUE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && !holdsVersions(directory)) return [];
    if (isMissing) throw damaged(path, 'it is missing, though versions lie beside it', cause);
    throw new CairnError('unavailable', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  try {
    const { versions } = JSON.parse(text) as { versions: ListVersion[] };
    if (!versions.every(({ id, list, issuedOn }) => [id, list, issuedOn].every((one) => typeof one === 'string'))) {
      throw new Error('an entry has no id, list or date');
    }
    return versions;
  } catch (cause) {
    throw damaged(path, (cause as Error).message, cause);
  }
}

/** Makes the catalogue of a directory that holds nothing yet, so that one that is missing later is known to be lost. */
export async function startCatalogue(directory: string): Promise<void> {
  if (readCatalogue(directory).length === 0) await writeCatalogue(directory, []);
}

function holdsVersions(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((name) => IS_VERSION.test(name));
}

/** The switch: before it nothing of a new version is visible, after it all of it. */
export async function writeCatalogue(directory: string, versions: readonly ListVersion[]): Promise<void> {
  const lines = [...versions].sort(compareVersions).map((version) => JSON.stringify(version));
  await writeWhole(join(directory, CATALOGUE), `{"versions": [\n${lines.join(',\n')}\n]}\n`);
}

/** Writes the parties of a version; the same parties give the same bytes on every machine. */
export async function writeParties(directory: string, id: string, parties: readonly ListedParty[]): Promise<void> {
  await writeWhole(partiesFile(directory, id), pack(parties));
  const withAccounts = parties.filter(({ accounts }) => accounts.length > 0).map((party) => JSON.stringify(party));
  const lines = withAccounts.length === 0 ? '' : `\n${withAccounts.join(',\n')}\n`;
  await writeWhole(accountsFile(directory, id), `[${lines}]\n`);
}

/** Piece by piece: as one text, the largest lists would need several times their size in memory. */
function pack(parties: readonly ListedParty[]): Buffer {
  const chunks: Uint8Array[] = [];
  const gzip = new Gzip({ level: 6, mtime: 0 }, (chunk) => chunks.push(chunk));
  const encoder = new TextEncoder();
  let text = '';
  for (const party of parties) {
    text += `${JSON.stringify(party)}\n`;
    if (text.length < PIECE) continue;
    gzip.push(encoder.encode(text));
    text = '';
  }
  gzip.push(encoder.encode(text), true);
  return Buffer.concat(chunks);
}

/** Characters packed at a time; another number gives other bytes, though the same content. */
const PIECE = 65_536;

/** @throws {CairnError} `unavailable`: the file is missing, or not what was written */
export async function readParties(directory: string, { id, parties: count }: ListVersion): Promise<ListedParty[]> {
  const path = partiesFile(directory, id);
  try {
    const text = (await promisify(gunzip)(await readFile(path))).toString('utf8');
    const parties = JSON.parse(`[${text.trimEnd().replaceAll('\n', ',')}]`) as ListedParty[];
    if (parties.length !== count) throw new Error(`${parties.length} parties instead of ${count}`);
    return parties;
  } catch (cause) {
    throw damaged(path, (cause as Error).message, cause);
  }
}

/** @throws {CairnError} `unavailable`: the file is missing, or not what was written */
export async function readWithAccounts(directory: string, version: ListVersion): Promise<ListedParty[]> {
  const path = accountsFile(directory, version.id);
  try {
    const parties = JSON.parse(await readFile(path, 'utf8')) as ListedParty[];
    const found = countAccounts(parties);
    if (found !== version.accounts) throw new Error(`${found} accounts instead of ${version.accounts}`);
    return parties;
  } catch (cause) {
    throw damaged(path, (cause as Error).message, cause);
  }
}

/** Each party's own accounts, counted with their codes. */
export function countAccounts(parties: readonly ListedParty[]): number {
  return parties.reduce((sum, { accounts }) => sum + accounts.length, 0);
}

/** Keeps the files a version was read from, packed if they are not: whoever doubts the reading reads them again. */
export async function keepOriginals(directory: string, sha256: string, files: readonly string[]): Promise<void> {
  const folder = join(directory, ORIGINALS, sha256);
  if (files.length === 0 || existsSync(folder)) return;
  const draft = `${folder}${DRAFT}`;
  rmSync(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  for (const file of files) {
    const target = join(draft, basename(file));
    if (PACKED.has(extname(file).toLowerCase())) await copyFile(file, target);
    else await pipeline(createReadStream(file), createGzip(), (await open(`${target}.gz`, 'w')).createWriteStream());
  }
  renameSync(draft, folder);
}

/** Paths of the files a version was read from; none for versions that ship with Cairn. */
export function originalsOf(directory: string, sha256: string): string[] {
  const folder = join(directory, ORIGINALS, sha256);
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => join(folder, name))
    : [];
}

/** Removes what a stopped import left behind. Only under the lock. */
export function sweep(directory: string, versions: readonly ListVersion[]): void {
  const kept = new Set(versions.flatMap(({ id }) => [partiesFile('', id), accountsFile('', id)]));
  for (const name of readdirSync(directory)) {
    if (name.endsWith(DRAFT) || (IS_VERSION.test(name) && !kept.has(name)))
      rmSync(join(directory, name), { force: true });
  }
  const hashes = new Set(versions.map(({ sha256 }) => sha256));
  removeFrom(join(directory, ORIGINALS), (name) => !hashes.has(name));
  removeFrom(join(directory, DOWNLOADS), (mark) => !isLive(mark));
}

/** Where downloads wait until they have been read, a folder for each process's mark. */
export const DOWNLOADS = 'downloads';

function removeFrom(folder: string, isLeftOver: (name: string) => boolean): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter(isLeftOver)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Writes a file whole or not at all, and on the disk before it can be seen. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}${DRAFT}`;
  try {
    const file = await open(draft, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(draft, path);
  } catch (cause) {
    const hints = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? ['free some disk space, then try again'] : [];
    throw new CairnError('unavailable', `cannot write ${path}: ${(cause as Error).message}`, { cause, hints });
  }
}

function partiesFile(directory: string, id: string): string {
  return join(directory, `${fileNameOf(id)}.parties.jsonl.gz`);
}

function accountsFile(directory: string, id: string): string {
  return join(directory, `${fileNameOf(id)}.accounts.json`);
}

/** Not every file system takes the colon of `custom:`. */
function fileNameOf(id: string): string {
  return id.replace(':', '_');
}

function damaged(path: string, reason: string, cause: unknown): CairnError {
  return new CairnError('unavailable', `${path} cannot be used: ${reason}`, {
    cause,
    hints: ['restore it from a backup; the originals beside it can be imported again into a new data directory'],
  });
}
