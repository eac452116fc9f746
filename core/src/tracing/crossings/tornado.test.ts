import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { legKey } from './leg.ts';
import { TORNADO_POOLS, type TornadoEvent, tornado, tornadoEvents } from './tornado.ts';

type Row = { readonly [key: string]: string };
const expected = expectedOf('tornado') as Record<string, { transactions: Row[]; events: { args: Row }[]; legs: Row[] }>;
const account = (address: string | undefined): string => `eip155:1:${address?.toLowerCase()}`;
const WITHDRAWALS = ['withdraw_1eth_a.json', 'withdraw_1eth_b.json', 'withdraw_10eth_b.json'];

function fieldsOf(event: TornadoEvent | undefined): object {
  if (event?.kind !== 'withdrawal') return { leg: 'entry', commitment: event?.commitment };
  const { recipient, nullifierHash, relayer, fee } = event;
  return { leg: 'exit', recipient, nullifierHash, relayer, fee: String(fee) };
}

function expectedFields(row: Row): object {
  if (row['leg'] === 'entry') return { leg: 'entry', commitment: row['commitment'] };
  const { nullifierHash, fee } = row;
  const isNobody = /^0x0+$/.test(row['relayer'] ?? '');
  const relayer = isNobody ? null : account(row['relayer']);
  return { leg: 'exit', recipient: account(row['recipient']), nullifierHash, relayer, fee };
}

describe('Tornado Cash', () => {
  it('reads all 31 recorded calls through proxies and router: pool, commitment or recipient, nullifier, relayer, fee', () => {
    const records = fixtureEvidence('tornado', 'calldata.json') as readonly EvmEvidence[];
    const rows = expected['calldata.json']?.transactions ?? [];
    expect(rows).toHaveLength(31);
    for (const [i, record] of records.entries()) {
      const row = rows[i] as Row;
      const events = tornadoEvents(record);
      expect(events).toHaveLength(1);
      expect([record.tx, events[0]?.pool]).toEqual([row['hash'], account(row['pool'])]);
      expect(fieldsOf(events[0])).toEqual(expectedFields(row));
      expect(tornado.decode(record)[0]?.notes.join(' ')).toContain('no receipt is on record');
    }
  });

  it.each(WITHDRAWALS)('reads the event of %s, and the same from its call data', (file) => {
    const [record] = fixtureEvidence('tornado', file) as readonly [EvmEvidence];
    const row = expected[file]?.legs[0] as Row;
    expect(tornadoEvents(record).map(fieldsOf)).toEqual([expectedFields(row)]);
    expect(tornadoEvents({ ...record, logs: null, succeeded: null }).map(fieldsOf)).toEqual([expectedFields(row)]);
  });

  it('pays out the note less the fee, and proves no link', () => {
    const [record] = fixtureEvidence('tornado', 'withdraw_10eth_b.json') as readonly [EvmEvidence];
    const [leg] = tornado.decode(record);
    expect(leg).toMatchObject({ side: 'out', key: null, asset: 'eip155:1/slip44:60', destination: null });
    // 10 ether less 0.0467834422854.
    expect(leg?.amount).toBe(9_953_216_557_714_600_000n);
    expect(leg === undefined ? null : legKey(leg)).toBeNull();
  });

  it('takes the sender of a deposit through a proxy for the depositor, and says so', () => {
    const records = fixtureEvidence('tornado', 'calldata.json') as readonly EvmEvidence[];
    const record = records.find(({ tx }) => tx.startsWith('0x344b8c89')) as EvmEvidence;
    expect(tornado.decode(record)).toMatchObject([
      { side: 'in', account: account('0xf5806e5c1c9402dcc87e9adf47bc7bc2f18cf556'), amount: 10n ** 20n, key: null },
    ]);
    expect(tornado.decode(record)[0]?.notes[1]).toContain('names no depositor');
  });

  it('knows the pools of the published list', () => {
    const listed = JSON.parse(
      readFileSync(new URL('../../../../test/data/tornado/pools.json', import.meta.url), 'utf8'),
    ) as Record<string, string>;
    const known = Object.fromEntries(
      [...TORNADO_POOLS].map(([pool, { name }]) => [pool.slice('eip155:1:'.length), name]),
    );
    expect(known).toEqual(listed);
  });

  it('makes nothing of failed transactions, other contracts’ events and calls, other chains, data cut short', () => {
    const [record] = fixtureEvidence('tornado', 'withdraw_1eth_a.json') as readonly [EvmEvidence];
    const other = 'eip155:1:0x0000000000000000000000000000000000000001' as const;
    expect(tornadoEvents({ ...record, succeeded: false })).toEqual([]);
    expect(tornadoEvents({ ...record, logs: (record.logs ?? []).map((log) => ({ ...log, address: other })) })).toEqual(
      [],
    );
    expect(tornadoEvents({ ...record, logs: (record.logs ?? []).map((log) => ({ ...log, data: '0x' })) })).toEqual([]);
    expect(tornadoEvents({ ...record, logs: null, frames: null, to: other })).toEqual([]);
    expect(tornadoEvents({ ...record, chain: 'eip155:56' })).toEqual([]);
  });
});
