import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_LIMITS, type PolicyId, type Run, type TraceRequest } from '../../core/src/tracing/index.ts';
import { anyScene, type Scene, type SceneShape } from '../arbitraries/ledger.ts';
import { account, ask, asset, ledger, stolen, tx, whereabouts } from '../golden/ledger-lines.ts';
import { noOverlap, runOf, traceScene, withLimits } from './run-scene.ts';

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

/** Checks on scenes where what the limit did can be seen; a law tried only where nothing happens is not tried. */
async function neverLess(
  shape: SceneShape,
  deepening: Deepening['which'],
  slack: (scene: Scene) => bigint,
): Promise<void> {
  const by = fc.integer({ min: 1, max: 4 });
  const limits = { [deepening]: true };
  let moved = 0;
  const scenes = anyScene({ dense: true, labels: true, seeds: 'transfer', maxTransfers: 32, limits, ...shape });
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
    { numRuns: 300 },
  );
  expect(moved).toBeGreaterThan(0);
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

type Question = Partial<TraceRequest> & Pick<TraceRequest, 'seeds'>;
/** Where a tag is when L is an exchange. */
async function where(lines: string, policy: PolicyId, request: Question, tag: string) {
  const labels = { [account('L')]: { reason: 'label:exchange', label: 'Exchange', source: 'test', contested: false } };
  const scene = { transfers: ledger(lines), coverage: [], labels, request: ask({ policies: [policy], ...request }) };
  return whereabouts((await traceScene(scene)).runs, policy, tag);
}
const hops = (maxHops: number) => ({ ...NO_LIMITS, maxHops });

test('finding: under tagged-first a theft that comes further can take the place of another at a label', async () => {
  // H: 10a after two hops, then 10b after one; L gets 10. Where a stops at H it is untagged there, and L gets the 10b.
  const lines = `
    1 v:0 V > T 10
    2 p:0 T > A 10
    3 q:0 A > H 10
    4 w:0 W > U 10
    5 r:0 U > H 10
    6 l:0 H > L 10`;
  const seeds = [stolen('v:0', 'a'), stolen('w:0', 'b')];
  const shallow = await where(lines, 'tagged-first/1', { seeds, limits: hops(2) }, 'b');
  expect(shallow).toEqual({ 'L label:exchange': 10n });
  expect(await where(lines, 'tagged-first/1', { seeds, limits: hops(3) }, 'b')).toEqual({ H: 10n });
});

test('finding: under untagged-first likewise', async () => {
  // H: 10b after one hop, then 10a after two; X gets 10, then L. Where a stops at H, X gets it as untagged and L the 10b.
  const lines = `
    1 v:0 V > T 10
    2 p:0 T > A 10
    3 w:0 W > U 10
    4 r:0 U > H 10
    5 q:0 A > H 10
    6 x:0 H > X 10
    7 l:0 H > L 10`;
  const seeds = [stolen('v:0', 'a'), stolen('w:0', 'b')];
  const shallow = await where(lines, 'untagged-first/1', { seeds, limits: hops(2) }, 'b');
  expect(shallow).toEqual({ 'L label:exchange': 10n });
  expect(await where(lines, 'untagged-first/1', { seeds, limits: hops(3) }, 'b')).toEqual({ X: 10n });
});

