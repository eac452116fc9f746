import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CairnError } from '../../errors.ts';

/** Runs queries of the ClickHouse dialect; rows in RowBinary, cut anywhere. A store's executor serves it as it is. */
export type TableEngine = {
  query(sql: string): AsyncIterable<Uint8Array>;
};

export type OpenTableEngine = TableEngine & { close(): Promise<void> };

/**
 * Opens the ClickHouse engine in this process for reading tables in files.
 * @param directory - data directory of the ledger that is open in this process; null: none is, and a temporary one
 *   is used. The engine serves one data directory a process, and connections to the same one share it.
 * @throws unavailable if the engine has another directory open.
 */
export async function openTableEngine(directory: string | null): Promise<OpenTableEngine> {
  const { drainPending, Session } = await import('chdb');
  const temporary = directory === null ? await mkdtemp(join(tmpdir(), 'cairn-')) : null;
  const path = directory ?? (temporary as string);
  const discard = async (): Promise<void> => {
    if (temporary !== null) await rm(temporary, { recursive: true, force: true });
  };
  let session: InstanceType<typeof Session>;
  try {
    session = new Session(path);
  } catch (cause) {
    await discard();
    throw new CairnError('unavailable', 'the engine that reads Parquet cannot be started', {
      cause,
      hints: ['a ledger is open in another data directory of this process; name its directory, or close it'],
    });
  }
  return {
    query: async function* (sql) {
      for await (const chunk of session.queryStream(sql, { format: 'RowBinary' })) yield chunk.raw();
    },
    close: async () => {
      session.close();
      await drainPending();
      await discard();
    },
  };
}

/** The engine given, or one that is opened when it is first needed. @param given - or the directory of the ledger that is open. */
export function createLazyEngine(given: TableEngine | { readonly directory: string } | undefined) {
  let own: Promise<OpenTableEngine> | null = null;
  return {
    open: async (): Promise<TableEngine> => {
      if (given !== undefined && 'query' in given) return given;
      own ??= openTableEngine(given?.directory ?? null);
      return own;
    },
    close: async (): Promise<void> => {
      await (await own)?.close();
    },
  };
}
