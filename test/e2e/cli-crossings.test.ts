import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bech32 } from '@scure/base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { esplora, fixturePath, labelledCoinjoin, readFixture, rewrittenPayout, withTime } from './crossing-files.ts';
import { createWorkspace, REPOSITORY, type Workspace } from './run-cli.ts';

/* Transactions and their crossings, as a user would ask for them. */

const BLOCK = join(REPOSITORY, 'test', 'data', 'bitcoin', 'blocks', 'bitcoinj_block481829.dat');

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await workspace.run(...args);
  expect(code, stderr).toBe(0);
  return stdout;
}

async function json<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await ok(...args, '--json')) as T;
}

function file(name: string, text: string): string {
  writeFileSync(workspace.path(name), text);
  return workspace.path(name);
}

type Leg = Record<string, unknown> & { basis: string; reasons: string[]; notes: string[] };
type Transaction = { legs: Leg[]; crossings: { id: string }[]; transfers: Record<string, unknown>[] };

describe('a deposit into THORChain', () => {
  const FILE = 'eth_deposit_to_btc.json';
  const expected = readFixture('thorchain', 'expected.json')[FILE] as {
    transactionHash: string;
    calldata: { key: string; parsed: { destination: string } };
    legs: { amount: string; memo: string }[];
  };
  const { transactionHash: tx } = expected;
  const { key, parsed } = expected.calldata;
  const payee = `0014${Buffer.from(bech32.fromWords(bech32.decode(parsed.destination as `bc1${string}`).words.slice(1))).toString('hex')}`;
  const AT = 1_709_510_400;
  const BITCOIN_BLOCK = { height: 833_000, time: AT + 1_200 };

  test('without the time of its block it is a record alone, and reads as the chain wrote it', async () => {
    const data = workspace.path('record');
    await ok('ingest', 'receipts', fixturePath('thorchain', FILE), '--data', data);
    const text = await ok('tx', tx, '--data', data);
    expect(text).toContain('THORChain, in (swap): event 562');
    expect(text).toContain(`to ${parsed.destination}`);
    expect(text).toContain(`thorchain:${key}`);
    expect(text).toContain('No payout of this key is on record.');
    expect(text).toContain('the record without transfers');
    const [read] = await json<Transaction[]>('tx', key, '--data', data);
    expect(read?.legs).toMatchObject([
      {
        protocol: 'thorchain',
        side: 'in',
        key,
        amount: expected.legs[0]?.amount,
        destination: { account: parsed.destination },
        basis: 'none',
      },
    ]);
    const steps = await ok('crossings', 'explain', tx, '--data', data);
    expect(steps).toContain(`text in its data: ${expected.legs[0]?.memo}`);
    expect(steps).toContain('not joined');
  });

  test('is joined with the payout that names it and pays as it says, and the trace follows', async () => {
    const data = workspace.path('thorchain');
    await ok('ingest', 'receipts', file('deposit.json', withTime('thorchain', FILE, AT)), '--data', data);
    const open = await ok('trace', '--seed', `${tx}:0`, '--policy', 'fifo', '--data', data);
    expect(open).toMatch(
      /Ways out that are not followed[\s\S]*THORChain +0\.047 ETH[\s\S]*No payout of this key is on record/,
    );
    const before = await json<{ exits: unknown[] }>('trace', '--seed', `${tx}:0`, '--policy', 'fifo', '--data', data);
    expect(before.exits).toMatchObject([{ protocol: 'thorchain', key: `thorchain:${key}` }]);

    const payout = rewrittenPayout(key, payee, BITCOIN_BLOCK);
    await ok('ingest', 'bitcoin', file('payout.json', JSON.stringify(payout)), '--data', data);
    const steps = await ok('crossings', 'explain', tx, '--data', data);
    expect(steps).toContain('joined: exact');
    expect(steps).toContain(`exact: paid out as ${payout.txid}:0`);
    const other = await ok('crossings', 'explain', `btc:${payout.txid}`, '--data', data);
    expect(other).toContain(`memo: OUT:${key}`);
    expect(other).toContain(`exact: came in as ${tx}:0`);
    const bitcoin = await ok('tx', payout.txid, '--data', data);
    expect(bitcoin).toContain(`btc:${parsed.destination}`);
    expect(bitcoin).toContain(`says OUT:${key}`);
    expect(bitcoin).toContain('no spend on record');

    const trace = await ok('trace', '--seed', `${tx}:0`, '--policy', 'fifo', '--data', data);
    expect(trace).toContain('Crossings followed');
    expect(trace).toContain(`key ${key}`);
    expect(trace).toContain(`btc:${parsed.destination}, output ${payout.txid}:0`);
    expect(trace).not.toContain('Ways out that are not followed');
    const proven = await workspace.run(
      'crossings',
      'candidates',
      tx,
      '--within',
      '2h',
      '--fee-most',
      '5%',
      '--data',
      data,
    );
    expect(proven).toMatchObject({ code: 3, stderr: expect.stringContaining('where it leads is proven') });
  });

  test('has candidates while its payout is not on record: what the named account received, at a stated rate', async () => {
    const data = workspace.path('candidates');
    await ok('ingest', 'receipts', file('deposit.json', withTime('thorchain', FILE, AT)), '--data', data);
    // Two made-up payments to the account that the memo names, and a payout of THORChain to it for another deposit.
    const spent = (txid: string) => [{ txid: `${txid}f`.repeat(32), vout: 0, sequence: 0 }];
    const pay = (txid: string, value: number) =>
      esplora(txid.repeat(64), spent(txid), [{ scriptpubkey: payee, value }], BITCOIN_BLOCK);
    const payments = [pay('a', 249_000), pay('b', 240_000), rewrittenPayout('C'.repeat(64), payee, BITCOIN_BLOCK)];
    await ok('ingest', 'bitcoin', file('payments.json', JSON.stringify(payments)), '--data', data);
    const ask = ['crossings', 'candidates', `${tx}:0`, '--within', '2h', '--fee-most', '5%', '--data', data];
    // At this rate 0.047 ETH is worth 250,000 satoshis: 0.4 % and 4 % less were paid.
    const text = await ok(...ask, '--rate', `ETH=BTC:250000/${expected.legs[0]?.amount}`);
    expect(text).toContain('Left out: 1 whose records name another way in.');
    expect(text).toContain('It could be proven.');
    expect(text).toMatch(/1 +20 min +0\.00249 BTC +0\.00001 BTC +0\.4000 %/);
    expect(text).toMatch(/2 +20 min +0\.0024 BTC +0\.0001 BTC +4\.0000 %/);
    expect(text).toContain('Margin to the runner-up: 3.6000 %');
    const unpriced = await json<{ excluded: Record<string, number> }>(...ask);
    expect(unpriced.excluded).toMatchObject({ 'no-rate': 2 });
  });

  test('is not joined with a payout that names it and pays somebody else: anyone can write a memo', async () => {
    const data = workspace.path('stranger');
    await ok('ingest', 'receipts', file('deposit.json', withTime('thorchain', FILE, AT)), '--data', data);
    const payout = rewrittenPayout(key, null, BITCOIN_BLOCK);
    await ok('ingest', 'bitcoin', file('stranger.json', JSON.stringify(payout)), '--data', data);
    const [read] = await json<Transaction[]>('tx', tx, '--data', data);
    expect(read?.crossings).toEqual([]);
    expect(read?.legs[0]?.basis).not.toBe('exact');
    const steps = await ok('crossings', 'explain', tx, '--data', data);
    expect(steps).not.toContain('joined: exact');
    expect(steps).toContain('To be exact');

    const ask = ['trace', '--seed', `${tx}:0`, '--policy', 'fifo', '--data', data];
    const open = await ok(...ask);
    expect(open).toMatch(/Inferred and not followed[\s\S]*Anyone can write that key into a payout/);
    expect(open).not.toContain('Crossings followed');
    const bundle = workspace.path('inferred.cairn');
    const followed = await ok(...ask, '--follow-inferred', '--bundle', bundle);
    expect(followed).toMatch(/Crossings followed[\s\S]*inferred/);
    expect(followed).toContain(`output ${payout.txid}:0`);
    expect(followed).not.toContain('Inferred and not followed');
    expect(await ok('verify', bundle)).toContain('1 inferred');
  });
});

