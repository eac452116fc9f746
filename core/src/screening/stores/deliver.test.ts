import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel } from '../deliver/channel.ts';
import type { AlertMessage } from '../deliver/message.ts';
import { createDeliverer, type DeliveryOptions } from './deliver.ts';
import { tryLock } from './journal-lock.ts';

const KEY = Buffer.from('a key of twenty-four by.').toString('base64');
const ENV = { SECRET: `whsec_${KEY}`, SLACK: '' };

type Asked = { readonly headers: NodeJS.Dict<string | string[]>; readonly body: string; readonly path: string };

let folder: string;
let server: Server;
let asked: Asked[];
/** What the server does with its nth request, from 0; the last holds for those after it. */
let replies: ((response: ServerResponse) => void)[];
/** Instead of `replies`, by path and id. */
let answer: ((path: string, id: string) => (response: ServerResponse) => void) | null;
let url: string;
let pauses: number[];

const ok = (response: ServerResponse): void => void response.end('{}');
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end();
  };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-deliver-'));
  asked = [];
  replies = [ok];
  answer = null;
  pauses = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const nth = replies[Math.min(asked.length, replies.length - 1)] as (typeof replies)[number];
      const reply = answer?.(request.url ?? '', String(request.headers['webhook-id'])) ?? nth;
      asked.push({ headers: request.headers, body, path: request.url ?? '' });
      reply(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const message = (n: number, title = 'value moved'): AlertMessage => {
  return { id: `A-${n}`, title, lines: ['5 ETH left <x> & went'], at: 1_700_000_000, body: { amount: '5' } };
};
const HOOK = (): Channel => ({ kind: 'webhook', name: 'hook', url, secretEnv: 'SECRET' });
const CHAT: Channel = { kind: 'slack', name: 'chat', urlEnv: 'SLACK' };
/** Never answers. */
const silent = (): void => {};

function deliverer(channels: readonly Channel[], changes: Partial<DeliveryOptions> = {}) {
  return createDeliverer({
    directory: folder,
    channels,
    env: ENV,
    instance: 'i1',
    print: () => {},
    now: () => 1_700_000_100,
    timeout: 2_000,
    delay: async (milliseconds) => pauses.push(milliseconds),
    ...changes,
  });
}

const states = (steps: readonly { state: string }[]): string[] => steps.map(({ state }) => state);

describe('a webhook', () => {
  test('is signed as Standard Webhooks say, and told once', async () => {
    const one = deliverer([HOOK()]);
    expect(states(await one.deliver([message(1)]))).toEqual(['delivered']);
    expect(await one.deliver([message(1)])).toEqual([]);
    expect(await deliverer([HOOK()]).deliver([message(1)])).toEqual([]);
    const [{ headers, body }] = asked as [Asked];
    expect(asked.length).toBe(1);
    const mac = createHmac('sha256', Buffer.from(KEY, 'base64'))
      .update(`i1-A-1-1700000000.1700000100.${body}`)
      .digest('base64');
    expect(headers).toMatchObject({
      'webhook-id': 'i1-A-1-1700000000',
      'webhook-timestamp': '1700000100',
      'webhook-signature': `v1,${mac}`,
      'content-type': 'application/json',
    });
    expect(headers['x-cairn-repeat']).toBeUndefined();
    expect(JSON.parse(body)).toMatchObject({ type: 'cairn.alert', data: { id: 'A-1', alert: { amount: '5' } } });
  });

  test('in trouble is tried again, after as long as it asks for, and signed anew', async () => {
    let clock = 1_700_000_100;
    replies = [status(500), status(429, { 'retry-after': '7' }), ok];
    const [step] = await deliverer([HOOK()], { now: () => clock++ }).deliver([message(1)]);
    expect(step).toMatchObject({ state: 'delivered', attempt: 1, mayHaveArrived: false });
    expect(pauses).toEqual([500, 7000]);
    // The clock is read for the step first. The receiver said each time that it did not take it.
    expect(asked.map(({ headers }) => headers['webhook-timestamp'])).toEqual([
      '1700000101',
      '1700000102',
      '1700000103',
    ]);
    expect(asked.map(({ headers }) => headers['x-cairn-repeat'])).toEqual([undefined, undefined, undefined]);
    expect(new Set(asked.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['i1-A-1-1700000000']));
  });

  test('that asks to be left alone for long, in seconds or until a date, is left till the next run', async () => {
    for (const after of ['61', new Date(Date.now() + 3_600_000).toUTCString()]) {
      asked = [];
      replies = [status(503, { 'retry-after': after })];
      const [step] = await deliverer([HOOK()]).deliver([message(1)]);
      expect(step).toMatchObject({ state: 'failed', reason: expect.stringMatching(/answered with status 503$/) });
      expect(asked.length).toBe(1);
    }
    expect(pauses).toEqual([]);
  });

  test('that refuses, or sends on elsewhere, has failed, and is tried by the next run', async () => {
    replies = [status(404)];
    const [failed] = await deliverer([HOOK()]).deliver([message(1)]);
    expect(failed).toMatchObject({
      state: 'failed',
      attempt: 1,
      reason: expect.stringMatching(/^127\.0\.0\.1:\d+ answered with status 404$/),
    });
    expect(asked.length).toBe(1);
    replies = [status(404), status(302, { location: '/elsewhere' })];
    expect(await deliverer([HOOK()]).deliver([message(1)])).toMatchObject([{ state: 'failed', attempt: 2 }]);
    replies = [ok];
    expect(await deliverer([HOOK()]).deliver([message(1)])).toMatchObject([
      { state: 'delivered', attempt: 3, repeat: false },
    ]);
    expect(asked.map(({ path }) => path)).toEqual(['/hook', '/hook', '/hook']);
  });

  test('that does not answer may have it: it is told again, and says so', async () => {
    replies = [silent];
    const [failed] = await deliverer([HOOK()], { timeout: 50 }).deliver([message(1)]);
    expect(failed).toMatchObject({ state: 'failed', mayHaveArrived: true });
    expect(failed?.reason).toMatch(/^127\.0\.0\.1:\d+ did not answer in time$/);
    expect(asked.map(({ headers }) => headers['x-cairn-repeat'])).toEqual([undefined, '1', '1', '1']);
    expect(pauses).toEqual([500, 1000, 2000]);
    replies = [ok];
    const [again] = await deliverer([HOOK()]).deliver([message(1)]);
    expect(again).toMatchObject({ state: 'delivered', attempt: 2, repeat: true });
    expect(asked.at(-1)?.headers).toMatchObject({ 'x-cairn-repeat': '1', 'webhook-id': 'i1-A-1-1700000000' });
  });

  test('stopped in the midst: what was under way is told again, and says so; the rest is told', async () => {
    const stop = new AbortController();
    replies = [() => stop.abort(), ok];
    const running = deliverer([HOOK()], { timeout: 60_000 }).deliver([message(1), message(2)], stop.signal);
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    expect(existsSync(join(folder, 'deliveries.jsonl.lock'))).toBe(false);
    expect(await deliverer([HOOK()]).deliver([message(1), message(2)])).toMatchObject([
      // What was tried least comes first.
      { alert: 'A-2', state: 'delivered', repeat: false },
      { alert: 'A-1', state: 'delivered', repeat: true },
    ]);
  });
});

test('a channel that is down is left till the next run, holds up no other, and no message holds up those behind it', async () => {
  const channels = [HOOK(), CHAT];
  const env = { ...ENV, SLACK: url.replace('/hook', '/chat') };
  const down = status(503);
  answer = (path) => (path === '/hook' ? down : ok);
  const first = await deliverer(channels, { env }).deliver([message(1), message(2)]);
  expect(first.map(({ alert, channel, state }) => `${alert} ${channel} ${state}`)).toEqual([
    'A-1 hook failed',
    'A-1 chat delivered',
    'A-2 chat delivered',
  ]);
  // The receiver fails at A-1 only: A-2 is told all the same.
  answer = (_, id) => (id === 'i1-A-1-1700000000' ? down : ok);
  const second = await deliverer(channels, { env }).deliver([message(1), message(2)]);
  expect(second.map(({ alert, channel, state }) => `${alert} ${channel} ${state}`)).toEqual([
    'A-2 hook delivered',
    'A-1 hook failed',
  ]);
});

test('two at once tell each alert once; one that waits in vain says so', async () => {
  const both = await Promise.all([deliverer([HOOK()]), deliverer([HOOK()])].map((one) => one.deliver([message(1)])));
  expect(both.map((done) => done.length).toSorted()).toEqual([0, 1]);
  expect(asked.length).toBe(1);
  const release = tryLock(join(folder, 'deliveries.jsonl.lock'));
  await expect(deliverer([HOOK()], { patience: 0 }).deliver([message(2)])).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
  });
  release?.();
  expect(states(await deliverer([HOOK()]).deliver([message(2)]))).toEqual(['delivered']);
});

