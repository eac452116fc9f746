import { setTimeout as wait } from 'node:timers/promises';
import PQueue from 'p-queue';
import { CairnError, isCairnError } from '../../../errors.ts';
import { createMeter, type Meter } from './meter.ts';
import type { ReplyCache } from './reply-cache.ts';
import { basicToken, createRedactor, type Redactor } from './secrets.ts';

/** One attempt to ask a source, as it goes into the log of calls. */
export type CallRecord = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly host: string;
  /** What was asked: a method or path with its arguments; keys are left out. */
  readonly what: string;
  /** From 1. */
  readonly attempt: number;
  /** HTTP status; null: no reply. */
  readonly status: number | null;
  /** What went wrong; null: nothing. */
  readonly trouble: string | null;
  /** From sending to the end of the reply. */
  readonly milliseconds: number;
  readonly bytes: number;
};

/** What becomes of requests besides their answers. */
export type Traffic = {
  /** Told of every attempt before its answer is used; what it throws stops the work. */
  readonly onCall?: (record: CallRecord) => void;
  /** Counts what asking costs; default: nobody does. */
  readonly meter?: Meter;
  /** Where answers that cannot change are kept; default: nowhere. */
  readonly cache?: ReplyCache;
  /** Requests at a time and in a second; default: 8 and no limit. */
  readonly concurrency?: number;
  readonly perSecond?: number;
  /** Words that must not appear in messages or logs, besides what the URL has of them. */
  readonly secrets?: readonly string[];
};

export type HttpOptions = Traffic & {
  /** Milliseconds after which a request counts as lost. */
  readonly timeout?: number;
  /** Requests after the first before a source is given up. */
  readonly retries?: number;
  /** How long to wait before a retry; tests give one that does not. */
  readonly delay?: (milliseconds: number) => Promise<unknown>;
  readonly signal?: AbortSignal | undefined;
};

/** A node takes seconds for a full block of 2 MB of JSON; public services less. */
const TIMEOUT = 60_000;
const RETRIES = 5;
/** Waits of 1, 2, 4, 8, 16 seconds. */
const FIRST_WAIT = 1_000;
/** The longest that a source may ask to be left alone before it is given up instead. */
const LONGEST_WAIT = 120_000;
const CONCURRENCY = 8;

export type HttpRequest = {
  /** Appended to the client's URL: a path, a query. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST; absent: GET. */
  readonly body?: unknown;
  /** For log and messages; default: the path. */
  readonly what?: string;
  /** Replies of such a status that are an answer all the same: JSON-RPC errors come with 500. */
  readonly isAnswer?: (reply: HttpReply) => boolean;
  /** Why a reply is no good and must be asked for again; null: it is good. Busy services say so with status 200. */
  readonly isBusy?: (reply: HttpReply) => string | null;
};

export type HttpReply = { readonly status: number; readonly text: string };

/** A source that is asked over HTTP, one host. */
export type HttpClient = {
  /** What the source is called in messages: its host, never a key. */
  readonly host: string;
  readonly redact: Redactor;
  readonly cache: ReplyCache | null;
  /**
   * Sends a request, again after a growing wait where the source is silent, busy (429) or in trouble (5xx); `Retry-After` is heeded.
   * @throws {CairnError} `unavailable`, retryable, once it has been tried often enough; `interrupted`.
   */
  request(request: HttpRequest): Promise<HttpReply>;
  /** The same, for an answer of JSON; one that is cut short is asked for again. @throws also where the source refuses in other words (4xx). */
  json(request: HttpRequest): Promise<{ readonly status: number; readonly value: unknown }>;
  /** Counts a question that was answered from disk. */
  noteCached(): void;
  /** Waits, in milliseconds, or until it is stopped. @throws {CairnError} `interrupted`. */
  pause(milliseconds: number): Promise<void>;
};

/**
 * @param url - http or https; user, password and every part of path and query that looks like a key are secrets.
 * @param what - what the URL is of, for messages: `the node`.
 * @throws {CairnError} `invalid-input`: not an http or https URL.
 */
