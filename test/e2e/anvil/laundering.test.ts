import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Hex, parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { feeSink, type Transfer } from '../../../core/src/ledger/index.ts';
import { ingestReceipts } from '../../../core/src/ledger/sources/receipts.ts';
import { createMemoryLedger, type MemoryLedger } from '../../../core/src/ledger/stores/memory.ts';
import { swapsOf } from '../../../core/src/tracing/index.ts';
import { type Account, canonicalAccount, ETHEREUM, erc20, nativeAsset } from '../../../core/src/units/index.ts';
import { balanceOf } from './contracts.ts';
import { type ChainDump, dumpChain } from './dump-chain.ts';
import { INNOCENT_ETHER, type Laundering, launder, STOLEN_ETHER, STOLEN_TOKENS, SWAPPED } from './laundering.ts';
import { launderWide, WIDE_STOLEN } from './laundering-wide.ts';
import { type Anvil, startAnvil } from './node.ts';
import { mineBlock, PLAIN_FEE, PRODUCER, rich, SCRIPTED } from './people.ts';
import { type Reorganisation, reorganise } from './reorganise.ts';

/*
 * The script is what other tests stand on: it makes the same chain every time, and its files hold every movement. What the
 * node itself says each account has is the measure.
 */

const ETH = nativeAsset(ETHEREUM);
const RICH = 10;
/** Of each of the node's own accounts, at the start. */
const START_BALANCE = parseEther('10000');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-laundering-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function on(address: Hex): Account {
  return canonicalAccount(ETHEREUM, address.toLowerCase());
}

async function read(file: string): Promise<MemoryLedger> {
  const store = createMemoryLedger();
  const { files } = await ingestReceipts({ store, files: [file], keysOf: ({ tx }) => [tx], rejectsDirectory: folder });
  expect(files.map(({ rejected }) => rejected)).toEqual([0]);
  return store;
}

/** What each account has by the transfers alone. */
function sums(transfers: readonly Transfer[], asset: string): Map<Account, bigint> {
  const held = new Map<Account, bigint>();
  const add = (account: Account, amount: bigint) => held.set(account, (held.get(account) ?? 0n) + amount);
  for (const { from, to, amount } of transfers.filter((transfer) => transfer.asset === asset)) {
    add(from, -amount);
    add(to, amount);
  }
  return held;
}

/** Every account that the node's state has, with its ether: none, for those that never had any. */
async function stateOf(anvil: Anvil): Promise<Map<Account, bigint>> {
  const packed = String(await anvil.rpc('anvil_dumpState')).slice(2);
  const { accounts } = JSON.parse(gunzipSync(Buffer.from(packed, 'hex')).toString()) as {
    accounts: Record<Hex, { balance: Hex }>;
  };
  return new Map(Object.entries(accounts).map(([address, { balance }]) => [on(address as Hex), BigInt(balance)]));
}

/**
 * At the start + in − out − fees = what the node says, for every account of either. The ledger gives the whole fee to its
 * sink; on the chain half is burnt (a base fee of 1 of 2 gwei) and half is the block producer's.
 */
async function expectBalances(anvil: Anvil, ledger: MemoryLedger): Promise<number> {
  const stated = sums(ledger.all, ETH);
  for (let i = 0; i < RICH; i++) {
    const account = on(rich(i).address);
    stated.set(account, (stated.get(account) ?? 0n) + START_BALANCE);
  }
  const fees = stated.get(feeSink(ETHEREUM)) ?? 0n;
  stated.delete(feeSink(ETHEREUM));
  stated.set(on(PRODUCER), fees / 2n);
  const node = await stateOf(anvil);
  const differing = [...new Set([...stated.keys(), ...node.keys()])].filter(
    (account) => (stated.get(account) ?? 0n) !== (node.get(account) ?? 0n),
  );
  expect(differing.map((account) => [account, stated.get(account), node.get(account)])).toEqual([]);
  const total = [...node.values()].reduce((sum, balance) => sum + balance, 0n);
  expect(total).toBe(BigInt(RICH) * START_BALANCE - fees / 2n);
  expect(fees).toBeGreaterThan(0n);
  return stated.size;
}

async function ether(anvil: Anvil, account: Hex): Promise<bigint> {
  return BigInt(String(await anvil.rpc('eth_getBalance', account, 'latest')));
}

