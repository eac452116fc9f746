import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { ronin } from './ronin.ts';

type Row = { readonly key: string; readonly token: string; readonly amount: string } & Record<string, string>;
const expected = expectedOf('ronin_bridge') as Record<string, { legs: readonly [Row] }>;
const only = (file: string) => fixtureEvidence('ronin_bridge', file)[0] as EvmEvidence;
const rowOf = (file: string): Row => expected[file]?.legs[0] as Row;
const account = (address: string | undefined): string => `eip155:1:${address?.toLowerCase()}`;

describe('Ronin bridge', () => {
  it('decodes the 1 deposit expected: ether, though the event names its wrapped form', () => {
    const row = rowOf('token_deposited_eth.json');
    expect(row.token.toLowerCase()).toBe('0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2');
    const record = only('token_deposited_eth.json');
    const legs = ronin.decode(record);
    expect(legs).toMatchObject([
      {
        side: 'in',
        key: row.key,
        amount: BigInt(row.amount),
        asset: 'eip155:1/slip44:60',
        account: record.from,
        destination: { chain: 'ronin', account: row['sidechainAddress']?.toLowerCase() },
      },
    ]);
    expect(legs[0]?.notes.join()).toContain(account(row['owner']));
  });

  it('decodes the 1 withdrawal expected, field by field', () => {
    const row = rowOf('token_withdrew_slp.json');
    expect(ronin.decode(only('token_withdrew_slp.json'))).toMatchObject([
      {
        side: 'out',
        key: row.key,
        amount: BigInt(row.amount),
        asset: `eip155:1/erc20:${row.token.toLowerCase()}`,
        account: account(row['recipient']),
        venue: 'eip155:1:0x1a2a1c938ce3ec39b6d47113c7955baa9dd454f2',
      },
    ]);
    expect(Object.keys(expected)).toHaveLength(2);
  });

  it('makes nothing of the same event of another contract, of a failed transaction, or of data cut short', () => {
    const record = only('token_withdrew_slp.json');
    const changed = (change: object): EvmEvidence => ({
      ...record,
      logs: (record.logs ?? []).map((log) => ({ ...log, ...change })),
    });
    expect(ronin.decode(changed({ address: account('0x64192819ac13ef72bf6b5ae239ac672b43a9af08') }))).toEqual([]);
    expect(ronin.decode(changed({ data: '0x' }))).toEqual([]);
    expect(ronin.decode({ ...record, succeeded: false })).toEqual([]);
  });

  it('takes the number of a single token for no amount', () => {
    const record = only('token_withdrew_slp.json');
    const logs = (record.logs ?? []).map((log) =>
      log.topics.length === 3 ? { ...log, topics: [...log.topics, log.data], data: '0x' } : log,
    );
    const [leg] = ronin.decode({ ...record, logs });
    expect(leg).toMatchObject({ amount: null });
    expect(leg?.notes.join()).toContain('10434');
  });
});
