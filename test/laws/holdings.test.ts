import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Transfer } from '../../core/src/ledger/index.ts';
import { type Crossing, NO_LIMITS, type PolicyId, type Seed } from '../../core/src/tracing/index.ts';
import { accountAt, assetAt, CHAINS, refOf, type Scene } from '../arbitraries/ledger.ts';
import { runOf, sum, traceScene } from './run-scene.ts';

const CHAIN = CHAINS[0];
const HOLDING = accountAt(CHAIN, 0);
const ASSET = assetAt(CHAIN, 0);
const OTHER = assetAt(CHAIN, 1);

type Event =
  | { readonly kind: 'in'; readonly amount: bigint; readonly tag: 'a' | 'b' | null }
  | { readonly kind: 'swap'; readonly amount: bigint; readonly brings: bigint; readonly tag: 'a' | 'b' }
  | { readonly kind: 'out'; readonly amount: bigint };

const amount = fc.oneof(fc.bigInt(1n, 9n), fc.bigInt(1n, 200n), fc.constant((1n << 200n) + 1n));
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('in' as const), amount, tag: fc.constantFrom('a' as const, 'b' as const, null) }),
  fc.record({
    kind: fc.constant('swap' as const),
    amount,
    brings: amount,
    tag: fc.constantFrom('a' as const, 'b' as const),
  }),
  fc.record({ kind: fc.constant('out' as const), amount }),
);

/** One holding's life: every payer and every payee is a stranger met once, so nothing can come back. */
function lifeOf(events: readonly Event[], seedsAccountAt: number | null): Scene {
  const transfers: Transfer[] = [];
  const seeds: Seed[] = [];
  const crossings: Crossing[] = [];
  events.forEach((event, i) => {
    const stranger = accountAt(CHAIN, i + 1);
    const [from, to] = event.kind === 'out' ? [HOLDING, stranger] : [stranger, HOLDING];
    const place = {
      chain: CHAIN,
      blockNumber: i,
      txIndex: 0,
      position: 0,
      blockTime: i,
      tx: `0x${String(i).padStart(64, '0')}`,
    };
    const isSwap = event.kind === 'swap';
    const row: Transfer = {
      ...{ ...place, from, to: isSwap ? accountAt(CHAIN, 999) : to, asset: isSwap ? OTHER : ASSET },
      ...{ amount: event.amount, kind: 'native', assigned: 'none', rounded: false },
    };
    transfers.push(row);
    if (isSwap) {
      const output = { kind: 'unrecorded', account: HOLDING, asset: ASSET, amount: event.brings } as const;
      crossings.push({ id: String(i), basis: 'declared', input: refOf(row), output, reason: 'declared for the test' });
    }
    if (event.kind !== 'out' && event.tag !== null) {
      seeds.push({ kind: 'transfer', tag: `${event.tag}/${row.asset}`, transfer: refOf(row), amount: null });
    }
  });
  if (seedsAccountAt !== null)
    seeds.push({ kind: 'account', tag: `c/${ASSET}`, account: HOLDING, asset: ASSET, at: seedsAccountAt });
  const policies: PolicyId[] = ['untagged-first/1', 'fifo/1', 'lifo/1', 'pro-rata/1', 'tagged-first/1'];
  const request = {
    direction: 'forward',
    seeds,
    policies,
    instructed: null,
    rules: [],
    limits: NO_LIMITS,
    crossings,
  } as const;
  return { transfers, coverage: [], labels: {}, request };
}

test('law 5: one holding, any moment: untagged-first ≤ any policy ≤ tagged-first, in what has left of tagged value', async () => {
  const lives = fc.tuple(
    fc.array(anyEvent, { minLength: 2, maxLength: 25, size: 'max' }),
    fc.option(fc.nat(25), { freq: 3, nil: null }),
  );
  await fc.assert(
    fc.asyncProperty(lives, async ([events, seedsAccountAt]) => {
      const scene = lifeOf(events, seedsAccountAt);
      fc.pre(scene.request.seeds.length > 0);
      const { runs } = await traceScene(scene);
      /** Tagged value the holding has paid out by each of its spends, all tags together. */
      const outflow = (policy: PolicyId): bigint[] => {
        let left = 0n;
        return scene.transfers
          .filter(({ from }) => from === HOLDING)
          .map(({ to }) => {
            const edges = runOf(runs, policy).tags.flatMap((tag) => tag.edges);
            left += sum(edges.filter((edge) => edge.from === HOLDING && edge.to === to).map((edge) => edge.amount));
            return left;
          });
      };
      const least = outflow('untagged-first/1');
      const most = outflow('tagged-first/1');
      for (const policy of scene.request.policies) {
        outflow(policy).forEach((left, i) => {
          expect(left).toBeGreaterThanOrEqual(least[i] as bigint);
          expect(left).toBeLessThanOrEqual(most[i] as bigint);
        });
      }
    }),
    { numRuns: 200 },
  );
});

test('law 5 stops at one holding: two holdings on, tagged-first can bring less than untagged-first', async () => {
  // T holds 10a, gets 10u, pays P 10 and then Q 10. tagged-first: P gets 10a, Q nothing; untagged-first: P 10u, Q 10a.
  const tx = (i: number) => `0x${String(i).padStart(64, '0')}`;
  const row = (i: number, from: number, to: number): Transfer => ({
    ...{ chain: CHAIN, blockNumber: i, txIndex: 0, position: 0, blockTime: i, tx: tx(i) },
    ...{ from: accountAt(CHAIN, from), to: accountAt(CHAIN, to), asset: ASSET },
    ...{ amount: 10n, kind: 'native', assigned: 'none', rounded: false },
  });
  const scene = lifeOf([], null);
  const transfers = [row(0, 1, 0), row(1, 2, 0), row(2, 0, 3), row(3, 0, 4)];
  const seeds = [{ kind: 'transfer', tag: 'a', transfer: { tx: tx(0), position: 0 }, amount: null } as const];
  const { runs } = await traceScene({ ...scene, transfers, request: { ...scene.request, seeds } });
  const at = (policy: PolicyId) =>
    sum(
      runOf(runs, policy).tags.flatMap((tag) =>
        tag.holdings.filter((row_) => row_.account === accountAt(CHAIN, 4)).map((row_) => row_.origin),
      ),
    );
  expect([at('tagged-first/1'), at('untagged-first/1')]).toEqual([0n, 10n]);
});
