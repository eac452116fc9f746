import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BITCOIN } from '../../../units/index.ts';
import { createMemoryLedger } from '../../stores/memory.ts';
import { coinbaseAccount } from '../../utxo/transaction.ts';
import {
  BLOCKS,
  createFolder,
  EARLY,
  earlyBytes,
  FIRST_PAYMENT,
  type Folder,
  NINTH_COINBASE,
} from './fixtures/real-blocks.ts';
import { ingestBitcoinFiles } from './ingest-bitcoin.ts';

let folder: Folder;
let early: Buffer;
beforeAll(async () => {
  folder = createFolder();
  early = await earlyBytes();
});
afterAll(() => folder.remove());

/** The frames of the early blocks, one a block: magic, length, block. */
function frames(): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < early.length; at += 8 + early.readUInt32LE(at + 4))
    cut.push(early.subarray(at, at + 8 + early.readUInt32LE(at + 4)));
  return cut;
}

function obscured(bytes: Buffer, key: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, i) => byte ^ (key[i % 8] as number)));
}

const file = (name: string): string => join(BLOCKS, name);
const headers = (ledger: ReturnType<typeof createMemoryLedger>) => ledger.headers(BITCOIN, 0, 1_000_000);

describe('block files', () => {
  test('blocks 1 to 255: 262 transactions, outputs of 12,929 BTC, nothing unresolved', async () => {
    const store = createMemoryLedger();
    const [result] = await ingestBitcoinFiles({ store, files: [EARLY] });
    expect(result?.totals).toMatchObject({
      blocks: 255,
      transactions: 262,
      outputValue: 12_929n * 100_000_000n,
      unresolved: 0,
    });
    expect(result?.headers).toEqual({ from: 1, to: 255 });
    const known = await headers(store);
    expect(known.map(({ height }) => height)).toEqual(Array.from({ length: 255 }, (_, i) => i + 1));
    expect(known.slice(1).map(({ previous }) => previous)).toEqual(known.slice(0, -1).map(({ hash }) => hash));
    expect(await store.coverage([coinbaseAccount(BITCOIN)])).toMatchObject([
      { account: null, basis: 'whole-chain', fromBlock: 1, toBlock: 255, direction: 'both', truncated: false },
    ]);
  });

  test('the first payment spends block 9: amount, owner and spender are joined', async () => {
    const store = createMemoryLedger();
    await ingestBitcoinFiles({ store, files: [EARLY] });
    const rows = await store.transactions([FIRST_PAYMENT]);
    expect(
      rows.map(({ blockNumber, position, amount, kind, from }) => ({ blockNumber, position, amount, kind, from })),
    ).toEqual([
      { blockNumber: 170, position: -1, amount: 5_000_000_000n, kind: 'input', from: `${BITCOIN}:${NINTH_COINBASE}.0` },
      { blockNumber: 170, position: 0, amount: 1_000_000_000n, kind: 'output', from: `${BITCOIN}:${FIRST_PAYMENT}` },
      { blockNumber: 170, position: 1, amount: 4_000_000_000n, kind: 'output', from: `${BITCOIN}:${FIRST_PAYMENT}` },
    ]);
    // The address of the key of block 9.
    expect(rows[0]?.lock).toEqual({ owner: `${BITCOIN}:12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S`, script: 'p2pk' });
  });

  test('time never falls in the ledger; headers keep what they state', async () => {
    const store = createMemoryLedger();
    const [result] = await ingestBitcoinFiles({ store, files: [EARLY] });
    const times = store.all.map(({ blockTime }) => blockTime);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const stated = (await headers(store)).map(({ time }) => time);
    let latest = 0;
    const moved = stated.filter((time) => {
      latest = Math.max(latest, time);
      return time < latest;
    });
    expect(result?.totals.movedTimes).toBe(moved.length);
  });

  test('a file under a key, with room at its end, says the same: by xor.dat, by --xor-key', async () => {
    const plain = createMemoryLedger();
    await ingestBitcoinFiles({ store: plain, files: [EARLY] });
    const key = Buffer.from('0123456789abcdef', 'hex');
    const path = folder.write('blk00000.dat', obscured(Buffer.concat([early, Buffer.alloc(5000)]), key));
    await expect(ingestBitcoinFiles({ store: createMemoryLedger(), files: [path] })).rejects.toMatchObject({
      code: 'invalid-input',
      hints: expect.arrayContaining([expect.stringContaining('xor.dat')]),
    });
    const byFlag = createMemoryLedger();
    await ingestBitcoinFiles({ store: byFlag, files: [path], xorKey: key.toString('hex') });
    folder.write('xor.dat', key);
    const beside = createMemoryLedger();
    await ingestBitcoinFiles({ store: beside, files: [path] });
    expect(byFlag.all).toEqual(plain.all);
    expect(beside.all).toEqual(plain.all);
    // A file that is not under the key that lies beside it.
    const bare = createMemoryLedger();
    await ingestBitcoinFiles({ store: bare, files: [folder.write('bare.dat', early)] });
    expect(bare.all).toEqual(plain.all);
  });

  test('the order of blocks in files, and how they are cut into chunks, changes nothing', async () => {
    const plain = createMemoryLedger();
    await ingestBitcoinFiles({ store: plain, files: [EARLY] });
    const all = frames();
    const shuffled = [...all.slice(100), ...all.slice(50, 100).reverse(), ...all.slice(0, 50)];
    const one = folder.write('blk00001.dat', Buffer.concat(shuffled.slice(0, 120)));
    const two = folder.write('blk00002.dat', Buffer.concat(shuffled.slice(120)));
    const store = createMemoryLedger();
    const [result] = await ingestBitcoinFiles({ store, files: [two, one], chunkBlocks: 10 });
    expect(result?.imports).toBe(26);
    expect(store.all).toEqual(plain.all);
    const [declared] = (await store.coverage([coinbaseAccount(BITCOIN)])).filter(({ toBlock }) => toBlock === 255);
    expect(declared).toMatchObject({ fromBlock: 1, toBlock: 255 });
  });

  test('a run that is stopped goes on where it stopped', async () => {
    const plain = createMemoryLedger();
    await ingestBitcoinFiles({ store: plain, files: [EARLY] });
    const store = createMemoryLedger();
    const stop = new AbortController();
    const stopped = ingestBitcoinFiles({
      store,
      files: [EARLY],
      chunkBlocks: 20,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 'block 130 of 255') stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    expect(await store.tip(BITCOIN)).toMatchObject({ height: 120 });
    const [result] = await ingestBitcoinFiles({ store, files: [EARLY], chunkBlocks: 20 });
    expect(result).toMatchObject({ knownBlocks: 120, totals: { blocks: 135 }, headers: { from: 121, to: 255 } });
    expect(store.all).toEqual(plain.all);
    const [again] = await ingestBitcoinFiles({ store, files: [EARLY] });
    expect(again).toMatchObject({ knownBlocks: 255, imports: 0 });
  });

  test('single blocks: 481829 has 2,020 transactions and states its height; 169482 must be told its own', async () => {
    const store = createMemoryLedger();
    const results = await ingestBitcoinFiles({
      store,
      files: [file('bitcoinj_block481829.dat'), file('bitcoinj_block363703.dat')],
    });
    expect(results.map(({ headers: range, totals }) => [range?.from, totals.transactions])).toEqual([
      [363_703, 587],
      [481_829, 2_020],
    ]);
    await expect(ingestBitcoinFiles({ store, files: [file('bitcoinj_block169482.dat')] })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('does not say at what height'),
      hints: expect.arrayContaining([expect.stringContaining('--height')]),
    });
    await ingestBitcoinFiles({ store, files: [file('bitcoinj_block169482.dat')], height: 169_482 });
    expect((await headers(store)).map(({ height }) => height)).toEqual([169_482, 363_703, 481_829]);
    await expect(
      ingestBitcoinFiles({ store: createMemoryLedger(), files: [file('bitcoinj_block481829.dat')], height: 481_830 }),
    ).rejects.toMatchObject({ code: 'contradiction' });
  });

  test('transactions with an OP_RETURN output are kept with their scripts, under the keys asked for', async () => {
    const store = createMemoryLedger();
    const keysOf = (evidence: { tx: string }) => [`test:${evidence.tx}`];
    const [result] = await ingestBitcoinFiles({ store, files: [file('bitcoinj_block481829.dat')], keysOf });
    const withData = new Set(store.all.filter(({ lock }) => lock?.script === 'op-return').map(({ tx }) => tx));
    expect(result?.totals.evidence).toBe(withData.size);
    const [tx] = [...withData] as [string];
    const [found] = await store.evidenceByKey([`test:${tx}`]);
    expect(found?.evidence).toMatchObject({ kind: 'utxo', tx, blockNumber: 481_829 });
    const all = createMemoryLedger();
    const [kept] = await ingestBitcoinFiles({
      store: all,
      files: [file('bitcoinj_block481829.dat')],
      keepScripts: true,
    });
    expect(kept?.totals.evidence).toBe(2_020);
  });
});

