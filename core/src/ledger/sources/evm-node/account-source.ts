import { CairnError } from '../../../errors.ts';
import { type Account, type Asset, type Chain, nativeAsset } from '../../../units/index.ts';
import type {
  AccountSource,
  BlockRef,
  ChainTip,
  FetchInto,
  HistoryRequest,
  SourceOffer,
} from '../../account-source.ts';
import { jsonFormat } from '../../evm/json-decoder.ts';
import { countAt, hashAt, isObject, type JsonObject } from '../../evm/json-values.ts';
import type { CoverageDeclaration } from '../../ingest/declare-coverage.ts';
import { nothingKnown } from '../../ingest/declare-coverage.ts';
import type { HttpOptions } from '../http/http-client.ts';
import { type Fetched, importFetched, isUpTo } from '../import-fetched.ts';
import { rowsOfValues } from '../receipts-json.ts';
import { createRpcClient, type RpcAnswer, type RpcClient } from '../rpc-client.ts';
import { type Found, findTransactions, type RangeLimit, type Wanted } from './find-transactions.ts';
import { NO_METHOD, type TraceMethod } from './read-frames.ts';
import {
  allOf,
  gone,
  insist,
  lacksCalls,
  listBlocks,
  type NodeRecord,
  readRecords,
  type WantedRecord,
} from './read-records.ts';

export type EvmNodeOptions = HttpOptions & {
  /** May carry a key, which appears nowhere. */
  readonly url: string;
  /** In coverage and logs; default: the host. */
  readonly name?: string;
  /** @throws invalid-input where the node is of another chain. */
  readonly chain?: Chain;
};

/** Two epochs of Ethereum: what a node without the tag `finalized` is taken to have final. */
const CONFIRMATIONS = 64;
/** Transactions whose records are read and held in memory together. */
const RECORDS = 2_000;

/** Blocks that are read and committed together. */
export const BLOCKS = 50;

const NOT_TRANSACTIONS = 'Rewards and withdrawals of the consensus layer are no transactions and are left out.';

/** An Ethereum-like node, over JSON-RPC. @throws invalid-input, unavailable. */
export async function createEvmNodeSource(options: EvmNodeOptions): Promise<AccountSource> {
  const client = createRpcClient(options.url, options);
  const name = options.name ?? client.host;
  const chain: Chain = `eip155:${countAt(await client.ask('eth_chainId', []), 'eth_chainId')}`;
  if (options.chain !== undefined && options.chain !== chain) {
    throw new CairnError('invalid-input', `the node at ${client.host} is of ${chain}, not ${options.chain}`);
  }
  const genesis = await client.askOrNull('eth_getBlockByNumber', ['0x0', false]);
  if (isObject(genesis)) client.identify(`${chain} ${String(genesis['hash'])}`);
  const traces: TraceMethod = { name: null };
  let offered: Promise<Offered> | null = null;
  const offer = (): Promise<Offered> => (offered ??= probe(client));
  const node: Node = {
    client,
    name,
    chain,
    traces,
    offer,
    range: { tooWide: Number.POSITIVE_INFINITY, silences: 0 },
    seen: { head: -1 },
  };
  return {
    name,
    chain,
    offer: async () => describe(await offer()),
    tip: () => tipOf(node),
    block: (number) => blockAt(node, number),
    transactions: (hashes, into) => fetchTransactions(node, hashes, into),
    histories: (request, into) => fetchHistories(node, request, into),
    async estimate({ accounts, fromBlock, to, assets }) {
      const found = await offer();
      const wanted = wantedOf(node, found, assets);
      if (wanted === null) return 3 * (to.number - fromBlock + 1);
      // Two filters each of calls and of events for fifty accounts, and a record of at least one transaction each.
      const ranges = Math.ceil((to.number - fromBlock + 1) / node.range.tooWide) || 1;
      const filters = Math.ceil(accounts.length / 50) * ranges * ((wanted.calls ? 2 : 0) + (wanted.events ? 2 : 0));
      return filters + 4 * accounts.length;
    },
  };
}

