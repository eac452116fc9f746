import { createHash } from 'node:crypto';
import { CairnError } from '../../errors.ts';
import type { Asset, Chain } from '../../units/index.ts';
import { jsonFormat } from '../evm/json-decoder.ts';
import { countAt, hashAt, isObject, type JsonObject, listAt, objectAt } from '../evm/json-values.ts';
import { createEvidenceSink } from './evidence-sink.ts';
import type { HttpOptions } from './http/http-client.ts';
import { importFile } from './import-file.ts';
import { alreadyImported, type FileResult, type IngestProgress } from './import-whole.ts';
import type { IngestResult } from './ingest-files.ts';
import type { IngestReceiptsOptions } from './receipts.ts';
import { rowsOf } from './receipts-json.ts';
import { createRpcClient, type RpcClient } from './rpc-client.ts';

/** Blocks that are read and committed together: few enough to be held in memory and lost without regret. */
const BLOCKS_AT_ONCE = 20;
/** How often a block is read again where the chain was reorganised under it. */
const REREADS = 3;

export type IngestNodeOptions = Omit<IngestReceiptsOptions, 'files' | 'engine'> & {
  /** The node's JSON-RPC endpoint; may carry a key, which never appears in a message. */
  readonly url: string;
  readonly what: NodeQuery;
  readonly client?: Omit<HttpOptions, 'signal'>;
  readonly blocksAtOnce?: number;
};

/** Named transactions, or every transaction of some blocks, the last included. */
export type NodeQuery =
  | { readonly kind: 'transactions'; readonly hashes: readonly string[] }
  | { readonly kind: 'blocks'; readonly from: number; readonly to: number };

/**
 * Brings transactions from a node into a ledger, with receipts, and with traces where the node has them. Blocks are committed
 * some at a time, so that what was read stays when the run ends early; blocks the ledger has from an earlier run are asked
 * for, but not stored again.
 * @throws invalid-input: the URL, a hash, another chain than named; not-found: a transaction the node does not know;
 *   unavailable: the node does not answer, or the chain was reorganised again and again; interrupted.
 */
export async function ingestReceiptsFromNode(options: IngestNodeOptions): Promise<IngestResult> {
  const client = createRpcClient(options.url, { ...options.client, signal: options.signal });
  const chain: Chain = `eip155:${countAt(await client.ask('eth_chainId', []), 'eth_chainId')}`;
  if (options.chain !== undefined && options.chain !== chain) {
    throw new CairnError('invalid-input', `the node at ${client.host} is of ${chain}, not ${options.chain}`);
  }
  const files: FileResult[] = [];
  for (const chunk of chunksOf(options)) {
    if (options.signal?.aborted) throw new CairnError('interrupted', `stopped before ${chunk.name}`);
    const replies = await chunk.read(client);
    files.push(await importReplies(options, chain, { name: `${chunk.name} of ${chain}`, ...replies }));
  }
  return { files, assets: new Map() };
}

/** Replies, and what they are known by: the hashes of their blocks. */
type Replies = { readonly items: readonly unknown[]; readonly identity: readonly string[] };
type Chunk = { readonly name: string; readonly read: (client: RpcClient) => Promise<Replies> };

function chunksOf({ what, blocksAtOnce }: IngestNodeOptions): Chunk[] {
  if (what.kind === 'transactions') {
    const hashes = what.hashes.map((hash) => hashAt(hash, 'the transaction'));
    const name = hashes.length === 1 ? `transaction ${hashes[0]}` : `${hashes.length} transactions`;
    return [{ name, read: (client) => readTransactions(client, hashes) }];
  }
  if (what.from > what.to) throw new CairnError('invalid-input', `block ${what.from} comes after block ${what.to}`);
  const chunks: Chunk[] = [];
  const step = blocksAtOnce ?? BLOCKS_AT_ONCE;
  for (let from = what.from; from <= what.to; from += step) {
    const to = Math.min(what.to, from + step - 1);
    chunks.push({ name: `blocks ${from}-${to}`, read: (client) => readBlocks(client, from, to) });
  }
  return chunks;
}

async function readTransactions(client: RpcClient, hashes: readonly string[]): Promise<Replies> {
  const items: unknown[] = [];
  const identity: string[] = [];
  for (const hash of hashes) {
    const record = await readSteadily(client, `transaction ${hash}`, () => readRecord(client, hash));
    items.push(record);
    identity.push(`${hash} ${String(record.transaction['blockHash'])}`);
  }
  return { items, identity: identity.sort() };
}

type NodeRecord = { readonly transaction: JsonObject } & JsonObject;

/** Null where the replies are of two blocks: the chain was reorganised between them. */
async function readRecord(client: RpcClient, hash: string): Promise<NodeRecord | null> {
  const [transaction, receipt] = await Promise.all([
    client.ask('eth_getTransactionByHash', [hash]),
    client.ask('eth_getTransactionReceipt', [hash]),
  ]);
  if (transaction === null)
    throw new CairnError('not-found', `the node at ${client.host} knows no transaction ${hash}`);
  const stated = objectAt(transaction, 'eth_getTransactionByHash');
  if (receipt === null || !isObject(receipt)) {
    const why = stated['blockHash'] === null ? 'is in no block yet' : 'has no receipt at the node';
    throw new CairnError('unavailable', `transaction ${hash} ${why}`, { retryable: true });
  }
  const block = await client.ask('eth_getBlockByHash', [receipt['blockHash'], false]);
  if (receipt['blockHash'] !== stated['blockHash'] || !isObject(block)) return null;
  const header = { number: block['number'], hash: block['hash'], timestamp: block['timestamp'] };
  const calls = await client.askOrNull('debug_traceTransaction', [hash, { tracer: 'callTracer' }]);
  const traces = calls === null ? await client.askOrNull('trace_transaction', [hash]) : null;
  return { transaction: stated, receipt, block: header, calls, traces };
}

