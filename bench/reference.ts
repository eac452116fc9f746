/**
 * How much faster than the naive reference is the engine, on a ledger small enough for both?
 * `node --expose-gc bench/reference.ts [--transfers 20000] [--repeats 3] [--json]`.
 */
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { compareTransfers, type Transfer } from '../core/src/ledger/index.ts';
import { createMemoryLedger } from '../core/src/ledger/stores/memory.ts';
import { GENERAL_POLICY_IDS, type Run, trace } from '../core/src/tracing/index.ts';
import { naiveTrace } from '../test/reference/naive-trace.ts';
import { type Figure, print, ratio } from './figures.ts';
import { loadTable, nameOf, requestFor } from './load.ts';
import { collectGarbage, show, summarise, threadTime } from './measure.ts';
import { createStopAt } from './population.ts';

const { values: options } = parseArgs({
  options: {
    transfers: { type: 'string', default: '20000' },
    repeats: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});

async function main(transfers: number, repeats: number): Promise<void> {
  const { table, seeds } = loadTable({ transfers, seed: 1, laundering: 0.85, stay: 1, thefts: 2 });
  const all: Transfer[] = Array.from({ length: table.count }, (_, row) => table.transfer(row)).sort(compareTransfers);
  const reader = createMemoryLedger(all);
  const stops = { stopAt: createStopAt() };
  const figures: Figure[] = [];
  for (const policy of GENERAL_POLICY_IDS) {
    const request = requestFor(seeds, [policy], nameOf);
    const engineTimes: number[] = [];
    const naiveTimes: number[] = [];
    let agree = true;
    for (let repeat = 0; repeat < repeats; repeat++) {
      collectGarbage();
      const start = threadTime();
      const { runs } = await trace(reader, request, stops);
      const middle = threadTime();
      const naive = naiveTrace({ transfers: all, coverage: [] }, request, stops);
      naiveTimes.push(threadTime() - middle);
      engineTimes.push(middle - start);
      agree &&= isDeepStrictEqual(sorted(runs), sorted(naive));
    }
    const [engine, naive] = [summarise(engineTimes), summarise(naiveTimes)];
    figures.push({
      name: `${policy}: a whole trace of ${show(transfers)} transfers, ${show(naive.median)} ms by the naive reference`,
      value: `${show(engine.median)} ms`,
      ratio: `${ratio(naive.median, engine.median)} as fast`,
      aim: 'the same result',
      met: agree,
    });
  }
  print('reference', figures, options.json);
}

/** Followed accounts in any order: which of one row's comes first is nobody's promise. */
function sorted(runs: readonly Run[]): unknown {
  return runs.map((run) => ({ ...run, followed: [...run.followed].sort() }));
}

await main(Number(options.transfers), Number(options.repeats));
