import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence, readFixture } from '../../../../test/crossings-fixtures.ts';
import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import { NO_RECEIPT, slice } from './abi.ts';
import { cctp } from './cctp.ts';
import { bodyWord } from './cctp-message.ts';
import type { Leg } from './leg.ts';
import { matchLegs } from './match.ts';

type Event = { readonly event: string; readonly args: Readonly<Record<string, string>> };
type CallRow = Readonly<Record<'hash' | 'fn' | 'leg' | 'amount' | 'mintRecipient' | 'burnToken', string>> & {
  readonly destinationDomain: number;
  readonly body: Readonly<Record<'mintRecipient' | 'amount' | 'feeExecuted', string>>;
};
type Expected = { chainId: number; events: readonly Event[]; transactions: readonly CallRow[] };
const expected = expectedOf('cctp') as Record<string, Expected>;
const CALLS = 'calldata_v2.json';
const called = fixtureEvidence('cctp', CALLS) as readonly EvmEvidence[];
const callRows = expected[CALLS]?.transactions ?? [];
const recordOf = ({ hash }: CallRow) => called.find(({ tx }) => tx === hash) as EvmEvidence;
/** From the reference. */
const CHAIN_OF: Readonly<Record<number, string>> = {
  1: 'eip155:43114',
  3: 'eip155:42161',
  5: 'solana',
  6: 'eip155:8453',
};
const receipts = Object.keys(expected).filter((file) => file.startsWith('v1_'));
const burns = receipts.filter((file) => file.startsWith('v1_burn'));
const mints = receipts.filter((file) => file.startsWith('v1_mint'));
const only = (file: string) => fixtureEvidence('cctp', file)[0] as EvmEvidence;
const legOf = (file: string): Leg => cctp.decode(only(file))[0] as Leg;
const argsOf = (file: string, event: string) => expected[file]?.events.find((row) => row.event === event)?.args ?? {};
const chainOf = (file: string) => `eip155:${expected[file]?.chainId}`;
const DOMAIN: Readonly<Record<string, number>> = { 'eip155:1': 0, 'eip155:10': 2, 'eip155:42161': 3, 'eip155:137': 7 };

