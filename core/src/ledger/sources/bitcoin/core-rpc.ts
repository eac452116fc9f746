import { readFile } from 'node:fs/promises';
import { CairnError } from '../../../errors.ts';
import { BITCOIN, type Chain } from '../../../units/index.ts';
import { coreBlock, coreTransaction } from '../../utxo/datasets/core-json.ts';
import { countAt, hashAt, listAt, objectAt } from '../../utxo/datasets/values.ts';
import { verifyMerkleRoot } from '../../utxo/datasets/verify-merkle.ts';
import { GENESIS } from '../../utxo/raw/header-chain.ts';
import type { UtxoOutput } from '../../utxo/transaction.ts';
import { createHttpClient, type HttpOptions, type HttpReply, parseReply } from '../http/http-client.ts';
import type { BlockSource } from './block-source.ts';

/** Hashes asked for in one batch, and transactions. */
const BATCH = 100;
/** Bitcoin Core's error for a transaction or block it does not have. */
const NOT_FOUND = -5;
/** Its error where a height is beyond its last block, or a parameter is of another version. */
const INVALID_PARAMETER = -8;

export type CoreOptions = HttpOptions & {
  /** The node's cookie file, for a URL without user and password. */
  readonly cookie?: string;
  readonly chain?: Chain;
};

type RpcError = { readonly code: number; readonly message: string };
type RpcReply = { readonly result: unknown; readonly error: RpcError | null };
type Call = (method: string, ...params: readonly unknown[]) => Promise<RpcReply>;
type Node = {
  readonly host: string;
  readonly call: Call;
  readonly batch: (calls: readonly (readonly [string, ...unknown[]])[]) => Promise<RpcReply[]>;
};

/**
 * A Bitcoin Core node as a source of blocks, over JSON-RPC. Blocks come with what their inputs spend (verbosity 3, Bitcoin Core 23
 * and later); of an older node (verbosity 2) what the ledger does not have is asked of its transaction index, where it has one.
 * @param url - may carry user and password; they never appear in an error.
 * @throws {CairnError} `invalid-input`: no URL, no cookie, a node of another network; `unavailable`: it does not answer or lets nobody in.
 */
export async function createCoreSource(url: string, options: CoreOptions): Promise<BlockSource> {
  const { chain = BITCOIN } = options;
  const node = await connect(url, options);
  const genesis = await expectResult(node, 'getblockhash', 0);
  if (genesis !== GENESIS) {
    throw new CairnError(
      'invalid-input',
      `the node at ${node.host} is of another network: its first block is ${String(genesis)}`,
    );
  }
  const hashes = createHashes(node);
  let verbosity: 2 | 3 = 3;
  let hasIndex = true;
  return {
    chain,
    name: node.host,
    format: 'bitcoin-core-rpc',
    last: async () => countAt(await expectResult(node, 'getblockcount'), 'getblockcount'),
    hashAt: hashes,
    block: async (hash, height) => {
      let reply = await node.call('getblock', hash, verbosity);
      if (verbosity === 3 && (reply.error !== null || !hasPrevouts(reply.result))) {
        const older = reply.error === null ? reply : await node.call('getblock', hash, 2);
        if (older.error === null) verbosity = 2;
        reply = older;
      }
      if (reply.error !== null) throw refused(node.host, 'getblock', reply.error);
      const block = coreBlock(chain, reply.result);
      assertAsked(block.header, hash, height, node.host);
      verifyMerkleRoot(
        block.header,
        block.transactions.map(({ tx }) => tx),
      );
      return { ...block, size: sizeOf(reply.result) };
    },
    outputs: async (hashes) => {
      const found = hasIndex ? await readOutputs(node, chain, hashes) : null;
      if (found === null) hasIndex = false;
      return found ?? new Map();
    },
  };
}

/**
 * Hashes by height, asked for in batches as long as heights rise one by one. Whoever asks for any other height wants to know what the
 * node says now, so what was asked for ahead is forgotten.
 */
function createHashes(node: Node): (height: number) => Promise<string | null> {
  const ahead = new Map<number, string | null>();
  let next = -1;
  return async (height) => {
    if (height !== next) ahead.clear();
    const count = height === next ? BATCH : 1;
    next = height + 1;
    const known = ahead.get(height);
    if (known !== undefined) return known;
    ahead.clear();
    const calls = Array.from({ length: count }, (_, i) => ['getblockhash', height + i] as const);
    (await node.batch(calls)).forEach((reply, i) => {
      ahead.set(height + i, reply.error?.code === INVALID_PARAMETER ? null : hashOf(reply, node.host));
    });
    return ahead.get(height) as string | null;
  };
}

function assertAsked(header: { hash: string; height: number }, hash: string, height: number, host: string): void {
  if (header.hash === hash && header.height === height) return;
  throw new CairnError(
    'unavailable',
    `${host} was asked for block ${hash} at ${height} and gave ${header.hash} at ${header.height}`,
  );
}

