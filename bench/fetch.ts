/**
 * How many questions, and how long, does it take to trace a theft over 5,000 accounts that are fetched from a node as the trace
 * reaches them? Against one question an account, asked singly. `node bench/fetch.ts [--quick] [--json]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import PQueue from 'p-queue';
import { createFetchingLedger, type ImportSession, type LedgerStore, pinChain } from '../core/src/ledger/index.ts';
import { createEvmNodeSource } from '../core/src/ledger/sources/evm-node/account-source.ts';
import { type CallRecord, createMeter, type Spent } from '../core/src/ledger/sources/index.ts';
import { createChdbLedger } from '../core/src/ledger/stores/clickhouse/index.ts';
import { keysOf, NO_LIMITS, type TraceRequest, traceAcross } from '../core/src/tracing/index.ts';
import { launderWide, type WideLaundering } from '../test/e2e/anvil/laundering-wide.ts';
import { startAnvil } from '../test/e2e/anvil/node.ts';
import { SCRIPTED } from '../test/e2e/anvil/people.ts';
import { startFarNode } from './far-node.ts';
import { type Figure, peakMemory, print, ratio, seconds } from './figures.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const accounts = options.quick ? 500 : 5_000;
/** Questions under way at a time, the peer's and the source's own default. */
const CONCURRENCY = 8;
/** Accounts read ahead, as the command line does. */
const READ_AHEAD = 250;

/** What a request to a node elsewhere takes longer, in milliseconds: an assumption, not a measurement. */
const DISTANCE = 50;

const anvil = await startAnvil(SCRIPTED);
const far = await startFarNode(anvil.url, DISTANCE);
try {
  console.error(`making a theft over ${accounts} accounts`);
  const theft = await launderWide(anvil, { accounts });
  const figures = [
    ...(await measure(anvil.url, theft, 'a node on this machine')),
    ...(await measure(far.url, theft, `the same, ${DISTANCE} ms away`)),
    peakMemory(),
  ];
  print('fetch', figures, options.json);
} finally {
  far.close();
  await anvil.stop();
}

async function measure(url: string, theft: WideLaundering, where: string): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
  const store = await createChdbLedger({ directory });
  try {
    const first = await traceOnce(url, store, theft);
    if (first.followed !== accounts + 1) throw new Error(`the trace followed ${first.followed} accounts`);
    const again = await traceOnce(url, store, theft);
    if (again.digest !== first.digest) throw new Error('the second trace is another one');
    return figuresOf(where, first, again, await askSingly(url, [theft.thief, ...theft.reached]));
  } finally {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function figuresOf(where: string, first: Traced, again: Traced, peer: Peer): Figure[] {
  const share = (part: number): string => `${((100 * part) / first.time).toFixed(0)} % of it`;
  const each = (count: number): string => `${(count / first.followed).toFixed(2)} an account`;
  const rest = first.time - first.spent.waiting - first.store;
  const { requests, bytes, waiting } = first.spent;
  return [
    {
      name: `${where}: a trace over ${first.followed} accounts, fetched`,
      value: seconds(first.time),
      ratio: `${ratio(first.time, peer.time)} the peer`,
    },
    { name: '  questions (JSON-RPC)', value: String(first.questions), ratio: each(first.questions) },
    { name: '  in so many HTTP requests', value: String(requests), ratio: each(requests) },
    {
      name: '  bytes of answers',
      value: `${(bytes / 1e6).toFixed(1)} MB`,
      ratio: `${Math.round(bytes / first.followed)} an account`,
    },
    { name: '  waiting for the node', value: seconds(waiting), ratio: share(waiting) },
    { name: '  in the store', value: seconds(first.store), ratio: share(first.store) },
    { name: '  reading answers and tracing', value: seconds(rest), ratio: share(rest) },
    { name: '  the same again: nothing is lacking', value: seconds(again.time), ratio: `${again.questions} questions` },
    {
      name: `  peer: one eth_getTransactionCount an account, ${CONCURRENCY} at a time`,
      value: seconds(peer.time),
      ratio: each(peer.questions),
    },
  ];
}

type Traced = {
  readonly digest: string;
  readonly followed: number;
  /** Milliseconds; those in which the store was asked or written to. */
  readonly time: number;
  readonly store: number;
  readonly questions: number;
  readonly spent: Spent;
};

async function traceOnce(url: string, inner: LedgerStore, { theft }: WideLaundering): Promise<Traced> {
  const meter = createMeter();
  const clock = createClock();
  const store = clocked(inner, clock);
  let questions = 0;
  const started = performance.now();
  const onCall = ({ what }: CallRecord): void => {
    questions += Number(/^(\d+) questions: /.exec(what)?.[1] ?? 1);
  };
  const source = await createEvmNodeSource({ url, name: 'node', meter, onCall });
  const { pin } = await pinChain(source, store, { read: () => [], add: () => {}, cut: () => {} }, null);
  const ledger = createFetchingLedger({
    ...{ store, sources: [source], pins: new Map([[pin.chain, pin]]), into: { keysOf } },
    ...{ fromBlock: 0, maxTransactions: 2_000, maxBlocks: 5_000 },
  });
  const seed = { kind: 'transfer', tag: 'theft', transfer: { tx: theft, position: 0 }, amount: null } as const;
  const request: TraceRequest = {
    ...{ direction: 'forward', seeds: [seed], policies: ['fifo/1'], instructed: null, rules: [], crossings: [] },
    limits: NO_LIMITS,
  };
  const { result } = await traceAcross(ledger, request, { pageSize: READ_AHEAD });
  const time = performance.now() - started;
  const followed = result.runs[0]?.followed.length ?? 0;
  return { digest: result.digest, followed, time, store: clock.spent(), questions, spent: meter.spent() };
}

type Peer = { readonly time: number; readonly questions: number };

/** The least that one question an account costs. */
async function askSingly(url: string, addresses: readonly string[]): Promise<Peer> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const headers = { 'content-type': 'application/json' };
  const started = performance.now();
  await queue.addAll(
    addresses.map((address, id) => async () => {
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id,
        method: 'eth_getTransactionCount',
        params: [address, 'latest'],
      });
      const { result } = (await (await fetch(url, { method: 'POST', headers, body })).json()) as { result?: unknown };
      if (typeof result !== 'string') throw new Error(`no answer about ${address}`);
    }),
  );
  return { time: performance.now() - started, questions: addresses.length };
}

type Clock = { readonly run: <T>(work: () => Promise<T>) => Promise<T>; readonly spent: () => number };

/** Time in which at least one of the works it runs was under way. */
function createClock(): Clock {
  let [open, since, spent] = [0, 0, 0];
  return {
    async run(work) {
      if (open++ === 0) since = performance.now();
      try {
        return await work();
      } finally {
        if (--open === 0) spent += performance.now() - since;
      }
    },
    spent: () => spent,
  };
}

function clocked(store: LedgerStore, { run }: Clock): LedgerStore {
  const session = (inner: ImportSession): ImportSession => ({
    ...inner,
    write: (batch) => run(() => inner.write(batch)),
    commit: (outcome) => run(() => inner.commit(outcome)),
  });
  return {
    ...store,
    histories: (query, visit) => run(() => store.histories(query, visit)),
    transactions: (hashes) => run(() => store.transactions(hashes)),
    coverage: (named) => run(() => store.coverage(named)),
    evidence: (hashes) => run(() => store.evidence(hashes)),
    evidenceByKey: (keys) => run(() => store.evidenceByKey(keys)),
    beginImport: (source) => run(async () => session(await store.beginImport(source))),
  };
}
