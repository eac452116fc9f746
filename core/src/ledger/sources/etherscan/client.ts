import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import type { ExplorerList } from '../../evm/explorer-rows.ts';
import { isObject, type JsonObject } from '../../evm/json-values.ts';
import { createHttpClient, type HttpOptions, type HttpReply, parseUrl } from '../http/http-client.ts';

/** Whose dialect of the interface is spoken. */
export type Dialect = 'etherscan-v2' | 'blockscout';

export type ExplorerOptions = HttpOptions & {
  readonly chain: Chain;
  readonly url: string;
  readonly dialect: Dialect;
  /** From the environment; goes into the query and nowhere else. Null: none. */
  readonly key: string | null;
};

/** What of a list is asked for. */
export type ListQuery = {
  readonly list: ExplorerList;
  /** `0x…` */
  readonly address: string;
  /** Both ends are included. */
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly page: number;
  /** Rows of a page. */
  readonly size: number;
};

/** `partial`: the explorer says itself that rows may be missing. */
export type ListReply = { readonly rows: readonly unknown[]; readonly partial: boolean };

/** An explorer's API. */
export type ExplorerClient = {
  readonly host: string;
  /** A page of a list; `too-much`: a smaller one must be asked for. @throws unavailable, interrupted; invalid-input: the key, the chain. */
  list(query: ListQuery): Promise<ListReply | 'too-much'>;
  /**
   * A question to the node behind the explorer; null: it knows nothing of it, or not the tag `finalized`.
   * @param restsOn - the highest block an answer rests on: up to the last final one it is kept. Null: it may change.
   */
  ask(
    method: NodeMethod,
    params: readonly (string | boolean)[],
    restsOn?: (result: JsonObject) => number | null,
  ): Promise<unknown>;
  /** Answers that rest on no block above this one are kept from now on. */
  settle(block: number): void;
};

/** The methods used, and what their arguments are called in the query. @see Etherscan, "Geth/Parity Proxy". */
const NODE_METHODS = {
  eth_getBlockByNumber: ['tag', 'boolean'],
  eth_getTransactionByHash: ['txhash'],
  eth_getTransactionReceipt: ['txhash'],
} as const;
export type NodeMethod = keyof typeof NODE_METHODS;

/**
 * Requests a second: Etherscan's free plan (`docs.etherscan.io/resources/rate-limits`) and Blockscout's instances without a
 * key (`docs.blockscout.com/devs/apis/requests-and-limits`) allow 3.
 */
const PER_SECOND = 3;

/** Words of a query, in order. */
type Words = readonly (readonly [string, string])[];

const queryOf = (words: Words): string =>
  `?${new URLSearchParams(words.map(([name, value]): [string, string] => [name, value]))}`;

/** @throws {CairnError} `invalid-input`: the URL is none, or the chain is no EVM chain. */
export function createExplorerClient(options: ExplorerOptions): ExplorerClient {
  const { url, dialect, chain, key } = options;
  const parsed = parseUrl(url, "the explorer's API");
  const chainId = /^eip155:(\d+)$/.exec(chain)?.[1];
  if (chainId === undefined) throw new CairnError('invalid-input', `explorers of this kind have no chain ${chain}`);
  const given = [...parsed.searchParams];
  parsed.search = '';
  const secrets = [
    ...(key === null ? [] : [key]),
    ...given.map(([, value]) => value).filter((value) => value.length >= 8),
  ];
  const http = createHttpClient(parsed.href, "the explorer's API", {
    ...options,
    perSecond: options.perSecond ?? PER_SECOND,
    secrets: [...(options.secrets ?? []), ...secrets],
  });
  const shared: Words = dialect === 'etherscan-v2' ? [...given, ['chainid', chainId]] : given;
  const hidden: Words = key === null ? [] : [['apikey', key]];
  const pathOf = (asked: Words): string => queryOf([...shared, ...asked, ...hidden]);
  let settled = -1;

  const get = async (asked: Words): Promise<unknown> => {
    const { value, status } = await http.json({ path: pathOf(asked), what: queryOf(asked), isBusy });
    if (status >= 400 && !isObject(value)) throw refused(http, `status ${status}`);
    return value;
  };

  return {
    host: http.host,
    async list({ list, address, from, to, page, size }) {
      const reply = await get([
        ['module', 'account'],
        ['action', list],
        ['address', address],
        ['startblock', String(from)],
        ['endblock', String(to)],
        ['page', String(page)],
        ['offset', String(size)],
        ['sort', 'asc'],
      ]);
      const read = readEnvelope(reply);
      if (!('trouble' in read)) return read;
      if (TOO_MUCH.test(read.trouble)) return 'too-much';
      throw refused(http, read.trouble);
    },
    async ask(method, params, restsOn) {
      const question = `${http.host} ${chain} ${method} ${JSON.stringify(params)}`;
      const kept = restsOn === undefined ? null : (http.cache?.get(question) ?? null);
      if (kept !== null) {
        http.noteCached();
        return kept;
      }
      const reply = await (dialect === 'blockscout' ? post(method, params) : proxy(method, params));
      const read = readAnswer(reply);
      if ('trouble' in read) {
        // Not every node knows the tag.
        if (params[0] === 'finalized') return null;
        throw refused(http, read.trouble);
      }
      const { result } = read;
      const block = isObject(result) ? (restsOn?.(result) ?? null) : null;
      if (block !== null && block <= settled) http.cache?.put(question, result);
      return result;
    },
    settle: (block) => {
      settled = Math.max(settled, block);
    },
  };

  function proxy(method: NodeMethod, params: readonly (string | boolean)[]): Promise<unknown> {
    const named = NODE_METHODS[method].map((name, i) => [name, String(params[i])] as const);
    return get([['module', 'proxy'], ['action', method], ...named]);
  }

  /** Blockscout answers a node's questions at a path of their own. @see docs.blockscout.com, "ETH RPC API". */
  async function post(method: NodeMethod, params: readonly (string | boolean)[]): Promise<unknown> {
    const query = [...given, ...hidden];
    const path = `/eth-rpc${query.length === 0 ? '' : queryOf(query)}`;
    const body = { jsonrpc: '2.0', id: 1, method, params };
    return (await http.json({ path, body, what: `${method} ${JSON.stringify(params)}`, isBusy })).value;
  }
}

