import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CairnError, isCairnError } from '../../errors.ts';
import { type Asset, type Chain, ETHEREUM } from '../../units/index.ts';
import type { Coverage } from '../coverage.ts';
import type { CoverageDeclaration } from '../ingest/declare-coverage.ts';
import type { AssetMetadata } from '../ingest/draft.ts';
import { type Format, recogniseFormat } from '../ingest/format.ts';
import { FORMATS } from '../ingest/formats.ts';
import type { ImportSummary, LedgerStore } from '../ports.ts';
import { openCsv } from './csv.ts';
import { importFile } from './import-file.ts';
import type { FileInput } from './import-rows.ts';
import { isParquet, openParquet } from './parquet.ts';
import type { Reject, RejectCount } from './rejects-file.ts';
import type { RowSource } from './row-source.ts';
import { sha256File } from './sha256.ts';
import { type OpenTableEngine, openTableEngine, type TableEngine } from './table-reader.ts';

export type IngestProgress = {
  /** Path as given. */
  readonly file: string;
  readonly phase: 'hashing' | 'reading' | 'committing';
  readonly bytesRead: number;
  readonly totalBytes: number;
  readonly rows: number;
  readonly rejected: number;
};

export type IngestOptions = {
  readonly store: LedgerStore;
  /** Paths, in any order: what others take time and order from is read first. */
  readonly files: readonly string[];
  /** Format id for all files; default: recognised from each header. */
  readonly format?: string;
  /** Chain of rows that do not name one; default Ethereum. */
  readonly chain?: Chain;
  /** Where files of rejected rows go; default: none are written, rejects are only counted. */
  readonly rejectsDirectory?: string;
  /** What is declared complete of every file; default: nothing is. */
  readonly coverage?: readonly CoverageDeclaration[];
  /** Decimals of tokens, for exports that leave them out. */
  readonly decimals?: ReadonlyMap<Asset, number>;
  /** What reads Parquet: the store's engine, or the directory of the store that has the engine open. */
  readonly engine?: TableEngine | { readonly directory: string };
  readonly onProgress?: (progress: IngestProgress) => void;
  readonly onReject?: (reject: Reject) => void;
  readonly signal?: AbortSignal;
};

/** What became of one file. */
export type FileResult = {
  readonly path: string;
  /** Name without directory, as the ledger records it. */
  readonly file: string;
  /** `already-imported`: a file of the same content is in the ledger, and this one was passed over. */
  readonly status: 'imported' | 'already-imported';
  readonly import: ImportSummary;
  readonly format: string;
  readonly rows: number;
  /** Transfers of the file that were new to the ledger. */
  readonly transfers: number;
  /** Rows that state a transfer the ledger had from another file. */
  readonly alreadyKnown: number;
  readonly rejected: number;
  readonly rejectedByReason: readonly RejectCount[];
  readonly rejectsFile: string | null;
  /** Amounts that the file has in float notation, so that low digits may be lost. */
  readonly rounded: number;
  /** Transfers whose order inside the block was assigned. */
  readonly assignedOrder: number;
  /** The file was cut off in its last row. */
  readonly cut: boolean;
  /** What the file leaves out or what was taken for granted, in sentences. */
  readonly notes: readonly string[];
  readonly coverage: readonly Coverage[];
};

export type IngestResult = {
  /** In the order the files were read. */
  readonly files: readonly FileResult[];
  /** Symbols and decimals as the files state them; the first statement of an asset stands. */
  readonly assets: ReadonlyMap<Asset, AssetMetadata>;
};

type OpenFile = { readonly path: string; readonly source: RowSource; readonly format: Format; readonly bytes: number };

/**
 * Brings files of transfers into a ledger: decodes, orders, rejects bad rows with a reason and keeps the good ones.
 * Each file is one import, visible as a whole or not at all; files before one that fails stay imported.
 * @throws invalid-input: a schema that is not known, no good row; contradiction: rows that cannot all be true;
 *   not-found: no such file; unavailable: disk or engine; interrupted: the signal was raised.
 */
