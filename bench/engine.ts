import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drainPending, Session } from 'chdb';

/** The engine by itself, for the queries Cairn is measured against. */
export type Engine = {
  /** Runs a statement that returns nothing. */
  readonly run: (sql: string) => Promise<void>;
  /** Runs a query for one number. */
  readonly number: (sql: string) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** @param directory - of a ledger that is open in this process; null: an empty one, gone on closing. */
export async function openEngine(directory: string | null): Promise<Engine> {
  const own = directory === null ? await mkdtemp(join(tmpdir(), 'cairn-bench-')) : null;
  const session = new Session(directory ?? (own as string), { connectionArgs: ['--max_query_size=16777216'] });
  return {
    run: async (sql) => {
      await session.queryAsync(sql);
    },
    number: async (sql) => Number((await session.queryAsync(sql, { format: 'TabSeparated' })).text()),
    close: async () => {
      session.close();
      await drainPending();
      if (own !== null) await rm(own, { recursive: true, force: true });
    },
  };
}