test('two real records of Across, one of each side, are one exact crossing', async () => {
  const data = workspace.path('across');
  const files = ['v35_deposit_scroll_to_arb.json', 'v35_fill_arb_from_scroll.json'];
  const paths = files.map((name, i) => file(name, withTime('across', name, 1_739_477_300 + i)));
  await ok('ingest', 'receipts', ...paths, '--data', data);
  const [deposit, fill] = files.map((name) => readFixture('across', 'expected.json')[name]) as [
    { transactionHash: string; legs: { key: string; inputAmount: string; outputAmount: string }[] },
    { transactionHash: string },
  ];
  const [leg] = deposit.legs;
  const [read] = await json<Transaction[]>('crossings', 'explain', deposit.transactionHash, '--data', data);
  expect(read?.legs).toMatchObject([
    { protocol: 'across', key: leg?.key, amount: leg?.inputAmount, basis: 'exact', crossings: [`across:${leg?.key}`] },
  ]);
  expect(read?.crossings).toMatchObject([
    { basis: 'exact', input: { tx: deposit.transactionHash }, output: { transfer: { tx: fill.transactionHash } } },
  ]);
  const text = await ok('tx', `eip155:42161:${fill.transactionHash}`, '--data', data);
  expect(text).toContain('Across, out (transfer): event 1');
  expect(text).toContain(`came in as ${deposit.transactionHash}`);
});

