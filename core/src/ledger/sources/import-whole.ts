import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CairnError, isCairnError } from '../../errors.ts';
import { type Asset, type Chain, ETHEREUM } from '../../units/index.ts';
import type { Coverage } from '../coverage.ts';
import type { AssetMetadata } from '../ingest/draft.ts';
import type { Format } from '../ingest/format.ts';
import type { ImportSummary, LedgerStore } from '../ports.ts';
import { type ImportOptions, importFile } from './import-file.ts';
import type { RejectCount } from './rejects-file.ts';
import type { RowSource } from './row-source.ts';
import { sha256File } from './sha256.ts';

export type IngestProgress = {
  /** Path as given. */
  readonly file: string;
  readonly phase: 'hashing' | 'reading' | 'committing';
  readonly bytesRead: number;
  readonly totalBytes: number;
  readonly rows: number;
  readonly rejected: number;
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

/** One file ready to be imported. */
export type WholeFile = {
  readonly path: string;
  readonly bytes: number;
  readonly source: RowSource;
  readonly format: Format;
  /** Where its rows are written; default: the ledger itself. */
  readonly store?: Pick<LedgerStore, 'beginImport'>;
};

export type WholeOptions = Omit<ImportOptions, 'store'> & {
  readonly store: LedgerStore;
  /** Chain of rows that do not name one; default Ethereum. */
  readonly chain?: Chain;
  /** Decimals of tokens, for exports that leave them out. */
  readonly decimals?: ReadonlyMap<Asset, number>;
  readonly onProgress?: (progress: IngestProgress) => void;
  readonly signal?: AbortSignal;
};

/** What became of a file, and what it calls its assets. */
export type ImportedWhole = { readonly result: FileResult; readonly assets: ReadonlyMap<Asset, AssetMetadata> };

/** Imports a file unless the ledger has its content already; refuses one that changes while it is read. */
export async function importWhole(
  { path, bytes, source, format, store }: WholeFile,
  options: WholeOptions,
): Promise<ImportedWhole> {
  const file = basename(path);
  let rows = { rows: 0, rejected: 0 };
  const report = (phase: IngestProgress['phase'], bytesRead: number): void =>
    options.onProgress?.({ file: path, phase, bytesRead, totalBytes: bytes, ...rows });
  const before = await fingerprint(path);
  const sha256 = await sha256File(path, (read) => {
    if (options.signal?.aborted) throw new CairnError('interrupted', `stopped while hashing ${file}`);
    report('hashing', read);
  });
  const imports = await options.store.imports();
  const same = imports.find((earlier) => earlier.sha256 === sha256);
  if (same !== undefined) return { result: alreadyImported(path, same), assets: new Map() };
  const input = {
    file,
    source,
    format,
    chain: options.chain ?? ETHEREUM,
    decimals: options.decimals ?? new Map<Asset, number>(),
    store: options.store,
    mayOverlap: imports.length > 0,
    signal: options.signal ?? null,
    onRows: ({ bytesRead, ...progress }: { bytesRead: number; rows: number; rejected: number }) => {
      rows = progress;
      report('reading', bytesRead);
    },
  };
  const { result, assets } = await importFile(
    input,
    sha256,
    { ...options, store: store ?? options.store },
    async () => {
      if ((await fingerprint(path)) !== before) throw changed(file);
      report('committing', bytes);
    },
  );
  return { result: { path, ...result }, assets };
}

/** Changes whenever the file is written to: what is imported must be what was hashed. */
async function fingerprint(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path);
  return `${size} ${mtimeMs} ${ino}`;
}

function changed(file: string): CairnError {
  return new CairnError('unavailable', `${file} was changed while it was read`, {
    retryable: true,
    hints: ['ingest it again once it is complete'],
  });
}

/** What is told of a file whose content the ledger has. */
export function alreadyImported(path: string, before: ImportSummary): FileResult {
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

/** Puts the file's name before the message of whatever goes wrong with it. */
export async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCairnError(error) || error.message.includes(basename(path))) throw error;
    const { cause, retryable, hints } = error;
    throw new CairnError(error.code, `${basename(path)}: ${error.message}`, { cause, retryable, hints });
  }
}

/** @throws not-found, unavailable, invalid-input: no file there. */
export async function fileSize(path: string): Promise<number> {
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
