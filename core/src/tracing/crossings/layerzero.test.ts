import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import { cutShort, lookAlike, replayed, withLogs } from '../../../../test/spoilt-records.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { layerzero } from './layerzero.ts';
import { chainOfEndpoint, firstPacketsSent, packetsIn } from './layerzero-message.ts';
import type { Leg } from './leg.ts';

type Row = Readonly<
  Record<'event' | 'key' | 'from' | 'sent' | 'received' | 'guid' | 'srcUA' | 'dstUA' | 'body', string>
> &
  Readonly<Record<'dstEid' | 'srcChain' | 'dstChain', number>> & {
    readonly oft?: { readonly to: string; readonly amountSD: string; readonly composeMsg?: string };
  };
const expected = expectedOf('layerzero') as Record<string, { chainId: number; legs: readonly Row[] }>;
const only = (file: string) => fixtureEvidence('layerzero', file)[0] as EvmEvidence;
const USDT0 = ['oft_usdt0_arb_to_hyperevm.json', 'oft_usdt0_monad_to_eth.json'];
const AURA = 'v1_oft_aura_base_to_eth.json';
const TOKENS: Readonly<Record<number, string>> = {
  42161: '0xfd086bc7cd5c481dcc9c85ebe478a1c0b69fcbb9',
  143: '0xe7cd86e13ac4309349f30b3435a9d337750fc82d',
};

describe('LayerZero', () => {
  it('decodes the 5 rows of the 3 recorded transactions field by field', () => {
    let rows = 0;
    for (const [file, { chainId, legs }] of Object.entries(expected)) {
      const record = only(file);
      for (const row of legs) {
        rows++;
        if (row.event === 'OFTSent')
          expect({ file, legs: layerzero.decode(record) }).toMatchObject(sent(file, chainId));
        if (row.event === 'PacketSent') {
          const [packet] = packetsIn(record);
          expect(packet).toMatchObject({ guid: row.guid, destination: row.dstEid });
          const amount = BigInt(row.oft?.amountSD ?? '')
            .toString(16)
            .padStart(16, '0');
          expect(packet?.message.startsWith(`0x${row.oft?.to.slice(2).padStart(64, '0')}${amount}`)).toBe(true);
        }
        if (row.event === 'Packet') {
          const path = { sender: row.srcUA, receiver: row.dstUA, source: row.srcChain, target: row.dstChain };
          expect(firstPacketsSent(record)).toMatchObject([{ key: row.key, ...path }]);
          expect(firstPacketsSent(record)[0]?.body?.startsWith(row.body)).toBe(true);
        }
      }
    }
    expect([Object.keys(expected).length, rows]).toEqual([3, 5]);
  });

  it('says who sent the transaction where a contract paid, and that a message calls its receiver', () => {
    const [called, plain] = USDT0.map((file) => layerzero.decode(only(file))[0]?.notes.join(' ') ?? '');
    expect(called).toMatch(/also calls the receiver.*sent by eip155:42161:0x3ba6eb0e4327b96ade6d4f3b578724208a590cef/);
    expect(plain).toMatch(/^The account is who paid; the transaction was sent by eip155:143:0x3ba6/);
  });

  it('makes nothing of the same events of other tokens', () => {
    expect(layerzero.decode(only(AURA))).toEqual([]);
    expect(layerzero.decode(fixtureEvidence('stargate', 'v2_taxi_eth_usdc_to_base.json')[0] as EvmEvidence)).toEqual(
      [],
    );
  });

  it('leaves out a packet whose hash does not agree, and says so in the leg', () => {
    const record = withLogs(only(USDT0[1] as string), ({ data }) => ({
      data: data.replace('000000000000036f', '0000000000000370'),
    }));
    expect(packetsIn(record)).toEqual([]);
    expect(layerzero.decode(record)).toMatchObject([{ destination: { account: null } }]);
    expect(layerzero.decode(record)[0]?.notes.join()).toContain('not computed again');
  });

  it('reads an arrival, says that none was tested, and refuses one that is recorded twice', () => {
    const arrival = arrivalOf(only(USDT0[1] as string));
    const [input] = layerzero.decode(only(USDT0[1] as string)) as [Leg];
    const [output] = layerzero.decode(arrival) as [Leg];
    expect(output).toMatchObject({
      ...{ side: 'out', key: input.key, amount: 334884416n, chain: 'eip155:1' },
      account: 'eip155:1:0x3ba6eb0e4327b96ade6d4f3b578724208a590cef',
      asset: 'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7',
    });
    expect(output.notes.join()).toMatch(/none was among.*does not show the payment/);
    expect(replayed(input, output)).toMatchObject({ crossings: [], refused: [{ key: `layerzero:${input.key}` }] });
    expect(layerzero.decode(lookAlike(arrival))).toEqual([]);
    expect(layerzero.decode(withLogs(arrival, () => ({ data: `0x${'0'.repeat(64)}` })))).toEqual([]);
  });

  it('makes nothing of another contract, a failed transaction, or data cut short', () => {
    for (const file of USDT0) {
      const record = only(file);
      const keys = layerzero.decode(record).map(({ key }) => key);
      expect(layerzero.decode(lookAlike(record))).toEqual([]);
      expect(layerzero.decode({ ...record, succeeded: false })).toEqual([]);
      for (const cut of cutShort(record)) {
        for (const { key } of layerzero.decode(cut)) expect(keys).toContain(key);
      }
      expect(layerzero.decode(withLogs(record, ({ data }) => ({ data: data.slice(0, 2 + 64) })))).toEqual([]);
    }
  });

  it('knows chains by the numbers of both versions, and names those it does not know', () => {
    expect([101, 30101, 111, 30184, 30999].map(chainOfEndpoint)).toEqual([
      ...['eip155:1', 'eip155:1', 'eip155:10', 'eip155:8453', 'LayerZero endpoint 30999'],
    ]);
  });
});

function sent(file: string, chainId: number) {
  const [packet, row] = (expected[file]?.legs ?? []) as readonly [Row, Row];
  const chain = chainOfEndpoint(row.dstEid);
  return {
    file,
    legs: [
      {
        ...{ side: 'in', key: row.key, amount: BigInt(row.sent), asset: `eip155:${chainId}/erc20:${TOKENS[chainId]}` },
        account: `eip155:${chainId}:${row.from.toLowerCase()}`,
        destination: { chain, account: `${chain}:${packet.oft?.to}`, amount: BigInt(row.received) },
      },
    ],
  };
}

/** A made-up arrival of a recorded message on Ethereum. */
function arrivalOf(record: EvmEvidence): EvmEvidence {
  const [guid, receiver] = [
    '0x691162d91f66fd1116e0c5660d9ac6083f4ea2f6de82d68aecd6c34b7040d6b9',
    `0x${'3ba6eb0e4327b96ade6d4f3b578724208a590cef'.padStart(64, '0')}`,
  ];
  const data = `0x${[30390n, 334884416n].map((value) => value.toString(16).padStart(64, '0')).join('')}`;
  const topics = ['0xefed6d3500546b29533b128a29e3a94d70788727f0507505ac12eaf2e578fd9c', guid, receiver];
  const address = 'eip155:1:0x6c96de32cea08842dcc4058c14d3aaad7fa41dee' as const;
  const tx = `0x${'ab'.repeat(32)}`;
  return { ...record, chain: 'eip155:1', tx, frames: null, logs: [{ logIndex: 0, address, topics, data }] };
}
