import { Session } from 'node:inspector/promises';

/** Groups of functions by the file they are in; the first that matches counts. */
const GROUPS: readonly (readonly [string, RegExp])[] = [
  ['garbage collector', /^\(garbage collector\)/],
  ['amount arithmetic (limbs, division)', /ledger\/(amounts|proportion)\.ts$/],
  ['draw and keep lots', /tracing\/policies\//],
  ['bookings and flow log', /tracing\/(bookings|flow-log)\.ts$/],
  ['loop over transfers', /tracing\/(run|balances|standings)\.ts$/],
  ['result', /tracing\/(outcome|edges|reconcile|json|warnings|held)\.ts$/],
  ['digest', /(tracing\/digest\.ts|canonicalize|@noble\/hashes|node:internal\/crypto.*)/],
  ['reading from the store', /(ledger\/stores\/|tracing\/frontier\.ts)/],
  ['table', /ledger\/(table|transfer)\.ts$/],
  ['ingest: read and cut rows', /ledger\/sources\//],
  ['ingest: decode and order', /ledger\/(ingest|evm)\//],
  ['waiting', /^\((idle|program)\)/],
];

/**
 * Runs work under the sampling profiler and says where its time went.
 * @returns lines: shares by group of functions, then the functions with most time of their own.
 */
export async function profiled(name: string, work: () => Promise<unknown>): Promise<string[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const byNode = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  profile.samples?.forEach((id, i) => {
    const frame = byNode.get(id);
    const time = profile.timeDeltas?.[i] ?? 0;
    // Stopping the profiler takes time too, which is not the work's.
    if (frame === undefined || frame.url.startsWith('node:inspector')) return;
    total += time;
    const place = frame.url === '' ? frame.functionName : frame.url;
    const group = GROUPS.find(([, pattern]) => pattern.test(place))?.[0] ?? 'other';
    groups.set(group, (groups.get(group) ?? 0) + time);
    const label = `${frame.functionName || '(anonymous)'} ${frame.url.split('/').at(-1)}:${frame.lineNumber + 1}`;
    if (frame.url !== '') functions.set(label, (functions.get(label) ?? 0) + time);
  });
  const shares = (sums: Map<string, number>, count: number): string =>
    [...sums]
      .sort((a, b) => b[1] - a[1])
      .slice(0, count)
      .map(([label, time]) => `${label} ${((100 * time) / total).toFixed(0)} %`)
      .join(', ');
  return [`  ${name}: ${shares(groups, 8)}`, `    functions: ${shares(functions, 8)}`];
}
