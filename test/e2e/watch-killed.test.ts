import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Laundering, launder } from './anvil/laundering.ts';
import { type Anvil, startAnvil } from './anvil/node.ts';
import { SCRIPTED } from './anvil/people.ts';
import { createWorkspace, type Workspace } from './run-cli.ts';

/* Killed at ten places between asking the chain and telling of what moved: every movement is told of once. */

let anvil: Anvil;
let scene: Laundering;
let workspace: Workspace;
let server: Server;
const posts: { readonly id: string; readonly isRepeat: boolean; readonly tx: string }[] = [];
/** Does the server keep whoever posts waiting? */
let holds = false;

beforeAll(async () => {
  anvil = await startAnvil(SCRIPTED);
  scene = await launder(anvil, { splits: 14 });
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { data } = JSON.parse(body) as { data: { alert: { movements: { transactions: string[] }[] } } };
      const [tx = ''] = data.alert.movements.flatMap(({ transactions }) => transactions);
      const { 'webhook-id': id, 'x-cairn-repeat': repeat } = request.headers;
      posts.push({ id: String(id), isRepeat: repeat === '1', tx });
      if (!holds) response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['CAIRN_TEST_HOOK_SECRET'] = `whsec_${Buffer.from('twenty-four bytes of key').toString('base64')}`;
  workspace = createWorkspace();
  const seed = ['--seed', `${scene.theft}:1`, '--policy', 'fifo'];
  await run('trace', ...seed, '--fetch', ...rpc(), '--bundle', workspace.path('theft.cairn'));
  await run('watch', 'add', workspace.path('theft.cairn'), ...rpc());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const hook = ['--kind', 'webhook', '--url', url, '--secret-env', 'CAIRN_TEST_HOOK_SECRET'];
  expect(await run('alerts', 'channel', 'add', 'hook', ...hook)).toMatchObject({ code: 0 });
}, 90_000);

afterAll(async () => {
  delete process.env['CAIRN_TEST_HOOK_SECRET'];
  server?.closeAllConnections();
  server?.close();
  workspace?.remove();
  await anvil?.stop();
});

const rpc = (): string[] => ['--rpc', anvil.url];
const data = (): string[] => ['--data', workspace.path('data')];
const run = (...args: readonly string[]) => workspace.run(...args, ...data());

async function pay(n: number): Promise<string> {
  const from = scene.accounts.splits[n + 3] as string;
  await anvil.rpc('anvil_impersonateAccount', from);
  const to = `0x${n.toString(16).padStart(40, 'd')}`;
  const paid = { from, to, value: '0x2386f26fc10000', gas: '0x5208', gasPrice: '0x77359400' };
  const hash = String(await anvil.rpc('eth_sendTransaction', paid));
  await anvil.rpc('evm_mine');
  return hash;
}

const lines = (...path: readonly string[]): number => {
  const file = workspace.path(['data', ...path].join('/'));
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length : 0;
};
const calls = (): number => lines('fetch', 'calls.jsonl');
const events = (): number => lines('screening', 'journal.jsonl');
const steps = (): number => lines('screening', 'deliveries.jsonl');

/** Where a run is killed: once this many calls more were made, an event more was recorded, a delivery was begun, the receiver has it. */
const PLACES: readonly (() => () => boolean)[] = [
  ...[1, 3, 5, 7, 9, 11].map((more) => () => {
    const before = calls();
    return () => calls() >= before + more;
  }),
  ...[1, 2].map(() => () => {
    const before = events();
    return () => events() > before;
  }),
  () => {
    const before = steps();
    return () => steps() > before;
  },
  () => {
    const before = posts.length;
    return () => posts.length > before;
  },
];

test('kill -9 at ten places: none is lost, none is doubled', async () => {
  expect(PLACES.length).toBe(10);
  const moved: string[] = [];
  for (const [n, place] of PLACES.entries()) {
    moved.push(await pay(n));
    const reached = place();
    // The last two are killed while the receiver has the message and has not answered.
    holds = n >= 8;
    const { child, result } = workspace.start('watch', 'run', ...rpc(), ...data());
    const ended = result.then(() => true);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (!reached() && !isOver) await setImmediate();
    child.kill('SIGKILL');
    await ended;
    holds = false;
    const again = await run('watch', 'run', ...rpc());
    expect([0, 9]).toContain(again.code);
  }
  const { stdout } = await run('alerts', '--json');
  const alerts = JSON.parse(stdout) as { id: string; movements: { transactions: string[] }[] }[];
  const told = alerts.flatMap(({ movements }) => movements.flatMap(({ transactions }) => transactions));
  expect(told).toEqual(moved);
  expect(alerts.length).toBe(moved.length);
  // Each under its own id. Where the sender was killed with the message on its way it is sent again, and says so.
  expect([...new Set(posts.map(({ tx }) => tx))]).toEqual(moved);
  expect(new Set(posts.map(({ id }) => id)).size).toBe(moved.length);
  const first = posts.filter(({ isRepeat }) => !isRepeat).map(({ id }) => id);
  expect(new Set(first).size).toBe(first.length);
  expect(first.length).toBeGreaterThanOrEqual(moved.length - 2);
  expect(posts.length).toBeLessThanOrEqual(moved.length + 2);
}, 180_000);
