import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EventLog, EvmEvidence, Transfer } from '../../ledger/index.ts';
import type { Account, Chain } from '../../units/index.ts';
import { NO_RECEIPT } from './abi.ts';
import type { Leg } from './leg.ts';
import { matchLegs } from './match.ts';
import { wormhole } from './wormhole.ts';

type Payload = Readonly<Record<'amount8' | 'tokenAddress' | 'to', string>> & {
  readonly tokenChain: number;
  readonly toChain: number;
  readonly fee?: string;
};
type Row = { readonly leg: string; readonly key: string | null; readonly payload: Payload } & Readonly<
  Record<'token' | 'amount' | 'recipient', string>
> & { readonly recipientChain: number; readonly hash: string };
type Expected = { readonly legs?: readonly Row[]; readonly transactions?: readonly Row[]; readonly calldata?: Row };

const expected = expectedOf('wormhole') as Record<string, Expected>;
const recordsOf = (file: string) => fixtureEvidence('wormhole', file) as readonly EvmEvidence[];
const only = (file: string) => recordsOf(file)[0] as EvmEvidence;
const rowOf = (file: string): Row => expected[file]?.legs?.[0] as Row;
const REDEEM = 'redeem_eth_from_solana_b.json';
const MATIC = 'publish_eth_2022_matic.json';
const BRIDGE: Account = 'eip155:1:0x3ee18b2214aff97000d974cf647e7c347e8fa585';
const POLYGON_BRIDGE: Account = 'eip155:137:0x5a58505a96d1dbf8df91cb21b54419fc36e93fde';
const ZERO = `0x${'0'.repeat(64)}`;

/** From the reference; other numbers are written as they are. */
const CHAINS: Readonly<Record<number, string>> = {
  ...{ 1: 'solana', 3: 'terra', 4: 'eip155:56', 5: 'eip155:137', 23: 'eip155:42161', 30: 'eip155:8453' },
};
const chainOf = (number: number): string => CHAINS[number] ?? `wormhole chain ${number}`;
const accountOn = (number: number, to: string): string =>
  chainOf(number).startsWith('eip155:') ? `${chainOf(number)}:0x${to.slice(26)}` : to;

/** What left the sender by the file's own net flow: asset, base units, account; the message has at most 8 decimals. */
const PAID: Readonly<Record<string, readonly [asset: string, amount: bigint, account: string]>> = {
  'publish_eth_2022_a.json': [
    'slip44:60',
    1_000_000_000_000_000n,
    'eip155:1:0xe2e2d9e31d7e1cc1178fe0d1c5950f6c809816a3',
  ],
  [MATIC]: [
    'erc20:0x7d1afa7b718fb893db30a3abc0cfc608aacfebb0',
    462_300_000_000_000_000_000n,
    'eip155:1:0x970974d4e0cfdfd34c6e86b437185a550c40a80c',
  ],
  'publish_eth_relayer_payload3.json': [
    'erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48',
    12_200_199_596n,
    'eip155:1:0xcafd2f0a35a4459fa40c0517e17e6fa2939441ca',
  ],
  'publish_eth_to_solana_weth.json': [
    'slip44:60',
    3_680_000_000_000_000_000n,
    'eip155:1:0xcc88036fa05c86129bf66260c2a905ab2c7b663c',
  ],
};
/** The last 32 bytes of its payload: 01, the fee, an amount of coin, the person. */
const PERSON = '0xee6bb8b6407bce1534265af6f336e588dff26f38bc474ee3a0d4d854f40c0fd3';

const hex = (value: bigint | number, bytes: number): string => value.toString(16).padStart(bytes * 2, '0');
const wordOf = (value: bigint | number | string): string =>
  `0x${typeof value === 'string' ? value.slice(2).padStart(64, '0') : hex(value, 32)}`;
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
const REDEEMED = '0xcaf280c8cfeba144da67230d9b009c8f868a75bac9a528fa0474be1ba317c169';
const EMITTER = `0x${'0'.repeat(24)}3ee18b2214aff97000d974cf647e7c347e8fa585`;