async function readBlocks(client: RpcClient, from: number, to: number): Promise<Replies> {
  const items: unknown[] = [];
  const identity: string[] = [];
  for (let number = from; number <= to; number++) {
    const block = await readSteadily(client, `block ${number}`, () =>
      readBlock(client, number, identity.at(-1) ?? null),
    );
    items.push(block.reply, ...block.calls);
    identity.push(block.hash);
  }
  return { items, identity };
}

type NodeBlock = { readonly hash: string; readonly reply: JsonObject; readonly calls: readonly unknown[] };

/** Null where block and receipts are of two blocks, or the block does not follow the one before. */
async function readBlock(client: RpcClient, number: number, before: string | null): Promise<NodeBlock | null> {
  const height = `0x${number.toString(16)}`;
  const block = await client.ask('eth_getBlockByNumber', [height, true]);
  if (block === null) throw new CairnError('not-found', `the node at ${client.host} has no block ${number}`);
  const reply = objectAt(block, 'eth_getBlockByNumber');
  const hash = hashAt(reply['hash'], `block ${number}: hash`);
  if (before !== null && reply['parentHash'] !== before) {
    throw new CairnError(
      'unavailable',
      `block ${number} does not follow the block read before it: the chain was reorganised`,
      {
        retryable: true,
        hints: ['run the command again: what was committed stays, these blocks are read anew'],
      },
    );
  }
  const transactions = listAt(reply['transactions'], `block ${number}: transactions`);
  const receipts = await readReceipts(client, height, transactions);
  if (receipts.some((receipt) => !isObject(receipt) || receipt['blockHash'] !== hash)) return null;
  const calls = await client.askOrNull('debug_traceBlockByNumber', [height, { tracer: 'callTracer' }]);
  if (Array.isArray(calls) && calls.every((call) => isObject(call) && 'txHash' in call)) {
    return { hash, reply: { ...reply, receipts }, calls: calls.filter((call) => isObject(call.result)) };
  }
  const traces = await client.askOrNull('trace_block', [height]);
  const listed = Array.isArray(traces) ? traces : null;
  if (listed?.some((trace) => isObject(trace) && trace['blockHash'] !== hash)) return null;
  return { hash, reply: { ...reply, receipts, traces: listed }, calls: [] };
}

/** Not every node has `eth_getBlockReceipts`. */
async function readReceipts(
  client: RpcClient,
  height: string,
  transactions: readonly unknown[],
): Promise<readonly unknown[]> {
  const together = await client.askOrNull('eth_getBlockReceipts', [height]);
  if (Array.isArray(together)) return together;
  const receipts: unknown[] = [];
  for (const transaction of transactions) {
    receipts.push(await client.ask('eth_getTransactionReceipt', [objectAt(transaction, 'transaction')['hash']]));
  }
  return receipts;
}

/** Reads again what the chain was reorganised under. */
async function readSteadily<T>(client: RpcClient, what: string, read: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt <= REREADS; attempt++) {
    const found = await read();
    if (found !== null) return found;
  }
  throw new CairnError(
    'unavailable',
    `${what}: the replies of the node at ${client.host} are of two blocks: the chain was reorganised`,
    {
      retryable: true,
      hints: ['run the command again once the block is settled'],
    },
  );
}

async function importReplies(
  options: IngestNodeOptions,
  chain: Chain,
  { name, items, identity }: Replies & { readonly name: string },
): Promise<FileResult> {
  const sha256 = createHash('sha256')
    .update([chain, options.what.kind, ...identity].join('\n'))
    .digest('hex');
  const imports = await options.store.imports();
  const same = imports.find((earlier) => earlier.sha256 === sha256);
  if (same !== undefined) return alreadyImported(name, same);
  const sink = createEvidenceSink(options.store, options.keysOf);
  const given = items.map((value, i) => ({ line: i + 1, value, bytesRead: i + 1, fault: null, streamed: false }));
  const rows = rowsOf(() => given, options.store, chain);
  const report = (
    phase: IngestProgress['phase'],
    progress: { bytesRead: number; rows: number; rejected: number },
  ): void => options.onProgress?.({ file: name, phase, totalBytes: items.length, ...progress });
  const input = {
    file: name,
    source: sink.wrap(rows),
    format: jsonFormat({ chain, known: rows.known, onEvidence: sink.add }),
    chain,
    decimals: new Map<Asset, number>(),
    store: options.store,
    mayOverlap: imports.length > 0,
    signal: options.signal ?? null,
    onRows: (progress: { bytesRead: number; rows: number; rejected: number }) => report('reading', progress),
  };
  const { result } = await importFile(input, sha256, { ...options, store: sink.store }, async () => {});
  return { path: name, ...result };
}
