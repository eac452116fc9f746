import { afterEach, describe, expect, test } from 'vitest';
import { timeOf } from '../../../../../test/replays/etherscan-server.ts';
import { createEtherscanSource } from './account-source.ts';
import {
  ALICE,
  account,
  address,
  BOB,
  block,
  ETHER,
  HEAD,
  hash,
  OF_ALICE,
  request,
  SHOP,
  startTrial,
  type Trial,
} from './fixtures/story.ts';

let trial: Trial;
afterEach(() => trial.server.close());

const DIALECTS = ['etherscan-v2', 'blockscout'] as const;

describe.each(DIALECTS)('in the dialect of %s', (dialect) => {
  test('a history is what the lists say, and is declared complete', async () => {
    trial = await startTrial({ dialect });
    await trial.source({ dialect }).histories(request(), trial.into());
    expect(trial.told()).toEqual(OF_ALICE);
    expect(trial.store.all.map(({ txIndex }) => txIndex)).toEqual([1, 1, 2, 2, 3, 4, 4, 4, 5, 5, 5]);
    const places = dialect === 'blockscout' ? [1_000_006, 1_000_009] : [1_000_000, 1_000_000];
    expect(trial.store.all.filter(({ kind }) => kind === 'token').map(({ position }) => position)).toEqual(places);
    const [declared] = await trial.store.coverage([account(ALICE)]);
    expect(declared).toMatchObject({
      chain: 'eip155:1',
      account: account(ALICE),
      direction: 'both',
      assets: null,
      fromBlock: 0,
      toBlock: HEAD,
      toAt: timeOf(HEAD),
      basis: 'index',
      truncated: false,
      source: 'explorer',
    });
  });

  test('an account of which nothing is known is declared complete all the same', async () => {
    trial = await startTrial({ dialect });
    await trial.source({ dialect }).histories(request({ accounts: [account(address(0xdead))] }), trial.into());
    expect(trial.store.all).toEqual([]);
    expect(await trial.store.coverage([account(address(0xdead))])).toMatchObject([{ toBlock: HEAD, truncated: false }]);
  });

  test('the tip names the final block, or 64 below the newest', async () => {
    trial = await startTrial({ dialect });
    expect(await trial.source({ dialect }).tip()).toEqual({ head: block(HEAD), final: HEAD - 64 });
    trial.server.finalBlock = 1_950;
    expect(await trial.source({ dialect }).tip()).toEqual({ head: block(HEAD), final: 1_950 });
    expect(await trial.source({ dialect }).block(100)).toEqual(block(100));
    expect(await trial.source({ dialect }).block(HEAD + 1)).toBeNull();
  });

  test('single transactions come with receipts, and unknown ones are told', async () => {
    trial = await startTrial({ dialect });
    const unknown = await trial
      .source({ dialect })
      .transactions([hash(1), hash(99), hash(3), 'nonsense'], trial.into());
    expect(unknown).toEqual([hash(99), 'nonsense']);
    expect(trial.told()).toEqual([OF_ALICE[0], OF_ALICE[1], OF_ALICE[4]]);
    const evidence = await trial.store.evidence([hash(1)]);
    expect(evidence).toMatchObject([{ tx: hash(1), succeeded: true, logs: [], blockTime: timeOf(100) }]);
  });
});

test.each(DIALECTS)('a node that refuses is not taken for one that knows nothing: %s', async (dialect) => {
  trial = await startTrial({ dialect });
  const body = { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'missing trie node' } };
  trial.server.fault = () => ({ status: 200, body });
  const asked = [trial.source({ dialect }).transactions([hash(1)], trial.into()), trial.source({ dialect }).block(100)];
  for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'unavailable' });
});

test('rows that two accounts share are there once, equal payments twice', async () => {
  trial = await startTrial();
  await trial.source().histories(request({ accounts: [account(ALICE), account(SHOP), account(BOB)] }), trial.into());
  const inner = trial.told().filter(([tx, kind]) => tx === 4 && kind === 'internal');
  expect(inner).toEqual([
    [4, 'internal', account(SHOP), account(ALICE), ETHER, 5n],
    [4, 'internal', account(SHOP), account(ALICE), ETHER, 5n],
    [4, 'internal', account(SHOP), account(BOB), ETHER, 11n],
  ]);
  expect(trial.told().filter(([tx]) => tx !== 4)).toEqual(OF_ALICE.filter(([tx]) => tx !== 4));
});

test('what is known from a node is not doubled', async () => {
  trial = await startTrial();
  await trial.source().transactions([hash(1), hash(2), hash(3)], trial.into());
  const before = trial.store.all.length;
  await trial.source().histories(request({ to: block(102) }), trial.into());
  expect(before).toBe(5);
  expect(trial.told()).toEqual(OF_ALICE.slice(0, 5));
});

test('inner calls of a transaction that a node showed to have failed moved nothing', async () => {
  trial = await startTrial();
  await trial.source().transactions([hash(3)], trial.into());
  await trial.source().histories(request({ accounts: [account(SHOP)], fromBlock: 102, to: block(102) }), trial.into());
  expect(trial.told()).toEqual([OF_ALICE[4]]);
});

test('inner calls that are not processed yet cut the record off', async () => {
  trial = await startTrial({ dialect: 'blockscout' });
  trial.server.pending = true;
  await trial.source({ dialect: 'blockscout' }).histories(request(), trial.into());
  expect(trial.told()).toEqual(OF_ALICE);
  const [declared] = await trial.store.coverage([account(ALICE)]);
  expect(declared).toMatchObject({ truncated: true });
  expect(declared?.note).toContain('has not processed all inner calls');
});

test('a row that cannot be read is left out, and the record is cut off', async () => {
  trial = await startTrial();
  trial.server.spoil = (rows) => rows.map((row) => (row['value'] === '1' ? { ...row, value: '-1' } : row));
  await trial.source().histories(request(), trial.into());
  expect(trial.told()).toEqual(OF_ALICE.filter(([tx]) => tx !== 1));
  const [declared] = await trial.store.coverage([account(ALICE)]);
  expect(declared).toMatchObject({ truncated: true });
  expect(declared?.note).toContain('1 row was rejected');
});

test('it can be stopped', async () => {
  trial = await startTrial();
  const stopped = { ...trial.into(), signal: AbortSignal.abort() };
  await expect(trial.source().histories(request(), stopped)).rejects.toMatchObject({ code: 'interrupted' });
  expect(trial.server.asked).toEqual([]);
});

test('what it offers, and what it costs', async () => {
  trial = await startTrial();
  const offered = await trial.source().offer();
  expect(offered).toMatchObject({ basis: 'index', internal: true, evidence: false });
  const wanted = request({ accounts: [account(ALICE), account(BOB)] });
  await trial.source().histories(wanted, trial.into());
  expect(await trial.source().estimate(wanted)).toBe(trial.server.asked.length);
});

test.each([{ url: 'ftp://example.org' }, { chain: 'tron:mainnet' as const }, { pageSize: 10_001 }, { pageSize: 0 }])(
  'refuses %o',
  async (more) => {
    trial = await startTrial();
    expect(() => trial.source(more)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  },
);

test('a Blockscout instance must be named', async () => {
  trial = await startTrial();
  expect(() => createEtherscanSource({ chain: 'eip155:1', key: null, dialect: 'blockscout' })).toThrow('ends in /api');
});
