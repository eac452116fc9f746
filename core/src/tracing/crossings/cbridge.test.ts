import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { cbridge } from './cbridge.ts';

type Row = Readonly<
  Record<'event' | 'leg' | 'key' | 'sender' | 'receiver' | 'token' | 'amount' | 'dstChainId', string>
>;
const expected = expectedOf('cbridge') as Record<string, { legs?: readonly Row[] }>;
const receipts = Object.keys(expected).filter((file) => expected[file]?.legs !== undefined);
const only = (file: string) => fixtureEvidence('cbridge', file)[0] as EvmEvidence;

describe('cBridge', () => {
  it('decodes the 6 legs of the receipts field by field; both kinds of hash are reproduced', () => {
    expect(receipts).toHaveLength(6);
    for (const file of receipts) {
      const row = expected[file]?.legs?.[0] as Row;
      const legs = cbridge.decode(only(file));
      expect(legs).toHaveLength(1);
      const isIn = row.leg === 'source';
      expect({ file, ...legs[0] }).toMatchObject({
        file,
        side: isIn ? 'in' : 'out',
        key: row.key,
        amount: BigInt(row.amount),
        ...(isIn
          ? { destination: { account: `eip155:${row.dstChainId}:${row.receiver.toLowerCase()}` } }
          : { account: `eip155:1:${row.receiver.toLowerCase()}` }),
      });
    }
  });

  it('takes ether that is hashed as its wrapped form for what moved', () => {
    const [sent] = cbridge.decode(only('send_eth_weth_to_avax.json'));
    expect([sent?.asset, sent?.account]).toEqual([
      'eip155:1/slip44:60',
      'eip155:1:0x9b58ded134e2e9967a8fecb2acdad0c7adb52f3f',
    ]);
    const [paid] = cbridge.decode(only('relay_eth_from_arb.json'));
    expect(paid?.asset).toBe('eip155:1/slip44:60');
    expect(cbridge.decode(only('send_eth_usdc.json'))[0]?.asset).toBe(
      'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48',
    );
  });

  it('makes nothing of another contract, another sum, a failed transaction, or data cut short', () => {
    for (const file of receipts) {
      const record = only(file);
      const changed = (change: (data: string) => object): EvmEvidence => ({
        ...record,
        logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log.data) })),
      });
      expect(
        cbridge.decode(changed(() => ({ address: 'eip155:1:0x00000000000000000000000000000000000000aa' }))),
      ).toEqual([]);
      expect(cbridge.decode(changed((data) => ({ data: data.slice(0, 66) })))).toEqual([]);
      expect(cbridge.decode({ ...record, succeeded: false })).toEqual([]);
      if (file.startsWith('pegged')) continue;
      // The fifth word is the amount: with another one the transfer's name is not its hash.
      const inflated = changed((data) => ({ data: data.replace(/^(0x.{256}).{64}/, `$1${'0'.repeat(62)}ff`) }));
      expect(cbridge.decode(inflated)).toEqual([]);
    }
  });
});
