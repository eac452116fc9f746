import { join } from 'node:path';
import { drainPending, Session } from 'chdb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BITCOIN } from '../../../units/index.ts';
import { createMemoryLedger } from '../../stores/memory.ts';
import type { RawBlock } from '../../utxo/raw/block.ts';
import type { RawTransaction } from '../../utxo/raw/transaction.ts';
import type { TableEngine } from '../table-reader.ts';
import {
  coreReply,
  createFolder,
  EARLY,
  earlyBlocks,
  FIRST_PAYMENT,
  type Folder,
  outputsOf,
  type Spent,
} from './fixtures/real-blocks.ts';
import { ingestBitcoinFiles } from './ingest-bitcoin.ts';

let blocks: readonly (RawBlock | undefined)[];
let spent: Spent;
let folder: Folder;
let session: Session;
let engine: TableEngine;
beforeAll(async () => {
  blocks = await earlyBlocks();
  spent = outputsOf(blocks);
  folder = createFolder();
  session = new Session();
  engine = {
    query: async function* (sql) {
      for await (const chunk of session.queryStream(sql, { format: 'RowBinary' })) yield chunk.raw();
    },
  };
});
afterAll(async () => {
  session.close();
  await drainPending();
  folder.remove();
});

/** Names these datasets have for script forms; the early blocks have no other. */
const TYPE = 'pubkey';

/** A row of bitcoin-etl: satoshis, `addresses`, and no input for a coinbase. */
function etlRow(raw: RawTransaction, height: number, block: RawBlock, index: number): Record<string, unknown> {
  const isCoinbase = raw.inputs.every(({ outpoint }) => outpoint === null);
  return {
    type: 'transaction',
    hash: raw.tx,
    version: raw.version,
    lock_time: raw.lockTime,
    block_number: height,
    block_hash: block.header.hash,
    block_timestamp: block.header.time,
    is_coinbase: isCoinbase,
    index,
    inputs: isCoinbase
      ? []
      : raw.inputs.map(({ outpoint, script, sequence }, i) => ({
          index: i,
          spent_transaction_hash: outpoint?.tx,
          spent_output_index: outpoint?.index,
          script_hex: script,
          sequence,
          type: TYPE,
          addresses: [],
          value: Number(spent(outpoint?.tx ?? '', outpoint?.index ?? 0)?.amount),
        })),
    outputs: raw.outputs.map(({ amount, script }, i) => ({
      index: i,
      script_hex: script,
      type: TYPE,
      addresses: [],
      value: Number(amount),
    })),
  };
}