export async function ingestFiles(options: IngestOptions): Promise<IngestResult> {
  const engine = createLazyEngine(options.engine);
  const opened: OpenFile[] = [];
  try {
    for (const path of options.files) opened.push(await openFile(path, options, engine.open));
    const ordered = [...opened].sort((a, b) => a.format.phase - b.format.phase);
    const assets = new Map<Asset, AssetMetadata>();
    const files: FileResult[] = [];
    for (const file of ordered) files.push(await named(file.path, () => ingestFile(file, options, assets)));
    return { files, assets };
  } finally {
    for (const { source } of opened) await source.close();
    await engine.close();
  }
}

function createLazyEngine(given: IngestOptions['engine']) {
  let own: OpenTableEngine | null = null;
  return {
    open: async (): Promise<TableEngine> => {
      if (given !== undefined && 'query' in given) return given;
      own ??= await openTableEngine(given?.directory ?? null);
      return own;
    },
    close: async (): Promise<void> => {
      await own?.close();
    },
  };
}

/** Puts the file's name before the message of whatever goes wrong with it. */
async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCairnError(error) || error.message.includes(basename(path))) throw error;
    const { cause, retryable, hints } = error;
    throw new CairnError(error.code, `${basename(path)}: ${error.message}`, { cause, retryable, hints });
  }
}

async function openFile(path: string, options: IngestOptions, engine: () => Promise<TableEngine>): Promise<OpenFile> {
  const bytes = await sizeOf(path);
  return named(path, async () => {
    const source = (await isParquet(path))
      ? await openParquet(path, await engine())
      : await openCsv(path, bytes, engine);
    try {
      return { path, source, format: recogniseFormat(source.columns, FORMATS, options.format ?? null), bytes };
    } catch (error) {
      await source.close();
      throw error;
    }
  });
}

async function sizeOf(path: string): Promise<number> {
  try {
    const status = await stat(path);
    if (status.isFile()) return status.size;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing) throw new CairnError('not-found', `no such file: ${path}`, { cause });
    throw new CairnError('unavailable', `the file cannot be read: ${path}`, { cause });
  }
  throw new CairnError('invalid-input', `not a file: ${path}`);
}

async function ingestFile(
  { path, source, format, bytes }: OpenFile,
  options: IngestOptions,
  assets: Map<Asset, AssetMetadata>,
): Promise<FileResult> {
  const file = basename(path);
  let rows = { rows: 0, rejected: 0 };
  const report = (phase: IngestProgress['phase'], bytesRead: number): void =>
    options.onProgress?.({ file: path, phase, bytesRead, totalBytes: bytes, ...rows });
  const before = fingerprint(await stat(path));
  const sha256 = await sha256File(path, (read) => {
    if (options.signal?.aborted) throw new CairnError('interrupted', `stopped while hashing ${file}`);
    report('hashing', read);
  });
  const imports = await options.store.imports();
  const same = imports.find((earlier) => earlier.sha256 === sha256);
  if (same !== undefined) return alreadyImported(path, same);
  const input: FileInput = {
    file,
    source,
    format,
    chain: options.chain ?? ETHEREUM,
    decimals: options.decimals ?? new Map(),
    store: options.store,
    mayOverlap: imports.length > 0,
    signal: options.signal ?? null,
    onRows: ({ bytesRead, ...progress }) => {
      rows = progress;
      report('reading', bytesRead);
    },
  };
  const imported = await importFile(input, sha256, options, async () => {
    if (fingerprint(await stat(path)) !== before) throw changed(file);
    report('committing', bytes);
  });
  for (const [asset, metadata] of imported.assets) if (!assets.has(asset)) assets.set(asset, metadata);
  return { path, ...imported.result };
}

/** Changes whenever the file is written to: what is imported must be what was hashed. */
function fingerprint({ size, mtimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ino}`;
}

function changed(file: string): CairnError {
  return new CairnError('unavailable', `${file} was changed while it was read`, {
    retryable: true,
    hints: ['ingest it again once it is complete'],
  });
}

function alreadyImported(path: string, before: ImportSummary): FileResult {
  return {
    path,
    file: basename(path),
    status: 'already-imported',
    import: before,
    format: before.format,
    rows: 0,
    transfers: 0,
    alreadyKnown: 0,
    rejected: 0,
    rejectedByReason: [],
    rejectsFile: null,
    rounded: 0,
    assignedOrder: 0,
    cut: false,
    notes: [`A file of the same content was imported before, as ${before.file}: nothing was added.`],
    coverage: [],
  };
}
