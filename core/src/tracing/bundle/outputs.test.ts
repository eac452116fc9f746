import { expect, test } from 'vitest';
import { crossingContent, deposit, payout } from '../../../../test/thorchain-crossing.ts';
import type { ChainReader, Coverage, Transfer } from '../../ledger/index.ts';
import { BITCOIN } from '../../units/index.ts';
import type { TraceResult } from '../result.ts';
import { checkAuthenticity } from './authenticity.ts';
import { checkCompleteness } from './completeness.ts';

/** The payout's output is in block 833,100; nothing on record spends it. */
const BLOCK = payout.blockNumber;
const OUTPUT = `${BITCOIN}:${payout.tx}.0` as const;

const WHOLE: Coverage = {
  chain: BITCOIN,
  account: null,
  direction: 'both',
  assets: null,
  fromBlock: 1,
  toBlock: BLOCK + 100,
  toAt: null,
  basis: 'whole-chain',
  truncated: false,
  note: null,
  source: 'blocks',
};

async function findingOf(coverage: readonly Coverage[], change: (result: TraceResult) => TraceResult = (one) => one) {
  const { result } = await crossingContent();
  const { status, findings } = await checkCompleteness(change({ ...result, coverage }), {});
  return { status, finding: findings.find(({ account }) => account === OUTPUT), findings };
}

test('what is open of an output is whether it was spent later', async () => {
  const { status, finding, findings } = await findingOf([]);
  expect(status).toBe('not-proven');
  expect(finding).toMatchObject({
    status: 'not-proven',
    closing: { stated: 33_106_961n, node: null },
    closingBlock: BLOCK,
  });
  expect(finding?.reasons).toEqual([
    `an output's balance is what made it less what spent it: it was made in block ${BLOCK}, and whether it was spent later is open, since no declaration covers the whole chain from there on`,
  ]);
  // A transaction holds nothing, so nothing is asked about it.
  expect(findings.some(({ account }) => account === `${BITCOIN}:${payout.tx}`)).toBe(false);
});

test('a declared whole chain is a declaration, and says how far it goes', async () => {
  const { finding } = await findingOf([WHOLE]);
  expect(finding).toMatchObject({ status: 'declared', closingBlock: BLOCK + 100 });
  expect(finding?.reasons[0]).toContain('the declaration was not checked');
  const chained = await findingOf([
    { ...WHOLE, fromBlock: BLOCK + 11, toBlock: BLOCK + 20 },
    { ...WHOLE, fromBlock: BLOCK - 5, toBlock: BLOCK + 10 },
    { ...WHOLE, fromBlock: BLOCK + 22, toBlock: BLOCK + 90 },
  ]);
  expect(chained.finding).toMatchObject({ status: 'declared', closingBlock: BLOCK + 20 });
});

test.each<[string, Partial<Coverage>]>([
  ['ends before it', { toBlock: BLOCK - 1 }],
  ['begins after it', { fromBlock: BLOCK + 1 }],
  ['is cut by its source', { truncated: true }],
  ['says what came in only', { direction: 'in' }],
  ['is of another ground', { basis: 'balance-agrees' }],
])('a declaration that %s covers nothing', async (_, change) => {
  const { finding } = await findingOf([{ ...WHOLE, ...change }]);
  expect(finding?.status).toBe('not-proven');
});

test('of a spent output nothing is open; of one whose making is not on record everything', async () => {
  const spend = (made: Transfer): Transfer => ({
    ...made,
    blockNumber: BLOCK + 1,
    tx: 'd'.repeat(64),
    from: OUTPUT,
    to: `${BITCOIN}:${'d'.repeat(64)}`,
    kind: 'input',
    position: -1,
  });
  const isMade = ({ to }: Transfer): boolean => to === OUTPUT;
  const both = await findingOf([], (result) => {
    const made = result.consumed.find(isMade) as Transfer;
    return { ...result, consumed: [...result.consumed, spend(made)] };
  });
  expect(both.finding).toBeUndefined();
  const only = await findingOf([WHOLE], (result) => {
    const made = result.consumed.find(isMade) as Transfer;
    return { ...result, consumed: [...result.consumed.filter((one) => one !== made), spend(made)] };
  });
  expect(only.finding).toMatchObject({
    status: 'not-proven',
    reasons: ['the record has its spend and not what made it'],
  });
});

test('a node of an account chain is asked about none of it, and it is said how much that leaves', async () => {
  const asked: string[] = [];
  const node: ChainReader = {
    chain: 'eip155:1',
    head: async () => 20_000_000,
    transaction: async (hash) => {
      asked.push(hash);
      return null;
    },
    internalTransfers: async () => null,
    balance: async (account) => {
      asked.push(account);
      return null;
    },
    nonce: async () => null,
    hasCode: async () => null,
  };
  const { result } = await crossingContent();
  const own = result.consumed.filter(({ chain }) => chain === BITCOIN).length;
  const answer = await checkAuthenticity(result.consumed, [], { chain: node });
  expect(answer).toMatchObject({ cited: result.consumed.length, otherChains: own });
  expect(answer.checked + answer.notCheckable + answer.otherChains).toBe(answer.cited);
  expect(answer.notes).toEqual([
    `${own} cited ${own === 1 ? 'transfer' : 'transfers'} of ${BITCOIN} not checked: the node is of eip155:1`,
  ]);
  const { findings } = await checkCompleteness(result, { chain: node });
  expect(asked.filter((name) => name.includes(BITCOIN) || name === payout.tx)).toEqual([]);
  expect(asked).toContain(deposit.tx);
  expect(findings.find(({ account }) => account === OUTPUT)?.status).toBe('not-proven');
});
