import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTransfers, type Transfer, type TransferRef } from '../../core/src/ledger/index.ts';
import { anyScene, EVERYTHING, type Scene, stopAt } from '../arbitraries/ledger.ts';
import { key, nameOf, prepare } from '../reference/naive-moves.ts';
import { naiveTrace } from '../reference/naive-trace.ts';
import { amountRuns, law, sum, traceScene, withLimits } from './run-scene.ts';

test.each(['forward', 'source-of-funds'] as const)(
  'law 1: conservation: stolen = held + last-seen + terminals + fees, to the base unit (%s)',
  async (direction) => {
    await law(anyScene({ ...EVERYTHING, direction }), 200, async (scene) => {
      for (const run of amountRuns((await traceScene(scene)).runs)) {
        for (const tag of run.tags) {
          const { stolen, held, lastSeen, fees, terminals, holdings } = tag;
          expect(sum([held, lastSeen, fees, ...terminals.map((row) => row.origin)])).toBe(stolen);
          expect(sum(holdings.map((row) => row.origin))).toBe(sum([held, lastSeen]));
        }
      }
    });
  },
);

test('law 1: a seed of all of a transfer is stolen or overlaps, nothing else', async () => {
  await law(anyScene({ ...EVERYTHING, limits: {}, seeds: 'transfer' }), 150, async (scene) => {
    const seeded = new Map<string, bigint>();
    for (const seed of scene.request.seeds) {
      if (seed.kind !== 'transfer') continue;
      const transfer = transferOf(scene, seed.transfer);
      seeded.set(seed.tag, (seeded.get(seed.tag) ?? 0n) + (seed.amount ?? transfer.amount));
    }
    for (const run of amountRuns((await traceScene(scene)).runs)) {
      for (const tag of run.tags) expect(sum([tag.stolen, tag.overlap])).toBe(seeded.get(tag.tag));
    }
  });
});

test('law 2: bounds in a holding: tagged value is never more than the balance, at any time', async () => {
  await law(
    anyScene({ ...EVERYTHING, limits: { until: true, maxHops: true, minAmount: true } }),
    200,
    async (scene) => {
      const { closing } = prepare(scene, scene.request, {});
      for (const run of amountRuns((await traceScene(scene)).runs)) {
        const tagged = new Map<string, bigint>();
        for (const { account, asset, amount } of run.tags.flatMap((tag) => tag.holdings)) {
          expect(amount).toBeGreaterThan(0n);
          tagged.set(key(account, asset), sum([tagged.get(key(account, asset)) ?? 0n, amount]));
        }
        for (const [holding, amount] of tagged) expect(amount).toBeLessThanOrEqual(closing.get(holding) ?? 0n);
      }
    },
  );
});

test.each(['forward', 'source-of-funds'] as const)(
  'law 2: bounds in a holding: after every single step of the naive reference (%s)',
  (direction) => {
    // The reference throws where a holding's lots do not sum to its balance, or a lot is not positive.
    fc.assert(
      fc.property(anyScene({ ...EVERYTHING, direction }), (scene) => {
        naiveTrace(scene, scene.request, { stopAt: stopAt(scene) });
      }),
      { numRuns: 300 },
    );
  },
);

test('law 3: causality: before the first seed of a tag nothing carries it', async () => {
  await law(anyScene({ ...EVERYTHING, limits: {} }), 200, async (scene) => {
    for (const seed of scene.request.seeds) {
      const first = Math.min(
        ...scene.request.seeds.filter(({ tag }) => tag === seed.tag).map((own) => timeOf(scene, own)),
      );
      const { runs } = await traceScene(withLimits(scene, { until: first - 1 }));
      for (const tag of runs.flatMap((run) => run.tags).filter(({ tag }) => tag === seed.tag)) {
        expect(tag).toMatchObject({ terminals: [], holdings: [], edges: [] });
        expect(tag.stolen ?? 0n).toBe(0n);
      }
      expect(runs.flatMap((run) => run.touched).filter(({ tag }) => tag === seed.tag)).toEqual([]);
    }
  });
});

test.each(['forward', 'source-of-funds'] as const)(
  'law 3: causality: no transfer on the wrong side of the seed carries its tag (%s)',
  async (direction) => {
    const shape = { labels: true, rules: true, seeds: 'transfer', direction } as const;
    await law(anyScene(shape), 200, async (scene) => {
      const isEarlier = (a: Transfer, b: Transfer) => compareTransfers(a, b) < 0;
      for (const run of (await traceScene(scene)).runs) {
        for (const { tag, edges } of run.tags) {
          const seeds = scene.request.seeds.filter((seed) => seed.tag === tag);
          const places = seeds
            .map((seed) => transferOf(scene, (seed as { transfer: TransferRef }).transfer))
            .sort(compareTransfers);
          const bound = (direction === 'forward' ? places[0] : places.at(-1)) as Transfer;
          for (const { from, to, asset, transactions } of edges) {
            for (const hash of transactions) {
              const own = scene.transfers.filter((transfer) => transfer.tx === hash && transfer.amount > 0n);
              const cited = own.filter(
                (transfer) => transfer.from === from && transfer.to === to && transfer.asset === asset,
              );
              const onRightSide = (transfer: Transfer) =>
                direction === 'forward' ? !isEarlier(transfer, bound) : !isEarlier(bound, transfer);
              expect(cited.some(onRightSide)).toBe(true);
            }
          }
        }
      }
    });
  },
);

test('source of funds: nothing is left over: all of it ends at a stopping rule or in a gap', async () => {
  // A ledger's balances start at nothing, so walked back to its start every holding is empty again.
  await law(anyScene({ ...EVERYTHING, direction: 'source-of-funds' }), 150, async (scene) => {
    for (const run of amountRuns((await traceScene(scene)).runs)) {
      for (const tag of run.tags) expect(tag).toMatchObject({ holdings: [], held: 0n, lastSeen: 0n, fees: 0n });
    }
  });
});

function transferOf(scene: Scene, ref: TransferRef): Transfer {
  const found = scene.transfers.find((transfer) => nameOf(transfer) === nameOf(ref));
  if (found === undefined) throw new Error(`no transfer ${nameOf(ref)}`);
  return found;
}

/** When a seed takes effect. A crossing's output is applied with its input, so a seed on it takes effect there. */
function timeOf(scene: Scene, seed: Scene['request']['seeds'][number]): number {
  if (seed.kind === 'account') return seed.at ?? 0;
  const crossing = scene.request.crossings.find(
    ({ output }) => output.kind === 'transfer' && nameOf(output.transfer) === nameOf(seed.transfer),
  );
  return transferOf(scene, crossing?.input ?? seed.transfer).blockTime;
}
