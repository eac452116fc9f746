import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExplorerServer, startEtherscanServer } from '../replays/etherscan-server.ts';
import { type Laundering, launder } from './anvil/laundering.ts';
import { type Asked, type NodeProxy, startProxy } from './anvil/node-proxy.ts';
import { type FetchScene, setScene } from './fetch-scene.ts';
import type { CliResult } from './run-cli.ts';

/* Keys of every kind, given to services that repeat them in what they answer: they are in no file, message or bundle. */

const IN_PATH = 'pk4f9c81d2e7Aa03';
const IN_QUERY = 'qk77aa01bc55dd90';
const USER = 'user-Zq81';
const PASSWORD = 'pa55/w0rd+Kx9';
const BASIC = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
const NODE_KEY = 'envNodeKey5e8810';
const EXPLORER_KEY = 'XPKEYR9Z71QX42';
const WRONG_KEY = 'BADAPI4410PLM7';
/** The beginning of each is enough to be found by: messages are cut short, and half a key is one too many. */
const SECRETS = [IN_PATH, IN_QUERY, USER, PASSWORD, BASIC, NODE_KEY, EXPLORER_KEY, WRONG_KEY]
  .flatMap((one) => [...new Set([one, encodeURIComponent(one)])])
  .map((one) => one.slice(0, 7));

let scene: FetchScene<Laundering>;
let proxy: NodeProxy;
let explorer: ExplorerServer;
/** Everything that the commands said. */
const said: string[] = [];
/** Everything that came to the node, keys and all. */
const heard: Asked[] = [];

beforeAll(async () => {
  scene = await setScene(async (anvil) => {
    const told = await launder(anvil);
    // Deep enough below the newest block that answers are final, and kept on disk.
    await anvil.rpc('anvil_mine', '0x50');
    return told;
  });
  proxy = await startProxy(scene.anvil.url);
  explorer = await startEtherscanServer({ dialect: 'etherscan-v2', key: EXPLORER_KEY, head: 100 });
  Object.assign(process.env, { TEST_NODE_KEY: NODE_KEY, TEST_EXPLORER_KEY: EXPLORER_KEY, TEST_WRONG_KEY: WRONG_KEY });
}, 60_000);

afterAll(async () => {
  await explorer?.close();
  await proxy?.close();
  await scene?.remove();
  for (const name of ['TEST_NODE_KEY', 'TEST_EXPLORER_KEY', 'TEST_WRONG_KEY']) delete process.env[name];
});

async function inData(data: string, ...args: readonly string[]): Promise<CliResult> {
  const done = await scene.cairn(data, ...args);
  said.push(done.stdout, done.stderr);
  return done;
}
const cairn = (...args: readonly string[]): Promise<CliResult> => inData('data', ...args);

/** What a request told of keys, in the form in which it came and as a service reads it. */
const words = ({ path, authorization }: Asked): string => {
  const [scheme, told = ''] = authorization?.split(' ') ?? [];
  return `${path} ${scheme} ${told} ${Buffer.from(told, 'base64')}`;
};
const page = (asked: Asked): string => `<html>${words(asked).repeat(20)} may not do this</html>`;
const seed = (): string[] => ['--seed', `${scene.told.theft}:1`, '--policy', 'fifo'];
const bundle = (): string => scene.workspace.path('theft.cairn');

function nodeUrl(): string {
  const url = new URL(`${proxy.url}/v2/${IN_PATH}?apikey=${IN_QUERY}`);
  Object.assign(url, { username: encodeURIComponent(USER), password: encodeURIComponent(PASSWORD) });
  return url.href;
}

/** Answers as the node does, but for the first request of a run, which gets a page that repeats the keys. */
function repeatKeysOnce(): void {
  proxy.reset();
  proxy.fault = (asked, count) => {
    heard.push(asked);
    return count === 1 ? { status: 200, text: page(asked) } : null;
  };
}

/** Refuses everything, in words that repeat the keys. */
function refuse(how: 'page' | 'error'): void {
  proxy.reset();
  proxy.fault = (asked) => {
    heard.push(asked);
    const error = { jsonrpc: '2.0', id: 1, error: { code: -32000, message: `${words(asked)} is not known` } };
    return how === 'page' ? { status: 401, text: page(asked) } : { status: 200, text: JSON.stringify(error) };
  };
}

/** Every file below the scene's folder, those in bundles by themselves. */
function filesWith(word: string): string[] {
  const folder = scene.workspace.path('.');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const parts = path.endsWith('.cairn') ? Object.entries(unzipSync(bytes)) : [];
    const all = [['', bytes] as const, ...parts.map(([name, part]) => [`!${name}`, Buffer.from(part)] as const)];
    return all.flatMap(([name, part]) => (part.includes(word) ? [`${relative(folder, path)}${name}`] : []));
  });
}

