import { expect, test } from 'vitest';
import type { Run } from '../../core/src/tracing/index.ts';
import { NO_LIMITS } from '../../core/src/tracing/index.ts';
import { anyScene, EVERYTHING } from '../arbitraries/ledger.ts';
import { account, ask, asset, ledger, stolen, tx } from '../golden/ledger-lines.ts';
import { amountRuns, law, runOf, traceScene } from './run-scene.ts';

/** `tag account` for every account that holds, or where was booked, any of a tag. */
const places = (run: Run): string[] =>
  run.tags.flatMap(({ tag, holdings, terminals }) => [...holdings, ...terminals].map((row) => `${tag} ${row.account}`));
const flows = (run: Run): string[] =>
  run.tags.flatMap(({ tag, edges }) => edges.map(({ from, to, asset }) => `${tag} ${from} ${to} ${asset}`));

test.each(['forward', 'source-of-funds'] as const)(
  'law 6: poison touches every account any other policy touches under the same limits, max-accounts apart (%s)',
  async (direction) => {
    const limits = { maxHops: true, until: true, minAmount: true, services: true };
    await law(anyScene({ ...EVERYTHING, direction, limits }), 200, async (scene) => {
      const { runs } = await traceScene(scene);
      const poison = runOf(runs, 'poison/1');
      const touched = new Set(poison.touched.map(({ tag, account: id }) => `${tag} ${id}`));
      const poisonFlows = new Set(flows(poison));
      for (const run of amountRuns(runs)) {
        for (const place of places(run)) expect(touched).toContain(place);
        for (const flow of flows(run)) expect(poisonFlows).toContain(flow);
        for (const followed of run.followed) expect(poison.followed).toContain(followed);
      }
    });
  },
);

test('finding: under max-accounts poison can miss accounts that other policies reach', async () => {
  // T: 10u 10a, pays A 10 and then B 10; B pays C. Two accounts may be followed, T is one.
  // fifo: A gets nothing stolen, B is the second account, C is booked. poison: A is the second, B is booked, C never met.
  const transfers = ledger(`
    1 o:0 O > T 10
    2 v:0 V > T 10
    3 p:0 T > A 10
    4 q:0 T > B 10
    5 r:0 B > C 10`);
  const request = ask({ seeds: [stolen('v:0')], limits: { ...NO_LIMITS, maxAccounts: 2 } });
  const { runs } = await traceScene({ transfers, coverage: [], labels: {}, request });
  expect(places(runOf(runs, 'fifo/1'))).toEqual([`a ${account('C')}`]);
  const touched = runOf(runs, 'poison/1').touched.map((row) => [row.account, row.reason]);
  expect(touched).toEqual([
    [account('A'), null],
    [account('B'), 'max-accounts'],
    [account('T'), null],
  ]);
});

test('what was stopped shows the hops of the arrival, even where the account is nearer by another asset', async () => {
  // A gets the stolen tokens after one hop; the ether they were swapped for comes back to A after three.
  const transfers = ledger(`
    1 v:0 V > T 10 TOK
    2 a:0 T > A 5 TOK
    3 p:0 T > B 5 TOK
    4 x:0 B > K 5 TOK
    5 r:0 C > A 7`);
  const output = { kind: 'unrecorded', account: account('C'), asset: asset('ETH'), amount: 7n } as const;
  const crossings = [
    { id: 'x', basis: 'declared', input: { tx: tx('x'), position: 0 }, output, reason: 'test' },
  ] as const;
  const request = ask({ seeds: [stolen('v:0')], crossings, limits: { ...NO_LIMITS, maxHops: 3 } });
  const { runs } = await traceScene({ transfers, coverage: [], labels: {}, request });
  const touched = runOf(runs, 'poison/1').touched.map((row) => [row.account, row.asset, row.reason, row.depth]);
  expect(touched).toContainEqual([account('A'), asset('TOK'), null, 1]);
  expect(touched).toContainEqual([account('A'), asset('ETH'), 'max-hops', 3]);
});
