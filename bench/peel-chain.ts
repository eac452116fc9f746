/**
 * How long does a trace take along a peel chain, where each step is known only once the one before it is read? Against the
 * same number of bare reads of the same store, one after the other. `node bench/peel-chain.ts [--quick] [--json]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type LedgerReader, type LedgerStore, outpointAccount, transfersOf } from '../core/src/ledger/index.ts';
import { createChdbLedger } from '../core/src/ledger/stores/clickhouse/index.ts';
import { NO_LIMITS, type TraceRequest, trace } from '../core/src/tracing/index.ts';
import { BITCOIN } from '../core/src/units/index.ts';
import { peelChain, utxoGraph } from '../test/arbitraries/utxo-graph.ts';
import { type Figure, peakMemory, print, ratio, seconds } from './figures.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const hops = options.quick ? 1_000 : 10_000;
/** Transactions around the chain, so that it is not the whole of the store. */
const around = options.quick ? 10_000 : 100_000;
const ALL = { assets: null, until: null, limitPerAccount: null };

const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
const chain = peelChain(hops);
try {
  const store = await createChdbLedger({ directory });
  try {
    await fill(store);
    await measure(store);
  } finally {
    await store.close();
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function fill(store: LedgerStore): Promise<void> {
  const graph = utxoGraph(around, 1);
  const transactions = [...graph, ...chain].sort((a, b) => a.blockTime - b.blockTime || (a.tx < b.tx ? -1 : 1));
  const session = await store.beginImport({ sha256: '0'.repeat(64), file: 'generated', format: 'generated' });
  // The chain's blocks come after the graph's, at times that never fall.
  let height = -1;
  let time = 0;
  for (const transaction of transactions) {
    if (transaction.blockTime !== time) [time, height] = [transaction.blockTime, height + 1];
    const isPeel = transaction.tx.startsWith('b');
    await session.write(
      transfersOf({ ...transaction, blockNumber: height, txIndex: isPeel ? 1_000 : transaction.txIndex }),
    );
  }
  await session.commit({ rejected: 0, coverage: [] });
}

type Reads = { count: number; accounts: number; rows: number; time: number };

function counted(reader: LedgerReader, reads: Reads): LedgerReader {
  return {
    ...reader,
    async histories(query, visit) {
      const started = performance.now();
      reads.count++;
      reads.accounts += query.accounts.length;
      await reader.histories(query, (owner, transfer) => {
        reads.rows++;
        visit(owner, transfer);
      });
      reads.time += performance.now() - started;
    },
  };
}

async function measure(store: LedgerStore): Promise<void> {
  const seed = {
    kind: 'transfer',
    tag: 'peel',
    transfer: { tx: chain[0]?.tx as string, position: 0 },
    amount: null,
  } as const;
  const request: TraceRequest = {
    ...{ direction: 'forward', seeds: [seed], policies: ['fifo/1'], instructed: null, rules: [], crossings: [] },
    limits: NO_LIMITS,
  };
  const reads: Reads = { count: 0, accounts: 0, rows: 0, time: 0 };
  const started = performance.now();
  const result = await trace(counted(store, reads), request);
  const total = performance.now() - started;
  const depth = Math.max(...(result.runs[0]?.tags[0]?.holdings.map((holding) => holding.depth) ?? [0]));
  if (depth !== hops) throw new Error(`the trace went ${depth} hops, not ${hops}`);
  const bare = await bareReads(store, reads.count);
  const figures: Figure[] = [
    {
      name: `a peel chain of ${hops} hops among ${around} transactions, fifo`,
      value: seconds(total),
      ratio: `${ratio(total, bare)} the bare reads`,
    },
    {
      name: `of it in ${reads.count} reads of the store, ${reads.accounts} accounts, ${reads.rows} rows`,
      value: seconds(reads.time),
    },
    { name: 'of it in tracing itself', value: seconds(total - reads.time) },
    { name: `as many bare reads of one output each, one after the other`, value: seconds(bare) },
    { name: 'one bare read', value: `${(bare / reads.count).toFixed(2)} ms` },
    peakMemory(),
  ];
  print('peel-chain', figures, options.json);
}

/** Reads as many outputs of the chain, one at a time: what the engine takes to answer the least question. */
async function bareReads(store: LedgerReader, count: number): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < count; i++) {
    const account = outpointAccount(BITCOIN, { tx: chain[i % chain.length]?.tx as string, index: 0 });
    await store.histories({ ...ALL, accounts: [account] }, () => {});
  }
  return performance.now() - started;
}