test('finding: under pro-rata and several thefts one unit can decide a depth, and with it any amount', async () => {
  // H: 1c at one hop, 1a at five. H pays E 1. With max-hops 5, a is untagged in H: E gets it, and the 1c goes on to Z,
  // which is thereby two hops from c's seed. With 6, H has 1c 1a: the unit missing comes from c, and Z gets the 1a.
  // 100c then reach Z by four hops and go on to W, Y and L: from a Z at two hops they arrive, from one at four not.
  const lines = `
    1 v:0 V > T 101
    2 w:0 W > U 1
    3 c:0 T > H 1
    4 k:0 U > Q1 1
    4 k:1 Q1 > Q2 1
    4 k:2 Q2 > Q3 1
    4 k:3 Q3 > Q4 1
    4 k:4 Q4 > H 1
    5 e:0 H > E 1
    6 z:0 H > Z 1
    7 n:0 T > P1 100
    7 n:1 P1 > P2 100
    7 n:2 P2 > P3 100
    7 n:3 P3 > Z 100
    8 m:0 Z > N 101
    8 m:1 N > Y 101
    8 m:2 Y > L 101`;
  const seeds = [stolen('v:0', 'c'), stolen('w:0', 'a')];
  const shallow = await where(lines, 'pro-rata/1', { seeds, limits: hops(5) }, 'c');
  expect(shallow).toEqual({ 'L label:exchange': 101n });
  expect(await where(lines, 'pro-rata/1', { seeds, limits: hops(6) }, 'c')).toEqual({ E: 1n, 'Y max-hops': 100n });
});

test('finding: under fifo a lot too small to cross passes its origin to whichever lot of its tag comes next', async () => {
  // S: 1a, 1 more of a that came by four hops, 2a; swapped, 4 ETH for 2 TOK: [0,1) → ∅, [1,2) → [0,1), [2,4) → [1,2).
  // The first lot's origin goes to the second if that is tagged, else to the third. R pays Q the first TOK, L the other.
  const lines = `
    1 v:0 V > T 4
    2 p:0 T > F1 1
    2 p:1 F1 > F2 1
    2 p:2 F2 > F3 1
    3 q:0 T > S 1
    4 r:0 F3 > S 1
    5 s:0 T > S 2
    6 x:0 S > K 4
    7 y:0 R > Q 1 TOK
    8 l:0 R > L 1 TOK`;
  const output = { kind: 'unrecorded', account: account('R'), asset: asset('TOK'), amount: 2n } as const;
  const crossings = [
    { id: 'x', basis: 'declared', input: { tx: tx('x'), position: 0 }, output, reason: 'test' },
  ] as const;
  const seeds = [stolen('v:0', 'a')];
  const shallow = await where(lines, 'fifo/1', { seeds, crossings, limits: hops(4) }, 'a');
  expect(shallow).toEqual({ 'S max-hops': 1n, 'L TOK label:exchange': 3n });
  const deep = await where(lines, 'fifo/1', { seeds, crossings, limits: hops(5) }, 'a');
  expect(deep).toEqual({ 'Q TOK': 2n, 'L TOK label:exchange': 2n });
});

test('finding: a theft traced further can come to carry what was another theft, and keeps it', async () => {
  // What B pays C is declared stolen as b. Where a stops at B it is b's, one hop further it is a's.
  const lines = `
    1 v:0 V > T 10
    2 p:0 T > A 10
    3 q:0 A > B 10
    4 w:0 B > C 10
    5 l:0 C > L 10`;
  const seeds = [stolen('v:0', 'a'), stolen('w:0', 'b')];
  expect(await where(lines, 'fifo/1', { seeds, limits: hops(2) }, 'b')).toEqual({ 'L label:exchange': 10n });
  expect(await where(lines, 'fifo/1', { seeds, limits: hops(3) }, 'b')).toEqual({});
  expect(await where(lines, 'fifo/1', { seeds, limits: hops(3) }, 'a')).toEqual({ 'L label:exchange': 10n });
});

test('finding: a later end can make an account look like a service, and so stop what an earlier end let through', async () => {
  // A has two transfers by time 30, three by time 40; more than two are suspect.
  const lines = `
    1 v:0 V > T 10
    2 p:0 T > A 10
    3 l:0 A > L 10
    4 q:0 P > A 1`;
  const limits = { ...NO_LIMITS, serviceTransfers: 2 };
  const ask_ = (until: number) =>
    where(lines, 'fifo/1', { seeds: [stolen('v:0', 'a')], limits: { ...limits, until } }, 'a');
  expect(await ask_(30)).toEqual({ 'L label:exchange': 10n });
  expect(await ask_(40)).toEqual({ 'A service-suspected': 10n });
});