/** `2009-01-12 03:30:25` */
function written(time: unknown): string {
  return new Date(Number(time) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** The same as on AWS: bitcoin as doubles, one `address`, witnesses, a timestamp. */
function awsRow(row: Record<string, unknown>): Record<string, unknown> {
  const inBitcoin = (parts: unknown): object[] =>
    (parts as { value: number; addresses?: unknown }[]).map(({ addresses: _, value, ...part }) => ({
      ...part,
      address: null,
      value: value / 1e8,
    }));
  return {
    ...row,
    block_timestamp: written(row['block_timestamp']),
    inputs: inBitcoin(row['inputs']),
    outputs: inBitcoin(row['outputs']),
  };
}

function rows(): Record<string, unknown>[] {
  return blocks.flatMap(
    (block, height) => block?.transactions.map((raw, index) => etlRow(raw, height, block, index)) ?? [],
  );
}

async function everything() {
  const store = createMemoryLedger();
  await ingestBitcoinFiles({ store, files: [EARLY] });
  return store;
}

const lines = (values: readonly object[]): string => values.map((value) => JSON.stringify(value)).join('\n');
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

async function ingested(path: string, more: object = {}) {
  const store = createMemoryLedger();
  const [result] = await ingestBitcoinFiles({ store, files: [path], engine, ...more });
  return { store, result };
}

describe('tables of transactions', () => {
  test('bitcoin-etl, as JSON lines in any order, says what the blocks say', async () => {
    const { store, result } = await ingested(folder.write('etl.json', lines(rows().reverse())));
    expect(result?.totals).toMatchObject({
      transactions: 262,
      outputValue: 1_292_900_000_000n,
      unresolved: 0,
      assignedOrder: 0,
    });
    expect(store.all).toEqual((await everything()).all);
  });

  test('bitcoin-etl, as CSV with nested columns in JSON', async () => {
    const names = [
      'hash',
      'block_number',
      'block_timestamp',
      'index',
      'version',
      'lock_time',
      'is_coinbase',
      'inputs',
      'outputs',
    ];
    const cell = (value: unknown): string => quoted(typeof value === 'object' ? JSON.stringify(value) : String(value));
    const text = [names.join(','), ...rows().map((row) => names.map((name) => cell(row[name])).join(','))].join('\n');
    const { store } = await ingested(folder.write('etl.csv', `${text}\n`));
    expect(store.all).toEqual((await everything()).all);
  });

  test('AWS, as Parquet with doubles and timestamps', async () => {
    const source = folder.write('aws.jsonl', lines(rows().map(awsRow)));
    const parquet = folder.path('aws.parquet');
    const part =
      'address Nullable(String), index Nullable(Int64), script_hex Nullable(String), type Nullable(String), value Nullable(Float64)';
    const structure =
      'hash Nullable(String), version Nullable(Int64), block_number Nullable(Int64), index Nullable(Int64), lock_time Nullable(Int64), ' +
      `is_coinbase Nullable(Bool), block_timestamp Nullable(DateTime64(9, \\'UTC\\')), outputs Array(Tuple(${part})), ` +
      `inputs Array(Tuple(${part}, sequence Nullable(Int64), spent_output_index Nullable(Int64), spent_transaction_hash Nullable(String)))`;
    const insert = `INSERT INTO FUNCTION file('${parquet}', 'Parquet') SELECT * FROM file('${source}', 'JSONEachRow', '${structure}')`;
    await session.queryAsync(insert);
    const { store, result } = await ingested(parquet);
    expect(result?.totals).toMatchObject({ transactions: 262, outputValue: 1_292_900_000_000n, unresolved: 0 });
    expect(store.all).toEqual((await everything()).all);
  });

  test('BigQuery has no place in the block: it is assigned, and said', async () => {
    const without = rows().map(({ index: _, ...row }) => ({
      ...row,
      block_timestamp: `${written(row['block_timestamp'])} UTC`,
    }));
    const { store, result } = await ingested(folder.write('bigquery.json', lines(without)));
    expect(result?.totals).toMatchObject({ transactions: 262, assignedOrder: 262 });
    expect(result?.notes.join()).toContain('assigned');
    const plain = ({ tx, position, amount, from, to, blockTime }: (typeof store.all)[number]) => [
      tx,
      position,
      amount,
      from,
      to,
      blockTime,
    ];
    const byName = (a: unknown[], b: unknown[]): number => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1);
    expect(store.all.map(plain).sort(byName)).toEqual((await everything()).all.map(plain).sort(byName));
  });

  test('rows that cannot be read are rejected with the reason, and the good ones kept', async () => {
    const good = rows().slice(0, 10);
    const [row] = rows().slice(20, 21) as [Record<string, unknown>];
    const [output] = row['outputs'] as object[];
    const bad = [
      { ...row, outputs: [{ ...output, value: 5_000_000_000.5 }] },
      { ...row, outputs: [{ ...output, value: -1 }] },
      { ...row, outputs: [{ ...output, value: 2_100_000_000_000_001 }] },
      { ...row, outputs: [{ ...output, index: 1 }] },
      { ...row, hash: 'abc' },
      awsRow({ ...row, outputs: [{ ...output, value: 0.5 }] }),
    ];
    const { store, result } = await ingested(folder.write('bad.json', lines([...good, ...bad])), {
      rejectsDirectory: folder.path(''),
    });
    expect(result).toMatchObject({ rejected: 6, totals: { transactions: 10 } });
    expect(store.all.length).toBe(20);
    expect(result?.rejectsFile).toContain('bad.json');
    const only = ingestBitcoinFiles({
      store: createMemoryLedger(),
      files: [folder.write('none.json', lines(bad))],
      engine,
    });
    await expect(only).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('none of its 6 rows'),
    });
  });

  test('chunks that are committed are passed over when the table is read again', async () => {
    const path = folder.write('again.json', lines(rows()));
    const store = createMemoryLedger();
    await ingestBitcoinFiles({ store, files: [folder.write('half.json', lines(rows().slice(0, 100)))], engine });
    const [result] = await ingestBitcoinFiles({ store, files: [path], engine, chunkTransactions: 30 });
    expect(result?.totals).toMatchObject({ transactions: 162, alreadyKnown: 100 });
    expect(store.all).toEqual((await everything()).all);
  });

  test('a table of other columns is refused, and the known ones are named', async () => {
    await expect(ingested(folder.write('seeds.csv', 'txid\nabc\n'))).rejects.toMatchObject({
      code: 'invalid-input',
      hints: expect.arrayContaining([expect.stringContaining('txid, from, to, amount')]),
    });
  });
});

