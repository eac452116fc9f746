import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import { cutShort, lookAlike, replayed, withLogs } from '../../../../test/spoilt-records.ts';
import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Chain } from '../../units/index.ts';
import type { Leg } from './leg.ts';
import { synapse } from './synapse.ts';

type Row = Readonly<Record<'leg' | 'key' | 'to' | 'chainId' | 'token' | 'amount' | 'fee', string>>;
const expected = expectedOf('synapse') as Record<string, { legs: readonly [Row] }>;
const only = (file: string) => fixtureEvidence('synapse', file)[0] as EvmEvidence;
const files = Object.keys(expected);
const rowOf = (file: string): Row => expected[file]?.legs[0] as Row;
const USDC = 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48';
const USDT = 'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7';
const BRIDGE = 'eip155:1:0x2796317b0ff8538f253012862c06787adfb8ceb6';

describe('Synapse', () => {
  it('decodes the 2 deposits field by field', () => {
    const deposits = files.filter((file) => rowOf(file).leg === 'source');
    expect(deposits).toHaveLength(2);
    for (const file of deposits) {
      const row = rowOf(file);
      const chain = `eip155:${row.chainId}`;
      expect({ file, legs: synapse.decode(only(file)) }).toMatchObject({
        file,
        legs: [
          {
            ...{ side: 'in', kind: 'transfer', amount: BigInt(row.amount), venue: BRIDGE },
            asset: `eip155:1/erc20:${row.token.toLowerCase()}`,
            // The contract that turns stablecoins into the pool's token pays for the sender.
            account: 'eip155:1:0x6571d6be3d8460cf5f7d6711cd9961860029d85f',
            destination: { chain, account: `${chain}:${row.to.toLowerCase()}`, asset: null, amount: null },
            notes: [expect.stringContaining('not tested here'), expect.stringContaining(only(file).from as string)],
          },
        ],
      });
    }
  });

  it('names a deposit by the hash of its transaction’s name as text, not as bytes', () => {
    // keccak256 of the 66 characters, worked with another library.
    const keys = {
      'deposit_eth_to_fantom.json': '0x8f1bcec72040c2377f915e4e842b1d76198a292682ca8052b78d9a2488a28709',
      'deposit_eth_to_harmony.json': '0xcfa310e515f559f9e7b9343314fd8ed719f627a36f2a24a03c30274e42cb6e42',
    };
    for (const [file, key] of Object.entries(keys)) {
      expect(synapse.decode(only(file))[0]?.key).toBe(key);
      const shouted = { ...only(file), tx: only(file).tx.toUpperCase().replace('0X', '0x') };
      expect(synapse.decode(shouted)[0]?.key).toBe(key);
    }
  });

  it('decodes the 4 payouts field by field: the event names a token of 18 decimals, paid were 6', () => {
    const payouts = files.filter((file) => rowOf(file).leg === 'destination');
    expect([payouts.length, files.length]).toEqual([4, 6]);
    for (const file of payouts) {
      const row = rowOf(file);
      expect({ file, legs: synapse.decode(only(file)) }).toMatchObject({
        file,
        legs: [
          {
            ...{
              side: 'out',
              kind: 'transfer',
              key: row.key,
              account: `eip155:1:${row.to.toLowerCase()}`,
              venue: BRIDGE,
            },
            ...{ amount: BigInt(row.amount), asset: file === 'withdraw_remove_b.json' ? USDT : USDC },
            notes: [
              expect.stringContaining('No pair is on record'),
              `The event names eip155:1:${row.token.toLowerCase()}, which was exchanged on the way.`,
            ],
          },
        ],
      });
      // The fee is in the pool's token: taken from the amount it would leave less than nothing.
      expect(BigInt(row.amount)).toBeLessThan(BigInt(row.fee));
    }
  });

  it('names no amount where another transfer of as much stands before the payout', () => {
    const record = only('withdraw_remove_a.json');
    const logs = record.logs ?? [];
    const paid = logs.at(-2) as EventLog;
    const other = {
      ...paid,
      logIndex: paid.logIndex - 3,
      address: 'eip155:1:0x00000000000000000000000000000000000000aa',
    };
    expect(synapse.decode({ ...record, logs: [other as EventLog, ...logs] })).toMatchObject([
      { key: rowOf('withdraw_remove_a.json').key, asset: null, amount: null },
    ]);
  });

  it('refuses a payout that is recorded twice', () => {
    const [output] = synapse.decode(only('withdraw_remove_a.json')) as [Leg];
    const [deposit] = synapse.decode(only('deposit_eth_to_fantom.json')) as [Leg];
    const input = { ...deposit, key: output.key, destination: null };
    expect(replayed(input, output)).toMatchObject({ crossings: [], refused: [{ key: `synapse:${output.key}` }] });
  });

  it('makes nothing of another contract, a failed transaction, or data cut short', () => {
    for (const file of files) {
      const record = only(file);
      const keys = synapse.decode(record).map(({ key }) => key);
      expect(synapse.decode(lookAlike(record))).toEqual([]);
      expect(synapse.decode(withLogs(record, ({ data }) => ({ data: data.slice(0, 2 + 64) })))).toEqual([]);
      expect(synapse.decode({ ...record, succeeded: false })).toEqual([]);
      for (const cut of cutShort(record)) for (const { key } of synapse.decode(cut)) expect(keys).toContain(key);
    }
  });
});

