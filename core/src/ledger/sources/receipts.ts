import type { Chain } from '../../units/index.ts';
import { etlTraces, etlTransactions } from '../evm/etl-calls.ts';
import { type EtlReceipt, etlReceiptReader, etlReceipts } from '../evm/etl-evidence.ts';
import { etlLogs } from '../evm/etl-logs.ts';
import { jsonFormat } from '../evm/json-decoder.ts';
import type { CoverageDeclaration } from '../ingest/declare-coverage.ts';
import { createColumnFinder, type Format, readColumns, recogniseFormat } from '../ingest/format.ts';
import type { LedgerStore } from '../ports.ts';
import { openCsv } from './csv.ts';
import { createEvidenceSink, type KeysOf } from './evidence-sink.ts';
import { type FileResult, fileSize, type IngestProgress, importWhole, named } from './import-whole.ts';
import type { IngestResult } from './ingest-files.ts';
import { isJson } from './json-rows.ts';
import { isParquet, openParquet } from './parquet.ts';
import { type GivenRows, openJsonTransactions } from './receipts-json.ts';
import type { RowSource } from './row-source.ts';
import { createLazyEngine, type TableEngine } from './table-reader.ts';

export type IngestReceiptsOptions = {
  readonly store: LedgerStore;
  /** JSON (one value, a list, JSON lines; also `.gz`), or `logs`, `receipts`, `transactions`, `traces` of ethereum-etl as CSV or Parquet. */
  readonly files: readonly string[];
  /** The words under which a transaction's evidence is kept. */
  readonly keysOf: KeysOf;
  /** Chain of records that name none; tables that name none are of Ethereum by default. */
  readonly chain?: Chain;
  readonly rejectsDirectory?: string;
  /** What is declared complete of every file; default: nothing is. */
  readonly coverage?: readonly CoverageDeclaration[];
  /** What reads Parquet: the store's engine, or the directory of the store that has the engine open. */
  readonly engine?: TableEngine | { readonly directory: string };
  readonly onProgress?: (progress: IngestProgress) => void;
  readonly signal?: AbortSignal;
};

type Opened = {
  readonly path: string;
  readonly bytes: number;
  readonly source: RowSource;
  readonly table: 'json' | 'logs' | 'receipts' | 'transactions' | 'traces';
};

const TABLES: Readonly<Record<string, Opened['table']>> = {
  'ethereum-etl-logs': 'logs',
  'ethereum-etl-receipts': 'receipts',
  'ethereum-etl-transactions': 'transactions',
  'ethereum-etl-traces': 'traces',
};

/** What others take time from is read first. */
const ORDER: Readonly<Record<Opened['table'], number>> = { json: 0, transactions: 1, traces: 2, logs: 3, receipts: 4 };

/**
 * Brings transactions with their receipts, logs and calls into a ledger: what they moved as transfers, the rest as evidence.
 * Each file is one import, visible as a whole or not at all; a file whose content the ledger has is passed over.
 * @throws invalid-input: a form that is not known, no good record; contradiction: records that cannot all be true;
 *   not-found: no such file; unavailable: disk or engine; interrupted: the signal was raised.
 */
export async function ingestReceipts(options: IngestReceiptsOptions): Promise<IngestResult> {
  const engine = createLazyEngine(options.engine);
  const opened: Opened[] = [];
  try {
    for (const path of options.files) opened.push(await named(path, () => openFile(path, options, engine.open)));
    const receipts = await receiptsBeside(opened);
    const files: FileResult[] = [];
    for (const file of opened.toSorted((a, b) => ORDER[a.table] - ORDER[b.table])) {
      files.push(await named(file.path, () => ingestOne(file, options, receipts)));
    }
    return { files, assets: new Map() };
  } finally {
    for (const { source } of opened) await source.close();
    await engine.close();
  }
}

async function openFile(
  path: string,
  options: IngestReceiptsOptions,
  engine: () => Promise<TableEngine>,
): Promise<Opened> {
  const bytes = await fileSize(path);
  if (await isParquet(path)) return tableFile(path, bytes, await openParquet(path, await engine()));
  if (await isJson(path))
    return { path, bytes, source: openJsonTransactions(path, options.store, options.chain ?? null), table: 'json' };
  return tableFile(path, bytes, await openCsv(path, bytes, engine));
}

async function tableFile(path: string, bytes: number, source: RowSource): Promise<Opened> {
  try {
    const formats = ['transactions', 'traces', 'logs', 'receipts'] as const;
    const { id } = recogniseFormat(
      source.columns,
      formats.map((table) => etlFormat(table, () => {}, new Map())),
      null,
    );
    return { path, bytes, source, table: TABLES[id] as Opened['table'] };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function etlFormat(
  table: Exclude<Opened['table'], 'json'>,
  onEvidence: Parameters<typeof etlLogs>[0],
  receipts: ReadonlyMap<string, EtlReceipt>,
): Format {
  if (table === 'logs') return etlLogs(onEvidence);
  if (table === 'receipts') return etlReceipts(onEvidence);
  return table === 'traces' ? etlTraces(onEvidence) : etlTransactions(onEvidence, receipts);
}

/** The run's table of receipts in memory, where a table of transactions has no columns for them. */
async function receiptsBeside(opened: readonly Opened[]): Promise<ReadonlyMap<string, EtlReceipt>> {
  const receipts = new Map<string, EtlReceipt>();
  const lacks = opened.some(
    ({ table, source }) =>
      table === 'transactions' && !source.columns.some((name) => name.toLowerCase() === 'receipt_status'),
  );
  if (!lacks) return receipts;
  for (const { source } of opened.filter(({ table }) => table === 'receipts')) {
    const { header, batches } = source.read(
      readColumns(
        etlReceipts(() => {}),
        source.columns,
      ),
    );
    const read = etlReceiptReader(createColumnFinder(header));
    for await (const { count, row } of batches) {
      for (let i = 0; i < count; i++) {
        const cells = row(i);
        if (cells.width !== header.length) continue;
        try {
          const { tx, receipt } = read(cells);
          receipts.set(tx, receipt);
        } catch {
          // A bad row is told, with its reason, when its own file is imported.
        }
      }
    }
  }
  return receipts;
}

async function ingestOne(
  { path, bytes, source, table }: Opened,
  options: IngestReceiptsOptions,
  receipts: ReadonlyMap<string, EtlReceipt>,
): Promise<FileResult> {
  const sink = createEvidenceSink(options.store, options.keysOf);
  const json = table === 'json' ? (source as GivenRows) : null;
  const format =
    json === null
      ? etlFormat(table as Exclude<Opened['table'], 'json'>, sink.add, receipts)
      : jsonFormat({ chain: options.chain ?? null, known: json.known, onEvidence: sink.add });
  const whole = { path, bytes, source: sink.wrap(source), format, store: sink.store };
  return (await importWhole(whole, options)).result;
}
