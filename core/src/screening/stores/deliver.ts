import { createHmac } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { CairnError } from '../../errors.ts';
import type { Channel } from '../deliver/channel.ts';
import { type AlertMessage, consoleText, emailParts, slackBody, webhookBody } from '../deliver/message.ts';
import { type Delivery, dueOf, readSteps } from '../deliver/outbox.ts';
import { tryLock } from './journal-lock.ts';

export type DeliveryOptions = {
  /** Where `deliveries.jsonl` is kept. */
  readonly directory: string;
  readonly channels: readonly Channel[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells this data directory from others in the ids of messages. */
  readonly instance: string;
  readonly print: (text: string) => void;
  /** Unix seconds. */
  readonly now: () => number;
  /** Milliseconds that one attempt may take; default 10,000. */
  readonly timeout?: number;
  /** Pauses between attempts; tests give one that does not wait. */
  readonly delay?: (milliseconds: number) => Promise<unknown>;
};

export type Deliverer = {
  /**
   * Tells every message on every channel that has not had it. What fails is tried again at the next call. A message is told at least
   * once, with the same id each time, so that a receiver who keeps ids has it exactly once.
   * @returns the last step of each that was due.
   */
  deliver(messages: readonly AlertMessage[], signal?: AbortSignal): Promise<Delivery[]>;
  /** Every step so far, oldest first. */
  steps(): Delivery[];
};

const TIMEOUT = 10_000;
/** Attempts at one delivery before it counts as failed for now, and the first pause between them; each later one is twice as long. */
const ATTEMPTS = 4;
const FIRST_PAUSE = 500;

export function createDeliverer(options: DeliveryOptions): Deliverer {
  const path = join(options.directory, 'deliveries.jsonl');
  const steps = (): Delivery[] => (existsSync(path) ? readSteps(readFileSync(path, 'utf8')) : []);
  const append = (step: Delivery): Delivery => {
    appendLine(path, JSON.stringify(step));
    return step;
  };
  const begin = (alert: string, channel: string): Delivery | null => {
    const due = dueOf(steps(), alert, channel);
    return due === null ? null : append({ alert, channel, state: 'begun', at: options.now(), ...due, reason: null });
  };
  return {
    steps,
    async deliver(messages, signal) {
      mkdirSync(options.directory, { recursive: true });
      // Another process that is telling alerts now tells these as well.
      const release = tryLock(`${path}.lock`);
      if (release === null) return [];
      const done: Delivery[] = [];
      try {
        for (const message of messages) {
          for (const channel of options.channels) {
            if (signal?.aborted) throw stopped();
            const begun = begin(message.id, channel.name);
            if (begun === null) continue;
            const reason = await send(channel, message, begun.repeat, options, signal);
            const state = reason === null ? 'delivered' : 'failed';
            done.push(append({ ...begun, state, at: options.now(), reason }));
          }
        }
      } finally {
        release();
      }
      return done;
    },
  };
}

function stopped(): CairnError {
  return new CairnError('interrupted', 'stopped; what was not told is told by the next run');
}

/** On the disk when it returns. What an earlier process left without a line's end is closed off first. */
function appendLine(path: string, line: string): void {
  const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const isOpen = content.length > 0 && content.at(-1) !== 0x0a;
  const file = openSync(path, 'a', 0o600);
  try {
    writeSync(file, `${isOpen ? '\n' : ''}${line}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** @returns why it failed, without secrets; null: it is told. */
async function send(
  channel: Channel,
  message: AlertMessage,
  repeat: boolean,
  options: DeliveryOptions,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const id = `${options.instance}-${message.id}`;
  switch (channel.kind) {
    case 'console':
      options.print(consoleText(message, repeat));
      return null;
    case 'webhook':
      return withSecret(channel.secretEnv, options, (secret) => {
        const body = webhookBody(message);
        return post(channel.url, body, () => signed(id, body, secret, repeat, options.now()), options, signal);
      });
    case 'slack':
      return withSecret(channel.urlEnv, options, (url) =>
        post(url, slackBody(message, repeat), () => ({}), options, signal),
      );
    case 'email':
      return channel.passwordEnv === null
        ? mail(channel, null, message, repeat, id, options)
        : withSecret(channel.passwordEnv, options, (password) => mail(channel, password, message, repeat, id, options));
  }
}

async function withSecret(
  name: string,
  { env }: DeliveryOptions,
  use: (secret: string) => Promise<string | null>,
): Promise<string | null> {
  const secret = env[name];
  return secret === undefined || secret === '' ? `the environment has no ${name}` : use(secret);
}

/** @see https://www.standardwebhooks.com: HMAC-SHA256 over id, time and body, with the key of a secret `whsec_` + Base64. */
function signed(id: string, body: string, secret: string, repeat: boolean, at: number): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${mac}`,
    ...(repeat ? { 'x-cairn-repeat': '1' } : {}),
  };
}

async function post(
  url: string,
  body: string,
  headers: () => Record<string, string>,
  { timeout = TIMEOUT, delay = (ms) => wait(ms) }: DeliveryOptions,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const host = URL.parse(url)?.host;
  if (host === undefined) return 'its URL is none';
  let reason = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let pause = FIRST_PAUSE * 2 ** attempt;
    try {
      const reply = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers() },
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])]),
      });
      await reply.arrayBuffer();
      if (reply.ok) return null;
      reason = `${host} answered with status ${reply.status}`;
      if (reply.status < 500 && reply.status !== 429) return reason;
      const after = Number(reply.headers.get('retry-after'));
      if (Number.isFinite(after)) pause = Math.max(pause, Math.min(after, 60) * 1000);
    } catch (error) {
      // The message may repeat the URL: only what kind of trouble it was is told.
      const { name, cause } = error as { name: string; cause?: { code?: string } };
      reason = name === 'TimeoutError' ? `${host} did not answer in time` : `${host}: ${cause?.code ?? name}`;
    }
    if (signal?.aborted) return 'stopped';
    if (attempt + 1 < ATTEMPTS) await delay(pause);
  }
  return reason;
}

async function mail(
  channel: Extract<Channel, { kind: 'email' }>,
  password: string | null,
  message: AlertMessage,
  repeat: boolean,
  id: string,
  { timeout = TIMEOUT }: DeliveryOptions,
): Promise<string | null> {
  const { host, port, secure, user, from, to } = channel;
  const auth = user === null || password === null ? {} : { auth: { user, pass: password } };
  const waits = { connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout };
  const transport = createTransport({ host, port, secure, ...auth, ...waits });
  try {
    const { subject, text } = emailParts(message, repeat);
    // Always the same: a mail that arrives twice can be told from two alerts.
    await transport.sendMail({ from, to: [...to], subject, text, messageId: `<${id}@cairn.alerts>` });
    return null;
  } catch (error) {
    const { code, responseCode } = error as { code?: string; responseCode?: number };
    return `${host}:${port}: ${responseCode ?? code ?? 'it failed'}`;
  } finally {
    transport.close();
  }
}
