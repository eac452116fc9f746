import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountSource, createFetchingLedger, type Pin, type Transfer } from '../../core/src/ledger/index.ts';
import { createEvmNodeSource } from '../../core/src/ledger/sources/evm-node/account-source.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { keysOf, NO_LIMITS, type TraceRequest, traceAcross } from '../../core/src/tracing/index.ts';
import type { Chain } from '../../core/src/units/index.ts';
import { readFixture } from '../crossings-fixtures.ts';
import { serveRecorded } from '../replays/evm-node-server.ts';
import type { LocalServer } from '../replays/local-server.ts';

/*
 * A deposit of Across on Scroll and its fill on Arbitrum (`test/data/crossings/SOURCES.md`), each at a node of its chain: the trace
 * starts from the deposit with an empty ledger, and fetches the other side.
 */

const PAIR = [
  ['across', 'v35_deposit_scroll_to_arb.json', 1_739_500_000],
  ['across', 'v35_fill_arb_from_scroll.json', 1_739_500_060],
] as const;

let nodes: LocalServer[];

beforeAll(async () => {
  nodes = await Promise.all(PAIR.map(([folder, file, at]) => serveRecorded(folder, file, at)));
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
});

async function fetching(urls: readonly string[]) {
  const sources: AccountSource[] = [];
  const pins = new Map<Chain, Pin>();
  for (const url of urls) {
    const source = await createEvmNodeSource({ url, delay: async () => {} });
    const { head, final } = await source.tip();
    pins.set(source.chain, { chain: source.chain, ...head, final });
    sources.push(source);
  }
  const limits = { fromBlock: 0, maxTransactions: 100, maxBlocks: 10 };
  return createFetchingLedger({ store: createMemoryLedger(), sources, pins, into: { keysOf }, ...limits });
}

async function requestOf(ledger: { transactions(hashes: readonly string[]): Promise<Transfer[]> }): Promise<TraceRequest> {
  const { transactionHash } = readFixture(PAIR[0][0], PAIR[0][1]) as { transactionHash: string };
  const [paid] = (await ledger.transactions([transactionHash])).filter(({ kind }) => kind === 'token');
  return {
    direction: 'forward',
    seeds: [{ kind: 'account', tag: 'theft', account: (paid as Transfer).from, asset: (paid as Transfer).asset, at: null }],
    policies: ['fifo/1'],
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings: [],
  };
}

test('the other side of a bridge is fetched where a node of its chain is at hand', async () => {
  const ledger = await fetching(nodes.map(({ url }) => url));
  const { result, exits } = await traceAcross(ledger, await requestOf(ledger));
  expect(result.crossings).toMatchObject([{ id: 'across:534352:1295289', basis: 'exact' }]);
  expect(exits).toEqual([]);
  const holdings = result.runs.flatMap((run) => run.tags.flatMap((tag) => tag.holdings));
  expect(holdings).toMatchObject([
    { account: 'eip155:42161:0x3ba6eb0e4327b96ade6d4f3b578724208a590cef', asset: expect.stringMatching(/^eip155:42161\/erc20:0xaf88d065/) },
  ]);
});

test('and is an exit where none is', async () => {
  const ledger = await fetching([(nodes[0] as LocalServer).url]);
  const { result, exits } = await traceAcross(ledger, await requestOf(ledger));
  expect(result.crossings).toEqual([]);
  expect(exits.map(({ leg }) => [leg.protocol, leg.destination?.chain])).toEqual([['across', 'eip155:42161']]);
});