export function createHttpClient(url: string, what: string, options: HttpOptions = {}): HttpClient {
  const parsed = parseUrl(url, what);
  const { host } = parsed;
  const redact = createRedactor(parsed, options.secrets ?? []);
  const { concurrency = CONCURRENCY, perSecond } = options;
  const queue = new PQueue({
    concurrency,
    ...(perSecond === undefined ? {} : { intervalCap: Math.max(1, Math.floor(perSecond)), interval: 1_000 }),
  });
  const meter = options.meter ?? createMeter();
  const base = target(parsed);
  const gate = { until: 0, hasAnswered: false };
  const send = (asked: HttpRequest): Promise<HttpReply> =>
    queue.add(() => attemptAll(asked, { base, host, redact, meter, gate, options }));
  return {
    host,
    redact,
    cache: options.cache ?? null,
    request: send,
    async json(asked) {
      const isRefusal = ({ status, text }: HttpReply): boolean => status >= 400 && !isJson(text);
      const isBusy = (reply: HttpReply): string | null =>
        asked.isBusy?.(reply) ?? (isRefusal(reply) || isJson(reply.text) ? null : notJson(reply, redact));
      const reply = await send({ ...asked, isBusy });
      if (!isRefusal(reply)) return { status: reply.status, value: JSON.parse(reply.text) };
      // Cut after the keys are out: half a key would not be known for one.
      const told = redact(reply.text).slice(0, 120).replace(/\s+/g, ' ').trim();
      throw new CairnError(
        'unavailable',
        `${host} refuses with status ${reply.status}${told === '' ? '' : `: ${told}`}`,
        {
          hints: ['is the URL that of the interface, not of a web page, and is the key right?'],
        },
      );
    },
    noteCached: meter.cached,
    async pause(milliseconds) {
      await rest(milliseconds, options);
      if (options.signal?.aborted) throw interrupted(host);
    },
  };
}

/** @throws {CairnError} `invalid-input` */
export function parseUrl(text: string, what: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new CairnError('invalid-input', `${what} must be given as an http or https URL`);
}

/** @throws {CairnError} `unavailable`: the source answers with something else, which is not repeated: it may have a key in it. */
export function parseReply(text: string, host: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CairnError('unavailable', `${host} answered with something that is not JSON`, {
      hints: ['is the URL that of the interface, not of a web page?'],
    });
  }
}

/** User and password go into a header; `fetch` refuses them in a URL. */
function target(url: URL): { readonly href: string; readonly headers: Readonly<Record<string, string>> } {
  const bare = new URL(url);
  const { username } = url;
  bare.username = '';
  bare.password = '';
  const headers = username === '' ? {} : { authorization: `Basic ${basicToken(url)}` };
  return { href: bare.href.replace(/\/$/, ''), headers };
}

type Sending = {
  readonly base: ReturnType<typeof target>;
  readonly host: string;
  readonly redact: Redactor;
  readonly meter: Meter;
  readonly gate: {
    /** Until when the source asked to be left alone, by all requests. Unix milliseconds. */
    until: number;
    /** Has it ever given an answer of use? */
    hasAnswered: boolean;
  };
  readonly options: HttpOptions;
};

async function attemptAll(asked: HttpRequest, sending: Sending): Promise<HttpReply> {
  const { host, options, meter, gate } = sending;
  const { retries = RETRIES, signal } = options;
  let trouble = '';
  let pause: number | null = 0;
  let attempt = 1;
  for (; ; attempt++) {
    if (attempt > 1) {
      meter.retried();
      await rest(Math.max(FIRST_WAIT * 2 ** (attempt - 2), pause), options);
    } else if (gate.until > Date.now()) await rest(gate.until - Date.now(), options);
    if (signal?.aborted) throw interrupted(host);
    const tried = await attemptOnce(asked, attempt, sending);
    if ('reply' in tried) return tried.reply;
    ({ trouble, pause } = tried);
    if (pause === null || attempt > retries) break;
    gate.until = Math.max(gate.until, Date.now() + pause);
  }
  // The cause is left out: its message may repeat the URL, which may carry a key.
  throw new CairnError(
    'unavailable',
    `${host} did not answer, asked ${attempt === 1 ? 'once' : `${attempt} times`}: ${trouble}`,
    {
      retryable: true,
      hints: [
        gate.hasAnswered
          ? 'what is committed stays: run the command again and it goes on from there'
          : 'is it up, and is the URL that of the interface, not of a web page?',
      ],
    },
  );
}

