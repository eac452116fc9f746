import { Transaction } from '@scure/btc-signer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type WrittenTransaction, writeTransaction } from '../../../../../test/bitcoin/write-raw.ts';
import { BITCOIN } from '../../../units/index.ts';
import { lockOf } from '../lock.ts';
import { parseTransaction } from './transaction.ts';

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const hex = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('hex'));
const anyInput = fc.record({
  outpoint: fc.record({
    tx: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    // The last index belongs to coinbases.
    index: fc.integer({ min: 0, max: 0xfffffffe }),
  }),
  script: fc.oneof({ weight: 9, arbitrary: hex(120) }, { weight: 1, arbitrary: hex(600) }),
  witness: fc.array(hex(80), { maxLength: 4 }),
  sequence: uint32,
});
const anyTransaction: fc.Arbitrary<WrittenTransaction> = fc.record({
  version: uint32,
  lockTime: uint32,
  inputs: fc.uniqueArray(anyInput, {
    minLength: 1,
    maxLength: 6,
    selector: ({ outpoint }) => `${outpoint.tx}.${outpoint.index}`,
  }),
  outputs: fc.array(fc.record({ amount: fc.bigInt(0n, 350_000_000_000_000n), script: hex(80) }), {
    minLength: 1,
    maxLength: 6,
  }),
});

test('law: a transaction written down is read as it was', () => {
  fc.assert(
    fc.property(anyTransaction, (written) => {
      const bytes = writeTransaction(written);
      const read = parseTransaction(BITCOIN, bytes);
      expect(read).toEqual({
        tx: Transaction.fromRaw(bytes, PERMISSIVE).id,
        isSegwit: written.inputs.some(({ witness }) => witness.length > 0),
        version: written.version,
        lockTime: written.lockTime,
        size: bytes.length,
        inputs: written.inputs,
        outputs: written.outputs.map(({ amount, script }) => ({ amount, script, lock: lockOf(BITCOIN, script) })),
      });
    }),
  );
});

test('law: no bytes make it fail otherwise than by saying where they are wrong', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        parseTransaction(BITCOIN, bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-input', message: expect.stringMatching(/^at byte \d+: /) });
      }
    }),
  );
});

test('a transaction in a part of a larger buffer', () => {
  const [written] = fc.sample(anyTransaction, { numRuns: 1, seed: 1 }) as [WrittenTransaction];
  const bytes = writeTransaction(written);
  const larger = new Uint8Array(bytes.length + 20);
  larger.set(bytes, 7);
  expect(parseTransaction(BITCOIN, larger.subarray(7, 7 + bytes.length))).toEqual(parseTransaction(BITCOIN, bytes));
});

const PERMISSIVE = {
  allowUnknownInputs: true,
  allowUnknownOutputs: true,
  disableScriptCheck: true,
  allowLegacyWitnessUtxo: true,
  allowUnknownVersion: true,
} as const;
