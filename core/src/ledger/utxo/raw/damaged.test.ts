import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { realBlock } from '../../../../../test/bitcoin/real-blocks.ts';
import { reasonOf } from '../../../../../test/bitcoin/reason-of.ts';
import {
  compactSize,
  join,
  mineBlock,
  REGTEST_TARGET,
  uint,
  type WrittenTransaction,
  writeTransaction,
} from '../../../../../test/bitcoin/write-raw.ts';
import { BITCOIN } from '../../../units/index.ts';
import { parseBlock } from './block.ts';
import { parseTransaction } from './transaction.ts';

/** 14 transactions, 18,678 bytes. */
const SMALL = realBlock(169_482);
/** 587 transactions: an odd number. */
const ODD = realBlock(363_703);

const refusal = (bytes: Uint8Array) => reasonOf(() => parseBlock(BITCOIN, bytes));

/** Real bytes with others in their place. */
function patched(bytes: Uint8Array, at: number, patch: readonly number[], removed = patch.length): Uint8Array {
  return join([bytes.subarray(0, at), Uint8Array.from(patch), bytes.subarray(at + removed)]);
}

/** The bytes of a block's transactions, one by one. */
function transactionsOf(bytes: Uint8Array): Uint8Array[] {
  const { transactions } = parseBlock(BITCOIN, bytes);
  let at = bytes.length - transactions.reduce((sum, { size }) => sum + size, 0);
  return transactions.map(({ size }) => {
    at += size;
    return bytes.subarray(at - size, at);
  });
}

describe('a block cut or lengthened', () => {
  test('law: no part of a block from its start is a block', () => {
    fc.assert(
      fc.property(fc.nat(SMALL.length - 1), (length) => {
        expect(refusal(SMALL.subarray(0, length))).toMatch(/at byte \d+: .+/);
      }),
    );
  });

  test('the error names the byte, what was being read, and the transaction', () => {
    expect(refusal(SMALL.subarray(0, 79))).toBe('at byte 0: header of the block: 80 bytes needed, 79 left');
    expect(refusal(SMALL.subarray(0, 80))).toBe('at byte 80: number of transactions: 1 byte needed, 0 left');
    expect(refusal(SMALL.subarray(0, SMALL.length - 1))).toBe(
      'transaction 13 of 14: at byte 18674: lock time of the transaction: 4 bytes needed, 3 left',
    );
  });

  test('bytes left over', () => {
    expect(refusal(join([SMALL, Uint8Array.of(0)]))).toBe('at byte 18678: end of the block: 1 byte left over');
  });
});

describe('absurd counts', () => {
  test.each([
    [
      'eight bytes of ones',
      [0xff, ...Array(8).fill(0xff)],
      /^at byte 80: number of transactions: a count of 18446744073709551615, more than/,
    ],
    ['more than the network allows', [0xfe, 1, 0, 0, 2], /a count of 33554433, more than the 33554432/],
    [
      'more than the bytes left can hold',
      [0xfe, 0, 0, 0, 2],
      /33554432 of at least 60 bytes each stated, 18597 bytes left/,
    ],
    ['a longer form than needed', [0xfd, 14, 0], /the count 14 is not in its shortest form/],
    ['cut off', null, /^at byte 81: number of transactions: 2 bytes needed, 1 left$/],
  ])('%s', (_, patch, reason) => {
    const bytes =
      patch === null ? join([SMALL.subarray(0, 80), Uint8Array.of(0xfd, 14)]) : patched(SMALL, 80, patch, 1);
    expect(refusal(bytes)).toMatch(reason);
  });

  test('of a script', () => {
    // The coinbase's script: after the header, the count, version, number of inputs and outpoint.
    const at = 80 + 1 + 4 + 1 + 36;
    expect(refusal(patched(SMALL, at, [0xfd, 0xff, 0xff], 1))).toMatch(
      /^transaction 0 of 14: at byte 122: length of an input’s script: 65535 stated, 18555 bytes left$/,
    );
  });

  test('no transactions', () => {
    expect(refusal(join([SMALL.subarray(0, 80), Uint8Array.of(0)]))).toBe(
      'at byte 80: transactions of the block: there are none',
    );
  });
});

describe('proof of work', () => {
  test('another nonce', () => {
    expect(refusal(patched(SMALL, 76, [0, 0, 0, 0]))).toMatch(
      /its hash [0-9a-f]{64} is above its target \(bits 1a0b350c\): no proof of work$/,
    );
  });

  test.each([
    [
      'easier than the network allows',
      [0xff, 0xff, 0x7f, 0x20],
      /its target \(bits 207fffff\) is easier than the network allows/,
    ],
    ['negative', [0xff, 0xff, 0x80, 0x1d], /its bits 1d80ffff are not a target/],
    ['nought', [0, 0, 0, 0x1d], /its bits 1d000000 are not a target/],
    ['more than 256 bits', [0xff, 0xff, 0x7f, 0x22], /its bits 227fffff are not a target/],
  ])('a target that is %s', (_, bits, reason) => {
    expect(refusal(patched(SMALL, 72, bits))).toMatch(reason);
  });
});

