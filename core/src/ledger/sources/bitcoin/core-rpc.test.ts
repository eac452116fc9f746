import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BITCOIN } from '../../../units/index.ts';
import { createMemoryLedger } from '../../stores/memory.ts';
import type { RawBlock } from '../../utxo/raw/block.ts';
import {
  coreReply,
  coreTransactionReply,
  createFolder,
  EARLY,
  earlyBlocks,
  FIRST_PAYMENT,
  type Folder,
  GENESIS,
  type LocalServer,
  outputsOf,
  type Spent,
  serveNode,
} from './fixtures/real-blocks.ts';
import { ingestBitcoinFiles, ingestBitcoinNode } from './ingest-bitcoin.ts';

let blocks: readonly (RawBlock | undefined)[];
let spent: Spent;
let folder: Folder;
let server: LocalServer;
/** What the node has now: by height, and by hash also what it has left behind. */
let chain: object[];
let byHash: Map<string, object>;
let answer: (method: string, params: readonly unknown[]) => ReturnType<Parameters<typeof serveNode>[0]> | undefined;
let calls: string[];
let user: string | undefined;

type Header = { readonly hash: string; readonly height: number };

beforeAll(async () => {
  blocks = await earlyBlocks();
  spent = outputsOf(blocks);
  folder = createFolder();
  server = await serveNode((method, params, request) => {
    calls.push(method);
    user = request.headers.authorization;
    const own = answer(method, params);
    if (own !== undefined) return own;
    if (method === 'getblockcount') return { result: chain.length - 1 };
    if (method === 'getblockhash') return hashAt(params[0] as number);
    if (method === 'getblock') return blockOf(params[0] as string, params[1] as number);
    return { code: -32601, message: 'Method not found' };
  });
});
beforeEach(() => {
  calls = [];
  answer = () => undefined;
  become([
    { hash: GENESIS, height: 0 },
    ...blocks.slice(1).map((block, i) => coreReply(block as RawBlock, i + 1, spent)),
  ]);
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

function become(replies: object[]): void {
  chain = replies;
  byHash = new Map([...(byHash ?? []), ...replies.map((reply) => [(reply as Header).hash, reply] as const)]);
}

function hashAt(height: number): { result: string } | { code: number; message: string } {
  const found = chain[height] as Header | undefined;
  return found === undefined ? { code: -8, message: 'Block height out of range' } : { result: found.hash };
}

function blockOf(hash: string, verbosity: number): { result: object } | { code: number; message: string } {
  const found = byHash.get(hash);
  if (found === undefined) return { code: -5, message: 'Block not found' };
  return { result: verbosity >= 3 ? found : withoutPrevouts(found) };
}

function withoutPrevouts(block: object): object {
  return JSON.parse(JSON.stringify(block, (key, value: unknown) => (key === 'prevout' ? undefined : value))) as object;
}

/**
 * A chain that leaves the real one after a block: its headers are made up, its transactions those of other real blocks, so that ids
 * and merkle roots are right.
 */
function branch(after: number, length: number): object[] {
  const made: object[] = [];
  for (let i = 1; i <= length; i++) {
    const donor = blocks[200 + i] as RawBlock;
    const reply = coreReply(donor, after + i, spent) as Record<string, unknown>;
    const previous = (made.at(-1) ?? chain[after]) as Header;
    const hash = `${'0'.repeat(8)}${'f'.repeat(48)}${String(after + i).padStart(8, '0')}`;
    made.push({ ...reply, hash, previousblockhash: previous.hash });
  }
  return [...chain.slice(0, after + 1), ...made];
}

const ingest = (store: ReturnType<typeof createMemoryLedger>, more: object = {}) =>
  ingestBitcoinNode({ store, url: server.url, from: 1, delay: async () => {}, ...more });

describe('a Bitcoin Core node', () => {
  test('gives the ledger that its block files give', async () => {
    const fromFiles = createMemoryLedger();
    await ingestBitcoinFiles({ store: fromFiles, files: [EARLY] });
    const store = createMemoryLedger();
    const result = await ingest(store);
    expect(result.totals).toMatchObject({
      blocks: 255,
      transactions: 262,
      outputValue: 1_292_900_000_000n,
      unresolved: 0,
    });
    expect(store.all).toEqual(fromFiles.all);
    expect(await store.headers(BITCOIN, 0, 300)).toEqual(await fromFiles.headers(BITCOIN, 0, 300));
  });

  test('goes on after the last block, and does nothing when there is no more', async () => {
    const store = createMemoryLedger();
    await ingest(store, { to: 100 });
    const result = await ingestBitcoinNode({ store, url: server.url });
    expect(result.headers).toEqual({ from: 101, to: 255 });
    expect((await ingestBitcoinNode({ store, url: server.url })).imports).toBe(0);
  });

  test('an older node leaves out what inputs spend: the ledger has it, else the index of the node', async () => {
    answer = (method, params) => {
      if (method === 'getblock' && (params[1] as number) > 2) return blockOf(params[0] as string, 2);
      if (method !== 'getrawtransaction') return undefined;
      const raw = blocks.flatMap((block) => block?.transactions ?? []).find(({ tx }) => tx === params[0]);
      return raw === undefined
        ? { code: -5, message: 'No such mempool or blockchain transaction' }
        : { result: coreTransactionReply(raw, null) };
    };
    const whole = createMemoryLedger();
    expect((await ingest(whole)).totals.unresolved).toBe(0);
    expect(calls).not.toContain('getrawtransaction');
    const part = createMemoryLedger();
    expect((await ingest(part, { from: 170, to: 170 })).totals.unresolved).toBe(0);
    expect((await part.transactions([FIRST_PAYMENT]))[0]).toMatchObject({ amount: 5_000_000_000n });
    expect(calls).toContain('getrawtransaction');
  });

  test('without an index, what is not known is said to be unresolved', async () => {
    answer = (method, params) => {
      if (method === 'getblock') return blockOf(params[0] as string, 2);
      return method === 'getrawtransaction'
        ? { code: -5, message: 'No such mempool transaction. Use -txindex' }
        : undefined;
    };
    const store = createMemoryLedger();
    expect((await ingest(store, { from: 170, to: 170 })).totals).toMatchObject({ unresolved: 1 });
    expect((await store.transactions([FIRST_PAYMENT]))[0]).toMatchObject({ amount: 0n, unresolved: true });
    // Once the block of the output comes in, the ledger knows.
    await ingest(store, { from: 9, to: 9 });
    const [row] = await store.transactions([FIRST_PAYMENT]);
    expect(row?.amount).toBe(5_000_000_000n);
  });

  test('user and password of the URL and of the cookie file go in the header, and never into an error', async () => {
    const { host } = new URL(server.url);
    await ingest(createMemoryLedger(), { url: `http://bob:s%40crt@${host}`, to: 1 });
    expect(user).toBe(`Basic ${Buffer.from('bob:s@crt').toString('base64')}`);
    const cookie = folder.write('.cookie', '__cookie__:abc\n');
    await ingest(createMemoryLedger(), { cookie, to: 1 });
    expect(user).toBe(`Basic ${Buffer.from('__cookie__:abc').toString('base64')}`);
    answer = () => ({ code: -1, message: 'no' });
    const error = await ingest(createMemoryLedger(), { url: `http://bob:s%40crt@${host}` }).catch(
      (failure: Error) => failure,
    );
    expect(String(error)).not.toMatch(/crt/);
  });

  test('a node of another network is refused', async () => {
    answer = (method) => (method === 'getblockhash' ? { result: 'f'.repeat(64) } : undefined);
    await expect(ingest(createMemoryLedger())).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('another network'),
    });
  });

  test('a block whose transactions do not have its merkle root is refused', async () => {
    const reply = structuredClone(chain[170]) as { hash: string; tx: object[] };
    reply.tx = reply.tx.slice(0, 1);
    byHash.set(reply.hash, reply);
    const store = createMemoryLedger();
    await expect(ingest(store)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('merkle root'),
    });
    expect(store.all).toEqual([]);
  });
});

