import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScene, EVERYTHING, stopAt } from '../../../test/arbitraries/ledger.ts';
import { createMemoryLedger } from '../ledger/stores/memory.ts';
import { sampleTrace } from '../tracing/bundle/sample-trace.ts';
import { type TraceResult, trace } from '../tracing/index.ts';
import { findWorkedExample } from './worked-example.ts';

describe('the worked example', () => {
  it('is a mixed holding whose lots add up at every step', async () => {
    const example = findWorkedExample(await sampleTrace(createMemoryLedger));
    expect(example).not.toBeNull();
    let balance = 0n;
    for (const { transfer, kind, shortfall, lots, after } of example?.steps ?? []) {
      const moved = lots.reduce((sum, { amount }) => sum + amount, 0n);
      expect(moved).toBe(transfer.amount);
      balance += kind === 'receipt' ? moved : shortfall - moved;
      expect(after.reduce((sum, { amount }) => sum + amount, 0n)).toBe(balance);
    }
    const tags = new Set(example?.steps.flatMap(({ lots }) => lots.map(({ tag }) => tag)));
    expect(tags.size).toBeGreaterThan(1);
  });

  it('refuses to stand beside an engine that says otherwise', async () => {
    const result = await sampleTrace(createMemoryLedger);
    const example = findWorkedExample(result);
    const wrong: TraceResult = {
      ...result,
      runs: result.runs.map((run) => ({
        ...run,
        tags: run.tags.map((tag) => ({
          ...tag,
          edges: tag.edges.map((edge) =>
            edge.from === example?.account && edge.asset === example.asset
              ? { ...edge, amount: (edge.amount ?? 0n) + 1n }
              : edge,
          ),
        })),
      })),
    };
    expect(() => findWorkedExample(wrong)).toThrow(/differs from the engine/);
  });

  it('is left out where first in, first out was not traced', async () => {
    const result = await sampleTrace(createMemoryLedger);
    const runs = result.runs.filter(({ policy }) => policy !== 'fifo/1');
    expect(findWorkedExample({ ...result, runs })).toBeNull();
  });

  it('law: agrees with the engine on any ledger, whatever happens in it', async () => {
    await fc.assert(
      fc.asyncProperty(anyScene({ ...EVERYTHING, policies: ['fifo/1'] }), async (scene) => {
        const ledger = createMemoryLedger(scene.transfers, scene.coverage);
        // It throws where it differs.
        const example = findWorkedExample(await trace(ledger, scene.request, { stopAt: stopAt(scene) }));
        expect(example === null || example.moved.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
