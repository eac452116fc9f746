/**
 * How fast does each policy go through a ledger in memory? As multiples of a bare scan of the same columns, and of the
 * naive reference, all in one process.
 *
 *     node bench/policies.ts [--transfers 1000000] [--thefts 1] [--repeats 3] [--json]
 */
import { parseArgs } from 'node:util';
import type { Transfer } from '../core/src/ledger/index.ts';
import { compile, findNamed } from '../core/src/tracing/compile.ts';
import { createWholeFrontier } from '../core/src/tracing/frontier.ts';
import { POLICY_IDS, type PolicyId } from '../core/src/tracing/index.ts';
import { buildRun } from '../core/src/tracing/outcome.ts';
import { policyOf } from '../core/src/tracing/policies/index.ts';
import { assertReconciled } from '../core/src/tracing/reconcile.ts';
import { PolicyRun } from '../core/src/tracing/run.ts';
import { naiveTrace } from '../test/reference/naive-trace.ts';
import { loadTable, nameOf, requestFor } from './load.ts';
import { createStopAt } from './population.ts';
import { bareScan, columnsOf } from './scan.ts';

const { values } = parseArgs({
  options: {
    transfers: { type: 'string', default: '1000000' },
    repeats: { type: 'string', default: '3' },
    thefts: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const size = Number(values.transfers);
const repeats = Number(values.repeats);
/** The naive reference copies lots at every spend: more than this and the wait is the figure. */
const NAIVE_SIZE = 10_000;
/** Transfers up to which the result is built too. */
const RESULT_LIMIT = 2_000_000;
/** Multiples of the bare scan that `docs` aim at. */
const AIMS: Readonly<Record<PolicyId, number>> = {
  'pro-rata/1': 60,
  'fifo/1': 120,
  'lifo/1': 120,
  'tagged-first/1': 120,
  'untagged-first/1': 120,
  'poison/1': 120,
};

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] as number;
const timed = <T>(work: () => T): { ms: number; value: T } => {
  const start = performance.now();
  const value = work();
  return { ms: performance.now() - start, value };
};

async function prepare(transfers: number, thefts: number) {
  const { table, seeds } = loadTable({ transfers, seed: 1, laundering: 0.85, stay: 1, thefts });
  const request = requestFor(seeds, POLICY_IDS, nameOf);
  const byHash = new Map<string, Transfer[]>();
  for (const { tx } of seeds) byHash.set(nameOf(tx), [table.transfer(tx * 2), table.transfer(tx * 2 + 1)]);
  const reader = {
    histories: async () => {},
    coverage: async () => [],
    transactions: async (hashes: readonly string[]) => hashes.flatMap((hash) => byHash.get(hash) ?? []),
  };
  const compiled = compile(request, await findNamed(reader, request), table, 1);
  return { table, request, compiled };
}

const stopAt = createStopAt();

async function runPolicy({ table, request, compiled }: Awaited<ReturnType<typeof prepare>>, id: PolicyId) {
  const frontier = createWholeFrontier(table, {
    assets: table.assets.values,
    limits: request.limits,
    reverse: false,
    pageSize: 5000,
    isStopped: (account) => stopAt(account) !== null,
    isSeeded: (account) => compiled.seeded.has(account),
  });
  const start = performance.now();
  const run = new PolicyRun(compiled, frontier, policyOf(id), new Map(), stopAt);
  let step = await run.step();
  while (step === 'more') step = await run.step();
  return { run, ms: performance.now() - start };
}

type Row = {
  readonly transfers: number;
  readonly thefts: number;
  readonly policy: PolicyId;
  readonly perSecond: number;
  readonly nanoseconds: number;
  readonly timesScan: number;
  readonly aim: number;
  readonly timesFasterThanNaive: number;
  /** Building the sorted result beside it; null at sizes where the result would not fit a default heap. */
  readonly resultNanoseconds: number | null;
  /** Share of the transfers that moved tagged value. */
  readonly moved: number;
  readonly peakMegabytes: number;
};

async function measure(thefts: number): Promise<Row[]> {
  const ledger = await prepare(size, thefts);
  const small = await prepare(NAIVE_SIZE, thefts);
  const columns = columnsOf(ledger.table);
  const transfers = Array.from({ length: small.table.count }, (_, row) => small.table.transfer(row));
  for (let i = 0; i < 5; i++) bareScan(columns);
  const rows: Row[] = [];
  for (const policy of POLICY_IDS) {
    const [scans, runs, builds]: [number[], number[], number[]] = [[], [], []];
    let moved = 0;
    for (let i = 0; i < repeats; i++) {
      for (let n = 0; n < 3; n++) scans.push(timed(() => bareScan(columns)).ms);
      const { run, ms } = await runPolicy(ledger, policy);
      runs.push(ms);
      if (ledger.table.count <= RESULT_LIMIT) {
        const build = timed(() => buildRun(run, policy, () => 'last-seen'));
        builds.push(build.ms);
        assertReconciled(build.value);
      }
      moved = new Set(run.book.flows.rows.subarray(0, run.book.flows.length)).size / ledger.table.count;
    }
    const request = { ...small.request, policies: [policy] };
    const naive = timed(() => naiveTrace({ transfers, coverage: [] }, request, { stopAt })).ms;
    const engine = median([await runPolicy(small, policy), await runPolicy(small, policy)].map(({ ms }) => ms));
    const nanoseconds = (median(runs) * 1e6) / ledger.table.count;
    rows.push({
      transfers: ledger.table.count,
      thefts,
      policy,
      perSecond: Math.round(1e9 / nanoseconds),
      nanoseconds: Math.round(nanoseconds),
      timesScan: Math.round(median(runs) / median(scans)),
      aim: AIMS[policy],
      timesFasterThanNaive: Math.round(naive / engine),
      resultNanoseconds: builds.length === 0 ? null : Math.round((median(builds) * 1e6) / ledger.table.count),
      moved: Math.round(moved * 1000) / 1000,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    });
  }
  return rows;
}

const rows = await measure(Number(values.thefts));
if (values.json) for (const row of rows) console.log(JSON.stringify(row));
else console.table(rows);
