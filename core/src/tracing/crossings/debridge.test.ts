import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence, readFixture } from '../../../../test/crossings-fixtures.ts';
import { cutShort, lookAlike, replayed, withLogs } from '../../../../test/spoilt-records.ts';
import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { debridge } from './debridge.ts';
import { chainOf, destinationOf, readCreateCall, readOrder } from './debridge-message.ts';
import type { Leg } from './leg.ts';

type Row = Readonly<
  Record<'key' | 'giveToken' | 'giveAmount' | 'giveChainId' | 'takeChainId' | 'takeToken' | 'takeAmount', string>
> &
  Readonly<Record<'fulfillAmount' | 'recipient' | 'receiverDst' | 'salt', string>> & {
    readonly orderIdRecomputed: boolean;
    readonly chainId: number;
    readonly hash: string;
  };
type File = { readonly legs?: readonly Row[]; readonly transactions?: readonly Row[]; readonly calldata?: Row };
const expected = expectedOf('debridge') as Record<string, File>;
const only = (file: string) => fixtureEvidence('debridge', file)[0] as EvmEvidence;
const CREATED = ['create_eth_to_base.json', 'create_eth_to_op.json'] as const;
const ASKED = 'create_arb_to_eth_17m_calldata.json';
const FILLS = 'calldata_fulfillOrder.json';
const rowOf = (file: string): Row => expected[file]?.legs?.[0] as Row;
const fills = fixtureEvidence('debridge', FILLS) as readonly EvmEvidence[];

const assetOn = (chain: string | number, token: string): RegExp =>
  BigInt(token) === 0n
    ? new RegExp(`^eip155:${chain}/slip44:[0-9]+$`)
    : new RegExp(`^eip155:${chain}/erc20:${token.toLowerCase()}$`);

