/**
 * How much faster than the naive reference is the engine, on a ledger small enough for both?
 * Started by run.ts: `node --expose-gc bench/reference.ts TRANSFERS REPEATS SEED`.
 */
import { isDeepStrictEqual } from 'node:util';
import { compareTransfers, type Transfer } from '../core/src/ledger/index.ts';
import { createMemoryLedger } from '../core/src/ledger/stores/memory.ts';
import { POLICY_IDS, type Run, trace } from '../core/src/tracing/index.ts';
import { naiveTrace } from '../test/reference/naive-trace.ts';
import { aimed, type Figure, plain, report, show } from './figures.ts';
import { loadTable, nameOf, requestFor } from './load.ts';
import { collectGarbage, summarise, threadTime } from './measure.ts';
import { createStopAt } from './population.ts';

async function main(transfers: number, repeats: number, seed: number): Promise<void> {
  const { table, seeds } = loadTable({ transfers, seed, laundering: 0.85, stay: 1, thefts: 2 });
  const all: Transfer[] = Array.from({ length: table.count }, (_, row) => table.transfer(row)).sort(compareTransfers);
  const reader = createMemoryLedger(all);
  const options = { stopAt: createStopAt() };
  const figures: Figure[] = [];
  const measured: unknown[] = [];
  for (const policy of POLICY_IDS) {
    const request = requestFor(seeds, [policy], nameOf);
    const engineTimes: number[] = [];
    const naiveTimes: number[] = [];
    let agree = true;
    for (let repeat = 0; repeat < repeats; repeat++) {
      collectGarbage();
      const start = threadTime();
      const { runs } = await trace(reader, request, options);
      const middle = threadTime();
      const naive = naiveTrace({ transfers: all, coverage: [] }, request, options);
      naiveTimes.push(threadTime() - middle);
      engineTimes.push(middle - start);
      agree &&= isDeepStrictEqual(sorted(runs), sorted(naive));
    }
    const [engine, naive] = [summarise(engineTimes), summarise(naiveTimes)];
    measured.push({ policy, engine, naive, agree });
    const value = `${show(naive.median / engine.median)} × faster (${show(engine.median)} ms to ${show(naive.median)} ms)`;
    figures.push(agree ? plain(policy, value) : aimed(policy, value, 'the same result', false));
  }
  const question = `the whole trace against the naive reference, ${show(transfers)} transfers, results equal`;
  report({ question, figures, measured, where: [] });
}

/** Followed accounts in any order: which of one row's comes first is nobody's promise. */
function sorted(runs: readonly Run[]): unknown {
  return runs.map((run) => ({ ...run, followed: [...run.followed].sort() }));
}

const [transfers = '20000', repeats = '3', seed = '1'] = process.argv.slice(2);
await main(Number(transfers), Number(repeats), Number(seed));
