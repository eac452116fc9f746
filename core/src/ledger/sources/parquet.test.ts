import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChdbLedger } from '../stores/clickhouse/chdb.ts';
import { createMemoryLedger } from '../stores/memory.ts';
import { ingestFiles, readTransfersFile } from './index.ts';

const hash = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;
const A = `0x${'a'.repeat(40)}`;
const B = `0x${'b'.repeat(40)}`;

/** The file columns of BigQuery's and AWS's `transactions`, in the types those data sets use. */
const TRANSACTIONS = `SELECT '${hash(1)}' AS hash, toInt64(8) AS nonce, toInt64(5) AS transaction_index, '${A}' AS from_address,
  toNullable('${B}') AS to_address, toDecimal128('1234567890123456789', 9) AS value, toInt64(20) AS gas_price, '0xfeed' AS input,
  toNullable(toInt64(21000)) AS receipt_gas_used, toNullable(toInt64(1)) AS receipt_status,
  toDateTime64('2020-09-13 12:26:40', 6, 'UTC') AS block_timestamp, toInt64(100) AS block_number`;

let directory: string;
const path = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-parquet-'));
  const session = new Session();
  const write = async (name: string, select: string): Promise<void> => {
    await session.queryAsync(`INSERT INTO FUNCTION file('${path(name)}', Parquet) ${select}`);
  };
  await write('transactions.parquet', TRANSACTIONS);
  await write('broken.parquet', TRANSACTIONS.replace('AS from_address', 'AS sender'));
  // AWS has amounts as doubles.
  const aws = TRANSACTIONS.replace("toDecimal128('1234567890123456789', 9)", 'toFloat64(97800000000000000001)');
  await write('aws.parquet', aws);
  await write('small.parquet', aws.replace('97800000000000000001', '1500'));
  await write(
    'wide.parquet',
    TRANSACTIONS.replace("toDecimal128('1234567890123456789', 9)", "toUInt256('1234567890123456789')"),
  );
  await write(
    'many.parquet',
    `SELECT '${A}' AS from, '${B}' AS to, 'eip155:1/slip44:60' AS asset, concat('0x', leftPad(lower(hex(number)), 64, '0')) AS tx_hash,
     toUInt64(1000 + intDiv(number, 100)) AS block_number, toUInt64(1600000000) AS block_time, toString(number) AS amount FROM numbers(80000)`,
  );
  // Blocks fall, so that the file must be sorted; a row without a block is rejected by its place in the file.
  await write(
    'falling.parquet',
    `SELECT '${A}' AS from, '${B}' AS to, 'eip155:1/slip44:60' AS asset, concat('0x', leftPad(lower(hex(number)), 64, '0')) AS tx_hash,
     if(number = 5, NULL, toUInt64(1000 - intDiv(number, 3))) AS block_number, toUInt64(1600000000) AS block_time, toString(number) AS amount
     FROM numbers(12)`,
  );
  session.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('Parquet', () => {
  test('a table of transactions reads as its CSV does', async () => {
    const csv = path('transactions.csv');
    writeFileSync(
      csv,
      `hash,nonce,transaction_index,from_address,to_address,value,gas_price,receipt_gas_used,receipt_status,block_timestamp,block_number\n` +
        `${hash(1)},8,5,${A},${B},1234567890123456789,20,21000,1,2020-09-13 12:26:40 UTC,100\n`,
    );
    const fromCsv = await readTransfersFile(csv);
    const fromParquet = await readTransfersFile(path('transactions.parquet'));
    expect(fromParquet.transfers).toEqual(fromCsv.transfers);
    expect(fromParquet.transfers.map((t) => [t.kind, t.blockTime, t.amount])).toEqual([
      ['fee', 1_600_000_000, 420_000n],
      ['native', 1_600_000_000, 1234567890123456789n],
    ]);
    expect((await readTransfersFile(path('wide.parquet'))).transfers).toEqual(fromCsv.transfers);
  });

  test('doubles are flagged as rounded from where they no longer hold every whole number', async () => {
    const { transfers } = await readTransfersFile(path('aws.parquet'));
    expect(transfers[1]).toMatchObject({ amount: 97800000000000000000n, rounded: true });
    const small = await readTransfersFile(path('small.parquet'));
    expect(small.transfers[1]).toMatchObject({ amount: 1500n, rounded: false });
  });

  test('rows come in the order of the file, in batches', async () => {
    const { transfers, files } = await readTransfersFile(path('many.parquet'));
    expect(files[0]).toMatchObject({ rows: 80_000, transfers: 80_000 });
    // Ledger order is (block, index): with indexes assigned by file order it is the file's.
    expect(transfers.every((transfer, i) => transfer.amount === BigInt(i))).toBe(true);
  });

  test('blocks that fall are sorted; inside a block the order of the file stays', async () => {
    const { transfers, rejects } = await readTransfersFile(path('falling.parquet'));
    expect(transfers.map((t) => [t.blockNumber, t.txIndex, Number(t.amount)])).toEqual([
      [997, 0, 9],
      [997, 1, 10],
      [997, 2, 11],
      [998, 0, 6],
      [998, 1, 7],
      [998, 2, 8],
      [999, 0, 3],
      [999, 1, 4],
      [1000, 0, 0],
      [1000, 1, 1],
      [1000, 2, 2],
    ]);
    expect(rejects).toMatchObject([{ line: 7, reason: 'block_number: is empty' }]);
  });

  test('a missing column is named', async () => {
    const error = await readTransfersFile(path('broken.parquet')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect((error as { hints: string[] }).hints[0]).toMatch(
      /nearest: ethereum-etl-transactions .*; missing: from_address$/,
    );
    await expect(readTransfersFile(path('broken.parquet'), { format: 'ethereum-etl-transactions' })).rejects.toThrow(
      'broken.parquet: no file of format ethereum-etl-transactions: column is missing: from_address',
    );
  });

  test('a file that is cut off is refused', async () => {
    const cut = path('cut.parquet');
    writeFileSync(cut, 'PAR1');
    truncateSync(cut, 4);
    await expect(readTransfersFile(cut)).rejects.toThrow(
      'cut.parquet: the Parquet file is cut off: its end is missing',
    );
    writeFileSync(cut, `PAR1${'x'.repeat(40)}PAR1`);
    await expect(readTransfersFile(cut)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('shares the engine with an open ledger, and both stores hold the same', async () => {
    const data = path('data');
    const store = await createChdbLedger({ directory: data });
    const memory = createMemoryLedger();
    try {
      const files = [path('many.parquet'), path('transactions.parquet')];
      const result = await ingestFiles({ store, files, engine: { directory: data } });
      expect(result.files.map((file) => file.transfers)).toEqual([80_000, 2]);
      await ingestFiles({ store: memory, files, engine: { directory: data } });
      const numbers = [100, 1000, 1001];
      const byPlace = (a: { txIndex: number; blockNumber: number; position: number }, b: typeof a): number =>
        a.blockNumber - b.blockNumber || a.txIndex - b.txIndex || a.position - b.position;
      expect((await store.blocks('eip155:1', numbers)).sort(byPlace)).toEqual(
        (await memory.blocks('eip155:1', numbers)).sort(byPlace),
      );
    } finally {
      await store.close();
    }
  });
});