describe('a node in trouble', () => {
  test('one that is silent is asked again, then given up; what is committed stays and the next run goes on', async () => {
    let asked = 0;
    answer = (method, params) => {
      if (method !== 'getblock' || (byHash.get(params[0] as string) as Header).height !== 120) return undefined;
      asked++;
      return null;
    };
    const store = createMemoryLedger();
    const waits: number[] = [];
    const delay = async (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
    };
    await expect(ingest(store, { chunkBlocks: 50, timeout: 50, retries: 2, delay })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('no reply within 0.05 s'),
    });
    expect([asked, waits]).toEqual([3, [1000, 2000]]);
    expect(await store.tip(BITCOIN)).toMatchObject({ height: 100 });
    answer = () => undefined;
    expect(await ingest(store, { chunkBlocks: 50 })).toMatchObject({
      knownBlocks: 100,
      headers: { from: 101, to: 255 },
    });
  });

  test('one that is busy once is asked again', async () => {
    let troubled = true;
    answer = (method) => {
      if (method !== 'getblock' || !troubled) return undefined;
      troubled = false;
      return null;
    };
    expect((await ingest(createMemoryLedger(), { to: 5, timeout: 50 })).totals.blocks).toBe(5);
  });

  test('one that reorganises before the read: the ledger is rolled back to the fork and the new blocks take their place', async () => {
    const store = createMemoryLedger();
    await ingest(store, { to: 110 });
    become(branch(105, 20));
    const result = await ingest(store, { chunkBlocks: 7 });
    expect(result.rolledBack).toEqual([106]);
    expect(result.notes.join()).toContain('reorganised');
    const headers = await store.headers(BITCOIN, 0, 1000);
    expect(headers.map(({ hash }) => hash)).toEqual(chain.slice(1).map((reply) => (reply as Header).hash));
    const fresh = createMemoryLedger();
    await ingest(fresh);
    expect(store.all).toEqual(fresh.all);
  });

  test('one that reorganises in mid-read is followed back, whether the blocks taken back were committed or not', async () => {
    for (const chunkBlocks of [1000, 40, 3, 1]) {
      become(
        [
          { hash: GENESIS, height: 0 },
          ...blocks.slice(1).map((block, i) => coreReply(block as RawBlock, i + 1, spent)),
        ].slice(0, 151),
      );
      let turned = false;
      answer = (method, params) => {
        if (!turned && method === 'getblock' && (byHash.get(params[0] as string) as Header).height === 130) {
          turned = true;
          become(branch(120, 32));
        }
        return undefined;
      };
      const store = createMemoryLedger();
      await ingest(store, { chunkBlocks });
      // The run was asked for what the node had at its start; the next one brings the rest.
      await ingest(store, { chunkBlocks });
      const headers = await store.headers(BITCOIN, 0, 1000);
      expect(headers.map(({ hash }) => hash)).toEqual(chain.slice(1).map((reply) => (reply as Header).hash));
      answer = () => undefined;
      const fresh = createMemoryLedger();
      await ingest(fresh);
      expect(store.all).toEqual(fresh.all);
    }
  });

  test('a fork that is not longer is left out with a note', async () => {
    const store = createMemoryLedger();
    await ingest(store, { to: 110 });
    const before = store.all;
    for (const length of [3, 5]) {
      become(branch(105, length));
      const result = await ingest(store);
      expect(result.notes.join()).toContain('not shorter');
      expect(result.rolledBack).toEqual([]);
      expect(store.all).toEqual(before);
      become([
        { hash: GENESIS, height: 0 },
        ...blocks.slice(1).map((block, i) => coreReply(block as RawBlock, i + 1, spent)),
      ]);
    }
  });

  test('blocks that have nothing in common with the ledger are a contradiction', async () => {
    const store = createMemoryLedger();
    await ingest(store, { from: 100, to: 110 });
    become(branch(90, 40));
    await expect(ingest(store, { from: 100 })).rejects.toMatchObject({ code: 'contradiction' });
    expect(await store.tip(BITCOIN)).toMatchObject({ height: 110 });
  });
});
