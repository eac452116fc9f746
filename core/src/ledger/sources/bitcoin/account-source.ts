import { CairnError, isCairnError } from '../../../errors.ts';
import { type Account, accountAddress, accountChain, BITCOIN, type Chain } from '../../../units/index.ts';
import type { AccountSource, BlockRef, FetchInto, HistoryRequest, SourceOffer } from '../../account-source.ts';
import type { Coverage } from '../../coverage.ts';
import { GENESIS } from '../../utxo/raw/header-chain.ts';
import { isTxAccount, outpointAccount, outpointOf, txAccount, type UtxoTransaction } from '../../utxo/transaction.ts';
import { abreast, assertStillOn, inconsistent, stopIfAsked, WIDTH } from '../fetching.ts';
import type { HttpOptions } from '../http/http-client.ts';
import { isUpTo } from '../import-fetched.ts';
import { createEsploraReader, ENDS_EARLY, type EsploraReader } from './esplora.ts';
import { fullHistory } from './ingest-esplora.ts';
import { ingestTransactions } from './ingest-transactions.ts';

/** Blocks after one that make it final: the usual six. A convention, no rule of the chain. */
export const FINAL_AFTER = 6;
/**
 * Transactions of an address beyond which it is not read: at 25 a page, and one request for the place of each, ten thousand are 10,400 requests.
 */
const MOST_TRANSACTIONS = 10_000;

export type EsploraSourceOptions = HttpOptions & {
  /** Default: the host. */
  readonly name?: string;
  /** Of the interface: `https://blockstream.info/api`. */
  readonly url: string;
  readonly chain?: Chain;
  /** An address with more transactions than this, and than the request's limit, is not read; default 10,000. */
  readonly most?: number;
};

/** What was read, and what is complete with it. */
type Read = { readonly transactions: Map<string, UtxoTransaction>; readonly complete: Coverage[] };

type Reading = {
  readonly reader: EsploraReader;
  readonly chain: Chain;
  readonly name: string;
  readonly request: HistoryRequest;
  readonly most: number;
  readonly read: Read;
};

/**
 * A service of the Esplora kind as a source of histories. Accounts may be addresses, outputs (what made it, what spent it) and
 * transactions. What lies in blocks after the request's last is left out, so that nothing depends on when it was asked.
 * @throws {CairnError} `invalid-input`: no URL.
 */
export function createEsploraSource(options: EsploraSourceOptions): AccountSource {
  const { chain = BITCOIN, most = MOST_TRANSACTIONS, concurrency: width = WIDTH } = options;
  const reader = createEsploraReader(options.url, { ...options, chain });
  const name = options.name ?? reader.name;
  let offered: Promise<SourceOffer> | null = null;
  const blockAt = async (height: number): Promise<BlockRef | null> => {
    const header = await reader.header(height);
    return header === null ? null : { number: header.height, hash: header.hash, time: header.time };
  };
  const store = (read: Read, into: FetchInto) => storeRead(read, into, { chain, name });
  return {
    name,
    chain,
    offer() {
      offered ??= offerOf(reader, chain).catch((error: unknown) => {
        offered = null;
        throw error;
      });
      return offered;
    },
    async tip() {
      const height = await reader.last();
      const head = await blockAt(height);
      if (head === null) throw inconsistent(`${name} has no block ${height}, which it calls its last`);
      const final = Math.max(0, height - FINAL_AFTER);
      reader.settle(final);
      return { head, final };
    },
    block: blockAt,
    async transactions(hashes, into) {
      const read: Read = { transactions: new Map(), complete: [] };
      const wanted = [...new Set(hashes)];
      const found = await abreast(wanted, width, async (tx) => {
        stopIfAsked(into, name);
        return /^[0-9a-f]{64}$/.test(tx) ? reader.transaction(tx) : null;
      });
      for (const one of found) {
        if (one !== null && isUpTo(one.blockNumber, into)) read.transactions.set(one.tx, one);
      }
      await store(read, into);
      return wanted.filter((tx) => !read.transactions.has(tx));
    },
    async histories(request, into) {
      await assertStillOn(reader.hashAt, request.to, name);
      const read: Read = { transactions: new Map(), complete: [] };
      const reading: Reading = { reader, chain, name, request, most, read };
      await abreast(questionsOf(request.accounts, chain), width, async (question) => {
        stopIfAsked(into, name);
        if ('address' in question) await readAddress(question.address, reading, into);
        else await readTransaction(question, reading);
      });
      await assertStillOn(reader.hashAt, request.to, name);
      await store(read, into);
    },
    // Of an address: its count, a page and the empty one after it; how many transactions it has shows only then. Of a transaction:
    // itself, its place, its spends, and of each that spends it the same.
    estimate: async ({ accounts }) =>
      questionsOf(accounts, chain).reduce(
        (sum, question) =>
          sum + ('address' in question ? 3 : 2 + (question.outputs.size === 0 ? 0 : 1 + 2 * question.outputs.size)),
        4,
      ),
  };
}

