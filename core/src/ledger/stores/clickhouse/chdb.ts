import { type FileHandle, open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Session } from 'chdb';
import { CairnError } from '../../../errors.ts';
import type { LedgerStore } from '../../ports.ts';
import { asLedgerError, claimDirectory, openingFailed } from './data-directory.ts';
import type { Column, SqlExecutor } from './executor.ts';
import { createSqlLedger } from './store.ts';
import { names } from './tables.ts';

/** Engine settings that have to be given when it starts. */
const ENGINE_ARGUMENTS = [
  // Ten thousand accounts, or hashes, as literals take up to a megabyte of SQL text; the engine's default is 256 KiB.
  '--max_query_size=16777216',
  // Sorts and groupings larger than this go to disk instead of memory.
  '--max_bytes_before_external_group_by=536870912',
  '--max_bytes_before_external_sort=536870912',
];

/** Rows are parsed, sorted and written as one part a batch, by one thread: ingest keeps the other cores busy itself. */
const INSERT_SETTINGS =
  'max_threads = 1, max_insert_threads = 1, min_insert_block_size_rows = 2000000, min_insert_block_size_bytes = 2000000000';

/** The engine serves one data directory a process. */
let openDirectory: string | null = null;

/**
 * Opens the ledger in a data directory, and makes it if it is not there. The ClickHouse engine runs in this process.
 * What an earlier process left unfinished is dropped.
 * @throws unavailable if another process uses the directory, it cannot be read and written, its disk is full,
 *   or a newer version of Cairn wrote it.
 */
export async function createChdbLedger(options: {
  readonly directory: string;
  /** Bytes of rows that an import sends to the engine at once, at least 32 KiB; default: 32 MiB. */
  readonly batchBytes?: number;
}): Promise<LedgerStore> {
  const { directory, batchBytes } = options;
  const path = resolve(directory);
  if (openDirectory !== null) {
    throw new CairnError('unavailable', `This process has the ledger in ${openDirectory} open already.`, {
      hints: ['Close it first: one process works on one data directory at a time.'],
    });
  }
  openDirectory = path;
  try {
    await claimDirectory(path);
    const executor = await createChdbExecutor(path, () => {
      openDirectory = null;
    });
    return await createSqlLedger(executor, batchBytes).catch(async (error) => {
      await executor.close();
      throw error;
    });
  } catch (error) {
    openDirectory = null;
    throw error;
  }
}

async function createChdbExecutor(directory: string, onClose: () => void): Promise<SqlExecutor> {
  const { drainPending, Session } = await import('chdb');
  const connect = (): Session => {
    try {
      return new Session(directory, { connectionArgs: ENGINE_ARGUMENTS });
    } catch (cause) {
      throw openingFailed(directory, cause);
    }
  };
  const main = connect();
  const idle: Session[] = [];
  const told = (error: unknown): never => {
    throw asLedgerError(error, directory);
  };
  return {
    amountType: 'UInt256',
    command: async (sql) => {
      await main.queryAsync(sql).catch(told);
    },
    // A connection serves one stream at a time; connections to one directory are cheap.
    query: async function* (sql) {
      const session = idle.pop() ?? connect();
      try {
        for await (const chunk of session.queryStream(sql, { format: 'RowBinary' })) yield chunk.raw();
      } catch (error) {
        told(error);
      } finally {
        idle.push(session);
      }
    },
    insert: (table, structure, rows) => insertRows(main, directory, table, structure, rows).catch(told),
    close: async () => {
      for (const session of [main, ...idle]) session.close();
      await drainPending();
      onClose();
    },
  };
}

/** The engine takes binary rows from files only: an unnamed one in the data directory, gone with the process. */
async function insertRows(
  session: Session,
  directory: string,
  table: string,
  structure: readonly Column[],
  rows: Uint8Array,
): Promise<void> {
  const path = join(directory, 'rows.tmp');
  const file = await open(path, 'w+');
  try {
    await rm(path);
    await writeAll(file, rows);
    const types = structure.map((column) => column.join(' ')).join(', ');
    await session.queryAsync(
      `INSERT INTO ${table} (${names(structure)}) SELECT * FROM file('/dev/fd/${file.fd}', 'RowBinary', '${types}') ` +
        `SETTINGS ${INSERT_SETTINGS}`,
    );
  } finally {
    await file.close();
  }
}

/** Writes at explicit places, so that the file's own position stays at its start, where the engine reads from. */
async function writeAll(file: FileHandle, rows: Uint8Array): Promise<void> {
  let at = 0;
  while (at < rows.length) {
    const { bytesWritten } = await file.write(rows, at, rows.length - at, at);
    at += bytesWritten;
  }
}
