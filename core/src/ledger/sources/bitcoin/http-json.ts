import { setTimeout as wait } from 'node:timers/promises';
import { CairnError } from '../../../errors.ts';

export type HttpOptions = {
  /** Milliseconds after which a request counts as lost. */
  readonly timeout?: number;
  /** Requests after the first before a source is given up. */
  readonly retries?: number;
  /** How long to wait before a retry; tests give one that does not. */
  readonly delay?: (milliseconds: number) => Promise<void>;
  readonly signal?: AbortSignal;
};

/** A node takes seconds for a full block of 2 MB of JSON; public services less. */
const TIMEOUT = 60_000;
const RETRIES = 5;
/** Waits of 1, 2, 4, 8, 16 seconds. */
const FIRST_WAIT = 1_000;

export type HttpRequest = {
  readonly url: string;
  /** What the source is called in messages: its host, never a key. */
  readonly host: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST; absent: GET. */
  readonly body?: unknown;
};

export type HttpReply = { readonly status: number; readonly text: string };

/**
 * Sends a request, again after a growing wait where the source is silent, busy (429) or in trouble (5xx).
 * @param isFinal - replies of such a status that are an answer all the same: JSON-RPC errors come with 500.
 * @throws {CairnError} `unavailable`, retryable, once it has been tried often enough; `interrupted`.
 */
export async function request(
  { url, host, headers, body }: HttpRequest,
  options: HttpOptions,
  isFinal: (reply: HttpReply) => boolean = () => false,
): Promise<HttpReply> {
  const { timeout = TIMEOUT, retries = RETRIES, delay = (ms) => wait(ms), signal } = options;
  let trouble = '';
  for (let attempt = 0; attempt <= retries; attempt++) {
    if (attempt > 0) await delay(FIRST_WAIT * 2 ** (attempt - 1));
    if (signal?.aborted) throw new CairnError('interrupted', `stopped while ${host} was asked`);
    try {
      const signals = [AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])];
      const reply = await fetch(url, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        signal: AbortSignal.any(signals),
      });
      const told = { status: reply.status, text: await reply.text() };
      if ((told.status < 500 && told.status !== 429) || isFinal(told)) return told;
      trouble = `it answered with status ${told.status}`;
    } catch (error) {
      if (signal?.aborted) throw new CairnError('interrupted', `stopped while ${host} was asked`);
      trouble = describe(error, timeout);
    }
  }
  // The cause is left out: its message may repeat the URL, which may carry a password.
  throw new CairnError('unavailable', `${host} did not answer, asked ${retries + 1} times: ${trouble}`, {
    retryable: true,
    hints: ['what is committed stays: run the command again and it goes on from there'],
  });
}

function describe(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no reply within ${timeout / 1000} s`;
  const { code } = (error.cause ?? {}) as { code?: string };
  return code ?? error.name;
}

/** @throws {CairnError} `unavailable`: the source answers with something else. */
export function parseReply(text: string, host: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CairnError('unavailable', `${host} answered with something that is not JSON: ${text.slice(0, 80)}`, {
      hints: ['is the URL that of the interface, not of a web page?'],
    });
  }
}

/** @throws {CairnError} `invalid-input` */
export function parseUrl(text: string, what: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new CairnError('invalid-input', `${what} must be an http or https URL`);
}
