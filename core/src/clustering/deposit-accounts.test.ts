import { describe, expect, test } from 'vitest';
import { feeSink, type Transfer } from '../ledger/index.ts';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import {
  type Account,
  type Asset,
  assetChain,
  BITCOIN,
  type Chain,
  ETHEREUM,
  erc20,
  nativeAsset,
  TRON,
} from '../units/index.ts';
import { explainDepositCandidates, findDepositAccounts, findDepositCandidates } from './deposit-accounts.ts';
import { VICTOR_BOUNDS } from './forwards.ts';

const ETHER = nativeAsset(ETHEREUM);
const TOKEN = erc20(ETHEREUM, `0x${'7'.repeat(40)}`);
const account = (digit: string): Account => `eip155:1:0x${digit.repeat(40)}`;
const [CUSTOMER, DEPOSIT, HOT, COLD, OTHER, STRANGER] = ['1', '2', '3', '4', '5', '6'].map(account) as [
  Account,
  Account,
  Account,
  Account,
  Account,
  Account,
];

const services = new Map([
  [HOT, 'Huobi'],
  [COLD, 'Huobi'],
  [OTHER, 'Binance'],
]);
const options = {
  serviceOf: (one: Account) => (services.has(one) ? { name: services.get(one) as string, source: 'test' } : null),
};

type Row = readonly [
  block: number,
  from: Account,
  to: Account,
  amount: bigint,
  asset?: typeof ETHER,
  kind?: Transfer['kind'],
];

function ledger(...rows: readonly Row[]) {
  const transfers = rows.map(
    ([blockNumber, from, to, amount, asset = ETHER, kind = 'native'], i): Transfer => ({
      chain: assetChain(asset),
      blockNumber,
      txIndex: i,
      position: kind === 'fee' ? -1 : 0,
      blockTime: blockNumber,
      tx: `0x${(i + 1).toString(16).padStart(64, '0')}`,
      from,
      to,
      asset,
      amount,
      kind,
      assigned: 'none',
      rounded: false,
    }),
  );
  return createMemoryLedger(transfers, []);
}

async function judge(...rows: readonly Row[]): Promise<string> {
  const [finding] = await explainDepositCandidates(ledger(...rows), [DEPOSIT], options);
  return finding?.kind === 'undecided' ? finding.reason : `deposit ${finding?.deposit.confidence}`;
}

const FINNEY = 10n ** 15n;

