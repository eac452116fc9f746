/**
 * How fast does each policy go through a ledger in memory? Measured against a bare scan of the same columns in the
 * same process. Run as a child: `node bench/policies.ts TRANSFERS REPEATS`; prints one JSON object.
 */
import { createWholeFrontier } from '../core/src/tracing/frontier.ts';
import { compile, findNamed } from '../core/src/tracing/compile.ts';
import { buildRun } from '../core/src/tracing/outcome.ts';
import { policyOf } from '../core/src/tracing/policies/index.ts';
import { assertReconciled } from '../core/src/tracing/reconcile.ts';
import { POLICY_IDS, type PolicyId, type TraceRequest } from '../core/src/tracing/index.ts';
import { PolicyRun } from '../core/src/tracing/run.ts';
import { bareScan, columnsOf } from './scan.ts';
import { loadTable, nameOf, requestFor } from './load.ts';
import { createStopAt } from './population.ts';
import type { LedgerReader, TransferTable } from '../core/src/ledger/index.ts';

const [transfers = '1000000', repeats = '3', only = 'all'] = process.argv.slice(2);
const ids = only === 'all' ? POLICY_IDS : (only.split(',') as PolicyId[]);

const now = () => { const u = (process as any).threadCpuUsage(); return (u.user + u.system) / 1000; };
const t0 = performance.now();
const { table, seeds } = loadTable({ transfers: Number(transfers), seed: 1, laundering: 0.85, stay: 1, thefts: Number(process.env.THEFTS ?? 4) });
console.error('generated', table.count, 'accounts', table.accounts.values.length, (performance.now() - t0) | 0, 'ms');
const columns = columnsOf(table);
const scans: number[] = [];
const scan = () => { const t = now(); const c = bareScan(columns); scans.push(now() - t); return c; };
for (let i = 0; i < 4; i++) scan();
scans.length = 0;
for (let i = 0; i < 5; i++) scan();
const median = (v: number[]) => [...v].sort((a, b) => a - b)[process.env.MIN ? 0 : v.length >> 1] as number;
console.error('scan', (median(scans) * 1e6 / table.count).toFixed(2), 'ns/transfer', scans.map((s) => s.toFixed(1)).join(' '));
const request = requestFor(seeds, ids, nameOf);
const rows = new Map(seeds.map((s) => [nameOf(s.tx), s.tx * 2]));
const reader = { transactions: async (hashes: readonly string[]) => hashes.flatMap((h) => [table.transfer(rows.get(h)!), table.transfer(rows.get(h)! + 1)]) } as unknown as LedgerReader;
const named = await findNamed(reader, request);
const compiled = compile(request, named, table, 1);
const stopAt = createStopAt();
import { createHash } from 'node:crypto';
for (const id of ids) {
  const times: number[] = []; const builds: number[] = []; const scansNow: number[] = [];
  let line = '';
  for (let r = 0; r < Number(repeats); r++) {
    globalThis.gc?.();
    const t = now();
    for (let q = 0; q < 10; q++) bareScan(columns); scansNow.push((now() - t) / 10);
    const frontier = createWholeFrontier(table, { assets: table.assets.values, limits: request.limits, reverse: false, pageSize: 5000, isStopped: (a) => stopAt(a) !== null, isSeeded: (n) => compiled.seeded.has(n) });
    const t1 = now();
    const run = new PolicyRun(compiled, frontier, policyOf(id), new Map(), stopAt);
    while ((await run.step()) === 'more');
    const t2 = now();
    const result = buildRun(run, id, () => 'last-seen');
    const t3 = now();
    if (process.env.LOG) console.log("RUN", id, r, ((t2 - t1) * 1e6 / table.count) | 0); times.push(t2 - t1); builds.push(t3 - t2);
    if (r === 0) {
      assertReconciled(result);
      const flowRows = run.book.flows.rows;
      let moved = 0, last = -1;
      const n = run.book.flows.length;
      for (let i = 0; i < n; i++) { if (flowRows[i] !== last) { moved++; last = flowRows[i]; } }
      const h = createHash('sha256');
      const walk = (v: any): void => { if (Array.isArray(v)) v.forEach(walk); else if (v && typeof v === 'object') for (const k of Object.keys(v)) { h.update(k); walk(v[k]); } else h.update(String(v) + ';'); };
      if (table.count <= 2e6) walk(result);
      line = `moved ${(100 * moved / table.count).toFixed(1)}% flows ${n} followed ${run.book.followed.length} terminals ${run.book.terminals.length} gaps ${run.book.gaps.length} sha ${h.digest('hex').slice(0, 12)}`;
    }
  }
  const ns = median(times) * 1e6 / table.count;
  console.error(id.padEnd(17), (table.count / median(times) / 1000).toFixed(2), 'M/s', ns.toFixed(0), 'ns', (median(times) / median(scansNow)).toFixed(0) + 'x', 'build', (median(builds) * 1e6 / table.count).toFixed(0), 'ns', times.map((x) => x | 0).join(' '), line);
}
console.error('maxRSS MB', process.resourceUsage().maxRSS >> 10);
