import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { EventLog, EvmEvidence, Transfer } from '../../ledger/index.ts';
import type { Account, Asset, Chain } from '../../units/index.ts';
import { keccak, NO_RECEIPT } from './abi.ts';
import { cbridge } from './cbridge.ts';
import type { Leg } from './leg.ts';
import { matchLegs } from './match.ts';

type Row = Readonly<
  Record<'leg' | 'key' | 'receiver' | 'token' | 'amount' | 'hash', string> &
    Partial<Record<'event' | 'fn' | 'sender' | 'dstChainId' | 'srcChainId' | 'refChainId' | 'burnAccount', string>>
>;
type Expected = { readonly legs?: readonly [Row]; readonly calldata?: Row; readonly transactions?: readonly Row[] };

const expected = expectedOf('cbridge') as Record<string, Expected>;
const receipts = Object.keys(expected).filter((file) => expected[file]?.legs !== undefined);
const recordsOf = (file: string) => fixtureEvidence('cbridge', file) as readonly EvmEvidence[];
const only = (file: string) => recordsOf(file)[0] as EvmEvidence;
const rowOf = (file: string): Row => expected[file]?.legs?.[0] as Row;
const on = (address: string | undefined, chain: string = 'eip155:1'): Account =>
  `${chain as Chain}:${(address ?? '').toLowerCase()}`;

const BRIDGE = on('0x5427fefa711eff984124bfbb1ab6fbf5e3da1820');
const VAULT = on('0xb37d31b2a74029b5951a2778f959282e2d518595');
const ISSUER = on('0x16365b45eb269b5b5dacb34b4a15399ec79b95eb');
const ELSEWHERE = on('0x00000000000000000000000000000000000000aa');
const WETH = '0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2';
const ETHER = 'eip155:1/slip44:60';
const USDC = '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48';
/** In what the recorded receipts moved, by their own net flows and payments: ether, where the event says WETH. */
const assetOf = (token: string): string =>
  token.toLowerCase() === WETH ? ETHER : `eip155:1/erc20:${token.toLowerCase()}`;

const hex = (value: bigint | number, bytes: number): string =>
  BigInt(value)
    .toString(16)
    .padStart(bytes * 2, '0');
const wordOf = (value: bigint | number | string): string =>
  typeof value === 'string' ? value.slice(2).padStart(64, '0') : hex(value, 32);
const dataOf = (...values: readonly (bigint | number | string)[]): string => `0x${values.map(wordOf).join('')}`;
const ID = `0x${'7'.repeat(64)}`;
const PERSON = '0x104562bffdade5f08582ecf2a4cd61a3759696fa';
const TOPIC = {
  transfer: '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
  relay: '0x79fa08de5149d912dce8e5e8da7a7c17ccdf23dd5d3bfe196802e6eb86347c7c',
  deposited: '0x15d2eeefbe4963b5b2178f239ddcc730dda55f1c23c22efb79ded0eb854ac789',
  deposited2: '0x28d226819e371600e26624ebc4a9a3947117ee2760209f816c789d3a99bf481b',
  burn: '0x75f1bf55bb1de41b63a775dc7d4500f01114ee62b688a6b11d34f4692c1f3d43',
  burn2: '0x6298d7b58f235730b3b399dc5c282f15dae8b022e5fbbf89cee21fd83c8810a3',
  mint: '0x5bc84ecccfced5bb04bfc7f3efcdbe7f5cd21949ef146811b4d1967fe41f777a',
  withdrawn: '0x296a629c5265cb4e5319803d016902eb70a9079b89655fe2b7737821ed88beeb',
  withdrawDone: '0x48a1ab26f3aa7b62bb6b6e8eed182f292b84eb7b006c0254386b268af20774be',
} as const;

function withLogs(logs: readonly EventLog[], given: Partial<EvmEvidence> = {}): EvmEvidence {
  return { ...only('send_eth_usdc.json'), tx: `0x${'5'.repeat(64)}`, frames: null, logs, ...given };
}

function event(address: Account, topic0: string, data: string): EventLog {
  return { logIndex: 5, address, topics: [topic0], data };
}

