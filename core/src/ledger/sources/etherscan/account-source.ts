import { CairnError } from '../../../errors.ts';
import { type Chain, coinOf } from '../../../units/index.ts';
import type {
  AccountSource,
  BlockRef,
  ChainTip,
  FetchInto,
  HistoryRequest,
  SourceOffer,
} from '../../account-source.ts';
import { EXPLORER_COLUMN, explorerFormat } from '../../evm/explorer-rows.ts';
import { jsonFormat } from '../../evm/json-decoder.ts';
import { countAt, hashAt, isObject, type JsonObject } from '../../evm/json-values.ts';
import { type CoverageDeclaration, nothingKnown } from '../../ingest/declare-coverage.ts';
import { abreast, assertStillOn, INDEX_MARGIN, inconsistent, stopIfAsked } from '../fetching.ts';
import type { HttpOptions } from '../http/http-client.ts';
import { importFetched, isUpTo } from '../import-fetched.ts';
import { valueBatch, valueRow } from '../json-rows.ts';
import { rowsOfValues } from '../receipts-json.ts';
import type { RowBatch, RowSource } from '../row-source.ts';
import { createExplorerClient, type Dialect, type ExplorerClient } from './client.ts';
import { type AccountRecord, readAccount, withoutUndone } from './read-account.ts';
import { type PageSize, WINDOW } from './read-list.ts';

export type EtherscanOptions = HttpOptions & {
  /** In coverage and logs; default: the host. */
  readonly name?: string;
  readonly chain: Chain;
  /** Default: `https://api.etherscan.io/v2/api`. Of a Blockscout instance: `https://…/api`. */
  readonly url?: string;
  /** Default: `etherscan-v2`. */
  readonly dialect?: Dialect;
  /** From the environment only; it goes into the query and appears nowhere else. Null: none. */
  readonly key: string | null;
  /** Rows asked for at a time, up to 10,000; default: 1,000, which every plan of Etherscan's gives, and 10,000 of Blockscout. */
  readonly pageSize?: number;
};

const ETHERSCAN = 'https://api.etherscan.io/v2/api';
/** Etherscan's free plan gives so many since 1 July 2026. @see docs.etherscan.io/changelog */
const ETHERSCAN_ROWS = 1_000;
/** Two epochs of Ethereum: what is taken to be final where the explorer does not name a final block. */
const CONFIRMATIONS = 64;
/** Accounts, or transactions, that are read at once. */
const AT_ONCE = 4;
/** How often a transaction is read again where its replies are of two blocks. */
const REREADS = 3;
/** Rows that are handed on at once. */
const ROWS = 2_000;

const LEFT_OUT =
  "The explorer's index is taken at its word. Tokens with ids (ERC-721, ERC-1155) are no amounts and are left out, and so " +
  'are inner calls that failed, so far as the explorer says so; rewards and withdrawals of the consensus layer are no transactions; fees are gas price × gas used, without what was paid for blobs; what wrapping and ' +
  "unwrapping a coin makes and destroys is shown only where the explorer lists it as a token's transfer.";

/**
 * An explorer that speaks Etherscan's API: Etherscan itself (version 2, one address for all chains) or an instance of
 * Blockscout.
 * @throws {CairnError} `invalid-input`: the URL is none, the chain is no EVM chain, the page size is none.
 */
export function createEtherscanSource(options: EtherscanOptions): AccountSource {
  const { chain, key, dialect = 'etherscan-v2', url = ETHERSCAN } = options;
  if (dialect === 'blockscout' && options.url === undefined) {
    throw new CairnError('invalid-input', 'a Blockscout instance must be named by its URL, which ends in /api');
  }
  const rows = options.pageSize ?? (dialect === 'blockscout' ? WINDOW : ETHERSCAN_ROWS);
  if (!Number.isInteger(rows) || rows < 1 || rows > WINDOW) {
    throw new CairnError('invalid-input', `a page has from 1 to ${WINDOW} rows, not ${rows}`);
  }
  const client = createExplorerClient({ ...options, url, dialect, key });
  const explorer: Explorer = { client, chain, name: options.name ?? client.host, size: { rows } };
  return {
    name: explorer.name,
    chain,
    margin: INDEX_MARGIN,
    offer: async () => offerOf(dialect),
    tip: () => tipOf(explorer),
    block: (number) => blockAt(explorer, number),
    transactions: (hashes, into) => fetchTransactions(explorer, hashes, into),
    histories: (request, into) => fetchHistories(explorer, request, into),
    // Three lists an account, a page each at least, and the last block at the end.
    estimate: async ({ accounts }) => EXPLORER_CALLS * accounts.length + 1,
  };
}

