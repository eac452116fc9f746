import { expect, test } from 'vitest';
import type { TronPiece } from '../../tron/piece.ts';
import type { Listed } from './account-lists.ts';
import { assemble, countMissing, saysAll } from './assemble.ts';

const [ALICE, ROUTER] = [`41${'aa'.repeat(20)}`, `41${'d0'.repeat(20)}`] as const;
const TX = '3'.repeat(64);

const signed = (more: object = {}, ret: object = {}) => ({
  txID: TX,
  ret: [ret],
  raw_data: {
    contract: [
      {
        type: 'TriggerSmartContract',
        parameter: { value: { owner_address: ALICE, contract_address: ROUTER, call_value: 9 } },
      },
    ],
  },
  ...more,
});
const info = (more: object = {}) => ({ id: TX, blockNumber: 3, blockTimeStamp: 1_600_000_009_000, ...more });
const innerCall = (amount: number, more: object = {}) => ({
  internal_tx_id: `${amount}`,
  from_address: ROUTER,
  to_address: ALICE,
  data: { rejected: false, call_value: { _: amount }, ...more },
});
const paid = (amount: number) => ({
  caller_address: ROUTER,
  transferTo_address: ALICE,
  callValueInfo: [{ callValue: amount }],
});
const listed = (innerCalls: Listed['innerCalls']): Listed => ({
  tx: TX,
  at: 0,
  signed: null,
  transfers: [],
  innerCalls,
});

test('what was signed and what became of it are one record, with one fee: the one that was charged', () => {
  const { piece } = assemble(TX, signed({}, { fee: 1 }), info({ fee: 2, internal_transactions: [paid(7)] }), null);
  expect(piece).toMatchObject({ blockNumber: 3, blockTime: 1_600_000_009, fee: 2n });
  expect(piece?.movements.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['native', 9n],
    ['internal', 7n],
  ]);
});

test('a call that failed moved nothing, whatever was signed', () => {
  const { piece } = assemble(TX, signed(), info({ fee: 2, result: 'FAILED', receipt: { result: 'REVERT' } }), null);
  expect(piece).toMatchObject({ movements: [], fee: 2n, passedOver: 'failed' });
});

test('two blocks for one transaction are no record', () => {
  expect(() => assemble(TX, signed({ blockNumber: 4 }), info(), null)).toThrow('stands in block 4, and in 3');
});

test('each listed inner call takes one of the record; rejected ones and other tokens take none', () => {
  const { piece } = assemble(TX, null, info({ internal_transactions: [paid(7), paid(8)] }), null);
  const count = (calls: Listed['innerCalls']): number => countMissing(listed(calls), piece as TronPiece, null);
  expect(count([innerCall(7), innerCall(8)])).toBe(0);
  expect(count([innerCall(7), innerCall(7)])).toBe(1);
  expect(count([innerCall(5), innerCall(6, { rejected: true }), innerCall(4, { call_value: { 1002000: 4 } })])).toBe(1);
});

test('a call that took effect needs its record, one that failed does not', () => {
  const own = (row: object): Listed => ({ ...listed([]), signed: row as NonNullable<Listed['signed']> });
  expect(saysAll(own(signed({ blockNumber: 3 }, { contractRet: 'SUCCESS' })))).toBe(false);
  expect(saysAll(own(signed({ blockNumber: 3 }, { contractRet: 'REVERT' })))).toBe(true);
  expect(saysAll(own(signed({}, { contractRet: 'REVERT' })))).toBe(false);
});