test('a run that was cut off at any byte loses nothing and repeats nothing that was told', async () => {
  const pairs = ['A-1 hook', 'A-2 hook'];
  const messages = [message(1), message(2)];
  await deliverer([HOOK()]).deliver(messages);
  const path = join(folder, 'deliveries.jsonl');
  const whole = readFileSync(path);
  expect(whole.toString().split('\n').length).toBe(5);
  let cuts = 0;
  for (let end = 0; end <= whole.length; end++) {
    writeFileSync(path, whole.subarray(0, end));
    asked = [];
    // Read without Cairn: a line counts once its closing brace is there; no string in it has one.
    const lines = whole
      .subarray(0, end)
      .toString()
      .split('\n')
      .filter((line) => line.endsWith('}'));
    const having = (state: string) =>
      pairs.filter((pair) =>
        lines.some((line) => line.includes(`"${pair.split(' ')[0]}"`) && line.includes(`"state":"${state}"`)),
      );
    const open = pairs.filter((pair) => !having('delivered').includes(pair));
    const done = await deliverer([HOOK()]).deliver(messages);
    expect(done.map(({ alert, channel }) => `${alert} ${channel}`).toSorted()).toEqual(open);
    expect(asked.length).toBe(open.length);
    for (const { alert, state, repeat } of done) {
      expect(state).toBe('delivered');
      expect(repeat).toBe(having('begun').includes(`${alert} hook`));
      if (repeat) cuts++;
    }
    // What was cut off does not swallow what is written after it: nothing is left to tell.
    const delivered = deliverer([HOOK()])
      .steps()
      .filter(({ state }) => state === 'delivered');
    expect(delivered.map(({ alert, channel }) => `${alert} ${channel}`).toSorted()).toEqual(pairs);
  }
  expect(cuts).toBeGreaterThan(100);
});

