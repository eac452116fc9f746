import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { synapse } from './synapse.ts';

type Row = Readonly<Record<'leg' | 'key' | 'to' | 'chainId' | 'token' | 'amount', string>>;
const expected = expectedOf('synapse') as Record<string, { legs: readonly [Row] }>;
const only = (file: string) => fixtureEvidence('synapse', file)[0] as EvmEvidence;
const files = Object.keys(expected);
const USDC = 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48';

describe('Synapse', () => {
  it('decodes the 2 deposits and the 4 payouts field by field', () => {
    expect(files).toHaveLength(6);
    for (const file of files) {
      const [row] = (expected[file] as { legs: readonly [Row] }).legs;
      const legs = synapse.decode(only(file));
      const isIn = row.leg === 'source';
      expect({ file, count: legs.length, ...legs[0] }).toMatchObject({
        ...{ file, count: 1, side: isIn ? 'in' : 'out', amount: BigInt(row.amount) },
        ...(isIn
          ? {
              asset: `eip155:1/erc20:${row.token.toLowerCase()}`,
              destination: { account: `eip155:${row.chainId}:${row.to.toLowerCase()}` },
            }
          : { key: row.key, account: `eip155:1:${row.to.toLowerCase()}` }),
      });
    }
  });

  it('takes what was paid from the transfer: the event names a token of 18 decimals, paid were 6', () => {
    for (const file of files.filter((name) => name.startsWith('withdraw'))) {
      const [leg] = synapse.decode(only(file));
      expect(leg?.notes.join()).toContain('exchanged on the way');
      expect(leg?.asset).toMatch(/erc20:0x(a0b8|dac1|6b17)/);
    }
    expect(synapse.decode(only('withdraw_remove_a.json'))[0]?.asset).toBe(USDC);
  });

  it('makes nothing of another contract, a failed transaction, or data cut short', () => {
    for (const file of files) {
      const record = only(file);
      const changed = (change: (data: string) => object): EvmEvidence => ({
        ...record,
        logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log.data) })),
      });
      expect(
        synapse.decode(changed(() => ({ address: 'eip155:1:0x00000000000000000000000000000000000000aa' }))),
      ).toEqual([]);
      expect(synapse.decode(changed(() => ({ data: '0x' })))).toEqual([]);
      expect(synapse.decode({ ...record, succeeded: false })).toEqual([]);
    }
  });
});
