import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { layerzero } from './layerzero.ts';
import type { Leg } from './leg.ts';
import { stargate } from './stargate.ts';

type Row = Readonly<Record<'event' | 'leg' | 'key' | 'to' | 'from' | 'sent' | 'amountSD', string>> & {
  readonly stargate?: { readonly recipient: string };
  readonly stargateV2?: { readonly receiver: string };
  readonly oft?: { readonly to: string };
};
const of = (folder: string) => expectedOf(folder) as Record<string, { chainId: number; legs?: readonly Row[] }>;
const [pools, packets] = [of('stargate'), of('layerzero')];
const only = (folder: string, file: string) => fixtureEvidence(folder, file)[0] as EvmEvidence;
const rowOf = (file: string, event: string): Row | undefined => pools[file]?.legs?.find((row) => row.event === event);
const files = (start: string) => Object.keys(pools).filter((file) => file.startsWith(start));

/** Ether is paid without an event and only traces show it; the pools of USDC and USDT pay by a transfer. */
const paidInToken = ['v1_receive_eth_from_bsc.json', 'v1_receive_eth_usdt.json'];

describe('Stargate', () => {
  it('decodes the 7 receipts of version 1: key and recipient', () => {
    expect(files('v1_receive')).toHaveLength(7);
    for (const file of files('v1_receive')) {
      const [packet, remote] = [rowOf(file, 'PacketReceived'), rowOf(file, 'SwapRemote')];
      const legs = stargate.decode(only('stargate', file));
      expect({ file, count: legs.length, ...legs[0] }).toMatchObject({
        ...{ file, count: 1, side: 'out', key: packet?.key },
        account: `eip155:${pools[file]?.chainId}:${remote?.to.toLowerCase()}`,
      });
      if (paidInToken.includes(file)) expect(legs[0]?.amount).toBe(BigInt(remote?.amountSD ?? ''));
    }
  });

  it('decodes the 4 swaps of version 1: key and recipient', () => {
    expect(files('v1_swap')).toHaveLength(4);
    for (const file of files('v1_swap')) {
      const packet = rowOf(file, 'Packet');
      const legs = stargate.decode(only('stargate', file));
      expect({ file, count: legs.length, ...legs[0] }).toMatchObject({ file, count: 1, side: 'in', key: packet?.key });
      expect(legs[0]?.destination?.account).toMatch(new RegExp(`:${packet?.stargate?.recipient}$`));
      expect(legs[0]?.destination?.chain).toMatch(/^eip155:(10|8453)$/);
      expect(legs[0]?.amount).not.toBeNull();
    }
  });

  it('decodes the transfer of version 2 by its guid', () => {
    const file = 'v2_taxi_eth_usdc_to_base.json';
    const [sent, packet] = [rowOf(file, 'OFTSent'), rowOf(file, 'PacketSent')];
    expect(stargate.decode(only('stargate', file))).toMatchObject([
      {
        ...{ side: 'in', key: sent?.key, account: `eip155:1:${sent?.from.toLowerCase()}` },
        destination: { chain: 'eip155:8453', account: `eip155:8453:${packet?.stargateV2?.receiver}` },
        notes: [],
      },
    ]);
  });

  it('matches nothing among recordings of which no two are a pair', () => {
    const legs = Object.keys(pools).flatMap((file) =>
      file.startsWith('v') ? stargate.decode(only('stargate', file)) : [],
    );
    const ins = new Set(legs.filter(({ side }) => side === 'in').map(({ key }) => key));
    expect(legs.filter(({ side, key }) => side === 'out' && ins.has(key))).toEqual([]);
  });
});

describe('LayerZero', () => {
  it('decodes the 2 transfers of USDT0; their guid is reproduced', () => {
    const usdt0 = Object.keys(packets).filter((file) => file.startsWith('oft_usdt0'));
    expect(usdt0).toHaveLength(2);
    for (const file of usdt0) {
      const [packet, sent] = (packets[file]?.legs ?? []) as readonly [Row, Row];
      const [leg] = layerzero.decode(only('layerzero', file)) as readonly [Leg];
      expect({ file, ...leg }).toMatchObject({
        ...{ file, side: 'in', key: sent.key, amount: BigInt(sent.sent), notes: [] },
        account: `eip155:${packets[file]?.chainId}:${sent.from.toLowerCase()}`,
      });
      expect(leg.destination?.account).toContain(packet.oft?.to);
      expect(leg.asset).toMatch(/erc20/);
    }
  });

  it('makes nothing of the same events of other tokens', () => {
    expect(layerzero.decode(only('layerzero', 'v1_oft_aura_base_to_eth.json'))).toEqual([]);
    expect(stargate.decode(only('layerzero', 'v1_oft_aura_base_to_eth.json'))).toEqual([]);
    expect(layerzero.decode(only('stargate', 'v2_taxi_eth_usdc_to_base.json'))).toEqual([]);
  });

  it('says so where the packet is not in the record, or its guid is not its hash', () => {
    const record = only('layerzero', 'oft_usdt0_monad_to_eth.json');
    const logs = (record.logs ?? []).map((log) =>
      log.topics[0]?.startsWith('0x1ab700d4')
        ? { ...log, data: log.data.replace('000000000000036f', '0000000000000370') }
        : log,
    );
    expect(layerzero.decode({ ...record, logs })[0]?.notes.join()).toContain('not computed again');
  });
});

describe.each([
  ['stargate', stargate, 'v1_receive_eth_usdt.json'],
  ['stargate', stargate, 'v1_swap_eth_to_op_a.json'],
  ['stargate', stargate, 'v2_taxi_eth_usdc_to_base.json'],
  ['layerzero', layerzero, 'oft_usdt0_arb_to_hyperevm.json'],
] as const)('%s', (folder, protocol, file) => {
  it(`makes nothing of another contract, a failed transaction or data cut short (${file})`, () => {
    const record = only(folder, file);
    const logs = (record.logs ?? []).map((log) => ({ ...log, data: log.data.slice(0, 2 + 64) }));
    expect(protocol.decode({ ...record, logs })).toEqual([]);
    expect(protocol.decode({ ...record, succeeded: false })).toEqual([]);
    const elsewhere = `${record.chain}:0x00000000000000000000000000000000000000aa` as const;
    expect(
      protocol.decode({ ...record, logs: (record.logs ?? []).map((log) => ({ ...log, address: elsewhere })) }),
    ).toEqual([]);
  });
});
