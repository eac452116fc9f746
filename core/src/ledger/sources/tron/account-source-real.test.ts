import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectedOf, readFixture } from '../../../../../test/crossings-fixtures.ts';
import { type LocalServer, serveReplies } from '../../../../../test/replays/local-server.ts';
import { type GridTransaction, serveTronGrid } from '../../../../../test/replays/trongrid-server.ts';
import { createMemoryLedger, type MemoryLedger } from '../../stores/memory.ts';
import { tronAccount } from '../../tron/address.ts';
import { createTronGridSource } from './account-source.ts';
import { MAIN_GENESIS } from './fixtures/made-up-chain.ts';

const LOGS = 'block50000011_usdt_logs.json';
const RECORDED = join(import.meta.dirname, '../../../../../test/replays/trongrid-recorded.json');

let store: MemoryLedger;
let server: LocalServer;
beforeEach(() => {
  store = createMemoryLedger();
});
afterEach(() => server.close());
const into = () => ({ store, keysOf: () => [] });
const source = () => createTronGridSource({ url: server.url, key: null, delay: async () => {}, perSecond: 1_000 });

type Log = {
  readonly tx_hash: string;
  readonly address: string;
  readonly data: string;
  readonly topics: readonly string[];
};
type Sent = { readonly tx_hash: string; readonly from_address: string; readonly to_address: string };
type Expected = {
  readonly transfers: readonly { tx: string; from: string; to: string; amount: string }[];
  readonly count: number;
};

test('the 73 transfers of USDT of block 50,000,011, account by account, as they were', async () => {
  const { logs } = readFixture('tron', LOGS) as { logs: readonly Log[] };
  const { transactions } = readFixture('tron', 'block50000011_usdt_transactions.json') as {
    transactions: readonly Sent[];
  };
  const expected = (expectedOf('tron') as Record<string, Expected>)[LOGS] as Expected;
  const bare = (hex: string): string => hex.replace(/^0x/, '');
  const block = { number: 50_000_011, hash: `0000000002faf08b${'0'.repeat(48)}`, time: 1_680_612_831_000 };
  server = await serveTronGrid({
    blocks: [{ number: 0, hash: MAIN_GENESIS, time: 0 }, block],
    solid: block.number,
    keepsInnerCalls: true,
    transactions: transactions.map(
      ({ tx_hash, from_address, to_address }): GridTransaction => ({
        txID: bare(tx_hash),
        block: block.number,
        type: 'TriggerSmartContract',
        value: {
          owner_address: `41${bare(from_address).slice(-40)}`,
          contract_address: `41${bare(to_address).slice(-40)}`,
        },
        fee: 0,
        logs: logs
          .filter((log) => log.tx_hash === tx_hash)
          .map(({ address, topics, data }) => ({
            contract: `41${bare(address).slice(-40)}`,
            topics: topics.map(bare),
            data: bare(data),
          })),
      }),
    ),
  });
  const grid = source();
  const { head } = await grid.tip();
  const accounts = [...new Set(expected.transfers.flatMap(({ from, to }) => [from, to]))].map(tronAccount);
  // In parts, so that a transfer between two of them is met from both sides.
  for (let i = 0; i < accounts.length; i += 20) {
    const part = accounts.slice(i, i + 20);
    await grid.histories({ accounts: part, assets: null, fromBlock: 0, to: head, limit: null }, into());
  }
  const plain = (account: string): string => account.slice(account.lastIndexOf(':') + 1);
  const byTx = (a: { tx: string }, b: { tx: string }): number => (a.tx < b.tx ? -1 : 1);
  const found = store.all
    .filter(({ kind }) => kind === 'token')
    .map(({ tx, from, to, amount }) => ({ tx: `0x${tx}`, from: plain(from), to: plain(to), amount: String(amount) }));
  expect(expected.count).toBe(73);
  expect(found.sort(byTx)).toEqual(expected.transfers.toSorted(byTx));
});

test('replies that TronGrid gave: two payments of TRX, and a transfer of 0.1 USDT', async () => {
  const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as {
    readonly account: string;
    readonly transactions: readonly object[];
    readonly info: { readonly id: string };
  };
  const block = (number: number): object => ({
    blockID: number.toString(16).padStart(64, '0'),
    block_header: { raw_data: { number, timestamp: 1_717_500_000_000 } },
  });
  server = await serveReplies(({ path, body }) => {
    const reply = (value: object) => ({ text: JSON.stringify(value) });
    if (/getnowblock/.test(path)) return reply(block(62_300_000));
    if (/getblockbynum/.test(path)) return reply(block((body as { num: number }).num));
    if (/infobyid/.test(path))
      return reply((body as { value: string }).value === recorded.info.id ? recorded.info : {});
    const data = /\/transactions\?/.test(path) ? recorded.transactions : [];
    return reply({ data, success: true, meta: { at: 1_718_032_314_555, page_size: data.length } });
  });
  const account = tronAccount(recorded.account);
  const { head } = await source().tip();
  await source().histories({ accounts: [account], assets: null, fromBlock: 0, to: head, limit: null }, into());
  const rows = () =>
    store.all.map(({ blockNumber, kind, from, to, amount }) => [
      blockNumber,
      kind,
      from.slice(16),
      to.slice(16),
      amount,
    ]);
  expect(rows()).toEqual([
    [61_876_557, 'fee', recorded.account, 'fee', 0n],
    [61_876_557, 'native', recorded.account, 'TQq4YrKRywkd9vLYw2nZKiFfMpbQiL8gKK', 2_000_000n],
    [62_258_673, 'fee', recorded.account, 'fee', 1_100_000n],
    [62_258_673, 'native', recorded.account, expect.stringMatching(/^T/), 100_000_000n],
  ]);
  store = createMemoryLedger();
  expect(await source().transactions([recorded.info.id], into())).toEqual([]);
  // 0x186a0 units; whose fee it was the reply does not say.
  expect(rows()).toEqual([[59_325_846, 'token', expect.stringMatching(/^T/), expect.stringMatching(/^T/), 100_000n]]);
  expect(store.all[0]?.asset).toBe('tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t');
});
