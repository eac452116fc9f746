import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectedOf, fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import { type EvmEvidence, type Transfer, transfersOfEvidence } from '../../ledger/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import { crossingsOfSwaps, type NettedSwap, swapsOf } from './netting.ts';

const FOLDER = join(import.meta.dirname, '../../../../test/data/crossings');

type Expected = { readonly netFlowOfSender: Readonly<Record<string, string>>; readonly nativeFlowComplete: boolean };
type Case = { readonly file: string; readonly evidence: EvmEvidence; readonly expected: Expected };

function casesOf(folder: string): Case[] {
  return Object.entries(expectedOf(folder)).map(([file, expected]) => ({
    file: `${folder}/${file}`,
    evidence: evmOf(folder, file),
    expected: expected as Expected,
  }));
}

function evmOf(folder: string, file: string): EvmEvidence {
  const [evidence] = fixtureEvidence(folder, file);
  if (evidence?.kind !== 'evm') throw new Error(`${file} is no transaction of an EVM chain`);
  return evidence;
}

/** The fixtures do not all state a time; it plays no part here. */
function transfersOf(evidence: EvmEvidence): Transfer[] {
  return transfersOfEvidence(evidence, { blockTime: 1 });
}

const CASES = readdirSync(FOLDER)
  .filter((folder) => folder.startsWith('dex_'))
  .sort()
  .flatMap(casesOf);

function signersSwap(evidence: EvmEvidence, swaps: readonly NettedSwap[]): NettedSwap | undefined {
  return swaps.find(({ account }) => account === evidence.from);
}

/** Net flows as `expected.json` writes them: the token's contract, or `native`; nothing that nets to zero. */
function flowsOf({ gave, received }: NettedSwap): Record<string, string> {
  const name = (asset: Asset): string =>
    asset.includes('/erc20:') ? asset.slice(asset.lastIndexOf(':') + 1) : 'native';
  return Object.fromEntries([
    ...gave.map(({ asset, amount }) => [name(asset), String(-amount)]),
    ...received.map(({ asset, amount }) => [name(asset), String(amount)]),
  ]);
}

function nonZero(flows: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(flows).filter(([, amount]) => amount !== '0'));
}

describe('the 123 real swaps of nine venues', () => {
  const results = CASES.map((each) => {
    const transfers = transfersOf(each.evidence);
    return { ...each, transfers, swaps: swapsOf(transfers, each.evidence) };
  });

  it('are exact for 89 signers, with the net flows that were counted from the same records by another program', () => {
    const exact = results.flatMap(({ file, evidence, expected, swaps }) => {
      const swap = signersSwap(evidence, swaps);
      return swap === undefined || swap.notExact.length > 0 ? [] : [{ file, swap, expected }];
    });
    for (const { file, swap, expected } of exact) {
      expect({ file, flows: flowsOf(swap) }).toEqual({ file, flows: nonZero(expected.netFlowOfSender) });
      expect({ file, complete: expected.nativeFlowComplete }).toEqual({ file, complete: true });
    }
    expect(exact.length).toBe(89);
    expect(results.length).toBe(123);
  });

  it('are exact wherever the signer is known to have given one asset and received one, and nowhere else', () => {
    for (const { file, evidence, expected, swaps } of results) {
      const amounts = Object.values(nonZero(expected.netFlowOfSender)).map(BigInt);
      const oneEach = amounts.length === 2 && amounts.some((x) => x < 0n) && amounts.some((x) => x > 0n);
      const isExact = signersSwap(evidence, swaps)?.notExact.length === 0;
      const isMint = file.includes('receive_position_token');
      expect({ file, isExact }).toEqual({ file, isExact: oneEach && expected.nativeFlowComplete && !isMint });
    }
  });

  it('say why the others are not', () => {
    const reasons = results.flatMap(({ file, evidence, swaps }) => {
      const swap = signersSwap(evidence, swaps);
      return swap === undefined || swap.notExact.length === 0
        ? []
        : [`${file.slice(file.indexOf('/') + 1, -5)}: ${swap.notExact.map(({ code }) => code).join(', ')}`];
    });
    expect(reasons).toEqual([
      'place_eth_order_3619cc: received-nothing',
      'place_xdai_order_0fa7c5: received-nothing',
      'deposit_order_2b2999: several-given',
      'gauge_deposit_and_stake_multiple_cbeaae: several-given',
      'limit_order_swap_via_uniswap_fb5fed: received-nothing',
      'eure_receive_swap_81130d: several-received',
      'gnosis_swap_amount_in_421c23: several-given',
      'native_swap_routed_through_curve_zap_be029b: several-received',
      'swap_with_unrelated_curve_deposit_b65c9b: several-received',
      'remove_liquidity_with_weth_000071: several-received',
      'uniswap_v2_remove_liquidity_0936a1: several-received',
      'receive_position_token_on_arbitrum_bdfe4b: several-received, one-of-a-kind',
      'multi_pool_swap_to_second_address_8ed162: received-nothing',
      'base_settler_zerox_swap_304022: no-inner-calls',
    ]);
  });

  it('never make a swap of an account that emits an event, so no pool or router is among them', () => {
    for (const { evidence, swaps } of results) {
      const emitters = new Set((evidence.logs ?? []).map(({ address }) => address));
      for (const { account } of swaps) expect(emitters.has(account)).toBe(false);
    }
  });

  it('of accounts that did not sign are exact only where all calls are on record', () => {
    const others = results.flatMap(({ file, evidence, swaps }) =>
      swaps.filter(({ account, notExact }) => account !== evidence.from && notExact.length === 0).map(() => file),
    );
    expect(others).toEqual([
      'dex_dodo/dodo_route_proxy.json',
      'dex_dodo/dodo_swap_a.json',
      'dex_zerox/limit_order.json',
      'dex_zerox/v2_fill_2019.json',
    ]);
  });

  it('use each base unit of each transfer once', () => {
    for (const { file, transfers, swaps } of results) {
      for (const { crossings, account } of swaps) {
        const sent = new Map<number, bigint>();
        const paid = new Map<number, bigint>();
        for (const { input, part, output } of crossings) {
          if (output.kind !== 'transfer') throw new Error('a netted swap pays in transfers');
          const [from, to] = [amountAt(transfers, input.position), amountAt(transfers, output.transfer.position)];
          sent.set(input.position, (sent.get(input.position) ?? 0n) + (part ?? from));
          paid.set(output.transfer.position, (paid.get(output.transfer.position) ?? 0n) + (output.part ?? to));
        }
        for (const [position, amount] of [...sent, ...paid]) {
          expect({ file, account, amount }).toEqual({ file, account, amount: amountAt(transfers, position) });
        }
      }
    }
  });
});

