import { expect, test } from 'vitest';
import type { Transfer } from '../../core/src/ledger/index.ts';
import {
  NO_LIMITS,
  type PolicyId,
  type Seed,
  type TagResult,
  type TraceRequest,
} from '../../core/src/tracing/index.ts';
import { anyScene, type Scene } from '../arbitraries/ledger.ts';
import { account, ask, ledger, stolen, whereabouts } from '../golden/ledger-lines.ts';
import { figures, law, noOverlap, runOf, tagOf, traceScene, withRequest } from './run-scene.ts';

const LINES: readonly PolicyId[] = ['fifo/1', 'lifo/1'];
const tagsOf = (scene: Scene) => [...new Set(scene.request.seeds.map(({ tag }) => tag))];
const alone = (scene: Scene, tag: string) =>
  withRequest(scene, { seeds: scene.request.seeds.filter((seed) => seed.tag === tag) });

/** All but the split of what remains into held and last-seen, which rests on the coverage of every account followed. */
const figuresOf = (tag: TagResult) => ({
  ...tag,
  held: (tag.held ?? 0n) + (tag.lastSeen ?? 0n),
  lastSeen: null,
  holdings: tag.holdings.map((row) => ({ ...row, status: null })),
});

/** Two account seeds on one holding claim the same shortfalls. */
function claimsAreApart({ request }: Scene): boolean {
  const claims = request.seeds.flatMap((seed) => (seed.kind === 'account' ? [`${seed.account} ${seed.asset}`] : []));
  return new Set(claims).size === claims.length;
}

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
  const shape = { crossings: true, policies: LINES, tags: 2 };
  await law(anyScene(shape).filter(claimsAreApart), 200, independent);
  await law(anyScene({ ...shape, dense: true, maxTransfers: 32 }).filter(claimsAreApart), 100, independent);
});

test('law 7: tag independence: fifo and lifo, with labels, max-hops, min-amount and until', async () => {
  // All thefts arrive at one account: a seed exempts its account for every tag (see the finding below).
  const limits = { until: true, maxHops: true, minAmount: true };
  const scenes = anyScene({ crossings: false, labels: true, policies: LINES, limits, seeds: 'transfer' });
  const receiver = (scene: Scene, seed: Seed | undefined) =>
    scene.transfers.find(
      (row) => seed?.kind === 'transfer' && row.tx === seed.transfer.tx && row.position === seed.transfer.position,
    )?.to;
  const arriveTogether = scenes.map((scene) => {
    const first = receiver(scene, scene.request.seeds[0]);
    return withRequest(scene, { seeds: scene.request.seeds.filter((seed) => receiver(scene, seed) === first) });
  });
  await law(arriveTogether, 300, independent);
});

/** Amounts that a spend or a crossing may round one unit off, and what such a unit can grow to on its way. */
function slack({ transfers, request }: Scene): { amount: bigint; origin: bigint } {
  const amountOf = ({ tx, position }: { tx: string; position: number }) =>
    (transfers.find((row) => row.tx === tx && row.position === position) as Transfer).amount;
  let inUnits = 1n;
  let inOrigin = 1n;
  for (const { input, output } of request.crossings) {
    const a = amountOf(input);
    const b = output.kind === 'unrecorded' ? output.amount : amountOf(output.transfer);
    inUnits *= (a + b - 1n) / a;
    inOrigin *= (a + b - 1n) / b;
  }
  const spends = BigInt(transfers.filter(({ amount }) => amount > 0n).length + 2 * request.crossings.length);
  return { amount: spends * inUnits, origin: spends * inUnits * inOrigin };
}

// A spend's share is the floor or one more, both of what a tag has alone and of what it has together with others. So if
// two traces differ by e ≥ 0 at the payer, what they draw differs by between -1 and e + 1, and the sum of all positive
// differences grows by at most one a spend: no holding is ever further apart than the number of spends.
test.each([false, true])(
  'law 7: tag independence: pro-rata to within one base unit a spend (crossings: %s)',
  async (crossings) => {
    await law(anyScene({ crossings, policies: ['pro-rata/1'], tags: 3, seeds: 'transfer' }), 300, async (scene) => {
      const joint = runOf((await traceScene(scene)).runs, 'pro-rata/1');
      if (!noOverlap(joint)) return;
      const bound = slack(scene);
      for (const tag of tagsOf(scene)) {
        const single = figures(tagOf(runOf((await traceScene(alone(scene, tag))).runs, 'pro-rata/1'), tag));
        const together = figures(tagOf(joint, tag));
        for (const name of new Set([...single.keys(), ...together.keys()])) {
          if (name.startsWith('edge')) continue;
          for (const unit of ['amount', 'origin'] as const) {
            const difference = (together.get(name)?.[unit] ?? 0n) - (single.get(name)?.[unit] ?? 0n);
            expect(difference < 0n ? -difference : difference).toBeLessThanOrEqual(
              name === 'fees' ? bound.origin : bound[unit],
            );
          }
        }
      }
    });
  },
);