describe('a laundering', () => {
  type Run = { anvil: Anvil; laundering: Laundering; dump: ChainDump };
  let runs: readonly [Run, Run];
  let ledger: MemoryLedger;

  async function run(name: string): Promise<Run> {
    const anvil = await startAnvil(SCRIPTED);
    const laundering = await launder(anvil);
    return { anvil, laundering, dump: await dumpChain(anvil, join(folder, name)) };
  }

  beforeAll(async () => {
    runs = [await run('one'), await run('two')];
    ledger = await read(runs[0].dump.file);
  });
  afterAll(async () => {
    for (const { anvil } of runs ?? []) await anvil.stop();
  });

  function rows(tx: Hex): Transfer[] {
    return ledger.all.filter((transfer) => transfer.tx === tx && transfer.kind !== 'fee');
  }

  test('is the same chain every time', () => {
    const [one, two] = runs;
    expect(two.dump.head).toBe(one.dump.head);
    expect(two.laundering).toEqual(one.laundering);
    expect(one.dump.blocks).toBe(one.laundering.lastBlock);
  });

  test('its file holds every movement of ether', async () => {
    expect(await expectBalances(runs[0].anvil, ledger)).toBeGreaterThan(40);
  });

  test('its file holds every movement of the token', async () => {
    const [{ anvil, laundering }] = runs;
    const held = sums(ledger.all, erc20(ETHEREUM, laundering.token));
    const zero = on(`0x${'0'.repeat(40)}`);
    const holders = [...held].filter(([account]) => account !== zero);
    for (const [account, amount] of holders) {
      const data = balanceOf(account.slice(account.lastIndexOf(':') + 1) as Hex);
      expect(BigInt(String(await anvil.rpc('eth_call', { to: laundering.token, data }, 'latest')))).toBe(amount);
    }
    // 10 ether bought 30,000 tokens; 20,000 of them went on.
    const { thief, splits, tokenHolder } = laundering.accounts;
    expect(held.get(on(thief))).toBe(STOLEN_TOKENS);
    expect(held.get(on(splits[1] as Hex))).toBe(10_000_000_000n);
    expect(held.get(on(tokenHolder))).toBe(20_000_000_000n);
  });

  test('one transaction steals ether and tokens', () => {
    const { theft, theftBlock, accounts, token } = runs[0].laundering;
    const moved = { from: on(accounts.vault), to: on(accounts.thief), blockNumber: theftBlock };
    expect(rows(theft).filter(({ amount }) => amount > 0n)).toMatchObject([
      { ...moved, kind: 'internal', asset: ETH, amount: STOLEN_ETHER },
      { ...moved, kind: 'token', asset: erc20(ETHEREUM, token), amount: STOLEN_TOKENS },
    ]);
  });

  test('the swap is exact by netting', async () => {
    const { steps, accounts, token } = runs[0].laundering;
    const [found] = await ledger.evidenceByKey([steps.swap]);
    if (found?.evidence.kind !== 'evm') throw new Error('the swap has evidence');
    const all = ledger.all.filter(({ tx }) => tx === steps.swap);
    expect(swapsOf(all, found.evidence)).toMatchObject([
      {
        account: on(accounts.splits[1] as Hex),
        gave: [{ asset: ETH, amount: SWAPPED }],
        received: [{ asset: erc20(ETHEREUM, token), amount: 30_000_000_000n }],
        notExact: [],
        crossings: [{ basis: 'exact' }],
      },
    ]);
  });

  test.each(['reverted', 'outOfGas', 'trapped'] as const)('the transaction that is %s moves only its fee', (step) => {
    const { steps, accounts } = runs[0].laundering;
    const all = ledger.all.filter(({ tx }) => tx === steps[step]);
    expect(all.map(({ kind, from }) => [kind, from])).toEqual([['fee', on(accounts.splits[2] as Hex)]]);
    expect(ledger.all.some(({ to }) => to === on(accounts.unpaid))).toBe(false);
  });

  test('ether moves through router, pool and contracts that are destroyed', () => {
    const { steps, accounts } = runs[0].laundering;
    const paid = (tx: Hex) => rows(tx).filter(({ amount, asset }) => amount > 0n && asset === ETH);
    const legs = (tx: Hex) => paid(tx).map(({ from, to, amount }) => [from, to, amount]);
    const [, buyer, unlucky] = accounts.splits.map(on);
    const [heir, till, flash, router] = [accounts.heir, accounts.till, accounts.flash, accounts.router].map(on);
    expect(legs(steps.routed)).toEqual([
      [buyer, router, parseEther('5')],
      [router, on(accounts.behindRouter), parseEther('5')],
    ]);
    expect(legs(steps.tillMade)).toEqual([[unlucky, till, parseEther('4')]]);
    expect(legs(steps.tillDestroyed)).toEqual([[till, heir, parseEther('4')]]);
    expect(legs(steps.flashed)).toEqual([
      [unlucky, flash, parseEther('1')],
      [flash, heir, parseEther('1')],
    ]);
    expect(legs(steps.selfTransfer)).toEqual([[buyer, buyer, parseEther('1')]]);
    expect(rows(steps.poisoning).map(({ amount }) => amount)).toEqual([0n, 0n]);
  });

  test('what the exchange gets is what the peel chain leaves of a share', () => {
    const { steps, accounts } = runs[0].laundering;
    // A quarter of 1,200 ether and 7 of a stranger; fees: 1 of the split account, 2 of each of 4 hops, 2 of the last, 1 of
    // the deposit account; 5 peels of 2 ether.
    const expected = STOLEN_ETHER / 4n + INNOCENT_ETHER - parseEther('10') - 12n * PLAIN_FEE;
    expect(rows(steps.swept)).toMatchObject([
      { from: on(accounts.deposit), to: on(accounts.hotWallet), amount: expected },
    ]);
  });

  describe('reorganised', () => {
    let reorganised: readonly [Reorganisation, Reorganisation];
    let dump: ChainDump;
    beforeAll(async () => {
      const [one, two] = runs;
      // Blocks mined since are replaced too.
      for (const { anvil } of runs) await mineBlock(anvil);
      reorganised = [await reorganise(one.anvil, one.laundering), await reorganise(two.anvil, two.laundering)];
      dump = await dumpChain(one.anvil, join(folder, 'reorganised'));
    });

    test('is another chain of the same height, the same every time', async () => {
      const [one, two] = runs;
      expect(dump.blocks).toBe(one.laundering.lastBlock + 1);
      expect(reorganised[0].commonBlock).toBe(one.laundering.lastBlock - 3);
      const after = await dumpChain(two.anvil, join(folder, 'reorganised-two'));
      expect(after.head).toBe(dump.head);
      const { gone, kept } = reorganised[0];
      const replaced = await one.anvil.rpc('eth_getBlockByHash', one.dump.head, false);
      expect(replaced).toBeNull();
      const known = await one.anvil.rpcAll(
        'eth_getTransactionByHash',
        [...gone, ...kept].map((hash) => [hash]),
      );
      expect(known.map((transaction) => transaction !== null)).toEqual([false, false, true, true]);
    });

    test('its file holds every movement; nothing stolen came ashore', async () => {
      const [{ anvil, laundering }] = runs;
      const { ashore, inland, abroad } = laundering.accounts;
      await expectBalances(anvil, await read(dump.file));
      expect(await ether(anvil, ashore)).toBe(parseEther('0.5') - PLAIN_FEE);
      expect(await ether(anvil, inland)).toBe(parseEther('0.5'));
      expect(await ether(anvil, abroad)).toBe(parseEther('3'));
    });
  });
});

test('a wide laundering reaches as many accounts as asked; its file holds every movement', async () => {
  const anvil = await startAnvil(SCRIPTED);
  try {
    const { thief, theft, reached, lastBlock } = await launderWide(anvil, { accounts: 400 });
    const dump = await dumpChain(anvil, join(folder, 'wide'));
    expect(dump.blocks).toBe(lastBlock);
    const ledger = await read(dump.file);
    await expectBalances(anvil, ledger);
    // Reached: paid by the thief or by somebody reached.
    const found = new Set<Account>([on(thief)]);
    const inOrder = ledger.all.toSorted((a, b) => a.blockNumber - b.blockNumber || a.txIndex - b.txIndex);
    for (const { kind, from, to } of inOrder) if (kind === 'native' && found.has(from)) found.add(to);
    expect([...found].slice(1)).toEqual(reached.map(on));
    expect(reached).toHaveLength(400);
    expect(ledger.all.filter(({ tx, kind }) => tx === theft && kind === 'native')).toMatchObject([
      { to: on(thief), amount: WIDE_STOLEN },
    ]);
  } finally {
    await anvil.stop();
  }
});