describe('CCTP', () => {
  it('decodes the 3 burns of version 1 field by field', () => {
    expect(burns).toHaveLength(3);
    for (const file of burns) {
      const args = argsOf(file, 'DepositForBurn');
      const legs = cctp.decode(only(file));
      expect(legs).toHaveLength(1);
      expect(legs[0]).toMatchObject({
        side: 'in',
        key: `${DOMAIN[chainOf(file)]}:${args['nonce']}`,
        asset: `${chainOf(file)}/erc20:${args['burnToken']?.toLowerCase()}`,
        amount: BigInt(args['amount'] ?? ''),
        destination: { chain: 'eip155:42161', account: `eip155:42161:0x${args['mintRecipient']?.slice(26)}` },
      });
    }
    // A router burns what it swapped or took its fee from: it is the router's, whatever came into it.
    expect(legOf('v1_burn_op_via_socket.json').account).toBe('eip155:10:0x3a23f943181408eac424116af7b7790c94cb97a5');
  });

  it('charges a burn to its depositor, not to whoever moved as much before in the same transaction', () => {
    const burn = only('v1_burn_eth.json');
    const leg = legOf('v1_burn_eth.json');
    const [transfer] = (burn.logs ?? []).filter(({ topics }) => topics[0]?.startsWith('0xddf252ad'));
    const [event, from = ''] = transfer?.topics ?? [];
    const stranger = `0x${'0'.repeat(24)}${'77'.repeat(20)}`;
    const before = {
      ...(transfer as EventLog),
      logIndex: 0,
      topics: [event as string, stranger, `0x${'0'.repeat(24)}${'88'.repeat(20)}`],
    };
    expect(leg.account).toBe(`${burn.chain}:0x${from.slice(26)}`);
    expect(cctp.decode({ ...burn, logs: [before, ...(burn.logs ?? [])] })[0]?.account).toBe(leg.account);
  });

  it('decodes the 3 mints of version 1 field by field', () => {
    expect(mints).toHaveLength(3);
    for (const file of mints) {
      const [mint, message] = [argsOf(file, 'MintAndWithdraw'), argsOf(file, 'MessageReceived')];
      const legs = cctp.decode(only(file));
      expect(legs).toHaveLength(1);
      expect(legs[0]).toMatchObject({
        side: 'out',
        key: `${message['sourceDomain']}:${message['nonce']}`,
        asset: `${chainOf(file)}/erc20:${mint['mintToken']?.toLowerCase()}`,
        amount: BigInt(mint['amount'] ?? ''),
        account: `${chainOf(file)}:${mint['mintRecipient']?.toLowerCase()}`,
      });
    }
  });

  it('matches the two pairs on record by key, and nothing else', () => {
    const pairs = burns.flatMap((burn) =>
      mints.filter((mint) => legOf(burn).key === legOf(mint).key).map((mint) => [burn, mint]),
    );
    expect(pairs).toEqual([
      ['v1_burn_eth.json', 'v1_mint_arb_from_eth.json'],
      ['v1_burn_polygon.json', 'v1_mint_arb_from_polygon.json'],
    ]);
  });

  it('makes nothing of another contract, a failed transaction, a message without its mint, or data cut short', () => {
    for (const file of receipts) {
      const record = only(file);
      const changed = (change: (log: { data: string }) => object): EvmEvidence => ({
        ...record,
        logs: (record.logs ?? []).map((log) => ({ ...log, ...change(log) })),
      });
      const elsewhere = `${record.chain}:0x00000000000000000000000000000000000000aa` as const;
      expect(cctp.decode(changed(() => ({ address: elsewhere })))).toEqual([]);
      expect(cctp.decode(changed(({ data }) => ({ data: data.slice(0, 20) })))).toEqual([]);
      expect(cctp.decode({ ...record, succeeded: false })).toEqual([]);
    }
    const mint = only('v1_mint_arb_from_eth.json');
    const unminted = (mint.logs ?? []).filter(({ topics }) => !topics[0]?.startsWith('0x1b2a7ff0'));
    expect(cctp.decode({ ...mint, logs: unminted })).toEqual([]);
  });

  it('gives a burn of version 2 no key: its message has none yet', () => {
    const burn = only('v1_burn_eth.json');
    const pad = (address: string) => `0x${address.slice(2).padStart(64, '0')}`;
    const words = [1_000_000n, BigInt(pad('0xd0adc5d079cc486b58f1b9a28b973355c4ec9e6f')), 3n, 0n, 0n, 100n];
    const log = {
      logIndex: 5,
      address: 'eip155:1:0x28b5a0e9c621a5badaa536219b3a228c8168cf5d' as const,
      topics: [
        '0x0c8c1cbdc5190613ebd485511d4e2812cfa45eecb79d845893331fedad5130a5',
        pad('0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48'),
        pad('0xd0adc5d079cc486b58f1b9a28b973355c4ec9e6f'),
        pad('0x3e8'),
      ],
      data: `0x${words.map((value) => value.toString(16).padStart(64, '0')).join('')}`,
    };
    expect(cctp.decode({ ...burn, logs: [log] })).toMatchObject([
      { side: 'in', key: null, amount: 1_000_000n, destination: { chain: 'eip155:42161', amount: null } },
    ]);
  });

  it('reads the 7 burns of version 2 asked for by calls alone, field by field, and gives them no key', () => {
    const rows = callRows.filter(({ leg }) => leg === 'source');
    expect(rows).toHaveLength(7);
    for (const row of rows) {
      const record = recordOf(row);
      const chain = CHAIN_OF[row.destinationDomain];
      const isHere = chain?.startsWith('eip155:');
      const legs = cctp.decode(record);
      expect(legs).toMatchObject([
        {
          side: 'in',
          key: null,
          asset: `eip155:1/erc20:${row.burnToken.toLowerCase()}`,
          amount: BigInt(row.amount),
          account: record.from,
          destination: { chain, account: isHere ? `${chain}:${row.mintRecipient}` : row.mintRecipient, amount: null },
        },
      ]);
      expect(legs[0]?.notes).toContain(NO_RECEIPT);
    }
  });

  it('reads the 5 messages of version 2 brought by calls alone: what is minted is the amount less the fee', () => {
    const rows = callRows.filter(({ leg }) => leg === 'destination');
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      const { mintRecipient, amount, feeExecuted } = row.body;
      const legs = cctp.decode(recordOf(row));
      expect(legs).toMatchObject([
        {
          side: 'out',
          key: null,
          asset: null,
          amount: BigInt(amount) - BigInt(feeExecuted),
          account: `eip155:1:${mintRecipient}`,
        },
      ]);
      expect(legs[0]?.notes).toContain(NO_RECEIPT);
    }
  });

  it('makes nothing of such a call to another contract, on another chain, cut short, failed, or beside a silent receipt', () => {
    expect(called).toHaveLength(12);
    for (const record of called) {
      const input = record.input as string;
      const { from, to } = record as { from: Account; to: Account };
      expect(cctp.decode({ ...record, to: 'eip155:1:0x00000000000000000000000000000000000000aa' })).toEqual([]);
      expect(cctp.decode({ ...record, chain: 'eip155:5', to: `eip155:5:${to.slice(9)}` })).toEqual([]);
      expect(cctp.decode({ ...record, input: `0xffffffff${input.slice(10)}` })).toEqual([]);
      for (const words of [0, 1, 2, 4, 6])
        expect(cctp.decode({ ...record, input: input.slice(0, 10 + 64 * words) })).toEqual([]);
      expect(cctp.decode({ ...record, succeeded: false })).toEqual([]);
      expect(cctp.decode({ ...record, succeeded: true, logs: [] })).toEqual([]);
      const inner = { path: [0], from, to, value: 0n, input };
      expect(cctp.decode({ ...record, frames: [{ ...inner, path: [], input: '0x' }, inner] })).toEqual([]);
    }
  });

  it('makes nothing of a message that is another version’s, another chain’s, or not the token messenger’s', () => {
    const row = callRows.find(({ leg }) => leg === 'destination') as CallRow;
    const record = recordOf(row);
    // Selector, two offsets and a length; then version, source, destination, number, sender, recipient.
    const start = 10 + 64 * 3;
    const replaced = (at: number, digits: string): EvmEvidence => {
      const input = record.input as string;
      const place = start + 2 * at;
      return { ...record, input: input.slice(0, place) + digits + input.slice(place + digits.length) };
    };
    expect(cctp.decode(replaced(4, '00000003'))).toHaveLength(1);
    expect(cctp.decode(replaced(0, '00000000'))).toEqual([]);
    expect(cctp.decode(replaced(8, '00000003'))).toEqual([]);
    expect(cctp.decode(replaced(76 + 12, 'aa'.repeat(20)))).toEqual([]);
    expect(cctp.decode(replaced(148, '00000000'))).toEqual([]);
    // A fee greater than the amount.
    expect(cctp.decode(replaced(148 + 4 + 32 * 5, 'ff'.repeat(32)))).toEqual([]);
  });

  it('reads the parts of a message of version 2 where a program of others, run on the live chain, read them', () => {
    const raw = readFixture('cctp', 'v2_asserted_messages.json') as { messageSent: { message: string } };
    const { messageSent } = expectedOf('cctp')['v2_asserted_messages.json'] as {
      messageSent: {
        body: Readonly<Record<'mintRecipient32' | 'amount' | 'messageSender32' | 'maxFee' | 'feeExecuted', string>>;
      };
    };
    // What stands before the body takes 148 bytes.
    const body = slice(raw.messageSent.message, 148) as string;
    const { mintRecipient32, amount, messageSender32, maxFee, feeExecuted } = messageSent.body;
    expect([1, 2, 3, 4, 5].map((index) => BigInt(bodyWord(body, index) as string))).toEqual(
      [mintRecipient32, amount, messageSender32, maxFee, feeExecuted].map(BigInt),
    );
  });

  it('gives a message of version 2 no key by its receipt either, and each of two alike its own mint', () => {
    const mint = only('v1_mint_arb_from_eth.json');
    const v2 = '0x28b5a0e9c621a5badaa536219b3a228c8168cf5d';
    const person = '0xd0adc5d079cc486b58f1b9a28b973355c4ec9e6f';
    const word = (value: bigint | string): string => BigInt(value).toString(16).padStart(64, '0');
    // Version, token, recipient, amount, sender, greatest fee, fee, last block.
    const body = `00000001${[USDC, person, 1_000n, person, 10n, 3n, 0n].map(word).join('')}`;
    const received = {
      address: `${mint.chain}:0x81d40f21f12a8f0e3252bccb954d722d4c464b64` as Account,
      topics: [
        '0xff48c13eda96b1cceacc6b9edeedc9e9db9d6226afbc30146b720c19d3addb1c',
        word(1n),
        word(2n),
        word(1_000n),
      ].map(prefixed),
      data: `0x${word(0n)}${word(v2)}${word(96n)}${word(BigInt(body.length / 2))}${body}`,
    };
    const minted = {
      address: `${mint.chain}:${v2}` as Account,
      topics: ['0x50c55e915134d457debfa58eb6f4342956f8b0616d51a89a3659360178e1ab63', word(person), word(USDC)].map(
        prefixed,
      ),
      data: `0x${word(997n)}${word(3n)}`,
    };
    const logs = [minted, received, minted, received].map((log, logIndex) => ({ ...log, logIndex }));
    const legs = cctp.decode({ ...mint, logs });
    expect(legs.map(({ key, amount, account, place }) => ({ key, amount, account, place }))).toEqual(
      [0, 2].map((logIndex) => ({
        ...{ key: null, amount: 997n, account: `${mint.chain}:${person}` },
        place: { kind: 'log', logIndex },
      })),
    );
    expect(matchLegs([], legs, () => []).crossings).toEqual([]);
  });
});

const USDC = '0xaf88d065e77c8cc2239327c5edb3a432268e5831';
const prefixed = (hex: string): string => (hex.startsWith('0x') ? hex : `0x${hex}`);
