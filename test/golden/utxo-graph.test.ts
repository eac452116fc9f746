import { expect, test } from 'vitest';
import type { Transfer } from '../../core/src/ledger/index.ts';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { GENERAL_POLICY_IDS, reconcile, type Run, type TagResult, trace } from '../../core/src/tracing/index.ts';
import { requestOf, theftIn, transfersOfAll, utxoGraph } from '../arbitraries/utxo-graph.ts';
import { naiveTrace } from '../reference/naive-trace.ts';

const POLICIES = [...GENERAL_POLICY_IDS, 'highest-out/1'] as const;

test('one theft under each policy on 100,000 transactions reconciles to the satoshi', async () => {
  const transfers = transfersOfAll(utxoGraph(100_000, 7));
  const theft = theftIn(transfers);
  const { runs } = await trace(createMemoryLedger(transfers), requestOf(theft, POLICIES));
  const outputs = runs.map((run) => [run.policy, reached(run)] as const);
  for (const { policy, tags } of runs) {
    const tag = tags[0] as TagResult;
    if (policy === 'poison/1') continue;
    expect({ policy, stolen: tag.stolen, difference: reconcile(tag)?.difference }).toEqual({
      policy,
      stolen: theft.amount,
      difference: 0n,
    });
  }
  const count = new Map(outputs);
  // Poison reaches all that any rule reaches; a share of everything goes further than a whole of something.
  for (const [policy, many] of outputs) {
    expect({ policy, few: many <= (count.get('poison/1') ?? 0) }).toEqual({ policy, few: true });
  }
  expect(count.get('pro-rata/1')).toBeGreaterThan(count.get('fifo/1') ?? 0);
});

test.each(['forward', 'source-of-funds'] as const)('agrees with the naive reference on 1,500 of them (%s)', async (direction) => {
  const transfers = transfersOfAll(utxoGraph(1_500, 7));
  const theft = direction === 'forward' ? theftIn(transfers) : (lastOutput(transfers) as Transfer);
  const request = { ...requestOf(theft, POLICIES), direction };
  const { runs } = await trace(createMemoryLedger(transfers), request);
  expect(runs).toEqual(naiveTrace({ transfers, coverage: [] }, request));
});

/** Outputs that value was moved into. */
function reached({ tags }: Run): number {
  const edges = tags[0]?.edges ?? [];
  return new Set(edges.map(({ to }) => to).filter((to) => to.includes('.'))).size;
}

function lastOutput(transfers: readonly Transfer[]): Transfer | undefined {
  return transfers.findLast(({ kind, amount }) => kind === 'output' && amount > 100_000n);
}
