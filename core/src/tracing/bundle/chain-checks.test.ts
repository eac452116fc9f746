import { beforeAll, expect, test } from 'vitest';
import { payout } from '../../../../test/thorchain-crossing.ts';
import type { ChainReader, ChainTransaction, EvmEvidence, TransactionEvidence } from '../../ledger/index.ts';
import { createMemoryLedger } from '../../ledger/stores/memory.ts';
import type { TraceResult } from '../result.ts';
import { checkAuthenticity } from './authenticity.ts';
import { checkCompleteness } from './completeness.ts';
import { ETH, HOP, LEAF, sampleTrace, THIEF } from './sample-trace.ts';

/** A node that knows the sample's transactions and no more: it is pruned and keeps no traces. */
const pruned: ChainReader = {
  chain: 'eip155:1',
  head: async () => 1000,
  transaction: async (hash) => known.get(hash) ?? null,
  internalTransfers: async () => null,
  balance: async () => null,
  nonce: async () => null,
  hasCode: async () => null,
};

const known = new Map<string, ChainTransaction>();
let result: TraceResult;

beforeAll(async () => {
  result = await sampleTrace(createMemoryLedger);
  for (const { tx, blockNumber, blockTime, txIndex, kind, asset, from, to, amount } of result.consumed) {
    if (kind === 'fee') continue;
    const fee = result.consumed.find((other) => other.tx === tx && other.kind === 'fee')?.amount ?? 0n;
    const tokens = kind === 'token' ? [{ from, to, asset, amount }] : [];
    const value = kind === 'native' ? amount : 0n;
    const common = { hash: tx, blockNumber, blockTime, txIndex, from, to, nativeAsset: ETH, succeeded: true, nonce: 0 };
    known.set(tx, { ...common, value, fee, tokens, input: '0x', logs: [] });
  }
});

test('internal transfers are not checkable on a node without traces; the rest is', async () => {
  const answer = await checkAuthenticity(result.consumed, [], { chain: pruned });
  expect(answer).toMatchObject({ status: 'partly-checked', notCheckable: 1, differing: 0, problems: [] });
  expect(answer.agreeing).toBe(result.consumed.length - 1);
  expect(answer.notes).toEqual(['the node keeps no traces, so internal transfers were not checked']);
});

test('a failed transaction moved nothing', async () => {
  const failing = { ...pruned, transaction: async (hash: string) => failed(known.get(hash)) };
  const { problems } = await checkAuthenticity(result.consumed, [], { chain: failing });
  const native = result.consumed.filter(({ kind }) => kind === 'native').length;
  expect(problems.filter(({ message }) => message === 'the transaction failed and moved nothing')).toHaveLength(native);
});

function failed(transaction: ChainTransaction | undefined): ChainTransaction | null {
  return transaction === undefined ? null : { ...transaction, succeeded: false };
}

test('a time that is not that of the block is named; an assigned index is not compared', async () => {
  const off = (hash: string): ChainTransaction | null => {
    const found = known.get(hash);
    return found === undefined ? null : { ...found, blockTime: found.blockTime + 1, txIndex: 77 };
  };
  const assigned = result.consumed.map((transfer) => ({ ...transfer, assigned: 'index' as const }));
  const { problems } = await checkAuthenticity(assigned, [], {
    chain: { ...pruned, transaction: async (hash) => off(hash) },
  });
  expect(new Set(problems.map(({ message }) => message))).toEqual(new Set(['block_time is not what the chain has']));
  expect(problems).toHaveLength(result.consumed.length);
});

test('a node of another chain checks nothing', async () => {
  const other: ChainReader = { ...pruned, chain: 'eip155:10' };
  expect(await checkAuthenticity(result.consumed, [], { chain: other })).toMatchObject({
    status: 'not-checked',
    checked: 0,
  });
  const { status, findings } = await checkCompleteness(result, { chain: other });
  expect(status).toBe('not-proven');
  expect(new Set(findings.flatMap(({ reasons }) => reasons))).toEqual(new Set(['the node is of eip155:10']));
});

test('a pruned node proves nothing, and a node that ends too early says so', async () => {
  const { status, findings } = await checkCompleteness(result, { chain: pruned });
  expect(status).toBe('not-proven');
  const hop = findings.find(({ account, asset }) => account === HOP && asset === ETH);
  expect(hop).toMatchObject({ status: 'not-proven', openingBlock: 101, closingBlock: 200 });
  expect(hop?.reasons).toContain('the node has no balance at block 101');
  const early = await checkCompleteness(result, { chain: { ...pruned, head: async () => 150 } });
  expect(early.findings[0]?.reasons).toEqual(['the node ends at block 150, before block 200']);
});

