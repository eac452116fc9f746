import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ServedBlock,
  type ServedChain,
  type ServedTransaction,
  serveEsplora,
} from '../../../../../test/replays/esplora-server.ts';
import type { LocalServer } from '../../../../../test/replays/local-server.ts';
import { type Account, BITCOIN } from '../../../units/index.ts';
import type { HistoryRequest } from '../../account-source.ts';
import { createMemoryLedger, type MemoryLedger } from '../../stores/memory.ts';
import { lockOf } from '../../utxo/lock.ts';
import { outpointAccount, txAccount } from '../../utxo/transaction.ts';
import type { CallRecord } from '../http/http-client.ts';
import { createReplyCache } from '../http/reply-cache.ts';
import { createEsploraSource, type EsploraSourceOptions } from './account-source.ts';
import { GENESIS } from './fixtures/real-blocks.ts';

const KEY = 'k9f3a7c1e5b2d8f4';

/** Services name no address of a bare public key. */
function addressOf(script: string): string | null {
  const { owner, script: kind } = lockOf(BITCOIN, script);
  return owner === null || kind === 'p2pk' || owner.includes(':script-') ? null : owner.slice(BITCOIN.length + 1);
}

const hash = (height: number): string => height.toString(16).padStart(64, '0');
const id = (number: number): string => number.toString(16).padStart(64, 'e');
const lock = (digit: string): string => `0014${digit.repeat(40)}`;
const accountOf = (script: string): Account => `${BITCOIN}:${addressOf(script)}`;
const [ALICE, BOB, CAROL] = [lock('a'), lock('b'), lock('c')];

/** Alice is paid 50 in block 1 and again in 3; in 4 she pays Bob 30 of the first, 19 back to herself, 1 for the network; in 9 he passes 12 and 17 on. */
const TRANSACTIONS: readonly (readonly [number, ServedTransaction])[] = [
  [1, { txid: id(1), vin: [null], vout: [{ scriptpubkey: ALICE, value: 50 }] }],
  [3, { txid: id(3), vin: [null], vout: [{ scriptpubkey: ALICE, value: 50 }] }],
  [4, { txid: id(0x40), vin: [null], vout: [{ scriptpubkey: CAROL, value: 51 }] }],
  [
    4,
    {
      txid: id(4),
      vin: [{ txid: id(1), vout: 0 }],
      vout: [
        { scriptpubkey: BOB, value: 30 },
        { scriptpubkey: ALICE, value: 19 },
      ],
    },
  ],
  [
    9,
    {
      txid: id(9),
      vin: [{ txid: id(4), vout: 0 }],
      vout: [
        { scriptpubkey: CAROL, value: 12 },
        { scriptpubkey: CAROL, value: 17 },
      ],
    },
  ],
];

function madeUp(length: number): ServedBlock[] {
  return Array.from({ length }, (_, height) => ({
    hash: height === 0 ? GENESIS : hash(height),
    time: 1_500_000_000 + 600 * height,
    transactions: TRANSACTIONS.filter(([at]) => at === height).map(([, one]) => one),
  }));
}

let chain: ServedChain;
let server: LocalServer;
let store: MemoryLedger;
let log: CallRecord[];
beforeEach(async () => {
  chain = { blocks: madeUp(12), unconfirmed: [] };
  server = await serveEsplora(chain, addressOf);
  store = createMemoryLedger();
  log = [];
});
afterEach(() => server.close());

function source(more: Partial<EsploraSourceOptions> = {}) {
  const url = `${server.url}`;
  return createEsploraSource({
    url,
    name: 'esplora',
    delay: async () => {},
    onCall: (call) => log.push(call),
    ...more,
  });
}

const into = () => ({ store, keysOf: () => [] });
const upTo = (number: number) => ({
  number,
  hash: number === 0 ? GENESIS : hash(number),
  time: 1_500_000_000 + 600 * number,
});
const request = (accounts: readonly Account[], more: Partial<HistoryRequest> = {}): HistoryRequest => ({
  accounts,
  assets: null,
  fromBlock: 0,
  to: upTo(11),
  limit: null,
  ...more,
});

/** Rows of the ledger, short. */
const rows = () =>
  store.all.map(({ blockNumber, txIndex, kind, from, to, amount, assigned }) => {
    const name = (account: string) => account.slice(BITCOIN.length + 1).replace(/^e{4,}/, '');
    return `${blockNumber}/${txIndex} ${kind} ${name(from)} ${name(to)} ${amount}${assigned === 'none' ? '' : ` ${assigned}`}`;
  });