type Node = {
  readonly client: RpcClient;
  readonly name: string;
  readonly chain: Chain;
  readonly traces: TraceMethod;
  readonly offer: () => Promise<Offered>;
  readonly range: RangeLimit;
  /** The newest block the node has spoken of. */
  readonly seen: { head: number };
};

type Offered = { readonly filter: boolean; readonly calls: boolean; readonly logs: boolean; readonly archive: boolean };

/** Tries the methods on the first block, which costs a node nothing. */
async function probe(client: RpcClient): Promise<Offered> {
  const first = { fromBlock: '0x1', toBlock: '0x1' };
  const nobody = `0x${'0'.repeat(39)}1`;
  const [filter, logs, calls, blocks, balance] = await client.askAll([
    { method: 'trace_filter', params: [{ ...first, fromAddress: [nobody] }] },
    { method: 'eth_getLogs', params: [{ ...first, topics: [`0x${'0'.repeat(64)}`] }] },
    { method: 'debug_traceBlockByNumber', params: ['0x1', { tracer: 'callTracer' }] },
    { method: 'trace_block', params: ['0x1'] },
    { method: 'eth_getBalance', params: [nobody, '0x0'] },
  ]);
  const has = (answer: typeof filter): boolean =>
    answer !== undefined &&
    ('result' in answer || (answer.code !== NO_METHOD && !/method|support|available/i.test(answer.refused)));
  return {
    filter: filter !== undefined && 'result' in filter && Array.isArray(filter.result),
    calls: has(calls) || has(blocks),
    logs: has(logs),
    archive: balance !== undefined && 'result' in balance,
  };
}

function describe({ filter, calls, archive }: Offered): SourceOffer {
  return {
    basis: filter ? 'index' : 'whole-chain',
    internal: calls || filter,
    evidence: true,
    notes: [
      filter
        ? 'It finds the transactions of an account by calls (trace_filter) and events (eth_getLogs).'
        : 'It has no trace_filter: tokens are found by events, the native coin only by reading whole blocks.',
      ...(calls || filter ? [] : ['It keeps no traces: value moved by inner calls is not shown.']),
      archive ? 'It answers for balances at old blocks.' : 'It has no balances at old blocks.',
      NOT_TRANSACTIONS,
    ],
  };
}

async function tipOf(node: Node): Promise<ChainTip> {
  const { client, seen } = node;
  const latest = await client.ask('eth_getBlockByNumber', ['latest', false]);
  const head = isObject(latest) ? blockRef(latest) : gone(client, 'the newest block');
  seen.head = Math.max(seen.head, head.number);
  const stated = await client.askOrNull('eth_getBlockByNumber', ['finalized', false]);
  const known = isObject(stated) ? countAt(stated['number'], 'the final block') : head.number - CONFIRMATIONS;
  const final = Math.max(0, Math.min(known, head.number));
  client.settle(final);
  return { head, final };
}

/** Null: it is above all blocks the node has spoken of. @throws unavailable: it is not, and the node does not give it. */
async function blockAt({ client, seen }: Node, number: number): Promise<BlockRef | null> {
  const call = { method: 'eth_getBlockByNumber', params: [`0x${number.toString(16)}`, false] };
  if (number > seen.head) {
    const block = await client.ask(call.method, call.params);
    return isObject(block) ? blockRef(block) : null;
  }
  const [block] = await insist(client, [call], isObject, () => `block ${number}`);
  return blockRef(block as JsonObject);
}

function blockRef(block: JsonObject): BlockRef {
  return {
    number: countAt(block['number'], 'a block: number'),
    hash: hashAt(block['hash'], 'a block: hash'),
    time: countAt(block['timestamp'], 'a block: timestamp'),
  };
}

/** What to ask for; null: whole blocks must be read. */
function wantedOf({ chain }: Node, { filter, logs }: Offered, assets: readonly Asset[] | null): Wanted | null {
  const native = assets === null || assets.includes(nativeAsset(chain));
  if (native) return filter ? { calls: true, events: logs } : null;
  return logs ? { calls: false, events: true } : null;
}

