import { CairnError } from '../../../errors.ts';
import { countAt, hashAt, isObject, type JsonObject, listAt, objectAt } from '../../evm/json-values.ts';
import type { RpcAnswer, RpcCall, RpcClient } from '../rpc-client.ts';

/** Everything a node says of one transaction, as `piecesOf` takes it. */
export type NodeRecord = JsonObject & {
  readonly transaction: JsonObject;
  readonly receipt: JsonObject;
  /** Number, hash and timestamp of its block. */
  readonly block: JsonObject;
};

/** A transaction wanted, and its block where that is known. */
export type WantedRecord = { readonly hash: string; readonly blockHash: string };

/** From so many wanted transactions on, and this share of a block's, the whole block is asked for: three questions in place of three each. */
const WHOLE_FROM = 2;
const WHOLE_SHARE = 1 / 4;

const CALL_TRACER = { tracer: 'callTracer' };

/** How a node shows calls; null: not tried yet. `none`: it keeps no traces. */
export type TraceMethod = { name: 'debug' | 'trace' | 'none' | null };

/** The block that a transaction or receipt stands in: what the answer rests on. */
export const blockOfAnswer = (result: unknown): number | null =>
  isObject(result) && typeof result['blockNumber'] === 'string' ? Number(result['blockNumber']) : null;

const numberOfBlock = (result: unknown): number | null =>
  isObject(result) && typeof result['number'] === 'string' ? Number(result['number']) : null;

/**
 * Reads transactions of known blocks with receipts and calls, in few requests.
 * @returns in the order asked.
 * @throws {CairnError} `unavailable`, retryable: a block or transaction that was found is not there any more, or is in another block.
 */
export async function readRecords(
  client: RpcClient,
  wanted: readonly WantedRecord[],
  traces: TraceMethod,
): Promise<NodeRecord[]> {
  const byBlock = Map.groupBy(wanted, ({ blockHash }) => blockHash);
  const hashes = [...byBlock.keys()];
  const headers = await client.askAll(
    hashes.map((hash) => ({ method: 'eth_getBlockByHash', params: [hash, false], restsOn: numberOfBlock })),
  );
  const blocks = hashes.map((hash, i) => headerOf(client, hash, headers[i] as RpcAnswer));
  const whole = blocks.filter((block) => {
    const count = byBlock.get(block.hash)?.length ?? 0;
    return count >= WHOLE_FROM && count >= block.transactions * WHOLE_SHARE;
  });
  const found = new Map<string, NodeRecord>();
  for (const record of await readWholeBlocks(client, whole, traces)) found.set(hashOfRecord(record), record);
  const rest = wanted.filter(({ hash }) => !found.has(hash));
  for (const record of await readSingly(client, rest, new Map(blocks.map((one) => [one.hash, one])), traces)) {
    found.set(hashOfRecord(record), record);
  }
  return wanted.map(({ hash }) => found.get(hash) ?? gone(client, `transaction ${hash}`));
}

type Header = {
  readonly hash: string;
  readonly number: number;
  readonly transactions: number;
  readonly json: JsonObject;
};

function headerOf(client: RpcClient, hash: string, answer: RpcAnswer): Header {
  const block = resultOf(client, answer, 'eth_getBlockByHash');
  if (!isObject(block)) return gone(client, `block ${hash}`);
  const number = countAt(block['number'], `block ${hash}: number`);
  const transactions = listAt(block['transactions'], `block ${hash}: transactions`).length;
  return { hash, number, transactions, json: headerJson(block) };
}

const headerJson = ({ number, hash, timestamp }: JsonObject): JsonObject => ({ number, hash, timestamp });
const hashOfRecord = (record: NodeRecord): string => String(record.transaction['hash']);

async function readSingly(
  client: RpcClient,
  wanted: readonly WantedRecord[],
  blocks: ReadonlyMap<string, Header>,
  traces: TraceMethod,
): Promise<NodeRecord[]> {
  const calls = wanted.flatMap(({ hash }): RpcCall[] => [
    { method: 'eth_getTransactionByHash', params: [hash], restsOn: blockOfAnswer },
    { method: 'eth_getTransactionReceipt', params: [hash], restsOn: blockOfAnswer },
  ]);
  const answers = await client.askAll(calls);
  const frames = await readFrames(client, wanted, blocks, traces);
  return wanted.map(({ hash, blockHash }, i) => {
    const transaction = resultOf(client, answers[2 * i] as RpcAnswer, 'eth_getTransactionByHash');
    const receipt = resultOf(client, answers[2 * i + 1] as RpcAnswer, 'eth_getTransactionReceipt');
    const block = (blocks.get(blockHash) as Header).json;
    return assemble(client, { hash, transaction, receipt, block, ...frames[i] });
  });
}

