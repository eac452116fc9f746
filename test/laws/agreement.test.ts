import { expect, test } from 'vitest';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import { trace } from '../../core/src/tracing/index.ts';
import { anyScene, EVERYTHING, stopAt } from '../arbitraries/ledger.ts';
import { naiveTrace } from '../reference/naive-trace.ts';
import { law, traceScene } from './run-scene.ts';

const directions = ['forward', 'source-of-funds'] as const;

// Every figure of every run: totals, terminals, holdings with status and depth, edges with their transactions, gaps,
// poison's reach, and the order in which accounts were followed.
test.each(directions)('law 11: agreement with the naive reference, small ledgers (%s)', async (direction) => {
  await law(anyScene({ ...EVERYTHING, direction, maxTransfers: 14 }), 300, async (scene) => {
    expect((await traceScene(scene)).runs).toEqual(naiveTrace(scene, scene.request, { stopAt: stopAt(scene) }));
  });
});

test.each(directions)(
  'law 11: agreement with the naive reference, without limits, larger ledgers (%s)',
  async (direction) => {
    await law(anyScene({ crossings: true, rules: true, direction, maxTransfers: 120 }), 60, async (scene) => {
      expect((await traceScene(scene)).runs).toEqual(naiveTrace(scene, scene.request, { stopAt: stopAt(scene) }));
    });
  },
);

test.each(directions)('law 11: agreement with the naive reference, UTXO transactions alone (%s)', async (direction) => {
  await law(anyScene({ ...EVERYTHING, utxo: 'only', direction, maxTransfers: 80 }), 300, async (scene) => {
    expect((await traceScene(scene)).runs).toEqual(naiveTrace(scene, scene.request, { stopAt: stopAt(scene) }));
  });
});

test.each(directions)(
  'law 11: agreement with the naive reference, UTXO transactions and account chains joined by crossings (%s)',
  async (direction) => {
    await law(anyScene({ ...EVERYTHING, utxo: 'also', direction, maxTransfers: 40 }), 300, async (scene) => {
      expect((await traceScene(scene)).runs).toEqual(naiveTrace(scene, scene.request, { stopAt: stopAt(scene) }));
    });
  },
);

test.each(directions)('a result can be recomputed from the transfers it says it consumed (%s)', async (direction) => {
  await law(anyScene({ ...EVERYTHING, direction }), 150, async (scene) => {
    const seeds = scene.request.seeds.flatMap((seed) => (seed.kind === 'transfer' ? [seed.transfer.tx] : []));
    const whole = await traceScene(scene);
    // A seed or a crossing's leg that moved nothing that counts (zero, or after `until`) is cited all the same.
    const legs = scene.request.crossings.flatMap(({ input, output }) => [
      input.tx,
      output.kind === 'transfer' ? output.transfer.tx : '',
    ]);
    const named = new Set([...seeds, ...legs]);
    const consumed = new Set(whole.consumed.map((row) => `${row.tx}:${row.position}`));
    const isKept = ({ tx, position, amount, blockTime }: (typeof scene.transfers)[number]) =>
      consumed.has(`${tx}:${position}`) ||
      (named.has(tx) && (amount === 0n || blockTime > (scene.request.limits.until ?? blockTime)));
    const kept = createMemoryLedger(scene.transfers.filter(isKept), scene.coverage);
    const again = await trace(kept, scene.request, { stopAt: stopAt(scene) });
    expect(again.runs).toEqual(whole.runs);
  });
});
