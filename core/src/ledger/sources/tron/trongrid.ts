import { CairnError } from '../../../errors.ts';
import { type Account, accountAddress } from '../../../units/index.ts';
import type { BlockRef } from '../../account-source.ts';
import { countAt, countOrNull, isAbsent, isObject, type JsonObject, listAt, objectAt } from '../../evm/json-values.ts';
import { tronHash } from '../../tron/address.ts';
import { inconsistent } from '../fetching.ts';
import {
  createHttpClient,
  type HttpClient,
  type HttpOptions,
  type HttpReply,
  type HttpRequest,
} from '../http/http-client.ts';

/** Lists of an account: what it signed or was sent in TRX and calls; transfers of TRC-20 tokens; inner calls. */
export type AccountList = 'transactions' | 'transactions/trc20' | 'internal-transactions';

/** Which part of a list. */
export type ListQuery = {
  /** Unix milliseconds, both ends included. Null: from the first. */
  readonly from: number | null;
  readonly to: number;
  /** Only what is in blocks that are final. */
  readonly onlyConfirmed: boolean;
  /** A contract's address; null: all tokens. */
  readonly token: string | null;
};

/** One record of a list. */
export type ListRow = {
  readonly tx: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly value: JsonObject;
};

/** A service of TronGrid's kind: a node's interface, and lists of accounts. */
export type TronGrid = {
  readonly host: string;
  newest(): Promise<BlockRef>;
  /** The newest final block. */
  solid(): Promise<BlockRef>;
  /** Null: it has none. */
  block(number: number): Promise<BlockRef | null>;
  /** A transaction as it was signed, and its outcome; null: it is not known. It does not say its block. */
  transaction(tx: string): Promise<JsonObject | null>;
  /** Block, fee, logs and inner calls of a transaction; null: it is in no block. */
  info(tx: string, anew?: 'anew'): Promise<JsonObject | null>;
  /** Pages of a list, the earliest first. @throws `unavailable`, retryable: pages repeat or go back. */
  pages(account: Account, list: AccountList, query: ListQuery): AsyncGenerator<readonly ListRow[]>;
  /** Infos of transactions in blocks up to this one are kept on disk from now on, where there is a cache. */
  settle(block: number): void;
};

/** Rows a page, at most. @see developers.tron.network, "Get transaction info by account address". */
const PAGE = 200;
/**
 * Requests a second. With a key the documentation named 15 at one time, 20 at another; without one the limit moves and is not
 * stated, and 5 is what a key that has used up its day is left with. @see developers.tron.network, "Rate Limits".
 */
const PER_SECOND = { key: 15, none: 5 };

/**
 * @param url - of the service, without `/v1` or `/wallet`.
 * @param key - goes into a header; never into a message. Null: none.
 * @throws {CairnError} `invalid-input`: no URL.
 */
export function createTronGrid(url: string, key: string | null, options: HttpOptions): TronGrid {
  const perSecond = options.perSecond ?? (key === null ? PER_SECOND.none : PER_SECOND.key);
  const secrets = [...(options.secrets ?? []), ...(key === null ? [] : [key])];
  const http = createHttpClient(url, 'the service', { ...options, perSecond, secrets });
  const ask = createAsk(http, key);
  const post = (path: string, body: object): Promise<JsonObject> =>
    ask({ path, body, what: `${path} ${JSON.stringify(body)}` });
  let settled = -1;
  return {
    host: http.host,
    newest: async () => blockAt(await post('/wallet/getnowblock', {}), `${http.host}: the newest block`),
    solid: async () => blockAt(await post('/walletsolidity/getnowblock', {}), `${http.host}: the newest final block`),
    async block(number) {
      const found = await post('/wallet/getblockbynum', { num: number });
      if (isAbsent(found['blockID'])) return null;
      const block = blockAt(found, `${http.host}: block ${number}`);
      if (block.number !== number)
        throw inconsistent(`${http.host} was asked for block ${number} and gave ${block.number}`);
      return block;
    },
    async transaction(tx) {
      const found = await post('/wallet/gettransactionbyid', { value: tx });
      return isAbsent(found['txID']) ? null : found;
    },
    async info(tx, anew) {
      const question = `${http.host} tron info ${tx}`;
      const kept = anew === undefined ? (http.cache?.get(question) ?? null) : null;
      if (isObject(kept)) {
        http.noteCached();
        return kept;
      }
      const found = await post('/wallet/gettransactioninfobyid', { value: tx });
      if (isAbsent(found['id'])) return null;
      if (tronHash(found['id'], `${http.host}: id`) !== tx)
        throw inconsistent(`${http.host} was asked for transaction ${tx} and gave ${String(found['id'])}`);
      if (countAt(found['blockNumber'], `transaction ${tx}: blockNumber`) <= settled) http.cache?.put(question, found);
      return found;
    },
    pages: (account, list, query) => pagesOf(ask, http.host, `/v1/accounts/${accountAddress(account)}/${list}`, query),
    settle: (block) => {
      settled = Math.max(settled, block);
    },
  };
}