function amountAt(transfers: readonly Transfer[], at: number): bigint {
  const found = transfers.find(({ position }) => position === at);
  if (found === undefined) throw new Error(`no transfer at ${at}`);
  return found.amount;
}

describe('what came back in the same transaction', () => {
  it('is the end of what was given, one for one', () => {
    // 0.003956… ether went in, 0.0000371… came back, and 5 USDT was bought.
    const evidence = evmOf('dex_uniswap_v3', 'swap_eth_to_tokens_refund_265c15.json');
    const transfers = transfersOf(evidence);
    const [swap] = swapsOf(transfers, evidence);
    const back = transfers.find(({ to, kind }) => to === evidence.from && kind === 'internal') as Transfer;
    expect(swap?.gave).toEqual([{ asset: 'eip155:1/slip44:60', amount: (evidence.value as bigint) - back.amount }]);
    expect(swap?.crossings.map(({ input, part, output }) => [input.position, part, output])).toMatchObject([
      [0, 3918934703639028n, { kind: 'transfer' }],
      [0, back.amount, { transfer: { position: back.position } }],
    ]);
    expect(swap?.crossings.map(({ id }) => id.slice(-4))).toEqual(['#001', '#002']);
  });
});

describe('a record that is not whole', () => {
  const evidence = evmOf('dex_uniswap_v2', 'uniswap_v2_swap_67cf6c.json');
  const transfers = transfersOf(evidence);
  const codes = (given: readonly Transfer[], record: EvmEvidence): string[] =>
    (signersSwap(record, swapsOf(given, record))?.notExact ?? []).map(({ code }) => code);

  it('is exact as it is', () => {
    expect(codes(transfers, evidence)).toEqual([]);
  });
  it('without a trace is not', () => {
    expect(codes(transfers, { ...evidence, frames: null })).toEqual(['no-inner-calls']);
  });
  it('without a trace is, where the ledger is known to have every inner transfer', () => {
    const swaps = swapsOf(transfers, { ...evidence, frames: null }, { innerTransfersComplete: true });
    expect(signersSwap(evidence, swaps)?.notExact).toEqual([]);
  });
  it('without a receipt is not', () => {
    expect(codes(transfers, { ...evidence, succeeded: null, logs: null })).toEqual(['no-receipt']);
  });
  it('with a transfer that the ledger lacks is not', () => {
    const without = transfers.filter(({ position }) => position !== transfers.at(-1)?.position);
    expect(codes(without, evidence)).toContain('ledger-lacks-transfers');
  });
  it('with a transfer that the record does not show is not', () => {
    const last = transfers.at(-1) as Transfer;
    expect(codes([...transfers, { ...last, position: last.position + 1 }], evidence)).toEqual(['ledger-has-others']);
  });
  it('of a failed transaction gives nothing', () => {
    expect(swapsOf(transfers, { ...evidence, succeeded: false })).toEqual([]);
  });
});