test('a swap, a wrap and a withdrawal from Tornado Cash: what each proves, and no more', async () => {
  const data = workspace.path('inside');
  const paths = [
    file('swap.json', withTime('dex_uniswap_v2', 'uniswap_v2_swap_67cf6c.json', 1_628_700_000)),
    file('withdrawal.json', withTime('tornado', 'withdraw_1eth_a.json', 1_644_600_000)),
  ];
  await ok('ingest', 'receipts', ...paths, '--data', data);
  const swap = readFixture('dex_uniswap_v2', 'uniswap_v2_swap_67cf6c.json')['transactionHash'] as string;
  const withdrawal = readFixture('tornado', 'withdraw_1eth_a.json')['transactionHash'] as string;
  const text = await ok('tx', swap, withdrawal, '--data', data);
  expect(text).toContain('exact: it gave one asset and received one');
  expect(text).toMatch(/wrapped +0\.15 ETH into/);
  expect(text).toContain('Tornado Cash, out (withdrawal: not followed)');
  expect(text).toContain('none: the chain gives none');
});

describe('a block of Bitcoin', () => {
  const SPENT = '02a6af3e4bbc620ee09d218fdeebbfd0f65a3247528aea43388a93c1f9363a94';
  const SPENDER = '4b3c49bf456490d961904f98046a0a1f00b23dbe11b854ddf7e26ceac951e5bc';
  const data = () => workspace.path('block');
  beforeAll(async () => {
    await ok('ingest', 'bitcoin', BLOCK, '--data', data());
  });

  test('says where an output was spent, what an input spends, and what is not known', async () => {
    const text = await ok('tx', SPENT, '--data', data());
    expect(text).toContain('block 481,829, place ');
    expect(text).toContain(`spent in ${SPENDER}`);
    expect(text).toContain('the ledger does not have the output it spends');
    expect(text).toContain('fee not known');
    const spender = await ok('tx', `btc:${SPENDER}:0`, '--data', data());
    expect(spender).toContain(`spends ${SPENT}:1`);
    // 0.02830445 in, 0.02358608 and 0.00368532 out.
    expect(spender).toContain('fee 0.00103305 BTC');
    const [read] = await json<Transaction[]>('tx', SPENT, '--data', data());
    expect(read?.transfers).toMatchObject([
      { kind: 'input', amount: null },
      { kind: 'output', spentIn: null },
      { kind: 'output', spentIn: { tx: SPENDER, position: -1 } },
    ]);
  });

  test('gives candidates, never a link; a trace follows the chosen one only when asked', async () => {
    const ask = ['crossings', 'candidates', `btc:${SPENDER}:0`, '--within', '1h', '--fee-most', '1%', '--data', data()];
    const nowhere = await workspace.run(...ask);
    expect(nowhere).toMatchObject({ code: 3, stderr: expect.stringContaining('--from-venue') });
    const chosen = workspace.path('chosen.json');
    const text = await ok(...ask, '--to-chain', 'btc', '--as-crossing', chosen);
    expect(text).toContain('None is proven');
    expect(text).toContain('Margin to the runner-up');
    const list = await json<{
      considered: number;
      candidates: { payout: { amount: string; tx: string; transfer: { position: number } }; kept: string }[];
    }>(...ask, '--to-chain', 'btc');
    expect(list.candidates.length).toBeGreaterThan(0);
    for (const { payout, kept } of list.candidates) {
      expect(BigInt(payout.amount) + BigInt(kept)).toBe(2_358_608n);
      expect(BigInt(payout.amount) * 100n).toBeGreaterThanOrEqual(2_358_608n * 99n);
      expect(payout.tx).not.toBe(SPENDER);
    }
    const { crossings } = JSON.parse(readFileSync(chosen, 'utf8')) as {
      crossings: { basis: string; reason: string }[];
    };
    expect(crossings).toMatchObject([
      { basis: 'inferred', reason: expect.stringMatching(/^Not proven: candidate 1 of/) },
    ]);

    const trace = ['trace', '--seed', `btc:${SPENDER}:0`, '--policy', 'fifo', '--crossings', chosen, '--data', data()];
    const refused = await workspace.run(...trace);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('--follow-inferred') });
    const followed = await ok(...trace, '--follow-inferred');
    expect(followed).toMatch(/Crossings followed[\s\S]*inferred/);
    const [first] = list.candidates;
    expect(followed).toContain(`${first?.payout.tx}:${first?.payout.transfer.position}`);
    const none = workspace.path('none.json');
    const missing = await workspace.run(...ask, '--to-chain', 'btc', '--rank', '99999', '--as-crossing', none);
    expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining('no file was written') });
    expect(existsSync(none)).toBe(false);
  });
});