describe('replies of getblock in files', () => {
  test('verbosity 3, wrapped by JSON-RPC, in a list or one a line, says what the blocks say', async () => {
    const replies = blocks.slice(1).map((block, i) => coreReply(block as RawBlock, i + 1, spent));
    const wrapped = replies.map((result, id) => ({ id, result, error: null }));
    const expected = (await everything()).all;
    expect((await ingested(folder.write('list.json', JSON.stringify(wrapped)))).store.all).toEqual(expected);
    expect((await ingested(folder.write('lines.json', lines(replies)))).store.all).toEqual(expected);
  });

  test('one block alone; verbosity 1 is refused with a word on what is needed', async () => {
    const block = coreReply(blocks[170] as RawBlock, 170, null) as { tx: { txid: string }[] };
    const { store, result } = await ingested(folder.write('170.json', JSON.stringify(block, null, 2)));
    expect(result).toMatchObject({ headers: { from: 170, to: 170 }, totals: { unresolved: 1 } });
    expect((await store.headers(BITCOIN, 170, 170)).length).toBe(1);
    const ids = { ...block, tx: block.tx.map(({ txid }) => txid) };
    await expect(ingested(folder.write('ids.json', JSON.stringify(ids)))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('verbosity'),
    });
  });

  test('a fraction of a satoshi is refused', async () => {
    const block = coreReply(blocks[170] as RawBlock, 170, null) as { tx: { vout: { value: number }[] }[] };
    (block.tx[1]?.vout[0] as { value: number }).value = 10.000000001;
    await expect(ingested(folder.write('fraction.json', JSON.stringify(block)))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('fraction of a satoshi'),
    });
  });
});

describe('payments without blocks', () => {
  const BITFINEX = join(import.meta.dirname, '../../../../../test/data/bitcoin/bitfinex-2016/bitfinex_tx_dataset.csv');

  test('the 2,072 theft transactions of Bitfinex sum to 119,756.62032288 BTC', async () => {
    const { store, result } = await ingested(BITFINEX);
    expect(result?.totals).toMatchObject({ transactions: 2_072, outputValue: 11_975_662_032_288n });
    expect(store.all.reduce((sum, { amount }) => sum + amount, 0n)).toBe(11_975_662_032_288n);
    // No inputs, outputs or blocks are invented: payments between addresses, at the earliest place there can be.
    expect(
      new Set(
        store.all.map(({ kind, position, assigned, blockNumber }) => `${kind} ${position} ${assigned} ${blockNumber}`),
      ),
    ).toEqual(new Set(['native 0 both 0']));
    const [declared] = await store.coverage([`${BITCOIN}:coinbase`]);
    expect(declared).toMatchObject({ basis: 'unknown', note: expect.stringContaining('neither block nor time') });
  });

  test('block and time can be stated; the same file adds nothing; blocks with the same transactions contradict', async () => {
    const { store } = await ingested(BITFINEX, { height: 423_000, time: 1_470_000_000 });
    expect(store.all[0]).toMatchObject({ blockNumber: 423_000, blockTime: 1_470_000_000 });
    const [again] = await ingestBitcoinFiles({ store, files: [BITFINEX], engine });
    expect(again).toMatchObject({ imports: 0, totals: { transactions: 0 } });
    await expect(ingested(BITFINEX, { height: 423_000 })).rejects.toMatchObject({ code: 'invalid-input' });
    const known = await everything();
    const row = `txid,from,to,amount\n${FIRST_PAYMENT},12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S,1Q2TWHE3GMdB6BZKafqwxXtWAWgFt5Jvm3,10\n`;
    const path = folder.write('known.csv', row);
    await expect(ingestBitcoinFiles({ store: known, files: [path], engine })).rejects.toMatchObject({
      code: 'contradiction',
    });
    const { store: first } = await ingested(path);
    await expect(ingestBitcoinFiles({ store: first, files: [EARLY] })).rejects.toMatchObject({ code: 'contradiction' });
  });
});

test('of branches in one file of replies the one that reaches highest is taken, and that is said', async () => {
  const reply = (height: number, changes: object = {}) => ({
    ...coreReply(blocks[height] as RawBlock, height, spent),
    ...changes,
  });
  const [ninth, tenth] = ['9', '10'].map((height) => height.padStart(64, 'f'));
  const eighth = blocks[8]?.header.hash;
  const branch = [
    reply(9, { hash: ninth, previousblockhash: eighth }),
    reply(10, { hash: tenth, previousblockhash: ninth }),
  ];
  const main = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((height) => reply(height));
  const store = createMemoryLedger();
  const [result] = await ingestBitcoinFiles({
    store,
    files: [folder.write('both.json', JSON.stringify([...main, ...branch]))],
  });
  expect(result?.notes.join()).toContain('1 blocks of both.json stand beside the branch that reaches highest');
  expect((await store.headers(BITCOIN, 8, 11)).map(({ hash }) => hash)).toEqual([eighth, ninth, tenth]);
});

test('blocks of another network are refused', async () => {
  const [genesis, first] = ['0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206', blocks[1] as RawBlock];
  const reply = { ...coreReply(first, 1, spent), previousblockhash: genesis };
  const store = createMemoryLedger();
  await expect(
    ingestBitcoinFiles({ store, files: [folder.write('regtest.json', JSON.stringify(reply))] }),
  ).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining(`the chain is another network's: its first block is ${genesis}`),
  });
  expect(store.all).toEqual([]);
});
