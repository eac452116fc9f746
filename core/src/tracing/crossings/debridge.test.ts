import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { debridge } from './debridge.ts';

type Row = Readonly<
  Record<'key' | 'giveToken' | 'giveAmount' | 'takeChainId' | 'takeToken' | 'takeAmount' | 'receiverDst', string>
> &
  Readonly<Record<'fulfillAmount' | 'recipient', string>> & {
    readonly orderIdRecomputed: boolean;
    readonly chainId: number;
  };
const expected = expectedOf('debridge') as Record<string, { legs?: readonly Row[]; transactions?: readonly Row[] }>;
const only = (file: string) => fixtureEvidence('debridge', file)[0] as EvmEvidence;
const created = ['create_eth_to_base.json', 'create_eth_to_op.json'];
const ether = (chain: string | number) => `eip155:${chain}/slip44:60`;
const zero = `0x${'0'.repeat(40)}`;

describe('deBridge', () => {
  it('decodes the 2 orders created field by field; their hash is reproduced', () => {
    for (const file of created) {
      const row = expected[file]?.legs?.[0] as Row;
      expect(debridge.decode(only(file))).toMatchObject([
        {
          side: 'in',
          key: row.key,
          asset: ether(1),
          amount: BigInt(row.giveAmount),
          // A contract between the sender and deBridge pays in the sender's place.
          account:
            file === 'create_eth_to_op.json' ? 'eip155:1:0x6aa981bff95edfea36bdae98c26b274ffcafe8d3' : only(file).from,
          destination: {
            account: `eip155:${row.takeChainId}:${row.receiverDst}`,
            asset: `eip155:${row.takeChainId}/erc20:${row.takeToken}`,
            amount: BigInt(row.takeAmount),
          },
        },
      ]);
    }
  });

  it('decodes the 41 fills known by their call data; the hash of those without an external call is reproduced', () => {
    const rows = expected['calldata_fulfillOrder.json']?.transactions ?? [];
    const records = fixtureEvidence('debridge', 'calldata_fulfillOrder.json') as readonly EvmEvidence[];
    expect(rows).toHaveLength(41);
    rows.forEach((row, i) => {
      const [leg] = debridge.decode(records[i] as EvmEvidence);
      const isCoin = row.takeToken === zero;
      expect(leg).toMatchObject({
        side: 'out',
        key: row.key,
        amount: BigInt(row.fulfillAmount),
        account: `eip155:${row.chainId}:${row.recipient.toLowerCase()}`,
      });
      if (!isCoin) expect(leg?.asset).toBe(`eip155:${row.chainId}/erc20:${row.takeToken.toLowerCase()}`);
      expect(leg?.asset?.includes('slip44')).toBe(isCoin);
      expect(leg?.notes.join()).toContain('no receipt');
    });
    expect(rows.every(({ orderIdRecomputed }) => orderIdRecomputed)).toBe(true);
  });

  it('makes nothing of an order with another hash, another contract, a failed transaction, or data cut short', () => {
    for (const file of created) {
      const record = only(file);
      const changed = (change: (data: string) => object): EvmEvidence => ({
        ...record,
        logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log.data) })),
      });
      const row = expected[file]?.legs?.[0] as Row;
      const amount = BigInt(row.giveAmount).toString(16).padStart(64, '0');
      const inflated = changed((data) => ({
        data: data.replace(amount, amount.replace(/.$/, 'f').replace(/^0/, '0')),
      }));
      expect(debridge.decode(inflated)).toEqual(amount.endsWith('f') ? debridge.decode(record) : []);
      expect(
        debridge.decode(changed(() => ({ address: 'eip155:1:0x00000000000000000000000000000000000000aa' }))),
      ).toEqual([]);
      expect(debridge.decode(changed((data) => ({ data: data.slice(0, 2 + 64 * 9) })))).toEqual([]);
      expect(debridge.decode({ ...record, succeeded: false })).toEqual([]);
    }
  });
});
