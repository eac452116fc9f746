import { describe, expect, test } from 'vitest';
import { BITCOIN } from '../../../units/index.ts';
import { createMemoryLedger, type MemoryLedger } from '../../stores/memory.ts';
import { KNOWN_DUPLICATES } from '../../utxo/known-duplicates.ts';
import type { BlockHeader, Outpoint, UtxoTransaction } from '../../utxo/transaction.ts';
import { type Chunk, type ChunkResult, commitChunk } from './commit-chunk.ts';
import { ledgerTimes } from './time-rule.ts';

const id = (n: number): string => n.toString(16).padStart(64, '0');
const LOCK = { owner: `${BITCOIN}:12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S`, script: 'p2pkh' } as const;

type Draft = Partial<Omit<UtxoTransaction, 'inputs' | 'outputs'>> & {
  readonly spends?: readonly (Outpoint & { readonly amount?: bigint })[];
  readonly pays?: readonly bigint[];
};

function transaction(n: number, { spends = [], pays = [], ...own }: Draft): UtxoTransaction {
  const unknown = { lock: null, script: '', witness: [], sequence: 0xffffffff };
  const coinbase = { ...unknown, outpoint: null, amount: null };
  return {
    chain: BITCOIN,
    tx: id(n),
    blockNumber: 1,
    blockTime: 1000,
    txIndex: 0,
    indexAssigned: false,
    version: 1,
    lockTime: 0,
    ...own,
    inputs:
      spends.length === 0
        ? [coinbase]
        : spends.map(({ tx, index, amount }) => ({ ...unknown, outpoint: { tx, index }, amount: amount ?? null })),
    outputs: pays.map((amount) => ({ amount, lock: LOCK, script: null })),
  };
}

function commit(
  store: MemoryLedger,
  transactions: readonly UtxoTransaction[],
  more: Partial<Chunk> = {},
): Promise<ChunkResult> {
  const chunk: Chunk = {
    chain: BITCOIN,
    file: 'test',
    format: 'test',
    headers: [],
    transactions,
    coverage: () => [],
    rejected: 0,
  };
  return commitChunk({ ...chunk, ...more }, { store, keysOf: () => [], keepScripts: false });
}

async function refused(store: MemoryLedger, transactions: readonly UtxoTransaction[], words: string): Promise<void> {
  const before = store.all;
  await expect(commit(store, transactions)).rejects.toMatchObject({
    code: 'contradiction',
    message: expect.stringContaining(words),
  });
  expect(store.all).toEqual(before);
  // The import is closed: another one can be made.
  await (await store.beginImport({ sha256: '', file: '', format: '' })).abort();
}

const coinbase = transaction(1, { pays: [50n] });

describe('what contradicts itself or the ledger is refused whole', () => {
  test('an id in two blocks, in one chunk or in two', async () => {
    const again = { ...coinbase, blockNumber: 2, blockTime: 1001 };
    await refused(createMemoryLedger(), [coinbase, again], 'again in block 2');
    const store = createMemoryLedger();
    await commit(store, [coinbase]);
    await refused(store, [again], 'again in block 2');
    await refused(createMemoryLedger(), [coinbase, { ...coinbase, txIndex: 1 }], 'again in block 1');
  });

  test('an output that is spent twice, in one chunk or in two', async () => {
    const one = transaction(2, { txIndex: 1, spends: [{ tx: id(1), index: 0 }], pays: [50n] });
    const two = transaction(3, { txIndex: 2, spends: [{ tx: id(1), index: 0 }], pays: [50n] });
    await refused(createMemoryLedger(), [coinbase, one, two], 'spent twice');
    const store = createMemoryLedger();
    await commit(store, [coinbase, one]);
    await refused(store, [two], 'spent twice');
  });

  test('more paid out than spent, an output that is not there, another amount than it was made with', async () => {
    const spends = [{ tx: id(1), index: 0 }];
    await refused(createMemoryLedger(), [coinbase, transaction(2, { txIndex: 1, spends, pays: [51n] })], 'pays out 51');
    await refused(
      createMemoryLedger(),
      [coinbase, transaction(2, { txIndex: 1, spends: [{ tx: id(1), index: 1 }], pays: [1n] })],
      'output 1',
    );
    const other = transaction(2, { txIndex: 1, spends: [{ tx: id(1), index: 0, amount: 49n }], pays: [1n] });
    await refused(createMemoryLedger(), [coinbase, other], 'made with 50');
  });
});