/** What is asked of one transaction: itself, or what spends some of its outputs as well. */
type TransactionQuestion = { readonly tx: string; readonly outputs: Set<number>; isAccount: boolean };
type Question = { readonly address: Account } | TransactionQuestion;

/** Outputs of one transaction are asked for together. */
function questionsOf(accounts: readonly Account[], chain: Chain): readonly Question[] {
  const byTx = new Map<string, TransactionQuestion>();
  const addresses: Question[] = [];
  for (const account of new Set(accounts)) {
    if (accountChain(account) !== chain)
      throw new CairnError('invalid-input', `${account} is an account of another chain than ${chain}`);
    const outpoint = outpointOf(account);
    const tx = outpoint?.tx ?? (isTxAccount(account) ? accountAddress(account) : null);
    if (tx === null) {
      addresses.push({ address: account });
      continue;
    }
    const question = byTx.get(tx) ?? { tx, outputs: new Set<number>(), isAccount: false };
    if (outpoint === null) question.isAccount = true;
    else question.outputs.add(outpoint.index);
    byTx.set(tx, question);
  }
  return [...byTx.values(), ...addresses];
}

async function readTransaction({ tx, outputs, isAccount }: TransactionQuestion, reading: Reading): Promise<void> {
  const { reader, chain, name, request, read } = reading;
  const last = request.to.number;
  const add = (found: UtxoTransaction): void => {
    if (found.blockNumber <= last) read.transactions.set(found.tx, found);
  };
  const accounts = [...outputs].map((index) => outpointAccount(chain, { tx, index }));
  if (isAccount) accounts.push(txAccount(chain, tx));
  const made = await reader.transaction(tx);
  if (made === null) {
    const note = `${name} knows no such transaction in a block.`;
    for (const account of accounts)
      read.complete.push({ ...fullHistory(chain, account, null, last, name), ...UNKNOWN, note });
    return;
  }
  add(made);
  const missing = [...outputs].find((index) => index >= made.outputs.length);
  if (missing !== undefined)
    throw new CairnError('invalid-input', `transaction ${tx} has no output ${missing}: it has ${made.outputs.length}`);
  for (const spender of await spendersOf(tx, outputs, made.outputs.length, reading)) {
    if (read.transactions.has(spender)) continue;
    const found = await reader.transaction(spender);
    if (found === null)
      throw inconsistent(`${name} names ${spender} as spending an output of ${tx}, and does not have it in a block`);
    add(found);
  }
  for (const account of accounts) read.complete.push(fullHistory(chain, account, null, last, name));
}

