import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launderWide, type WideLaundering } from './anvil/laundering-wide.ts';
import { type NodeProxy, type Question, startProxy } from './anvil/node-proxy.ts';
import { type FetchScene, setScene } from './fetch-scene.ts';

/* A fetch that is killed or stopped while the node is silent: the next run goes on, and ends with the bytes of an undisturbed one. */

const ACCOUNTS = 250;
/** Asked for when a source is tried out. */
const NOBODY = `0x${'0'.repeat(39)}1`;

let scene: FetchScene<WideLaundering>;
let proxy: NodeProxy;
let undisturbed: Outcome;

type Outcome = { readonly stdout: string; readonly bundle: string };

beforeAll(async () => {
  scene = await setScene((anvil) => launderWide(anvil, { accounts: ACCOUNTS }));
  proxy = await startProxy(scene.anvil.url);
  undisturbed = await traced('undisturbed');
  expect(JSON.parse(undisturbed.stdout)).toMatchObject({ runs: [{ followed: { length: ACCOUNTS + 1 } }] });
}, 120_000);

afterAll(async () => {
  await proxy?.close();
  await scene?.remove();
});

const request = (data: string): string[] => {
  const bundle = ['--json', '--bundle', scene.workspace.path(`${data}.cairn`)];
  const seed = ['--seed', `${scene.told.theft}:0`, '--policy', 'fifo'];
  return ['trace', ...seed, '--fetch', '--rpc', proxy.url, ...bundle, '--data', scene.workspace.path(data)];
};

async function traced(data: string): Promise<Outcome> {
  const { code, stdout, stderr } = await scene.workspace.run(...request(data));
  expect(code, stderr).toBe(0);
  return { stdout, bundle: readFileSync(scene.workspace.path(`${data}.cairn`)).toString('base64') };
}

/** Accounts whose calls are asked for. */
const addressesIn = (questions: readonly Question[]): string[] =>
  questions.flatMap(({ method, params }) => {
    const [{ fromAddress = [] } = {}] = params as [{ fromAddress?: string[] }?];
    return method === 'trace_filter' ? fromAddress.filter((address) => address !== NOBODY) : [];
  });

const asked = (): Question[] => proxy.asked.flatMap(({ questions }) => questions);

/** Accounts whose record the ledger lacks. */
async function lackingIn(data: string): Promise<string[]> {
  const accounts = [scene.told.thief, ...scene.told.reached];
  const { stdout, stderr } = await scene.cairn(data, 'fetch', ...accounts, '--dry-run', '--rpc', proxy.url, '--json');
  expect(stdout, stderr).not.toBe('');
  return (JSON.parse(stdout) as { accounts: string[] }).accounts;
}

test.each([
  { signal: 'SIGKILL', method: 'trace_filter', after: 150, code: null },
  { signal: 'SIGKILL', method: 'debug_traceTransaction', after: 20, code: null },
  { signal: 'SIGINT', method: 'trace_filter', after: 150, code: 130 },
] as const)('$signal while the node is asked for $method', async ({ signal, method, after, code }) => {
  const data = `${signal} ${method}`;
  const isSilenced = Promise.withResolvers<void>();
  proxy.reset();
  proxy.fault = ({ questions }) => {
    const isEnough = new Set(addressesIn(asked())).size > after;
    if (!isEnough || !questions.some((question) => question.method === method)) return null;
    isSilenced.resolve();
    return 'silence';
  };
  const running = scene.workspace.start(...request(data));
  await Promise.race([isSilenced.promise, running.result]);
  expect(running.child.exitCode).toBeNull();
  running.child.kill(signal);
  expect((await running.result).code).toBe(code);

  proxy.reset();
  const lacking = await lackingIn(data);
  expect(lacking.length).toBeGreaterThan(ACCOUNTS / 10);
  expect(lacking.length).toBeLessThan(ACCOUNTS);
  proxy.reset();
  const resumed = await traced(data);
  const again = addressesIn(asked()).map((address) => `eip155:1:${address}`);
  expect(again.length).toBeGreaterThan(0);
  expect(again.filter((account) => !lacking.includes(account))).toEqual([]);
  expect(resumed.stdout).toBe(undisturbed.stdout);
  expect(resumed.bundle).toBe(undisturbed.bundle);
});
