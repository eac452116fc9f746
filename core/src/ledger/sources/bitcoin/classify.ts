import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CairnError } from '../../../errors.ts';
import { ETL_COLUMNS } from '../../utxo/datasets/etl-rows.ts';
import { ONE_HOP_COLUMNS } from '../../utxo/datasets/one-hop.ts';
import { openCsv } from '../csv.ts';
import { isParquet, openParquet } from '../parquet.ts';
import { openTableEngine, type TableEngine } from '../table-reader.ts';
import { looksLike } from './json-files.ts';

export type ClassifiedFile = {
  readonly path: string;
  readonly kind: 'blocks' | 'replies' | 'payments' | 'parquet' | 'csv' | 'json-lines';
  readonly columns: readonly string[];
};

export type EngineOptions = { readonly engine?: TableEngine | { readonly directory: string } };

/**
 * What kind of file it is, by its first bytes and columns.
 * @throws {CairnError} `not-found`; `invalid-input`: a table of other columns, naming those that are known.
 */
export async function classify(path: string, options: EngineOptions): Promise<ClassifiedFile> {
  const size = await sizeOf(path);
  if (await isParquet(path)) {
    const columns = await withEngine(options, async (engine) => {
      const table = await openParquet(path, engine);
      return table.close().then(() => table.columns);
    });
    return tableOf(path, 'parquet', columns);
  }
  const look = await looksLike(path);
  if (look === 'bytes') return { path, kind: 'blocks', columns: [] };
  if (look === 'json') return { path, kind: 'replies', columns: [] };
  if (look === 'json-lines') return { path, kind: 'json-lines', columns: [] };
  const { columns } = await openCsv(path, size, () => openTableEngine(null));
  return tableOf(path, 'csv', columns);
}

function tableOf(path: string, kind: 'parquet' | 'csv', columns: readonly string[]): ClassifiedFile {
  if (ETL_COLUMNS.every((name) => columns.includes(name))) return { path, kind, columns };
  if (ONE_HOP_COLUMNS.every((name) => columns.includes(name))) return { path, kind: 'payments', columns };
  throw new CairnError(
    'invalid-input',
    `${basename(path)}: a table of another kind, with the columns ${columns.slice(0, 20).join(', ')}`,
    {
      hints: [
        `transactions with nested inputs and outputs: ${ETL_COLUMNS.join(', ')}`,
        `payments: ${ONE_HOP_COLUMNS.join(', ')}`,
      ],
    },
  );
}

async function sizeOf(path: string): Promise<number> {
  const status = await stat(path).catch((cause: unknown) => {
    throw new CairnError('not-found', `no such file: ${path}`, { cause });
  });
  if (!status.isFile()) throw new CairnError('invalid-input', `not a file: ${path}`);
  if (status.size === 0) throw new CairnError('invalid-input', `the file is empty: ${path}`);
  return status.size;
}

/** Opens the engine that reads tables for a piece of work. */
export async function withEngine<T>({ engine }: EngineOptions, work: (engine: TableEngine) => Promise<T>): Promise<T> {
  if (engine !== undefined && 'query' in engine) return work(engine);
  const opened = await openTableEngine(engine?.directory ?? null);
  return work(opened).finally(() => opened.close());
}
