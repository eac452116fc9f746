import { isDeepStrictEqual } from 'node:util';
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

/** Checks on scenes where what the limit did can be seen; a law tried only where nothing happens is not tried. */
async function neverLess(
  shape: SceneShape,
  deepening: Deepening['which'],
  slack: (scene: Scene) => bigint,
): Promise<void> {
  const by = fc.integer({ min: 1, max: 4 });
  const limits = { [deepening]: true };
  let moved = 0;
  const scenes = anyScene({ dense: true, labels: true, seeds: 'transfer', maxTransfers: 20, limits, ...shape });
  await fc.assert(
    fc.asyncProperty(scenes.filter(dustless), by, async (scene, steps) => {
      const shallow = await traceScene(scene);
      const deep = await traceScene(deepen(scene, { which: deepening, by: steps }));
      for (const policy of scene.request.policies) {
        if (!noOverlap(runOf(deep.runs, policy))) continue;
        const before = labelled(runOf(shallow.runs, policy));
        const after = labelled(runOf(deep.runs, policy));
        for (const [terminal, origin] of before) {
          expect((after.get(terminal) ?? 0n) + slack(scene)).toBeGreaterThanOrEqual(origin);
        }
        if (before.size > 0 && !isDeepStrictEqual(runOf(shallow.runs, policy), runOf(deep.runs, policy))) moved += 1;
      }
    }),
    { numRuns: 150 },
  );
  expect(moved).toBeGreaterThan(20);
}
const exact = () => 0n;
const aUnitASpend = (scene: Scene) => BigInt(scene.transfers.filter(({ amount }) => amount > 0n).length);
const ALL = ['maxHops', 'maxAccounts', 'until', 'minAmount'] as const;

test.each(ALL)(
  'law 9: deeper limits only refine: fifo and lifo never lower what is booked to a label (%s)',
  async (which) => {
    await neverLess({ policies: LINES, crossings: true }, which, exact);
  },
);

test.each(ALL)('law 9: deeper limits only refine: every policy, one theft, no crossing (%s)', async (which) => {
  await neverLess({ policies: AMOUNTS, rules: true, tags: 1 }, which, exact);
});

test('law 9: deeper limits only refine: until, under every policy', async () => {
  // What has happened by a moment is not changed by what happens later.
  await neverLess({ policies: AMOUNTS, crossings: true, rules: true }, 'until', exact);
});

test('law 9: deeper limits only refine: max-accounts, pro-rata, several thefts, to within one base unit a spend', async () => {
  await neverLess({ policies: ['pro-rata/1'], tags: 3 }, 'maxAccounts', aUnitASpend);
});

const at = async (
  lines: string,
  policy: PolicyId,
  request: Partial<TraceRequest> & Pick<TraceRequest, 'seeds'>,
  tag = 'a',
) => {
  const label = { reason: 'label:exchange', label: 'Exchange', source: 'test', contested: false };
  const scene = { transfers: ledger(lines), coverage: [], labels: { [account('L')]: label } };
  const { runs } = await traceScene({ ...scene, request: ask({ policies: [policy], ...request }) });
  return whereabouts(runs, policy, tag);
};
const hops = (maxHops: number) => ({ ...NO_LIMITS, maxHops });

test('finding: under tagged-first another theft that comes further can take the place of one that reached a label', async () => {
  // H: 10a (2 hops), 10b. L gets 10. Stopped at 2 hops a is untagged in H, and b goes to L; one hop further a goes.
  const lines = `
    1 v:0 V > T 10
    2 p:0 T > A 10
    3 q:0 A > H 10
    4 w:0 W > H 10
    5 l:0 H > L 10`;
  const seeds = [stolen('v:0', 'a'), stolen('w:0', 'b')];
  expect(
    await at(
      lines.replace('W > H', 'W > U').replace('5 l', '4 x:0 U > H 10\n 5 l'),
      'tagged-first/1',
      { seeds, limits: hops(2) },
      'b',
    ),
  ).toEqual({ 'L label:exchange': 10n });
  expect(
    await at(
      lines.replace('W > H', 'W > U').replace('5 l', '4 x:0 U > H 10\n 5 l'),
      'tagged-first/1',
      { seeds, limits: hops(3) },
      'b',
    ),
  ).toEqual({ H: 10n });
});
