import type { Asset, Chain } from '../../units/index.ts';
import type { Coverage } from '../coverage.ts';
import type { CoverageDeclaration } from '../ingest/declare-coverage.ts';
import type { AssetMetadata } from '../ingest/draft.ts';
import { createMemoryLedger } from '../stores/memory.ts';
import type { Transfer } from '../transfer.ts';
import type { FileResult } from './import-whole.ts';
import { type IngestOptions, ingestFiles } from './ingest-files.ts';
import type { Reject } from './rejects-file.ts';

export type ReadTransfersOptions = {
  readonly format?: string;
  readonly chain?: Chain;
  readonly decimals?: ReadonlyMap<Asset, number>;
  readonly coverage?: readonly CoverageDeclaration[];
  readonly engine?: NonNullable<IngestOptions['engine']>;
  readonly signal?: AbortSignal;
};

export type TransfersRead = {
  /** In ledger order. */
  readonly transfers: readonly Transfer[];
  readonly coverage: readonly Coverage[];
  readonly rejects: readonly Reject[];
  readonly assets: ReadonlyMap<Asset, AssetMetadata>;
  readonly files: readonly FileResult[];
};

/**
 * Reads files of transfers into memory by the same rules as an ingest, for a trace without a data directory.
 * @param paths - one file, or several of one ledger.
 * @throws as `ingestFiles`.
 */
export async function readTransfersFile(
  paths: string | readonly string[],
  options: ReadTransfersOptions = {},
): Promise<TransfersRead> {
  const store = createMemoryLedger();
  // A file is read again where its blocks do not rise, so a row may be reported twice: the last reading counts.
  const rejects = new Map<string, Reject>();
  const { files, assets } = await ingestFiles({
    ...options,
    store,
    files: typeof paths === 'string' ? [paths] : paths,
    onReject: (reject) => rejects.set(`${reject.file} ${reject.line}`, reject),
  });
  const coverage = files.flatMap((file) => file.coverage);
  return { transfers: store.all, coverage, rejects: [...rejects.values()], assets, files };
}