/** A call that brings a message of Ethereum's bridge, with no signatures: the contract verifies those, not the decoder. */
function callOf(sequence: bigint, payload: string, selector = 'c6878519'): string {
  const body = `${hex(0, 8)}${hex(2, 2)}${EMITTER.slice(2)}${hex(sequence, 8)}01${payload.slice(2)}`;
  const signed = `01${hex(0, 4)}00${body}`;
  return `0x${selector}${hex(32, 32)}${hex(signed.length / 2, 32)}${signed}`;
}

function redeemed(sequence: bigint, logIndex: number, address: Account = POLYGON_BRIDGE): EventLog {
  return { logIndex, address, topics: [REDEEMED, wordOf(2), EMITTER, wordOf(sequence)], data: '0x' };
}

function moved(token: Account, from: string, to: string, amount: bigint, logIndex: number): EventLog {
  return { logIndex, address: token, topics: [TRANSFER, wordOf(from), wordOf(to)], data: wordOf(amount) };
}

function recordOn(chain: Chain, given: Partial<EvmEvidence>): EvmEvidence {
  return { ...only(REDEEM), chain, tx: `0x${'5'.repeat(64)}`, value: 0n, frames: null, ...given };
}

const PAYEE = '0x970974d4e0cfdfd34c6e86b437185a550c40a80c';
/** The message of `MATIC`, word for word, as it is redeemed on Polygon. */
const PAYLOAD = `0x01${hex(46_230_000_000n, 32)}${'0'.repeat(24)}7d1afa7b718fb893db30a3abc0cfc608aacfebb0${hex(2, 2)}${'0'.repeat(24)}${PAYEE.slice(2)}${hex(5, 2)}${hex(0, 32)}`;
const onPolygon = recordOn('eip155:137', {
  to: POLYGON_BRIDGE,
  input: callOf(18421n, PAYLOAD),
  logs: [
    redeemed(18421n, 3),
    moved('eip155:137:0x00000000000000000000000000000000000000bb', ZERO, PAYEE, 462_300_000_000_000_000_000n, 4),
  ],
});

describe('messages that Wormhole’s token bridge published', () => {
  it('decode to the 4 rows expected, field by field', () => {
    const files = Object.keys(expected).filter((file) => expected[file]?.legs?.[0]?.leg === 'source');
    expect(files.sort()).toEqual(Object.keys(PAID).sort());
    for (const file of files) {
      const { key, payload } = rowOf(file);
      const [asset, amount, account] = PAID[file] as readonly [string, bigint, string];
      const to = file === 'publish_eth_relayer_payload3.json' ? PERSON : accountOn(payload.toChain, payload.to);
      const legs = wormhole.decode(only(file));
      expect({ file, legs }).toMatchObject({
        file,
        legs: [
          {
            ...{ side: 'in', kind: 'transfer', key, asset: `eip155:1/${asset}`, amount, account, venue: BRIDGE },
            destination: { chain: chainOf(payload.toChain), account: to, asset: null, amount: null },
          },
        ],
      });
      // The message's amount is that of the token, cut to 8 decimals.
      expect(amount % BigInt(payload.amount8)).toBe(0n);
      expect(legs).toHaveLength(1);
    }
    expect(wormhole.decode(only('publish_eth_relayer_payload3.json'))[0]?.notes.join()).toContain(
      rowOf('publish_eth_relayer_payload3.json').payload.to,
    );
  });

  it('are transfers only where the token bridge sent them', () => {
    expect(rowOf('publish_eth_nonbridge.json').leg).toBe('none');
    expect(wormhole.decode(only('publish_eth_nonbridge.json'))).toEqual([]);
  });

  it('state no amount where no transfer of it is on record, and say what the message says', () => {
    const record = only(MATIC);
    const logs = (record.logs ?? []).filter(({ topics }) => topics[0] !== TRANSFER);
    const [leg] = wormhole.decode({ ...record, logs });
    expect(leg).toMatchObject({ key: rowOf(MATIC).key, amount: null, account: null });
    expect(leg?.notes.join()).toContain('46230000000 in at most 8 decimals');
    // An amount that is not the message's times a power of ten is another payment.
    const other = (record.logs ?? []).map((log) =>
      log.topics[0] === TRANSFER ? { ...log, data: wordOf(924_600_000_000_000_000_000n) } : log,
    );
    expect(wormhole.decode({ ...record, logs: other })[0]?.amount).toBeNull();
  });

  it('each have the transfer that stands before them, where one transaction sent two', () => {
    const record = only(MATIC);
    const again = (record.logs ?? []).map((log) => ({
      ...log,
      logIndex: log.logIndex + 100,
      topics: log.topics.map((each, i) => (log.topics[0] === TRANSFER && i === 1 ? wordOf('0xaa') : each)),
      data: log.topics[0] === TRANSFER ? log.data : log.data.replace('47f5', '47f6'),
    }));
    const legs = wormhole.decode({ ...record, logs: [...(record.logs ?? []), ...again] });
    expect(legs.map(({ key, account }) => [key?.split(':')[2], account])).toEqual([
      ['18421', `eip155:1:${PAYEE}`],
      ['18422', 'eip155:1:0x00000000000000000000000000000000000000aa'],
    ]);
  });
});