const EXPLORER_CALLS = 3;

type Explorer = {
  readonly client: ExplorerClient;
  readonly chain: Chain;
  readonly name: string;
  readonly size: PageSize;
};

function offerOf(dialect: Dialect): SourceOffer {
  return {
    basis: 'index',
    internal: true,
    evidence: false,
    notes: [
      LEFT_OUT,
      'Histories bring transfers only. Single transactions are brought with receipt and logs, from the node behind the explorer, without their inner calls.',
      'A call that succeeded under one that failed moved nothing, and may be listed as if it had; where the account did not send the transaction, its failure is not seen either. Receipts and traces of a node would show it.',
      `The index may lag behind the newest block: what is younger than ${INDEX_MARGIN / 60} minutes is not asked for.`,
      ...(dialect === 'blockscout'
        ? ['Where it has not processed the inner calls of all blocks, it says so, and the account is declared cut off.']
        : [
            'It gives 10,000 rows of a block at most: where an account has more in one block, it is declared cut off before it.',
          ]),
    ],
  };
}

async function tipOf(explorer: Explorer): Promise<ChainTip> {
  const head = await blockAt(explorer, 'latest');
  if (head === null) throw inconsistent(`${explorer.name} does not say which block is the newest`);
  const stated = await blockAt(explorer, 'finalized');
  const final = Math.max(0, Math.min(stated?.number ?? head.number - CONFIRMATIONS, head.number));
  explorer.client.settle(final);
  return { head, final };
}

async function blockAt({ client }: Explorer, which: number | 'latest' | 'finalized'): Promise<BlockRef | null> {
  const tag = typeof which === 'number' ? hex(which) : which;
  const restsOn = typeof which === 'number' ? () => which : undefined;
  const block = await client.ask('eth_getBlockByNumber', [tag, false], restsOn);
  return isObject(block) ? blockRef(block, `block ${which}`) : null;
}

function blockRef({ number, hash, timestamp }: JsonObject, where: string): BlockRef {
  return {
    number: countAt(number, `${where}: number`),
    hash: hashAt(hash, `${where}: hash`),
    time: countAt(timestamp, `${where}: timestamp`),
  };
}

const hex = (number: number): string => `0x${number.toString(16)}`;

async function fetchHistories(explorer: Explorer, request: HistoryRequest, into: FetchInto): Promise<void> {
  const { accounts, fromBlock: from, to, limit } = request;
  const reading = { ...explorer, signal: into.signal };
  const records = await abreast(accounts, AT_ONCE, (account) => readAccount(reading, { account, from, to, limit }));
  await assertStillOn(async (number) => (await blockAt(explorer, number))?.hash ?? null, to, explorer.name);
  // One import an account: rows that another account's lists have too are known by then, and are not doubled.
  const known = await callsKnown(records, into);
  for (const record of withoutUndone(records, known)) await importRecord(explorer, request, record, into);
}

/** Transactions whose inner calls the ledger has from a node, places and all, or that it knows to have failed. */
async function callsKnown(records: readonly AccountRecord[], { store }: FetchInto): Promise<ReadonlySet<string>> {
  const inner = records.flatMap(({ rows }) =>
    rows.flatMap(({ list, read }) => (list === 'txlistinternal' && read !== null ? [read.tx] : [])),
  );
  const evidence = inner.length === 0 ? [] : await store.evidence([...new Set(inner)]);
  return new Set(
    evidence.flatMap((one) => (one.kind === 'evm' && (one.succeeded === false || one.frames !== null) ? [one.tx] : [])),
  );
}

async function importRecord(
  { name, chain }: Explorer,
  request: HistoryRequest,
  record: AccountRecord,
  into: FetchInto,
): Promise<void> {
  const { fromBlock, to } = request;
  await importFetched(
    {
      name,
      chain,
      rows: sourceOf(record),
      format: () => explorerFormat(chain),
      coverage: [declared(chain, request, record)],
      identity: [record.account, String(fromBlock), String(to.number), to.hash],
    },
    into,
  );
}

