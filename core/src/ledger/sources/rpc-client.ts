import { CairnError, isCairnError } from '../../errors.ts';
import { createHttpClient, type HttpOptions, type HttpReply } from './http/http-client.ts';

/** A question to a node. */
export type RpcCall = {
  readonly method: string;
  readonly params: readonly unknown[];
  /** The highest block that an answer rests on: up to the last final block it is kept on disk. Null, or absent: it may change. */
  readonly restsOn?: (result: unknown) => number | null;
};

/** `refused`: the node's own error, in its words; asking again would not help. */
export type RpcAnswer = { readonly result: unknown } | { readonly refused: string; readonly code: number | null };

/** A node that answers JSON-RPC 2.0 over HTTP. */
export type RpcClient = {
  /** Host of the URL, for messages: the URL itself may carry a key. */
  readonly host: string;
  /** @throws unavailable: no answer after every attempt, or the node's own error; interrupted. */
  ask(method: string, params: readonly unknown[]): Promise<unknown>;
  /** As `ask`; null where the node answers with an error of its own: no such method, no such state. */
  askOrNull(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Many questions in as few requests as the node allows, answered in their order. @throws unavailable, interrupted. */
  askAll(calls: readonly RpcCall[]): Promise<RpcAnswer[]>;
  /** Tells the chain from others that may answer at the same address at another time: what was kept of those is not taken for it. */
  identify(chain: string): void;
  /** Answers that rest on no block above this one are kept from now on. */
  settle(block: number): void;
  /** Waits, in milliseconds, before something is asked again that the node did not have. */
  pause(milliseconds: number): Promise<void>;
};

/** Questions in one request: providers allow from 20 (some of them) to 1,000. */
const BATCH = 50;
/** Errors by which nodes say that they are asked too much, with status 200. @see EIP-1474 (-32005), Alchemy, Infura and QuickNode (429 in the body). */
const BUSY_CODES: ReadonlySet<unknown> = new Set([429, -32029]);
/** -32005 means either too much at once or too much in one answer: Infura's "project ID request rate exceeded" is the first. */
const BUSY_WORDS = /request rate|rate.?limit|too many requests/i;

/** @throws invalid-input for a URL that is none. */
export function createRpcClient(url: string, options: HttpOptions = {}): RpcClient {
  const http = createHttpClient(url, 'the node', options);
  const { host, redact, cache } = http;
  let id = 0;
  let batchSize = BATCH;
  let settled = -1;
  let identity: string | null = null;

  const questionOf = ({ method, params }: RpcCall): string => `${host} ${identity} ${method} ${JSON.stringify(params)}`;
  const keep = (call: RpcCall, answer: RpcAnswer): RpcAnswer => {
    if (cache === null || identity === null || !('result' in answer) || answer.result === null) return answer;
    const block = call.restsOn?.(answer.result) ?? null;
    if (block !== null && block <= settled) cache.put(questionOf(call), answer.result);
    return answer;
  };
  const recall = (call: RpcCall): RpcAnswer | null => {
    if (cache === null || identity === null || call.restsOn === undefined) return null;
    const result = cache.get(questionOf(call));
    if (result === null) return null;
    http.noteCached();
    return { result };
  };

  const one = async (call: RpcCall): Promise<RpcAnswer> => {
    const { method, params } = call;
    const body = { jsonrpc: '2.0', id: ++id, method, params };
    const what = `${method} ${JSON.stringify(params)}`;
    const value = await http.json({ body, what, isAnswer, isBusy }).then(
      (reply) => reply.value,
      (error: unknown) => {
        if (!isTooLarge(error)) throw error;
        return { error: { message: 'the answer is too large (status 413)' } };
      },
    );
    return keep(call, answerOf(value, redact));
  };

  /** Null: the node takes no batches of this size. */
  const batch = async (calls: readonly RpcCall[]): Promise<RpcAnswer[] | null> => {
    const first = id + 1;
    id += calls.length;
    const body = calls.map(({ method, params }, i) => ({ jsonrpc: '2.0', id: first + i, method, params }));
    const what = `${calls.length} questions: ${describe(calls)}`;
    const value = await http.json({ body, what, isAnswer, isBusy }).then(
      (reply) => reply.value,
      (error: unknown) => {
        if (isTooLarge(error)) return 'too large' as const;
        if (isCairnError(error) && error.code === 'unavailable' && !error.retryable) return null;
        throw error;
      },
    );
    if (value === 'too large') return Promise.all(calls.map(one));
    if (!Array.isArray(value)) return null;
    const byId = new Map(value.map((reply) => [(reply as { id?: unknown } | null)?.id, reply]));
    const answers: RpcAnswer[] = [];
    for (const [i, call] of calls.entries()) {
      const reply = byId.get(first + i);
      const isLost = reply === undefined || isPutOff(errorOf(reply));
      answers.push(isLost ? await one(call) : keep(call, answerOf(reply, redact)));
    }
    return answers;
  };

  const some = async (calls: readonly RpcCall[]): Promise<RpcAnswer[]> => {
    if (calls.length === 1 || batchSize === 1) return Promise.all(calls.map(one));
    const together = await batch(calls);
    if (together !== null) return together;
    batchSize = calls.length > 10 ? 10 : 1;
    return inParts(calls, batchSize, some);
  };

  const askAll = async (calls: readonly RpcCall[]): Promise<RpcAnswer[]> => {
    const answers = calls.map(recall);
    const open = calls.filter((_, i) => answers[i] === null);
    const asked = await inParts(open, batchSize, some);
    let next = 0;
    return answers.map((answer) => answer ?? (asked[next++] as RpcAnswer));
  };

  return {
    host,
    askAll,
    async ask(method, params) {
      const answer = await one({ method, params });
      if ('result' in answer) return answer.result;
      throw new CairnError('unavailable', `the node at ${host} refused ${method}: ${answer.refused}`, {
        retryable: true,
      });
    },
    async askOrNull(method, params) {
      const answer = await one({ method, params });
      return 'result' in answer ? answer.result : null;
    },
    pause: http.pause,
    identify: (chain) => {
      identity = chain;
    },
    settle: (block) => {
      settled = Math.max(settled, block);
    },
  };
}

async function inParts<T, R>(
  items: readonly T[],
  size: number,
  work: (part: readonly T[]) => Promise<R[]>,
): Promise<R[]> {
  const parts: (readonly T[])[] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return (await Promise.all(parts.map(work))).flat();
}

/** Does a service refuse because of how much was asked for? @see RFC 9110, 15.5.14. */
const isTooLarge = (error: unknown): boolean =>
  isCairnError(error) && !error.retryable && error.message.includes('refuses with status 413');

type RpcError = { readonly code?: unknown; readonly message?: unknown };

function errorOf(reply: unknown): RpcError | null {
  const { error } = (reply ?? {}) as { error?: RpcError | string | null };
  return typeof error === 'string' ? { message: error } : (error ?? null);
}

/** Does an error say: later? */
function isPutOff(error: RpcError | null): boolean {
  return error !== null && (BUSY_CODES.has(error.code) || BUSY_WORDS.test(String(error.message ?? '')));
}

function answerOf(reply: unknown, redact: (text: string) => string): RpcAnswer {
  const error = errorOf(reply);
  if (error === null) {
    const { result = null, ...rest } = (reply ?? {}) as Readonly<Record<string, unknown>>;
    if (result !== null || 'jsonrpc' in rest) return { result };
    return { refused: 'its answer is not JSON-RPC', code: null };
  }
  const code = typeof error.code === 'number' ? error.code : null;
  return { refused: redact(String(error.message ?? 'an error')).slice(0, 200), code };
}

/** A node's error is its answer, with whatever status it comes. */
function isAnswer({ text }: HttpReply): boolean {
  return text.startsWith('{') && text.includes('"error"');
}

function isBusy({ text }: HttpReply): string | null {
  if (!text.includes('"error"') || text.length > 2_000) return null;
  try {
    return isPutOff(errorOf(JSON.parse(text))) ? 'it is asked too much at once' : null;
  } catch {
    return null;
  }
}

function describe(calls: readonly RpcCall[]): string {
  const counts = new Map<string, number>();
  for (const { method } of calls) counts.set(method, (counts.get(method) ?? 0) + 1);
  const methods = [...counts].map(([method, count]) => `${method} ×${count}`).join(', ');
  return `${methods} ${JSON.stringify(calls.map(({ params }) => params))}`;
}
