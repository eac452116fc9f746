import { describe, expect, test } from 'vitest';
import { REAL_HEIGHTS, realBlock } from '../../../../test/bitcoin/real-blocks.ts';
import { BITCOIN } from '../../units/index.ts';
import { parseBlock } from './raw/block.ts';
import type { RawTransaction } from './raw/transaction.ts';
import { transactionId } from './transaction-id.ts';

const blocks = REAL_HEIGHTS.map((height) => parseBlock(BITCOIN, realBlock(height)).transactions);

describe('the id that follows from what a transaction says', () => {
  test('is the one it was hashed to, for every transaction of the real blocks, with witnesses and without', () => {
    const all = blocks.flat();
    expect(all.map(transactionId)).toEqual(all.map(({ tx }) => tx));
    expect(all.some(({ isSegwit }) => isSegwit)).toBe(true);
    expect(all.some(({ inputs }) => inputs.length > 252)).toBe(true);
  });

  test('changes with everything but witnesses', () => {
    const real = blocks.flat().find(({ inputs }) => inputs[0]?.outpoint) as RawTransaction;
    const [input, ...inputs] = real.inputs as [RawTransaction['inputs'][number]];
    const [output, ...outputs] = real.outputs as [RawTransaction['outputs'][number]];
    const outpoint = input.outpoint as NonNullable<typeof input.outpoint>;
    const changed = [
      { ...real, version: real.version + 1 },
      { ...real, lockTime: real.lockTime + 1 },
      { ...real, inputs: [{ ...input, outpoint: { ...outpoint, index: outpoint.index + 1 } }, ...inputs] },
      { ...real, inputs: [{ ...input, sequence: input.sequence - 1 }, ...inputs] },
      { ...real, inputs: [{ ...input, script: `${input.script}51` }, ...inputs] },
      { ...real, outputs: [{ ...output, amount: output.amount + 1n }, ...outputs] },
      { ...real, outputs: [{ ...output, script: `${output.script}51` }, ...outputs] },
    ];
    expect(new Set([real.tx, ...changed.map(transactionId)]).size).toBe(changed.length + 1);
    expect(transactionId({ ...real, inputs: [{ ...input, witness: ['00'] }, ...inputs] } as RawTransaction)).toBe(
      real.tx,
    );
  });

  test('is not known where a source leaves out a script, the version or the lock time', () => {
    const [real] = blocks.flat() as [RawTransaction];
    expect(transactionId({ ...real, version: null })).toBeNull();
    expect(transactionId({ ...real, lockTime: null })).toBeNull();
    expect(transactionId({ ...real, inputs: real.inputs.map((input) => ({ ...input, script: null })) })).toBeNull();
    expect(transactionId({ ...real, outputs: real.outputs.map((output) => ({ ...output, script: null })) })).toBeNull();
  });
});
