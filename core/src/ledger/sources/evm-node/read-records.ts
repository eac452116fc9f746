import { CairnError } from '../../../errors.ts';
import { hashAt, isObject, type JsonObject, listAt, objectAt } from '../../evm/json-values.ts';
import type { RpcAnswer, RpcCall, RpcClient } from '../rpc-client.ts';
import { type Frames, readBlockFrames, readFrames, type TraceMethod } from './read-frames.ts';

/** Everything a node says of one transaction, as `piecesOf` takes it. */
export type NodeRecord = JsonObject &
  Frames & {
    readonly transaction: JsonObject;
    readonly receipt: JsonObject;
    /** Number, hash and timestamp of its block. */
    readonly block: JsonObject;
  };

/** A transaction wanted, and the block it is in. */
export type WantedRecord = { readonly hash: string; readonly blockNumber: number; readonly blockHash: string };

/** A block as it is listed: which transactions it has. */
export type ListedBlock = { readonly number: number; readonly hash: string; readonly transactions: readonly string[] };

/** From so many wanted transactions on, and this share of a block's, the whole block is asked for: three questions in place of three each. */
const WHOLE_FROM = 2;
const WHOLE_SHARE = 1 / 4;
/** What is not given is asked for so often, after a second, then two, then four: of the machines behind one address some lag behind. */
const ATTEMPTS = 4;
const FIRST_PAUSE = 1_000;
/** What a transaction costs that calls no code. @see Ethereum yellow paper, appendix G. */
const GAS_OF_NO_CALL = 21_000;

const heightOf = (number: number): string => `0x${number.toString(16)}`;

/**
 * Lists blocks, the last included.
 * @param after - hash of the block before the first; null: not known.
 * @throws {CairnError} `unavailable`, retryable: the node has not all of them, or one does not follow the one before.
 */
export async function listBlocks(
  client: RpcClient,
  { from, to }: { readonly from: number; readonly to: number },
  after: string | null,
): Promise<ListedBlock[]> {
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const calls = numbers.map((number) => {
    return { method: 'eth_getBlockByNumber', params: [heightOf(number), false], restsOn: () => number };
  });
  const blocks = await insist(client, calls, isObject, (place) => `block ${numbers[place]}`);
  return blocks.map((block, i): ListedBlock => {
    const where = `block ${numbers[i]}`;
    const before = i === 0 ? after : blocks[i - 1]?.['hash'];
    if (before !== null && block['parentHash'] !== before) gone(client, where);
    const transactions = listAt(block['transactions'], `${where}: transactions`);
    return {
      number: numbers[i] as number,
      hash: hashAt(block['hash'], `${where}: hash`),
      transactions: transactions.map((hash) => hashAt(hash, `${where}: a transaction`)),
    };
  });
}

/** The transactions of blocks, as `readRecords` takes them. */
export function allOf(blocks: readonly ListedBlock[]): WantedRecord[] {
  return blocks.flatMap(({ number: blockNumber, hash: blockHash, transactions }) =>
    transactions.map((hash) => ({ hash, blockNumber, blockHash })),
  );
}

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
  const blocks = [...byBlock].map(([hash, [first]]) => ({ hash, number: (first as WantedRecord).blockNumber }));
  const headers = await readHeaders(client, blocks);
  const whole = [...headers.values()].filter((block) => {
    const count = byBlock.get(block.hash)?.length ?? 0;
    return count >= WHOLE_FROM && count >= block.transactions * WHOLE_SHARE;
  });
  const found = new Map<string, NodeRecord>();
  for (const record of await readWholeBlocks(client, whole, traces)) found.set(hashOfRecord(record), record);
  const rest = wanted.filter(({ hash }) => !found.has(hash));
  for (const record of await readSingly(client, rest, headers, traces)) found.set(hashOfRecord(record), record);
  return wanted.map(({ hash }) => found.get(hash) as NodeRecord);
}

/** Could a transaction have moved value by inner calls that its record does not show? */
export function lacksCalls({ calls, traces, receipt }: NodeRecord): boolean {
  return calls === null && traces === null && Number(receipt['gasUsed']) !== GAS_OF_NO_CALL;
}

type Header = {
  readonly hash: string;
  readonly number: number;
  readonly transactions: number;
  readonly json: JsonObject;
};

/** By number, so that a block which a reorganisation has put aside is not taken for one of the chain. */
async function readHeaders(client: RpcClient, blocks: readonly BlockId[]): Promise<ReadonlyMap<string, Header>> {
  const found = await readBlocks(client, blocks);
  return new Map(
    blocks.map(({ hash, number }, i) => {
      const block = found[i] as JsonObject;
      const transactions = listAt(block['transactions'], `block ${hash}: transactions`).length;
      const json = { number: block['number'], hash: block['hash'], timestamp: block['timestamp'] };
      return [hash, { hash, number, transactions, json }];
    }),
  );
}

type BlockId = { readonly number: number; readonly hash: string };