type Http = Pick<ReturnType<typeof createHttpClient>, 'host' | 'redact'>;

/** The reply of a list. @see docs.etherscan.io/resources/common-error-messages; Blockscout's `RPCView`. */
function readEnvelope(reply: unknown): ListReply | { readonly trouble: string } {
  if (!isObject(reply)) return { trouble: 'a reply of another form' };
  const { message, result, status } = reply;
  // Status 2 is Blockscout's: it has not processed all inner calls of these blocks yet.
  if ((status === '1' || status === '2') && Array.isArray(result)) return { rows: result, partial: status === '2' };
  const isEmpty = result === null || result === undefined || (Array.isArray(result) && result.length === 0);
  if (status === '0' && isEmpty && /^no .*found$/i.test(String(message))) return { rows: [], partial: false };
  return { trouble: troubleOf(reply) };
}

/** The reply of the node behind the explorer. Etherscan refuses in the form of its lists, Blockscout with an error that may be a text. */
function readAnswer(reply: unknown): { readonly result: unknown } | { readonly trouble: string } {
  if (!isObject(reply)) return { trouble: 'a reply of another form' };
  const { error, status, result } = reply;
  if (isObject(error)) return { trouble: String(error['message'] ?? 'an error') };
  if (typeof error === 'string' || status === '0') return { trouble: troubleOf(reply) };
  return { result: result ?? null };
}

/** Etherscan says what is wrong in `result`, Blockscout in `message` or `error`. */
function troubleOf({ result, message, error }: JsonObject): string {
  const told = [result, message, error].find((text) => typeof text === 'string' && text !== '' && text !== 'NOTOK');
  return typeof told === 'string' ? told : 'a reply of another form';
}

/** Asked again after a while, the same question is answered. */
const BUSY =
  /rate limit|calls per sec|too many requests|timed? ?out|server (is )?(too )?busy|temporarily|unexpected err/i;
/** The day's allowance: waiting some seconds is of no use. */
const FOR_TODAY = /daily|per day|\/day|credits/i;
const TOO_MUCH =
  /result window is too large|maximum (page )?(size|offset)|offset (must|size)|smaller (result )?(dataset|range)/i;
const BAD_KEY = /invalid api key|missing\/invalid|missing api key|api key attempts/i;
const BAD_CHAIN = /chainid/i;

/** Both dialects also say with status 200 that they are asked too much. */
function isBusy({ text }: HttpReply): string | null {
  // A list of rows is longer: the words of a token's name are not looked at.
  if (text.length > 2_000) return null;
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(reply) || reply['status'] === '1' || Array.isArray(reply['result']) || isObject(reply['result']))
    return null;
  const trouble = isObject(reply['error']) ? String(reply['error']['message']) : troubleOf(reply);
  if (BAD_KEY.test(trouble) || FOR_TODAY.test(trouble) || TOO_MUCH.test(trouble)) return null;
  return BUSY.test(trouble) ? `it is busy: ${trouble}` : null;
}

function refused({ host, redact }: Http, trouble: string): CairnError {
  const told = redact(trouble).replace(/\s+/g, ' ').slice(0, 200);
  const message = `${host} refuses: ${told}`;
  if (BAD_KEY.test(trouble)) {
    return new CairnError('invalid-input', message, {
      hints: ["is the key right? Version 2 of Etherscan's API takes a key of etherscan.io for every chain"],
    });
  }
  if (BAD_CHAIN.test(trouble)) {
    return new CairnError('invalid-input', message, { hints: ['does this explorer have the chain?'] });
  }
  if (FOR_TODAY.test(trouble)) {
    return new CairnError('unavailable', message, {
      retryable: true,
      hints: ["the day's allowance is used up: go on tomorrow"],
    });
  }
  return new CairnError('unavailable', message, {
    hints: ['is the URL that of the interface, and does the plan of the key include what is asked?'],
  });
}
