import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import { cutShort, lookAlike, replayed, withLogs } from '../../../../test/spoilt-records.ts';
import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import { chainOfEndpoint, packetsIn } from './layerzero-message.ts';
import type { Leg } from './leg.ts';
import { stargate } from './stargate.ts';
import { readSwapBody, readTransferCall } from './stargate-message.ts';

type Row = Readonly<Record<'event' | 'key' | 'to' | 'from' | 'sent' | 'received' | 'amountSD' | 'guid', string>> &
  Readonly<Record<'dstChain' | 'dstChainLz' | 'dstEid', number>> & {
    readonly stargate?: Readonly<Record<'srcPool' | 'dstPool' | 'amountSD' | 'recipient', string>>;
    readonly stargateV2?: { readonly receiver: string; readonly amountSD: string };
  };
type CallRow = Readonly<
  Record<'fn' | 'leg' | 'srcPool' | 'dstPool' | 'amountLD' | 'minAmountLD' | 'recipient', string>
> &
  Readonly<Record<'to' | 'mode', string>> & {
    readonly dstChainLz?: number;
    readonly dstEid?: number;
    readonly hasPayload?: boolean;
    readonly compose?: boolean;
  };
type File = { readonly chainId: number; readonly legs?: readonly Row[]; readonly transactions?: readonly CallRow[] };
const expected = expectedOf('stargate') as Record<string, File>;
const only = (file: string) => fixtureEvidence('stargate', file)[0] as EvmEvidence;
const files = (start: string) => Object.keys(expected).filter((file) => file.startsWith(start));
const rowsOf = (file: string) => (expected[file]?.legs ?? []) as readonly [Row, Row];
const TAXI = 'v2_taxi_eth_usdc_to_base.json';
const SWAP = 'v1_swap_eth_to_op_a.json';
const USDC = 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48';
const USDT = 'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7';

/** What came in on the chain: the pool's transfer in, which is more than the event's amount by the protocol's fees. */
const TAKEN: Readonly<Record<string, readonly [string, bigint, string]>> = {
  'v1_swap_eth_native.json': ['eip155:1/slip44:60', 1342270000000000n, '0xe32adaa5ae4a32e28a6967d9780047d45cf120b1'],
  'v1_swap_eth_to_op_a.json': [USDC, 100939400n, '0xd6b6fcb3eca1b9840cb237b0ae7ed39d74d181e6'],
  'v1_swap_eth_to_op_b.json': [USDC, 110000000n, '0xb8553d9ee35dd23bb96fbd679e651b929821969b'],
  'v1_swap_op_eth_to_base.json': [
    'eip155:10/slip44:60',
    5000000000000000n,
    '0x6b638d60e0718f27f0f0d60d3513206632c41980',
  ],
};
/** What the pools of tokens pay; the others pay ether. */
const PAID: Readonly<Record<string, string>> = {
  'v1_receive_eth_from_bsc.json': USDC,
  'v1_receive_eth_usdt.json': USDT,
};

describe('Stargate, version 1', () => {
  it('decodes the 14 rows of the 7 receipts field by field', () => {
    let rows = 0;
    for (const file of files('v1_receive')) {
      const [packet, remote] = rowsOf(file);
      rows += rowsOf(file).length;
      const chain = `eip155:${expected[file]?.chainId}`;
      expect({ file, legs: stargate.decode(only(file)) }).toMatchObject({
        file,
        legs: [
          {
            ...{ side: 'out', kind: 'transfer', key: packet.key, account: `${chain}:${remote.to.toLowerCase()}` },
            ...{ asset: PAID[file] ?? `${chain}/slip44:60`, amount: BigInt(remote.amountSD), notes: [] },
          },
        ],
      });
    }
    expect([files('v1_receive').length, rows]).toEqual([7, 14]);
  });

  it('decodes the 8 rows of the 4 swaps field by field; the amount is what came in, before fees', () => {
    let rows = 0;
    for (const file of files('v1_swap')) {
      const [swap, packet] = rowsOf(file);
      rows += rowsOf(file).length;
      const [asset, amount, payer] = TAKEN[file] as readonly [string, bigint, string];
      const chain = chainOfEndpoint(packet.dstChain);
      expect(swap.dstChainLz).toBe(packet.dstChain);
      expect(amount).toBeGreaterThan(BigInt(swap.amountSD));
      expect({ file, legs: stargate.decode(only(file)) }).toMatchObject({
        file,
        legs: [
          {
            ...{ side: 'in', kind: 'transfer', key: packet.key, asset, amount },
            account: `eip155:${expected[file]?.chainId}:${payer}`,
            destination: { chain, account: `${chain}:${packet.stargate?.recipient}`, asset: null, amount: null },
          },
        ],
      });
    }
    expect([files('v1_swap').length, rows]).toEqual([4, 8]);
  });

  it('reads pools and amount of a message’s body', () => {
    const row = rowsOf(SWAP)[1].stargate;
    const body = only(SWAP).logs?.find(({ topics }) => topics[0]?.startsWith('0xe9bded5f'))?.data ?? '';
    // The packet stands behind two words of the event; its body behind 52 bytes of path.
    expect(readSwapBody(`0x${body.slice(2 + 128 + 104)}`)).toEqual({
      ...{
        fromPool: BigInt(row?.srcPool ?? ''),
        toPool: BigInt(row?.dstPool ?? ''),
        amount: BigInt(row?.amountSD ?? ''),
      },
      ...{ recipient: row?.recipient, isCall: false },
    });
  });

  it('gives each of two transfers in one transaction its own pool’s amount', () => {
    const record = only(SWAP);
    const logs = record.logs ?? [];
    const second = logs.map((log) => ({
      ...log,
      logIndex: log.logIndex + 1000,
      data: log.data.replace(hex(12591n, 16), hex(12592n, 16)).replaceAll(hex(100939400n), hex(200939400n)),
    }));
    const legs = stargate.decode({ ...record, logs: [...logs, ...second] });
    expect(legs.map(({ key, amount }) => [key?.split(':')[3], amount])).toEqual([
      ['12591', 100939400n],
      ['12592', 200939400n],
    ]);
  });

  it('names no amount where a made-up transfer stands beside the pool’s own', () => {
    const record = only(SWAP);
    const transfer = record.logs?.find(({ topics }) => topics[0]?.startsWith('0xddf252ad')) as EventLog;
    const other = { ...transfer, address: 'eip155:1:0x00000000000000000000000000000000000000aa' as const };
    expect(stargate.decode({ ...record, logs: [other, ...(record.logs ?? [])] })).toEqual(stargate.decode(record));
    const twice = stargate.decode({ ...record, logs: [transfer, ...(record.logs ?? [])] });
    expect(twice).toMatchObject([{ asset: null, amount: null, notes: [expect.stringContaining('does not show')] }]);
  });
});