async function spendersOf(
  tx: string,
  outputs: ReadonlySet<number>,
  count: number,
  { reader, name }: Reading,
): Promise<ReadonlySet<string>> {
  const [first] = outputs;
  if (first === undefined) return new Set();
  if (outputs.size === 1) return new Set([await reader.spender(tx, first)].filter((spender) => spender !== null));
  const all = await reader.spenders(tx);
  if (all.length !== count) throw inconsistent(`${name} tells of ${all.length} outputs of ${tx}, which has ${count}`);
  return new Set(all.filter((spender, index): spender is string => spender !== null && outputs.has(index)));
}

/** Nothing is known to be complete, because the source has it and it was not read, or does not have it. */
const UNKNOWN = { basis: 'unknown', toBlock: null, toAt: null, truncated: true } as const;

async function readAddress(account: Account, reading: Reading, into: FetchInto): Promise<void> {
  const { reader, chain, name, request, read } = reading;
  const { fromBlock, to, limit } = request;
  const declared = fullHistory(chain, account, fromBlock === 0 ? null : fromBlock, to.number, name);
  const leaveOut = (note: string): number => read.complete.push({ ...declared, ...UNKNOWN, note });
  const address = accountAddress(account);
  if (!isAddress(address)) {
    leaveOut('The script has no address, by which the service could be asked.');
    return;
  }
  const most = Math.max(limit ?? 0, reading.most);
  const all = await reader.transactionCount(address);
  const count = fromBlock === 0 ? all : null;
  const found = new Map<string, UtxoTransaction>();
  if (count === null || count <= most) {
    try {
      for await (const transaction of reader.ofAddress(address, { from: fromBlock, to: to.number }, all)) {
        stopIfAsked(into, name);
        found.set(transaction.tx, transaction);
        if (found.size > most) break;
      }
    } catch (error) {
      // One address whose list is not whole does not keep the others from theirs; it is asked for again the next time.
      if (!isCairnError(error) || !error.message.includes(ENDS_EARLY)) throw error;
      leaveOut(`${error.message}.`);
      return;
    }
  }
  if ((count ?? 0) > most || found.size > most) {
    const has = count === null ? `more than ${most} transactions in these blocks` : `${count} transactions`;
    leaveOut(
      `The address has ${has}; up to ${most} are read, and services of this kind give the latest first: none was read.`,
    );
    return;
  }
  for (const transaction of found.values()) read.transactions.set(transaction.tx, transaction);
  read.complete.push(declared);
}

/** Scripts without an address, and where new coins come from, are no addresses. */
function isAddress(address: string): boolean {
  return !address.startsWith('script-') && address !== 'coinbase';
}

async function storeRead(
  { transactions, complete }: Read,
  { store, keysOf, signal }: FetchInto,
  { chain, name }: { readonly chain: Chain; readonly name: string },
): Promise<void> {
  const inOrder = [...transactions.values()].sort((a, b) => a.blockNumber - b.blockNumber || a.txIndex - b.txIndex);
  await ingestTransactions(inOrder, {
    store,
    chain,
    source: name,
    format: 'esplora',
    keysOf,
    keepScripts: false,
    complete: complete.toSorted((a, b) => ((a.account ?? '') < (b.account ?? '') ? -1 : 1)),
    // All or nothing.
    chunkTransactions: Number.POSITIVE_INFINITY,
    ...(signal === undefined ? {} : { signal }),
  });
}

async function offerOf(reader: EsploraReader, chain: Chain): Promise<SourceOffer> {
  const genesis = await reader.hashAt(0);
  if (chain === BITCOIN && genesis !== GENESIS) {
    throw new CairnError('invalid-input', `${reader.name} is of another network: its first block is ${genesis}`);
  }
  return {
    basis: 'index',
    internal: true,
    evidence: true,
    notes: [
      'What the service leaves out of a history cannot be seen: its index is taken at its word.',
      'Outputs that name a public key itself are not in the history of the key’s address; they are found as outputs.',
      `An address with more than ${MOST_TRANSACTIONS.toLocaleString('en')} transactions is not read, unless more are allowed.`,
    ],
  };
}
