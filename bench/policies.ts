/**
 * How fast does each policy go through a ledger in memory? In multiples of a bare scan of the same columns, in the same
 * process. `node --expose-gc bench/policies.ts [--transfers 1000000] [--thefts 1] [--repeats 5] [--json]`.
 */
import { parseArgs } from 'node:util';
import type { LedgerReader, Transfer } from '../core/src/ledger/index.ts';
import { type Compiled, compile, findNamed } from '../core/src/tracing/compile.ts';
import { createWholeFrontier } from '../core/src/tracing/frontier.ts';
import { GENERAL_POLICY_IDS, type PolicyId, type Run, type TraceRequest } from '../core/src/tracing/index.ts';
import { buildRun } from '../core/src/tracing/outcome.ts';
import { policyOf } from '../core/src/tracing/policies/index.ts';
import { assertReconciled } from '../core/src/tracing/reconcile.ts';
import { PolicyRun } from '../core/src/tracing/run.ts';
import { type Figure, peakMemory, print } from './figures.ts';
import { type Loaded, loadTable, nameOf, requestFor } from './load.ts';
import { collectGarbage, show, summarise, type Timing, threadTime } from './measure.ts';
import { createStopAt } from './population.ts';
import { profiled } from './profile.ts';
import { bareScan, type Columns, columnsOf } from './scan.ts';

/** Multiples of the bare scan. */
const AIMS: Readonly<Partial<Record<PolicyId, number | null>>> = {
  'pro-rata/1': 60,
  'fifo/1': 120,
  'lifo/1': 120,
  'tagged-first/1': 120,
  'untagged-first/1': 120,
  'poison/1': null,
};

type Measured = {
  readonly policy: PolicyId;
  /** Milliseconds: the run over the whole ledger, and building its result. */
  readonly run: Timing;
  readonly result: Timing;
  readonly wall: Timing;
  /** Of the run's time to that of a bare scan made right before it. */
  readonly ratio: Timing;
  /** Share of transfers that moved tagged value. */
  readonly moved: number;
  readonly lotsPerMove: number;
};

const { values: options } = parseArgs({
  options: {
    transfers: { type: 'string', default: '1000000' },
    thefts: { type: 'string', default: '1' },
    repeats: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const stopAt = createStopAt();

async function main(transfers: number, thefts: number, repeats: number): Promise<void> {
  const loaded = loadTable({ transfers, seed: 1, laundering: 0.85, stay: 1, thefts });
  const columns = columnsOf(loaded.table);
  const compiled = await compiledFor(loaded, GENERAL_POLICY_IDS);
  const scan = summarise(Array.from({ length: 5 }, () => timeScan(columns)));
  const measured: Measured[] = [];
  for (const policy of GENERAL_POLICY_IDS) measured.push(await measure(compiled, policy, columns, repeats));
  const peak = peakMemory();
  const accounts = loaded.table.accounts.values.length;
  const figures: Figure[] = [
    {
      name: `bare scan, ${show(transfers)} transfers between ${show(accounts)} accounts, ${thefts} ${thefts === 1 ? 'theft' : 'thefts'}`,
      value: `${show((scan.median * 1e6) / transfers)} ns a transfer`,
    },
    ...measured.flatMap((figure) => figuresOf(figure, transfers)),
    peak,
  ];
  print('policies', figures, options.json);
  const where = [
    ...(await profiled('pro-rata/1', () => runPolicy(compiled, 'pro-rata/1'))),
    ...(await profiled('fifo/1', () => runPolicy(compiled, 'fifo/1'))),
  ];
  if (options.json) console.log(JSON.stringify({ benchmark: 'policies', transfers, thefts, measured, where }));
  else console.log(`where the time goes\n${where.join('\n')}`);
}

async function compiledFor({ table, seeds }: Loaded, policies: readonly PolicyId[]): Promise<Compiled> {
  const request: TraceRequest = requestFor(seeds, policies, nameOf);
  const named = new Map<string, Transfer[]>();
  for (const { tx } of seeds) named.set(nameOf(tx), [table.transfer(2 * tx), table.transfer(2 * tx + 1)]);
  const reader: LedgerReader = {
    histories: () => Promise.resolve(),
    transactions: (hashes) => Promise.resolve(hashes.flatMap((hash) => named.get(hash) ?? [])),
    coverage: () => Promise.resolve([]),
  };
  return compile(request, await findNamed(reader, request), table, 1);
}

async function runPolicy(compiled: Compiled, policy: PolicyId): Promise<PolicyRun> {
  const { table, request, seeded } = compiled;
  const frontier = createWholeFrontier(table, {
    assets: table.assets.values,
    limits: request.limits,
    reverse: false,
    pageSize: 5000,
    isStopped: (account) => stopAt(account) !== null,
    isSeeded: (account) => seeded.has(account),
  });
  const run = new PolicyRun(compiled, frontier, policyOf(policy), new Map(), stopAt);
  while ((await run.step()) === 'more');
  return run;
}

/** Milliseconds a bare scan takes: as many passes as make it long enough to be timed. */
function timeScan(columns: Columns): number {
  const passes = Math.max(1, Math.ceil(20_000_000 / columns.count));
  const start = threadTime();
  for (let pass = 0; pass < passes; pass++) bareScan(columns);
  return (threadTime() - start) / passes;
}

async function measure(compiled: Compiled, policy: PolicyId, columns: Columns, repeats: number): Promise<Measured> {
  const runs: number[] = [];
  const results: number[] = [];
  const walls: number[] = [];
  const ratios: number[] = [];
  let moved = 0;
  let lots = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    collectGarbage();
    const scan = timeScan(columns);
    const startWall = performance.now();
    const start = threadTime();
    const run = await runPolicy(compiled, policy);
    const middle = threadTime();
    walls.push(performance.now() - startWall);
    const result: Run = buildRun(run, policy, () => 'last-seen');
    results.push(threadTime() - middle);
    runs.push(middle - start);
    ratios.push((middle - start) / scan);
    if (repeat > 0) continue;
    assertReconciled(result);
    lots = run.book.flows.length;
    moved = countRows(run.book.flows.rows, lots);
  }
  return {
    policy,
    run: summarise(runs),
    result: summarise(results),
    wall: summarise(walls),
    ratio: summarise(ratios),
    moved: moved / columns.count,
    lotsPerMove: lots / moved,
  };
}

/** Rows of a flow log, in which those of one transfer are neighbours. */
function countRows(rows: Uint32Array, length: number): number {
  let count = 0;
  for (let i = 0; i < length; i++) if (i === 0 || rows[i] !== rows[i - 1]) count++;
  return count;
}

function figuresOf({ policy, run, ratio, result, moved, lotsPerMove }: Measured, transfers: number): Figure[] {
  const aim = AIMS[policy] ?? null;
  return [
    {
      name: `${policy}: ${(100 * moved).toFixed(0)} % of the transfers move tagged value, ${lotsPerMove.toFixed(2)} tags each`,
      value: `${show(transfers / (run.median / 1000))} transfers/s`,
      ratio: `${show(ratio.median)}× the scan (${show(ratio.least)} to ${show(ratio.most)})`,
      ...(aim === null ? {} : { aim: `within ${aim}×`, met: ratio.median <= aim }),
    },
    {
      name: `${policy}: building the result beside it`,
      value: `${show((result.median * 1e6) / transfers)} ns a transfer`,
    },
  ];
}

await main(Number(options.transfers), Number(options.thefts), Number(options.repeats));
