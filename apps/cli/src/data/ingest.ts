import type { Coverage, LedgerStore } from '@cairn/core/ledger';
import { type FileResult, type IngestResult, ingestFiles, readTransfersFile } from '@cairn/core/ledger/sources';
import { createMemoryLedger } from '@cairn/core/ledger/stores/memory';
import type { Warning } from '@cairn/core/tracing';
import type { Asset, Chain } from '@cairn/core/units';
import { createProgress, grouped } from '../terminal/progress.ts';
import type { AssetInfo } from '../trace/assets.ts';
import type { DataDirectory } from './data-directory.ts';

export type IngestOptions = {
  readonly directory: DataDirectory;
  readonly signal: AbortSignal;
  readonly coverage: readonly Coverage[];
  readonly format?: string;
  readonly chain?: Chain;
  readonly decimals?: ReadonlyMap<Asset, number>;
};

/** Brings files into the data directory's ledger, with progress on stderr, and keeps what they call their assets. */
export async function ingest(
  store: LedgerStore,
  files: readonly string[],
  options: IngestOptions,
): Promise<IngestResult> {
  const { directory, ...rest } = options;
  const progress = createProgress();
  const startedAt = performance.now();
  try {
    const result = await ingestFiles({
      ...rest,
      store,
      files,
      rejectsDirectory: directory.rejects,
      engine: { directory: directory.ledger },
      onProgress: ({ file, phase, bytesRead, totalBytes, rows, rejected }) => {
        const refused = rejected === 0 ? '' : `, ${grouped(rejected)} rejected`;
        const rate = Math.round((1000 * bytesRead) / (performance.now() - startedAt) / 1e6);
        progress.update(
          `${file}: ${phase}, ${grouped(rows)} rows${refused}, ${rate} MB/s`,
          totalBytes === 0 ? null : bytesRead / totalBytes,
        );
      },
    });
    if (result.assets.size > 0) directory.addAssets(assetsOf(result));
    return result;
  } finally {
    progress.done();
  }
}

/** Reads a file for a one-off trace. */
export async function readTransfers(
  file: string,
  coverage: readonly Coverage[],
  signal: AbortSignal,
): Promise<{ reader: LedgerStore; assets: AssetInfo[]; files: readonly FileResult[] }> {
  const read = await readTransfersFile(file, { coverage, signal });
  return { reader: createMemoryLedger(read.transfers, read.coverage), assets: assetsOf(read), files: read.files };
}

function assetsOf({ assets }: Pick<IngestResult, 'assets'>): AssetInfo[] {
  return [...assets].map(([asset, { symbol, decimals }]) => ({ asset, symbol, decimals }));
}

/** What a reader of a trace must know of files of which rows could not be read. */
export function rejectedNotices(files: readonly Pick<FileResult, 'file' | 'import' | 'rejectedByReason'>[]): Warning[] {
  const notices = files
    .filter((one) => one.import.rejected > 0)
    .map(({ file, import: { rejected }, rejectedByReason }): Warning => {
      const what = rejected === 1 ? '1 row was rejected and is' : `${grouped(rejected)} rows were rejected and are`;
      const why = rejectedByReason.map(({ reason, count, firstLine }) => `${count} from line ${firstLine}: ${reason}`);
      const message = `${[`${file}: ${what} not in the record this rests on`, ...why].join('; ')}.`;
      return { code: 'rows-rejected', message, accounts: [] };
    });
  // What is fetched again and cannot be read again is said once.
  return [...new Map(notices.map((notice) => [notice.message, notice])).values()];
}

/** What became of a file, for people. */
export function showFile(file: FileResult): string {
  if (file.status === 'already-imported') return `${file.path}: in the ledger already; nothing was added`;
  const lines = [
    `${file.path}: ${file.format}, ${grouped(file.rows)} rows, ${grouped(file.transfers)} new transfers` +
      (file.alreadyKnown > 0 ? `, ${grouped(file.alreadyKnown)} known already` : ''),
    ...file.rejectedByReason.map(
      ({ reason, count, firstLine }) => `  rejected ${grouped(count)} (first: line ${firstLine}): ${reason}`,
    ),
    ...(file.rejectsFile === null ? [] : [`  rejected rows: ${file.rejectsFile}`]),
    ...(file.rounded > 0 ? [`  ${grouped(file.rounded)} amounts in float notation: low digits may be lost`] : []),
    ...file.notes.map((note) => `  ${note}`),
  ];
  return lines.join('\n');
}