const chain = 'eip155:1';
const account = (digit: string): Account => `${chain}:0x${digit.repeat(40)}`;
const [SIGNER, MAKER, VENUE, TOKEN, COIN, SPENT] = [...'123456'].map((digit) => account(digit)) as Account[] as [
  Account,
  Account,
  Account,
  Account,
  Account,
  Account,
];
const topicOf = (each: Account): string => `0x${'0'.repeat(24)}${each.slice(-40)}`;
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

type Move = readonly [token: Account, from: Account, to: Account, amount: bigint];

/** A transaction in which tokens move as given, and the venue calls the tokens. */
function exchange(...moves: readonly Move[]): EvmEvidence {
  const tokens = [...new Set(moves.map(([token]) => token))];
  return {
    kind: 'evm',
    chain,
    tx: `0x${'ab'.repeat(32)}`,
    blockNumber: 1,
    blockTime: 1,
    txIndex: 0,
    from: SIGNER,
    to: VENUE,
    value: 0n,
    input: '0x12345678',
    succeeded: true,
    logs: moves.map(([address, from, to, amount], logIndex) => ({
      logIndex,
      address,
      topics: [TRANSFER, topicOf(from), topicOf(to)],
      data: `0x${amount.toString(16).padStart(64, '0')}`,
    })),
    frames: [
      { path: [], from: SIGNER, to: VENUE, value: 0n, input: '0x12345678' },
      ...tokens.map((to, i) => ({ path: [i], from: VENUE, to, value: 0n, input: '0x23b872dd' })),
    ],
  };
}

describe('accounts beside the signer', () => {
  it('that trade with the signer directly share its transfers, and a trace follows one of the two', () => {
    const evidence = exchange([TOKEN, SIGNER, MAKER, 30n], [COIN, MAKER, SIGNER, 7n]);
    const swaps = swapsOf(transfersOf(evidence), evidence);
    expect(swaps.map(({ account: who, sharedWith, notExact }) => [who, sharedWith, notExact])).toEqual([
      [SIGNER, [MAKER], []],
      [MAKER, [SIGNER], []],
    ]);
    expect(crossingsOfSwaps(swaps, () => true).map(({ id }) => id.slice(-40))).toEqual([SIGNER.slice(-40)]);
    expect(crossingsOfSwaps(swaps, (who) => who === MAKER).map(({ id }) => id.slice(-40))).toEqual([MAKER.slice(-40)]);
  });

  it('that only receive, or only pay each other, swap nothing', () => {
    const evidence = exchange([TOKEN, SIGNER, MAKER, 30n]);
    expect(swapsOf(transfersOf(evidence), evidence)).toEqual([]);
  });

  it('that make a call are contracts and not looked at', () => {
    const evidence = exchange([TOKEN, SIGNER, MAKER, 30n], [COIN, MAKER, SIGNER, 7n]);
    const call = { path: [9], from: MAKER, to: COIN, value: 0n, input: '0xa9059cbb' };
    const swaps = swapsOf(transfersOf(evidence), { ...evidence, frames: [...(evidence.frames ?? []), call] });
    expect(swaps.map(({ account: who }) => who)).toEqual([SIGNER]);
  });
});