type Tried = { readonly reply: HttpReply } | { readonly trouble: string; readonly pause: number | null };

async function attemptOnce(asked: HttpRequest, attempt: number, sending: Sending): Promise<Tried> {
  const { base, host, redact, meter, gate, options } = sending;
  const { timeout = TIMEOUT, signal } = options;
  const at = Date.now();
  const what = redact(asked.what ?? asked.path ?? '');
  const log = (status: number | null, bytes: number, trouble: string | null): void => {
    const record = { at, host, what, attempt, status, trouble, milliseconds: Date.now() - at, bytes };
    meter.counted(record);
    options.onCall?.(record);
  };
  meter.begin();
  try {
    const signals = [AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])];
    const reply = await fetch(`${base.href}${asked.path ?? ''}`, {
      ...(asked.body === undefined ? {} : { method: 'POST', body: JSON.stringify(asked.body) }),
      headers: {
        ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...base.headers,
        ...asked.headers,
      },
      signal: AbortSignal.any(signals),
      // Whoever is asked was allowed to be; where it sends one on to was not.
      redirect: 'manual',
    });
    if (reply.status >= 300 && reply.status < 400) {
      const trouble = `it sends on to another address (status ${reply.status})`;
      log(reply.status, 0, trouble);
      return { trouble, pause: null };
    }
    const told = { status: reply.status, text: await reply.text() };
    const { trouble, pause } = judge(told, reply.headers.get('retry-after'), asked);
    // Cut after the keys are out: half a key would not be known for one.
    const shown = trouble === null ? null : redact(trouble).slice(0, 160);
    log(told.status, told.text.length, shown);
    if (shown !== null) {
      // A page, and again a page, from who never gave anything else: asking on would not make it another.
      const isPage = told.status < 400 && told.text.trimStart().startsWith('<');
      return { trouble: shown, pause: isPage && !gate.hasAnswered && attempt > 1 ? null : pause };
    }
    gate.hasAnswered = true;
    return { reply: told };
  } catch (error) {
    if (isCairnError(error)) throw error;
    const trouble = signal?.aborted ? 'stopped' : redact(describe(error, timeout));
    log(null, 0, trouble);
    if (signal?.aborted) throw interrupted(host);
    // Nobody has ever answered there: most likely the address is wrong, and waiting would not mend that.
    return { trouble, pause: !gate.hasAnswered && NOBODY_THERE.test(trouble) ? null : 0 };
  } finally {
    meter.end();
  }
}

/** @returns pause: milliseconds to wait at least before the next attempt; null: asking again is of no use. */
function judge(
  told: HttpReply,
  retryAfter: string | null,
  asked: HttpRequest,
): { readonly trouble: string | null; readonly pause: number | null } {
  const { status } = told;
  if (status === 429 || status >= 500) {
    if (status !== 429 && asked.isAnswer?.(told)) return { trouble: null, pause: 0 };
    const pause = readRetryAfter(retryAfter);
    const trouble = `it answered with status ${status}`;
    return pause > LONGEST_WAIT
      ? { trouble: `${trouble} and asks to be left alone for ${Math.ceil(pause / 1000)} s`, pause: null }
      : { trouble, pause };
  }
  return { trouble: asked.isBusy?.(told) ?? null, pause: 0 };
}

/** Seconds, or a date. @see RFC 9110, 10.2.3. */
function readRetryAfter(text: string | null): number {
  if (text === null) return 0;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now());
}

async function rest(milliseconds: number, { delay, signal }: HttpOptions): Promise<void> {
  if (delay !== undefined) await delay(milliseconds);
  // Stopped while waiting: the next look at the signal says so.
  else await wait(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}

function interrupted(host: string): CairnError {
  return new CairnError('interrupted', `stopped while ${host} was asked`);
}

function describe(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no reply within ${timeout / 1000} s`;
  const { code, message } = (error.cause ?? {}) as { code?: string; message?: string };
  return code ?? message ?? error.name;
}

/** What Node calls a refused connection, an unknown host, a port that no one serves. */
const NOBODY_THERE = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|bad port/;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function notJson({ text }: HttpReply, redact: Redactor): string {
  const start = redact(text).slice(0, 80).replace(/\s+/g, ' ');
  return text.trim() === '' ? 'an empty answer' : `an answer that is not JSON, or cut short: ${start}`;
}
