import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMemoryLedger } from '../stores/memory.ts';
import { ingestReceipts } from './receipts.ts';

const HASH = `0x${'aa'.repeat(32)}`;
const TOKEN = `0x${'33'.repeat(20)}`;
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
const topic = (byte: string): string => `0x${'0'.repeat(24)}${byte.repeat(20)}`;

/** The columns of BigQuery's `logs`, in the types it uses: topics are a list. */
const LOGS = `SELECT toInt64(7) AS log_index, '${HASH}' AS transaction_hash, toInt64(3) AS transaction_index, '${TOKEN}' AS address,
  '0x${'0'.repeat(62)}2a' AS data, ['${TRANSFER}', '${topic('11')}', '${topic('22')}'] AS topics,
  toDateTime64('2020-09-13 12:26:40', 6, 'UTC') AS block_timestamp, toInt64(100) AS block_number`;

let directory: string;
let path: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-logs-'));
  path = join(directory, 'logs.parquet');
  const session = new Session();
  await session.queryAsync(`INSERT INTO FUNCTION file('${path}', Parquet) ${LOGS}`);
  session.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('takes logs from Parquet, topics as a list', async () => {
  const store = createMemoryLedger();
  const { files } = await ingestReceipts({ store, files: [path], keysOf: () => ['test:logs'] });
  expect(files[0]).toMatchObject({ format: 'ethereum-etl-logs', rows: 1, rejected: 0, transfers: 1 });
  expect(store.all).toMatchObject([
    { position: 1_000_007, txIndex: 3, amount: 42n, blockTime: 1_600_000_000, assigned: 'none' },
  ]);
  const [found] = await store.evidenceByKey(['test:logs']);
  expect(found?.evidence).toMatchObject({ succeeded: true, logs: [{ topics: [TRANSFER, topic('11'), topic('22')] }] });
});
