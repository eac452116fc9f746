import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { wormhole } from './wormhole.ts';

type Payload = Readonly<Record<'amount8' | 'tokenAddress' | 'to' | 'fee', string>> & {
  readonly tokenChain: number;
  readonly toChain: number;
};
type Row = { readonly leg: string; readonly key: string; readonly payload: Payload };
const expected = expectedOf('wormhole') as Record<string, { legs?: readonly Row[]; transactions?: readonly Row[] }>;
const only = (file: string) => fixtureEvidence('wormhole', file)[0] as EvmEvidence;
const published = Object.keys(expected).filter((file) => expected[file]?.legs?.[0]?.leg === 'source');

/** The whole amount in base units: what a message cut to 8 decimals stands for. */
const AMOUNTS: Readonly<Record<string, readonly [asset: string, amount: bigint]>> = {
  'publish_eth_2022_a.json': ['eip155:1/slip44:60', 1_000_000_000_000_000n],
  'publish_eth_2022_matic.json': [
    'eip155:1/erc20:0x7d1afa7b718fb893db30a3abc0cfc608aacfebb0',
    462_300_000_000_000_000_000n,
  ],
  'publish_eth_relayer_payload3.json': ['eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48', 12_200_199_596n],
  'publish_eth_to_solana_weth.json': ['eip155:1/slip44:60', 3_680_000_000_000_000_000n],
};

describe('Wormhole', () => {
  it('decodes the 4 messages published field by field', () => {
    expect(published.sort()).toEqual(Object.keys(AMOUNTS).sort());
    for (const file of published) {
      const row = expected[file]?.legs?.[0] as Row;
      const legs = wormhole.decode(only(file));
      expect(legs).toHaveLength(1);
      const [asset, amount] = AMOUNTS[file] as readonly [string, bigint];
      expect({ file, ...legs[0] }).toMatchObject({ file, side: 'in', key: row.key, asset, amount });
    }
    expect(wormhole.decode(only('publish_eth_2022_matic.json'))[0]?.destination).toMatchObject({
      chain: 'eip155:137',
      account: 'eip155:137:0x970974d4e0cfdfd34c6e86b437185a550c40a80c',
    });
  });

  it('finds the person in a relayer’s payload', () => {
    const [leg] = wormhole.decode(only('publish_eth_relayer_payload3.json'));
    expect(leg?.destination).toMatchObject({
      chain: 'solana',
      account: '0xee6bb8b6407bce1534265af6f336e588dff26f38bc474ee3a0d4d854f40c0fd3',
    });
    expect(leg?.account).toBe('eip155:1:0xcafd2f0a35a4459fa40c0517e17e6fa2939441ca');
  });

  it('makes nothing of messages of other contracts', () => {
    expect(wormhole.decode(only('publish_eth_nonbridge.json'))).toEqual([]);
  });

  it('decodes a redemption once, though event and call both show it', () => {
    const row = expected['redeem_eth_from_solana_b.json']?.legs?.[0] as Row;
    expect(wormhole.decode(only('redeem_eth_from_solana_b.json'))).toMatchObject([
      { side: 'out', key: row.key, amount: 50_000_000n, account: expect.stringMatching(/3df5343b$/) },
    ]);
  });

  it('reads the key and the payee of all 15 redemptions known by their call data alone', () => {
    const rows = expected['calldata_completeTransfer.json']?.transactions ?? [];
    const records = fixtureEvidence('wormhole', 'calldata_completeTransfer.json') as readonly EvmEvidence[];
    expect(rows).toHaveLength(15);
    rows.forEach((row, i) => {
      const [leg] = wormhole.decode(records[i] as EvmEvidence);
      expect(leg).toMatchObject({
        side: 'out',
        key: row.key,
        amount: null,
        account: `eip155:1:0x${row.payload.to.slice(26)}`,
      });
      expect(leg?.notes.join()).toContain('no receipt');
    });
  });

  it('makes nothing of another contract, a failed transaction, or data cut short', () => {
    for (const file of [...published, 'redeem_eth_from_solana_b.json']) {
      const record = { ...only(file), frames: null, input: '0x' };
      const changed = (change: (data: string) => object): EvmEvidence => ({
        ...record,
        logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log.data) })),
      });
      const elsewhere = 'eip155:1:0x00000000000000000000000000000000000000aa' as const;
      expect(wormhole.decode(changed(() => ({ address: elsewhere })))).toEqual([]);
      if (file !== 'redeem_eth_from_solana_b.json') {
        expect(wormhole.decode(changed((data) => ({ data: data.slice(0, 2 + 64 * 5) })))).toEqual([]);
      }
      expect(wormhole.decode({ ...record, succeeded: false })).toEqual([]);
    }
  });
});
