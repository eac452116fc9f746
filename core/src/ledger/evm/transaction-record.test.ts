import { describe, expect, it } from 'vitest';
import { isCairnError } from '../../errors.ts';
import { movementsOf } from './evidence-transfers.ts';
import { decodeEvidence, type EvmParts, readTransaction } from './transaction-record.ts';

const HASH = `0x${'ab'.repeat(32)}`;
const BLOCK = `0x${'cd'.repeat(32)}`;
const PAYER = `0x${'11'.repeat(20)}`;
const ROUTER = `0x${'22'.repeat(20)}`;
const SHOP = `0x${'33'.repeat(20)}`;
const CHILD = `0x${'44'.repeat(20)}`;
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

const word = (hex: string): string => `0x${hex.replace('0x', '').padStart(64, '0')}`;

const transaction = {
  hash: HASH,
  chainId: '0x1',
  blockHash: BLOCK,
  blockNumber: '0x10',
  transactionIndex: '0x2',
  from: PAYER,
  to: ROUTER,
  value: '0x64',
  input: '0xa9059cbb',
  gas: '0x5208',
  gasPrice: '0x3',
  type: '0x0',
};
const receipt = {
  transactionHash: HASH,
  blockHash: BLOCK,
  blockNumber: '0x10',
  transactionIndex: '0x2',
  from: PAYER,
  to: ROUTER,
  status: '0x1',
  gasUsed: '0x5000',
  effectiveGasPrice: '0x2',
  contractAddress: null,
  logs: [] as unknown[],
};
const log = {
  address: SHOP,
  topics: [TRANSFER, word(PAYER), word(SHOP)],
  data: word('0x7'),
  logIndex: '0x5',
  transactionHash: HASH,
  blockHash: BLOCK,
  blockNumber: '0x10',
  transactionIndex: '0x2',
};

/** The router pays the shop 60, its child 10 in a call that fails with what is under it, and creates a contract with 5. */
const calls = {
  type: 'CALL',
  from: PAYER,
  to: ROUTER,
  value: '0x64',
  input: '0xa9059cbb',
  calls: [
    { type: 'STATICCALL', from: ROUTER, to: SHOP, input: '0x' },
    {
      type: 'CALL',
      from: ROUTER,
      to: CHILD,
      value: '0xa',
      input: '0x',
      error: 'execution reverted',
      calls: [{ type: 'CALL', from: CHILD, to: SHOP, value: '0xa', input: '0x' }],
    },
    { type: 'CALL', from: ROUTER, to: SHOP, value: '0x3c', input: '0x01' },
    { type: 'DELEGATECALL', from: ROUTER, to: SHOP, value: '0x64', input: '0x02' },
    { type: 'CREATE', from: ROUTER, to: CHILD, value: '0x5', input: '0x60' },
  ],
};

function rows(parts: EvmParts): (readonly [string, number | null, bigint])[] {
  return movementsOf(readTransaction('eip155:1', parts)).map(({ kind, position, amount }) => [kind, position, amount]);
}

