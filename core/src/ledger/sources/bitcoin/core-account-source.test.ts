import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BITCOIN, canonicalAccount } from '../../../units/index.ts';
import type { HistoryRequest } from '../../account-source.ts';
import { createMemoryLedger, type MemoryLedger } from '../../stores/memory.ts';
import type { CallRecord } from '../http/http-client.ts';
import { createCoreAccountSource } from './core-account-source.ts';
import {
  coreReply,
  EARLY,
  earlyBlocks,
  FIRST_PAYMENT,
  GENESIS,
  type LocalServer,
  NINTH_COINBASE,
  outputsOf,
  serveNode,
} from './fixtures/real-blocks.ts';
import { ingestBitcoinFiles } from './ingest-bitcoin.ts';

const PASSWORD = 'p4ssw0rd-of-the-node';
const MINER = canonicalAccount(BITCOIN, '12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S');

type Header = { readonly hash: string; readonly height: number };

let chain: Header[];
let real: Header[];
let node: LocalServer;
let store: MemoryLedger;
let log: CallRecord[];
beforeAll(async () => {
  const blocks = await earlyBlocks();
  const spent = outputsOf(blocks);
  real = [
    { hash: GENESIS, height: 0 },
    ...blocks.flatMap((block, height) => (block === undefined ? [] : [coreReply(block, height, spent) as Header])),
  ];
  node = await serveNode((method, params) => {
    if (method === 'getblockcount') return { result: chain.length - 1 };
    const found = chain.find(({ hash, height }) => hash === params[0] || height === params[0]);
    if (found === undefined) return { code: method === 'getblockhash' ? -8 : -5, message: 'not found' };
    return { result: method === 'getblockhash' ? found.hash : found };
  });
});
beforeEach(() => {
  chain = real;
  store = createMemoryLedger();
  log = [];
});
afterAll(() => node.close());

const source = (onCall = (call: CallRecord): void => void log.push(call)) =>
  createCoreAccountSource({
    url: node.url.replace('//', `//user:${PASSWORD}@`),
    name: 'core',
    delay: async () => {},
    onCall,
  });
const into = () => ({ store, keysOf: () => [] });

async function request(more: Partial<HistoryRequest> = {}): Promise<HistoryRequest> {
  const { head } = await source().tip();
  return { accounts: [MINER], assets: null, fromBlock: 1, to: head, limit: null, ...more };
}

test('an account is asked for, every block comes: the ledger is that of the block files, and complete', async () => {
  await source().histories(await request(), into());
  const files = createMemoryLedger();
  await ingestBitcoinFiles({ store: files, files: [EARLY] });
  expect(store.all).toEqual(files.all);
  expect(await store.coverage([MINER])).toMatchObject([
    { account: null, fromBlock: 1, toBlock: 255, basis: 'whole-chain', truncated: false, source: 'core blocks 1–255' },
  ]);
  const before = store.all;
  await source().histories(await request({ fromBlock: 100 }), into());
  expect(store.all).toEqual(before);
});

test('tip, block, estimate, offer', async () => {
  const { head, final } = await source().tip();
  expect([head.number, head.hash, final]).toEqual([255, real[255]?.hash, 249]);
  expect(await source().block(170)).toMatchObject({ number: 170, hash: real[170]?.hash, time: 1_231_731_025 });
  expect(await source().block(256)).toBeNull();
  // 255 blocks, 3 requests for their hashes, 2 to see that the last one still stands.
  expect(await source().estimate(await request())).toBe(260);
  expect(await source().offer()).toMatchObject({ basis: 'whole-chain' });
});

test('a transaction that is not in the ledger cannot be had by its hash', async () => {
  expect(await source().transactions([FIRST_PAYMENT], into())).toEqual([FIRST_PAYMENT]);
  await source().histories(
    await request({ fromBlock: 9, to: (await source().block(9)) ?? (await request()).to }),
    into(),
  );
  expect(await source().transactions([FIRST_PAYMENT, NINTH_COINBASE], into())).toEqual([FIRST_PAYMENT]);
});

test('a last block that the node no longer has is said to be reorganised, and asking again helps', async () => {
  const wanted = await request();
  chain = real.slice(0, 200);
  await expect(source().histories(wanted, into())).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  expect(store.all).toEqual([]);
});

test('the password stays where it is', async () => {
  await source().histories(await request({ fromBlock: 250 }), into());
  chain = [];
  const failure = await source()
    .histories({ accounts: [], assets: null, fromBlock: 1, limit: null, to: { number: 1, hash: '', time: 0 } }, into())
    .catch((error: unknown) => error);
  const told = JSON.stringify([log, await store.coverage([MINER]), await store.imports(), `${failure}`]);
  expect(told).toContain('getblockhash');
  expect(told).not.toContain(PASSWORD);
});
