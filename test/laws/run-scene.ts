import * as fc from 'fast-check';
import { createMemoryLedger } from '../../core/src/ledger/stores/memory.ts';
import {
  type PolicyId,
  type Run,
  type TagResult,
  type TraceOptions,
  type TraceRequest,
  trace,
} from '../../core/src/tracing/index.ts';
import { type Scene, stopAt } from '../arbitraries/ledger.ts';

/** What the engine makes of a scene held in memory. */
export function traceScene(scene: Scene, options: TraceOptions = {}) {
  return trace(createMemoryLedger(scene.transfers, scene.coverage), scene.request, {
    stopAt: stopAt(scene),
    ...options,
  });
}

export const withRequest = (scene: Scene, change: Partial<TraceRequest>): Scene => ({
  ...scene,
  request: { ...scene.request, ...change },
});

export const withLimits = (scene: Scene, change: Partial<TraceRequest['limits']>): Scene =>
  withRequest(scene, { limits: { ...scene.request.limits, ...change } });

/** Runs that state amounts: every policy but poison. */
export const amountRuns = (runs: readonly Run[]): Run[] => runs.filter((run) => run.policy !== 'poison/1');

export function runOf(runs: readonly Run[], policy: PolicyId): Run {
  const found = runs.find((run) => run.policy === policy);
  if (found === undefined) throw new Error(`no run under ${policy}`);
  return found;
}

export function tagOf(run: Run, tag: string): TagResult {
  const found = run.tags.find((candidate) => candidate.tag === tag);
  if (found === undefined) throw new Error(`no ${tag} under ${run.policy}`);
  return found;
}

export const sum = (amounts: Iterable<bigint | null>): bigint => {
  let total = 0n;
  for (const amount of amounts) total += amount as bigint;
  return total;
};

/** Where a law presumes that no seed's value already carries a tag. */
export const noOverlap = (run: Run): boolean => run.tags.every((tag) => tag.overlap === 0n);

/** Every figure of a tag by name, in the holding's asset and in origin units; `held` and `last-seen` are told apart by coverage only. */
export function figures(tag: TagResult): Map<string, { amount: bigint; origin: bigint }> {
  const rows = new Map<string, { amount: bigint; origin: bigint }>();
  const put = (name: string, amount: bigint | null, origin: bigint | null) =>
    rows.set(name, { amount: amount ?? 0n, origin: origin ?? 0n });
  for (const row of tag.terminals) put(`${row.reason} ${row.account} ${row.asset}`, row.amount, row.origin);
  for (const row of tag.holdings) put(`holding ${row.account} ${row.asset}`, row.amount, row.origin);
  for (const row of tag.edges) put(`edge ${row.from} ${row.to} ${row.asset}`, row.amount, row.origin);
  put('fees', tag.fees, tag.fees);
  put('stolen', tag.stolen, tag.stolen);
  return rows;
}

/** How many times as many scenes to try as the suite does: see CONTRIBUTING. */
const times = Number(process.env['CAIRN_LAW_RUNS'] ?? 1);

/** Checks a law on random scenes. A failure shows the smallest scene found, a line a transfer. */
export async function law(
  arbitrary: fc.Arbitrary<Scene>,
  numRuns: number,
  holds: (scene: Scene) => Promise<void>,
): Promise<void> {
  const run = await fc.check(fc.asyncProperty(arbitrary, holds), { numRuns: numRuns * times });
  if (!run.failed) return;
  const [scene] = run.counterexample ?? [];
  const shown = scene === undefined ? fc.defaultReportMessage(run) : describeScene(scene);
  throw new Error(`fails at seed ${run.seed}, path ${run.counterexamplePath}\n${shown}`, { cause: run.errorInstance });
}

/** A scene as a person would write it down. */
export function describeScene({ transfers, coverage, request, labels }: Scene): string {
  const short = (value: unknown) =>
    JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)).replace(
      /0x0*(?=[0-9a-f])|eip155:/g,
      '',
    );
  const lines = transfers.map(
    ({ blockNumber, blockTime, tx, position, from, to, asset, amount }) =>
      `b${blockNumber} t${blockTime} ${short(tx)}:${position} ${short(from)} > ${short(to)} ${amount} ${short(asset)}`,
  );
  return [...lines, short(request), `labels ${short(labels)}`, `coverage ${short(coverage)}`].join('\n');
}
