import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Channel } from '../deliver/channel.ts';
import type { AlertMessage } from '../deliver/message.ts';
import { createDeliverer } from './deliver.ts';

type Mailed = { readonly to: readonly string[]; readonly text: string };

let folder: string;
let smtp: SMTPServer | null;
let mails: Mailed[];
let users: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-mail-'));
  smtp = null;
  mails = [];
  users = [];
});

afterEach(() => {
  smtp?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A server that keeps what it is sent. @returns its port. */
async function serve(options: SMTPServerOptions = {}): Promise<number> {
  smtp = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    // A test that leaves a connection open does not wait for it.
    closeTimeout: 0,
    onAuth: ({ username, password }, _, done) => {
      users.push(`${username}:${password}`);
      done(null, { user: username ?? '' });
    },
    onData: (stream, { envelope }, done) => {
      let text = '';
      stream.on('data', (chunk) => {
        text += String(chunk);
      });
      stream.on('end', () => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
    ...options,
  });
  smtp.on('error', () => {});
  const { server } = smtp.listen(0, '127.0.0.1') && smtp;
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  return (server.address() as AddressInfo).port;
}

type Email = Extract<Channel, { kind: 'email' }>;

const mailTo = (port: number, changes: Partial<Email> = {}): Email => ({
  ...{ kind: 'email', name: 'mail', host: '127.0.0.1', port, secure: false },
  ...{ user: 'cairn', passwordEnv: 'SMTP_PASSWORD', from: 'cairn@example.org', to: ['desk@example.org'] },
  ...changes,
});

const message = (title: string): AlertMessage => ({
  ...{ id: 'A-4', title, lines: ['5 ETH left'], at: 1_700_000_000, body: null },
});

const deliver = (channel: Channel, title = 'moved', timeout = 2_000, signal?: AbortSignal) =>
  createDeliverer({
    directory: folder,
    channels: [channel],
    env: { SMTP_PASSWORD: 'pa55-w0rd' },
    instance: 'i1',
    print: () => {},
    now: () => 1_700_000_100,
    timeout,
  }).deliver([message(title)], signal);

const headOf = ({ text }: Mailed): string => text.slice(0, text.indexOf('\r\n\r\n'));

test('one mail under the alert’s id; a title adds no header', async () => {
  const done = await deliver(mailTo(await serve()), 'moved\r\nBcc: thief@example.org');
  expect(done).toMatchObject([{ state: 'delivered', channel: 'mail/desk@example.org' }]);
  expect(users).toEqual(['cairn:pa55-w0rd']);
  expect(mails.map(({ to }) => to)).toEqual([['desk@example.org']]);
  const head = headOf(mails[0] as Mailed);
  expect(head).toMatch(/^Message-ID: <i1\.A-4\.1700000000@cairn>\r$/m);
  expect(head).toMatch(/^Subject: moved Bcc: thief@example\.org\r$/m);
  expect(head).not.toMatch(/^Bcc:/m);
  expect(mails[0]?.text).toContain('\r\n\r\nmoved Bcc: thief@example.org\r\n\r\n5 ETH left\r\n');
});

test('each receiver has it once, also where another is refused', async () => {
  let isRefused = true;
  const port = await serve({
    onRcptTo: ({ address }, _, done) => {
      if (isRefused && address.startsWith('gone'))
        done(Object.assign(new Error('no such user'), { responseCode: 550 }));
      else done();
    },
  });
  const channel = mailTo(port, { to: ['gone@example.org', 'desk@example.org'] });
  const first = await deliver(channel);
  expect(first).toMatchObject([
    { channel: 'mail/gone@example.org', state: 'failed', reason: `127.0.0.1:${port} answered with status 550` },
    { channel: 'mail/desk@example.org', state: 'delivered' },
  ]);
  isRefused = false;
  expect(await deliver(channel)).toMatchObject([
    { channel: 'mail/gone@example.org', state: 'delivered', repeat: false },
  ]);
  expect(mails.map(({ to }) => to)).toEqual([['desk@example.org'], ['gone@example.org']]);
});

test('a server that takes a mail and does not say so may have it: sent again under the same id, saying so', async () => {
  let isSilent = true;
  const port = await serve({
    onData: (stream, { envelope }, done) => {
      let text = '';
      stream.on('data', (chunk) => {
        text += String(chunk);
      });
      stream.on('end', () => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text });
        if (!isSilent) done();
      });
    },
  });
  const [failed] = await deliver(mailTo(port), 'moved', 300);
  expect(failed).toMatchObject({ state: 'failed', mayHaveArrived: true, reason: `127.0.0.1:${port}: ETIMEDOUT` });
  isSilent = false;
  expect(await deliver(mailTo(port))).toMatchObject([{ state: 'delivered', attempt: 2, repeat: true }]);
  expect(mails.length).toBe(2);
  for (const mail of mails) expect(headOf(mail)).toContain('Message-ID: <i1.A-4.1700000000@cairn>');
  expect(mails.map(({ text }) => text.includes('Sent again: an earlier attempt may have arrived.'))).toEqual([
    false,
    true,
  ]);
});

test('a password is not sent in the clear to another machine, and a refused login tells nothing of it', async () => {
  // 0.0.0.0 is reached here, and is not written as a name of this machine.
  const port = await serve();
  const [open] = await deliver(mailTo(port, { host: '0.0.0.0' }));
  expect(open).toMatchObject({ state: 'failed', mayHaveArrived: false });
  expect(users).toEqual([]);
  expect(mails).toEqual([]);
  smtp?.close();
  const strict = await serve({
    onAuth: ({ password }, _, done) => done(new Error(`wrong password ${password}`)),
  });
  const [refused] = await deliver(mailTo(strict));
  expect(refused).toMatchObject({ state: 'failed', reason: `127.0.0.1:${strict} answered with status 535` });
  expect(readFileSync(join(folder, 'deliveries.jsonl'), 'utf8')).not.toContain('pa55-w0rd');
});

test('a server that is not there has not had it', async () => {
  const [failed] = await deliver(mailTo(1));
  expect(failed).toMatchObject({ state: 'failed', mayHaveArrived: false, reason: '127.0.0.1:1: ECONNREFUSED' });
});

test('a server that never comes to an end is given up, and being stopped ends it at once', async () => {
  // Every 20 ms a line of an answer that goes on: no pause is long enough to count as silence.
  const endless = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 here\r\n');
    socket.once('data', () => {
      const more = setInterval(() => socket.write('250-more\r\n'), 20);
      socket.once('close', () => clearInterval(more));
    });
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  const { port } = endless.address() as AddressInfo;
  try {
    const [failed] = await deliver(mailTo(port), 'moved', 200);
    expect(failed).toMatchObject({ state: 'failed', mayHaveArrived: true, attempt: 1 });
    expect(failed?.reason).toBe(`127.0.0.1:${port} did not end in time`);
    const stop = new AbortController();
    endless.once('connection', () => stop.abort());
    await expect(deliver(mailTo(port), 'moved', 60_000, stop.signal)).rejects.toMatchObject({ code: 'interrupted' });
  } finally {
    endless.close();
  }
});
