import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { symbiosis } from './symbiosis.ts';

type Row = Readonly<
  Record<'crossChainID' | 'to' | 'amount' | 'fee' | 'token' | 'receiveSide' | 'finalReceiveSide', string>
> & {
  readonly chainId: number;
};
const FILE = 'calldata_receiveRequestV2Signed.json';
const rows = (expectedOf('symbiosis') as Record<string, { transactions: readonly Row[] }>)[FILE]?.transactions ?? [];
const records = fixtureEvidence('symbiosis', FILE) as readonly EvmEvidence[];

describe('Symbiosis', () => {
  it('decodes the 14 payouts known by their call data field by field', () => {
    expect(rows).toHaveLength(14);
    rows.forEach((row, i) => {
      const [leg] = symbiosis.decode(records[i] as EvmEvidence);
      expect(leg).toMatchObject({
        side: 'out',
        key: row.crossChainID,
        asset: `eip155:${row.chainId}/erc20:${row.token.toLowerCase()}`,
        amount: BigInt(row.amount) - BigInt(row.fee),
        account: `eip155:${row.chainId}:${row.to.toLowerCase()}`,
        venue: `eip155:${row.chainId}:${row.receiveSide.toLowerCase()}`,
      });
      const isExchanged = BigInt(row.finalReceiveSide) !== 0n;
      expect(leg?.notes.some((note) => note.startsWith('The payout calls'))).toBe(isExchanged);
    });
  });

  it('joins a request and the payout that names its number, on made-up events of the right contracts', () => {
    const pad = (value: bigint | string): string => BigInt(value).toString(16).padStart(64, '0');
    const id = `0x${'ab'.repeat(32)}`;
    const token = '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48';
    const person = '0x00000000000000000000000000000000000000aa';
    const record: EvmEvidence = {
      ...(records[0] as EvmEvidence),
      chain: 'eip155:1',
      succeeded: true,
      frames: null,
      input: '0x',
    };
    const log = (topics: readonly string[], words: readonly (bigint | string)[]) => ({
      ...{ logIndex: 1, address: 'eip155:1:0xb8f275fbf7a959f4bce59999a2ef122a099e81a8' as const },
      topics: topics.map((each) => `0x${each.slice(2).padStart(64, '0')}`),
      data: `0x${words.map(pad).join('')}`,
    });
    const requested = log(
      ['0x31325fe0a1a2e6a5b1e41572156ba5b4e94f0fae7e7f63ec21e9b5ce1e4b3eab', person, '0xd38c24', person],
      [id, person, 1000n, token],
    );
    const completed = log(
      ['0xaeef64b7687b985665b6620c7fa271b6f051a3fbe2bfc366fb9c964602eb6d26', '0x1', id, person],
      [990n, 10n, token],
    );
    const [taken] = symbiosis.decode({ ...record, logs: [requested] });
    const [paid] = symbiosis.decode({ ...record, logs: [completed] });
    expect([taken?.key, taken?.amount, paid?.key, paid?.amount]).toEqual([id, 1000n, id, 980n]);
    const elsewhere = { ...requested, address: 'eip155:1:0x00000000000000000000000000000000000000bb' as const };
    expect(symbiosis.decode({ ...record, logs: [elsewhere] })).toEqual([]);
    expect(symbiosis.decode({ ...record, logs: [{ ...requested, data: '0x' }] })).toEqual([]);
    expect(symbiosis.decode({ ...record, logs: [requested], succeeded: false })).toEqual([]);
  });
});
