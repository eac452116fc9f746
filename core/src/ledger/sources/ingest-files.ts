import type { Asset, Chain } from '../../units/index.ts';
import type { CoverageDeclaration } from '../ingest/declare-coverage.ts';
import type { AssetMetadata } from '../ingest/draft.ts';
import { recogniseFormat } from '../ingest/format.ts';
import { FORMATS } from '../ingest/formats.ts';
import type { LedgerStore } from '../ports.ts';
import { openCsv } from './csv.ts';
import { type FileResult, fileSize, type IngestProgress, importWhole, named, type WholeFile } from './import-whole.ts';
import { isParquet, openParquet } from './parquet.ts';
import type { Reject } from './rejects-file.ts';
import { createLazyEngine, type TableEngine } from './table-reader.ts';

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

export type IngestResult = {
  /** In the order the files were read. */
  readonly files: readonly FileResult[];
  /** Symbols and decimals as the files state them; the first statement of an asset stands. */
  readonly assets: ReadonlyMap<Asset, AssetMetadata>;
};

/**
 * Brings files of transfers into a ledger: decodes, orders, rejects bad rows with a reason and keeps the good ones.
 * Each file is one import, visible as a whole or not at all; files before one that fails stay imported.
 * @throws invalid-input: a schema that is not known, no good row; contradiction: rows that cannot all be true;
 *   not-found: no such file; unavailable: disk or engine; interrupted: the signal was raised.
 */
export async function ingestFiles(options: IngestOptions): Promise<IngestResult> {
  const engine = createLazyEngine(options.engine);
  const opened: WholeFile[] = [];
  try {
    for (const path of options.files) opened.push(await openFile(path, options, engine.open));
    const ordered = [...opened].sort((a, b) => a.format.phase - b.format.phase);
    const assets = new Map<Asset, AssetMetadata>();
    const files: FileResult[] = [];
    for (const file of ordered) {
      const imported = await named(file.path, () => importWhole(file, options));
      files.push(imported.result);
      for (const [asset, metadata] of imported.assets) if (!assets.has(asset)) assets.set(asset, metadata);
    }
    return { files, assets };
  } finally {
    for (const { source } of opened) await source.close();
    await engine.close();
  }
}

async function openFile(path: string, options: IngestOptions, engine: () => Promise<TableEngine>): Promise<WholeFile> {
  const bytes = await fileSize(path);
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