describe('messages that were redeemed', () => {
  it('decode to the 1 row expected, once, though event and call both show it', () => {
    const { payload } = (expected[REDEEM] as Expected).calldata as Row;
    expect([payload.amount8, payload.fee, payload.tokenChain]).toEqual(['50000000', '0', 1]);
    const legs = wormhole.decode(only(REDEEM));
    expect(legs).toHaveLength(1);
    expect(legs).toMatchObject([
      {
        ...{ side: 'out', kind: 'transfer', key: rowOf(REDEEM).key, venue: BRIDGE, destination: null, notes: [] },
        place: { kind: 'log', logIndex: 402 },
        // What the file's own net flow says that the sender received: of a token issued for one of Solana, 8 decimals or fewer.
        asset: 'eip155:1/erc20:0x41f7b8b9b897276b7aae926a9016935280b44e97',
        amount: 50_000_000n,
        account: onEthereum(payload.to),
      },
    ]);
  });

  it('decode to all 15 rows known by call data alone: key, payee, token and chain, the message’s amount in a note', () => {
    const rows = expected['calldata_completeTransfer.json']?.transactions ?? [];
    const records = recordsOf('calldata_completeTransfer.json');
    expect([rows.length, records.length]).toEqual([15, 15]);
    rows.forEach((row, i) => {
      const { amount8, fee, to, toChain, tokenChain, tokenAddress } = row.payload;
      expect(toChain).toBe(2);
      const legs = wormhole.decode(records[i] as EvmEvidence);
      expect(legs).toHaveLength(1);
      expect(legs[0]).toMatchObject({
        ...{ side: 'out', key: row.key, tx: row.hash, chain: 'eip155:1', venue: BRIDGE, amount: null },
        place: { kind: 'call', path: [] },
        // Of a token issued elsewhere the call does not say what stands for it here.
        asset: tokenChain === 2 ? `eip155:1/erc20:0x${tokenAddress.slice(26)}` : null,
        account: onEthereum(to),
      });
      const less = fee === '0' ? '' : `, of which ${fee} to whoever redeems it`;
      expect(legs[0]?.notes).toEqual([
        NO_RECEIPT,
        `The message says ${amount8} in at most 8 decimals${less}; no payment of it is on record.`,
      ]);
    });
    expect(rows.filter(({ payload }) => payload.fee !== '0')).toHaveLength(1);
  });

  it('of old contracts, without the event, are told by the transaction’s own call', () => {
    const record = only(REDEEM);
    const logs = (record.logs ?? []).filter(({ topics }) => topics[0] !== REDEEMED);
    expect(wormhole.decode({ ...record, logs })).toMatchObject([
      { key: rowOf(REDEEM).key, place: { kind: 'call', path: [] }, amount: 50_000_000n, notes: [] },
    ]);
    // Further in, a trace does not tell a call of the bridge from code that another contract borrows.
    const frames = (record.frames ?? []).map((frame) => ({ ...frame, path: [0, ...frame.path] }));
    expect(wormhole.decode({ ...record, logs, frames })).toEqual([]);
  });

  it('in ether pay what is unwrapped, less the redeemer’s fee', () => {
    const weth: Account = 'eip155:1:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2';
    const payload = `0x01${hex(100_000_000n, 32)}${'0'.repeat(24)}${weth.slice(-40)}${hex(2, 2)}${'0'.repeat(24)}${PAYEE.slice(2)}${hex(2, 2)}${hex(1_000_000n, 32)}`;
    const unwrapped: EventLog = {
      ...{ logIndex: 8, address: weth },
      topics: ['0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65', EMITTER],
      data: wordOf(10n ** 18n),
    };
    const record = recordOn('eip155:1', { to: BRIDGE, input: callOf(9n, payload, 'ff200cde') });
    const paid = { asset: 'eip155:1/slip44:60', amount: 99n * 10n ** 16n, account: `eip155:1:${PAYEE}` };
    expect(wormhole.decode({ ...record, logs: [redeemed(9n, 7, BRIDGE), unwrapped] })).toMatchObject([paid]);
    expect(wormhole.decode({ ...record, logs: [unwrapped] })).toMatchObject([paid]);
    expect(wormhole.decode({ ...record, logs: [redeemed(9n, 7, BRIDGE)] })).toMatchObject([{ amount: null }]);
  });

  it('count once where the event is repeated, and join the message that was published', () => {
    const logs = onPolygon.logs ?? [];
    const out = wormhole.decode({ ...onPolygon, logs: [redeemed(18421n, 2), ...logs, redeemed(18421n, 9)] });
    expect(out).toMatchObject([
      { key: rowOf(MATIC).key, amount: 462_300_000_000_000_000_000n, account: `eip155:137:${PAYEE}` },
    ]);
    const ins = wormhole.decode(only(MATIC));
    const joined = matchLegs(ins, out, (_, tx) => (tx === ins[0]?.tx ? [transferOf(ins[0] as Leg)] : []));
    expect(joined.crossings).toMatchObject([
      { basis: 'exact', output: { kind: 'unrecorded', amount: 462_300_000_000_000_000_000n } },
    ]);
  });

  it('are not paid by what follows another message’s redemption', () => {
    const [first, paid] = onPolygon.logs as [EventLog, EventLog];
    const other = redeemed(18422n, 4);
    const legs = wormhole.decode({ ...onPolygon, logs: [first, other, { ...paid, logIndex: 5 }] });
    expect(legs.map(({ key, amount }) => [key?.split(':')[2], amount])).toEqual([
      ['18421', null],
      ['18422', null],
    ]);
  });

  it('in two transactions are a replay, and prove nothing', () => {
    const ins = wormhole.decode(only(MATIC));
    const outs = [onPolygon, { ...onPolygon, tx: `0x${'6'.repeat(64)}` }].flatMap((each) => wormhole.decode(each));
    const joined = matchLegs(ins, outs, () => [transferOf(ins[0] as Leg)]);
    expect(joined.crossings).toEqual([]);
    expect(joined.refused.map(({ reason }) => reason).join()).toContain('2 payouts have this key');
  });

  it('state no amount where the message is not on record, or two of its name differ', () => {
    const through = { ...onPolygon, to: 'eip155:137:0x00000000000000000000000000000000000000cc' as Account };
    expect(wormhole.decode(through)).toMatchObject([{ key: rowOf(MATIC).key, amount: null, account: null }]);
    const forged = callOf(18421n, PAYLOAD.replace(PAYEE.slice(2), `${'0'.repeat(38)}aa`));
    const frame = { from: through.to, to: POLYGON_BRIDGE, value: 0n };
    const frames = [
      { ...frame, path: [0], input: forged },
      { ...frame, path: [1], input: onPolygon.input as string },
    ];
    expect(wormhole.decode({ ...through, frames })).toMatchObject([{ amount: null, account: null }]);
    expect(wormhole.decode({ ...through, frames: frames.slice(1) })).toMatchObject([
      { account: `eip155:137:${PAYEE}` },
    ]);
  });
});

