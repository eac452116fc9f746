import { describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import { sampleTrace } from '../tracing/bundle/sample-trace.ts';
import type { Run, TagResult } from '../tracing/index.ts';
import { type Account, canonicalAccount, ETHEREUM, nativeAsset } from '../units/index.ts';
import { layOut } from './flow-diagram.ts';
import { buildFlowGraph } from './flow-graph.ts';
import { flowSvg } from './flow-svg.ts';
import { createNames, type Names } from './names.ts';

const ETH = nativeAsset(ETHEREUM);

function account(n: number): Account {
  return canonicalAccount(ETHEREUM, `0x${n.toString(16).padStart(40, '0')}`);
}

/** One payer, one seeded account, and `leaves` receivers of 10, 11, 12 … */
function fan(leaves: number): { tag: TagResult; run: Run } {
  const values = Array.from({ length: leaves }, (_, index) => BigInt(index + 10));
  const stolen = values.reduce((sum, value) => sum + value, 0n);
  const edge = (from: number, to: number, value: bigint) => ({
    from: account(from),
    to: account(to),
    asset: ETH,
    amount: value,
    origin: value,
    transactions: [],
  });
  const zero = { held: 0n, fees: 0n, overlap: 0n, reentered: 0n };
  const tag: TagResult = {
    tag: 'x',
    asset: ETH,
    stolen,
    ...zero,
    lastSeen: stolen,
    terminals: [],
    holdings: values.map((value, index) => ({
      account: account(index + 3),
      asset: ETH,
      amount: value,
      origin: value,
      status: 'last-seen',
      depth: 1,
    })),
    edges: [edge(1, 2, stolen), ...values.map((value, index) => edge(2, index + 3, value))],
  };
  const followed = Array.from({ length: leaves + 1 }, (_, index) => account(index + 2));
  return { tag, run: { policy: 'fifo/1', tags: [tag], gaps: [], touched: [], followed } };
}

async function names(): Promise<Names> {
  return createNames({
    result: await sampleTrace(createMemoryLedger),
    assets: [],
    case: null,
    published: [],
    notices: [],
    evidence: [],
  });
}

describe('the flow of a tag', () => {
  it('puts accounts in columns by hops and loses no value when it draws small ones together', () => {
    const { tag, run } = fan(30);
    const graph = buildFlowGraph(tag, run, false);
    const last = graph?.nodes.filter(({ layer }) => layer === 2) ?? [];
    expect(graph?.deepest).toBe(2);
    expect(last.length).toBeLessThan(12);
    expect(last.flatMap(({ accounts }) => accounts)).toHaveLength(30);
    expect(last.reduce((sum, { lastSeen }) => sum + lastSeen, 0n)).toBe(tag.stolen);
    const into = graph?.links.filter(({ to }) => last.some(({ id }) => id === to)) ?? [];
    expect(into.reduce((sum, { value }) => sum + value, 0n)).toBe(tag.stolen);
    expect(graph?.back.moves).toBe(0);
  });

  it('counts value that goes back instead of drawing it', () => {
    const { tag, run } = fan(2);
    const back = { from: account(3), to: account(2), asset: ETH, amount: 4n, origin: 4n, transactions: [] };
    const graph = buildFlowGraph({ ...tag, edges: [...tag.edges, back] }, run, false);
    expect(graph?.back).toEqual({ moves: 1, value: 4n });
  });

  it('is not drawn without amounts', () => {
    const { tag, run } = fan(2);
    expect(buildFlowGraph({ ...tag, stolen: null }, run, false)).toBeNull();
  });

  it('draws bars that do not overlap, in proportion, as SVG of text that is escaped', async () => {
    const { tag, run } = fan(30);
    const graph = buildFlowGraph(tag, run, false);
    if (graph === null) throw new Error('no graph');
    const hostile: Names = { ...(await names()), label: () => '<script>&"' };
    const diagram = layOut(graph, ETH, hostile, 1);
    const columns = Map.groupBy(diagram.bars, ({ x }) => x);
    for (const bars of columns.values()) {
      bars.forEach((bar, index) => {
        const above = bars[index - 1];
        if (above !== undefined) expect(bar.y).toBeGreaterThanOrEqual(above.y + above.height);
      });
    }
    expect(Math.max(...diagram.bars.map(({ y, height }) => y + height))).toBeLessThanOrEqual(diagram.height);
    const [whole, seeded] = diagram.bars;
    expect(whole?.height).toBe(seeded?.height);
    const svg = flowSvg(diagram);
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;&amp;&quot;');
    expect(flowSvg(layOut(graph, ETH, hostile, 1))).toBe(svg);
  });
});