test('a CoinJoin stops a trace, unless it is to be looked through', async () => {
  const data = workspace.path('coinjoin');
  const { tx, time, inputs, outputs } = labelledCoinjoin('whirlpool');
  const sources = inputs.map((_, i) => `${i + 1}`.padStart(64, '0'));
  const paying = sources.map((txid, i) =>
    esplora(
      txid,
      [{ txid: `${i + 1}`.padStart(64, 'f'), vout: 0, sequence: 0 }],
      [inputs[i] as (typeof inputs)[number]],
      {
        height: 700_000,
        time: time - 600,
      },
    ),
  );
  const spends = sources.map((txid, i) => ({ txid, vout: 0, sequence: 0, prevout: inputs[i] }));
  const mixing = esplora(tx, spends, outputs, { height: 700_001, time });
  await ok('ingest', 'bitcoin', file('coinjoin.json', JSON.stringify([...paying, mixing])), '--data', data);
  const shown = await ok('tx', tx, '--data', data);
  expect(shown).toContain('Shape of a CoinJoin: whirlpool');
  const seed = ['trace', '--seed', `btc:${sources[0]}:0`, '--policy', 'fifo', '--data', data];
  expect(await ok(...seed)).toMatch(/^coinjoin +btc:/m);
  expect(await ok(...seed, '--look-through', 'all')).not.toMatch(/^coinjoin/m);
  const through = await ok(...seed, '--look-through', `btc:${tx}`);
  expect(through).not.toMatch(/^coinjoin/m);
  expect(through).toContain('have the shape of a CoinJoin and were looked through, as was asked');
  const bundle = workspace.path('through.cairn');
  await ok(...seed, '--look-through', `btc:${tx}`, '--bundle', bundle);
  expect(await ok('verify', bundle)).toContain('recomputes');
  const unmet = await ok(...seed, '--look-through', 'ab'.repeat(32));
  expect(unmet).toMatch(/^coinjoin +btc:/m);
  expect(unmet).toContain(`no CoinJoin on this trace's way: ${'ab'.repeat(32)}`);
  const bad = await workspace.run(...seed, '--look-through', 'mixers');
  expect(bad).toMatchObject({ code: 3, stderr: expect.stringContaining('or all') });
});