test('the two ids that stand in two blocks: the coins that were replaced are left out, with a note', async () => {
  for (const { tx, lost, kept } of KNOWN_DUPLICATES) {
    const at = (blockNumber: number): UtxoTransaction => ({
      ...transaction(1, { pays: [5_000_000_000n] }),
      tx,
      blockNumber,
    });
    const whole = createMemoryLedger();
    const { notes } = await commit(whole, [at(lost), at(kept)]);
    expect(notes.join()).toMatch(new RegExp(`Block ${lost}.*BIP 30`));
    expect(whole.all.map(({ blockNumber }) => blockNumber)).toEqual([kept, kept]);
    const apart = createMemoryLedger();
    await commit(apart, [at(kept)]);
    await commit(apart, [at(lost)]);
    expect(apart.all).toEqual(whole.all);
    await refused(whole, [at(kept + 1)], `again in block ${kept + 1}`);
  }
});

test('inputs: from the chunk, from the ledger, as the source states them, else unresolved; a later source fills them in', async () => {
  const store = createMemoryLedger();
  await commit(store, [coinbase]);
  const spender = transaction(3, {
    blockNumber: 2,
    blockTime: 1001,
    spends: [
      { tx: id(1), index: 0 },
      { tx: id(8), index: 0, amount: 7n },
      { tx: id(9), index: 0 },
    ],
    pays: [60n],
  });
  const { totals } = await commit(store, [spender]);
  expect(totals).toMatchObject({ inputs: 3, unresolved: 1 });
  const amounts = async () => (await store.transactions([id(3)])).map(({ kind, amount }) => `${kind} ${amount}`);
  expect(await amounts()).toEqual(['input 50', 'input 7', 'input 0', 'output 60']);
  const knows = {
    ...spender,
    inputs: spender.inputs.map((input, i) => ({ ...input, amount: [50n, 7n, 9n][i] as bigint, lock: LOCK })),
  };
  const second = await commit(store, [knows]);
  expect(second.totals).toMatchObject({ completed: 1, alreadyKnown: 0 });
  expect(await amounts()).toEqual(['input 50', 'input 7', 'input 9', 'output 60', 'fee 6']);
  expect((await commit(store, [knows])).totals).toMatchObject({ completed: 0, alreadyKnown: 1 });
});

describe('time', () => {
  const bounds = { floor: null, ceiling: null, known: new Map<number, number>() };
  const stated = (...times: number[]) => times.map((time, i) => ({ height: 10 + i, time }));

  test('a block whose header falls back stands at the latest time before it', () => {
    expect([...ledgerTimes(stated(5, 9, 7, 8, 12), bounds).values()]).toEqual([5, 9, 9, 9, 12]);
  });

  test('between blocks that the ledger has, it stays between their times', () => {
    expect([...ledgerTimes(stated(5), { ...bounds, floor: 6, ceiling: 8 }).values()]).toEqual([6]);
    expect([...ledgerTimes(stated(9), { ...bounds, floor: 6, ceiling: 8 }).values()]).toEqual([8]);
    expect([...ledgerTimes(stated(5, 9, 7), { ...bounds, known: new Map([[11, 6]]) }).values()]).toEqual([5, 6, 7]);
  });

  test('in any order of coming in, the ledger keeps rising times', async () => {
    const store = createMemoryLedger();
    const block = (height: number, time: number): [UtxoTransaction, Partial<Chunk>] => {
      const header: BlockHeader = {
        chain: BITCOIN,
        height,
        hash: id(height),
        previous: id(height - 1),
        merkleRoot: id(0),
        time,
      };
      return [transaction(100 + height, { blockNumber: height, blockTime: time, pays: [1n] }), { headers: [header] }];
    };
    for (const [height, time] of [
      [20, 500],
      [22, 480],
      [21, 900],
      [10, 400],
    ] as const) {
      const [own, more] = block(height, time);
      await commit(store, [own], more);
    }
    const times = new Map(store.all.map(({ blockNumber, blockTime }) => [blockNumber, blockTime]));
    expect(Object.fromEntries(times)).toEqual({ 10: 400, 20: 500, 21: 500, 22: 500 });
    // A day of blocks later no header can be that far behind: one of the two heights is wrong.
    const [own, more] = block(200, 100);
    await expect(commit(store, [own], more)).rejects.toMatchObject({ code: 'contradiction' });
  });
});