function hasPrevouts(result: unknown): boolean {
  const transactions = listAt(objectAt(result, 'the block')['tx'], 'tx');
  if (transactions.length < 2) return true;
  return listAt(objectAt(transactions[1], 'tx')['vin'], 'vin').every((input) => 'prevout' in objectAt(input, 'vin'));
}

function sizeOf(result: unknown): number {
  return countAt(objectAt(result, 'the block')['size'] ?? 0, 'size');
}

/** Outputs of transactions by the node's index; null: it has none. */
async function readOutputs(
  node: Node,
  chain: Chain,
  hashes: readonly string[],
): Promise<Map<string, readonly UtxoOutput[]> | null> {
  const found = new Map<string, readonly UtxoOutput[]>();
  const place = { chain, blockNumber: 0, blockTime: 0, txIndex: 0, indexAssigned: false };
  for (let i = 0; i < hashes.length; i += BATCH) {
    const replies = await node.batch(hashes.slice(i, i + BATCH).map((tx) => ['getrawtransaction', tx, true] as const));
    for (const { result, error } of replies) {
      if (error?.code === NOT_FOUND) return null;
      if (error !== null) throw refused(node.host, 'getrawtransaction', error);
      const { tx, outputs } = coreTransaction(result, place);
      found.set(tx, outputs);
    }
  }
  return found;
}

async function connect(text: string, options: CoreOptions): Promise<Node> {
  const http = createHttpClient(text, 'the node', options);
  const { host } = http;
  const cookie = new URL(text).username === '' ? await readCookie(options.cookie) : null;
  // A user in the URL is the client's business.
  const headers: Record<string, string> =
    cookie === null ? {} : { authorization: `Basic ${Buffer.from(cookie).toString('base64')}` };
  const send = async (body: unknown): Promise<unknown> => {
    const reply = await http.request({ headers, body, what: methodsOf(body), isAnswer: isRpcReply });
    if (reply.status === 401 || reply.status === 403) {
      throw new CairnError(
        'unavailable',
        `the node at ${host} lets nobody in with this user and password (${reply.status})`,
        {
          hints: [
            'write them in the URL: http://user:password@127.0.0.1:8332',
            'or name its cookie file: --rpc-cookie ~/.bitcoin/.cookie',
          ],
        },
      );
    }
    return parseReply(reply.text, host);
  };
  return {
    host,
    call: async (method, ...params) => rpcReply(await send({ jsonrpc: '1.0', id: 0, method, params }), host),
    batch: async (calls) => {
      const sent = calls.map(([method, ...params], id) => ({ jsonrpc: '1.0', id, method, params }));
      const replies = listAt(await send(sent), `${host}: a batch`);
      const byId = new Map(replies.map((reply) => [objectAt(reply, `${host}: a batch`)['id'], reply]));
      return sent.map(({ id }) => rpcReply(byId.get(id), host));
    },
  };
}

/** What is asked, for the log of calls. */
function methodsOf(body: unknown): string {
  const calls = (Array.isArray(body) ? body : [body]) as readonly {
    readonly method: string;
    readonly params: unknown;
  }[];
  return calls.map(({ method, params }) => `${method} ${JSON.stringify(params)}`).join(', ');
}

async function readCookie(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new CairnError('not-found', `the cookie file cannot be read: ${path}`, {
      cause,
      hints: ['a node writes it when it starts'],
    });
  }
}

/** Errors of a method come with status 500 and are answers; a queue that is full is not. */
function isRpcReply({ text }: HttpReply): boolean {
  return text.startsWith('{') && text.includes('"error"');
}

function rpcReply(value: unknown, host: string): RpcReply {
  const { result, error } = objectAt(value, `the reply of ${host}`);
  if (error === null || error === undefined) return { result, error: null };
  const { code, message } = objectAt(error, `the reply of ${host}: error`);
  return { result: null, error: { code: Number(code), message: String(message) } };
}

async function expectResult(node: Node, method: string, ...params: readonly unknown[]): Promise<unknown> {
  const { result, error } = await node.call(method, ...params);
  if (error !== null) throw refused(node.host, method, error);
  return result;
}

function hashOf(reply: RpcReply, host: string): string {
  if (reply.error !== null) throw refused(host, 'getblockhash', reply.error);
  return hashAt(reply.result, `${host}: getblockhash`);
}

function refused(host: string, method: string, { code, message }: RpcError): CairnError {
  // -28: the node is still starting.
  const retryable = code === -28;
  const hints = /pruned/i.test(message)
    ? ['a pruned node has recent blocks only: start later with --from, or use a full one']
    : [];
  return new CairnError('unavailable', `the node at ${host} refuses ${method}: ${message} (${code})`, {
    retryable,
    hints,
  });
}
