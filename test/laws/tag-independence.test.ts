import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_LIMITS, type PolicyId, type TagResult } from '../../core/src/tracing/index.ts';
import { anyScene, type Scene, type SceneShape } from '../arbitraries/ledger.ts';
import { account, ask, asset, ledger, stolen, whereabouts } from '../golden/ledger-lines.ts';
import { figures, law, noOverlap, runOf, tagOf, traceScene, withRequest } from './run-scene.ts';

const LINES: readonly PolicyId[] = ['fifo/1', 'lifo/1'];
const tagsOf = (scene: Scene) => [...new Set(scene.request.seeds.map(({ tag }) => tag))];
const alone = (scene: Scene, tag: string) =>
  withRequest(scene, { seeds: scene.request.seeds.filter((seed) => seed.tag === tag) });

/** What is known of where the value is, but not on what coverage that rests: which depends on all accounts followed. */
const figuresOf = (tag: TagResult) => ({
  ...tag,
  held: (tag.held ?? 0n) + (tag.lastSeen ?? 0n),
  lastSeen: null,
  holdings: tag.holdings.map((row) => ({ ...row, status: null })),
});

/** Labels where no theft's seed exempts an account from them. */
const withLabelsOffSeeds = (shape: SceneShape) =>
  anyScene({ ...shape, labels: true, seeds: 'transfer' }).map((scene) => {
    const exempt = new Set(
      scene.request.seeds.flatMap((seed) =>
        seed.kind === 'account'
          ? [seed.account]
          : scene.transfers.filter((row) => row.tx === seed.transfer.tx).map((row) => row.to),
      ),
    );
    return {
      ...scene,
      labels: Object.fromEntries(Object.entries(scene.labels).filter(([id]) => !exempt.has(id as never))),
    } as Scene;
  });

async function independent(scene: Scene): Promise<void> {
  const joint = await traceScene(scene);
  for (const tag of tagsOf(scene)) {
    const single = await traceScene(alone(scene, tag));
    for (const policy of scene.request.policies) {
      const together = runOf(joint.runs, policy);
      if (!noOverlap(together)) continue;
      expect(figuresOf(tagOf(together, tag))).toEqual(figuresOf(tagOf(runOf(single.runs, policy), tag)));
    }
  }
}

test('law 7: tag independence: fifo and lifo give a theft the same together with others as alone', async () => {
  await law(anyScene({ crossings: true, policies: LINES, tags: 2 }), 300, independent);
});

test('law 7: tag independence: fifo and lifo, with labels, max-hops, min-amount and until', async () => {
  await law(withLabelsOffSeeds({ crossings: true, policies: LINES, limits: { until: true } }), 200, independent);
});

test('law 7: tag independence: pro-rata to within one base unit a spend', async () => {
  await law(anyScene({ policies: ['pro-rata/1'], tags: 3, seeds: 'transfer' }), 300, async (scene) => {
    const joint = runOf((await traceScene(scene)).runs, 'pro-rata/1');
    if (!noOverlap(joint)) return;
    const spends = BigInt(scene.transfers.filter(({ amount }) => amount > 0n).length);
    for (const tag of tagsOf(scene)) {
      const single = figures(tagOf(runOf((await traceScene(alone(scene, tag))).runs, 'pro-rata/1'), tag));
      const together = figures(tagOf(joint, tag));
      for (const name of new Set([...single.keys(), ...together.keys()])) {
        if (name.startsWith('edge')) continue;
        const difference = (together.get(name)?.origin ?? 0n) - (single.get(name)?.origin ?? 0n);
        expect(difference).toBeLessThanOrEqual(spends);
        expect(difference).toBeGreaterThanOrEqual(-spends);
      }
    }
  });
});
