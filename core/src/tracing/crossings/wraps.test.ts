import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import { type EvmEvidence, type Transfer, transfersOfEvidence } from '../../ledger/index.ts';
import type { Asset } from '../../units/index.ts';
import { lido } from './lido.ts';
import { type Wrap, wrapCrossing, wrapsOf } from './wraps.ts';

type Expected = {
  readonly netFlowOfSender: Readonly<Record<string, string>>;
  readonly events: readonly { readonly event: string; readonly args: Readonly<Record<string, string>> }[];
};

const EXPECTED = expectedOf('wraps') as Readonly<Record<string, Expected>>;

function evmOf(folder: string, file: string): EvmEvidence {
  const [evidence] = fixtureEvidence(folder, file);
  if (evidence?.kind !== 'evm') throw new Error(`${file} is no transaction of an EVM chain`);
  return evidence;
}

function transfersOf(evidence: EvmEvidence): Transfer[] {
  return transfersOfEvidence(evidence, { blockTime: 1 });
}

function read(file: string, folder = 'wraps') {
  const evidence = evmOf(folder, file);
  const transfers = transfersOf(evidence);
  return { evidence, transfers, wraps: wrapsOf(transfers, evidence) };
}

const named = (asset: Asset): string =>
  asset.includes('/erc20:') ? asset.slice(asset.lastIndexOf(':') + 1) : 'native';

/** What a wrap changes for the account, as `expected.json` writes net flows. */
function flowsOf({ gave, received }: Wrap): Record<string, string> {
  return { [named(gave.asset)]: String(-gave.amount), [named(received.asset)]: String(received.amount) };
}

describe('a wrap by the sender itself', () => {
  it.each([
    'lido_steth_staking_23a3ee.json',
    'lido_wsteth_unwrapping_104e9b.json',
    'steth_submit_a.json',
    'steth_submit_b.json',
    'steth_to_wsteth_14000005.json',
    'weth_deposit_5bb623.json',
    'weth_deposit_base_0d418e.json',
    'weth_deposit_optimism_42074e.json',
    'weth_deposit_scroll_1fa6d8.json',
    'weth_withdraw_base_8d5460.json',
    'weth_withdraw_optimism_4a6b47.json',
    'weth_withdraw_scroll_88f496.json',
    'weth_withdrawal_1f3aa6.json',
    'wmatic_withdraw_polygon_pos_e90ed7.json',
    'wxdai_unwrap_a6af9e.json',
    'wxdai_wrap_8cf836.json',
  ])('%s: changes what the sender holds as counted from the record', (file) => {
    const { evidence, wraps } = read(file);
    expect(wraps.map(({ account }) => account)).toEqual([evidence.from]);
    const flows = Object.entries(EXPECTED[file]?.netFlowOfSender ?? {}).filter(([, amount]) => amount !== '0');
    expect(flowsOf(wraps[0] as Wrap)).toEqual(Object.fromEntries(flows));
  });
});

describe('a wrap by a contract on somebody’s behalf', () => {
  it.each([
    'weth_interaction_errors_4ca19c.json',
    'weth_interaction_with_protocols_deposit_ab0dec.json',
    'weth_interaction_with_protocols_withdrawal_4a811e.json',
    'weth_withdraw_base_without_transfer_log_21838a.json',
  ])('%s: is the contract’s, with the amount of the event', (file) => {
    const { evidence, wraps } = read(file);
    const events = (EXPECTED[file]?.events ?? []).filter(({ event }) => event === 'Deposit' || event === 'Withdrawal');
    expect(wraps.map(({ account, gave }) => [account, gave.amount])).toEqual(
      events.map(({ args }) => [
        `${evidence.chain}:${(args['dst'] ?? args['src'])?.toLowerCase()}`,
        BigInt(args['wad'] ?? ''),
      ]),
    );
    expect(wraps.every(({ account }) => account !== evidence.from)).toBe(true);
  });
});

describe('events of the same name', () => {
  it.each([
    ['dex_curve', 'deposit_order_2b2999.json'],
    ['dex_curve', 'gauge_deposit_and_stake_52141e.json'],
    ['dex_curve', 'deposit_via_zap_arbitrum_5a72b9.json'],
  ])('%s/%s: a gauge’s deposit is no wrap', (folder, file) => {
    const { evidence, wraps } = read(file, folder);
    const DEPOSIT = '0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c';
    expect(evidence.logs?.some(({ topics }) => topics[0] === DEPOSIT)).toBe(true);
    expect(wraps).toEqual([]);
  });

  it('of a wrapped coin’s contract on another chain are no wrap', () => {
    const { evidence, transfers } = read('weth_deposit_5bb623.json');
    const moved = JSON.parse(JSON.stringify(evidence.logs).replaceAll('eip155:1:', 'eip155:5:'));
    expect(wrapsOf(transfers, { ...evidence, chain: 'eip155:5', logs: moved })).toEqual([]);
  });

  it('of a failed transaction are no wrap', () => {
    const { evidence, transfers } = read('weth_deposit_5bb623.json');
    expect(wrapsOf(transfers, { ...evidence, succeeded: false })).toEqual([]);
  });
});

