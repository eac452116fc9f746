import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../../test/fixed-seed.ts';
import { fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence, TransactionEvidence } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import { decodeLegs } from './protocols.ts';

const FIXTURES = join(import.meta.dirname, '../../../../test/data/crossings');

const records: readonly TransactionEvidence[] = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(join(FIXTURES, name))
      .filter((file) => file !== 'expected.json')
      .flatMap((file) => fixtureEvidence(name, file)),
  );

/** One thing done to every hex string of a record: cut short, lengthened, or a stretch of it replaced. */
type Damage = { readonly kind: 'cut' | 'add' | 'replace'; readonly at: number; readonly digits: string };

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('cut', 'add', 'replace'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  digits: fc.oneof(fc.constant('f'.repeat(64)), fc.stringMatching(/^[0-9a-f]{1,80}$/)),
});

function damaged(hex: string, { kind, at, digits }: Damage): string {
  const place = hex.startsWith('0x') ? 2 + Math.floor(at * (hex.length - 2)) : Math.floor(at * hex.length);
  if (kind === 'cut') return hex.slice(0, place);
  if (kind === 'add') return hex + digits;
  return hex.slice(0, place) + digits + hex.slice(place + digits.length);
}

function spoilt(record: TransactionEvidence, how: Damage): TransactionEvidence {
  if (record.kind === 'utxo') {
    const script = (each: string | null): string | null => (each === null ? null : damaged(each, how));
    const inputs = record.inputs.map((input) => ({ ...input, script: script(input.script) }));
    const outputs = record.outputs.map((output) => ({ ...output, script: script(output.script) }));
    return { ...record, inputs, outputs };
  }
  const logs = record.logs?.map((log) => ({ ...log, data: damaged(log.data, how) })) ?? null;
  const frames = record.frames?.map((frame) => ({ ...frame, input: damaged(frame.input, how) })) ?? null;
  return { ...record, input: record.input === null ? null : damaged(record.input, how), logs, frames };
}

describe('damaged records', () => {
  it('law: no damage to a recorded transaction makes a decoder throw, or a leg of less than nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...records), damage, (record, how) => {
        for (const { amount, key } of decodeLegs(spoilt(record, how))) {
          expect(amount === null || amount >= 0n).toBe(true);
          expect(key).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('law: nor does a record without topics, receipt or trace', () => {
    for (const record of records) {
      if (record.kind === 'utxo') {
        const bare = { ...record, inputs: [], outputs: record.outputs.map((output) => ({ ...output, script: null })) };
        expect(decodeLegs(bare)).toEqual([]);
        continue;
      }
      const logs = record.logs?.map((log) => ({ ...log, topics: log.topics.slice(0, 1) })) ?? null;
      expect(() => decodeLegs({ ...record, logs })).not.toThrow();
      expect(() => decodeLegs({ ...record, logs: null, frames: null, from: null, value: null })).not.toThrow();
    }
  });

  it('law: the same events, emitted by a contract that no protocol knows, are no leg of any', () => {
    let legs = 0;
    for (const record of records) {
      if (record.kind !== 'evm' || record.logs === null) continue;
      const account = `${record.chain}:0x${'5e'.repeat(20)}` as const;
      const logs = record.logs.map((log) => ({ ...log, address: account }));
      // The Avalanche bridge has no contract on Ethereum: whoever pays its account is in, with whatever token.
      const fromEvents = (each: TransactionEvidence) =>
        decodeLegs(each).filter(({ place, protocol }) => place.kind === 'log' && protocol !== 'avalanche-bridge');
      legs += fromEvents(record).length;
      expect({ tx: record.tx, legs: fromEvents({ ...record, logs }) }).toEqual({ tx: record.tx, legs: [] });
      // Another chain has none of these contracts.
      expect({ tx: record.tx, legs: fromEvents(moved(record)) }).toEqual({ tx: record.tx, legs: [] });
    }
    expect(legs).toBe(64);
  });
});

/** The same on a chain that is no protocol's. */
function moved(record: EvmEvidence): EvmEvidence {
  const to = (account: Account): Account => `eip155:5:${account.slice(account.lastIndexOf(':') + 1)}`;
  const logs = record.logs?.map((log) => ({ ...log, address: to(log.address) })) ?? null;
  return { ...record, chain: 'eip155:5', to: record.to === null ? null : to(record.to), logs, frames: null };
}