function refusal(parts: EvmParts, chain: `eip155:${number}` = 'eip155:1'): string {
  try {
    decodeEvidence(chain, parts);
  } catch (error) {
    if (isCairnError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a transaction with receipt and trace', () => {
  it('moves fee, value, inner calls that took effect and tokens, each at its place', () => {
    const parts = { transaction, receipt: { ...receipt, logs: [log] }, calls };
    // Ranks: static 1, failed 2 and 3, call 4, delegate 5, create 6.
    expect(rows(parts)).toEqual([
      ['fee', -1, 0x5000n * 2n],
      ['native', 0, 100n],
      ['internal', 4, 60n],
      ['internal', 6, 5n],
      ['token', 1_000_005, 7n],
    ]);
  });

  it('keeps frames that took effect with their places in the tree; delegate and static calls move nothing', () => {
    const frames = decodeEvidence('eip155:1', { transaction, receipt, calls }).frames ?? [];
    expect(frames.map(({ path, value, input }) => [path, value, input])).toEqual([
      [[], 100n, '0xa9059cbb'],
      [[0], 0n, '0x'],
      [[2], 60n, '0x01'],
      [[3], 0n, '0x02'],
      [[4], 5n, '0x60'],
    ]);
  });

  it('reads the same tree from trace_transaction', () => {
    const call = (traceAddress: number[], to: string, value: string, subtraces: number, callType = 'call') => ({
      type: 'call',
      action: { callType, from: traceAddress.length === 0 ? PAYER : ROUTER, to, value, input: '0x' },
      result: {},
      traceAddress,
      subtraces,
    });
    const traces = [
      call([], ROUTER, '0x64', 5),
      call([0], SHOP, '0x0', 0, 'staticcall'),
      { ...call([1], CHILD, '0xa', 1), error: 'Reverted' },
      { ...call([1, 0], SHOP, '0xa', 0) },
      call([2], SHOP, '0x3c', 0),
      call([3], SHOP, '0x64', 0, 'delegatecall'),
      {
        type: 'create',
        action: { from: ROUTER, value: '0x5', init: '0x60' },
        result: { address: CHILD },
        traceAddress: [4],
        subtraces: 0,
      },
    ];
    expect(rows({ transaction, receipt, traces })).toEqual(rows({ transaction, receipt, calls }));
    // A call is missing: the others still count, at places of which none is claimed.
    expect(
      rows({ transaction, receipt, traces: traces.toSpliced(1, 1) }).filter(([kind]) => kind === 'internal'),
    ).toEqual([
      ['internal', null, 60n],
      ['internal', null, 5n],
    ]);
  });

  it("reads an explorer's list of inner calls, without places; its failed ones moved nothing", () => {
    const internal = [
      { from: ROUTER, to: SHOP, value: '60', type: 'call', isError: '0', contractAddress: '' },
      { from: ROUTER, to: SHOP, value: '9', type: 'call', isError: '1' },
    ];
    expect(rows({ transaction, receipt, internal }).slice(1)).toEqual([
      ['native', 0, 100n],
      ['internal', null, 60n],
    ]);
  });

  it('pays for blobs and for data on Ethereum where the receipt states them', () => {
    const blobs = { ...receipt, blobGasUsed: '0x10', blobGasPrice: '0x4' };
    expect(readTransaction('eip155:1', { transaction: { ...transaction, type: '0x3' }, receipt: blobs }).fee).toBe(
      0x5000n * 2n + 64n,
    );
    expect(readTransaction('eip155:1', { transaction: { ...transaction, type: '0x3' }, receipt }).feeLacks).toBe(
      'blobs',
    );
    const base = { ...transaction, chainId: '0x2105' };
    const rollup = readTransaction('eip155:8453', { transaction: base, receipt: { ...receipt, l1Fee: '0x9' } });
    expect([rollup.fee, rollup.feeLacks]).toEqual([0x5000n * 2n + 9n, null]);
    expect(readTransaction('eip155:8453', { transaction: base, receipt }).feeLacks).toBe('l1');
  });

  it('takes a piece (ERC-721) and foreign events for no transfer', () => {
    const piece = { ...log, topics: [...log.topics, word('0x1')], data: '0x' };
    const wrap = { ...log, logIndex: '0x6', topics: [word('0x1'), word(PAYER)], data: word('0x7') };
    expect(rows({ transaction, receipt: { ...receipt, logs: [piece, wrap] } }).map(([kind]) => kind)).toEqual([
      'fee',
      'native',
    ]);
  });
});

describe('success', () => {
  it('is not known without receipt and trace, so that nothing moved', () => {
    const { evidence } = readTransaction('eip155:1', { transaction });
    expect([evidence.succeeded, evidence.logs, evidence.frames]).toEqual([null, null, null]);
    expect(rows({ transaction })).toEqual([]);
  });

  it('before Byzantium follows from logs, or from gas left over', () => {
    const { status: _, ...old } = { ...receipt, root: word('0x1') };
    expect(decodeEvidence('eip155:1', { transaction, receipt: old }).succeeded).toBe(true);
    expect(decodeEvidence('eip155:1', { transaction, receipt: { ...old, gasUsed: '0x5208' } }).succeeded).toBe(null);
    expect(
      decodeEvidence('eip155:1', { transaction, receipt: { ...old, gasUsed: '0x5208', logs: [log] } }).succeeded,
    ).toBe(true);
  });

  it('is shown by a log alone', () => {
    const evidence = decodeEvidence('eip155:1', { logs: [log] });
    expect([evidence.succeeded, evidence.blockNumber, evidence.txIndex, evidence.from]).toEqual([true, 16, 2, null]);
    expect(rows({ logs: [log] })).toEqual([['token', 1_000_005, 7n]]);
  });
});

describe('bad input is refused with its place', () => {
  it.each<[string, EvmParts, string]>([
    [
      'malformed hex',
      { transaction: { ...transaction, input: '0xabc' } },
      `transaction ${HASH}: input: is not bytes in hex`,
    ],
    ['a malformed quantity', { transaction: { ...transaction, value: '0xzz' } }, 'value: is not a number'],
    [
      'a wrong checksum',
      { transaction: { ...transaction, to: '0xc02aaa39b223FE8D0A0e5C4F27eAD9083C756Cc2' } },
      'wrong checksum',
    ],
    [
      'a short topic',
      { transaction, receipt: { ...receipt, logs: [{ ...log, topics: ['0x12'] }] } },
      'logs[0].topics[0]: is not a hash',
    ],
    [
      'a log of another transaction',
      { transaction, receipt: { ...receipt, logs: [{ ...log, transactionHash: BLOCK }] } },
      `logs[0]: is of transaction ${BLOCK}`,
    ],
    [
      'a receipt of another transaction',
      { transaction, receipt: { ...receipt, transactionHash: BLOCK } },
      `receipt: is of transaction ${BLOCK}`,
    ],
    ['two blocks', { transaction, receipt: { ...receipt, blockHash: HASH } }, 'blockHash is'],
    [
      'a log of another block',
      { transaction, receipt: { ...receipt, logs: [{ ...log, blockHash: HASH }] } },
      'blockHash is',
    ],
    [
      'a header of another block',
      { transaction, receipt, block: { hash: HASH, timestamp: '0x1' } },
      'the header is of',
    ],
    [
      'a removed log',
      { transaction, receipt: { ...receipt, logs: [{ ...log, removed: true }] } },
      'removed by a reorganisation',
    ],
    [
      'a failed transaction with logs',
      { transaction, receipt: { ...receipt, status: '0x0', logs: [log] } },
      'failed by the receipt, succeeded by its logs',
    ],
    [
      'a receipt and a trace that differ',
      { transaction, receipt, calls: { ...calls, error: 'out of gas' } },
      'succeeded by the receipt, failed by the trace',
    ],
    [
      'a trace of another call',
      { transaction, receipt, calls: { ...calls, value: '0x65' } },
      'value is 100 in the transaction and 101',
    ],
    ['a status of 2', { transaction, receipt: { ...receipt, status: '0x2' } }, 'is neither 0 nor 1'],
    [
      'two logs at one place',
      { transaction, receipt: { ...receipt, logs: [log, { ...log, data: word('0x8') }] } },
      'two logs have one index (5)',
    ],
    ['no hash at all', { receipt: { status: '0x1' } }, 'no part names its hash'],
  ])('%s', (_, parts, message) => {
    expect(refusal(parts)).toContain(message);
  });

  it('another chain', () => {
    expect(refusal({ transaction, receipt }, 'eip155:10')).toBe(
      `contradiction: transaction ${HASH}: is signed for chain eip155:1, not eip155:10`,
    );
  });
});