const ALICE_ROWS = [
  '1/0 input coinbase 1 50',
  '1/0 output 1 1.0 50',
  '3/0 input coinbase 3 50',
  '3/0 output 3 3.0 50',
  '4/1 input 1.0 4 50',
  '4/1 output 4 4.0 30',
  '4/1 output 4 4.1 19',
  '4/1 fee 4 fee 1',
];
const LAST_ROWS = ['9/0 input 4.0 9 30', '9/0 output 9 9.0 12', '9/0 output 9 9.1 17', '9/0 fee 9 fee 1'];
const output = (tx: number, index: number): Account => outpointAccount(BITCOIN, { tx: id(tx), index });
const COMPLETE = { direction: 'both', assets: null, fromBlock: null, toBlock: 11, toAt: null, basis: 'index' };
const paths = () => server.asked.map(({ path }) => path.replaceAll(/\/(?:0*|e*)([0-9a-f]{1,2})(?=\/|$)/g, '/$1'));

describe('histories', () => {
  test('an address: every transaction at its place, to the last unit, and that it is all', async () => {
    await source().histories(request([accountOf(ALICE)]), into());
    expect(rows()).toEqual(ALICE_ROWS);
    expect(await store.coverage([accountOf(ALICE)])).toEqual([
      { chain: BITCOIN, account: accountOf(ALICE), ...COMPLETE, truncated: false, note: null, source: 'esplora' },
    ]);
  });

  test('an output: what made it and what spent it; a transaction: itself', async () => {
    await source().histories(request([output(4, 0)]), into());
    expect(rows()).toEqual([...ALICE_ROWS.slice(4), ...LAST_ROWS]);
    expect(await store.coverage([output(4, 0)])).toMatchObject([{ ...COMPLETE, truncated: false }]);
    expect(paths().filter((path) => path.includes('outspend'))).toEqual(['/tx/4/outspend/0']);
    store = createMemoryLedger();
    await source().histories(request([txAccount(BITCOIN, id(9))]), into());
    expect(rows()).toEqual(LAST_ROWS);
  });

  test('outputs of one transaction are asked for together', async () => {
    await source().histories(request([output(4, 0), output(4, 1), txAccount(BITCOIN, id(4))]), into());
    expect(rows()).toEqual([...ALICE_ROWS.slice(4), ...LAST_ROWS]);
    expect(
      paths()
        .filter((path) => path.startsWith('/tx'))
        .sort(),
    ).toEqual(['/tx/4', '/tx/4/merkle-proof', '/tx/4/outspends', '/tx/9', '/tx/9/merkle-proof'].sort());
    expect((await store.coverage([output(4, 0), output(4, 1), txAccount(BITCOIN, id(4))])).length).toBe(3);
  });

  test('what spends another output of the same transaction is not fetched', async () => {
    const paid = (value: number) => ({ scriptpubkey: CAROL, value });
    const split = { txid: id(6), vin: [{ txid: id(0x40), vout: 0 }], vout: [paid(10), paid(20), paid(21)] };
    const later = { txid: id(7), vin: [{ txid: id(6), vout: 2 }], vout: [paid(21)] };
    chain.blocks = chain.blocks.map((block, height) =>
      height === 6 || height === 7 ? { ...block, transactions: height === 6 ? [split] : [later] } : block,
    );
    await source().histories(request([output(6, 0), output(6, 1)]), into());
    expect(new Set(store.all.map(({ tx }) => tx))).toEqual(new Set([id(6)]));
  });

  test('what lies after the last block that is wanted, or before the first, is left out, and coverage says so', async () => {
    await source().histories(request([output(4, 0), accountOf(BOB)], { to: upTo(8) }), into());
    expect(rows()).toEqual(ALICE_ROWS.slice(4));
    expect(await store.coverage([output(4, 0), accountOf(BOB)])).toMatchObject([{ toBlock: 8 }, { toBlock: 8 }]);
    store = createMemoryLedger();
    await source().histories(request([accountOf(ALICE)], { fromBlock: 2, to: upTo(3) }), into());
    expect(rows()).toEqual(ALICE_ROWS.slice(2, 4));
    expect(await store.coverage([accountOf(ALICE)])).toMatchObject([{ fromBlock: 2, toBlock: 3 }]);
  });

  test('a spend that is in no block yet does not count', async () => {
    chain.unconfirmed = [{ txid: id(0xa), vin: [{ txid: id(3), vout: 0 }], vout: [{ scriptpubkey: BOB, value: 49 }] }];
    await source().histories(request([output(3, 0), accountOf(ALICE), txAccount(BITCOIN, id(0xa))]), into());
    expect(rows()).toEqual(ALICE_ROWS);
    expect(await store.coverage([txAccount(BITCOIN, id(0xa))])).toMatchObject([
      { basis: 'unknown', toBlock: null, truncated: true, note: 'esplora knows no such transaction in a block.' },
    ]);
  });

  test('read twice, or from two sides, nothing is there twice', async () => {
    const all = [accountOf(ALICE), output(4, 0), output(4, 1), accountOf(BOB), txAccount(BITCOIN, id(9))];
    await source().histories(request(all), into());
    const once = store.all;
    expect(rows()).toEqual([...ALICE_ROWS, ...LAST_ROWS]);
    await source().histories(request(all), into());
    expect(store.all).toEqual(once);
    store = createMemoryLedger();
    for (const account of all.toReversed()) await source().histories(request([account]), into());
    expect(store.all).toEqual(once);
    expect(await source().transactions([id(4), id(0x40)], into())).toEqual([]);
    expect(store.all.length).toBe(once.length + 2);
  });

  test('an account that never did anything is complete, and has nothing', async () => {
    await source().histories(request([accountOf(lock('d'))]), into());
    expect(store.all).toEqual([]);
    expect(await store.coverage([accountOf(lock('d'))])).toMatchObject([COMPLETE]);
  });

  test('an address with too many transactions is not read, and marked; the others are read', async () => {
    await source({ most: 2 }).histories(request([accountOf(ALICE), accountOf(BOB)]), into());
    expect(rows()).toEqual([...ALICE_ROWS.slice(4), ...LAST_ROWS]);
    const [declared] = await store.coverage([accountOf(ALICE)]);
    expect(declared).toMatchObject({ basis: 'unknown', toBlock: null, truncated: true });
    expect(declared?.note).toContain('The address has 3 transactions; up to 2 are read');
    store = createMemoryLedger();
    await source({ most: 1 }).histories(request([accountOf(ALICE)], { fromBlock: 2 }), into());
    expect(store.all).toEqual([]);
    expect(await store.coverage([accountOf(ALICE)])).toMatchObject([{ basis: 'unknown', truncated: true }]);
    await source({ most: 2 }).histories(request([accountOf(ALICE)], { limit: 3 }), into());
    expect(rows()).toEqual(ALICE_ROWS);
  });

  test('a script that has no address cannot be asked for, and that is said', async () => {
    const account: Account = `${BITCOIN}:script-${'0'.repeat(64)}`;
    await source().histories(request([account]), into());
    expect(await store.coverage([account])).toMatchObject([{ basis: 'unknown', truncated: true, toBlock: null }]);
  });
});