function moved(token: Account, from: Account, to: Account, amount: bigint): EventLog {
  const [a, b] = [from, to].map((each) => `0x${wordOf(each.slice(each.lastIndexOf(':') + 1))}`);
  return { logIndex: 4, address: token, topics: [TOPIC.transfer, a as string, b as string], data: dataOf(amount) };
}

describe('receipts of cBridge', () => {
  it('decode to the 6 rows expected, field by field; of 5 the hash is computed again', () => {
    expect(receipts).toHaveLength(6);
    for (const file of receipts) {
      const row = rowOf(file);
      const isIn = row.leg === 'source';
      const legs = cbridge.decode(only(file));
      expect(legs).toHaveLength(1);
      expect({ file, leg: legs[0] }).toMatchObject({
        file,
        leg: {
          ...{ side: isIn ? 'in' : 'out', kind: 'transfer', key: row.key, notes: [] },
          ...{ asset: assetOf(row.token), amount: BigInt(row.amount) },
          account: on(isIn ? row.sender : row.receiver),
          venue: row.event === 'Withdrawn' ? VAULT : BRIDGE,
          destination: isIn
            ? {
                chain: `eip155:${row.dstChainId}`,
                account: on(row.receiver, `eip155:${row.dstChainId}`),
                ...{ asset: null, amount: null },
              }
            : null,
        },
      });
    }
    const events = receipts.map((file) => rowOf(file).event).sort();
    expect(events).toEqual(['Relay', 'Relay', 'Send', 'Send', 'Send', 'Withdrawn']);
  });

  it('show ether by the wrapped coin’s own event, where there is no trace', () => {
    for (const file of ['send_eth_weth_to_avax.json', 'send_eth_weth_to_avax_2022.json', 'relay_eth_2022.json']) {
      const leg = cbridge.decode({ ...only(file), frames: null, to: null })[0];
      expect(leg).toMatchObject({ asset: ETHER, amount: BigInt(rowOf(file).amount) });
    }
  });

  it('give no amount of which no payment is on record', () => {
    for (const file of receipts) {
      const record = only(file);
      const topic0 = cbridge.decode(record)[0]?.place;
      const logs = (record.logs ?? []).filter(({ logIndex }) => topic0?.kind === 'log' && logIndex === topic0.logIndex);
      const [leg] = cbridge.decode({ ...record, logs, frames: null, to: null, value: null });
      expect(leg).toMatchObject({ key: rowOf(file).key, amount: null });
      expect(leg?.notes.join()).toContain(rowOf(file).amount);
    }
  });

  it('give nothing of look-alikes, of another sum, of a failed transaction, of data cut short', () => {
    for (const file of receipts) {
      const record = only(file);
      const changed = (change: (data: string) => object): EvmEvidence => ({
        ...record,
        logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log.data) })),
      });
      expect(cbridge.decode(changed(() => ({ address: ELSEWHERE })))).toEqual([]);
      for (const short of [64, 64 * 4]) {
        expect(cbridge.decode(changed((data) => ({ data: data.slice(0, Math.max(2, data.length - short)) })))).toEqual(
          [],
        );
      }
      expect(cbridge.decode({ ...record, succeeded: false })).toEqual([]);
      if (rowOf(file).event === 'Withdrawn') continue;
      // The fifth word is the amount: with another one the transfer’s name is not its hash.
      const inflated = changed((data) => ({ data: data.replace(/^(0x.{256}).{64}/, `$1${'0'.repeat(62)}ff`) }));
      expect(cbridge.decode(inflated)).toEqual([]);
      // Nor is it on another chain, though a contract of the bridge is there too.
      const chain: Chain = 'eip155:10';
      const there = changed(() => ({ address: 'eip155:10:0x9d39fc627a6d9d9f8c831c16995b209548cc3401' }));
      expect(cbridge.decode({ ...there, chain })).toEqual([]);
    }
  });
});

