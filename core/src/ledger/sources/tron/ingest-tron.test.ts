import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectedOf, readFixture } from '../../../../../test/crossings-fixtures.ts';
import { createMemoryLedger, type MemoryLedger } from '../../stores/memory.ts';
import { type IngestTronOptions, ingestTron } from './ingest-tron.ts';

const DATA = join(import.meta.dirname, '../../../../../test/data/crossings/tron');
const LOGS = 'block50000011_usdt_logs.json';
const TRANSACTIONS = 'block50000011_usdt_transactions.json';
const USDT = 'tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t';

let folder: string;
let store: MemoryLedger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-tron-'));
  store = createMemoryLedger();
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function ingest(files: readonly string[], options: Partial<IngestTronOptions> = {}) {
  return ingestTron({ store, files, rejectsDirectory: folder, ...options });
}

type Expected = {
  readonly transfers: readonly { tx: string; from: string; to: string; amount: string }[];
  readonly count: number;
};
const expected = (expectedOf('tron') as Record<string, Expected>)[LOGS] as Expected;

/** The ledger's token transfers in the form of the expectation, sorted. */
function tokens(): { tx: string; from: string; to: string; amount: string }[] {
  const plain = (account: string): string => account.slice(account.lastIndexOf(':') + 1);
  return store.all
    .filter(({ kind, asset }) => kind === 'token' && asset === USDT)
    .map(({ tx, from, to, amount }) => ({ tx: `0x${tx}`, from: plain(from), to: plain(to), amount: String(amount) }))
    .sort((a, b) => (a.tx < b.tx ? -1 : 1));
}

const sorted = (rows: Expected['transfers']) => rows.toSorted((a, b) => (a.tx < b.tx ? -1 : 1));

type Log = {
  tx_hash: string;
  log_index: number;
  transaction_index: number;
  address: string;
  data: string;
  topics: string[];
};
const logs = (readFixture('tron', LOGS) as { logs: Log[] }).logs;

describe('a real block of USDT transfers', () => {
  it('gives the expected transfers from logs and transactions of a data set', async () => {
    const { files } = await ingest([join(DATA, LOGS), join(DATA, TRANSACTIONS)]);
    expect(files.map(({ rows, rejected }) => [rows, rejected])).toEqual([
      [73, 0],
      [73, 0],
    ]);
    expect(expected.count).toBe(73);
    expect(tokens()).toEqual(sorted(expected.transfers));
    expect(
      new Set(store.all.map(({ blockNumber, blockTime, assigned }) => `${blockNumber} ${blockTime} ${assigned}`)),
    ).toEqual(new Set(['50000011 1680612831 none']));
  });

  it('gives the same from CSV', async () => {
    const rows = (readFixture('tron', TRANSACTIONS) as { transactions: Record<string, unknown>[] }).transactions;
    const columns = [
      'tx_hash',
      'block_id',
      'block_timestamp',
      'transaction_index',
      'from_address',
      'to_address',
      'value',
      'transaction_type',
      'receipt_status',
    ];
    const csv = [columns.join(','), ...rows.map((row) => columns.map((name) => String(row[name])).join(','))].join(
      '\n',
    );
    const logCsv = [
      'tx_hash,block_id,transaction_index,log_index,address,data,topics',
      ...logs.map(
        (log) =>
          `${log.tx_hash},50000011,${log.transaction_index},${log.log_index},${log.address},${log.data},"${log.topics.join(',')}"`,
      ),
    ].join('\n');
    await ingest([file('logs.csv', logCsv), file('transactions.csv', csv)]);
    const fromCsv = store.all;
    store = createMemoryLedger();
    await ingest([join(DATA, LOGS), join(DATA, TRANSACTIONS)]);
    expect(fromCsv).toEqual(store.all);
  });

  it("gives the same from the node's transaction infos and from event pages; read again, nothing is doubled", async () => {
    const infos = logs.map((log) => ({
      id: log.tx_hash.slice(2),
      blockNumber: 50000011,
      blockTimeStamp: 1680612831000,
      receipt: { result: 'SUCCESS' },
      log: [
        { address: log.address.slice(2), topics: log.topics.map((topic) => topic.slice(2)), data: log.data.slice(2) },
      ],
    }));
    await ingest([file('infos.json', infos)]);
    expect(tokens()).toEqual(sorted(expected.transfers));
    const events = expected.transfers.map(({ tx, from, to, amount }) => ({
      block_number: 50000011,
      block_timestamp: 1680612831000,
      contract_address: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
      event_name: 'Transfer',
      result: { 0: from, 1: to, 2: amount, from, to, value: amount },
      transaction_id: tx.slice(2),
    }));
    const { files } = await ingest([file('events.json', { data: events, success: true, meta: {} }), join(DATA, LOGS)]);
    expect(files.map(({ transfers, alreadyKnown }) => [transfers, alreadyKnown])).toEqual([
      [0, 73],
      [0, 73],
    ]);
  });
});

