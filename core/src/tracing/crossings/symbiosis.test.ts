import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import { cutShort, lookAlike, replayed } from '../../../../test/spoilt-records.ts';
import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Account, Chain } from '../../units/index.ts';
import type { Leg } from './leg.ts';
import { symbiosis } from './symbiosis.ts';

type Row = Readonly<
  Record<'crossChainID' | 'to' | 'amount' | 'fee' | 'token' | 'receiveSide' | 'finalReceiveSide' | 'hash', string>
> & { readonly chainId: number };
const FILE = 'calldata_receiveRequestV2Signed.json';
const rows = (expectedOf('symbiosis') as Record<string, { transactions: readonly Row[] }>)[FILE]?.transactions ?? [];
const records = fixtureEvidence('symbiosis', FILE) as readonly EvmEvidence[];

describe('Symbiosis', () => {
  it('decodes the 14 payouts known by their call data field by field', () => {
    let exchanged = 0;
    for (const [i, row] of rows.entries()) {
      const [leg, ...more] = symbiosis.decode(records[i] as EvmEvidence);
      const to = `eip155:${row.chainId}:${row.to.toLowerCase()}`;
      const isExchanged = BigInt(row.finalReceiveSide) !== 0n;
      expect(more).toEqual([]);
      expect(leg).toMatchObject({
        ...{ side: 'out', kind: 'transfer', key: row.crossChainID, tx: row.hash, chain: `eip155:${row.chainId}` },
        asset: `eip155:${row.chainId}/erc20:${row.token.toLowerCase()}`,
        amount: BigInt(row.amount) - BigInt(row.fee),
        // Where an exchange is called, the payee is inside that call; whom the payout names then stands in the notes.
        account: isExchanged ? null : to,
        venue: `eip155:${row.chainId}:${row.receiveSide.toLowerCase()}`,
      });
      expect(leg?.notes[0]).toContain('no receipt');
      if (!isExchanged) continue;
      exchanged++;
      expect(leg?.notes[1]).toContain(
        `to ${to} by a call of eip155:${row.chainId}:${row.finalReceiveSide.toLowerCase()}`,
      );
    }
    expect([rows.length, records.length, exchanged]).toEqual([14, 14, 10]);
  });

  it('joins neither of two calls that ask for one payout: one of them failed, and the record does not say which', () => {
    const legs = records.flatMap((record) => symbiosis.decode(record));
    const twice = legs.filter(({ key }) => legs.filter((each) => each.key === key).length === 2);
    expect(twice).toHaveLength(2);
    expect(replayed(requested, twice[0] as Leg).crossings).toEqual([]);
  });

  it('makes nothing of a call to another contract, for another portal, of a failed transaction, or cut short', () => {
    const [record] = records as [EvmEvidence];
    const { input } = record as { input: string };
    const [leg] = symbiosis.decode(record) as [Leg];
    const elsewhere = 'eip155:534352:0x00000000000000000000000000000000000000aa' as const;
    expect(symbiosis.decode({ ...record, to: elsewhere })).toEqual([]);
    const portal = '5aa5f7f84ed0e5db0a4a85c3947ea16b53352fd4';
    expect(symbiosis.decode({ ...record, input: input.replace(portal, 'aa'.repeat(20)) })).toEqual([]);
    expect(symbiosis.decode({ ...record, succeeded: false })).toEqual([]);
    expect(symbiosis.decode({ ...record, logs: [] })).toEqual([]);
    for (let at = 0; at < input.length; at += 13) {
      for (const each of symbiosis.decode({ ...record, input: input.slice(0, at) })) {
        expect([each.key, each.amount]).toEqual([leg.key, leg.amount]);
      }
    }
  });
});

const ID = `0x${'ab'.repeat(32)}`;
const TOKEN = '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48';
const PERSON = '0x00000000000000000000000000000000000000aa';
const PORTAL = '0xb8f275fbf7a959f4bce59999a2ef122a099e81a8';
const LOCKER = '0xdcd0cb19bbe117648cf138f816d08248af241694';
const FILLER = '0x54cce448468c137c05c895aac9ca769b82e1fe72';

const pad = (value: bigint | string): string => BigInt(value).toString(16).padStart(64, '0');