describe('Stargate, version 2', () => {
  it('decodes the 2 rows of the transfer by its guid field by field', () => {
    const [packet, sent] = rowsOf(TAXI);
    expect(packetsIn(only(TAXI))).toMatchObject([{ guid: packet.guid, destination: packet.dstEid }]);
    expect(packet.stargateV2?.amountSD).toBe(sent.received);
    const legs = stargate.decode(only(TAXI));
    expect(legs).toMatchObject([
      {
        ...{ side: 'in', key: sent.key, asset: USDC, amount: BigInt(sent.sent) },
        account: `eip155:1:${sent.from.toLowerCase()}`,
        destination: {
          ...{ chain: 'eip155:8453', account: `eip155:8453:${packet.stargateV2?.receiver}` },
          amount: BigInt(sent.received),
        },
      },
    ]);
    expect(legs[0]?.notes.join()).toMatch(/also calls the receiver.*sent by eip155:1:0xffbc6441/);
    expect(rowsOf(TAXI)).toHaveLength(2);
  });

  it('gives transfers by bus no key but where the bus left in the same transaction', () => {
    const riding = stargate.decode(busRecord([RODE, SENT_BY_BUS]));
    expect(riding).toMatchObject([
      {
        side: 'in',
        key: null,
        amount: 7n,
        destination: { account: 'eip155:8453:0x00000000000000000000000000000000000000bb' },
      },
    ]);
    expect(riding[0]?.notes.join()).toMatch(/no bus was among.*Ticket 41 .*left later/);
    const left = stargate.decode(busRecord([RODE, SENT_BY_BUS, drivenFrom(40n, 3n)]));
    expect(left[0]?.key).toBe(`${BUS}:1`);
    expect(stargate.decode(busRecord([RODE, SENT_BY_BUS, drivenFrom(41n, 1n)]))[0]?.key).toBe(BUS);
    expect(stargate.decode(busRecord([RODE, SENT_BY_BUS, drivenFrom(42n, 3n)]))[0]?.key).toBeNull();
    const foreign = { ...RODE, address: 'eip155:1:0x00000000000000000000000000000000000000aa' as const };
    expect(stargate.decode(busRecord([foreign, SENT_BY_BUS]))[0]?.notes.join()).toContain('not show its passenger');
  });

  it('tells payouts of one message by their order, as far as all are known pools’', () => {
    const legs = stargate.decode(busRecord([received(1, 5n), received(2, 6n)]));
    expect(legs.map(({ key, amount }) => [key, amount])).toEqual([
      [`${BUS}:0`, 5n],
      [`${BUS}:1`, 6n],
    ]);
    expect(stargate.decode(busRecord([received(1, 5n)]))[0]?.key).toBe(BUS);
    const unknown = { ...received(0, 4n), address: 'eip155:1:0x00000000000000000000000000000000000000aa' as const };
    expect(stargate.decode(busRecord([unknown, received(1, 5n)]))).toMatchObject([{ key: null, amount: 5n }]);
  });
});

