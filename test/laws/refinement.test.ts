import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Limits, NO_LIMITS, type PolicyId, type Run, type TraceRequest } from '../../core/src/tracing/index.ts';
import { anyScene, type Scene, type SceneShape } from '../arbitraries/ledger.ts';
import { account, ask, asset, ledger, stolen, stolenAccount, whereabouts } from '../golden/ledger-lines.ts';
import { noOverlap, runOf, traceScene, withLimits, withRequest } from './run-scene.ts';

const LINES: readonly PolicyId[] = ['fifo/1', 'lifo/1'];
const AMOUNTS: readonly PolicyId[] = [...LINES, 'pro-rata/1', 'tagged-first/1', 'untagged-first/1'];
type Deepening = { readonly which: 'maxHops' | 'maxAccounts' | 'until' | 'minAmount'; readonly by: number };

/** The same question with one limit moved outwards. */
function deepen(scene: Scene, { which, by }: Deepening): Scene {
  const { limits } = scene.request;
  if (which === 'minAmount') {
    const lower = Object.entries(limits.minAmount).map(([id, least]) => [
      id,
      least > BigInt(by) ? least - BigInt(by) : 0n,
    ]);
    return withLimits(scene, { minAmount: Object.fromEntries(lower) });
  }
  const old = limits[which];
  return withLimits(scene, { [which]: old === null || by === 4 ? null : old + by });
}

/** What is booked to terminals that a label decided, by tag, reason, account and asset. */
const labelled = (run: Run): Map<string, bigint> =>
  new Map(
    run.tags.flatMap(({ tag, terminals }) =>
      terminals
        .filter(({ reason }) => reason.startsWith('label:') || reason === 'contract')
        .map((row) => [`${tag} ${row.reason} ${row.account} ${row.asset}`, row.origin as bigint] as const),
    ),
  );

/** Crossings that give at least one unit for each unit, so that no lot's image is empty. */
const dustless = ({ transfers, request }: Scene): boolean =>
  request.crossings.every(({ input, output }) => {
    const amountOf = ({ tx, position }: { tx: string; position: number }) =>
      transfers.find((row) => row.tx === tx && row.position === position)?.amount ?? 0n;
    return (output.kind === 'unrecorded' ? output.amount : amountOf(output.transfer)) >= amountOf(input);
  });

const deepenings = (which: readonly Deepening['which'][]): fc.Arbitrary<Deepening> =>
  fc.record({ which: fc.constantFrom(...which), by: fc.integer({ min: 1, max: 4 }) });

function neverLess(
  shape: SceneShape,
  which: readonly Deepening['which'][],
  slack: (scene: Scene) => bigint,
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(anyScene({ ...shape, labels: true }), deepenings(which), async (scene, deepening) => {
      fc.pre(dustless(scene));
      const shallow = await traceScene(scene);
      const deep = await traceScene(deepen(scene, deepening));
      for (const policy of scene.request.policies) {
        if (!noOverlap(runOf(deep.runs, policy))) continue;
        const after = labelled(runOf(deep.runs, policy));
        for (const [terminal, origin] of labelled(runOf(shallow.runs, policy))) {
          expect((after.get(terminal) ?? 0n) + slack(scene)).toBeGreaterThanOrEqual(origin);
        }
      }
    }),
    { numRuns: 250 },
  );
}
const exact = () => 0n;
const limits = { maxHops: true, maxAccounts: true, until: true, minAmount: true };

test('law 9: deeper limits only refine: fifo and lifo never lower what is booked to a label', async () => {
  const shape = { policies: LINES, crossings: true, limits };
  await neverLess(shape, ['maxHops', 'maxAccounts', 'until', 'minAmount'], exact);
});

test('law 9: deeper limits only refine: every policy, where there is one theft and no crossing', async () => {
  const shape = { policies: AMOUNTS, rules: true, limits, tags: 1, seeds: 'transfer', maxTransfers: 18 } as const;
  await neverLess(shape, ['maxHops', 'maxAccounts', 'until', 'minAmount'], exact);
});

test('law 9: deeper limits only refine: pro-rata and several thefts, to within one base unit a spend', async () => {
  const spends = (scene: Scene) => BigInt(scene.transfers.filter(({ amount }) => amount > 0n).length);
  await neverLess({ policies: ['pro-rata/1'], limits: { until: true } }, ['until'], exact);
  await neverLess({ policies: ['pro-rata/1'], limits: { maxAccounts: true } }, ['maxAccounts'], spends);
  await neverLess({ policies: ['pro-rata/1'], limits: { maxHops: true } }, ['maxHops'], spends);
});