describe('the crossing of a wrap', () => {
  const crossingsIn = (file: string) => read(file).wraps.map(wrapCrossing);

  it('enters an account as unrecorded where the ledger has no row of what the wrap made', () => {
    const { evidence, transfers } = read('weth_deposit_5bb623.json');
    const paid = transfers.filter(({ kind }) => kind !== 'token');
    expect(wrapsOf(paid, evidence).map(wrapCrossing)).toMatchObject([
      {
        basis: 'exact',
        input: { tx: evidence.tx, position: 0 },
        output: {
          kind: 'unrecorded',
          account: evidence.from,
          asset: 'eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2',
          amount: 60000000000000000n,
        },
        proof: { protocol: 'wrap', key: null, transactions: [{ chain: 'eip155:1', tx: evidence.tx }] },
      },
    ]);
  });

  it('counts once where both events are emitted (Scroll)', () => {
    const { transfers } = read('weth_deposit_scroll_1fa6d8.json');
    const token = transfers.find(({ kind }) => kind === 'token');
    expect(crossingsIn('weth_deposit_scroll_1fa6d8.json')).toMatchObject([
      { input: { position: 0 }, output: { kind: 'transfer', transfer: { position: token?.position } } },
    ]);
  });

  it('follows what was staked into the transfer of the token', () => {
    const { transfers } = read('steth_submit_a.json');
    const token = transfers.find(({ kind }) => kind === 'token');
    expect(crossingsIn('steth_submit_a.json')).toMatchObject([
      { input: { position: 0 }, output: { kind: 'transfer', transfer: { position: token?.position } } },
    ]);
  });

  it('takes in what was given back to the contract, and is none where the ledger has no row of that', () => {
    const { evidence, transfers } = read('weth_withdrawal_1f3aa6.json');
    const paid = transfers.find(({ kind }) => kind === 'internal') as Transfer;
    expect(crossingsIn('weth_withdrawal_1f3aa6.json')).toMatchObject([
      { input: { position: 1_000_069 }, output: { kind: 'transfer', transfer: { position: paid.position } } },
    ]);
    const without = transfers.filter(({ kind }) => kind !== 'token');
    expect(wrapsOf(without, evidence).map(wrapCrossing)).toEqual([null]);
  });
});

describe('Lido’s withdrawals', () => {
  it('are paid out under the number of the request', () => {
    const evidence = evmOf('wraps', 'lido_withdrawal_claim.json');
    const args = EXPECTED['lido_withdrawal_claim.json']?.events.find(
      ({ event }) => event === 'WithdrawalClaimed',
    )?.args;
    expect(lido.decode(evidence)).toMatchObject([
      {
        side: 'out',
        key: args?.['requestId'],
        amount: BigInt(args?.['amountOfETH'] ?? ''),
        account: `eip155:1:${args?.['receiver']?.toLowerCase()}`,
        asset: 'eip155:1/slip44:60',
      },
    ]);
  });

  it('are requested under the same number', () => {
    // No request is among the recorded transactions; this one has the event's published signature and made-up values.
    const claim = evmOf('wraps', 'lido_withdrawal_claim.json');
    const log = claim.logs?.find(({ topics }) => topics.length === 4 && topics[0]?.startsWith('0x6ad26c5e'));
    if (log === undefined) throw new Error('the claim has its event');
    const topics = ['0xf0cb471f23fb74ea44b8252eb1881a2dca546288d9f6e90d1a0e82fe0ed342ab', ...log.topics.slice(1)];
    const data = `0x${'a'.padStart(64, '0')}${'9'.padStart(64, '0')}`;
    const [leg, ...others] = lido.decode({ ...claim, logs: [{ ...log, topics, data }] });
    expect(others).toEqual([]);
    expect(leg).toMatchObject({
      side: 'in',
      key: '29021',
      amount: 10n,
      asset: 'eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84',
    });
    const elsewhere = { ...log, topics, data, address: 'eip155:1:0x1111111111111111111111111111111111111111' as const };
    expect(lido.decode({ ...claim, logs: [elsewhere] })).toEqual([]);
  });
});
