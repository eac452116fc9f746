import { join } from 'node:path';
import { CairnError } from '../../errors.ts';
import { type Channel, isPostable } from '../deliver/channel.ts';
import { type AlertMessage, consoleText, slackBody, webhookBody } from '../deliver/message.ts';
import { createOutbox, type Delivery, type Outbox } from '../deliver/outbox.ts';
import { readWebhookSecret, signWebhook } from '../deliver/signature.ts';
import { sendMail } from './deliver-mail.ts';
import { appendStep, loadSteps, stopped, whileLocked } from './deliver-outbox.ts';
import { type Outcome, post, TOLD, type Waits } from './deliver-post.ts';

export type DeliveryOptions = {
  /** Where `deliveries.jsonl` is kept. */
  readonly directory: string;
  readonly channels: readonly Channel[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells this data directory from others in the ids of messages: letters, digits, `-` and `_`. */
  readonly instance: string;
  readonly print: (text: string) => void;
  /** Unix seconds. */
  readonly now: () => number;
  /** Milliseconds that one attempt may take; default 10,000. */
  readonly timeout?: number;
  /** Pauses between attempts; tests give one that does not wait. */
  readonly delay?: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds to wait for another process that is telling alerts; default 60,000. */
  readonly patience?: number;
};

export type Deliverer = {
  /**
   * Tells every message on every channel that has not had it. What fails is tried again at the next call; a channel that is down is left
   * till then, and what was tried least comes first. A message is told at least once, with the same id each time, so that a receiver who
   * keeps ids has it exactly once. Where an earlier attempt may have arrived, the message says so.
   * @returns the last step of each that was tried, channel by channel.
   * @throws {CairnError} `interrupted`; `unavailable`: the file cannot be written, or another process is telling alerts; `invalid-input`:
   * a message's id is not of letters, digits, `-` and `_`, or its time not of whole seconds.
   */
  deliver(messages: readonly AlertMessage[], signal?: AbortSignal): Promise<Delivery[]>;
  /** Every step so far, oldest first. @throws {CairnError} `unavailable` */
  steps(): Delivery[];
};

const TIMEOUT = 10_000;
/** Longer than a channel that never answers is waited for: four attempts of 10 s and the pauses between them. */
const PATIENCE = 60_000;

/** What messages are sent to one after another: a channel, and of e-mail one receiver, so that each has every mail once. */
type Target = { readonly key: string; readonly channel: Channel; readonly to: string };

/** @throws {CairnError} `invalid-input`: `instance` is not of letters, digits, `-` and `_`. */
export function createDeliverer(options: DeliveryOptions): Deliverer {
  const path = join(options.directory, 'deliveries.jsonl');
  assertId(options.instance, 'an instance');
  const targets = options.channels.flatMap(targetsOf);
  return {
    steps: () => loadSteps(path),
    async deliver(messages, signal) {
      for (const message of messages) assertMessage(message);
      return whileLocked(`${path}.lock`, options.patience ?? PATIENCE, signal, async () => {
        const outbox = createOutbox(loadSteps(path));
        const record = (step: Delivery): Delivery => {
          appendStep(path, step);
          outbox.add(step);
          return step;
        };
        const told = targets.map((target) => tell(target, messages, { options, outbox, record, signal }));
        // All of them have ended before the lock is given back.
        const ended = await Promise.allSettled(told);
        return ended.flatMap((one) => {
          if (one.status === 'rejected') throw one.reason;
          return one.value;
        });
      });
    },
  };
}

function targetsOf(channel: Channel): Target[] {
  if (channel.kind !== 'email') return [{ key: channel.name, channel, to: '' }];
  return [...new Set(channel.to)].map((to) => ({ key: `${channel.name}/${to}`, channel, to }));
}

/** Ids go into headers and into what is signed, where a dot parts them. */
function assertId(id: string, what: string): void {
  if (/^[\w-]{1,60}$/.test(id)) return;
  throw new CairnError('invalid-input', `${what} is called by up to 60 letters, digits, - and _, not '${id}'`);
}

function assertMessage({ id, at }: AlertMessage): void {
  assertId(id, 'an alert');
  if (Number.isSafeInteger(at) && at >= 0) return;
  throw new CairnError('invalid-input', `${id} was raised at whole seconds since 1970, not ${at}`);
}

type Telling = {
  readonly options: DeliveryOptions;
  readonly outbox: Outbox;
  readonly record: (step: Delivery) => Delivery;
  readonly signal: AbortSignal | undefined;
};

async function tell(target: Target, messages: readonly AlertMessage[], telling: Telling): Promise<Delivery[]> {
  const { options, outbox, record, signal } = telling;
  const attemptOf = (message: AlertMessage): number => outbox.dueOf(message, target.key)?.attempt ?? 0;
  const done: Delivery[] = [];
  // A message that brings the receiver down would otherwise keep those behind it waiting for ever.
  for (const message of messages.toSorted((a, b) => attemptOf(a) - attemptOf(b))) {
    const due = outbox.dueOf(message, target.key);
    if (due === null) continue;
    if (signal?.aborted) throw stopped();
    const of = { alert: message.id, raisedAt: message.at, channel: target.key };
    const step = { ...of, ...due, reason: null, mayHaveArrived: false };
    record({ ...step, state: 'begun', at: options.now() });
    const { isDown, ...outcome } = await send(target, message, due.repeat, options, signal);
    const state = outcome.reason === null ? 'delivered' : 'failed';
    done.push(record({ ...step, ...outcome, state, at: options.now() }));
    if (!isDown) continue;
    if (signal?.aborted) throw stopped();
    break;
  }
  return done;
}

async function send(
  { channel, to }: Target,
  message: AlertMessage,
  repeat: boolean,
  options: DeliveryOptions,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const { env, instance, now, timeout = TIMEOUT, delay = null } = options;
  const waits: Waits = { timeout, delay, signal };
  switch (channel.kind) {
    case 'console':
      options.print(consoleText(message, repeat));
      return TOLD;
    case 'webhook': {
      const key = readWebhookSecret(env[channel.secretEnv] ?? '');
      if (key === null) return unset(channel.secretEnv, 'whsec_ and the Base64 of a key of 24 to 64 bytes', env);
      const body = webhookBody(message);
      const headers = (again: boolean) =>
        signedHeaders(key, `${instance}-${message.id}-${message.at}`, now(), body, again);
      return post(channel.url, repeat, (again) => ({ body, headers: headers(again) }), waits);
    }
    case 'slack': {
      const url = env[channel.urlEnv] ?? '';
      if (!isPostable(url)) return unset(channel.urlEnv, 'an http or https URL without user and password', env);
      return post(url, repeat, (again) => ({ body: slackBody(message, again), headers: {} }), waits);
    }
    case 'email': {
      const { passwordEnv } = channel;
      const password = passwordEnv === null ? null : env[passwordEnv];
      if (passwordEnv !== null && !password) return unset(passwordEnv, 'a password', env);
      const messageId = `<${instance}.${message.id}.${message.at}@cairn>`;
      return sendMail({ channel, to, password: password ?? null, message, repeat, messageId }, waits);
    }
  }
}

/** Never says what the variable holds. */
function unset(name: string, wanted: string, env: DeliveryOptions['env']): Outcome {
  const reason = env[name] ? `${name} in the environment is not ${wanted}` : `the environment has no ${name}`;
  return { reason, mayHaveArrived: false, isDown: true };
}

/** @see https://www.standardwebhooks.com */
function signedHeaders(key: Uint8Array, id: string, at: number, body: string, repeat: boolean): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': signWebhook(key, id, at, body),
    ...(repeat ? { 'x-cairn-repeat': '1' } : {}),
  };
}