describe('deBridge', () => {
  it('decodes the 2 orders created field by field; their hash is reproduced', () => {
    for (const file of CREATED) {
      const row = rowOf(file);
      // A contract between the sender and deBridge pays in the sender's place.
      const router = 'eip155:1:0x6aa981bff95edfea36bdae98c26b274ffcafe8d3';
      expect(debridge.decode(only(file))).toMatchObject([
        {
          ...{ side: 'in', kind: 'transfer', key: row.key, asset: expect.stringMatching(assetOn(1, row.giveToken)) },
          ...{ amount: BigInt(row.giveAmount), account: file === CREATED[1] ? router : only(file).from },
          venue: 'eip155:1:0xef4fb24ad0916217251f553c0596f8edc630eb66',
          destination: {
            ...{ chain: `eip155:${row.takeChainId}`, account: `eip155:${row.takeChainId}:${row.receiverDst}` },
            asset: expect.stringMatching(assetOn(row.takeChainId, row.takeToken)),
            amount: BigInt(row.takeAmount),
          },
          notes: file === CREATED[1] ? [expect.stringContaining(only(file).from as string)] : [],
        },
      ]);
      const order = readOrder(orderData(only(file)));
      expect(order?.id).toBe(row.key);
      expect(order?.give.chain).toBe(BigInt(row.giveChainId));
    }
    expect(Object.keys(expected).sort()).toEqual([FILLS, ASKED, ...CREATED].sort());
  });

  it('decodes the 41 fills known by their call data field by field; their hash is reproduced', () => {
    const rows = expected[FILLS]?.transactions ?? [];
    expect([rows.length, fills.length]).toEqual([41, 41]);
    for (const [i, row] of rows.entries()) {
      expect(debridge.decode(fills[i] as EvmEvidence)).toMatchObject([
        {
          ...{
            side: 'out',
            key: row.key,
            amount: BigInt(row.fulfillAmount),
            tx: row.hash,
            chain: `eip155:${row.chainId}`,
          },
          asset: expect.stringMatching(assetOn(row.chainId, row.takeToken)),
          account: `eip155:${row.chainId}:${row.recipient.toLowerCase()}`,
          notes: [expect.stringContaining('no receipt')],
        },
      ]);
      const order = readOrder(`0x${(fills[i]?.input ?? '').slice(10 + 64 * orderWord(fills[i] as EvmEvidence))}`);
      expect(order).toMatchObject({
        ...{ id: row.key, hasExternalCall: false },
        give: { chain: BigInt(row.giveChainId), amount: BigInt(row.giveAmount) },
        take: { chain: BigInt(row.chainId), token: row.takeToken.toLowerCase(), amount: BigInt(row.takeAmount) },
      });
    }
    expect(rows.every(({ orderIdRecomputed }) => orderIdRecomputed)).toBe(true);
  });

  it('reads the call that asks for an order field by field; it is no leg', () => {
    const row = expected[ASKED]?.calldata as Row;
    const { input } = (readFixture('debridge', ASKED) as { transaction: { input: string } }).transaction;
    expect(debridge.decode(only(ASKED))).toEqual([]);
    expect(readCreateCall(input)).toEqual({
      ...{ giveToken: row.giveToken.toLowerCase(), giveAmount: BigInt(row.giveAmount), salt: BigInt(row.salt) },
      ...{ takeChain: BigInt(row.takeChainId), takeToken: row.takeToken, takeAmount: BigInt(row.takeAmount) },
      receiver: row.receiverDst,
    });
    expect([readCreateCall(input.slice(0, 700)), readCreateCall('0x'), readCreateCall('0xb9303701')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('names chains that are not of the Ethereum kind as deBridge does, and writes Solana’s addresses its way', () => {
    expect([1n, 7565164n, 100000014n, 42161n].map(chainOf)).toEqual(['eip155:1', null, null, 'eip155:42161']);
    const order = readOrder(orderData(only(CREATED[0])));
    const to = (chain: bigint, receiver: string) =>
      destinationOf({
        ...(order as NonNullable<typeof order>),
        receiver,
        take: { chain, token: receiver, amount: 1n },
      });
    // Thirty-two zero bytes are Solana's system program, whose address is thirty-two ones.
    expect(to(7565164n, `0x${'00'.repeat(32)}`)).toEqual({
      ...{ chain: 'solana', account: '1'.repeat(32), asset: '1'.repeat(32), amount: 1n },
    });
    expect(to(100000014n, '0x1234')).toMatchObject({ chain: 'deBridge chain 100000014', account: '0x1234' });
  });
});

describe('deBridge’s events of fills and returns, made up', () => {
  const [input] = debridge.decode(only(CREATED[0])) as [Leg];
  const onBase = (topic0: string, actual: bigint | null): EvmEvidence => {
    const record = only(CREATED[0]);
    const data = record.logs?.find(({ topics }) => topics[0]?.startsWith('0xfc8703fd'))?.data ?? '';
    const order = data.slice(2 + Number(BigInt(`0x${data.slice(2, 66)}`)) * 2);
    const words = [
      actual === null ? 128n : 160n,
      BigInt(input.key ?? ''),
      ...(actual === null ? [] : [actual]),
      1n,
      2n,
    ];
    const log: EventLog = {
      ...{ logIndex: 3, address: 'eip155:8453:0xe7351fd770a37282b91d153ee690b63579d6dd7f', topics: [topic0] },
      data: `0x${words.map((value) => hex(value)).join('')}${order}`,
    };
    return { ...record, chain: 'eip155:8453', tx: `0x${'ab'.repeat(32)}`, frames: null, logs: [log] };
  };
  const FULFILLED = '0xc164aca37b9805a1c9027b6f32260a069723a82926f6e9ece4926e4dd3ea8ecf';
  const OLD = '0xd281ee92bab1446041582480d2c0a9dc91f855386bb27ea295faac1e992f7fe4';
  const RETURNED = '0x7d7d1c5b3eadbe275ceb358e65cd57410b35997187258dbaaae42ab6e1405fd8';

  it('reads fills in both forms, and refuses an order filled twice', () => {
    const account = 'eip155:8453:0x16542d52d5463ccdf6dbd0819b9150031fcf1a5a';
    const of = (amount: bigint) => ({ side: 'out', key: input.key, amount, account, chain: 'eip155:8453' });
    const [now, then] = [debridge.decode(onBase(FULFILLED, 77n)), debridge.decode(onBase(OLD, null))];
    expect([now, then]).toMatchObject([[of(77n)], [of(14405631152541411198328858n)]]);
    expect(now[0]?.notes.join()).toContain('none was among');
    expect(replayed(input, now[0] as Leg)).toMatchObject({
      crossings: [],
      refused: [{ key: `debridge:${input.key}` }],
    });
    expect(debridge.decode({ ...onBase(FULFILLED, 77n), chain: 'eip155:10' })).toEqual([]);
  });

  it('refuses two recorded calls that ask for one fill', () => {
    const legs = fills.flatMap((record) => debridge.decode(record));
    const twice = legs.filter(({ key }) => legs.filter((each) => each.key === key).length === 2);
    expect(twice).toHaveLength(4);
    const [output] = twice as [Leg];
    expect(replayed({ ...input, key: output.key, destination: null }, output).crossings).toEqual([]);
  });

  it('reads what comes back on a cancelled order, and makes nothing of what repays a solver', () => {
    const record = only(CREATED[0]);
    const log = (topic0: string): EvmEvidence => ({
      ...record,
      frames: null,
      logs: [
        {
          ...{ logIndex: 1, address: 'eip155:1:0xef4fb24ad0916217251f553c0596f8edc630eb66', topics: [topic0] },
          data: `0x${input.key?.slice(2)}${hex('0xaa')}${hex(9n)}${hex(0n)}`,
        },
      ],
    });
    expect(debridge.decode(log(RETURNED))).toMatchObject([
      {
        ...{ side: 'out', kind: 'refund', key: input.key, amount: 9n, asset: 'eip155:1/slip44:60' },
        account: 'eip155:1:0x00000000000000000000000000000000000000aa',
      },
    ]);
    expect(debridge.decode(lookAlike(log(RETURNED)))).toEqual([]);
    const unlocked = '0x33fff3d864e92b6e1ef9e830196fc019c946104ea621b833aaebd3c3e84b2f6f';
    expect(debridge.decode(log(unlocked))).toEqual([]);
  });

  it('makes nothing of an order with another hash, another contract, a failed transaction, or data cut short', () => {
    for (const record of [only(CREATED[0]), only(CREATED[1]), onBase(FULFILLED, 77n)]) {
      const [leg] = debridge.decode(record) as [Leg];
      expect(debridge.decode(withLogs(record, ({ data }) => ({ data: raised(data) })))).toEqual([]);
      expect(debridge.decode(lookAlike(record))).toEqual([]);
      expect(debridge.decode({ ...record, succeeded: false })).toEqual([]);
      expect(debridge.decode(withLogs(record, ({ data }) => ({ data: data.slice(0, 2 + 64 * 9) })))).toEqual([]);
      for (const cut of cutShort(record)) {
        for (const each of debridge.decode(cut)) expect([each.key, each.amount]).toEqual([leg.key, leg.amount]);
      }
    }
  });

  it('makes nothing of a call to another contract, or of one on a record with a receipt', () => {
    const [record] = fills as [EvmEvidence];
    expect(debridge.decode({ ...record, to: 'eip155:8453:0x00000000000000000000000000000000000000aa' })).toEqual([]);
    expect(debridge.decode({ ...record, logs: [] })).toEqual([]);
    expect(debridge.decode({ ...record, succeeded: false })).toEqual([]);
    for (let at = 0; at < (record.input ?? '').length; at += 31) {
      const legs = debridge.decode({ ...record, input: (record.input ?? '').slice(0, at) });
      for (const { key } of legs) expect(key).toBe(debridge.decode(record)[0]?.key);
    }
  });
});

function hex(value: bigint | string, digits = 64): string {
  return BigInt(value).toString(16).padStart(digits, '0');
}

/** The order of the event that created it: where the first word says. */
function orderData(record: EvmEvidence): string {
  const data = record.logs?.find(({ topics }) => topics[0]?.startsWith('0xfc8703fd'))?.data ?? '';
  return `0x${data.slice(2 + Number(BigInt(`0x${data.slice(2, 66)}`)) * 2)}`;
}

/** Which word of a call's arguments its order begins at. */
function orderWord({ input }: EvmEvidence): number {
  return Number(BigInt(`0x${(input ?? '').slice(10, 74)}`)) / 32;
}

/** An order that takes one more: its eighth word after where it begins. */
function raised(data: string): string {
  if (data.length < 66) return data;
  const at = 2 + Number(BigInt(`0x${data.slice(2, 66)}`)) * 2 + 7 * 64;
  if (data.length < at + 64) return data;
  return `${data.slice(0, at)}${hex(BigInt(`0x${data.slice(at, at + 64)}`) + 1n)}${data.slice(at + 64)}`;
}