type Ask = (request: HttpRequest) => Promise<JsonObject>;

/** Answers that are objects; a refusal in the service's own words is an error. */
function createAsk(http: HttpClient, key: string | null): Ask {
  const headers: Record<string, string> = key === null ? {} : { 'TRON-PRO-API-KEY': key };
  return async (request) => {
    const { status, value } = await http.json({ ...request, headers, isBusy });
    if (!isObject(value)) {
      const told = http.redact(JSON.stringify(value)).slice(0, 80);
      throw new CairnError('unavailable', `${http.host} answers with something else than an object: ${told}`, {
        hints: ['is the URL that of the interface, and is the key right?'],
      });
    }
    const reply = value;
    const error = reply['error'] ?? reply['Error'];
    if (status < 400 && isAbsent(error) && reply['success'] !== false) return reply;
    const told = isAbsent(error) ? `status ${status}` : http.redact(String(error)).slice(0, 200);
    throw new CairnError(
      'unavailable',
      `${http.host} refuses ${http.redact(request.what ?? request.path ?? '')}: ${told}`,
      {
        hints: ['is the key right, and its day not used up?'],
      },
    );
  };
}

/** Without a key, too many requests are answered with 403 for 30 seconds. @see developers.tron.network, "Rate Limits". */
function isBusy({ status, text }: HttpReply): string | null {
  return status === 403 && /frequency limit|suspended/i.test(text)
    ? 'it answered with status 403: asked too often'
    : null;
}

/** The first block's header leaves out number and time: both are 0. */
function blockAt(block: JsonObject, where: string): BlockRef {
  const header = objectAt(objectAt(block['block_header'], `${where}: block_header`)['raw_data'], `${where}: raw_data`);
  return {
    number: countOrNull(header['number'], `${where}: number`) ?? 0,
    hash: tronHash(block['blockID'], `${where}: blockID`),
    time: Math.floor((countOrNull(header['timestamp'], `${where}: timestamp`) ?? 0) / 1000),
  };
}

async function* pagesOf(
  ask: Ask,
  host: string,
  path: string,
  { from, to, onlyConfirmed, token }: ListQuery,
): AsyncGenerator<readonly ListRow[]> {
  const asked = new URLSearchParams({ limit: String(PAGE), order_by: 'block_timestamp,asc' });
  if (onlyConfirmed) asked.set('only_confirmed', 'true');
  // Whether ends are included is not documented: what is outside is left out below.
  if (from !== null) asked.set('min_timestamp', String(Math.max(0, from - 1)));
  asked.set('max_timestamp', String(to + 1));
  if (token !== null) asked.set('contract_address', token);
  const where = `${host}: ${path}`;
  const order = createOrderCheck(where);
  const fingerprints = new Set<string>();
  for (;;) {
    const page = await ask({ path: `${path}?${asked}` });
    const rows = listAt(page['data'], `${where}: data`).map((value, i) => listRow(value, `${where}: data[${i}]`));
    order(rows);
    yield rows.filter(({ at }) => (from === null || at >= from) && at <= to);
    const fingerprint = isObject(page['meta']) ? page['meta']['fingerprint'] : null;
    if (rows.length === 0 || isAbsent(fingerprint)) return;
    if (fingerprints.has(String(fingerprint)))
      throw inconsistent(`${where}: the mark of the next page repeats, so that the list has no end`);
    fingerprints.add(String(fingerprint));
    asked.set('fingerprint', String(fingerprint));
  }
}

function listRow(value: unknown, where: string): ListRow {
  const row = objectAt(value, where);
  const tx = tronHash(row['txID'] ?? row['transaction_id'] ?? row['tx_id'], `${where}: transaction`);
  return { tx, at: countAt(row['block_timestamp'], `${where}.block_timestamp`), value: row };
}

/** One transaction may fill so many pages with transfers that are all alike; the energy of a transaction is bounded, and with it its logs, to some ten thousands. */
const MOST_ALIKE = 250;

/** Rows of a list rise in time, and a page does not come twice, unless one transaction with many like transfers fills it. */
function createOrderCheck(where: string): (rows: readonly ListRow[]) => void {
  const seen = new Set<string>();
  let [last, lastPage, alike] = [0, '', 0];
  return (rows) => {
    const page = JSON.stringify(rows);
    alike = page === lastPage ? alike + 1 : 0;
    const isOfOne = rows.every(({ tx }) => tx === rows[0]?.tx);
    if (rows.length > 0 && alike > (isOfOne ? MOST_ALIKE : 0)) throw inconsistent(`${where}: a page came twice`);
    lastPage = page;
    for (const { tx, at, value } of rows) {
      if (at < last) throw inconsistent(`${where}: transaction ${tx} comes after later ones`);
      last = at;
      const id = value['internal_tx_id'] ?? value['txID'];
      if (isAbsent(id)) continue;
      if (seen.has(String(id))) throw inconsistent(`${where}: ${String(id)} comes again on a later page`);
      seen.add(String(id));
    }
  };
}
