import { CairnError } from '../../../errors.ts';
import { BITCOIN, type Chain } from '../../../units/index.ts';
import { esploraHeader, esploraTransaction, isConfirmed } from '../../utxo/datasets/esplora-json.ts';
import { countAt, hashAt, listAt, objectAt } from '../../utxo/datasets/values.ts';
import { verifyMerkleRoot } from '../../utxo/datasets/verify-merkle.ts';
import type { UtxoTransaction } from '../../utxo/transaction.ts';
import type { BlockSource } from './block-source.ts';
import { type HttpOptions, type HttpReply, parseReply, parseUrl, request } from './http-json.ts';

/** Where the size of a block is not told: what a transaction takes on average. */
const BYTES_A_TRANSACTION = 500;

/** What a service of the Esplora kind answers about single transactions and addresses. */
export type EsploraReader = BlockSource & {
  /** A confirmed transaction with its place in the block; null: it is not on the chain. */
  readonly transaction: (tx: string) => Promise<UtxoTransaction | null>;
  /** Which transaction spends each output of one; null: none has, as of `last`. */
  readonly spenders: (tx: string) => Promise<(string | null)[]>;
  /** Every confirmed transaction of an address with its place in the block, the latest first. */
  readonly ofAddress: (address: string) => AsyncGenerator<UtxoTransaction>;
};

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
  const base = parseUrl(url, 'the service').href.replace(/\/$/, '');
  const { host } = new URL(base);
  const ask = (path: string): Promise<HttpReply> => request({ url: `${base}${path}`, host }, options);
  const found = async (path: string): Promise<string | null> => {
    const { status, text } = await ask(path);
    if (status === 404 || (status === 400 && /not found/i.test(text))) return null;
    if (status === 200) return text;
    throw new CairnError('unavailable', `${host} answers ${path} with status ${status}: ${text.slice(0, 120)}`);
  };
  const json = async (path: string): Promise<unknown> => {
    const text = await found(path);
    if (text === null) throw new CairnError('not-found', `${host} has nothing at ${path}`);
    return parseReply(text, host);
  };
  return {
    chain,
    name: host,
    format: 'esplora',
    last: async () => countAt((await found('/blocks/tip/height'))?.trim(), `${host}: the height of the last block`),
    hashAt: async (height) => {
      const text = await found(`/block-height/${height}`);
      return text === null ? null : hashAt(text.trim(), `${host}: block ${height}`);
    },
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
      const text = await found(`/tx/${tx}`);
      const value = text === null ? null : parseReply(text, host);
      if (value === null || !isConfirmed(value)) return null;
      return esploraTransaction(chain, value, await placeOf(found, host, tx));
    },
    spenders: async (tx) =>
      listAt(await json(`/tx/${tx}/outspends`), `${host}: outspends of ${tx}`).map((value) => {
        const spend = objectAt(value, `${host}: outspends of ${tx}`);
        const status = spend['status'];
        const confirmed = spend['spent'] === true && objectAt(status, 'status')['confirmed'] === true;
        return confirmed ? hashAt(spend['txid'], `${host}: outspends of ${tx}`) : null;
      }),
    ofAddress: async function* (address) {
      for await (const value of addressPages(json, address, host)) {
        const tx = hashAt(objectAt(value, host)['txid'], `${host}: transactions of ${address}`);
        yield esploraTransaction(chain, value, await placeOf(found, host, tx));
      }
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
async function placeOf(
  found: (path: string) => Promise<string | null>,
  host: string,
  tx: string,
): Promise<number | null> {
  const text = await found(`/tx/${tx}/merkle-proof`);
  return text === null
    ? null
    : countAt(objectAt(parseReply(text, host), `${host}: proof of ${tx}`)['pos'], `${host}: proof of ${tx}: pos`);
}

async function* addressPages(json: AskJson, address: string, host: string): AsyncGenerator<unknown> {
  const path = `/address/${encodeURIComponent(address)}/txs/chain`;
  for (let after = ''; ; ) {
    const page = listAt(await json(`${path}${after}`), `${host}: transactions of ${address}`);
    if (page.length === 0) return;
    yield* page;
    after = `/${hashAt(objectAt(page.at(-1), host)['txid'], `${host}: transactions of ${address}`)}`;
  }
}