describe('a deposit account', () => {
  test('passes on what it received: confidence by time and by what it kept', async () => {
    const half = await judge([0, CUSTOMER, DEPOSIT, 1_000n * FINNEY], [1_600, DEPOSIT, HOT, 995n * FINNEY]);
    expect(half).toBe('deposit 0.5');
    expect(await judge([5, CUSTOMER, DEPOSIT, 1_000n], [5, DEPOSIT, HOT, 1_000n])).toBe('deposit 1');
  });

  test('is recognised at the bounds and not beyond them', async () => {
    const { maxBlocks, maxKept } = VICTOR_BOUNDS;
    const pair = (blocks: number, kept: bigint) =>
      judge([0, CUSTOMER, DEPOSIT, 50n * FINNEY], [blocks, DEPOSIT, HOT, 50n * FINNEY - kept]);
    expect(await pair(maxBlocks, maxKept)).toBe('deposit 0');
    expect(await pair(maxBlocks + 1, maxKept)).toBe('out-of-bounds');
    expect(await pair(maxBlocks, maxKept + 1n)).toBe('out-of-bounds');
    expect(await pair(1, -1n)).toBe('out-of-bounds');
  });

  test('passes tokens on whole, with gas from the service, which is no customer', async () => {
    const gas: Row = [1, HOT, DEPOSIT, 3n * FINNEY];
    const fee: Row = [2, DEPOSIT, feeSink(ETHEREUM), FINNEY, ETHER, 'fee'];
    expect(await judge([0, CUSTOMER, DEPOSIT, 500n, TOKEN], gas, fee, [2, DEPOSIT, HOT, 500n, TOKEN])).toMatch(
      /^deposit/,
    );
    expect(await judge([0, CUSTOMER, DEPOSIT, 500n, TOKEN], gas, fee, [2, DEPOSIT, HOT, 499n, TOKEN])).toBe(
      'out-of-bounds',
    );
    expect(await judge(gas, [2, DEPOSIT, COLD, 3n * FINNEY])).toBe('no-customer');
  });

  test('may pass on several arrivals at once', async () => {
    const rows: Row[] = [
      [0, CUSTOMER, DEPOSIT, 7n * FINNEY],
      [10, STRANGER, DEPOSIT, 5n * FINNEY],
      [20, DEPOSIT, HOT, 12n * FINNEY],
    ];
    const [found] = await findDepositAccounts(ledger(...rows), [DEPOSIT], options);
    expect(found?.forwards.map(({ received, blocks, kept }) => [received.length, blocks, kept])).toEqual([[2, 20, 0n]]);
    expect(found?.service).toEqual({ account: HOT, name: 'Huobi', source: 'test' });
  });

  test('is matched one to one where the bounds say so, and never by the same arrival twice', async () => {
    const rows: Row[] = [
      [0, CUSTOMER, DEPOSIT, 7n * FINNEY],
      [10, STRANGER, DEPOSIT, 5n * FINNEY],
      [20, DEPOSIT, HOT, 12n * FINNEY],
    ];
    const oneToOne = { ...options, bounds: { ...VICTOR_BOUNDS, maxSwept: 1 } };
    const [alone] = await explainDepositCandidates(ledger(...rows), [DEPOSIT], oneToOne);
    expect(alone).toMatchObject({ reason: 'out-of-bounds' });
    const again: Row[] = [
      [0, CUSTOMER, DEPOSIT, 20n * FINNEY],
      [1, DEPOSIT, HOT, 20n * FINNEY],
      [2, DEPOSIT, HOT, 20n * FINNEY],
    ];
    const [found] = await findDepositAccounts(ledger(...again), [DEPOSIT], options);
    expect([found?.forwards.length, found?.unexplained]).toEqual([1, 1]);
  });

  test('is not told by what a contract or another exchange paid in', async () => {
    const forward: Row = [1, DEPOSIT, HOT, 5n * FINNEY];
    expect(await judge([0, STRANGER, DEPOSIT, 5n * FINNEY, ETHER, 'internal'], forward)).toBe('no-customer');
    expect(await judge([0, OTHER, DEPOSIT, 5n * FINNEY], forward)).toBe('no-customer');
    expect(await judge(forward)).toBe('no-customer');
    // It may be a contract itself: exchanges give out forwarding contracts.
    expect(await judge([0, CUSTOMER, DEPOSIT, 5n], [1, DEPOSIT, HOT, 5n, ETHER, 'internal'])).toMatch(/^deposit/);
  });

  test('counts forwards that nothing recorded explains', async () => {
    const [found] = await findDepositAccounts(
      ledger([0, CUSTOMER, DEPOSIT, 7n * FINNEY], [1, DEPOSIT, HOT, 7n * FINNEY], [90_000, DEPOSIT, HOT, FINNEY]),
      [DEPOSIT],
      options,
    );
    expect([found?.forwards.length, found?.unexplained]).toEqual([1, 1]);
  });

  test.each([
    ['no-record', []],
    ['nothing-sent', [[0, CUSTOMER, DEPOSIT, 5n]]],
    [
      'no-labelled-service',
      [
        [0, CUSTOMER, DEPOSIT, 5n],
        [1, DEPOSIT, STRANGER, 5n],
      ],
    ],
    [
      'pays-others',
      [
        [0, CUSTOMER, DEPOSIT, 5n],
        [1, DEPOSIT, HOT, 5n],
        [2, DEPOSIT, STRANGER, 1n],
      ],
    ],
    [
      'several-services',
      [
        [0, CUSTOMER, DEPOSIT, 5n],
        [1, DEPOSIT, HOT, 5n],
        [2, CUSTOMER, DEPOSIT, 4n],
        [3, DEPOSIT, OTHER, 4n],
      ],
    ],
  ] as [string, Row[]][])('is not recognised, with the reason: %s', async (reason, rows) => {
    expect(await judge(...rows)).toBe(reason);
  });

  test('two wallets of one service are one service; a transfer to itself says nothing', async () => {
    expect(
      await judge(
        [0, CUSTOMER, DEPOSIT, 5n],
        [1, DEPOSIT, DEPOSIT, 5n],
        [1, DEPOSIT, HOT, 5n],
        [2, CUSTOMER, DEPOSIT, 4n],
        [3, DEPOSIT, COLD, 4n],
      ),
    ).toMatch(/^deposit/);
  });

  test('the account named with the service is the one that most forwards went to', async () => {
    const [found] = await findDepositAccounts(
      ledger(
        [0, CUSTOMER, DEPOSIT, 5n],
        [0, DEPOSIT, COLD, 5n],
        [1, CUSTOMER, DEPOSIT, 4n],
        [99, DEPOSIT, HOT, 4n],
        [100, CUSTOMER, DEPOSIT, 3n],
        [190, DEPOSIT, HOT, 3n],
      ),
      [DEPOSIT],
      options,
    );
    expect([found?.service.account, found?.confidence]).toEqual([HOT, 1]);
  });

  test('a labelled account is not inferred about', async () => {
    const labelled = { ...options, isLabelled: (one: Account) => one === DEPOSIT };
    const rows: Row[] = [
      [0, CUSTOMER, DEPOSIT, 5n],
      [1, DEPOSIT, HOT, 5n],
    ];
    const [finding] = await explainDepositCandidates(ledger(...rows), [DEPOSIT], labelled);
    expect(finding).toMatchObject({ kind: 'undecided', reason: 'labelled' });
    expect(await findDepositCandidates(ledger(...rows), [HOT, COLD], options)).toEqual([DEPOSIT]);
    expect(await findDepositCandidates(ledger(...rows), [HOT, COLD], labelled)).toEqual([]);
  });

  test.each([
    ['Bitcoin: coins are spent together', BITCOIN, 'slip44:0', 0n, 'other-chain'],
    [
      "another coin's small change is not known: half of it kept is no fee",
      TRON,
      'slip44:195',
      5n * 10n ** 6n,
      'out-of-bounds',
    ],
    ['another coin, passed on whole', TRON, 'slip44:195', 0n, 'deposit'],
    ['ether of a rollup', 'eip155:10', 'slip44:60', 10n ** 6n, 'deposit'],
    ['a chain whose coin is not known here', 'eip155:250', 'slip44:1007', 0n, 'deposit'],
  ] as [string, Chain, string, bigint, string][])('elsewhere: %s', async (_, chain, coin, kept, expected) => {
    const [payer, one, hot] = ['a', 'b', 'c'].map((name): Account => `${chain}:${name}`) as [Account, Account, Account];
    const asset = `${chain}/${coin}` as Asset;
    const rows: Row[] = [
      [0, payer, one, 10n ** 7n, asset],
      [1, one, hot, 10n ** 7n - kept, asset],
    ];
    const serviceOf = (account: Account) => (account === hot ? { name: 'Huobi', source: 'test' } : null);
    const [finding] = await explainDepositCandidates(ledger(...rows), [one], { serviceOf });
    expect(finding?.kind === 'undecided' ? finding.reason : finding?.kind).toBe(expected);
  });

  test('can be stopped, and says how far it is', async () => {
    const reader = ledger([0, CUSTOMER, DEPOSIT, 5n], [1, DEPOSIT, HOT, 5n]);
    const seen: unknown[] = [];
    await findDepositAccounts(reader, [STRANGER, DEPOSIT], {
      ...options,
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen).toEqual([{ done: 2, total: 2 }]);
    const stopped = findDepositAccounts(reader, [DEPOSIT], { ...options, signal: { aborted: true } });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('nothing later than `until` is looked at; the order of candidates and repeats change nothing', async () => {
    const reader = ledger(
      [0, CUSTOMER, DEPOSIT, 5n],
      [1, DEPOSIT, HOT, 5n],
      [9, DEPOSIT, STRANGER, 1n],
      [9, CUSTOMER, STRANGER, 1n],
      [10, STRANGER, HOT, 1n],
    );
    expect((await findDepositAccounts(reader, [DEPOSIT], { ...options, until: 5 })).length).toBe(1);
    expect((await findDepositAccounts(reader, [DEPOSIT], options)).length).toBe(0);
    const one = await explainDepositCandidates(reader, [STRANGER, DEPOSIT, STRANGER], options);
    expect(one).toEqual(await explainDepositCandidates(reader, [DEPOSIT, STRANGER], options));
  });
});