describe('merkle root', () => {
  test('two transactions in another order', () => {
    const [coinbase, one, other, ...rest] = transactionsOf(SMALL) as [Uint8Array, Uint8Array, Uint8Array];
    const bytes = join([SMALL.subarray(0, 81), coinbase, other, one, ...rest]);
    expect(refusal(bytes)).toMatch(
      /its transactions have the merkle root [0-9a-f]{64}, its header states [0-9a-f]{64}$/,
    );
  });

  test.each([
    ['the last of an odd number', ODD, 1],
    // 14 are seven pairs: the last pair can stand twice under one root.
    ['the last pair of an odd number of pairs', SMALL, 2],
  ])('%s repeated (CVE-2012-2459)', (_, block, repeated) => {
    const all = transactionsOf(block);
    const bytes = join([block.subarray(0, 80), compactSize(all.length + repeated), ...all, ...all.slice(-repeated)]);
    expect(refusal(bytes)).toMatch(/transactions at its end are repeated \(CVE-2012-2459\)$/);
  });

  test('law: any bit changed is noticed', () => {
    fc.assert(
      fc.property(fc.nat(SMALL.length - 1), fc.nat(7), (at, bit) => {
        refusal(patched(SMALL, at, [(SMALL[at] as number) ^ (1 << bit)]));
      }),
    );
  });
});

const COINBASE: WrittenTransaction = {
  version: 1,
  lockTime: 0,
  inputs: [{ outpoint: null, script: '5151', witness: [], sequence: 0xffffffff }],
  outputs: [{ amount: 50_00000000n, script: '51' }],
};
const PAYMENT: WrittenTransaction = {
  ...COINBASE,
  inputs: [{ outpoint: { tx: 'ab'.repeat(32), index: 0 }, script: '', witness: [], sequence: 0 }],
};

describe('coinbases', () => {
  const START = { version: 2, previous: '00'.repeat(32), time: 1_296_688_602 };
  const mined = (transactions: readonly WrittenTransaction[]) => {
    const raw = transactions.map(writeTransaction);
    return mineBlock(
      START,
      raw,
      raw.map((bytes) => parseTransaction(BITCOIN, bytes).tx),
    );
  };
  const parse = (bytes: Uint8Array) => parseBlock(BITCOIN, bytes, { easiestTarget: REGTEST_TARGET });

  test('the first transaction, and no other, makes new coins', () => {
    const other = { ...COINBASE, lockTime: 1 };
    expect(parse(mined([COINBASE, PAYMENT])).height).toBe(1);
    expect(reasonOf(() => parse(mined([PAYMENT, COINBASE])))).toBe('at byte 81: transaction 0: is not a coinbase');
    expect(reasonOf(() => parse(mined([COINBASE, PAYMENT, other])))).toMatch(/transaction 2: is a second coinbase$/);
    expect(reasonOf(() => parse(mined([{ ...COINBASE, inputs: [...COINBASE.inputs, ...PAYMENT.inputs] }])))).toMatch(
      /transaction 0: is not a coinbase$/,
    );
  });
});

describe('a transaction', () => {
  const rejected = (bytes: Uint8Array) => reasonOf(() => parseTransaction(BITCOIN, bytes));
  const rejectedOf = (change: Partial<WrittenTransaction>) => rejected(writeTransaction({ ...PAYMENT, ...change }));
  const input = PAYMENT.inputs[0] as WrittenTransaction['inputs'][number];

  test('of more than 21 million bitcoin, in one output or in all', () => {
    const most = 21_000_000_00000000n;
    expect(
      parseTransaction(BITCOIN, writeTransaction({ ...PAYMENT, outputs: [{ amount: most, script: '' }] })).outputs[0]
        ?.amount,
    ).toBe(most);
    expect(rejectedOf({ outputs: [{ amount: most + 1n, script: '' }] })).toBe(
      'at byte 47: amount of output 0: 2100000000000001 satoshis, more than 21 million bitcoin',
    );
    // The amounts of block 74638 (CVE-2010-5139), which together overflowed to a small number.
    const huge = 92_233_720_368_54277039n;
    expect(
      rejectedOf({
        outputs: [
          { amount: huge, script: '' },
          { amount: huge, script: '' },
        ],
      }),
    ).toMatch(/more than 21 million bitcoin$/);
    expect(
      rejectedOf({
        outputs: [
          { amount: most, script: '' },
          { amount: 1n, script: '' },
        ],
      }),
    ).toMatch(/outputs 0 to 1: 2100000000000001 satoshis together, more than 21 million bitcoin$/);
  });

  test('that spends an output twice', () => {
    const other = { ...input, outpoint: { tx: 'ab'.repeat(32), index: 1 << 20 } };
    // Told apart although the low bits of their indexes are equal.
    expect(parseTransaction(BITCOIN, writeTransaction({ ...PAYMENT, inputs: [input, other] })).inputs).toHaveLength(2);
    expect(rejectedOf({ inputs: [input, other, input] })).toBe(
      'at byte 0: inputs of the transaction: input 2 spends an output that an earlier one spends',
    );
  });

  test('without inputs or outputs', () => {
    expect(rejectedOf({ outputs: [] })).toBe('at byte 46: outputs of the transaction: there are none');
    expect(rejected(join([uint(1, 4), Uint8Array.of(0, 0), uint(0, 4)]))).toBe(
      'at byte 4: inputs of the transaction: there are none',
    );
  });

  test('with a witness form that says nothing', () => {
    const plain = writeTransaction(PAYMENT);
    const marked = (flag: number) =>
      join([plain.subarray(0, 4), Uint8Array.of(0, flag), plain.subarray(4, -4), Uint8Array.of(0), plain.subarray(-4)]);
    expect(rejected(marked(1))).toMatch(/witnesses of the transaction: announced, but no input has one$/);
    expect(rejected(marked(2))).toBe('at byte 5: flag of the transaction: 2, where only 1 (witnesses) has a meaning');
  });

  test('with bytes left over, or none', () => {
    expect(rejected(join([writeTransaction(PAYMENT), Uint8Array.of(0, 0)]))).toMatch(
      /end of the transaction: 2 bytes left over$/,
    );
    expect(rejected(new Uint8Array(0))).toBe('at byte 0: version of the transaction: 4 bytes needed, 0 left');
  });
});
