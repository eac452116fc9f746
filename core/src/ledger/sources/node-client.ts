import { setTimeout as wait } from 'node:timers/promises';
import { CairnError, isCairnError } from '../../errors.ts';

/** A node that answers JSON-RPC over HTTP. */
export type NodeClient = {
  /** Host of the URL, for messages: the URL itself may carry a key. */
  readonly host: string;
  /** @throws unavailable: no answer after every attempt, or the node's own error; interrupted. */
  ask(method: string, params: readonly unknown[]): Promise<unknown>;
  /** As `ask`; null where the node answers with an error of its own: no such method, no such state. */
  askOrNull(method: string, params: readonly unknown[]): Promise<unknown>;
};

export type NodeClientOptions = {
  /** How long one attempt may take, milliseconds. */
  readonly timeout?: number;
  /** How many times a question is asked again where no answer comes. */
  readonly retries?: number;
  readonly signal?: AbortSignal | undefined;
};

const TIMEOUT = 30_000;
const RETRIES = 4;
/** First pause before asking again, milliseconds; each later one is twice as long. */
const FIRST_PAUSE = 250;

/** What a node said no to. Told apart from a node that does not answer: asking again would not help. */
type Refusal = { readonly refused: string };

/** @throws invalid-input for a URL that is none. */
export function createNodeClient(url: string, options: NodeClientOptions = {}): NodeClient {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new CairnError('invalid-input', 'the node must be given as an http or https URL');
  }
  const { host } = parsed;
  let id = 0;
  const question = async (method: string, params: readonly unknown[]): Promise<{ result: unknown } | Refusal> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params });
    const reply = await postWithRetries({ url, host, body }, options);
    const { error, result } = (reply ?? {}) as { error?: { message?: unknown }; result?: unknown };
    return error === undefined || error === null ? { result } : { refused: String(error.message ?? 'an error') };
  };
  return {
    host,
    async ask(method, params) {
      const answer = await question(method, params);
      if (!('refused' in answer)) return answer.result ?? null;
      const told = answer.refused.replaceAll(url, host).slice(0, 200);
      throw new CairnError('unavailable', `the node at ${host} refused ${method}: ${told}`, { retryable: true });
    },
    async askOrNull(method, params) {
      const answer = await question(method, params);
      return 'refused' in answer ? null : (answer.result ?? null);
    },
  };
}

type Post = { readonly url: string; readonly host: string; readonly body: string };

/**
 * Sends a JSON body and reads a JSON answer; asks again where none comes, the connection breaks or the server is busy.
 * @throws unavailable, interrupted.
 */
export async function postWithRetries(post: Post, options: NodeClientOptions): Promise<unknown> {
  const attempts = (options.retries ?? RETRIES) + 1;
  let reason = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await pause(FIRST_PAUSE * 2 ** (attempt - 1), options.signal);
    const answer = await postOnce(post, options);
    if ('value' in answer) return answer.value;
    reason = answer.reason;
    if (!answer.again) break;
  }
  throw new CairnError('unavailable', `the node at ${post.host} did not answer: ${reason}`, {
    retryable: true,
    hints: ['what was imported before stays; run the command again to go on'],
  });
}

type Attempt = { readonly value: unknown } | { readonly reason: string; readonly again: boolean };

async function postOnce({ url, body }: Post, options: NodeClientOptions): Promise<Attempt> {
  const timeout = AbortSignal.timeout(options.timeout ?? TIMEOUT);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    if (response.ok) return { value: await response.json() };
    return { reason: `HTTP ${response.status}`, again: response.status === 429 || response.status >= 500 };
  } catch (error) {
    if (options.signal?.aborted) throw interrupted();
    if (isCairnError(error)) throw error;
    // The cause is left out: its message may repeat the URL, and with it a key.
    return {
      reason: timeout.aborted ? 'it took too long' : 'the connection failed, or the answer was no JSON',
      again: true,
    };
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw interrupted();
  }
}

function interrupted(): CairnError {
  return new CairnError('interrupted', 'stopped while asking the node');
}
