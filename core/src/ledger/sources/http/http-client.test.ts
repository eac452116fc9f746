import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CallRecord, createHttpClient, type HttpOptions } from './http-client.ts';
import { createMeter } from './meter.ts';
import { createReplyCache } from './reply-cache.ts';
import { createRedactor } from './secrets.ts';

let server: Server;
let base: string;
let replies: ((response: ServerResponse) => void)[];
let served: number;
let waits: number[];
let log: CallRecord[];

const text =
  (body: string, status = 200, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

beforeEach(async () => {
  [served, waits, log, replies] = [0, [], [], [text('{"a":1}')]];
  server = createServer((_, response) =>
    (replies[Math.min(served++, replies.length - 1)] as (typeof replies)[number])(response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const client = (url = base, options: HttpOptions = {}) =>
  createHttpClient(url, 'the node', {
    timeout: 200,
    retries: 3,
    delay: async (milliseconds) => waits.push(milliseconds),
    onCall: (record) => log.push(record),
    ...options,
  });

test('a source in trouble is asked again after growing waits, at least as long as it asks for, and each attempt is on record', async () => {
  replies = [text('', 503), text('', 429, { 'retry-after': '9' }), text('{"a":'), text('{"a":1}')];
  const meter = createMeter();
  expect(await client(base, { meter }).json({ path: '/x?q=1' })).toEqual({ status: 200, value: { a: 1 } });
  expect(waits).toEqual([1000, 9000, 4000]);
  expect(log.map(({ attempt, status, trouble }) => [attempt, status, trouble])).toEqual([
    [1, 503, 'it answered with status 503'],
    [2, 429, 'it answered with status 429'],
    [3, 200, 'an answer that is not JSON, or cut short: {"a":'],
    [4, 200, null],
  ]);
  expect(meter.spent()).toMatchObject({ requests: 4, retries: 3, cached: 0 });
});

test('Retry-After as a date, and one that is too far off', async () => {
  const soon = new Date(Date.now() + 30_000).toUTCString();
  replies = [text('', 429, { 'retry-after': soon }), text('{}')];
  await client().json({});
  expect(waits[0]).toBeGreaterThan(25_000);
  replies = [text('', 429, { 'retry-after': '7200' })];
  served = 0;
  await expect(client().json({})).rejects.toThrow('asks to be left alone for 7200 s');
  expect(served).toBe(1);
});

test('a redirect is not followed: where it leads was not allowed to be asked', async () => {
  replies = [text('', 302, { location: 'http://127.0.0.1:1/elsewhere' })];
  await expect(client().json({})).rejects.toThrow('it sends on to another address (status 302)');
  expect(served).toBe(1);
});

test('a refusal in other words is told once, without keys', async () => {
  const url = `${base}/v2/s3cretKey99?apikey=otherKey77`;
  replies = [text('no such project: s3cretKey99', 401)];
  const refused = client(url).json({ what: 'eth_chainId s3cretKey99' });
  await expect(refused).rejects.toThrow(/refuses with status 401: no such project: …$/);
  expect(served).toBe(1);
  expect(JSON.stringify(log)).not.toMatch(/s3cretKey99|otherKey77/);
});

test('nobody there: said at once', async () => {
  const gone = client('http://127.0.0.1:1');
  await expect(gone.json({})).rejects.toMatchObject({
    code: 'unavailable',
    message: '127.0.0.1:1 did not answer, asked once: bad port',
  });
});

test('stopped while it waits', async () => {
  const stop = new AbortController();
  replies = [text('', 503)];
  const asking = client(base, { signal: stop.signal, delay: async () => stop.abort() }).json({});
  await expect(asking).rejects.toMatchObject({ code: 'interrupted' });
});

test('a kept answer that was changed or cut on disk counts as missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-cache-'));
  try {
    const cache = createReplyCache(folder);
    expect(cache.get('q')).toBeNull();
    cache.put('q', { amount: '5' });
    expect(cache.get('q')).toEqual({ amount: '5' });
    const [shard] = readdirSync(folder) as [string];
    const [name] = readdirSync(join(folder, shard)) as [string];
    const path = join(folder, shard, name);
    const kept = readFileSync(path, 'utf8');
    writeFileSync(path, kept.replace('5', '6'));
    expect(cache.get('q')).toBeNull();
    writeFileSync(path, kept.slice(0, 40));
    expect(cache.get('q')).toBeNull();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('keys are hidden in every spelling; names of paths are not', () => {
  const url = new URL('https://us%40er:pa%2Fss@node.example/ext/bc/mainnet/Key%2Bwith12?token=abc%20defgh');
  const redact = createRedactor(url, ['env-Secret1']);
  const told = 'us@er pa/ss pa%2Fss Key+with12 Key%2Bwith12 abc defgh abc%20defgh env-Secret1 mainnet ext bc';
  expect(redact(told)).toBe('… … … … … … … … mainnet ext bc');
});