type Parts = {
  readonly hash: string;
  readonly transaction: unknown;
  readonly receipt: unknown;
  readonly block: JsonObject;
  readonly calls?: unknown;
  readonly traces?: unknown;
};

/** One transaction's replies, all of one block. */
function assemble(client: RpcClient, { hash, transaction, receipt, block, calls, traces }: Parts): NodeRecord {
  if (!isObject(transaction) || !isObject(receipt)) return gone(client, `transaction ${hash}`);
  if (transaction['blockHash'] !== block['hash'] || receipt['blockHash'] !== block['hash']) {
    return gone(client, `transaction ${hash}`);
  }
  return { transaction, receipt, block, calls: calls ?? null, traces: traces ?? null };
}

type Frames = { readonly calls?: unknown; readonly traces?: unknown };

/** Calls of transactions one by one, in the way this node shows them. */
async function readFrames(
  client: RpcClient,
  wanted: readonly WantedRecord[],
  blocks: ReadonlyMap<string, Header>,
  traces: TraceMethod,
): Promise<readonly Frames[]> {
  const heightOf = (blockHash: string) => (): number => (blocks.get(blockHash) as Header).number;
  const ask = (method: string, more: readonly unknown[]): Promise<RpcAnswer[]> =>
    client.askAll(
      wanted.map(({ hash, blockHash }) => ({ method, params: [hash, ...more], restsOn: heightOf(blockHash) })),
    );
  if (wanted.length === 0 || traces.name === 'none') return wanted.map(() => ({}));
  if (traces.name !== 'trace') {
    const answers = await ask('debug_traceTransaction', [CALL_TRACER]);
    // Some nodes answer for a transaction they do not know with an object that is no call.
    const frames = answers.map(given).map((call) => (isObject(call) && typeof call['type'] === 'string' ? call : null));
    if (frames.some((call) => call !== null)) traces.name = 'debug';
    if (traces.name === 'debug') return frames.map((calls) => ({ calls }));
  }
  const answers = await ask('trace_transaction', []);
  traces.name = answers.some((answer) => Array.isArray(given(answer))) ? 'trace' : 'none';
  return answers.map((answer) => ({ traces: given(answer) }));
}

async function readWholeBlocks(
  client: RpcClient,
  blocks: readonly Header[],
  traces: TraceMethod,
): Promise<NodeRecord[]> {
  if (blocks.length === 0) return [];
  const height = (number: number): string => `0x${number.toString(16)}`;
  const ask = (method: string, params: (block: Header) => readonly unknown[]): Promise<RpcAnswer[]> =>
    client.askAll(blocks.map((block) => ({ method, params: params(block), restsOn: () => block.number })));
  const full = await ask('eth_getBlockByHash', ({ hash }) => [hash, true]);
  const receipts = await ask('eth_getBlockReceipts', ({ hash }) => [hash]);
  const calls = await ask('debug_traceBlockByNumber', ({ number }) => [height(number), CALL_TRACER]);
  return blocks.flatMap((header, i) => {
    const listed = given(receipts[i] as RpcAnswer);
    const block = resultOf(client, full[i] as RpcAnswer, 'eth_getBlockByHash');
    const frames = given(calls[i] as RpcAnswer);
    // Not every node has these: what is not there is asked for singly.
    if (!Array.isArray(listed) || !isObject(block) || !Array.isArray(frames)) return [];
    const byTx = new Map(frames.filter(isObject).map((call) => [call['txHash'], call['result']]));
    if (listed.length > 0 && byTx.size < listed.length) return [];
    traces.name = 'debug';
    const transactions = listAt(block['transactions'], `block ${header.hash}: transactions`);
    return transactions.flatMap((transaction, place) => {
      const hash = hashAt(objectAt(transaction, 'a transaction')['hash'], `block ${header.hash}: transaction ${place}`);
      const receipt = listed.find((one) => isObject(one) && one['transactionHash'] === hash);
      // Left out of its block's receipts: if it is wanted, it is asked for singly.
      if (receipt === undefined) return [];
      return assemble(client, { hash, transaction, receipt, block: header.json, calls: byTx.get(hash) });
    });
  });
}

const given = (answer: RpcAnswer): unknown => ('result' in answer ? answer.result : null);

function resultOf(client: RpcClient, answer: RpcAnswer, method: string): unknown {
  if ('result' in answer) return answer.result;
  throw new CairnError('unavailable', `the node at ${client.host} refused ${method}: ${answer.refused}`, {
    retryable: true,
  });
}

/** What the node spoke of a moment ago and now does not give: the chain was reorganised, or the node keeps it back. */
export function gone(client: RpcClient, what: string): never {
  throw new CairnError(
    'unavailable',
    `${what} is not, or no longer, where the node at ${client.host} had it: the chain was reorganised, or the node keeps it back`,
    { retryable: true, hints: ['run the command again: what was committed stays'] },
  );
}
