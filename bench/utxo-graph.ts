/**
 * What does each rule make of the same theft on a made-up chain of 100,000 Bitcoin transactions, and how long does it take?
 * In multiples of FIFO in the same process. `node bench/utxo-graph.ts [--quick] [--json]`.
 */
import { parseArgs } from 'node:util';
import { createMemoryLedger } from '../core/src/ledger/stores/memory.ts';
import { GENERAL_POLICY_IDS, reconcile, type TagResult, trace } from '../core/src/tracing/index.ts';
import { formatDecimal } from '../core/src/units/index.ts';
import { requestOf, theftIn, transfersOfAll, utxoGraph } from '../test/arbitraries/utxo-graph.ts';
import { type Figure, peakMemory, print, ratio, seconds } from './figures.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const transfers = transfersOfAll(utxoGraph(options.quick ? 10_000 : 100_000, 7));
const ledger = createMemoryLedger(transfers);
const theft = theftIn(transfers);
const btc = (amount: bigint | null): string => (amount === null ? 'no amounts' : `${formatDecimal(amount, 8)} BTC`);

const figures: Figure[] = [];
let fifo = 0;
for (const policy of [...GENERAL_POLICY_IDS, 'highest-out/1'] as const) {
  const started = performance.now();
  const { runs } = await trace(ledger, requestOf(theft, [policy]));
  const took = performance.now() - started;
  if (policy === 'fifo/1') fifo = took;
  const tag = runs[0]?.tags[0] as TagResult;
  const difference = reconcile(tag)?.difference ?? 0n;
  if (difference !== 0n) throw new Error(`${policy} is off by ${difference} satoshi`);
  const outputs = new Set(tag.edges.map(({ to }) => to).filter((to) => to.includes('.'))).size;
  const left = tag.holdings.length;
  figures.push({
    name: `${policy}: ${outputs} outputs reached; ${btc(tag.stolen)} = ${btc(tag.lastSeen)} in ${left} outputs + ${btc(tag.fees)} fees`,
    value: seconds(took),
    ratio: `${ratio(took, fifo)} fifo`,
  });
}
print('utxo-graph', [...figures, peakMemory()], options.json);
