import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryLedger } from '../../stores/memory.ts';
import { TRX, trc20, tronAccount } from '../../tron/address.ts';
import { createReplyCache } from '../http/reply-cache.ts';
import { KEY, useGrid } from './fixtures/grid-scene.ts';
import { ALICE, ALICE_ROWS, BOB, CAROL, id, MAIN_GENESIS, TOKEN } from './fixtures/made-up-chain.ts';

const { grid, start, upTo, source, into, request, rows, coverageOf } = useGrid();
const paths = () => grid.server.asked.map(({ path }) => path.replace(/\?.*/, ''));

describe('histories', () => {
  test('what an account signed, was sent, and was paid by contracts, to the last unit', async () => {
    await source().histories(request([ALICE]), into());
    expect(rows()).toEqual(ALICE_ROWS);
    expect(new Set(grid.store.all.map(({ asset }) => asset))).toEqual(new Set([TRX, trc20(TOKEN)]));
    expect(await coverageOf(ALICE)).toMatchObject({
      account: tronAccount(ALICE),
      direction: 'both',
      assets: null,
      fromBlock: null,
      toBlock: 9,
      toAt: 1_600_000_027,
      basis: 'index',
      truncated: false,
      source: 'grid',
    });
    expect((await coverageOf(ALICE))?.note).toMatch(/TRC-10 tokens are not read.*Order inside the block was assigned/);
    // Asked for: calls of contracts that took effect.
    const infos = grid.server.asked.filter(({ path }) => path.endsWith('infobyid'));
    expect(infos.map(({ body }) => (body as { value: string }).value[0]).sort()).toEqual(['2', '3', '6', '7']);
  });

  test('page by page it is the same', async () => {
    await grid.server.close();
    await start(1);
    await source().histories(request([ALICE]), into());
    expect(rows()).toEqual(ALICE_ROWS);
    // Five transactions, five transfers of tokens, three inner calls, one a page.
    expect(paths().filter((path) => path.startsWith('/v1')).length).toBe(13);
  });

  test('read twice, and from the other side, nothing is there twice', async () => {
    await source().histories(request([ALICE]), into());
    const once = grid.store.all;
    await source().histories(request([ALICE]), into());
    expect(grid.store.all).toEqual(once);
    await source().histories(request([BOB, CAROL]), into());
    await source().histories(request([ALICE, BOB, CAROL]), into());
    const both = [
      ...ALICE_ROWS,
      '3 3 fee carol fee 200',
      '3 3 native carol router 9',
      '7 6 fee carol fee 0',
      '7 6 native carol pieces 0',
    ];
    expect(rows().sort()).toEqual(both.sort());
    const apart = rows();
    grid.store = createMemoryLedger();
    await source().histories(request([ALICE, BOB, CAROL]), into());
    expect(rows().sort()).toEqual(apart.sort());
  });

  test('blocks outside the range are left out', async () => {
    await source().histories(request([ALICE], { fromBlock: 3, to: upTo(6) }), into());
    expect(rows()).toEqual(ALICE_ROWS.slice(2, 10));
    expect(await coverageOf(ALICE)).toMatchObject({ fromBlock: 3, toBlock: 6, toAt: 1_600_000_018 });
    // A service that does not heed the times it is given.
    const alice = tronAccount(ALICE).slice('tron:0x2b6653dc:'.length);
    const all = await fetch(`${grid.server.url}/v1/accounts/${alice}/transactions?limit=200`);
    grid.server.faults.push({ on: /\/transactions\?/, times: 1, text: await all.text() });
    grid.store = createMemoryLedger();
    await source().histories(request([ALICE], { fromBlock: 3, to: upTo(6) }), into());
    expect(rows()).toEqual(ALICE_ROWS.slice(2, 10));
  });

  test('blocks that are not final are read where they are asked for', async () => {
    grid.chain.solid = 4;
    await source().histories(request([ALICE]), into());
    expect(rows()).toEqual(ALICE_ROWS);
  });

  test('one token: its list only, and that is what is complete', async () => {
    await source().histories(request([ALICE], { assets: [trc20(TOKEN)] }), into());
    expect(rows().filter((row) => row.includes('token'))).toEqual(
      ALICE_ROWS.filter((row) => / token [a-z]+ [a-z]+ /.test(row)),
    );
    expect(await coverageOf(ALICE)).toMatchObject({ assets: [trc20(TOKEN)], truncated: false });
    const lists = grid.server.asked.filter(({ path }) => path.startsWith('/v1'));
    expect(lists.length).toBe(1);
    expect(lists[0]?.path).toContain('contract_address=');
  });

  test('of an account with more transactions than wanted the first are read, and it is marked', async () => {
    await source().histories(request([ALICE], { limit: 2 }), into());
    expect(rows()).toEqual(ALICE_ROWS.slice(0, 8));
    expect(await coverageOf(ALICE)).toMatchObject({ basis: 'index', toBlock: 4, toAt: 1_600_000_014, truncated: true });
    expect((await coverageOf(ALICE))?.note).toContain('more than 2 transactions: those after block 4 were not read');
    grid.store = createMemoryLedger();
    await source().histories(request([ALICE], { limit: 1 }), into());
    expect(rows()).toEqual(ALICE_ROWS.slice(0, 2));
    expect(await coverageOf(ALICE)).toMatchObject({ toBlock: 2, truncated: true });
    grid.store = createMemoryLedger();
    await source().histories(request([ALICE], { limit: 1, fromBlock: 3 }), into());
    expect(grid.store.all).toEqual([]);
    expect(await coverageOf(ALICE)).toMatchObject({ basis: 'unknown', toBlock: null, toAt: null, truncated: true });
  });

  test('an account that never did anything is complete, and has nothing', async () => {
    await source().histories(request([`41${'12'.repeat(20)}`]), into());
    expect(grid.store.all).toEqual([]);
    expect(await coverageOf(`41${'12'.repeat(20)}`)).toMatchObject({ basis: 'index', toBlock: 9, truncated: false });
  });

  test('a node that keeps no inner calls: what the list names is missed, and the account is marked', async () => {
    grid.chain.keepsInnerCalls = false;
    await source().histories(request([ALICE]), into());
    expect(rows()).toEqual(ALICE_ROWS.filter((row) => !row.includes('internal')));
    expect(await coverageOf(ALICE)).toMatchObject({ truncated: true });
    expect((await coverageOf(ALICE))?.note).toContain('One transfer or inner call');
  });
});

