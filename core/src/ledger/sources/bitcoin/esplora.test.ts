import { afterAll, beforeAll, expect, test } from 'vitest';
import { BITCOIN, canonicalAccount } from '../../../units/index.ts';
import { createMemoryLedger } from '../../stores/memory.ts';
import type { RawBlock } from '../../utxo/raw/block.ts';
import { outpointAccount } from '../../utxo/transaction.ts';
import {
  createFolder,
  EARLY,
  earlyBlocks,
  esploraReply,
  FIRST_PAYMENT,
  type Folder,
  type LocalServer,
  NINTH_COINBASE,
  outputsOf,
  type Spent,
  serve,
} from './fixtures/real-blocks.ts';
import { ingestBitcoinFiles } from './ingest-bitcoin.ts';
import { ingestEsplora } from './ingest-esplora.ts';

const PAGE = 25;
/** Who was paid in block 9, and paid in blocks 170, 181, 182, 183, 248: the history of one address. */
const MINER = canonicalAccount(BITCOIN, '12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S');

let blocks: readonly (RawBlock | undefined)[];
let spent: Spent;
let folder: Folder;
let server: LocalServer;
let asked: string[];
let pageSize = PAGE;

beforeAll(async () => {
  blocks = await earlyBlocks();
  spent = outputsOf(blocks);
  folder = createFolder();
  server = await serve((path) => {
    asked.push(path);
    const text = answer(path);
    return text === null ? { status: 404, text: 'Not found' } : { text };
  });
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

type Placed = {
  readonly raw: RawBlock['transactions'][number];
  readonly block: RawBlock;
  readonly height: number;
  readonly place: number;
};

function* placed(): Generator<Placed> {
  for (const [height, block] of blocks.entries()) {
    if (block === undefined) continue;
    for (const [place, raw] of block.transactions.entries()) yield { raw, block, height, place };
  }
}

function reply({ raw, block, height }: Placed): object {
  return esploraReply(raw, block, height, spent);
}

function answer(path: string): string | null {
  const [, kind, id = '', what = '', ...rest] = path.split('/');
  if (path === '/blocks/tip/height') return String(blocks.length - 1);
  if (kind === 'block-height') return blocks[Number(id)]?.header.hash ?? null;
  if (kind === 'block') return blockAnswer(id, what, Number(rest[0] ?? 0));
  if (kind === 'address') return addressAnswer(id, rest[1]);
  const found = [...placed()].find(({ raw }) => raw.tx === id);
  if (kind !== 'tx' || found === undefined) return null;
  if (what === 'merkle-proof') return JSON.stringify({ block_height: found.height, merkle: [], pos: found.place });
  if (what === 'outspends') return JSON.stringify(found.raw.outputs.map((_, index) => spend(id, index)));
  return JSON.stringify(reply(found));
}

function spend(tx: string, index: number): object {
  for (const { raw, height } of placed()) {
    const vin = raw.inputs.findIndex(({ outpoint }) => outpoint?.tx === tx && outpoint.index === index);
    if (vin >= 0) return { spent: true, txid: raw.tx, vin, status: { confirmed: true, block_height: height } };
  }
  return { spent: false };
}

function blockAnswer(hash: string, what: string, start: number): string | null {
  const height = blocks.findIndex((block) => block?.header.hash === hash);
  const block = blocks[height];
  if (block === undefined) return null;
  if (what === 'txs') {
    return JSON.stringify(
      block.transactions.slice(start, start + PAGE).map((raw, place) => reply({ raw, block, height, place })),
    );
  }
  const { previous, merkleRoot, time } = block.header;
  const common = { id: hash, height, previousblockhash: previous, merkle_root: merkleRoot, timestamp: time };
  return JSON.stringify({ ...common, tx_count: block.transactions.length });
}

function addressAnswer(address: string, after: string | undefined): string {
  const account = canonicalAccount(BITCOIN, address);
  const own = [...placed()].filter(({ raw }) => {
    const pays = raw.outputs.some(({ lock }) => lock.owner === account);
    return (
      pays || raw.inputs.some(({ outpoint }) => outpoint !== null && ownerOf(outpoint.tx, outpoint.index) === account)
    );
  });
  const latest = own.reverse();
  const start = after === undefined ? 0 : latest.findIndex(({ raw }) => raw.tx === after) + 1;
  return JSON.stringify(latest.slice(start, start + pageSize).map(reply));
}

function ownerOf(tx: string, index: number): string | null {
  for (const { raw } of placed()) if (raw.tx === tx) return raw.outputs[index]?.lock.owner ?? null;
  return null;
}

async function everything(): Promise<ReturnType<typeof createMemoryLedger>> {
  const store = createMemoryLedger();
  await ingestBitcoinFiles({ store, files: [EARLY] });
  return store;
}

const ingest = (store: ReturnType<typeof createMemoryLedger>, more: object) => {
  asked = [];
  return ingestEsplora({ store, url: server.url, delay: async () => {}, ...more });
};

test('a transaction comes with those that spend its outputs, each at its place in the block, and is complete to the last block', async () => {
  const store = createMemoryLedger();
  const [result] = await ingest(store, { transactions: [NINTH_COINBASE] });
  expect(result?.totals).toMatchObject({ transactions: 2, assignedOrder: 0, unresolved: 0 });
  const all = await everything();
  expect(store.all.map(({ tx, txIndex, position, amount }) => [tx, txIndex, position, amount])).toEqual(
    (await all.transactions([NINTH_COINBASE, FIRST_PAYMENT])).map(({ tx, txIndex, position, amount }) => [
      tx,
      txIndex,
      position,
      amount,
    ]),
  );
  const outpoint = outpointAccount(BITCOIN, { tx: NINTH_COINBASE, index: 0 });
  expect(await store.coverage([outpoint])).toMatchObject([
    { account: outpoint, direction: 'both', toBlock: 255, basis: 'index' },
  ]);
});

test('an address comes with its whole history, page by page', async () => {
  const all = await everything();
  const expected: string[] = [];
  await all.histories({ accounts: [MINER], assets: null, until: null, limitPerAccount: null }, (_, { tx }) =>
    expected.push(tx),
  );
  for (const size of [PAGE, 2]) {
    pageSize = size;
    const store = createMemoryLedger();
    await ingest(store, { addresses: [MINER] });
    expect([...new Set(store.all.map(({ tx }) => tx))].sort()).toEqual([...new Set(expected)].sort());
    expect(asked.filter((path) => path.startsWith('/address')).length).toBe(
      Math.ceil(new Set(expected).size / size) + 1,
    );
    expect(await store.coverage([MINER])).toMatchObject([
      { account: MINER, direction: 'both', fromBlock: null, toBlock: 255, basis: 'index' },
    ]);
  }
});

test('what the ledger has is passed over, and what is declared is declared anew', async () => {
  const store = createMemoryLedger();
  await ingest(store, { addresses: [MINER] });
  const before = store.all;
  const [again] = await ingest(store, { addresses: [MINER] });
  expect(again?.totals.transactions).toBe(0);
  expect(store.all).toEqual(before);
});

test('single transactions first, whole blocks later: nothing is doubled', async () => {
  const store = createMemoryLedger();
  await ingest(store, { transactions: [NINTH_COINBASE], addresses: [MINER] });
  await ingestBitcoinFiles({ store, files: [EARLY] });
  expect(store.all).toEqual((await everything()).all);
});

test('whole blocks are those of the block files', async () => {
  const store = createMemoryLedger();
  const [result] = await ingest(store, { blocks: { from: 1, to: 255 } });
  expect(result?.totals).toMatchObject({ blocks: 255, transactions: 262 });
  expect(store.all).toEqual((await everything()).all);
});

test('an unknown transaction, and a service that is none, are said to be that', async () => {
  await expect(ingest(createMemoryLedger(), { transactions: ['f'.repeat(64)] })).rejects.toMatchObject({
    code: 'not-found',
  });
  const page = await serve(() => ({ text: '<html>' }));
  const asPage = ingestEsplora({
    store: createMemoryLedger(),
    url: page.url,
    transactions: [FIRST_PAYMENT],
    delay: async () => {},
  });
  await expect(asPage).rejects.toMatchObject({ code: 'invalid-input' });
  await page.close();
  await expect(ingest(createMemoryLedger(), {})).rejects.toMatchObject({ code: 'invalid-input' });
});

test('replies in a file: places in the block are assigned after what each spends, and that is said', async () => {
  const wanted = [...placed()].filter(({ raw }) => [FIRST_PAYMENT, NINTH_COINBASE].includes(raw.tx)).map(reply);
  const unconfirmed = { ...wanted[0], txid: 'e'.repeat(64), status: { confirmed: false } };
  const path = folder.write('replies.json', JSON.stringify([[...wanted, unconfirmed], wanted]));
  const store = createMemoryLedger();
  const [result] = await ingestBitcoinFiles({ store, files: [path] });
  expect(result?.totals).toMatchObject({ transactions: 2, assignedOrder: 2, unresolved: 0 });
  expect(result?.notes.join()).toMatch(/assigned.*in no block yet/);
  expect(store.all.every(({ assigned, txIndex }) => assigned === 'index' && txIndex >= 100_000)).toBe(true);
  // Whole blocks that come later have the transactions where they really are; those that were there first stay.
  await ingestBitcoinFiles({ store, files: [EARLY] });
  const all = await everything();
  expect(store.all.length).toBe(all.all.length);
});

test('transactions that spend each other in one block are put in that order, whatever their ids', async () => {
  // Block 363703 has them; here without their places.
  const { singleBlock } = await import('./fixtures/real-blocks.ts');
  const block = singleBlock(363_703);
  const own = outputsOf([block]);
  const backwards = [...block.transactions].reverse().map((raw) => esploraReply(raw, block, 363_703, own));
  const store = createMemoryLedger();
  await ingestBitcoinFiles({ store, files: [folder.write('block.json', JSON.stringify(backwards))] });
  const placeOf = new Map(store.all.map(({ tx, txIndex }) => [tx, txIndex]));
  let chained = 0;
  for (const { tx, inputs } of block.transactions) {
    for (const { outpoint } of inputs) {
      const parent = outpoint === null ? undefined : placeOf.get(outpoint.tx);
      if (parent === undefined) continue;
      chained++;
      expect(parent).toBeLessThan(placeOf.get(tx) as number);
    }
  }
  expect(chained).toBeGreaterThan(100);
});
