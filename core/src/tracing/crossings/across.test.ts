import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EvmEvidence, Transfer } from '../../ledger/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import { NO_RECEIPT } from './abi.ts';
import { across } from './across.ts';
import type { Leg } from './leg.ts';
import { matchLegs } from './match.ts';

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
/** Of transactions whose receipts were not recorded; the deposit's number is the contract's to give. */
type CallRow = Omit<Row, 'key' | 'inputToken' | 'outputToken' | 'outputAmount'> & {
  readonly hash: string;
  readonly key: string | null;
  readonly depositor: string;
} & Readonly<Record<'inputToken' | 'outputToken' | 'outputAmount', string>>;
type Expected = { chainId: number; legs: readonly Row[]; transactions: readonly CallRow[] };
const expected = expectedOf('across') as Record<string, Expected>;
const receipts = Object.keys(expected).filter((file) => file.startsWith('v'));
const only = (file: string) => fixtureEvidence('across', file)[0] as EvmEvidence;
const legOf = (file: string): Leg => across.decode(only(file))[0] as Leg;
const row = (file: string): Row => expected[file]?.legs[0] as Row;

/** Fills of the second version: what the relayer paid is the deposit less two percentages. */
const V2_FILLS = receipts.filter((file) => file.startsWith('v2_fill'));
const ether = 'slip44:60';
const POOL: Account = 'eip155:1:0x5c7bcd6e7de5423a257d81b442095a1a6ced35c5';
const CALLS = 'calldata_spokepool_eth.json';
const called = fixtureEvidence('across', CALLS) as readonly EvmEvidence[];
const callRows = expected[CALLS]?.transactions ?? [];
const lower = (text: string): string => text.toLowerCase();
/** The file writes accounts of 32 bytes whole, and those of 20 with a checksum; no token is one of zeros. */
const isNone = (token: string): boolean => /^0x0*$/.test(token);

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

  it('reads the 51 deposits asked for by calls alone, field by field', () => {
    const deposits = callRows.filter(({ leg }) => leg === 'source');
    expect(deposits).toHaveLength(51);
    for (const expectedRow of deposits) {
      const record = called.find(({ tx }) => tx === expectedRow.hash) as EvmEvidence;
      const { recipient, inputToken, inputAmount, outputToken, outputAmount, destinationChainId } = expectedRow;
      const there = `eip155:${destinationChainId}`;
      // What is sent with the call is the deposit: then it is ether, and the token named is its wrapped form.
      const isCoin = record.value !== 0n;
      expect(across.decode(record)).toMatchObject([
        {
          side: 'in',
          key: null,
          tx: expectedRow.hash,
          asset: `eip155:1/${isCoin ? ether : `erc20:${lower(inputToken)}`}`,
          amount: BigInt(inputAmount),
          account: record.from,
          venue: POOL,
          destination: {
            chain: expect.stringMatching(new RegExp(`(eip155:|chain )${destinationChainId}$`)),
            amount: BigInt(outputAmount),
            asset: isNone(outputToken) ? null : expect.stringContaining(lower(outputToken)),
          },
        },
      ]);
      const [{ destination, notes }] = across.decode(record) as [Leg];
      expect(notes).toContain(NO_RECEIPT);
      if (destination?.chain === there) expect(destination.account).toBe(`${there}:${lower(recipient)}`);
      else expect(destination?.account).toBe(lower(recipient));
      if (isCoin) expect(record.value).toBe(BigInt(inputAmount));
    }
  });

  it('reads the 85 fills asked for by calls alone, field by field', () => {
    const fills = callRows.filter(({ leg }) => leg === 'destination');
    expect(fills).toHaveLength(85);
    for (const { hash, key, recipient, outputToken, outputAmount } of fills) {
      const record = called.find(({ tx }) => tx === hash) as EvmEvidence;
      const legs = across.decode(record);
      expect(legs).toMatchObject([
        {
          side: 'out',
          key,
          tx: hash,
          asset: `eip155:1/erc20:${lower(outputToken)}`,
          amount: BigInt(outputAmount),
          account: `eip155:1:${lower(recipient)}`,
          venue: POOL,
          destination: null,
        },
      ]);
      expect(legs[0]?.notes).toContain(NO_RECEIPT);
    }
  });

  it('makes nothing of such a call to another contract, cut short, failed, or beside a receipt that is silent', () => {
    expect(called).toHaveLength(136);
    for (const record of called) {
      const input = record.input as string;
      expect(across.decode({ ...record, to: 'eip155:1:0x00000000000000000000000000000000000000aa' })).toEqual([]);
      expect(across.decode({ ...record, chain: 'eip155:5', to: `eip155:5:${POOL.slice(9)}` })).toEqual([]);
      expect(across.decode({ ...record, input: `0xffffffff${input.slice(10)}` })).toEqual([]);
      // The last word cut off: the length of the message, which is empty in most.
      for (const words of [0, 1, 6, 11, across.decode(record)[0]?.side === 'in' ? 12 : 15])
        expect(across.decode({ ...record, input: input.slice(0, 10 + 64 * words) })).toEqual([]);
      expect(across.decode({ ...record, succeeded: false })).toEqual([]);
      expect(across.decode({ ...record, succeeded: true, logs: [] })).toEqual([]);
    }
  });

  it('trusts no inner call, and refuses coin that is not what the call says', () => {
    const record = called.find(({ value }) => value !== null && value > 0n) as EvmEvidence;
    const { from, to, value, input } = record as { [K in keyof EvmEvidence]: NonNullable<EvmEvidence[K]> };
    const inner = { from: POOL, to, value, input };
    const outer = { path: [], from, to: POOL, value: 0n, input: '0x' };
    expect(across.decode({ ...record, frames: [outer, { ...inner, path: [0] }] })).toEqual([]);
    expect(across.decode({ ...record, value: value + 1n })).toEqual([]);
  });

  it('makes no crossing of a fill that neither the ledger nor a receipt bears out, nor of one made twice', () => {
    const fill = only('v35_fill_arb_from_scroll.json');
    const deposit = legOf('v35_deposit_scroll_to_arb.json');
    const { account, asset, amount } = deposit;
    const carrier = {
      ...{ chain: deposit.chain, tx: deposit.tx, blockNumber: 1, blockTime: 1, txIndex: 0, position: 0 },
      ...{ from: account as Account, to: deposit.venue as Account, asset: asset as Asset, amount: amount as bigint },
      ...{ kind: 'native', assigned: 'none', rounded: false },
    } as const satisfies Transfer;
    const join = (outs: readonly Leg[]) => matchLegs([deposit], outs, (_, tx) => (tx === carrier.tx ? [carrier] : []));
    const payout = legOf('v35_fill_arb_from_scroll.json');
    expect(join([payout]).crossings).toMatchObject([{ basis: 'exact', id: `across:${deposit.key}` }]);
    const stated = { ...payout, notes: [NO_RECEIPT] };
    expect(join([stated])).toMatchObject({ crossings: [], refused: [{ key: `across:${deposit.key}` }] });
    const again = across.decode({ ...fill, tx: `0x${'99'.repeat(32)}` });
    expect(join([payout, ...again])).toMatchObject({ crossings: [], refused: [{ key: `across:${deposit.key}` }] });
  });

  it('joins no deposit of version 2 with a payout of a part of it', () => {
    const whole = only('v2_fill_base_from_arb.json');
    const logs = (whole.logs ?? []).map((log) => {
      if (log.topics[0] !== '0x8ab9dc6c19fe88e69bc70221b339c84332752fdd49591b7c51e66bae3947b73c') return log;
      // What was filled in all, the second word, and here, the third: a hundredth less than the deposit.
      const part = (BigInt(log.data.slice(0, 66)) * 99n) / 100n;
      const word = part.toString(16).padStart(64, '0');
      return { ...log, data: `${log.data.slice(0, 66)}${word}${word}${log.data.slice(2 + 64 * 3)}` };
    });
    const [payout] = across.decode({ ...whole, logs });
    const deposit = legOf('v2_deposit_arb_to_base.json');
    expect(payout).toMatchObject({ side: 'out', kind: 'other', key: deposit.key });
    const { crossings, refused } = matchLegs([deposit], [payout as Leg], () => []);
    expect(crossings).toEqual([]);
    expect(refused.map(({ reason }) => reason)).toEqual([expect.stringContaining('does not answer for all of it')]);
  });
});