/** A made-up event of one of the contracts. */
function made(chain: Chain, contract: string, topics: readonly string[], words: readonly (bigint | string)[]) {
  const address: Account = `${chain}:${contract}`;
  const log: EventLog = {
    ...{ logIndex: 1, address, data: `0x${words.map(pad).join('')}` },
    topics: topics.map((each) => `0x${each.slice(2).padStart(64, '0')}`),
  };
  const record = records[0] as EvmEvidence;
  return { ...record, chain, succeeded: true, frames: null, input: '0x', logs: [log] } satisfies EvmEvidence;
}

const REQUEST = made(
  'eip155:1',
  PORTAL,
  [
    '0x31325fe0a1a2e6a5b1e41572156ba5b4e94f0fae7e7f63ec21e9b5ce1e4b3eab',
    PERSON,
    `0x${(13863860).toString(16)}`,
    PERSON,
  ],
  [ID, PERSON, 1000n, TOKEN],
);
const COMPLETION = made(
  'eip155:137',
  PORTAL,
  ['0xaeef64b7687b985665b6620c7fa271b6f051a3fbe2bfc366fb9c964602eb6d26', '0x1', ID, PERSON],
  [990n, 10n, TOKEN],
);
const UNDOING = made(
  'eip155:1',
  PORTAL,
  ['0xefcdf9ea4e65571d2ce9c030c46954e950662df8a7d8bd039fc4417e37b2f88c', ID, PERSON],
  [1000n, 5n, TOKEN],
);
const LOCKED = made(
  'eip155:8453',
  LOCKER,
  ['0x8b4cbc791dddb376fb89eba475c41896f97673ece5db78a30bb2340d2772cb45', ID],
  [TOKEN, 50n, PERSON, 1n, 8453n, 320n, 1n, 2n],
);
const FILLED = made(
  'eip155:42161',
  FILLER,
  ['0x4f02007c5b383d0fb2923b90ac1cc973e61e27f22ce6b7f5c651faa9cdcf21ec', ID, PERSON],
  [32n, 0n],
);
const [requested] = symbiosis.decode(REQUEST) as [Leg];

describe('Symbiosis’ events, made up: no recorded receipt has them', () => {
  it('reads a request, its payout on another chain, its undoing, and an intent', () => {
    const [completed, undone, locked, filled] = [COMPLETION, UNDOING, LOCKED, FILLED].map(
      (record) => symbiosis.decode(record)[0] as Leg,
    );
    expect(requested).toMatchObject({ side: 'in', key: ID, amount: 1000n, asset: `eip155:1/erc20:${TOKEN}` });
    expect(completed).toMatchObject({ side: 'out', kind: 'transfer', key: ID, amount: 980n });
    expect(undone).toMatchObject({ side: 'out', kind: 'refund', key: ID, amount: 995n, account: `eip155:1:${PERSON}` });
    expect(locked).toMatchObject({ side: 'in', key: ID, amount: 50n, asset: `eip155:8453/erc20:${TOKEN}` });
    expect(filled).toMatchObject({ side: 'out', key: ID, amount: null, account: null });
    for (const leg of [requested, completed, undone, locked, filled]) expect(leg?.notes[0]).toContain('not tested');
  });

  it('says of the hub, chain 13863860, only that the value went there: the payout may be on any chain', () => {
    expect(requested.notes.join()).toContain('Sent to the hub, chain 13863860,');
    expect(requested.destination).toEqual({ chain: null, account: null, asset: null, amount: null });
    const [completed] = symbiosis.decode(COMPLETION) as [Leg];
    expect(replayed(requested, completed)).toMatchObject({ crossings: [], refused: [{ key: `symbiosis:${ID}` }] });
  });

  it('makes nothing of another contract, of the BSC contract that has the portal’s address, or of data cut short', () => {
    for (const record of [REQUEST, COMPLETION, UNDOING, LOCKED, FILLED]) {
      expect(symbiosis.decode(lookAlike(record))).toEqual([]);
      expect(symbiosis.decode({ ...record, succeeded: false })).toEqual([]);
      for (const cut of cutShort(record)) {
        for (const { key, amount } of symbiosis.decode(cut)) {
          expect([key, amount]).toEqual([ID, symbiosis.decode(record)[0]?.amount]);
        }
      }
    }
    const [log] = REQUEST.logs as [EventLog];
    const onBsc = { ...log, address: `eip155:56:${PORTAL}` as const };
    expect(symbiosis.decode({ ...REQUEST, chain: 'eip155:56', logs: [onBsc] })).toEqual([]);
  });
});