describe('calls without a receipt', () => {
  const rows = expected['calldata.json']?.transactions ?? [];
  const records = recordsOf('calldata.json');
  const legOf = (row: Row, record: EvmEvidence): object => {
    const isCoin = row.token.startsWith('native');
    const to = `eip155:${row.dstChainId}`;
    return row.leg === 'source'
      ? {
          ...{ side: 'in', key: row.key, amount: BigInt(row.amount), account: record.from },
          asset: isCoin ? ETHER : `eip155:1/erc20:${row.token.toLowerCase()}`,
          destination: { chain: to, account: on(row.receiver, to), asset: null, amount: null },
        }
      : {
          ...{ side: 'out', key: row.key, amount: BigInt(row.amount), account: on(row.receiver) },
          ...{ asset: assetOf(row.token), destination: null },
        };
  };

  it('decode to all 28 rows expected, field by field', () => {
    expect([rows.length, records.length]).toEqual([28, 28]);
    rows.forEach((row, i) => {
      const record = records[i] as EvmEvidence;
      const legs = cbridge.decode(record);
      expect(legs).toHaveLength(1);
      expect(legs[0]).toMatchObject({
        ...{ tx: row.hash, chain: 'eip155:1', venue: BRIDGE, place: { kind: 'call', path: [] } },
        ...legOf(row, record),
      });
      expect(legs[0]?.notes).toContain(NO_RECEIPT);
    });
    const kinds = ['send', 'sendNative', 'relay'].map((fn) => rows.filter((row) => row.fn === fn).length);
    expect(kinds).toEqual([5, 8, 15]);
  });

  it('say what the receipts of the other 5 say', () => {
    const called = receipts.filter((file) => expected[file]?.calldata !== undefined);
    expect(called).toHaveLength(5);
    for (const file of called) {
      const record = { ...only(file), succeeded: null, logs: null };
      const row = expected[file]?.calldata as Row;
      expect(cbridge.decode(record)).toMatchObject([legOf(row, record)]);
      expect(row.key).toBe(rowOf(file).key);
    }
  });

  it('give nothing where cut short, failed, made to another contract, or with other coin than they say', () => {
    records.forEach((record, i) => {
      const input = record.input as string;
      expect(cbridge.decode({ ...record, input: input.slice(0, 2 + 8 + 64 * 4) })).toEqual([]);
      expect(cbridge.decode({ ...record, succeeded: false })).toEqual([]);
      expect(cbridge.decode({ ...record, to: ELSEWHERE })).toEqual([]);
      if (rows[i]?.fn === 'sendNative') expect(cbridge.decode({ ...record, value: 1n })).toEqual([]);
    });
  });
});

describe('vaults and issuers', () => {
  const token = on(USDC);
  const zero = on(`0x${'0'.repeat(40)}`);
  const shared = { key: ID, account: on(PERSON), amount: 900n, asset: `eip155:1/erc20:${USDC}`, kind: 'transfer' };
  const there = { chain: 'eip155:10', account: on(PERSON, 'eip155:10') };

  it('take in under a number of their own, and say where it goes', () => {
    const into = moved(token, on(PERSON), VAULT, 900n);
    const deposits = [
      event(VAULT, TOPIC.deposited, dataOf(ID, PERSON, USDC, 900n, 10n, PERSON)),
      event(VAULT, TOPIC.deposited2, dataOf(ID, PERSON, USDC, 900n, 10n, PERSON, 3n)),
    ];
    for (const each of deposits) {
      expect(cbridge.decode(withLogs([into, each]))).toMatchObject([{ ...shared, side: 'in', destination: there }]);
      expect(cbridge.decode(withLogs([into, { ...each, address: ISSUER }]))).toEqual([]);
    }
    const burnt = moved(token, on(PERSON), zero, 900n);
    const burns = [
      event(ISSUER, TOPIC.burn, dataOf(ID, USDC, PERSON, 900n, PERSON)),
      event(ISSUER, TOPIC.burn2, dataOf(ID, USDC, PERSON, 900n, 10n, PERSON, 3n)),
    ];
    const [first, second] = burns.map((each) => cbridge.decode(withLogs([burnt, each])));
    expect(first).toMatchObject([{ ...shared, side: 'in', destination: { chain: null, account: PERSON } }]);
    expect(second).toMatchObject([{ ...shared, side: 'in', destination: there }]);
  });

  it('pay out under the other’s number; what came from the same chain is returned', () => {
    const minted = moved(token, zero, on(PERSON), 900n);
    const mint = (from: bigint): EventLog =>
      event(ISSUER, TOPIC.mint, dataOf(`0x${'8'.repeat(64)}`, USDC, PERSON, 900n, from, ID, PERSON));
    expect(cbridge.decode(withLogs([minted, mint(10n)]))).toMatchObject([{ ...shared, side: 'out' }]);
    expect(cbridge.decode(withLogs([minted, mint(1n)]))).toMatchObject([{ ...shared, kind: 'refund' }]);
    const released = moved(token, VAULT, on(PERSON), 900n);
    const withdrawn = event(VAULT, TOPIC.withdrawn, dataOf(`0x${'8'.repeat(64)}`, PERSON, USDC, 900n, 1n, ID, PERSON));
    expect(cbridge.decode(withLogs([released, withdrawn]))).toMatchObject([{ ...shared, kind: 'refund' }]);
  });

  it('return what a pool took in under its name; a provider’s withdrawal has none', () => {
    const paid = moved(token, BRIDGE, on(PERSON), 900n);
    const done = (refid: string): EventLog =>
      event(BRIDGE, TOPIC.withdrawDone, dataOf(`0x${'8'.repeat(64)}`, 4n, PERSON, USDC, 900n, refid));
    const [leg] = cbridge.decode(withLogs([paid, done(ID)]));
    expect(leg).toMatchObject({ ...shared, side: 'out', kind: 'refund' });
    expect(leg?.notes).toHaveLength(2);
    expect(cbridge.decode(withLogs([paid, done('0x00')]))).toMatchObject([{ kind: 'withdrawal', key: null }]);
  });
});