test('an alert that has the id of one that was told is told, under an id of its own: the journal was put back from a copy', async () => {
  expect(states(await deliverer([HOOK()]).deliver([message(5)]))).toEqual(['delivered']);
  const other = { ...message(5, 'something else moved'), at: 1_700_000_060 };
  expect(await deliverer([HOOK()]).deliver([other])).toMatchObject([{ state: 'delivered', attempt: 1, repeat: false }]);
  expect(asked.map(({ headers }) => headers['webhook-id'])).toEqual(['i1-A-5-1700000000', 'i1-A-5-1700000060']);
  expect(await deliverer([HOOK()]).deliver([message(5), other])).toEqual([]);
});

test('secrets are in no step, no reason and no error', async () => {
  const secret = 's3cr3tSlackPath';
  const nobody: Channel = { ...HOOK(), name: 'nobody', url: `http://127.0.0.1:1/${secret}` } as Channel;
  const unknown: Channel = {
    ...HOOK(),
    name: 'unknown',
    url: `http://host.invalid/${secret}?key=${secret}`,
  } as Channel;
  const badKey: Channel = { ...HOOK(), name: 'bad-key', secretEnv: 'BAD' } as Channel;
  const badUrl: Channel = { ...CHAT, name: 'bad-url', urlEnv: 'BAD' } as Channel;
  const unset: Channel = { ...CHAT, name: 'unset', urlEnv: 'NOT_SET' } as Channel;
  const env = { ...ENV, SLACK: `${url}/T000/B000/${secret}`, BAD: `https://${secret}:${secret}@host.invalid/` };
  replies = [status(403)];
  const channels = [HOOK(), CHAT, nobody, unknown, badKey, badUrl, unset];
  const done = await deliverer(channels, { env }).deliver([message(5)]);
  expect(states(done)).toEqual(channels.map(() => 'failed'));
  expect(asked.some(({ path }) => path.includes(secret))).toBe(true);
  const kept = `${readFileSync(join(folder, 'deliveries.jsonl'), 'utf8')}${JSON.stringify(done)}`;
  for (const one of [secret, KEY]) expect(kept).not.toContain(one);
  expect(done.slice(4).map(({ reason }) => reason)).toEqual([
    'BAD in the environment is not whsec_ and the Base64 of a key of 24 to 64 bytes',
    'BAD in the environment is not an http or https URL without user and password',
    'the environment has no NOT_SET',
  ]);
  // Nobody took a message: told later, it is no repetition.
  expect(done.map(({ mayHaveArrived }) => mayHaveArrived)).toEqual(channels.map(() => false));
});

test('the console is told, once', async () => {
  const told: string[] = [];
  const console = deliverer([{ kind: 'console', name: 'here' }], { print: (text) => told.push(text) });
  await console.deliver([message(6)]);
  await console.deliver([message(6)]);
  expect(told).toEqual(['2023-11-14T22:13:20Z value moved\n  5 ETH left <x> & went']);
});

test('ids that could change what is signed, or add a header, are refused before anything is sent', async () => {
  expect(() => deliverer([HOOK()], { instance: 'a.b' })).toThrow('instance');
  await expect(deliverer([HOOK()]).deliver([{ ...message(1), id: 'A-1\r\nx: y' }])).rejects.toMatchObject({
    code: 'invalid-input',
  });
  await expect(deliverer([HOOK()]).deliver([{ ...message(1), at: 1.5 }])).rejects.toMatchObject({
    code: 'invalid-input',
  });
  expect(asked).toEqual([]);
});

test('a file that cannot be written: nothing is sent that could not be remembered', async () => {
  writeFileSync(join(folder, 'plain'), '');
  const nowhere = deliverer([HOOK()], { directory: join(folder, 'plain') });
  await expect(nowhere.deliver([message(1)])).rejects.toMatchObject({ code: 'unavailable' });
  expect(asked).toEqual([]);
});
