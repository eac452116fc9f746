import { type Account, type Asset, accountAddress, type Chain, nativeAsset } from '../../units/index.ts';
import type { ChainMovement, ChainReader, ChainTransaction } from '../chain-reader.ts';
import { movementsOf } from '../evm/evidence-transfers.ts';
import { countAt, countOrNull, isAbsent, isObject, quantityAt } from '../evm/json-values.ts';
import { readTransaction } from '../evm/transaction-record.ts';
import { readFrames, type TraceMethod } from './evm-node/read-frames.ts';
import { blockOfAnswer } from './evm-node/read-records.ts';
import type { HttpOptions } from './http/http-client.ts';
import { createRpcClient, type RpcCall, type RpcClient } from './rpc-client.ts';

/** Selector of ERC-20's balanceOf(address). */
const BALANCE_OF = '0x70a08231';

/**
 * An Ethereum node as a chain reader, over JSON-RPC and HTTP.
 * @param url - may carry a key; it never appears in an error.
 * @throws invalid-input for a URL that is none; unavailable if the node does not answer.
 */
export async function createJsonRpcReader(url: string, options: HttpOptions = {}): Promise<ChainReader> {
  const client = createRpcClient(url, options);
  const chain: Chain = `eip155:${countAt(await client.ask('eth_chainId', []), 'eth_chainId')}`;
  const native = nativeAsset(chain);
  const node: Node = { client, chain, native, method: { name: null } };
  const blockTimes = new Map<string, Promise<number>>();
  const timeOf = (block: string): Promise<number> => {
    const known = blockTimes.get(block) ?? readTime(client, block);
    blockTimes.set(block, known);
    return known;
  };
  return {
    chain,
    head: async () => countAt(await client.ask('eth_blockNumber', []), 'eth_blockNumber'),
    transaction: (hash) => readChainTransaction(client, chain, hash, timeOf),
    internalTransfers: (hash) => readInternal(node, hash),
    balance: (account, asset, block) => readBalance(client, native, { account, asset, block }),
    nonce: async (account, block) =>
      countOrNull(await answer(client, at('eth_getTransactionCount', [accountAddress(account)], block)), 'nonce'),
    hasCode: (account, block) => readHasCode(client, accountAddress(account), block),
  };
}

type Node = {
  readonly client: RpcClient;
  readonly chain: Chain;
  readonly native: Asset;
  readonly method: TraceMethod;
};

/** A question about the state at the end of a block, which no later block changes. */
function at(method: string, params: readonly unknown[], block: number): RpcCall {
  return { method, params: [...params, `0x${block.toString(16)}`], restsOn: () => block };
}

/** Null where the node answers with an error of its own: no archive state, no such method. */
async function answer(client: RpcClient, call: RpcCall): Promise<unknown> {
  const [given] = await client.askAll([call]);
  return given !== undefined && 'result' in given ? given.result : null;
}

async function readTime(client: RpcClient, block: string): Promise<number> {
  const header = await client.ask('eth_getBlockByNumber', [block, false]);
  return countAt(isObject(header) ? header['timestamp'] : null, `block ${block}: timestamp`);
}

async function readChainTransaction(
  client: RpcClient,
  chain: Chain,
  hash: string,
  timeOf: (block: string) => Promise<number>,
): Promise<ChainTransaction | null> {
  if (!isHash(hash)) return null;
  const found = await client.askAll(
    ['eth_getTransactionByHash', 'eth_getTransactionReceipt'].map((method) => {
      return { method, params: [hash], restsOn: blockOfAnswer };
    }),
  );
  const [transaction, receipt] = found.map((one) => ('result' in one ? one.result : null));
  if (!isObject(transaction) || !isObject(receipt)) return null;
  const { evidence, fee } = readTransaction(chain, { transaction, receipt });
  const { from, to, value, input, txIndex, blockNumber, succeeded, logs } = evidence;
  if (to === null || from === null || value === null || logs === null || txIndex === null || blockNumber === null)
    return null;
  return {
    hash,
    blockNumber,
    blockTime: await timeOf(String(receipt['blockNumber'])),
    txIndex,
    from,
    to,
    nativeAsset: nativeAsset(chain),
    value,
    succeeded: succeeded !== false,
    fee: fee ?? 0n,
    nonce: countAt(transaction['nonce'], `${hash}: nonce`),
    input: input ?? '0x',
    logs,
    tokens: movementsOf({ evidence, fee: null, frames: null }).filter(({ kind }) => kind === 'token'),
  };
}

/** The top-level call is left out: it is the transaction's own value. */
async function readInternal(
  { client, chain, native, method }: Node,
  hash: string,
): Promise<readonly ChainMovement[] | null> {
  if (!isHash(hash)) return null;
  const [frames] = await readFrames(client, [{ hash, blockNumber: null }], method);
  if (frames === undefined || (frames.calls === null && frames.traces === null)) return null;
  const { evidence } = readTransaction(chain, { transaction: { hash }, ...frames });
  return (evidence.frames ?? [])
    .filter(({ path, value }) => path.length > 0 && value > 0n)
    .map(({ from, to, value }) => ({ from, to, asset: native, amount: value }));
}

async function readBalance(
  client: RpcClient,
  native: Asset,
  { account, asset, block }: { account: Account; asset: Asset; block: number },
): Promise<bigint | null> {
  const address = accountAddress(account);
  if (asset === native) {
    const balance = await answer(client, at('eth_getBalance', [address], block));
    return isAbsent(balance) ? null : quantityAt(balance, 'eth_getBalance');
  }
  const token = /\/erc20:(0x[0-9a-f]{40})$/.exec(asset)?.[1];
  if (token === undefined) return null;
  const data = `${BALANCE_OF}${address.slice(2).padStart(64, '0')}`;
  const balance = await answer(client, at('eth_call', [{ to: token, data }], block));
  if (typeof balance !== 'string') return null;
  if (balance.length === 66) return BigInt(balance);
  // Before its contract existed nobody held a token.
  return (await readHasCode(client, token, block)) === false ? 0n : null;
}

async function readHasCode(client: RpcClient, address: string, block: number): Promise<boolean | null> {
  const code = await answer(client, at('eth_getCode', [address], block));
  return typeof code === 'string' ? code !== '0x' : null;
}

function isHash(text: string): boolean {
  return /^0x[0-9a-f]{64}$/.test(text);
}
