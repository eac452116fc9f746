import { expect, test } from 'vitest';
import { ETHEREUM, nativeAsset } from '../../units/index.ts';
import { movementsOfCalls, movementsOfTraces } from './json-rpc-traces.ts';

const ETH = nativeAsset(ETHEREUM);

function address(digit: string): string {
  return `0x${digit.repeat(40)}`;
}

function moved(from: string, to: string, amount: bigint) {
  return { from: `${ETHEREUM}:${address(from)}`, to: `${ETHEREUM}:${address(to)}`, asset: ETH, amount };
}

test('callTracer: inner calls and creations move value; delegate calls, failed calls and what is under them do not', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(address) as [string, string, string, string];
  const answer = {
    type: 'CALL',
    from: a,
    to: b,
    value: '0x64',
    calls: [
      { type: 'CALL', from: b, to: c, value: '0x1e', calls: [{ type: 'DELEGATECALL', from: c, to: d, value: '0x1e' }] },
      {
        type: 'CALL',
        from: b,
        to: d,
        value: '0x5',
        error: 'execution reverted',
        calls: [{ type: 'CALL', from: d, to: c, value: '0x5' }],
      },
      { type: 'STATICCALL', from: b, to: c, calls: [] },
      { type: 'CALL', from: b, to: c, value: '0x0' },
      { type: 'CREATE2', from: b, to: d, value: '0x7' },
    ],
  };
  expect(movementsOfCalls(answer, ETHEREUM, ETH)).toEqual([moved('b', 'c', 30n), moved('b', 'd', 7n)]);
});

test('callTracer: a failed transaction moved nothing; another form is no answer', () => {
  const failed = {
    type: 'CALL',
    from: address('a'),
    to: address('b'),
    error: 'out of gas',
    calls: [{ type: 'CALL', from: address('b'), to: address('c'), value: '0x1' }],
  };
  expect(movementsOfCalls(failed, ETHEREUM, ETH)).toEqual([]);
  expect(movementsOfCalls('nothing', ETHEREUM, ETH)).toBeNull();
});

test('trace_transaction: the same, by trace addresses', () => {
  const call = (from: string, to: string, value: string, traceAddress: number[], rest: object = {}) => ({
    type: 'call',
    traceAddress,
    action: { callType: 'call', from: address(from), to: address(to), value },
    result: {},
    ...rest,
  });
  const answer = [
    call('a', 'b', '0x64', []),
    call('b', 'c', '0x1e', [0]),
    {
      type: 'call',
      traceAddress: [0, 0],
      action: { callType: 'delegatecall', from: address('c'), to: address('d'), value: '0x1e' },
      result: {},
    },
    call('b', 'd', '0x5', [1], { error: 'Reverted', result: null }),
    call('d', 'c', '0x5', [1, 0]),
    {
      type: 'create',
      traceAddress: [2],
      action: { from: address('b'), value: '0x7' },
      result: { address: address('d') },
    },
    {
      type: 'suicide',
      traceAddress: [3],
      action: { address: address('d'), refundAddress: address('a'), balance: '0x9' },
      result: null,
    },
  ];
  expect(movementsOfTraces(answer, ETHEREUM, ETH)).toEqual([
    moved('b', 'c', 30n),
    moved('b', 'd', 7n),
    moved('d', 'a', 9n),
  ]);
  expect(movementsOfTraces({ not: 'a list' }, ETHEREUM, ETH)).toBeNull();
});
