import { CairnError } from '../../../errors.ts';
import { BITCOIN, type Chain } from '../../../units/index.ts';
import { esploraHeader, esploraTransaction, isConfirmed } from '../../utxo/datasets/esplora-json.ts';
import { countAt, hashAt, listAt, objectAt } from '../../utxo/datasets/values.ts';
import { verifyMerkleRoot } from '../../utxo/datasets/verify-merkle.ts';
import type { BlockHeader, UtxoTransaction } from '../../utxo/transaction.ts';
import {
  createHttpClient,
  type HttpClient,
  type HttpOptions,
  type HttpReply,
  parseReply,
} from '../http/http-client.ts';
import type { BlockSource } from './block-source.ts';
import type { BlockRange } from './whole-chain.ts';

/** Where the size of a block is not told: what a transaction takes on average. */
const BYTES_A_TRANSACTION = 500;

/** What a service of the Esplora kind answers about single transactions and addresses. */
export type EsploraReader = BlockSource & {
  /** A confirmed transaction with its place in the block; null: it is not on the chain. */
  readonly transaction: (tx: string) => Promise<UtxoTransaction | null>;
  /** The header of the block at a height now; null: it has none. */
  readonly header: (height: number) => Promise<BlockHeader | null>;
  /** Which transaction spends each output of one; null: none has, as of `last`. */
  readonly spenders: (tx: string) => Promise<(string | null)[]>;
  /** The same of one output. */
  readonly spender: (tx: string, index: number) => Promise<string | null>;
  /** How many confirmed transactions an address has. */
  readonly transactionCount: (address: string) => Promise<number>;
  /** Every confirmed transaction of an address in the blocks, both ends included, with its place in its block, the latest first. */
  readonly ofAddress: (address: string, blocks?: BlockRange, count?: number) => AsyncGenerator<UtxoTransaction>;
  /** Transactions in blocks up to this one are kept on disk from now on, where there is a cache. */
  readonly settle: (height: number) => void;
};

/** What is fetched whatever its block. */
const ALL_BLOCKS: BlockRange = { from: 0, to: Number.POSITIVE_INFINITY };

/**
 * A service of the Esplora kind (Blockstream, mempool.space, one's own) as a source of blocks, transactions and addresses.
 * @param url - of its interface: `https://blockstream.info/api`.
 * @throws {CairnError} `invalid-input`: no URL; `unavailable`: it does not answer.
 */
export function createEsploraReader(
  url: string,
  options: HttpOptions & { readonly chain?: Chain } = {},
): EsploraReader {
  const { chain = BITCOIN } = options;
  const http = createHttpClient(url, 'the service', options);
  const { host } = http;
  const found = async (path: string, isBusy?: (reply: HttpReply) => string | null): Promise<string | null> => {
    const { status, text } = await http.request({ path, ...(isBusy === undefined ? {} : { isBusy }) });
    if (status === 404 || (status === 400 && /not found/i.test(text))) return null;
    if (status === 200) return text;
    const told = http.redact(text).slice(0, 120);
    throw new CairnError('unavailable', `${host} answers ${path} with status ${status}: ${told}`);
  };
  const jsonOrNull = async (path: string): Promise<unknown> => {
    const text = await found(path, isCutShort);
    return text === null ? null : parseReply(text, host);
  };
  const json = async (path: string): Promise<unknown> => {
    const value = await jsonOrNull(path);
    if (value === null) throw new CairnError('not-found', `${host} has nothing at ${path}`);
    return value;
  };
  const hashOf = async (height: number): Promise<string | null> => {
    const text = await found(`/block-height/${height}`);
    return text === null ? null : hashAt(text.trim(), `${host}: block ${height}`);
  };
  const kept = createKept(http, chain);
  const placed = async (value: unknown): Promise<UtxoTransaction> => {
    const tx = hashAt(objectAt(value, host)['txid'], `${host}: txid`);
    const place = await placeOf(jsonOrNull, host, tx);
    const transaction = esploraTransaction(chain, value, place);
    kept.put(transaction, value, place);
    return transaction;
  };
  return {
    chain,
    name: host,
    format: 'esplora',
    last: async () => countAt((await found('/blocks/tip/height'))?.trim(), `${host}: the height of the last block`),
    hashAt: hashOf,
    header: async (height) => {
      const hash = await hashOf(height);
      return hash === null ? null : esploraHeader(chain, await json(`/block/${hash}`));
    },
    settle: kept.settle,
    block: async (hash, height) => {
      const { transactions: count, ...header } = esploraHeader(chain, await json(`/block/${hash}`));
      if (header.hash !== hash || header.height !== height) {
        throw new CairnError(
          'unavailable',
          `${host} was asked for block ${hash} at ${height} and gave ${header.hash} at ${header.height}`,
        );
      }
      const transactions = await blockTransactions(json, chain, hash, count);
      verifyMerkleRoot(
        header,
        transactions.map(({ tx }) => tx),
      );
      return { header, transactions, size: count * BYTES_A_TRANSACTION };
    },
    transaction: async (tx) => {
      const known = kept.get(tx);
      if (known !== null) return known;
      const value = await jsonOrNull(`/tx/${tx}`);
      return value === null || !isConfirmed(value) ? null : placed(value);
    },
    spenders: async (tx) => {
      const where = `${host}: outspends of ${tx}`;
      return listAt(await json(`/tx/${tx}/outspends`), where).map((value) => spenderOf(value, where));
    },
    spender: async (tx, index) =>
      spenderOf(await json(`/tx/${tx}/outspend/${index}`), `${host}: outspend ${index} of ${tx}`),
    transactionCount: async (address) => {
      const where = `${host}: address ${address}`;
      const stats = objectAt(await json(`/address/${encodeURIComponent(address)}`), where)['chain_stats'];
      return countAt(objectAt(stats, where)['tx_count'], `${where}: tx_count`);
    },
    ofAddress: async function* (address, { from, to } = ALL_BLOCKS, count) {
      for await (const page of addressPages(json, address, { host, count: count ?? null })) {
        const heights = page.map((value) => heightOf(value, host));
        const wanted = page.filter((_, i) => (heights[i] as number) >= from && (heights[i] as number) <= to);
        yield* await Promise.all(wanted.map(placed));
        // The latest come first: nothing after this page is wanted.
        if ((heights.at(-1) as number) < from) return;
      }
    },
  };
}

