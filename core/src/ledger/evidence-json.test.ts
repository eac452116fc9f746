import { describe, expect, test } from 'vitest';
import type { EvmEvidence, TransactionEvidence, UtxoEvidence } from './evidence.ts';
import { evidenceFromJson, evidenceToJson } from './evidence-json.ts';

const A = 'eip155:1:0x00000000000000000000000000000000000000aa';
const FULL: EvmEvidence = {
  ...{ kind: 'evm', chain: 'eip155:1', tx: `0x${'ab'.repeat(32)}`, blockNumber: 5, blockTime: 6, txIndex: 0, from: A },
  ...{ to: A, value: 2n ** 256n - 1n, input: '0x00ff', succeeded: false },
  logs: [{ logIndex: 3, address: A, topics: [`0x${'11'.repeat(32)}`], data: '0x' }],
  frames: [
    { path: [], from: A, to: A, value: 0n, input: '0x' },
    { path: [0, 2], from: A, to: A, value: 9n, input: '0xff' },
  ],
};
const BITCOIN = 'bip122:000000000019d6689c085ae165831e93';
const COIN: UtxoEvidence = {
  ...{ kind: 'utxo', chain: BITCOIN, tx: 'ab'.repeat(32), blockNumber: 5, blockTime: 6, txIndex: 0 },
  ...{ indexAssigned: true, version: -1, lockTime: 0 },
  inputs: [
    { outpoint: null, amount: null, lock: null, script: '', witness: null, sequence: 0xffffffff },
    {
      outpoint: { tx: 'cd'.repeat(32), index: 7 },
      amount: 8n,
      lock: { owner: `${BITCOIN}:somebody`, script: 'p2wsh' },
      ...{ script: null, witness: ['', 'ab'], sequence: 0 },
    },
  ],
  outputs: [{ amount: 0n, lock: { owner: null, script: 'op-return' }, script: '6a' }],
};
const unknown: EvmEvidence = {
  ...{ ...FULL, blockNumber: null, blockTime: null, txIndex: null, from: null, to: null, value: null, input: null },
  ...{ succeeded: null, logs: null, frames: null },
};

/** A record's JSON with the value at a path replaced. */
function spoilt(record: TransactionEvidence, path: readonly (string | number)[], value: unknown): unknown {
  const json = JSON.parse(JSON.stringify(evidenceToJson(record)));
  const last = path.at(-1) as string | number;
  path.slice(0, -1).reduce((at, key) => at[key], json)[last] = value;
  return json;
}

describe('the JSON of a record', () => {
  test.each([FULL, unknown, { ...FULL, logs: [], frames: [] }, COIN])('comes back as it was', (record) => {
    const text = JSON.stringify(evidenceToJson(record));
    expect(evidenceFromJson(JSON.parse(text))).toEqual(record);
    // Another order of keys in memory gives the same text.
    const turned = Object.fromEntries(Object.entries(record).reverse()) as TransactionEvidence;
    expect(JSON.stringify(evidenceToJson(turned))).toBe(text);
  });

  test.each<[TransactionEvidence, readonly (string | number)[], unknown, string]>([
    [FULL, ['kind'], 'tron', 'evidence.kind'],
    [FULL, ['chain'], 'Ethereum', 'evidence.chain'],
    [FULL, ['tx'], "'", 'evidence.tx'],
    [FULL, ['blockNumber'], -1, 'evidence.blockNumber'],
    [FULL, ['blockTime'], '6', 'evidence.blockTime'],
    [FULL, ['from'], undefined, 'evidence.from'],
    [FULL, ['from'], '0xaa', 'evidence.from'],
    [FULL, ['value'], 5, 'evidence.value'],
    [FULL, ['value'], '05', 'evidence.value'],
    [FULL, ['value'], String(2n ** 256n), 'evidence.value'],
    [FULL, ['input'], '0xABCD', 'evidence.input'],
    [FULL, ['input'], '0xabc', 'evidence.input'],
    [FULL, ['succeeded'], 1, 'evidence.succeeded'],
    [FULL, ['logs'], {}, 'evidence.logs'],
    [FULL, ['logs', 0, 'topics', 0], 5, 'evidence.logs[0].topics[0]'],
    [FULL, ['frames', 1, 'path', 1], 0.5, 'evidence.frames[1].path[1]'],
    [COIN, ['inputs', 1], null, 'evidence.inputs[1]'],
    [COIN, ['inputs', 1, 'outpoint', 'index'], null, 'evidence.inputs[1].outpoint.index'],
    [COIN, ['outputs', 0, 'amount'], null, 'evidence.outputs[0].amount'],
    [COIN, ['outputs', 0, 'lock', 'script'], 'p2p', 'evidence.outputs[0].lock.script'],
  ])('is refused where a place is not of its form: %#', (record, path, value, place) => {
    expect(() => evidenceFromJson(spoilt(record, path, value))).toThrow(`${place}: `);
    for (const wrong of [null, [], 'text', 5]) expect(() => evidenceFromJson(wrong)).toThrow('evidence: is no object');
  });
});