async function fetchTransactions(node: Node, hashes: readonly string[], into: FetchInto): Promise<readonly string[]> {
  const valid = hashes.filter((hash) => /^0x[0-9a-f]{64}$/.test(hash));
  const replies = await node.client.askAll(
    valid.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  );
  const wanted = valid.flatMap((hash, i): WantedRecord[] => {
    const receipt = receiptOf(node, replies[i] as RpcAnswer);
    const isThere = isObject(receipt) && isUpTo(Number(receipt['blockNumber']), into);
    if (!isThere) return [];
    const where = `transaction ${hash}`;
    return [
      { hash, blockNumber: countAt(receipt['blockNumber'], where), blockHash: hashAt(receipt['blockHash'], where) },
    ];
  });
  if (wanted.length > 0) {
    const records = await readRecords(node.client, wanted, node.traces);
    await importRecords(node, records, [nothingKnown(node.chain)], into);
  }
  const known = new Set(wanted.map(({ hash }) => hash));
  return hashes.filter((hash) => !known.has(hash));
}

/** Null: the node knows no such transaction. Some say so by an error. @throws unavailable: it says something else. */
function receiptOf({ client }: Node, answer: RpcAnswer): unknown {
  if ('result' in answer) return answer.result;
  if (/not found|unknown transaction|no transaction/i.test(answer.refused)) return null;
  throw new CairnError(
    'unavailable',
    `the node at ${client.host} refused eth_getTransactionReceipt: ${answer.refused}`,
    {
      retryable: true,
    },
  );
}

async function fetchHistories(node: Node, request: HistoryRequest, into: FetchInto): Promise<void> {
  const offered = await node.offer();
  const wanted = wantedOf(node, offered, request.assets);
  if (wanted === null) return fetchBlocks(node, request, offered, into);
  const range = { from: request.fromBlock, to: request.to };
  const { limit, accounts } = request;
  const options = { limit, wanted, range: node.range, signal: into.signal };
  const found = await findTransactions(node.client, accounts, range, options);
  const hits = new Map([...found.values()].flatMap(({ hits: ofOne }) => [...ofOne]));
  const known = await knownIn(into, hits);
  const open = [...hits.values()].filter(({ hash }) => !known.has(hash)).sort((a, b) => a.blockNumber - b.blockNumber);
  const unreadable = new Set<string>();
  // Of whose transactions one could not be read, or not its calls, nothing is declared: the next run asks again.
  const coverage = (): CoverageDeclaration[] =>
    accounts.flatMap((account) => {
      const own = found.get(account) as Found;
      return [...unreadable].some((tx) => own.hits.has(tx)) ? [] : [declared(node, request, wanted, account, own)];
    });
  for (let i = 0; i === 0 || i < open.length; i += RECORDS) {
    const records = await readRecords(node.client, open.slice(i, i + RECORDS), node.traces);
    await assertStill(node, request.to);
    if (wanted.calls) for (const one of records.filter(lacksCalls)) unreadable.add(String(one.transaction['hash']));
    // What is declared becomes visible with the last of the records.
    const isLast = i + RECORDS >= open.length;
    await importRecords(node, records, isLast ? coverage : [nothingKnown(node.chain)], into, unreadable);
  }
}

/**
 * Transactions whose whole record the ledger has, calls included.
 * @throws contradiction: a record that is not of this state of the chain.
 */
async function knownIn({ store }: FetchInto, hits: ReadonlyMap<string, WantedRecord>): Promise<ReadonlySet<string>> {
  const records = hits.size === 0 ? [] : await store.evidence([...hits.keys()]);
  return new Set(
    records.flatMap((one) => {
      if (one.kind !== 'evm') return [];
      const hit = hits.get(one.tx) as WantedRecord;
      if (one.blockNumber !== null && one.blockNumber !== hit.blockNumber)
        throw otherState(one.tx, one.blockNumber, hit);
      return one.logs !== null && one.frames !== null && one.blockTime !== null ? [one.tx] : [];
    }),
  );
}

