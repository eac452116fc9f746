import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NodeProxy, startProxy } from './anvil/node-proxy.ts';
import { createScript, person, rich } from './anvil/people.ts';
import { type FetchScene, setScene } from './fetch-scene.ts';

/* Who is no part of the case learns of it only where the case allows it: not one question is sent before. */

let scene: FetchScene<string>;
let proxy: NodeProxy;
/** The node, at an address that is neither a loopback nor a private one. The system connects it to this machine all the same. */
let foreign: string;

const SOMEBODY = person('somebody').address;

beforeAll(async () => {
  scene = await setScene(async (anvil) => {
    const script = await createScript(anvil);
    const hash = await script.send(rich(1), { to: SOMEBODY, value: 5n });
    await script.mine();
    return hash;
  });
  proxy = await startProxy(scene.anvil.url);
  foreign = proxy.url.replace('127.0.0.1', '0.0.0.0');
  const bundle = scene.workspace.path('own.cairn');
  const traced = await scene.cairn('own', 'trace', ...seed(), '--fetch', '--rpc', scene.anvil.url, '--bundle', bundle);
  expect(traced.code, traced.stderr).toBe(0);
}, 60_000);

afterAll(async () => {
  await proxy?.close();
  await scene?.remove();
});

const seed = (): string[] => ['--seed', `${scene.told}:0`];
const logOf = (data: string): string => join(scene.workspace.path(data), 'fetch', 'calls.jsonl');

/** Every command that asks a source. */
const asking = (): readonly (readonly string[])[] => [
  ['fetch', SOMEBODY, '--source', 'far'],
  ['trace', ...seed(), '--fetch'],
  ['fetch', SOMEBODY, '--dry-run', '--rpc', foreign],
  ['verify', scene.workspace.path('own.cairn'), '--source', 'far'],
  ['ingest', 'receipts', '--rpc', foreign, '--tx', scene.told],
  ['ingest', 'bitcoin', '--rpc', foreign],
  ['ingest', 'bitcoin', '--esplora', foreign, '--tx', '11'.repeat(32)],
];

async function expectRefused(data: string, reason: string, commands: readonly (readonly string[])[]): Promise<void> {
  for (const args of commands) {
    const done = await scene.cairn(data, ...args);
    expect({ args, code: done.code }).toEqual({ args, code: 3 });
    expect(done.stderr).toContain(reason);
    expect(done.stderr).toContain('cairn sources pap amber --because');
  }
  const checked = await scene.cairn(data, 'sources', 'check');
  expect(checked.code).toBe(6);
  expect(checked.stdout).toContain(reason);
}

test('a third party is asked nothing under no permission and under red, and everything under amber', async () => {
  const add = ['sources', 'add', 'far', '--kind', 'rpc', '--url', foreign];
  expect(await scene.cairn('case', ...add)).toMatchObject({ code: 0 });
  await expectRefused('case', 'nothing allows that yet', asking());
  const red = await scene.cairn('case', 'sources', 'pap', 'red', '--because', 'the subject must not be warned');
  expect(red.code).toBe(0);
  await expectRefused('case', 'PAP:RED forbids it', asking().slice(0, 1));
  expect(proxy.asked).toEqual([]);
  expect(existsSync(logOf('case'))).toBe(false);

  expect((await scene.cairn('case', 'sources', 'pap', 'amber', '--because', 'minutes of 3 March')).code).toBe(0);
  const asked = await scene.cairn('case', 'trace', ...seed(), '--fetch', '--json');
  expect(asked.code, asked.stderr).toBe(0);
  expect(proxy.asked.length).toBeGreaterThan(0);
  const calls = scene.calls('case');
  // Each request is on record, with the permission it was sent under.
  expect(calls.length).toBe(proxy.asked.length);
  expect(new Set(calls.map(({ source, pap }) => `${source} ${pap}`))).toEqual(new Set(['far amber']));

  expect((await scene.cairn('case', 'sources', 'pap', 'red', '--because', 'withdrawn')).code).toBe(0);
  expect((await scene.cairn('case', 'fetch', SOMEBODY)).code).toBe(3);
  expect(scene.calls('case').length).toBe(calls.length);
});

test("one's own source is asked under red", async () => {
  expect((await scene.cairn('kept', 'sources', 'pap', 'red', '--because', 'covert')).code).toBe(0);
  const add = ['sources', 'add', 'mine', '--kind', 'rpc', '--url', foreign, '--own'];
  expect((await scene.cairn('kept', ...add)).code).toBe(0);
  expect((await scene.cairn('kept', 'fetch', SOMEBODY, '--source', 'mine')).code).toBe(0);
  expect(new Set(scene.calls('kept').map(({ source, pap }) => `${source} ${pap}`))).toEqual(new Set(['mine null']));
});

test('a third party that cannot be reached', async () => {
  const add = ['sources', 'add', 'gone', '--kind', 'rpc', '--url', 'http://node.invalid:8545'];
  expect((await scene.cairn('gone', ...add)).code).toBe(0);
  expect((await scene.cairn('gone', 'fetch', SOMEBODY)).code).toBe(3);
  expect(existsSync(logOf('gone'))).toBe(false);
  expect((await scene.cairn('gone', 'sources', 'pap', 'amber', '--because', 'minutes')).code).toBe(0);
  const done = await scene.cairn('gone', 'fetch', SOMEBODY);
  expect(done.code).toBe(6);
  expect(done.stderr).toContain('node.invalid:8545 did not answer, asked once');
  expect(scene.calls('gone')).toMatchObject([{ what: 'eth_chainId []', status: null, pap: 'amber' }]);
});
