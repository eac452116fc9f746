import { setTimeout as wait } from 'node:timers/promises';

/** How an attempt to tell ended. Reasons name a host, never a path, a query or a secret. */
export type Outcome = {
  /** null: it is told. */
  readonly reason: string | null;
  /** An attempt failed, and may have arrived all the same. */
  readonly mayHaveArrived: boolean;
  /** The channel is in trouble, not this message: further ones would fare alike. */
  readonly isDown: boolean;
};

export const TOLD: Outcome = { reason: null, mayHaveArrived: false, isDown: false };

export type Waits = {
  /** Milliseconds that one attempt may take. */
  readonly timeout: number;
  /** Pauses between attempts; null: the system's clock. */
  readonly delay: ((milliseconds: number) => Promise<unknown>) | null;
  readonly signal: AbortSignal | undefined;
};

export type Posted = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/** Attempts at one delivery before it counts as failed for now, and the first pause between them; each later one is twice as long. */
const ATTEMPTS = 4;
const FIRST_PAUSE = 500;
/** What `Retry-After` may ask for before the message is left for the next run (milliseconds): others wait for this one to end. */
const LONGEST_PAUSE = 60_000;
/** A gateway says that nobody behind it answered in time, or rightly: whoever is behind it may have the message. */
const GATEWAY = [502, 504];
/** What Node calls trouble that comes before anything is sent. */
export const NOTHING_SENT =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT|CERT|ERR_TLS|UNABLE_TO|bad port/;

type Tried = {
  readonly reason: string;
  readonly mayHaveArrived: boolean /** Milliseconds; null: again is of no use. */;
  readonly pause: number | null;
};

/**
 * Posts a message, again after a growing pause where nobody answers, or with 429 or 5xx. A redirection is not followed.
 * @param url - http or https.
 * @param made - what to post; `repeat`: an earlier attempt may have arrived.
 */
export async function post(
  url: string,
  isRepeat: boolean,
  made: (repeat: boolean) => Posted,
  waits: Waits,
): Promise<Outcome> {
  const host = URL.parse(url)?.host;
  if (host === undefined) return { reason: 'its URL cannot be read', mayHaveArrived: false, isDown: true };
  let mayHaveArrived = false;
  for (let attempt = 1; ; attempt++) {
    const tried = await tryOnce(url, made(isRepeat || mayHaveArrived), waits);
    if (tried === null) return { ...TOLD, mayHaveArrived };
    mayHaveArrived ||= tried.mayHaveArrived;
    const { pause } = tried;
    const reason = `${host} ${tried.reason}`;
    if (pause === null) return { reason, mayHaveArrived, isDown: false };
    if (attempt === ATTEMPTS || pause > LONGEST_PAUSE) return { reason, mayHaveArrived, isDown: true };
    await rest(Math.max(pause, FIRST_PAUSE * 2 ** (attempt - 1)), waits);
    if (waits.signal?.aborted) return { reason, mayHaveArrived, isDown: true };
  }
}

/** @returns null: it is told. */
async function tryOnce(url: string, { body, headers }: Posted, { timeout, signal }: Waits): Promise<Tried | null> {
  try {
    const reply = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])]),
    });
    // The status is all that is asked for.
    await reply.body?.cancel().catch(() => {});
    const { status } = reply;
    if (reply.ok) return null;
    const isBusy = status === 429 || status >= 500;
    const pause = isBusy ? readRetryAfter(reply.headers.get('retry-after')) : null;
    return { reason: `answered with status ${status}`, mayHaveArrived: GATEWAY.includes(status), pause };
  } catch (error) {
    // Its message may repeat the URL: only what kind of trouble it was is told.
    const { name, cause } = error as { name: string; cause?: { code?: string; message?: string } };
    if (name === 'TimeoutError') return { reason: 'did not answer in time', mayHaveArrived: true, pause: 0 };
    if (signal?.aborted) return { reason: 'had not answered when Cairn was stopped', mayHaveArrived: true, pause: 0 };
    const trouble = cause?.code ?? (cause?.message === 'bad port' ? 'bad port' : name);
    return { reason: `cannot be reached: ${trouble}`, mayHaveArrived: !NOTHING_SENT.test(trouble), pause: 0 };
  }
}

/** Milliseconds. The header has seconds or a date. @see RFC 9110, 10.2.3. */
function readRetryAfter(text: string | null): number {
  if (text === null) return 0;
  if (/^\s*\d+\s*$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now());
}

async function rest(milliseconds: number, { delay, signal }: Waits): Promise<void> {
  if (delay !== null) await delay(milliseconds);
  // Stopped while waiting: the next look at the signal says so.
  else await wait(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}
