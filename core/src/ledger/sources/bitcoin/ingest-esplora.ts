import { CairnError } from '../../../errors.ts';
import { type Account, accountAddress, BITCOIN, type Chain } from '../../../units/index.ts';
import type { Coverage } from '../../coverage.ts';
import { outpointAccount, type UtxoTransaction } from '../../utxo/transaction.ts';
import type { HttpOptions } from '../http/http-client.ts';
import { createEsploraReader, type EsploraReader } from './esplora.ts';
import { type BitcoinIngestOptions, ingestBlocks } from './ingest-blocks.ts';
import type { BitcoinSourceResult } from './ingest-result.ts';
import { ingestTransactions } from './ingest-transactions.ts';

export type EsploraOptions = BitcoinIngestOptions &
  HttpOptions & {
    /** Of the interface: `https://blockstream.info/api`. */
    readonly url: string;
    /** Ids of transactions: each is fetched with the transactions that spend its outputs. */
    readonly transactions?: readonly string[];
    /** Addresses: each is fetched with its whole history. */
    readonly addresses?: readonly Account[];
    /** Whole blocks, both ends included. */
    readonly blocks?: { readonly from: number; readonly to: number };
  };

/** What was fetched, and what is complete with it. */
type Fetched = { readonly transactions: Map<string, UtxoTransaction>; readonly complete: Coverage[] };

/**
 * Brings transactions, addresses or blocks from a service of the Esplora kind into a ledger. What the service says it has in full is
 * declared complete to the block that was its last when it was asked: an address's history, and whether an output is spent.
 * @throws {CairnError} `invalid-input`: nothing is asked for; `not-found`: the service knows no such confirmed transaction;
 *   `unavailable`: it does not answer, after several times.
 */
export async function ingestEsplora(options: EsploraOptions): Promise<BitcoinSourceResult[]> {
  const { blocks, transactions = [], addresses = [], chain = BITCOIN } = options;
  const reader = createEsploraReader(options.url, { ...options, chain });
  if (blocks === undefined && transactions.length + addresses.length === 0) {
    throw new CairnError('invalid-input', `nothing is asked of ${reader.name}`, {
      hints: ['name transactions, addresses or blocks'],
    });
  }
  const results: BitcoinSourceResult[] = [];
  if (blocks !== undefined) results.push(await ingestBlocks(reader, blocks, options));
  for (const tx of transactions)
    results.push(await store(reader, tx, options, await fetchTransaction(reader, chain, tx)));
  for (const address of addresses) {
    results.push(
      await store(reader, accountAddress(address), options, await fetchAddress(reader, chain, address, options)),
    );
  }
  return results;
}

async function store(
  reader: EsploraReader,
  what: string,
  options: EsploraOptions,
  fetched: Fetched,
): Promise<BitcoinSourceResult> {
  const { chain = BITCOIN, keysOf = () => [], keepScripts = false, chunkTransactions, signal } = options;
  const transactions = [...fetched.transactions.values()].sort(
    (a, b) => a.blockNumber - b.blockNumber || a.txIndex - b.txIndex,
  );
  return ingestTransactions(transactions, {
    store: options.store,
    chain,
    source: `${reader.name} ${what}`,
    format: 'esplora',
    keysOf,
    keepScripts,
    complete: fetched.complete,
    ...(chunkTransactions === undefined ? {} : { chunkTransactions }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function fetchTransaction(reader: EsploraReader, chain: Chain, tx: string): Promise<Fetched> {
  // Asked first: what comes after may be in later blocks, what is declared reaches to this one.
  const last = await reader.last();
  const first = await confirmed(reader, tx);
  const transactions = new Map([[tx, first]]);
  const spenders = await reader.spenders(tx);
  if (spenders.length !== first.outputs.length) {
    throw new CairnError(
      'unavailable',
      `${reader.name} tells of ${spenders.length} outputs of ${tx}, which has ${first.outputs.length}`,
    );
  }
  for (const spender of new Set(spenders)) {
    if (spender !== null && !transactions.has(spender)) transactions.set(spender, await confirmed(reader, spender));
  }
  const complete = first.outputs.map((_, index) =>
    fullHistory(chain, outpointAccount(chain, { tx, index }), first.blockNumber, last, `${reader.name} ${tx}`),
  );
  return { transactions, complete };
}

async function confirmed(reader: EsploraReader, tx: string): Promise<UtxoTransaction> {
  const found = await reader.transaction(tx);
  if (found !== null) return found;
  throw new CairnError('not-found', `${reader.name} knows no transaction ${tx} in a block`);
}

async function fetchAddress(
  reader: EsploraReader,
  chain: Chain,
  address: Account,
  options: EsploraOptions,
): Promise<Fetched> {
  const last = await reader.last();
  const source = `${reader.name} ${accountAddress(address)}`;
  const transactions = new Map<string, UtxoTransaction>();
  const complete = [fullHistory(chain, address, null, last, source)];
  for await (const transaction of reader.ofAddress(accountAddress(address))) {
    if (options.signal?.aborted)
      throw new CairnError(
        'interrupted',
        `stopped after ${transactions.size} transactions of ${address}; none was stored`,
      );
    transactions.set(transaction.tx, transaction);
    options.onProgress?.({ source, phase: 'reading', done: `${transactions.size} transactions`, fraction: null });
  }
  return { transactions, complete };
}

/** Declares what a service's index has of an account as complete. @param fromBlock - null: from the chain's first. */
export function fullHistory(
  chain: Chain,
  account: Account,
  fromBlock: number | null,
  toBlock: number,
  source: string,
): Coverage {
  return {
    chain,
    account,
    direction: 'both',
    assets: null,
    fromBlock,
    toBlock,
    toAt: null,
    basis: 'index',
    truncated: false,
    // The service goes by scripts, the ledger by who can spend: an output to a bare public key has another script than its address.
    note: isKeyHash(account) ? 'Outputs that name the public key itself are not in the history of its address.' : null,
    source,
  };
}

/** Whether an account is an address made from a public key in the first form of addresses, which stands for the bare key too. */
function isKeyHash(account: Account): boolean {
  return /:1[1-9A-HJ-NP-Za-km-z]{25,33}$/.test(account);
}