test('a node whose URL has keys in path, query, user and password', async () => {
  const runs: readonly (readonly string[])[] = [
    ['trace', ...seed(), '--fetch', '--rpc', nodeUrl(), '--bundle', bundle(), '--json'],
    ['fetch', scene.told.accounts.thief, '--prove', '--rpc', nodeUrl()],
    ['verify', bundle(), '--rpc', nodeUrl()],
  ];
  for (const args of runs) {
    repeatKeysOnce();
    const done = await cairn(...args);
    expect({ args: args[0], code: done.code, stderr: done.stderr }).toMatchObject({ args: args[0], code: 0 });
    expect(proxy.asked.length).toBeGreaterThan(2);
  }
  for (const [i, how] of (['page', 'error', 'page'] as const).entries()) {
    refuse(how);
    const done = await cairn(...(runs[i] as readonly string[]));
    expect(done.code).toBe(6);
    // What the service said is told, without the keys.
    expect(done.stderr).toMatch(/…/);
  }
  expect(await cairn('sources', 'add', 'bad', '--kind', 'rpc', '--url', nodeUrl())).toMatchObject({ code: 3 });
});

test('a node whose key is in the environment', async () => {
  const kept = `${proxy.url}/v2/{TEST_NODE_KEY}`;
  expect((await cairn('sources', 'add', 'node', '--kind', 'rpc', '--url', kept)).code).toBe(0);
  repeatKeysOnce();
  expect((await cairn('sources', 'check')).code).toBe(0);
  expect((await cairn('fetch', scene.told.accounts.heir, '--source', 'node')).code).toBe(0);
  refuse('page');
  expect((await cairn('fetch', scene.told.accounts.heir, '--source', 'node')).code).toBe(6);
  expect((await cairn('sources', 'log', '--last', '1000', '--json')).code).toBe(0);
});

test('an explorer whose key is in the environment', async () => {
  const explore = (...args: readonly string[]): Promise<CliResult> => inData('explorer', ...args);
  const common = ['--kind', 'etherscan', '--chain', 'eth', '--url', explorer.url, '--per-second', '50'];
  expect((await explore('sources', 'add', 'right', ...common, '--key-env', 'TEST_EXPLORER_KEY')).code).toBe(0);
  expect((await explore('sources', 'add', 'wrong', ...common, '--key-env', 'TEST_WRONG_KEY')).code).toBe(0);
  explorer.fault = (query, count) =>
    count === 1 ? { status: 503, body: { message: `${query.get('apikey')} must wait` } } : null;
  expect((await explore('fetch', scene.told.accounts.heir, '--source', 'right')).code).toBe(0);
  const checked = await explore('sources', 'check');
  expect(checked.code).toBe(6);
  expect(checked.stdout).toContain('Invalid API Key (…)');
  expect((await explore('fetch', scene.told.accounts.heir, '--source', 'wrong')).code).not.toBe(0);
  explorer.fault = (query) => ({ status: 403, body: `${query.get('apikey')} is blocked` });
  expect((await explore('fetch', scene.told.accounts.unpaid, '--source', 'right')).code).toBe(6);
  expect((await explore('sources', 'log', '--last', '1000', '--json')).code).toBe(0);
});

test('none of them is anywhere', () => {
  // Each did reach the service that it is for.
  const paths = heard.map(({ path }) => path).join('\n');
  for (const key of [`/v2/${IN_PATH}?apikey=${IN_QUERY}`, `/v2/${NODE_KEY}`]) expect(paths).toContain(key);
  expect(heard.map(({ authorization }) => authorization)).toContain(`Basic ${BASIC}`);
  const keys = new Set(explorer.asked.map((query) => query.get('apikey')));
  expect(keys).toEqual(new Set([EXPLORER_KEY, WRONG_KEY]));
  // And what is looked through is what was written.
  expect(filesWith('eth_getBlockByNumber')).toContain('data/fetch/calls.jsonl');
  expect(filesWith('eth_getTransactionReceipt').join()).toMatch(/data\/fetch\/cache\//);
  expect(filesWith(new URL(proxy.url).host).join()).toContain('theft.cairn!');
  expect(filesWith('TEST_NODE_KEY')).toEqual(['data/sources.json']);
  for (const secret of SECRETS) {
    expect({ secret, files: filesWith(secret) }).toEqual({ secret, files: [] });
    expect(said.filter((text) => text.includes(secret))).toEqual([]);
  }
});
