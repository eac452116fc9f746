import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence } from '../../ledger/index.ts';
import { across } from './across.ts';
import type { Leg } from './leg.ts';

type Row = {
  readonly leg: 'source' | 'destination';
  readonly key: string;
  readonly recipient: string;
  readonly inputToken: string | null;
  readonly inputAmount: string;
  readonly outputToken: string | null;
  readonly outputAmount: string | null;
  readonly destinationChainId?: string;
};
const expected = expectedOf('across') as Record<string, { chainId: number; legs: readonly Row[] }>;
const receipts = Object.keys(expected).filter((file) => file.startsWith('v'));
const only = (file: string) => fixtureEvidence('across', file)[0] as EvmEvidence;
const legOf = (file: string): Leg => across.decode(only(file))[0] as Leg;
const row = (file: string): Row => expected[file]?.legs[0] as Row;

/** Fills of the second version: what the relayer paid is the deposit less two percentages. */
const V2_FILLS = receipts.filter((file) => file.startsWith('v2_fill'));
const ether = 'slip44:60';

describe('Across', () => {
  it('decodes one leg of each of the 12 receipts, with the key expected', () => {
    expect(receipts).toHaveLength(12);
    for (const file of receipts) {
      const legs = across.decode(only(file));
      const { leg, key } = row(file);
      expect({ file, legs: legs.map((found) => [found.side, found.key]) }).toEqual({
        file,
        legs: [[leg === 'source' ? 'in' : 'out', key]],
      });
    }
  });

  it('decodes the 6 deposits field by field', () => {
    const deposits = receipts.filter((file) => row(file).leg === 'source');
    expect(deposits).toHaveLength(6);
    for (const file of deposits) {
      const { inputToken, inputAmount, recipient, destinationChainId, outputAmount } = row(file);
      const leg = legOf(file);
      expect({ file, amount: leg.amount, chain: leg.destination?.chain, to: leg.destination?.account }).toEqual({
        file,
        amount: BigInt(inputAmount),
        chain: `eip155:${destinationChainId}`,
        to: `eip155:${destinationChainId}:${recipient.toLowerCase()}`,
      });
      expect(leg.destination?.amount).toBe(outputAmount === null ? null : BigInt(outputAmount));
      const token = `eip155:${expected[file]?.chainId}/erc20:${inputToken?.toLowerCase()}`;
      const isCoin = leg.asset === `eip155:${expected[file]?.chainId}/${ether}`;
      expect(isCoin || leg.asset === token).toBe(true);
    }
  });

  it('decodes the 6 fills field by field; in the second version what the relayer paid is less', () => {
    const fills = receipts.filter((file) => row(file).leg === 'destination');
    expect(fills).toHaveLength(6);
    for (const file of fills) {
      const { recipient, outputAmount } = row(file);
      const leg = legOf(file);
      expect({ file, account: leg.account }).toEqual({
        file,
        account: `eip155:${expected[file]?.chainId}:${recipient.toLowerCase()}`,
      });
      if (!V2_FILLS.includes(file)) expect(leg.amount).toBe(BigInt(outputAmount as string));
    }
    // Unwrapped by the pool right before it paid: the event of the wrapped coin says how much.
    const [, unwrapped] = only('v2_fill_base_from_arb.json').logs ?? [];
    expect(legOf('v2_fill_base_from_arb.json')).toMatchObject({
      amount: BigInt(unwrapped?.data ?? ''),
      asset: `eip155:8453/${ether}`,
    });
    for (const file of ['v2_fill_eth_usdt_1.json', 'v2_fill_eth_usdt_2.json']) {
      const { amount, account } = legOf(file);
      const paid = (only(file).logs ?? []).filter(
        ({ topics }) => account?.endsWith((topics[2] ?? '-').slice(26)) === true,
      );
      expect(paid.map(({ data }) => BigInt(data))).toContain(amount);
    }
  });

  it('keeps 18 decimals of BSC and 6 of Ethereum apart', () => {
    expect(legOf('v35_fill_eth_from_bsc_usdc.json')).toMatchObject({
      amount: 99970446325n,
      asset: 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48',
    });
  });

  it('matches the two pairs on record by key, and nothing else', () => {
    const legs = receipts.map((file) => ({ file, leg: legOf(file) }));
    const pairs = legs.flatMap(({ file, leg }) =>
      legs
        .filter((other) => leg.side === 'in' && other.leg.side === 'out' && other.leg.key === leg.key)
        .map((other) => [file, other.file]),
    );
    expect(pairs.sort()).toEqual([
      ['v2_deposit_arb_to_base.json', 'v2_fill_base_from_arb.json'],
      ['v35_deposit_scroll_to_arb.json', 'v35_fill_arb_from_scroll.json'],
    ]);
  });

  it('makes nothing of what relayers are paid back', () => {
    expect(across.decode(only('relayer_refund_root.json'))).toEqual([]);
  });

  it('makes nothing of another contract, a failed transaction, another chain’s number, or data cut short', () => {
    for (const file of receipts) {
      const record = only(file);
      const changed = (change: (data: string) => object): EvmEvidence => ({
        ...record,
        logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log.data) })),
      });
      const elsewhere = `${record.chain}:0x00000000000000000000000000000000000000aa` as const;
      expect(across.decode(changed(() => ({ address: elsewhere })))).toEqual([]);
      expect(across.decode(changed((data) => ({ data: data.slice(0, 2 + 64) })))).toEqual([]);
      expect(across.decode({ ...record, succeeded: false })).toEqual([]);
    }
    const deposit = only('v2_deposit_arb_to_base.json');
    const logs = (deposit.logs ?? []).map((log) => ({ ...log, data: log.data.replace('a4b1', '0001') }));
    expect(across.decode({ ...deposit, logs })).toEqual([]);
  });
});