describe('single transactions, and what the source says of itself', () => {
  test('transactions come whole; unknown ones are handed back', async () => {
    expect(await source().transactions([id('3'), id('5'), id('e'), 'no hash'], into())).toEqual([id('e'), 'no hash']);
    expect(rows()).toEqual([
      '3 3 fee carol fee 200',
      '3 3 native carol router 9',
      '3 3 internal router alice 7',
      '3 3 token router bob 3',
      '3 3 token bob alice 3',
      '6 5 fee alice fee 50',
    ]);
  });

  test('tip, blocks, estimate, network', async () => {
    expect(await source().tip()).toEqual({ head: upTo(11), final: 9 });
    expect(await source().block(0)).toEqual({ number: 0, hash: MAIN_GENESIS, time: 0 });
    expect(await source().block(12)).toBeNull();
    expect(await source().offer()).toMatchObject({ basis: 'index', internal: true, evidence: false });
    const [told] = [await source().estimate(request([`41${'12'.repeat(20)}`]))];
    grid.server.asked.length = 0;
    await source().histories(request([`41${'12'.repeat(20)}`]), into());
    expect(Math.abs(told - grid.server.asked.length)).toBeLessThanOrEqual(2);
    grid.chain.blocks = grid.chain.blocks.map((block) => (block.number === 0 ? { ...block, hash: id('0') } : block));
    await expect(source().offer()).rejects.toThrow('another network');
  });

  test('the key goes into the header, and nowhere else', async () => {
    const keyed = source({ name: undefined as never });
    await keyed.histories(request([ALICE]), into());
    expect(new Set(grid.server.asked.map(({ headers }) => headers['tron-pro-api-key']))).toEqual(new Set([KEY]));
    grid.server.faults.push({
      on: /./,
      times: 99,
      status: 401,
      text: JSON.stringify({ success: false, error: `no key ${KEY}` }),
    });
    const refusal = await keyed.histories(request([BOB]), into()).catch((error: unknown) => error);
    grid.server.faults.splice(0, 1, { on: /./, times: 99, status: 503, text: KEY });
    const failure = await keyed.histories(request([BOB]), into()).catch((error: unknown) => error);
    const told = JSON.stringify([
      grid.log,
      await coverageOf(ALICE),
      await grid.store.imports(),
      `${refusal}`,
      `${failure}`,
    ]);
    expect(`${refusal}`).toContain('no key …');
    expect(told).not.toContain(KEY);
  });

  test('records of final blocks are asked for once, where there is a cache', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cairn-grid-'));
    try {
      grid.chain.solid = 7;
      await source({ cache: createReplyCache(directory) }).histories(request([ALICE]), into());
      grid.server.asked.length = 0;
      grid.store = createMemoryLedger();
      await source({ cache: createReplyCache(directory) }).histories(request([ALICE]), into());
      expect(rows()).toEqual(ALICE_ROWS);
      const infos = grid.server.asked.filter(({ path }) => path.endsWith('infobyid'));
      // Block 8 is not final.
      expect(infos.map(({ body }) => (body as { value: string }).value[0])).toEqual(['7']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