function readBlocks(client: RpcClient, blocks: readonly BlockId[]): Promise<JsonObject[]> {
  return insist(
    client,
    blocks.map(({ number }) => ({
      method: 'eth_getBlockByNumber',
      params: [heightOf(number), false],
      restsOn: () => number,
    })),
    (block, place): block is JsonObject => isObject(block) && block['hash'] === blocks[place]?.hash,
    (place) => `block ${blocks[place]?.number} (${blocks[place]?.hash})`,
  );
}

/** The block that a transaction or receipt stands in: what the answer rests on. */
export const blockOfAnswer = (result: unknown): number | null =>
  isObject(result) && typeof result['blockNumber'] === 'string' ? Number(result['blockNumber']) : null;

const hashOfRecord = (record: NodeRecord): string => String(record.transaction['hash']);

async function readSingly(
  client: RpcClient,
  wanted: readonly WantedRecord[],
  headers: ReadonlyMap<string, Header>,
  traces: TraceMethod,
): Promise<NodeRecord[]> {
  const ask = (method: string): Promise<JsonObject[]> =>
    insist(
      client,
      wanted.map(({ hash }) => ({ method, params: [hash], restsOn: blockOfAnswer })),
      (result, place): result is JsonObject => isObject(result) && result['blockHash'] === wanted[place]?.blockHash,
      (place) => `transaction ${wanted[place]?.hash}`,
    );
  const [transactions, receipts] = await Promise.all([
    ask('eth_getTransactionByHash'),
    ask('eth_getTransactionReceipt'),
  ]);
  const headerOf = ({ blockHash }: WantedRecord): Header => headers.get(blockHash) as Header;
  const placed = wanted.map((one) => ({ hash: one.hash, blockNumber: headerOf(one).number }));
  const frames = await readFrames(client, placed, traces);
  return wanted.map((one, i) => ({
    transaction: transactions[i] as JsonObject,
    receipt: receipts[i] as JsonObject,
    block: headerOf(one).json,
    ...(frames[i] as Frames),
  }));
}

/** Not every node gives whole blocks: what is not there, or does not fit together, is left to be asked for singly. */
async function readWholeBlocks(
  client: RpcClient,
  blocks: readonly Header[],
  traces: TraceMethod,
): Promise<NodeRecord[]> {
  if (blocks.length === 0) return [];
  const ask = async (method: string, ...more: readonly unknown[]): Promise<unknown[]> => {
    const calls = blocks.map(({ hash, number }) => ({ method, params: [hash, ...more], restsOn: () => number }));
    return (await client.askAll(calls)).map((answer) => ('result' in answer ? answer.result : null));
  };
  const [full, receipts] = await Promise.all([ask('eth_getBlockByHash', true), ask('eth_getBlockReceipts')]);
  const frames = await readBlockFrames(client, blocks, traces);
  return blocks.flatMap((header, i) => {
    const block = full[i];
    const listed = receipts[i];
    if (!isObject(block) || !Array.isArray(listed)) return [];
    const byHash = new Map(listed.filter(isObject).map((receipt) => [receipt['transactionHash'], receipt]));
    return listAt(block['transactions'], `block ${header.hash}: transactions`).flatMap((item): NodeRecord[] => {
      const transaction = objectAt(item, `block ${header.hash}: a transaction`);
      const receipt = byHash.get(transaction['hash']);
      const calls = frames[i]?.get(transaction['hash']) ?? null;
      const fits = [transaction, receipt].every((one) => one?.['blockHash'] === header.hash);
      if (!fits || receipt === undefined || (calls === null && traces.name !== 'none')) return [];
      return [{ transaction, receipt, block: header.json, calls: null, traces: null, ...calls }];
    });
  });
}

/** Asks until every answer fits, with growing pauses. @throws {CairnError} `unavailable`, retryable: one does not, however often it is asked for. */
export async function insist<T>(
  client: RpcClient,
  calls: readonly RpcCall[],
  fits: (result: unknown, place: number) => result is T,
  nameOf: (place: number) => string,
): Promise<T[]> {
  const found = new Map<number, T>();
  for (let attempt = 1; ; attempt++) {
    const open = calls.flatMap((_, place) => (found.has(place) ? [] : [place]));
    const answers = await client.askAll(open.map((place) => calls[place] as RpcCall));
    for (const [i, place] of open.entries()) {
      const answer = answers[i] as RpcAnswer;
      if ('result' in answer && fits(answer.result, place)) found.set(place, answer.result);
    }
    const lacking = open.findIndex((place) => !found.has(place));
    if (lacking < 0) return calls.map((_, place) => found.get(place) as T);
    if (attempt < ATTEMPTS) await client.pause(FIRST_PAUSE * 2 ** (attempt - 1));
    else gone(client, nameOf(open[lacking] as number), answers[lacking] as RpcAnswer);
  }
}

/** What the node spoke of a moment ago and now does not give: the chain was reorganised, or the node keeps it back. */
export function gone(client: RpcClient, what: string, answer: RpcAnswer | null = null): never {
  const said = answer !== null && 'refused' in answer ? ` (it says: ${answer.refused})` : '';
  throw new CairnError(
    'unavailable',
    `${what} is not, or no longer, where the node at ${client.host} had it${said}: the chain was reorganised, or the node keeps it back`,
    { retryable: true, hints: ['run the command again: what was committed stays'] },
  );
}