describe('pages', () => {
  const crowd = (count: number): ServedBlock[] => {
    const blocks = madeUp(12);
    const payments = Array.from({ length: count }, (_, i) => ({
      txid: id(0x100 + i),
      vin: [null],
      vout: [{ scriptpubkey: lock('7'), value: 1 + i }],
    }));
    return blocks.with(5, { ...(blocks[5] as ServedBlock), transactions: payments });
  };

  test('are read to the end: 60 payments of 1 to 60', async () => {
    chain.blocks = crowd(60);
    await source().histories(request([accountOf(lock('7'))]), into());
    const paid = store.all.filter(({ kind }) => kind === 'output');
    expect(paid.map(({ txIndex, amount }) => [txIndex, amount])).toEqual(
      Array.from({ length: 60 }, (_, i) => [i, BigInt(1 + i)]),
    );
    // 25, 25, 10, none.
    expect(paths().filter((path) => path.includes('/txs/chain')).length).toBe(4);
    server.asked.length = 0;
    await source().histories(request([accountOf(lock('7'))], { fromBlock: 6 }), into());
    expect(paths().filter((path) => path.includes('/txs/chain')).length).toBe(1);
  });

  test('that repeat are an error, not an endless loop; nothing is stored', async () => {
    chain.blocks = crowd(60);
    const first = await fetch(`${server.url}/address/${addressOf(lock('7'))}/txs/chain`);
    server.faults.push({ on: /txs\/chain\//, times: 99, text: await first.text() });
    const asked = source().histories(request([accountOf(lock('7'))]), into());
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(asked).rejects.toThrow('come again on a later page');
    expect([store.all, await store.imports()]).toEqual([[], []]);
  });
});

describe('trouble', () => {
  test('busy, broken and cut replies are asked for again, after what the service wants', async () => {
    const waits: number[] = [];
    server.faults.push(
      { on: /^\/tx\/.*[0-9a-f]$/, times: 1, status: 429 },
      { on: /merkle-proof/, times: 1, status: 429, retryAfter: '7' },
      { on: /outspend/, times: 2, status: 503 },
      { on: /txs\/chain/, times: 1, cut: true },
      { on: /block-height/, times: 1, status: 500 },
    );
    const delay = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    await source({ delay, concurrency: 1 }).histories(request([output(4, 0), accountOf(ALICE)]), into());
    expect(rows()).toEqual([...ALICE_ROWS, ...LAST_ROWS]);
    expect(Math.max(...waits)).toBe(7_000);
    expect(log.filter(({ trouble }) => trouble !== null).map(({ status }) => status)).toEqual([
      500, 429, 429, 503, 503, 200,
    ]);
  });

  test('a service that stays silent is given up, and nothing is stored', async () => {
    server.faults.push({ on: /merkle-proof/, times: 99, status: 429 });
    const asked = source().histories(request([accountOf(ALICE), output(4, 0)]), into());
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect([store.all, await store.imports()]).toEqual([[], []]);
  });

  test('a reorganisation while it is read: nothing is stored, and it can be asked again', async () => {
    const other = chain.blocks.with(11, { hash: hash(0xbb), time: 1, transactions: [] });
    const onCall = ({ what }: CallRecord): void => {
      if (what.includes('merkle-proof')) chain.blocks = other;
    };
    const asked = source({ onCall }).histories(request([accountOf(ALICE)]), into());
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(asked).rejects.toThrow('reorganised');
    expect(await store.imports()).toEqual([]);
  });

  test('stopped: nothing is stored', async () => {
    const controller = new AbortController();
    const onCall = (): void => controller.abort();
    const asked = source({ onCall }).histories(request([accountOf(ALICE)]), { ...into(), signal: controller.signal });
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    expect(await store.imports()).toEqual([]);
  });

  test('an unknown transaction is handed back, the others come', async () => {
    expect(await source().transactions([id(9), id(0xee), 'no hash'], into())).toEqual([id(0xee), 'no hash']);
    expect(rows()).toEqual(LAST_ROWS);
  });

  test('an output that the transaction does not have is refused', async () => {
    await expect(source().histories(request([output(4, 2)]), into())).rejects.toThrow('has no output 2: it has 2');
  });
});

describe('what the source says of itself', () => {
  test('tip, blocks, and which blocks are final', async () => {
    expect(await source().tip()).toEqual({ head: { number: 11, hash: hash(11), time: 1_500_006_600 }, final: 5 });
    expect(await source().block(4)).toEqual({ number: 4, hash: hash(4), time: 1_500_002_400 });
    expect(await source().block(12)).toBeNull();
  });

  test('another network is refused', async () => {
    expect(await source().offer()).toMatchObject({ basis: 'index', internal: true });
    chain.blocks = chain.blocks.with(0, { hash: hash(1), time: 0, transactions: [] });
    await expect(source().offer()).rejects.toThrow('another network');
  });

  test('an estimate is what a first reading costs where nothing is spent and a page is enough', async () => {
    for (const accounts of [[output(4, 0)], [accountOf(lock('d'))], [txAccount(BITCOIN, id(9))]]) {
      const told = await source().estimate(request(accounts));
      server.asked.length = 0;
      await source().histories(request(accounts), into());
      expect(Math.abs(told - server.asked.length)).toBeLessThanOrEqual(3);
    }
  });

  test('a key in the URL stays there', async () => {
    const url = `${server.url.replace('//', `//user:${KEY}@`)}/api-${KEY}`;
    const keyed = source({ url, name: undefined as never });
    await keyed.histories(request([accountOf(ALICE)]), into());
    server.faults.push({ on: /./, times: 99, status: 429, text: `slow down, ${KEY}` });
    const failure = await keyed.histories(request([accountOf(BOB)]), into()).catch((error: unknown) => error);
    server.faults.push({ on: /./, times: 99, status: 402, text: `pay for ${KEY}` });
    server.faults.shift();
    const refusal = await keyed.histories(request([accountOf(BOB)]), into()).catch((error: unknown) => error);
    const coverage = await store.coverage([accountOf(ALICE)]);
    const told = JSON.stringify([log, coverage, await store.imports(), `${failure}`, `${refusal}`]);
    expect(told).toContain('status 402');
    expect(told).not.toContain(KEY);
  });

  test('transactions in final blocks are asked for once, where there is a cache', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cairn-esplora-'));
    try {
      const cached = () => source({ cache: createReplyCache(directory) });
      const first = cached();
      await first.tip();
      await first.histories(request([output(4, 0)]), into());
      server.asked.length = 0;
      store = createMemoryLedger();
      const second = cached();
      await second.tip();
      await second.histories(request([output(4, 0)]), into());
      expect(rows()).toEqual([...ALICE_ROWS.slice(4), ...LAST_ROWS]);
      // Block 4 is final, block 9 is not.
      expect(paths().filter((path) => path.startsWith('/tx'))).toEqual([
        '/tx/4/outspend/0',
        '/tx/9',
        '/tx/9/merkle-proof',
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