test('a transaction of Tron shows its transfers, and says that no crossing can be read from it', async () => {
  const data = workspace.path('tron');
  const [transactions, logs] = ['block50000011_usdt_transactions.json', 'block50000011_usdt_logs.json'];
  await ok('ingest', 'tron', fixturePath('tron', transactions as string), '--data', data);
  await ok('ingest', 'tron', fixturePath('tron', logs as string), '--data', data);
  // The first log: 0x5f5e100 of USDT, of six decimals, which the file does not say.
  const text = await ok('tx', 'tron:2b24564fa78ed4a6e555c9cd26f4d3e791b1efc9f2654c31d4feb97d8853e03f', '--data', data);
  expect(text).toContain('on Tron');
  expect(text).toContain('100 USDT');
  expect(text).toContain('Logs and calls of Tron are not kept');
});

test('what is read, and what each can prove', async () => {
  const all = await json<{ id: string; basis: string; proves: string; cannotProve: string }[]>('crossings', 'list');
  expect(all.every(({ proves, cannotProve }) => proves !== '' && cannotProve !== '')).toBe(true);
  const inferred = await json<{ id: string }[]>('crossings', 'list', '--basis', 'inferred');
  expect(inferred.map(({ id }) => id)).toContain('chainflip');
  expect(all.find(({ id }) => id === 'thorchain')?.basis).toBe('exact');
  expect(await ok('crossings', 'list')).toContain('what it cannot prove');
});

test.each([
  ['a hash that is none', ['tx', '0xabc'], 3, 'is no transaction hash'],
  ['an unknown chain', ['tx', `moon:0x${'a'.repeat(64)}`], 3, 'unknown chain'],
  ['a transaction the ledger lacks', ['tx', `0x${'a'.repeat(64)}`], 5, 'cairn ingest receipts'],
  ['the same of Bitcoin', ['crossings', 'explain', 'b'.repeat(64)], 5, 'cairn ingest bitcoin'],
  ['a basis that is none', ['crossings', 'list', '--basis', 'sure'], 3, 'known: exact, inferred, none'],
  [
    'a time without a unit',
    ['crossings', 'candidates', 'b'.repeat(64), '--within', '2', '--fee-most', '5%'],
    3,
    '--within takes',
  ],
  [
    'a fee without a unit',
    ['crossings', 'candidates', 'b'.repeat(64), '--within', '2h', '--fee-most', '5'],
    3,
    '--fee-most takes',
  ],
  [
    'a rate of nothing',
    ['crossings', 'candidates', 'b'.repeat(64), '--within', '2h', '--fee-most', '5%', '--rate', 'ETH=BTC:0/1'],
    3,
    'neither side may be 0',
  ],
])('is refused with a reason: %s', async (_, args, code, text) => {
  const result = await workspace.run(...args, '--data', workspace.path('empty'));
  expect(result).toMatchObject({ code, stderr: expect.stringContaining(text) });
});