function sourceOf({ rows }: AccountRecord): RowSource {
  async function* batches(): AsyncGenerator<RowBatch> {
    for (let i = 0; i < rows.length; i += ROWS) {
      const part = rows.slice(i, i + ROWS);
      const lines = part.map((_, j) => i + j + 1);
      const values = part.map((row) => valueRow(row, row.read?.said ?? row.fault?.message ?? ''));
      yield valueBatch(values, lines, i + part.length);
    }
  }
  return {
    columns: [EXPLORER_COLUMN],
    read: () => ({ header: [EXPLORER_COLUMN], batches: batches() }),
    readSorted: null,
    close: async () => {},
  };
}

function declared(chain: Chain, { fromBlock, to }: HistoryRequest, record: AccountRecord): CoverageDeclaration {
  const { account, toBlock, end, partial } = record;
  const common = {
    ...nothingKnown(chain),
    account,
    truncated: end !== null || partial || coinOf(chain) === null,
    note: noteOf(record),
  };
  if (toBlock < fromBlock) return common;
  return { ...common, fromBlock, toBlock, toAt: toBlock === to.number ? to.time : null, basis: 'index' };
}

function noteOf({ toBlock, end, partial }: AccountRecord): string {
  const cut = {
    limit: `It was not read beyond block ${toBlock}: so many transactions were wanted.`,
    overflow: `Block ${toBlock + 1} has more rows of the account than the explorer shows; it was not read beyond block ${toBlock}.`,
  };
  return [
    LEFT_OUT,
    ...(end === null ? [] : [cut[end]]),
    ...(partial
      ? ['The explorer says that it has not processed all inner calls of these blocks: some may be missing.']
      : []),
  ].join(' ');
}

/** Single transactions, with receipts: evidence without inner calls. */
async function fetchTransactions(
  explorer: Explorer,
  hashes: readonly string[],
  into: FetchInto,
): Promise<readonly string[]> {
  const { name, chain } = explorer;
  const records = await abreast(hashes, AT_ONCE, async (hash) => {
    stopIfAsked(into, name);
    return /^0x[0-9a-f]{64}$/.test(hash) ? await readRecord(explorer, hash) : null;
  });
  const found = new Map<string, JsonObject>();
  for (const [i, record] of records.entries()) {
    const stated = record?.['receipt'];
    if (record === null || !isObject(stated) || !isUpTo(Number(stated['blockNumber']), into)) continue;
    found.set(hashes[i] as string, record);
  }
  if (found.size > 0) {
    const rows = rowsOfValues([...found.values()], into.store, chain);
    const format = (onEvidence: Parameters<typeof jsonFormat>[0]['onEvidence']) =>
      jsonFormat({ chain, known: rows.known, onEvidence });
    const coverage = [nothingKnown(chain)];
    await importFetched({ name, chain, rows, format, coverage, identity: [...found.keys()] }, into);
  }
  return hashes.filter((hash) => !found.has(hash));
}

/** Null: it is not known, or in no block yet. */
async function readRecord(explorer: Explorer, hash: string): Promise<JsonObject | null> {
  const { client } = explorer;
  const restsOn = ({ blockNumber }: JsonObject): number | null =>
    typeof blockNumber === 'string' ? Number(blockNumber) : null;
  for (let attempt = 0; attempt <= REREADS; attempt++) {
    const receipt = await client.ask('eth_getTransactionReceipt', [hash], restsOn);
    if (!isObject(receipt)) return null;
    const transaction = await client.ask('eth_getTransactionByHash', [hash], restsOn);
    if (!isObject(transaction)) return null;
    const number = countAt(receipt['blockNumber'], `receipt of ${hash}: blockNumber`);
    const block = await client.ask('eth_getBlockByNumber', [hex(number), false], () => number);
    if (!isObject(block)) continue;
    const isOne = receipt['blockHash'] === transaction['blockHash'] && receipt['blockHash'] === block['hash'];
    const header = { number: block['number'], hash: block['hash'], timestamp: block['timestamp'] };
    if (isOne) return { transaction, receipt, block: header };
  }
  throw inconsistent(`${explorer.name} gives replies of two blocks for transaction ${hash}: the chain was reorganised`);
}