const KEY = `0x${'ab'.repeat(32)}`;
const TOKEN = '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48';
const COIN = `0x${'ee'.repeat(20)}`;
const PERSON = '0x00000000000000000000000000000000000000aa';
const ADAPTER = '0x5ba000bb06230e0582e111f08e1f2f2f200005ba';
const QUOTES = '0x5523d3c98809dddb82c686e152f5c58b1b0fb59e';

const pad = (value: bigint | string): string => BigInt(value).toString(16).padStart(64, '0');

/** A made-up event of one of the contracts. */
function made(
  chain: Chain,
  contract: string,
  topics: readonly string[],
  words: readonly (bigint | string)[],
): EvmEvidence {
  const padded = topics.map((each) => `0x${each.slice(2).padStart(64, '0')}`);
  const data = `0x${words.map(pad).join('')}`;
  const logs: EventLog[] = [{ logIndex: 1, address: `${chain}:${contract}`, topics: padded, data }];
  return { ...only('withdraw_remove_a.json'), chain, frames: null, value: 0n, input: '0x', logs };
}

describe('Synapse by LayerZero and by quotes, made up: no recorded receipt has their events', () => {
  const sent = made(
    'eip155:1',
    ADAPTER,
    ['0xe24e6284bb4ec2f5820189573deff7603191eb850be5a872ac3b72d477cdc58d', '0x75e8', PERSON, TOKEN],
    [50n, KEY],
  );
  const received = made(
    'eip155:8453',
    ADAPTER,
    ['0xdacad4857568b1be1bc81a68218d331a0b5cb59e116a32d2121cb960c6c7f4f5', '0x7595', PERSON, TOKEN],
    [50n, KEY],
  );
  const requested = made(
    'eip155:1',
    QUOTES,
    ['0x120ea0364f36cdac7983bcfdd55270ca09d7f9b314a2ebc425a3b01ab1d6403a', KEY, PERSON],
    [224n, 10n, COIN, TOKEN, 900n, 890n, 0n, 0n],
  );
  const relayed = made(
    'eip155:10',
    QUOTES,
    ['0xf8ae392d784b1ea5e8881bfa586d81abf07ef4f1e2fc75f7fe51c90f05199a5c', KEY, '0xbb', PERSON],
    [1n, COIN, TOKEN, 900n, 890n, 0n],
  );

  it('reads both sides of each, by their number, and says that none was tested', () => {
    const legs = [sent, received, requested, relayed].map((record) => synapse.decode(record)[0] as Leg);
    expect(legs).toMatchObject([
      { side: 'in', key: KEY, amount: 50n, destination: { chain: 'eip155:8453', account: `eip155:8453:${PERSON}` } },
      { side: 'out', key: KEY, amount: 50n, account: `eip155:8453:${PERSON}` },
      {
        side: 'in',
        key: KEY,
        amount: 900n,
        asset: 'eip155:1/slip44:60',
        destination: { chain: 'eip155:10', amount: 890n },
      },
      { side: 'out', key: KEY, amount: 890n, asset: `eip155:10/erc20:${TOKEN}`, account: `eip155:10:${PERSON}` },
    ]);
    for (const leg of legs) expect(leg.notes[0]).toContain('no transaction of this kind');
    expect(replayed(legs[2] as Leg, legs[3] as Leg).crossings).toEqual([]);
  });

  it('makes nothing of another contract, another chain, a failed transaction, or data cut short', () => {
    for (const record of [sent, received, requested, relayed]) {
      expect(synapse.decode(lookAlike(record))).toEqual([]);
      expect(synapse.decode({ ...record, succeeded: false })).toEqual([]);
      expect(synapse.decode(withLogs(record, ({ data }) => ({ data: data.slice(0, 2 + 64) })))).toEqual([]);
      for (const cut of cutShort(record)) for (const { key } of synapse.decode(cut)) expect(key).toBe(KEY);
    }
    expect(synapse.decode({ ...requested, chain: 'eip155:250' })).toEqual([]);
  });
});