describe('several transfers of one swap', () => {
  it('are cut where the lines of inputs and outputs say', () => {
    // 10 + 20 became 3 + 4: the first output ends at ceil(3·30/7) = 13 of the inputs; 10 of 30 is floor(10·7/30) = 2 of 7.
    const evidence = exchange(
      [TOKEN, SIGNER, VENUE, 10n],
      [COIN, VENUE, SIGNER, 3n],
      [TOKEN, SIGNER, VENUE, 20n],
      [COIN, VENUE, SIGNER, 4n],
    );
    const [swap] = swapsOf(transfersOf(evidence), evidence);
    expect(swap?.crossings.map(({ input, part, output }) => [input.position, part, output])).toEqual([
      [1_000_000, undefined, output(evidence, 1_000_001, 2n)],
      [1_000_002, 3n, output(evidence, 1_000_001, 1n)],
      [1_000_002, 17n, output(evidence, 1_000_003, undefined)],
    ]);
  });

  it('are not exact where one is too small to have a part', () => {
    const evidence = exchange([TOKEN, SIGNER, VENUE, 1n], [TOKEN, SIGNER, VENUE, 100n], [COIN, VENUE, SIGNER, 2n]);
    expect(swapsOf(transfersOf(evidence), evidence)[0]?.notExact.map(({ code }) => code)).toEqual(['too-small']);
  });

  it('are not exact where the asset given was received before', () => {
    const evidence = exchange([TOKEN, VENUE, SIGNER, 5n], [TOKEN, SIGNER, VENUE, 30n], [COIN, VENUE, SIGNER, 7n]);
    const [swap] = swapsOf(transfersOf(evidence), evidence);
    expect(swap?.notExact.map(({ code }) => code)).toEqual(['received-before-given']);
  });

  it('leave a payment out of what was received where it is', () => {
    const evidence = exchange([TOKEN, SIGNER, VENUE, 30n], [COIN, VENUE, SIGNER, 7n], [COIN, SIGNER, MAKER, 1n]);
    const [swap] = swapsOf(transfersOf(evidence), evidence);
    expect(swap?.received).toEqual([{ asset: `${chain}/erc20:0x${'5'.repeat(40)}`, amount: 6n }]);
    expect(swap?.crossings.map(({ part, output: paid }) => [part, paid])).toEqual([
      [undefined, output(evidence, 1_000_001, undefined)],
    ]);
  });

  it('with a thing that is one of a kind among them are not exact', () => {
    const bought = exchange([TOKEN, SIGNER, VENUE, 30n], [COIN, VENUE, SIGNER, 7n], [SPENT, VENUE, SIGNER, 0n]);
    const logs = (bought.logs ?? []).map((log) =>
      log.address === SPENT ? { ...log, topics: [...log.topics, `0x${'7'.padStart(64, '0')}`], data: '0x' } : log,
    );
    const evidence = { ...bought, logs };
    const [swap] = swapsOf(transfersOf(evidence), evidence);
    expect(swap?.notExact.map(({ code }) => code)).toEqual(['several-received', 'one-of-a-kind']);
    expect(swap?.received.map(({ asset }) => asset)).toContain(`${chain}/erc721:0x${'6'.repeat(40)}/7`);
  });
});

describe('payments that have nothing to do with each other', () => {
  const [SHOP, PAYER] = [account('7'), account('8')];
  const codesOf = (...moves: readonly Move[]) => {
    const evidence = exchange(...moves);
    return swapsOf(transfersOf(evidence), evidence).map((swap) => swap.notExact.map(({ code }) => code));
  };

  it('are no swap, though the account gave one asset and received one', () => {
    expect(codesOf([SPENT, SIGNER, SHOP, 1_000n], [COIN, PAYER, SIGNER, 1n])[0]).toEqual(['unconnected']);
  });

  it('make a swap inexact where only a part of it leads to whoever paid, or not all who paid are led to', () => {
    const swap = [
      [SPENT, SIGNER, VENUE, 1_000n],
      [COIN, VENUE, SIGNER, 900n],
    ] as const;
    expect(codesOf(...swap)[0]).toEqual([]);
    expect(codesOf(...swap, [SPENT, SIGNER, SHOP, 5n])[0]).toEqual(['unconnected']);
    expect(codesOf(...swap, [COIN, PAYER, SIGNER, 5n])[0]).toEqual(['unconnected']);
  });

  it('are told from a way through several contracts, and from what a token issues and burns', () => {
    const through = [
      [SPENT, SIGNER, VENUE, 1_000n],
      [TOKEN, VENUE, MAKER, 30n],
      [COIN, MAKER, SIGNER, 900n],
    ] as const;
    expect(codesOf(...through)[0]).toEqual([]);
    const zero = `${chain}:0x${'0'.repeat(40)}` as Account;
    expect(codesOf([SPENT, SIGNER, COIN, 1_000n], [COIN, zero, SIGNER, 900n])[0]).toEqual([]);
    expect(codesOf([SPENT, SIGNER, VENUE, 1_000n], [COIN, zero, SIGNER, 900n])[0]).toEqual(['unconnected']);
  });
});

describe('what a bridge took in', () => {
  it('was not given for what the account received beside it', () => {
    // A real deposit into THORChain, and a reward of another token that is added to it here.
    const deposit = evmOf('thorchain', 'eth_deposit_to_btc.json');
    const reward = exchange([COIN, VENUE, deposit.from as Account, 7n]);
    const logs = [...(deposit.logs ?? []), ...(reward.logs ?? []).map((log) => ({ ...log, logIndex: 999_999 }))];
    const evidence = { ...deposit, logs };
    const [swap] = swapsOf(transfersOf(evidence), evidence);
    expect(swap?.notExact.map(({ code }) => code)).toEqual(['crossed-elsewhere', 'unconnected']);
  });
});

function output({ tx }: EvmEvidence, position: number, part: bigint | undefined) {
  return { kind: 'transfer', transfer: { tx, position }, ...(part === undefined ? {} : { part }) };
}
