import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel } from '../deliver/channel.ts';
import { type AlertMessage, slackBody } from '../deliver/message.ts';
import { createDeliverer } from './deliver.ts';

const KEY = Buffer.from('a key of twenty-four by.').toString('base64');
const ENV = { SECRET: `whsec_${KEY}`, SMTP_PASSWORD: 'pa55-w0rd', SLACK: '' };

type Asked = { readonly headers: NodeJS.Dict<string | string[]>; readonly body: string; readonly path: string };

let folder: string;
let server: Server;
let asked: Asked[];
/** What the server does with its nth request, from 0; the last holds for those after it. */
let replies: ((response: ServerResponse) => void)[];
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
  pauses = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const reply = replies[Math.min(asked.length, replies.length - 1)] as (typeof replies)[number];
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
const told: string[] = [];

function deliverer(channels: readonly Channel[], env: Record<string, string> = ENV) {
  return createDeliverer({
    directory: folder,
    channels,
    env,
    instance: 'i1',
    print: (text) => told.push(text),
    now: () => 1_700_000_100,
    timeout: 200,
    delay: async (milliseconds) => pauses.push(milliseconds),
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
    const mac = createHmac('sha256', Buffer.from(KEY, 'base64')).update(`i1-A-1.1700000100.${body}`).digest('base64');
    expect(headers).toMatchObject({
      'webhook-id': 'i1-A-1',
      'webhook-timestamp': '1700000100',
      'webhook-signature': `v1,${mac}`,
      'content-type': 'application/json',
    });
    expect(headers['x-cairn-repeat']).toBeUndefined();
    expect(JSON.parse(body)).toMatchObject({ type: 'cairn.alert', data: { id: 'A-1', alert: { amount: '5' } } });
  });

  test('in trouble is tried again, after as long as it asks for', async () => {
    replies = [status(500), status(429, { 'retry-after': '7' }), ok];
    expect(states(await deliverer([HOOK()]).deliver([message(1)]))).toEqual(['delivered']);
    expect(asked.length).toBe(3);
    expect(pauses).toEqual([500, 7000]);
  });

  test('that refuses, or never answers, has failed, and is tried by the next run', async () => {
    replies = [status(404)];
    const [failed] = await deliverer([HOOK()]).deliver([message(1)]);
    expect(failed).toMatchObject({
      state: 'failed',
      attempt: 1,
      reason: expect.stringMatching(/^127\.0\.0\.1:\d+ answered with status 404$/),
    });
    expect(asked.length).toBe(1);
    replies = [() => {}];
    const [silent] = await deliverer([HOOK()]).deliver([message(1)]);
    expect(silent).toMatchObject({
      state: 'failed',
      attempt: 2,
      reason: expect.stringContaining('did not answer in time'),
    });
    replies = [ok];
    expect(await deliverer([HOOK()]).deliver([message(1)])).toMatchObject([
      { state: 'delivered', attempt: 3, repeat: false },
    ]);
  });
});

test('a run that was cut off anywhere loses nothing and repeats nothing that was told', async () => {
  const channels: Channel[] = [HOOK(), { kind: 'slack', name: 'chat', urlEnv: 'SLACK' }];
  const env = { ...ENV, SLACK: url };
  await deliverer(channels, env).deliver([message(1), message(2)]);
  const path = join(folder, 'deliveries.jsonl');
  const whole = readFileSync(path);
  for (let end = 0; end <= whole.length; end++) {
    writeFileSync(path, whole.subarray(0, end));
    const before = deliverer(channels, env).steps();
    asked = [];
    const done = await deliverer(channels, env).deliver([message(1), message(2)]);
    const told = before.filter(({ state }) => state === 'delivered').map(({ alert, channel }) => `${alert} ${channel}`);
    expect(done.map(({ alert, channel }) => `${alert} ${channel}`)).toEqual(
      ['A-1 hook', 'A-1 chat', 'A-2 hook', 'A-2 chat'].filter((one) => !told.includes(one)),
    );
    expect(asked.length).toBe(4 - told.length);
    const open = before.at(-1)?.state === 'begun' ? before.at(-1) : undefined;
    for (const step of done) expect(step.repeat).toBe(step.alert === open?.alert && step.channel === open.channel);
    expect(await deliverer(channels, env).deliver([message(1), message(2)])).toEqual([]);
  }
});