describe('damaged files', () => {
  const damaged = async (name: string, bytes: Uint8Array): Promise<{ code: string; message: string }> => {
    const store = createMemoryLedger();
    const error = await ingestBitcoinFiles({ store, files: [folder.write(name, bytes)] }).catch(
      (failure: unknown) => failure,
    );
    expect(store.all).toEqual([]);
    expect(await store.imports()).toEqual([]);
    return error as { code: string; message: string };
  };

  test('a block that is cut off', async () => {
    expect(await damaged('cut.dat', early.subarray(0, early.length - 10))).toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/cut\.dat.*byte [0-9]+/),
    });
    const single = readFileSync(file('bitcoinj_block481829.dat'));
    expect(await damaged('single.dat', single.subarray(0, 500_000))).toMatchObject({ code: 'invalid-input' });
  });

  test('other bytes where a block must start', async () => {
    const wrong = Buffer.from(early);
    wrong[wrong.readUInt32LE(4) + 8] = 0x0a;
    expect(await damaged('magic.dat', wrong)).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('magic.dat'),
    });
    const testnet = Buffer.from(early);
    testnet.set([0x0b, 0x11, 0x09, 0x07], 0);
    expect((await damaged('testnet.dat', testnet)).message).toContain('testnet');
  });

  test('a transaction that was changed: the merkle root tells', async () => {
    const changed = Buffer.from(early);
    // The lock time of block 1's only transaction is the last thing in it.
    changed[changed.readUInt32LE(4) + 7] = 1;
    expect((await damaged('merkle.dat', changed)).message).toContain('merkle root');
  });

  test('an absurd number of transactions', async () => {
    const absurd = Buffer.from(early);
    absurd[8 + 80] = 0xfc;
    expect(await damaged('varint.dat', absurd)).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('transactions'),
    });
  });

  test('a packed file that is cut off, an empty one, one of nothing known', async () => {
    const packed = readFileSync(EARLY);
    expect(await damaged('cut.bz2', packed.subarray(0, 20_000))).toMatchObject({ code: 'invalid-input' });
    expect(await damaged('empty.dat', Buffer.alloc(0))).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('empty'),
    });
    expect(await damaged('other.dat', Buffer.alloc(500, 7))).toMatchObject({ code: 'invalid-input' });
  });

  test('chunks before the damage stay, and the run goes on once the file is whole', async () => {
    const store = createMemoryLedger();
    const changed = Buffer.from(early);
    let at = 0;
    for (let block = 1; block < 200; block++) at += 8 + changed.readUInt32LE(at + 4);
    changed[at + 8 + changed.readUInt32LE(at + 4) - 1] = 1;
    const path = folder.write('late.dat', changed);
    await expect(ingestBitcoinFiles({ store, files: [path], chunkBlocks: 50 })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(await store.tip(BITCOIN)).toMatchObject({ height: 150 });
    const [result] = await ingestBitcoinFiles({ store, files: [EARLY], chunkBlocks: 50 });
    expect(result).toMatchObject({ knownBlocks: 150, headers: { from: 151, to: 255 } });
  });
});
