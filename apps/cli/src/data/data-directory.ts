import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CairnError } from '@cairn/core/errors';
import { importLabels, type Label, type LabelImport } from '@cairn/core/labels';
import type { LedgerStore } from '@cairn/core/ledger';
import { createChdbLedger } from '@cairn/core/ledger/stores/clickhouse';
import type { AssetInfo } from '../trace/assets.ts';
import { shippedLabelFiles } from './shipped.ts';

/**
 * What Cairn keeps for a user: the chain ledger (`ledger/`), imported labels (`labels.json`), what assets call themselves
 * (`assets.json`), rows that could not be read (`rejects/`).
 */
export type DataDirectory = {
  readonly path: string;
  readonly ledger: string;
  readonly rejects: string;
  /** Opens the ledger; the directory is this process's alone until it is closed. */
  readonly openLedger: () => Promise<LedgerStore>;
  readonly labels: () => readonly Label[];
  readonly addLabels: (labels: readonly Label[]) => number;
  readonly assets: () => readonly AssetInfo[];
  readonly addAssets: (assets: Iterable<AssetInfo>) => void;
};

/** Opens a data directory, making it (with the shipped labels) where there is none. @throws unavailable */
export function openDataDirectory(path: string): DataDirectory {
  makeDirectory(join(path, 'rejects'));
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unavailable(path, cause);
  }
  const labelsFile = join(path, 'labels.json');
  const assetsFile = join(path, 'assets.json');
  if (!existsSync(labelsFile))
    writeJson(
      labelsFile,
      shippedLabelFiles().flatMap((file) => readLabelFile(file).labels),
    );
  const labels = (): readonly Label[] => readJson<Label[]>(labelsFile);
  const assets = (): readonly AssetInfo[] => (existsSync(assetsFile) ? readJson<AssetInfo[]>(assetsFile) : []);
  return {
    path,
    ledger: join(path, 'ledger'),
    rejects: join(path, 'rejects'),
    openLedger: () => createChdbLedger({ directory: join(path, 'ledger') }),
    labels,
    addLabels(added) {
      const known = new Map(labels().map((label) => [JSON.stringify(label), label]));
      const kept = new Map([...known, ...added.map((label) => [JSON.stringify(label), label] as const)]);
      writeJson(labelsFile, [...kept.values()]);
      return kept.size - known.size;
    },
    assets,
    addAssets(added) {
      const kept = new Map([...assets(), ...added].map((info) => [info.asset, info]));
      writeJson(assetsFile, [...kept.values()]);
    },
  };
}

/** Reads a label file in any of the known formats. @throws not-found, invalid-input */
export function readLabelFile(path: string): LabelImport {
  return importLabels(readText(path), { file: path });
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CairnError('not-found', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws not-found */
export function readFileBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CairnError('not-found', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

export function readJson<T>(path: string): T {
  try {
    return JSON.parse(readText(path)) as T;
  } catch (cause) {
    if (cause instanceof CairnError) throw cause;
    throw new CairnError('invalid-input', `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function writeJson(path: string, value: unknown): void {
  writeWhole(path, JSON.stringify(value));
}

/**
 * Makes a directory and those above it, unless they are there. Level by level: asked to do it in one call, Node never
 * returns where a file system refuses new directories as /proc does.
 * @throws unavailable
 */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unavailable(path, cause);
  }
}

/** Writes a file whole or not at all. @throws unavailable */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${process.pid}.part`;
  try {
    writeFileSync(draft, content);
    renameSync(draft, path);
  } catch (cause) {
    throw unavailable(path, cause);
  }
}

function unavailable(path: string, cause: unknown): CairnError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const hints =
    code === 'ENOSPC' ? ['free some disk space, then run the command again'] : ['name another place with --data DIR'];
  return new CairnError('unavailable', `cannot use ${path}: ${message}`, { cause, hints, retryable: true });
}