describe('Stargate’s call data', () => {
  it('reads the 31 calls that ask for a transfer field by field, and none of the 6 others; none is a leg', () => {
    const rows = expected['calldata_v2_and_v1.json']?.transactions ?? [];
    const records = fixtureEvidence('stargate', 'calldata_v2_and_v1.json') as readonly EvmEvidence[];
    let asked = 0;
    for (const [i, row] of rows.entries()) {
      const record = records[i] as EvmEvidence;
      const found = readTransferCall(record.input ?? '');
      // Which pool takes what in, and the message’s key, only a receipt shows.
      expect(stargate.decode(record)).toEqual([]);
      if (row.leg !== 'source') {
        expect(found).toBeNull();
        continue;
      }
      asked++;
      expect(found).toMatchObject({
        call: row.fn,
        endpoint: row.dstChainLz ?? row.dstEid,
        amount: BigInt(row.amountLD),
      });
      expect(found).toMatchObject(
        row.fn === 'swap'
          ? { pools: [BigInt(row.srcPool), BigInt(row.dstPool)], recipient: row.recipient, isCall: row.hasPayload }
          : { least: BigInt(row.minAmountLD), recipient: row.to, mode: row.mode, isCall: row.compose },
      );
      expect(readTransferCall((record.input ?? '').slice(0, 400))).toBeNull();
    }
    expect([rows.length, asked]).toEqual([37, 31]);
  });
});

describe('Stargate, made up or damaged', () => {
  const all = [...files('v1_'), TAXI];

  it('makes nothing of another contract, a failed transaction, or data cut short, nor of other tokens’ packets', () => {
    expect(all).toHaveLength(12);
    for (const file of all) {
      const record = only(file);
      const keys = stargate.decode(record).map(({ key }) => key);
      expect(stargate.decode(lookAlike(record))).toEqual([]);
      expect(stargate.decode({ ...record, succeeded: false })).toEqual([]);
      expect(stargate.decode(withLogs(record, ({ data }) => ({ data: data.slice(0, 2 + 64) })))).toEqual([]);
      for (const cut of cutShort(record)) for (const { key } of stargate.decode(cut)) expect(keys).toContain(key);
    }
    expect(stargate.decode(fixtureEvidence('layerzero', 'v1_oft_aura_base_to_eth.json')[0] as EvmEvidence)).toEqual([]);
  });

  it('refuses a payout that is recorded twice', () => {
    const [output] = stargate.decode(only('v1_receive_eth_usdt.json')) as [Leg];
    const [sent] = stargate.decode(only(SWAP)) as [Leg];
    const input = { ...sent, key: output.key, destination: null };
    expect(replayed(input, output)).toMatchObject({ crossings: [], refused: [{ key: `stargate:${output.key}` }] });
  });

  it('matches nothing among recordings of which no two are a pair', () => {
    const legs = all.flatMap((file) => stargate.decode(only(file)));
    const ins = new Set(legs.filter(({ side }) => side === 'in').map(({ key }) => key));
    expect([ins.size, legs.length]).toEqual([5, 12]);
    expect(legs.filter(({ side, key }) => side === 'out' && ins.has(key))).toEqual([]);
  });
});

function hex(value: bigint | string, digits = 64): string {
  return BigInt(value).toString(16).padStart(digits, '0');
}

const BUS = `0x${'b5'.repeat(32)}`;
const MESSENGER = 'eip155:1:0x6d6620efa72948c5f68a3c8646d58c00d3f4a980';
const POOL = 'eip155:1:0xc026395860db2d07ee33e05fe50ed7bd583189c7';
const PAYEE = `0x${hex('0xbb')}`;

/** Asset 1, the payee, 7, no coin besides: 43 bytes in two words. */
const RODE: EventLog = {
  logIndex: 1,
  address: MESSENGER,
  topics: ['0x15955c5a4cc61b8fbb05301bce47fd31c0e6f935e1ab97fdac9b134c887bb074'],
  data: `0x${[30184n, 41n, 0n, 128n, 43n].map((value) => hex(value)).join('')}${hex(1n, 4)}${hex('0xbb')}${hex(7n, 16)}${'0'.repeat(44)}`,
};
const SENT_BY_BUS: EventLog = {
  logIndex: 2,
  address: POOL,
  topics: ['0x85496b760a4b7f8d66384b9df21b381f5d1b1e79f229a47aaf4c232edc2fe59a', `0x${'0'.repeat(64)}`, PAYEE],
  data: `0x${[30184n, 7n, 7n].map((value) => hex(value)).join('')}`,
};
const drivenFrom = (first: bigint, seats: bigint): EventLog => ({
  logIndex: 3,
  address: MESSENGER,
  topics: ['0x1623f9ea59bd6f214c9571a892da012fc23534aa5906bef4ae8c5d15ee7d2d6e'],
  data: `0x${[30184n, first, seats].map((value) => hex(value)).join('')}${BUS.slice(2)}`,
});
const received = (logIndex: number, amount: bigint): EventLog => ({
  logIndex,
  address: POOL,
  topics: ['0xefed6d3500546b29533b128a29e3a94d70788727f0507505ac12eaf2e578fd9c', BUS, PAYEE],
  data: `0x${hex(30184n)}${hex(amount)}`,
});

/** Made-up events of the right contracts. */
function busRecord(logs: readonly EventLog[]): EvmEvidence {
  return { ...only(TAXI), frames: null, logs };
}
