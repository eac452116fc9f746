import {
  BaseError,
  createPublicClient,
  type Hash,
  type Hex,
  http,
  RpcRequestError,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
} from 'viem';
import { CairnError } from '../../errors.ts';
import {
  type Account,
  type Asset,
  accountAddress,
  type Chain,
  canonicalAccount,
  erc20,
  nativeAsset,
} from '../../units/index.ts';
import type { ChainMovement, ChainReader, ChainTransaction } from '../chain-reader.ts';
import { TRANSFER_TOPIC } from '../evm/transfer-topic.ts';
import { movementsOfCalls, movementsOfTraces } from './json-rpc-traces.ts';

/** Selector of ERC-20's balanceOf(address). */
const BALANCE_OF = '0x70a08231';

type Client = ReturnType<typeof createPublicClient>;

/**
 * An Ethereum node as a chain reader, over JSON-RPC and HTTP.
 * @param url - may carry a key; it never appears in an error.
 * @throws invalid-input for a URL that is none; unavailable if the node does not answer.
 */
export async function createJsonRpcReader(url: string): Promise<ChainReader> {
  const host = hostOf(url);
  const client = createPublicClient({ transport: http(url) });
  const chain: Chain = `eip155:${await ask(host, () => client.getChainId())}`;
  const native = nativeAsset(chain);
  const blockTimes = new Map<bigint, Promise<number>>();
  const timeOf = (blockNumber: bigint): Promise<number> => {
    const known =
      blockTimes.get(blockNumber) ?? client.getBlock({ blockNumber }).then(({ timestamp }) => Number(timestamp));
    blockTimes.set(blockNumber, known);
    return known;
  };
  return {
    chain,
    head: () => ask(host, async () => Number(await client.getBlockNumber({ cacheTime: 0 }))),
    transaction: (hash) => ask(host, () => readTransaction(client, chain, hash, timeOf)),
    internalTransfers: (hash) => ask(host, () => readInternal(client, chain, native, hash)),
    balance: (account, asset, block) => ask(host, () => readBalance(client, native, { account, asset, block })),
    nonce: (account, block) =>
      ask(host, () => orNull(client.getTransactionCount({ address: addressOf(account), blockNumber: BigInt(block) }))),
    hasCode: (account, block) => ask(host, () => readHasCode(client, addressOf(account), block)),
  };
}

/** What a node's failure means to the caller: the node is not there. A node that answers "no" is dealt with before. */
async function ask<T>(host: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    // The cause is left out: its message repeats the URL, which may carry a key.
    throw new CairnError('unavailable', `the node at ${host} did not answer: ${error.name}`, {
      retryable: true,
      hints: ['check that the URL is an Ethereum JSON-RPC endpoint and that it is reachable'],
    });
  }
}

function hostOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new CairnError('invalid-input', 'the node must be given as an http or https URL');
  }
  return parsed.host;
}

/** null where the node answers with an error of its own: no archive state, no such method. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BaseError && error.walk((cause) => cause instanceof RpcRequestError) !== null) return null;
    throw error;
  }
}

async function readTransaction(
  client: Client,
  chain: Chain,
  hash: string,
  timeOf: (block: bigint) => Promise<number>,
): Promise<ChainTransaction | null> {
  if (!isHash(hash)) return null;
  const found = await Promise.all([client.getTransaction({ hash }), client.getTransactionReceipt({ hash })]).catch(
    notFound,
  );
  if (found === null) return null;
  const [transaction, receipt] = found;
  const to = transaction.to ?? receipt.contractAddress ?? null;
  if (to === null) return null;
  const blobFee = (receipt.blobGasUsed ?? 0n) * (receipt.blobGasPrice ?? 0n);
  return {
    hash,
    blockNumber: Number(receipt.blockNumber),
    blockTime: await timeOf(receipt.blockNumber),
    txIndex: receipt.transactionIndex,
    from: canonicalAccount(chain, transaction.from),
    to: canonicalAccount(chain, to),
    nativeAsset: nativeAsset(chain),
    value: transaction.value,
    succeeded: receipt.status === 'success',
    fee: receipt.gasUsed * receipt.effectiveGasPrice + blobFee,
    nonce: transaction.nonce,
    input: transaction.input.toLowerCase(),
    logs: receipt.logs.map(({ logIndex, address, topics, data }) => ({
      logIndex,
      address: canonicalAccount(chain, address),
      topics: topics.map((topic) => topic.toLowerCase()),
      data: data.toLowerCase(),
    })),
    tokens: receipt.logs.flatMap((log) => tokenTransfer(chain, log)),
  };
}

function notFound(error: unknown): null {
  if (error instanceof TransactionNotFoundError || error instanceof TransactionReceiptNotFoundError) return null;
  throw error;
}

type Log = { readonly address: string; readonly topics: readonly Hex[]; readonly data: Hex };

/** ERC-721 uses the same event with a fourth topic and moves no amount. */
function tokenTransfer(chain: Chain, { address, topics, data }: Log): ChainMovement[] {
  const [event, from, to] = topics;
  if (event !== TRANSFER_TOPIC || topics.length !== 3 || from === undefined || to === undefined) return [];
  if (data.length !== 66) return [];
  const account = (topic: Hex): Account => canonicalAccount(chain, `0x${topic.slice(26)}`.toLowerCase());
  return [{ from: account(from), to: account(to), asset: erc20(chain, address.toLowerCase()), amount: BigInt(data) }];
}

/** Nodes offer one of two trace methods, or none. */
async function readInternal(
  client: Client,
  chain: Chain,
  native: Asset,
  hash: string,
): Promise<readonly ChainMovement[] | null> {
  if (!isHash(hash)) return null;
  const calls = await orNull(rawRequest(client, 'debug_traceTransaction', [hash, { tracer: 'callTracer' }]));
  if (calls !== null) return movementsOfCalls(calls, chain, native);
  const traces = await orNull(rawRequest(client, 'trace_transaction', [hash]));
  return traces === null ? null : movementsOfTraces(traces, chain, native);
}

/** viem's types know standard methods only. */
function rawRequest(client: Client, method: string, params: readonly unknown[]): Promise<unknown> {
  const request = client.request as (args: { method: string; params: readonly unknown[] }) => Promise<unknown>;
  return request({ method, params });
}

async function readBalance(
  client: Client,
  native: Asset,
  { account, asset, block }: { account: Account; asset: Asset; block: number },
): Promise<bigint | null> {
  const address = addressOf(account);
  const blockNumber = BigInt(block);
  if (asset === native) return orNull(client.getBalance({ address, blockNumber }));
  const token = /\/erc20:(0x[0-9a-f]{40})$/.exec(asset)?.[1];
  if (token === undefined) return null;
  const data: Hex = `${BALANCE_OF}${address.slice(2).padStart(64, '0')}`;
  const answer = await orNull(client.call({ to: token as Hex, data, blockNumber }));
  if (answer === null) return null;
  if (answer.data !== undefined && answer.data.length === 66) return BigInt(answer.data);
  // Before its contract existed nobody held a token.
  return (await readHasCode(client, token as Hex, block)) === false ? 0n : null;
}

async function readHasCode(client: Client, address: Hex, block: number): Promise<boolean | null> {
  const answer = await orNull(client.getCode({ address, blockNumber: BigInt(block) }).then((code) => ({ code })));
  return answer === null ? null : answer.code !== undefined && answer.code !== '0x';
}

function addressOf(account: Account): Hex {
  return accountAddress(account) as Hex;
}

function isHash(text: string): text is Hash {
  return /^0x[0-9a-f]{64}$/.test(text);
}