describe('calls without a receipt', () => {
  it('decode to all 21 transfers expected, field by field, without a key', () => {
    const rows = expected['calldata_transferTokens.json']?.transactions ?? [];
    const records = recordsOf('calldata_transferTokens.json');
    expect([rows.length, records.length]).toEqual([21, 21]);
    rows.forEach((row, i) => {
      const record = records[i] as EvmEvidence;
      const legs = wormhole.decode(record);
      expect(legs).toHaveLength(1);
      expect(legs[0]).toMatchObject({
        ...{ side: 'in', key: row.key, tx: row.hash, account: record.from, venue: BRIDGE },
        ...{ asset: `eip155:1/erc20:${row.token.toLowerCase()}`, amount: BigInt(row.amount) },
        destination: { chain: chainOf(row.recipientChain), account: accountOn(row.recipientChain, row.recipient) },
      });
      expect(legs[0]?.notes).toContain(NO_RECEIPT);
    });
  });

  it('say as much as the receipts of the other 3 calls, but for the key', () => {
    const calls = [MATIC, 'publish_eth_2022_a.json', 'publish_eth_to_solana_weth.json'];
    for (const file of calls) {
      const record = only(file);
      const [shown, called] = [record, { ...record, succeeded: null, logs: null, frames: null }].map(
        (each) => wormhole.decode(each)[0] as Leg,
      );
      const { key, place, notes, ...rest } = shown as Leg;
      expect(called).toMatchObject({ ...rest, key: null });
    }
  });
});

