import { describe, expect, test } from 'vitest';
import type { CallFrame, EventLog, EvmEvidence, UtxoEvidence } from './evidence.ts';
import { mergeEvidence } from './merge-evidence.ts';

const A = 'eip155:1:0x00000000000000000000000000000000000000aa';
const B = 'eip155:1:0x00000000000000000000000000000000000000bb';

const evm = (fields: Partial<EvmEvidence> = {}): EvmEvidence => ({
  ...{ kind: 'evm', chain: 'eip155:1', tx: '0x01', blockNumber: null, blockTime: null, txIndex: null, from: null },
  ...{ to: null, value: null, input: null, succeeded: null, logs: null, frames: null },
  ...fields,
});

const log = (logIndex: number, data: string): EventLog => ({ logIndex, address: A, topics: ['0x11'], data });
const frame = (path: readonly number[], to: typeof A | typeof B, value: bigint, input = '0x'): CallFrame => ({
  ...{ path, from: A, to, value, input },
});

const CHAIN = 'bip122:000000000019d6689c085ae165831e93';
const INPUT = { outpoint: { tx: '0a', index: 1 }, amount: null, lock: null, script: null, witness: null, sequence: 5 };
const utxo = (fields: Partial<UtxoEvidence> = {}): UtxoEvidence => ({
  ...{ kind: 'utxo', chain: CHAIN, tx: '0b', blockNumber: 9, blockTime: 90, txIndex: 3, indexAssigned: false },
  ...{ version: null, lockTime: null, inputs: [INPUT] },
  outputs: [{ amount: 5n, lock: { owner: null, script: 'unknown' }, script: null }],
  ...fields,
});

/** Both ways round must say the same. */
function merged<T extends EvmEvidence | UtxoEvidence>(a: T, b: T) {
  const one = mergeEvidence(a, b);
  expect(mergeEvidence(b, a)).toEqual(one);
  return one;
}

const refused = (a: EvmEvidence | UtxoEvidence, b: EvmEvidence | UtxoEvidence, field: string): void => {
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    expect(() => mergeEvidence(x, y)).toThrow(`differ in ${field}.`);
  }
};

describe('two records of one transaction of an account chain', () => {
  test('say together what either says', () => {
    const first = evm({ blockNumber: 5, from: A, value: 0n, succeeded: false });
    const second = evm({ blockNumber: 5, to: B, input: '0x', logs: [] });
    expect(merged(first, second)).toEqual({ ...first, to: B, input: '0x', logs: [] });
  });

  test('are refused where they differ, naming the field', () => {
    refused(evm({ value: 0n }), evm({ value: 1n }), 'value');
    refused(evm({ succeeded: true }), evm({ succeeded: false }), 'succeeded');
    refused(evm({ logs: [log(1, '0x')] }), evm({ logs: [log(1, '0x00')] }), 'logs');
    refused(evm(), utxo(), 'kind');
  });

  test('have all the logs that either lists, but not one event under two numbers', () => {
    const [one, two, three] = [log(1, '0xaa'), log(2, '0xbb'), log(7, '0xcc')];
    expect(merged(evm({ logs: [two] }), evm({ logs: [one, two, three] }))).toEqual(evm({ logs: [one, two, three] }));
    expect(merged(evm({ logs: [one, three] }), evm({ logs: [two] }))).toEqual(evm({ logs: [one, two, three] }));
    refused(evm({ logs: [one, two] }), evm({ logs: [log(0, '0xaa'), log(3, '0xdd')] }), 'logs');
  });

  test('have the trace that has every call of the other', () => {
    const list = [frame([], B, 9n), frame([0], A, 4n)];
    const trace = [frame([], B, 9n, '0x1234'), frame([0], B, 0n, '0xff'), frame([1], A, 4n)];
    expect(merged(evm({ frames: list }), evm({ frames: trace }))).toEqual(evm({ frames: trace }));
    const told = [frame([], B, 9n, '0x1234'), frame([0], A, 4n)];
    expect(merged(evm({ frames: list }), evm({ frames: told }))).toEqual(evm({ frames: told }));
    refused(evm({ frames: [frame([], B, 9n)] }), evm({ frames: [frame([], B, 8n)] }), 'frames');
    refused(evm({ frames: [...list, frame([1], A, 4n)] }), evm({ frames: trace }), 'frames');
  });
});

describe('two records of one transaction of a UTXO chain', () => {
  test('say together what either says, at the place that was not assigned', () => {
    const lock = { owner: `${CHAIN}:somebody`, script: 'p2pkh' } as const;
    const first = utxo({ version: 2, inputs: [{ ...INPUT, amount: 7n, lock }], indexAssigned: true, txIndex: 0 });
    const second = utxo({
      inputs: [{ ...INPUT, script: 'aa', witness: ['bb'] }],
      outputs: [{ amount: 5n, lock, script: '76' }],
    });
    expect(merged(first, second)).toEqual({
      ...second,
      version: 2,
      inputs: [{ ...INPUT, amount: 7n, lock, script: 'aa', witness: ['bb'] }],
    });
  });

  test('are refused where they differ, naming the field', () => {
    const input = (fields: object) => utxo({ inputs: [{ ...INPUT, ...fields }] });
    refused(input({ amount: 1n }), input({ amount: 2n }), 'inputs[0].amount');
    refused(input({}), input({ outpoint: { tx: '0a', index: 2 } }), 'inputs[0].outpoint');
    refused(input({ witness: ['aa'] }), input({ witness: [] }), 'inputs[0].witness');
    refused(utxo(), utxo({ inputs: [] }), 'inputs');
    const output = (script: string, amount = 5n) =>
      utxo({ outputs: [{ amount, lock: { owner: null, script: 'unknown' }, script }] });
    refused(output('76'), output('a9'), 'outputs[0].script');
    refused(output('76'), output('76', 6n), 'outputs[0].amount');
  });
});