describe('a transfer and its payout', () => {
  const [sent] = cbridge.decode(only('send_eth_usdc.json')) as [Leg];
  const [chain, token] = ['eip155:42161' as Chain, '0x00000000000000000000000000000000000000bb'];
  const bridge: Account = 'eip155:42161:0x1619de6b6b20ed217a58d00f37b9d47c7663feca';
  const packed = `0x${PERSON.slice(2)}${PERSON.slice(2)}${token.slice(2)}${hex(1_499_000_000n, 32)}${hex(1, 8)}${hex(42161, 8)}${sent.key?.slice(2)}`;
  const relay = event(
    bridge,
    TOPIC.relay,
    dataOf(keccak(packed) as string, PERSON, PERSON, token, 1_499_000_000n, 1n, sent.key as string),
  );
  const paid = moved(`${chain}:${token}`, bridge, on(PERSON, chain), 1_499_000_000n);
  const payout = withLogs([paid, relay], { chain });
  const carrier: Transfer = {
    ...{ chain: 'eip155:1', tx: sent.tx, blockNumber: 1, txIndex: 0, position: 0, blockTime: 1, kind: 'token' },
    ...{ from: on(PERSON), to: BRIDGE, asset: sent.asset as Asset, amount: 1_500_000_000n },
    ...{ assigned: 'none', rounded: false },
  };
  const ledger = (_: Chain, tx: string): readonly Transfer[] => (tx === sent.tx ? [carrier] : []);

  it('are one crossing by the transfer’s name', () => {
    const outs = cbridge.decode(payout);
    expect(matchLegs([sent], outs, ledger).crossings).toMatchObject([
      { basis: 'exact', output: { kind: 'unrecorded', account: on(PERSON, chain), amount: 1_499_000_000n } },
    ]);
  });

  it('prove nothing where it was paid twice: a replay', () => {
    const outs = [payout, { ...payout, tx: `0x${'6'.repeat(64)}` }].flatMap((each) => cbridge.decode(each));
    const { crossings, refused } = matchLegs([sent], outs, ledger);
    expect(crossings).toEqual([]);
    expect(refused.map(({ reason }) => reason).join()).toContain('2 payouts have this key');
  });

  it('are not joined by the payout’s own name', () => {
    const own = event(bridge, TOPIC.relay, relay.data.replace(sent.key?.slice(2) ?? '', '9'.repeat(64)));
    expect(cbridge.decode(withLogs([paid, own], { chain }))).toEqual([]);
  });
});