function isCutShort({ status, text }: HttpReply): string | null {
  if (status !== 200) return null;
  try {
    JSON.parse(text);
    return null;
  } catch {
    return 'an answer that is not JSON, or cut short';
  }
}

function heightOf(value: unknown, host: string): number {
  const where = `${host}: transactions of an address`;
  return countAt(
    objectAt(objectAt(value, where)['status'], `${where}: status`)['block_height'],
    `${where}: block_height`,
  );
}

/** The confirmed transaction that spends an output; null: none. */
function spenderOf(value: unknown, where: string): string | null {
  const spend = objectAt(value, where);
  const isSpent = spend['spent'] === true && objectAt(spend['status'], `${where}: status`)['confirmed'] === true;
  return isSpent ? hashAt(spend['txid'], where) : null;
}

type Kept = {
  readonly get: (tx: string) => UtxoTransaction | null;
  readonly put: (transaction: UtxoTransaction, value: unknown, place: number | null) => void;
  readonly settle: (height: number) => void;
};

/** Transactions on disk: those in final blocks, whose place is known. */
function createKept({ host, cache, noteCached }: HttpClient, chain: Chain): Kept {
  const questionOf = (tx: string): string => `${host} ${chain} esplora transaction ${tx}`;
  let settled = -1;
  return {
    get: (tx) => {
      const found = cache?.get(questionOf(tx)) ?? null;
      if (found === null) return null;
      noteCached();
      const { value, place } = found as { readonly value: unknown; readonly place: number };
      return esploraTransaction(chain, value, place);
    },
    put: ({ tx, blockNumber }, value, place) => {
      if (blockNumber <= settled && place !== null) cache?.put(questionOf(tx), { value, place });
    },
    settle: (height) => {
      settled = Math.max(settled, height);
    },
  };
}

type AskJson = (path: string) => Promise<unknown>;

async function blockTransactions(json: AskJson, chain: Chain, hash: string, count: number): Promise<UtxoTransaction[]> {
  const transactions: UtxoTransaction[] = [];
  while (transactions.length < count) {
    const page = listAt(await json(`/block/${hash}/txs/${transactions.length}`), `block ${hash}: transactions`);
    if (page.length === 0)
      throw new CairnError('unavailable', `block ${hash} ends after ${transactions.length} of ${count} transactions`);
    for (const value of page) transactions.push(esploraTransaction(chain, value, transactions.length));
  }
  return transactions;
}

/** A transaction's place in its block, which services tell with the proof that it is in there; null: this one does not. */
async function placeOf(askOrNull: AskJson, host: string, tx: string): Promise<number | null> {
  const proof = await askOrNull(`/tx/${tx}/merkle-proof`);
  return proof === null
    ? null
    : countAt(objectAt(proof, `${host}: proof of ${tx}`)['pos'], `${host}: proof of ${tx}: pos`);
}

/** What is said where a list ends before it should. */
export const ENDS_EARLY = 'end after';

/**
 * @param count - how many there are; null: not known.
 * @throws {CairnError} `unavailable`, retryable: pages repeat, so that they would have no end, or end too early.
 */
async function* addressPages(
  json: AskJson,
  address: string,
  { host, count }: { readonly host: string; readonly count: number | null },
): AsyncGenerator<readonly unknown[]> {
  const path = `/address/${encodeURIComponent(address)}/txs/chain`;
  const where = `${host}: transactions of ${address}`;
  const seen = new Set<string>();
  for (let after = ''; ; ) {
    const page = listAt(await json(`${path}${after}`), where);
    if (page.length === 0) {
      // A service that does not know the last one any more answers with nothing, as at the end.
      if (count === null || seen.size >= count) return;
      throw new CairnError('unavailable', `${where} ${ENDS_EARLY} ${seen.size} of ${count}`, { retryable: true });
    }
    for (const value of page) {
      const tx = hashAt(objectAt(value, where)['txid'], where);
      if (seen.has(tx)) {
        throw new CairnError('unavailable', `${where} come again on a later page: ${tx}`, { retryable: true });
      }
      seen.add(tx);
      after = `/${tx}`;
    }
    yield page;
  }
}