describe('what Wormhole did not write', () => {
  const receipts = Object.keys(expected).filter((file) => expected[file]?.legs !== undefined);
  const changed = (record: EvmEvidence, change: (log: EventLog) => object): EvmEvidence => ({
    ...record,
    ...{ frames: null, input: '0x' },
    logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log) })),
  });

  it('gives no leg: look-alikes, failed transactions, data cut short', () => {
    expect(receipts).toHaveLength(6);
    for (const file of receipts) {
      const record = only(file);
      const elsewhere: Account = 'eip155:1:0x00000000000000000000000000000000000000aa';
      expect(wormhole.decode(changed(record, () => ({ address: elsewhere })))).toEqual([]);
      expect(wormhole.decode({ ...record, succeeded: false })).toEqual([]);
      expect(
        wormhole.decode(
          changed(record, ({ data, topics }) => ({ data: data.slice(0, 2 + 64 * 5), topics: topics.slice(0, 3) })),
        ),
      ).toEqual([]);
    }
  });

  it('gives no leg of a call that is cut short, or one to another contract', () => {
    for (const file of ['calldata_completeTransfer.json', 'calldata_transferTokens.json']) {
      for (const record of recordsOf(file)) {
        const input = record.input as string;
        for (const length of [64 * 2, 64 * 5]) {
          expect(wormhole.decode({ ...record, input: input.slice(0, 2 + 8 + length) })).toEqual([]);
        }
        expect(wormhole.decode({ ...record, to: 'eip155:1:0x00000000000000000000000000000000000000aa' })).toEqual([]);
        expect(wormhole.decode({ ...record, succeeded: false })).toEqual([]);
      }
    }
  });
});

function onEthereum(to: string): string {
  return `eip155:1:0x${to.slice(26)}`;
}

function transferOf({ chain, tx, account, venue, asset, amount }: Leg): Transfer {
  return {
    ...{ chain, tx, blockNumber: 1, txIndex: 0, position: 0, blockTime: 1, kind: 'token' as const },
    ...{ from: account as Account, to: venue as Account, amount: amount as bigint },
    ...{ asset: asset as Transfer['asset'], assigned: 'none' as const, rounded: false },
  };
}
