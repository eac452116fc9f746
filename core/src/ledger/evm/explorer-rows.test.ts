import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Chain } from '../../units/index.ts';
import { type ExplorerList, readExplorerRow } from './explorer-rows.ts';

const ETHEREUM: Chain = 'eip155:1';
const ETHER = 'eip155:1/slip44:60';
const rowsOf = (file: string, list: ExplorerList): Record<string, string>[] => {
  const url = new URL(`../sources/etherscan/fixtures/${file}`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as Record<string, Record<string, string>[]>)[list] ?? [];
};
const read = (list: ExplorerList, row: unknown, chain = ETHEREUM) => readExplorerRow(chain, list, row, 'row 1');

describe('rows that Etherscan gave', () => {
  const [creation, approval] = rowsOf('etherscan-rows.json', 'txlist');

  test('the creation of a contract pays its fee, and its receiver is the contract', () => {
    expect(read('txlist', creation)).toMatchObject({
      tx: '0x4a03044699c2fbd256e21632a6d8fbfc27655ea711157fa8b2b917f0eb954cea',
      blockNumber: 6_271_590,
      blockTime: 1_536_083_185,
      txIndex: 3,
      lacks: null,
      movements: [
        // 20 gwei × 6,005,925.
        { kind: 'fee', position: -1, amount: 120_118_500_000_000_000n, asset: ETHER },
        { kind: 'native', position: 0, amount: 0n, to: 'eip155:1:0x4f833a24e1f95d70f028921e27040ca56e09ab0b' },
      ],
    });
  });

  test('a call without value', () => {
    // 243,484,710 × 26,486.
    const fee = {
      kind: 'fee',
      amount: 6_448_936_029_060n,
      from: 'eip155:1:0xa415e5ddf7f3411cd80d1199f2eb01d1f4978f6f',
    };
    expect(read('txlist', approval).movements).toMatchObject([fee, { kind: 'native', amount: 0n }]);
  });

  test('what a contract pays out', () => {
    const moved = rowsOf('etherscan-rows.json', 'txlistinternal').flatMap(
      (row) => read('txlistinternal', row).movements,
    );
    const from = 'eip155:1:0xbf4ed7b27f1d666546e30d74d50d173d20bca754';
    const inner = { kind: 'internal', from, asset: ETHER, position: null, base: 1 };
    expect(moved).toEqual([
      { ...inner, to: 'eip155:1:0x009d960a7eb81292ad5459ce916c540acebdece0', amount: 40n * 10n ** 18n },
      { ...inner, to: 'eip155:1:0x30213bca208f1d284156d820575c14d412fed780', amount: 91_666_666_666_666_666n },
    ]);
  });
});

describe("the examples of Blockscout's documentation", () => {
  const example = (list: ExplorerList): Record<string, string> =>
    rowsOf('blockscout-examples.json', list)[0] as Record<string, string>;

  test('a transaction', () => {
    // 50 gwei × 122,207.
    expect(read('txlist', example('txlist')).movements[0]).toMatchObject({
      kind: 'fee',
      amount: 6_110_350_000_000_000n,
    });
  });

  test("call 0 is the transaction's own", () => {
    expect(read('txlistinternal', example('txlistinternal'))).toMatchObject({
      txIndex: null,
      movements: [
        {
          kind: 'native',
          position: 0,
          to: 'eip155:1:0x883103875d905c11f9ac7dacbfc16deb39655361',
          amount: 5_488_334_153_118_633n,
        },
      ],
    });
  });

  test('a token transfer stands at its log', () => {
    expect(read('tokentx', { ...example('tokentx'), logIndex: '41' })).toMatchObject({
      txIndex: 27,
      token: { symbol: 'MKR', decimals: 18 },
      movements: [{ kind: 'token', position: 1_000_041, amount: 10n ** 19n }],
    });
  });
});

const ONE = `0x${'11'.repeat(20)}`;
const TWO = `0x${'22'.repeat(20)}`;
const HASH = `0x${'ab'.repeat(32)}`;
const place = { blockNumber: '5', timeStamp: '1600000060', hash: HASH };
const payment = { ...place, from: ONE, to: TWO, value: '9', gasPrice: '3', gasUsed: '21000', isError: '0' };

test.each([
  [{ isError: '1' }, ['fee']],
  [{ isError: '1', to: '', contractAddress: '' }, ['fee']],
  [{ txreceipt_status: '0' }, ['fee']],
  [{ txreceipt_status: '' }, ['fee', 'native']],
])('a failed transaction pays its fee only: %o', (more, kinds) => {
  expect(read('txlist', { ...payment, ...more }).movements.map(({ kind }) => kind)).toEqual(kinds);
});

test.each([
  { isError: '1' },
  { errCode: 'Reverted' },
  { value: '0' },
  { type: 'delegatecall' },
  { callType: 'staticcall' },
])('an inner call that moves nothing: %o', (more) => {
  expect(read('txlistinternal', { ...payment, type: 'call', ...more }).movements).toEqual([]);
});

test("a rollup's fee holds what it charges for Ethereum, or is told to be a lower bound", () => {
  const optimism: Chain = 'eip155:10';
  const whole = read('txlist', { ...payment, L1FeesPaid: '500' }, optimism);
  expect(whole).toMatchObject({ lacks: null, movements: [{ amount: 63_500n }, {}] });
  expect(read('txlist', payment, optimism)).toMatchObject({ lacks: 'l1-fee', movements: [{ amount: 63_000n }, {}] });
});

test('a token without amounts, and what the first block gave, are left out and told', () => {
  expect(read('tokentx', { ...place, contractAddress: ONE, tokenID: '7' })).toMatchObject({
    lacks: 'amount',
    movements: [],
  });
  const genesis = { ...payment, blockNumber: '0', hash: `GENESIS_${ONE.slice(2)}`, from: 'GENESIS' };
  expect(read('txlist', genesis)).toMatchObject({ lacks: 'genesis', movements: [] });
});

test('of a chain whose coin is not known, tokens only', () => {
  expect(read('txlist', payment, 'eip155:424242')).toMatchObject({ lacks: 'coin', movements: [] });
  const token = { ...place, from: ONE, to: TWO, contractAddress: ONE, value: '4' };
  expect(read('tokentx', token, 'eip155:424242').movements).toMatchObject([{ kind: 'token', amount: 4n }]);
});

test('what changes by itself does not make a row another one', () => {
  const said = (more: object): string => read('txlist', { ...payment, ...more }).said;
  expect(said({ confirmations: '7' })).toBe(said({ confirmations: '8' }));
  expect(said({ value: '10' })).not.toBe(said({}));
});

test.each([
  ['txlist', { ...payment, value: '-1' }, 'row 1: value'],
  ['txlist', { ...payment, gasUsed: '' }, 'row 1: gasUsed'],
  ['txlist', { ...payment, isError: 'maybe' }, 'row 1: isError'],
  ['txlist', { ...payment, to: '', contractAddress: '' }, 'row 1: to'],
  ['txlist', { ...payment, hash: '0x12' }, 'row 1: hash'],
  ['txlist', { ...payment, timeStamp: 'now' }, 'row 1: timeStamp'],
  ['txlistinternal', { ...payment, from: 'x' }, 'row 1: from'],
  ['tokentx', { ...place, from: ONE, to: TWO, contractAddress: ONE, value: (2n ** 256n).toString() }, 'row 1: value'],
  ['tokentx', 'nothing', 'row 1'],
] as const)('says which field of %s it cannot read', (list, row, told) => {
  expect(() => read(list, row)).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(told) }),
  );
});