test('what a crossing is assumed to pay in counts as entered, and an opening balance the record lacks is incomplete', async () => {
  const { findings } = await checkCompleteness(result, {
    chain: { ...pruned, balance: async (_, __, block) => (block < 110 ? 5n : 0n), hasCode: async () => true },
  });
  // 1,000,000 and the assumed 20,000 in; 700,001, 320,000 and three fees of 21, 60 and 21 out.
  const thief = findings.find(({ account, asset }) => account === THIEF && asset === ETH);
  expect(thief?.closing.stated).toBe(1_000_000n + 20_000n - 700_001n - 320_000n - 102n);
  expect(thief?.reasons).toContain(
    'at block 99, before the first transfer of the record, it held 5, which the record lacks',
  );
  const leaf = findings.find(({ account, asset }) => account === LEAF && asset === ETH);
  expect(leaf).toMatchObject({ status: 'incomplete', sent: null, closing: { stated: -80_021n, node: 0n } });
});

test('a crossing paid in on another chain enters at no known block, so nothing is proven', async () => {
  const paidIn = result.crossings.map(({ input }) => input.tx);
  const consumed = result.consumed.map((transfer) =>
    paidIn.includes(transfer.tx) ? { ...transfer, chain: 'eip155:10' as const } : transfer,
  );
  const { findings } = await checkCompleteness({ ...result, consumed }, { chain: pruned });
  const thief = findings.find(({ account, asset }) => account === THIEF && asset === ETH);
  expect(thief).toMatchObject({
    status: 'not-proven',
    reasons: ['a crossing from another chain enters at a block that is not known'],
  });
});

test('records that prove crossings are held against the node, field by field and event by event', async () => {
  const [, [tx, found]] = [...known] as [unknown, [string, ChainTransaction]];
  const { blockNumber, blockTime, txIndex, from, to, value, input } = found;
  const log = { logIndex: 4, address: to, topics: [`0x${'11'.repeat(32)}`], data: '0x00ff' };
  const record: EvmEvidence = {
    ...{ kind: 'evm', chain: 'eip155:1', tx, blockNumber, blockTime, txIndex, from, to, value, input },
    ...{ succeeded: true, logs: [log], frames: null },
  };
  const node = { ...pruned, transaction: async () => ({ ...found, logs: [log] }) };
  const check = async (...records: readonly TransactionEvidence[]) => {
    const { status, records: answer, problems } = await checkAuthenticity([], records, { chain: node });
    return { status, answer, messages: problems.map(({ place, message }) => `${place}: ${message}`) };
  };
  expect(await check(record, payout)).toEqual({
    status: 'partly-checked',
    answer: { cited: 2, checked: 1, differing: 0 },
    messages: [],
  });
  // What a record does not say is not compared.
  const silent = { ...record, blockNumber: null, from: null, value: null, input: null, succeeded: null, logs: null };
  expect((await check(silent)).messages).toEqual([]);
  const changes: readonly (readonly [Partial<EvmEvidence>, string])[] = [
    [{ blockNumber: blockNumber + 1 }, 'blockNumber is not what the chain has'],
    [{ value: value + 1n }, 'value is not what the chain has'],
    [{ input: '0x01' }, 'input is not what the chain has'],
    [{ from: to }, 'from is not what the chain has'],
    [{ succeeded: false }, 'succeeded is not what the chain has'],
    [{ logs: [] }, 'the events are not those that the chain has'],
    [{ logs: [{ ...log, data: '0x00fe' }] }, 'the events are not those that the chain has'],
    [{ logs: [{ ...log, logIndex: 5 }] }, 'the events are not those that the chain has'],
  ];
  for (const [change, message] of changes) {
    expect(await check({ ...record, ...change })).toEqual({
      status: 'differs',
      answer: { cited: 1, checked: 1, differing: 1 },
      messages: [`${tx}: ${message}`],
    });
  }
  const empty = { ...pruned, transaction: async () => null };
  expect((await checkAuthenticity([], [record], { chain: empty })).problems[0]?.message).toBe(
    'the node knows no such transaction',
  );
});