const traced = async (
  lines: string,
  request: Partial<TraceRequest> & Pick<TraceRequest, 'seeds'>,
  exchange?: string,
) => {
  const label = { reason: 'label:exchange', label: 'Exchange', source: 'test', contested: false };
  const labels = exchange === undefined ? {} : { [account(exchange)]: label };
  const scene = { transfers: ledger(lines), coverage: [], labels, request: ask({ policies: ['fifo/1'], ...request }) };
  return (await traceScene(scene)).runs;
};

test('finding: a seed exempts its account for every theft, so a label that stops one theft alone does not stop it with another', async () => {
  // a goes T > X. X is an exchange, and what W lost arrived there: b is seeded at X.
  const lines = `
    1 v:0 V > T 10
    2 p:0 T > X 10
    3 w:0 W > X 5`;
  const a = stolen('v:0', 'a');
  expect(whereabouts(await traced(lines, { seeds: [a] }, 'X'), 'fifo/1')).toEqual({ 'X label:exchange': 10n });
  const together = await traced(lines, { seeds: [a, stolen('w:0', 'b')] }, 'X');
  expect(whereabouts(together, 'fifo/1')).toEqual({ X: 10n });
});

test('finding: service-suspected counts transfers of every traced asset, so a theft of another asset can stop a trace', async () => {
  // S has one transfer of ether and two of TOK; more than one is suspect. TOK is traced only for theft b.
  const lines = `
    1 v:0 V > T 10
    2 p:0 T > S 10
    3 q:0 P > S 1 TOK
    4 r:0 P > S 1 TOK
    5 w:0 W > Q 5 TOK`;
  const limits = { ...NO_LIMITS, serviceTransfers: 1 };
  const a = stolen('v:0', 'a');
  expect(whereabouts(await traced(lines, { seeds: [a], limits }), 'fifo/1')).toEqual({ S: 10n });
  const together = await traced(lines, { seeds: [a, stolen('w:0', 'b')], limits });
  expect(whereabouts(together, 'fifo/1')).toEqual({ 'S service-suspected': 10n });
});

test('finding: under max-accounts thefts compete for places', async () => {
  // One account may be followed besides the seeded two. Together, b's A takes the place a's B has alone.
  const lines = `
    1 v:0 V > T 10
    2 w:0 V > U 10
    3 q:0 U > A 10
    4 p:0 T > B 10`;
  const limits = { ...NO_LIMITS, maxAccounts: 3 };
  const a = stolen('v:0', 'a');
  expect(whereabouts(await traced(lines, { seeds: [a], limits }), 'fifo/1')).toEqual({ B: 10n });
  const together = await traced(lines, { seeds: [a, stolen('w:0', 'b')], limits });
  expect(whereabouts(together, 'fifo/1')).toEqual({ 'B max-accounts': 10n });
});

test('finding: under tagged-first and untagged-first thefts compete for spends', async () => {
  // H: 10b 10a 10u, pays A 10 and B 10. tagged-first, a: together b leaves first, alone a does.
  // untagged-first, b: together 10u, then the older of the tagged, 10b; alone 20u, b stays.
  const lines = `
    1 w:0 V > H 10
    2 v:0 V > H 10
    3 o:0 O > H 10
    4 p:0 H > A 10
    5 q:0 H > B 10`;
  const a = stolen('v:0', 'a');
  const b = stolen('w:0', 'b');
  const policies = ['tagged-first/1', 'untagged-first/1'] as const;
  const together = await traced(lines, { seeds: [a, b], policies });
  expect(whereabouts(await traced(lines, { seeds: [a], policies }), 'tagged-first/1', 'a')).toEqual({ A: 10n });
  expect(whereabouts(together, 'tagged-first/1', 'a')).toEqual({ B: 10n });
  expect(whereabouts(await traced(lines, { seeds: [b], policies }), 'untagged-first/1', 'b')).toEqual({ H: 10n });
  expect(whereabouts(together, 'untagged-first/1', 'b')).toEqual({ B: 10n });
});
