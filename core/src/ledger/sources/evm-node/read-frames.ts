import { isObject, type JsonObject } from '../../evm/json-values.ts';
import type { RpcAnswer, RpcCall, RpcClient } from '../rpc-client.ts';

/** The calls of a transaction, in one of the two ways in which nodes show them. Both null: the node does not. */
export type Frames = {
  /** `callTracer`'s tree. */
  readonly calls: JsonObject | null;
  /** Parity's list. */
  readonly traces: readonly unknown[] | null;
};

/** How a node shows calls; null: not known yet. `none`: it has no method for it. */
export type TraceMethod = { name: 'debug' | 'trace' | 'none' | null };

/** A transaction, and the block whose state its calls rest on; null: not known. */
type Placed = { readonly hash: string; readonly blockNumber: number | null };
type PlacedBlock = { readonly hash: string; readonly number: number };

const CALL_TRACER = { tracer: 'callTracer' };
const NO_FRAMES: Frames = { calls: null, traces: null };
/** A method that the node does not have. @see JSON-RPC 2.0, 5.1. */
export const NO_METHOD = -32601;

/** Reads the calls of transactions, a question each. @returns in the order given. @throws {CairnError} `unavailable`, `interrupted`. */
export async function readFrames(
  client: RpcClient,
  transactions: readonly Placed[],
  method: TraceMethod,
): Promise<Frames[]> {
  const ask = (name: string, more: readonly unknown[]): RpcCall[] =>
    transactions.map(({ hash, blockNumber }) => ({
      method: name,
      params: [hash, ...more],
      restsOn: () => blockNumber,
    }));
  const read = await readEitherWay(client, method, {
    debug: ask('debug_traceTransaction', [CALL_TRACER]),
    trace: ask('trace_transaction', []),
    read: ({ result }, name) => (name === 'debug' ? treeOf(result) : listOf(result)),
  });
  return read.map((frames) => frames ?? NO_FRAMES);
}

/** Reads the calls of whole blocks. @returns by transaction, for each block; null: the node does not show them, or shows another block's. */
export function readBlockFrames(
  client: RpcClient,
  blocks: readonly PlacedBlock[],
  method: TraceMethod,
): Promise<(ReadonlyMap<unknown, Frames> | null)[]> {
  const debug = blocks.map(({ hash, number }) => {
    return { method: 'debug_traceBlockByHash', params: [hash, CALL_TRACER], restsOn: () => number };
  });
  const trace = blocks.map(({ number }) => {
    return { method: 'trace_block', params: [`0x${number.toString(16)}`], restsOn: () => number };
  });
  return readEitherWay(client, method, {
    debug,
    trace,
    read: ({ result, place }, name) => {
      if (!Array.isArray(result)) return null;
      return name === 'debug' ? treesOf(result) : listsOf(result, (blocks[place] as PlacedBlock).hash);
    },
  });
}

type Ways<T> = {
  readonly debug: readonly RpcCall[];
  readonly trace: readonly RpcCall[];
  readonly read: (answer: { readonly result: unknown; readonly place: number }, name: 'debug' | 'trace') => T | null;
};

/** Asks in the way the node is known to answer; while none is, first in the one way, then in the other. */
async function readEitherWay<T>(client: RpcClient, method: TraceMethod, ways: Ways<T>): Promise<(T | null)[]> {
  const nothing = ways.debug.map(() => null);
  if (nothing.length === 0 || method.name === 'none') return nothing;
  let hasNeither = true;
  for (const name of method.name === null ? (['debug', 'trace'] as const) : [method.name]) {
    const answers = await client.askAll(ways[name]);
    const read = answers.map((answer, place) => {
      return 'result' in answer ? ways.read({ result: answer.result, place }, name) : null;
    });
    if (method.name === null && read.some((one) => one !== null)) method.name = name;
    if (method.name === name) return read;
    hasNeither &&= answers.every(lacksMethod);
  }
  if (hasNeither) method.name = 'none';
  return nothing;
}

const lacksMethod = (answer: RpcAnswer): boolean =>
  'refused' in answer && (answer.code === NO_METHOD || /method/i.test(answer.refused));

/** Some nodes answer for a transaction they do not know with an object that is no call. */
function treeOf(result: unknown): Frames | null {
  return isObject(result) && typeof result['type'] === 'string' ? { calls: result, traces: null } : null;
}

function listOf(result: unknown): Frames | null {
  return Array.isArray(result) && result.length > 0 ? { calls: null, traces: result } : null;
}

function treesOf(result: readonly unknown[]): ReadonlyMap<unknown, Frames> {
  return new Map(
    result.filter(isObject).flatMap((call) => {
      const frames = treeOf(call['result']);
      return frames === null ? [] : [[call['txHash'], frames] as const];
    }),
  );
}

function listsOf(result: readonly unknown[], blockHash: string): ReadonlyMap<unknown, Frames> | null {
  const traces = result.filter(isObject);
  if (traces.some((trace) => trace['blockHash'] !== blockHash)) return null;
  const byTransaction = Map.groupBy(traces, (trace) => trace['transactionHash']);
  return new Map([...byTransaction].map(([tx, list]) => [tx, { calls: null, traces: list }]));
}
