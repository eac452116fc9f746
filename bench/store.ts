/**
 * How long does a trace take from request to digest on a store of ten million transfers? Against the same reach as SQL
 * in the same engine on the same store. `node bench/store.ts [--quick] [--json] [--keep DIR]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LedgerReader, LedgerStore } from '../core/src/ledger/index.ts';
import { createChdbLedger } from '../core/src/ledger/stores/clickhouse/index.ts';
import { digestTrace } from '../core/src/tracing/digest.ts';
import { NO_LIMITS, type PolicyId, type TraceRequest, type TraceResult, trace } from '../core/src/tracing/index.ts';
import { type Engine, openEngine } from './engine.ts';
import { type Figure, peakMemory, print, ratio, seconds } from './figures.ts';
import { createLedger, type TheftTransfer } from './generator.ts';
import { benchLedger, transferBatches } from './ledger-files.ts';
import { placeOf, requestFor } from './load.ts';
import { createStopAt, txOf } from './population.ts';
import { type Reach, reachByQuery, reachRecursively } from './reach-query.ts';

const AIM_SECONDS = 5;
/** Share of the ledger the trace may see: its time limit. At ten million transfers this touches half a million of them. */
const SHARE = 0.05;
/** Levels of the truly recursive query: each joins whole histories again, so it is cut short. */
const RECURSIVE_LEVELS = 4;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
});

const transfers = options.quick ? 500_000 : 10_000_000;
const directory = options.keep ?? (await mkdtemp(join(tmpdir(), 'cairn-bench-')));
try {
  await fillOnce();
  const store = await createChdbLedger({ directory });
  const engine = await openEngine(directory);
  try {
    await measure(store, engine);
  } finally {
    await engine.close();
    await store.close();
  }
} finally {
  if (options.keep === undefined) await rm(directory, { recursive: true, force: true });
}

async function fillOnce(): Promise<void> {
  const started = performance.now();
  const store = await createChdbLedger({ directory });
  try {
    const [kept] = await store.imports();
    if (kept !== undefined && kept.transfers !== transfers)
      throw new Error(`${directory} keeps ${kept.transfers} transfers`);
    if (kept !== undefined) return;
    const session = await store.beginImport({ sha256: '0'.repeat(64), file: 'generated', format: 'generated' });
    for (const batch of transferBatches(createLedger(benchLedger(transfers)))) await session.write(batch);
    await session.commit({ rejected: 0, coverage: [] });
  } finally {
    await store.close();
  }
  console.error(`store of ${transfers} transfers filled in ${seconds(performance.now() - started)}`);
}

/** The first theft, followed until a twentieth of the ledger has passed. */
function request(policy: PolicyId): TraceRequest {
  const thefts: TheftTransfer[] = [0, 1, 2, 3].map((tx) => ({ theft: 0, tx }));
  const until = placeOf(Math.floor((transfers * SHARE) / 2)).time;
  return { ...requestFor(thefts, [policy], txOf), limits: { ...NO_LIMITS, until } };
}

type Measured = {
  readonly result: TraceResult;
  readonly total: number;
  readonly reading: number;
  readonly digesting: number;
  readonly lookUps: number;
  readonly accounts: number;
  readonly rows: number;
};

async function measureTrace(store: LedgerStore, policy: PolicyId): Promise<Measured> {
  const spent = { reading: 0, lookUps: 0, accounts: 0, rows: 0 };
  const timed = async <T>(work: Promise<T>): Promise<T> => {
    const started = performance.now();
    spent.lookUps++;
    try {
      return await work;
    } finally {
      spent.reading += performance.now() - started;
    }
  };
  const reader: LedgerReader = {
    histories: (query, visit) => {
      spent.accounts += query.accounts.length;
      return timed(
        store.histories(query, (owner, transfer) => {
          spent.rows++;
          visit(owner, transfer);
        }),
      );
    },
    transactions: (hashes) => timed(store.transactions(hashes)),
    coverage: (accounts) => timed(store.coverage(accounts)),
  };
  const started = performance.now();
  const result = await trace(reader, request(policy), { stopAt: createStopAt() });
  const total = performance.now() - started;
  const again = performance.now();
  digestTrace(result);
  return { result, total, digesting: performance.now() - again, ...spent };
}

async function measure(store: LedgerStore, engine: Engine): Promise<void> {
  const figures: Figure[] = [];
  // The engine's caches are warm for all alike: the first question of each kind is not counted.
  const { limits, seeds } = request('pro-rata/1');
  const until = limits.until as number;
  const txs = seeds.flatMap((seed) => (seed.kind === 'transfer' ? [seed.transfer.tx] : []));
  await measureTrace(store, 'pro-rata/1');
  const reach = await reachByQuery(engine, txs, until);
  for (const policy of ['pro-rata/1', 'fifo/1'] as const)
    figures.push(...describe(policy, await measureTrace(store, policy), reach));
  figures.push({
    name: `the peer: ${reach.accounts} accounts reached in time order, one query a hop, ${reach.hops} hops`,
    value: seconds(reach.milliseconds),
  });
  const recursive = await reachRecursively(engine, txs, until, RECURSIVE_LEVELS);
  figures.push({
    name: `WITH RECURSIVE over the first ${RECURSIVE_LEVELS} hops alone, ${recursive.accounts} accounts`,
    value: seconds(recursive.milliseconds),
  });
  figures.push(peakMemory());
  print('store', figures, options.json);
}

function describe(policy: PolicyId, measured: Measured, reach: Reach): Figure[] {
  const { result, total, reading, digesting, lookUps, accounts, rows } = measured;
  const followed = result.runs[0]?.followed.length ?? 0;
  const rest = total - reading - digesting;
  return [
    {
      name: `${policy}: request to digest, ${followed} accounts, ${result.consumed.length} transfers of ${transfers}`,
      value: seconds(total),
      ratio: `${ratio(total, reach.milliseconds)} the query`,
      aim: `under ${AIM_SECONDS} s`,
      met: total < AIM_SECONDS * 1000,
    },
    {
      name: `${policy}: look-ups in the store: ${lookUps}, for ${accounts} accounts, ${rows} rows`,
      value: seconds(reading),
    },
    { name: `${policy}: engine and result`, value: seconds(rest) },
    { name: `${policy}: digest`, value: seconds(digesting) },
  ];
}
