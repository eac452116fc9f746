import { createHash } from 'node:crypto';
import { CairnError } from '../../../errors.ts';
import type { Asset, Chain } from '../../../units/index.ts';
import { jsonFormat } from '../../evm/json-decoder.ts';
import { countAt, hashAt, isAbsent, isObject } from '../../evm/json-values.ts';
import { createEvidenceSink } from '../evidence-sink.ts';
import type { HttpOptions } from '../http/http-client.ts';
import { importFile } from '../import-file.ts';
import { alreadyImported, type FileResult, type IngestProgress } from '../import-whole.ts';
import type { IngestResult } from '../ingest-files.ts';
import type { IngestReceiptsOptions } from '../receipts.ts';
import { rowsOfValues } from '../receipts-json.ts';
import { createRpcClient, type RpcClient } from '../rpc-client.ts';
import { BLOCKS } from './account-source.ts';
import type { TraceMethod } from './read-frames.ts';
import { allOf, listBlocks, readRecords, type WantedRecord } from './read-records.ts';

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
  const node: Node = { client, chain, traces: { name: null } };
  const files: FileResult[] = [];
  for (const chunk of chunksOf(options)) {
    if (options.signal?.aborted) throw new CairnError('interrupted', `stopped before ${chunk.name}`);
    files.push(await ingestChunk(options, node, chunk));
  }
  return { files, assets: new Map() };
}

type Node = { readonly client: RpcClient; readonly chain: Chain; readonly traces: TraceMethod };

/** What is committed together: what it is known by, told before its records are read. */
type Chunk = { readonly name: string; readonly list: (client: RpcClient) => Promise<Listed> };
type Listed = {
  readonly wanted: readonly WantedRecord[];
  /** With the hashes of the blocks in them: the same is not read twice, and after a reorganisation it is not the same. */
  readonly identity: readonly string[];
};

function chunksOf({ what, blocksAtOnce = BLOCKS }: IngestNodeOptions): Chunk[] {
  if (what.kind === 'transactions') {
    const hashes = what.hashes.map((hash) => hashAt(hash, 'the transaction'));
    const name = hashes.length === 1 ? `transaction ${hashes[0]}` : `${hashes.length} transactions`;
    return [{ name, list: (client) => listNamed(client, hashes) }];
  }
  if (what.from > what.to) throw new CairnError('invalid-input', `block ${what.from} comes after block ${what.to}`);
  const chunks: Chunk[] = [];
  for (let from = what.from; from <= what.to; from += blocksAtOnce) {
    const to = Math.min(what.to, from + blocksAtOnce - 1);
    chunks.push({ name: `blocks ${from}-${to}`, list: (client) => listRange(client, from, to) });
  }
  return chunks;
}

async function listNamed(client: RpcClient, hashes: readonly string[]): Promise<Listed> {
  const answers = await client.askAll(hashes.map((hash) => ({ method: 'eth_getTransactionByHash', params: [hash] })));
  const wanted = hashes.map((hash, i): WantedRecord => {
    const answer = answers[i];
    const transaction = answer !== undefined && 'result' in answer ? answer.result : null;
    if (!isObject(transaction)) {
      throw new CairnError('not-found', `the node at ${client.host} knows no transaction ${hash}`);
    }
    if (isAbsent(transaction['blockHash'])) {
      throw new CairnError('unavailable', `transaction ${hash} is in no block yet`, { retryable: true });
    }
    return {
      hash,
      blockNumber: countAt(transaction['blockNumber'], `transaction ${hash}: blockNumber`),
      blockHash: hashAt(transaction['blockHash'], `transaction ${hash}: blockHash`),
    };
  });
  return { wanted, identity: wanted.map(({ hash, blockHash }) => `${hash} ${blockHash}`).sort() };
}

async function listRange(client: RpcClient, from: number, to: number): Promise<Listed> {
  const blocks = await listBlocks(client, { from, to }, null);
  return { wanted: allOf(blocks), identity: blocks.map(({ hash }) => hash) };
}

async function ingestChunk(
  options: IngestNodeOptions,
  { client, chain, traces }: Node,
  chunk: Chunk,
): Promise<FileResult> {
  const name = `${chunk.name} of ${chain}`;
  const { wanted, identity } = await chunk.list(client);
  const sha256 = createHash('sha256')
    .update([chain, options.what.kind, ...identity].join('\n'))
    .digest('hex');
  const imports = await options.store.imports();
  const same = imports.find((earlier) => earlier.sha256 === sha256);
  if (same !== undefined) return alreadyImported(name, same);
  const records = await readRecords(client, wanted, traces);
  const sink = createEvidenceSink(options.store, options.keysOf);
  const rows = rowsOfValues(records, options.store, chain);
  const report = (
    phase: IngestProgress['phase'],
    progress: { bytesRead: number; rows: number; rejected: number },
  ): void => options.onProgress?.({ file: name, phase, totalBytes: records.length, ...progress });
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