function otherState(tx: string, blockNumber: number, hit: WantedRecord): CairnError {
  return new CairnError(
    'contradiction',
    `transaction ${tx} is on record in block ${blockNumber}, and the chain has it in block ${hit.blockNumber}: the record is of a state of the chain that a reorganisation has undone`,
    { hints: ['what was ingested from files is not rolled back: fetch into a data directory of its own, --data DIR'] },
  );
}

function declared(
  { chain }: Node,
  { fromBlock, to, assets }: HistoryRequest,
  wanted: Wanted,
  account: Account,
  { toBlock, hits }: Found,
): CoverageDeclaration {
  const isCut = toBlock < to.number;
  const cut = `The account has more than ${hits.size} transactions; it was not read beyond block ${toBlock}.`;
  return {
    chain,
    account,
    direction: 'both',
    assets: wanted.calls && wanted.events ? null : wanted.calls ? [nativeAsset(chain)] : assets,
    fromBlock,
    toBlock,
    toAt: isCut ? null : to.time,
    basis: 'index',
    truncated: isCut,
    note: isCut ? `${NOT_TRANSACTIONS} ${cut}` : NOT_TRANSACTIONS,
  };
}

/** @throws unavailable where the chain was reorganised under what was read. */
async function assertStill(node: Node, to: BlockRef): Promise<void> {
  const now = await blockAt(node, to.number);
  if (now?.hash !== to.hash) gone(node.client, `block ${to.number}`);
}

async function importRecords(
  node: Node,
  records: readonly NodeRecord[],
  coverage: Fetched['coverage'],
  into: FetchInto,
  unreadable = new Set<string>(),
): Promise<void> {
  const rows = rowsOfValues(records, into.store, node.chain);
  await importFetched(
    {
      name: node.name,
      chain: node.chain,
      rows,
      format: (onEvidence) => jsonFormat({ chain: node.chain, known: rows.known, onEvidence }),
      coverage,
      unreadable,
      identity: records.map(({ transaction }) => String(transaction['hash'])),
    },
    into,
  );
}

/** Whole blocks: complete for every account, as far as the node shows inner calls. */
async function fetchBlocks(
  node: Node,
  { fromBlock, to, assets }: HistoryRequest,
  { calls }: Offered,
  into: FetchInto,
): Promise<void> {
  const all: CoverageDeclaration = {
    ...nothingKnown(node.chain),
    fromBlock,
    toBlock: to.number,
    toAt: to.time,
    basis: 'whole-chain',
    note: NOT_TRANSACTIONS,
  };
  const unreadable = new Set<string>();
  let showsCalls = calls;
  const coverage = (): CoverageDeclaration[] => {
    const declarations = showsCalls ? [all] : withoutCalls(node, all, assets);
    return declarations.map((one) => ({ ...one, truncated: unreadable.size > 0 }));
  };
  let last: string | null = null;
  for (let from = fromBlock; from <= to.number; from += BLOCKS) {
    const end = Math.min(to.number, from + BLOCKS - 1);
    const blocks = await listBlocks(node.client, { from, to: end }, last);
    last = blocks.at(-1)?.hash ?? null;
    const isLast = end === to.number;
    // Each block follows the one before, up to the one that is fetched up to: they are of one chain.
    if (isLast && last !== to.hash) gone(node.client, `block ${to.number}`);
    const records = await readRecords(node.client, allOf(blocks), node.traces);
    await assertStill(node, to);
    showsCalls &&= !records.some(lacksCalls);
    await importRecords(node, records, isLast ? coverage : [nothingKnown(node.chain)], into, unreadable);
    if (into.signal?.aborted) throw new CairnError('interrupted', `stopped after block ${end}`);
  }
}

/** What whole blocks are complete for where calls are not shown: the tokens, which events tell of. */
function withoutCalls(
  { chain }: Node,
  all: CoverageDeclaration,
  assets: readonly Asset[] | null,
): CoverageDeclaration[] {
  const note = `${NOT_TRANSACTIONS} The node does not show all calls: what inner calls moved is not recorded.`;
  const tokens = assets?.filter((asset) => asset !== nativeAsset(chain)) ?? [];
  return [{ ...nothingKnown(chain), note }, ...(tokens.length === 0 ? [] : [{ ...all, assets: tokens }])];
}