test('Slack: its signs are escaped, long texts are cut, and no more blocks than it takes', () => {
  const lines = Array.from({ length: 80 }, (_, i) => (i === 0 ? `<!channel> & ${'x'.repeat(5000)}` : `line ${i}`));
  const { text, blocks } = JSON.parse(slackBody({ ...message(3, 'a <b> & c'), lines }, true)) as {
    text: string;
    blocks: { text: { text: string } }[];
  };
  expect(text).toBe('a &lt;b&gt; &amp; c');
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(blocks[1]?.text.text.startsWith('&lt;!channel&gt; &amp; xxx')).toBe(true);
  expect(blocks[1]?.text.text.length).toBe(3000);
  expect(blocks.at(-1)?.text.text).toBe('33 more: cairn alerts show A-3');
});

test('e-mail: one message with the alert’s id; a title adds no header', async () => {
  const mails: string[] = [];
  const users: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, done) => {
      users.push(`${username}:${password}`);
      done(null, { user: username ?? '' });
    },
    onData: (stream, _, done) => {
      let text = '';
      stream.on('data', (chunk) => {
        text += String(chunk);
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const { port } = smtp.server.address() as AddressInfo;
  const channel: Channel = {
    ...{ kind: 'email', name: 'mail', host: '127.0.0.1', port, secure: false },
    ...{ user: 'cairn', passwordEnv: 'SMTP_PASSWORD', from: 'cairn@example.org', to: ['desk@example.org'] },
  };
  const done = await deliverer([channel]).deliver([message(4, 'moved\r\nBcc: thief@example.org')]);
  smtp.close();
  expect(done).toMatchObject([{ state: 'delivered' }]);
  expect(users).toEqual(['cairn:pa55-w0rd']);
  const [head] = (mails[0] as string).split('\r\n\r\n') as [string];
  expect(head).toContain('Message-ID: <i1-A-4@cairn.alerts>');
  expect(head).toContain('Subject: moved Bcc: thief@example.org');
  expect(head).not.toMatch(/^Bcc:/m);
});

test('secrets are in no step and no reason', async () => {
  const slack = `${url}/T000/B000/s3cr3tSlackPath`;
  const env = { ...ENV, SLACK: slack };
  replies = [status(403)];
  const channels: Channel[] = [HOOK(), { kind: 'slack', name: 'chat', urlEnv: 'SLACK' }];
  const nobody: Channel = { ...HOOK(), name: 'nobody', url: 'http://127.0.0.1:1/hook' } as Channel;
  const done = await deliverer([...channels, nobody], env).deliver([message(5)]);
  expect(states(done)).toEqual(['failed', 'failed', 'failed']);
  expect(asked.some(({ path }) => path.includes('s3cr3tSlackPath'))).toBe(true);
  const kept = `${readFileSync(join(folder, 'deliveries.jsonl'), 'utf8')}${JSON.stringify(done)}`;
  for (const secret of ['s3cr3tSlackPath', KEY, 'pa55-w0rd']) expect(kept).not.toContain(secret);
  const missing = await deliverer([{ kind: 'slack', name: 'other', urlEnv: 'NOT_SET' }]).deliver([message(5)]);
  expect(missing).toMatchObject([{ state: 'failed', reason: 'the environment has no NOT_SET' }]);
});

test('the console has it with its time', async () => {
  told.length = 0;
  await deliverer([{ kind: 'console', name: 'here' }]).deliver([message(6)]);
  expect(told).toEqual(['2023-11-14T22:13:20Z value moved\n  5 ETH left <x> & went']);
});