const page = () => ({
  data: expected.transfers.slice(0, 3).map(({ tx, from, to, amount }) => ({
    transaction_id: tx.slice(2),
    token_info: { symbol: 'USDT', address: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', decimals: 6, name: 'Tether USD' },
    block_timestamp: 1680612831000,
    from,
    to,
    type: 'Transfer',
    value: amount,
  })),
  success: true,
  meta: { at: 1, page_size: 3 },
});

describe("TronGrid's pages of TRC-20 transfers", () => {
  it('have no block: it is taken from other files of the run, or from the ledger', async () => {
    const { assets } = await ingest([file('page.json', page()), join(DATA, TRANSACTIONS)]);
    expect(tokens()).toEqual(sorted(expected.transfers.slice(0, 3)));
    expect([...assets]).toEqual([[USDT, { symbol: 'USDT', decimals: 6 }]]);
    store = createMemoryLedger();
    await ingest([join(DATA, TRANSACTIONS)]);
    await ingest([file('page.json', page())]);
    expect(tokens().length).toBe(3);
  });

  it('are refused where nothing knows the block, saying what to add', async () => {
    await expect(ingest([file('page.json', page())])).rejects.toThrow(
      /none of its 3 rows.*its block is not known.*gettransactioninfobyid/,
    );
    expect(await store.imports()).toEqual([]);
  });

  it('take the block from a node that is named', async () => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const known =
          request.url === '/key/wallet/gettransactioninfobyid' &&
          logs.some(({ tx_hash }) => `0x${JSON.parse(body).value}` === tx_hash);
        response.end(
          JSON.stringify(
            known ? { id: JSON.parse(body).value, blockNumber: 50000011, blockTimeStamp: 1680612831000 } : {},
          ),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await ingest([file('page.json', page())], {
        node: `http://127.0.0.1:${(server.address() as AddressInfo).port}/key/`,
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
    expect(tokens()).toEqual(sorted(expected.transfers.slice(0, 3)));
  });
});

const OWNER = '41a614f803b6fd780986a42c78ec9c7f77e6ded13c';
const OTHER = '41a4875b63aa1f3c28acea607143bec09b57ed470f';
const ID = (digit: string): string => digit.repeat(64);

function nativeTransaction(id: string, type: string, value: object, ret: object) {
  return {
    txID: ID(id),
    blockNumber: 7,
    block_timestamp: 1_600_000_000_000,
    ret: [ret],
    raw_data: { contract: [{ type, parameter: { value } }] },
  };
}

describe('transactions as the node writes them', () => {
  it('move TRX; what failed pays its fee only; TRC-10 is passed over', async () => {
    const success = { contractRet: 'SUCCESS', fee: 1100 };
    const { files } = await ingest([
      file('transactions.json', {
        data: [
          nativeTransaction(
            '1',
            'TransferContract',
            { owner_address: OWNER, to_address: OTHER, amount: 5_000_000 },
            success,
          ),
          nativeTransaction(
            '2',
            'TriggerSmartContract',
            { owner_address: OWNER, contract_address: OTHER, call_value: 9 },
            { contractRet: 'REVERT', fee: 345 },
          ),
          nativeTransaction(
            '3',
            'TransferAssetContract',
            { owner_address: OWNER, to_address: OTHER, amount: 77, asset_name: '31' },
            { contractRet: 'SUCCESS' },
          ),
        ],
      }),
    ]);
    expect(
      store.all.map(({ tx, kind, amount, from, to }) => [tx[0], kind, amount, from.slice(16), to.slice(16)]),
    ).toEqual([
      ['1', 'fee', 1100n, 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'fee'],
      ['1', 'native', 5_000_000n, 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'TQy9yHe4cWMVAyVEx3QJdtd1CsCSUP6Yip'],
      ['2', 'fee', 345n, 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'fee'],
    ]);
    expect(files[0]?.notes.join(' ')).toContain('Transfers of TRC-10 tokens are passed over (1 record).');
  });

  it('with inner calls that took effect, and a mint from the zero address', async () => {
    const TRANSFER = 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
    const word = (hex: string): string => hex.padStart(64, '0');
    await ingest([
      file('info.json', {
        id: ID('4'),
        blockNumber: 8,
        blockTimeStamp: 1_600_000_003_000,
        fee: 100,
        receipt: { result: 'SUCCESS' },
        internal_transactions: [
          { caller_address: OTHER, transferTo_address: OWNER, callValueInfo: [{ callValue: 12 }], note: '63616c6c' },
          { caller_address: OTHER, transferTo_address: OWNER, callValueInfo: [{ callValue: 13 }], rejected: true },
          { caller_address: OTHER, transferTo_address: OWNER, callValueInfo: [{ callValue: 14, tokenId: '1002000' }] },
        ],
        log: [{ address: OWNER.slice(2), topics: [TRANSFER, word('0'), word(OTHER.slice(2))], data: word('2a') }],
      }),
    ]);
    expect(store.all.map(({ kind, amount, from }) => [kind, amount, from.slice(16)])).toEqual([
      ['internal', 12n, 'TQy9yHe4cWMVAyVEx3QJdtd1CsCSUP6Yip'],
      ['token', 42n, 'T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb'],
    ]);
  });
});

describe('bad input', () => {
  it('is rejected with line and reason, the good records kept', async () => {
    const bad = structuredClone(logs.slice(0, 3)) as (Log & { block_timestamp?: number; block_id?: number })[];
    for (const log of bad) log.block_timestamp = 1680612831;
    (bad[1] as Log).address = 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6T';
    const { files } = await ingest([file('bad.json', { logs: bad })]);
    expect(files[0]).toMatchObject({ rows: 3, rejected: 1, transfers: 2 });
    expect(readFileSync(files[0]?.rejectsFile as string, 'utf8')).toContain('wrong checksum');
  });

  it('of an unknown form is refused', async () => {
    await expect(ingest([file('what.json', { hello: 1 })])).rejects.toThrow(
      /is no record of Tron that is known here; it has/,
    );
    await expect(ingest([file('x.csv', 'a,b\n1,2\n')])).rejects.toThrow(/unknown schema/);
  });
});
