import type { Account, Chain } from '../../units/index.ts';
import type { EventLog, EvmEvidence } from '../evidence.ts';
import { type CallTree, type PlacedFrame, readCallTracer, readInternalList, readTraces } from './frames.ts';
import {
  accountOrNull,
  bytesAt,
  contradict,
  countOrNull,
  hashOrNull,
  isAbsent,
  isObject,
  type JsonObject,
  objectAt,
  quantityAt,
  quantityOrNull,
  refuse,
} from './json-values.ts';
import { type ReadLog, readLogs } from './logs.ts';

/** What sources gave of one transaction. Each part is the JSON reply as it came; null or absent where there is none. */
export type EvmParts = {
  /** `eth_getTransactionByHash`, or one of the full transactions of `eth_getBlockByNumber`. */
  readonly transaction?: unknown;
  /** `eth_getTransactionReceipt`, or one of `eth_getBlockReceipts`. */
  readonly receipt?: unknown;
  /** Logs that stand apart from a receipt: `eth_getLogs`, explorers' lists. */
  readonly logs?: unknown;
  /** The block's header, for its time: `eth_getBlockByNumber`. */
  readonly block?: unknown;
  /** `debug_traceTransaction` with `callTracer`. */
  readonly calls?: unknown;
  /** `trace_transaction`, or the transaction's part of `trace_block`. */
  readonly traces?: unknown;
  /** An explorer's list of internal transactions. */
  readonly internal?: unknown;
};

/** A transaction as its parts show it together. */
export type EvmRecord = {
  readonly evidence: EvmEvidence;
  /** Hash of the block, `0x…`; null: not given. */
  readonly blockHash: string | null;
  /** What the sender paid the network, base units of the native coin; null: not known. */
  readonly fee: bigint | null;
  /** What the fee leaves out because the receipt does; null: nothing. */
  readonly feeLacks: 'blobs' | 'l1' | null;
  /** The evidence's frames with their places in the ledger; null: no trace. */
  readonly frames: readonly PlacedFrame[] | null;
};

const REORGANISED = ['the chain was reorganised between the two replies: ask the node again'];
/** EIP-4844: a transaction of this type also pays for blobs. */
const BLOB_TYPE = 3;
/** Rollups whose receipts state apart what was paid for the data on Ethereum (`l1Fee`): Optimism, Base, Scroll. */
export const L1_FEE_CHAINS: ReadonlySet<Chain> = new Set<Chain>(['eip155:10', 'eip155:8453', 'eip155:534352']);

/**
 * What a chain recorded of one transaction, from whatever replies there are.
 * @throws {CairnError} `invalid-input`, naming the field: malformed hex, an address with a wrong checksum, a reply of
 *   another shape; `contradiction`: parts of different transactions, blocks or chains, or that disagree on success.
 */
export function decodeEvidence(chain: Chain, parts: EvmParts): EvmEvidence {
  return readTransaction(chain, parts).evidence;
}

/** As `decodeEvidence`, with what evidence leaves out: the fee, the block's hash and the places of inner calls. */
export function readTransaction(chain: Chain, parts: EvmParts): EvmRecord {
  const transaction = partOf(parts.transaction, 'transaction');
  const receipt = partOf(parts.receipt, 'receipt');
  const block = partOf(parts.block, 'block');
  const given = receipt['logs'] ?? parts.logs;
  const logs = isAbsent(given) ? null : readLogs(chain, given);
  const tx = agreedHash(transaction, receipt, logs, parts);
  const where = `transaction ${tx}`;
  checkChain(chain, transaction, where);
  const shared = withLogs(readHead(chain, { transaction, receipt, block }, where), logs ?? [], where);
  const tree = readTree(chain, parts, shared);
  const succeeded = agreedStatus({ transaction, receipt, logs: logs?.map(({ log }) => log) ?? null, tree }, where);
  checkTop(tree, shared, where);
  const { fee, feeLacks } = readFee(chain, transaction, receipt);
  const { blockHash, ...head } = shared;
  const hasReceipt = !isAbsent(parts.receipt);
  const evidence: EvmEvidence = {
    kind: 'evm',
    chain,
    tx,
    ...head,
    succeeded,
    logs: logs === null || (logs.length === 0 && !hasReceipt) ? null : logs.map(({ log }) => log),
    frames: tree === null ? null : tree.frames.map(({ frame }) => frame),
  };
  return { evidence, blockHash, fee, feeLacks, frames: tree?.frames ?? null };
}

function partOf(value: unknown, where: string): JsonObject {
  return isAbsent(value) ? {} : objectAt(value, where);
}

/** The hash that every part names. */
function agreedHash(
  transaction: JsonObject,
  receipt: JsonObject,
  logs: readonly ReadLog[] | null,
  parts: EvmParts,
): string {
  const named: [string, string][] = [];
  const name = (part: string, value: unknown): void => {
    const hash = hashOrNull(value, `${part}: transaction hash`);
    if (hash !== null) named.push([part, hash]);
  };
  name('transaction', transaction['hash']);
  name('receipt', receipt['transactionHash']);
  for (const [i, { tx }] of (logs ?? []).entries()) name(`logs[${i}]`, tx);
  if (Array.isArray(parts.traces)) {
    for (const [i, trace] of parts.traces.entries())
      if (isObject(trace)) name(`traces[${i}]`, trace['transactionHash']);
  }
  const first = named[0];
  if (first === undefined) return refuse('transaction', 'no part names its hash');
  for (const [part, hash] of named) {
    if (hash !== first[1]) return contradict(part, `is of transaction ${hash}, the ${first[0]} of ${first[1]}`);
  }
  return first[1];
}

function checkChain(chain: Chain, transaction: JsonObject, where: string): void {
  const stated = countOrNull(transaction['chainId'], `${where}: chainId`);
  if (stated !== null && stated !== 0 && `eip155:${stated}` !== chain) {
    contradict(where, `is signed for chain eip155:${stated}, not ${chain}`, [
      `name the chain it is on: --chain eip155:${stated}`,
    ]);
  }
}

type Head = Pick<EvmEvidence, 'blockNumber' | 'blockTime' | 'txIndex' | 'from' | 'to' | 'value' | 'input'> & {
  readonly blockHash: string | null;
};

type Parts = { readonly transaction: JsonObject; readonly receipt: JsonObject; readonly block: JsonObject };

function readHead(chain: Chain, { transaction, receipt, block }: Parts, where: string): Head {
  const both = <T>(field: string, read: (value: unknown, at: string) => T | null): T | null => {
    const one = read(transaction[field], `${where}: ${field}`);
    const two = read(receipt[field], `${where}: ${field} of the receipt`);
    if (one !== null && two !== null && one !== two) {
      const hints =
        field === 'blockHash' ? ['the chain was reorganised between the two replies: ask the node again'] : [];
      return contradict(where, `${field} is ${one} in the transaction and ${two} in the receipt`, hints);
    }
    return one ?? two;
  };
  const account = (value: unknown, at: string): Account | null => accountOrNull(chain, value, at);
  const blockHash = both('blockHash', hashOrNull);
  const stated = hashOrNull(block['hash'], 'block: hash');
  if (stated !== null && blockHash !== null && stated !== blockHash) {
    contradict(where, `is in block ${blockHash}, the header is of ${stated}`, [
      'the chain was reorganised: ask the node again',
    ]);
  }
  return {
    blockNumber: both('blockNumber', countOrNull) ?? countOrNull(block['number'], 'block: number'),
    blockTime: both('timestamp', countOrNull) ?? countOrNull(block['timestamp'], 'block: timestamp'),
    txIndex: both('transactionIndex', countOrNull),
    from: both('from', account),
    to: both('to', account) ?? accountOrNull(chain, receipt['contractAddress'], `${where}: contractAddress`),
    value: quantityOrNull(transaction['value'], `${where}: value`),
    input: isAbsent(transaction['input']) ? null : bytesAt(transaction['input'], `${where}: input`),
    blockHash: blockHash ?? stated,
  };
}

/** Where the transaction stands, as its logs say as well. */
function withLogs(head: Head, logs: readonly ReadLog[], where: string): Head {
  const places: Partial<Record<'blockHash' | 'blockNumber' | 'blockTime' | 'txIndex', string | number>> = {};
  for (const { log, place } of logs) {
    for (const field of ['blockHash', 'blockNumber', 'blockTime', 'txIndex'] as const) {
      const stated = place[field];
      if (stated === null) continue;
      const known = head[field] ?? places[field];
      if (known === undefined) places[field] = stated;
      else if (known !== stated)
        contradict(where, `${field} is ${known}, and ${stated} in log ${log.logIndex}`, REORGANISED);
    }
  }
  return { ...head, ...places } as Head;
}

function readTree(chain: Chain, { calls, traces, internal }: EvmParts, head: Head): CallTree | null {
  if (!isAbsent(calls)) return readCallTracer(chain, calls, 'calls');
  if (!isAbsent(traces)) return readTraces(chain, traces, 'traces');
  if (isAbsent(internal)) return null;
  const { from, to, value, input } = head;
  const isKnown = from !== null && to !== null && value !== null;
  return readInternalList(chain, internal, isKnown ? { from, to, value, input: input ?? '0x' } : null, 'internal');
}

/** The top-level call of a trace is the transaction's own. */
function checkTop(tree: CallTree | null, head: Head, where: string): void {
  const top = tree?.frames.find(({ frame }) => frame.path.length === 0)?.frame;
  if (top === undefined) return;
  for (const field of ['from', 'to', 'value'] as const) {
    const stated = head[field];
    if (stated !== null && stated !== top[field]) {
      contradict(
        where,
        `${field} is ${stated} in the transaction and ${top[field]} in the top-level call of the trace`,
      );
    }
  }
}

type Statements = {
  readonly transaction: JsonObject;
  readonly receipt: JsonObject;
  readonly logs: readonly EventLog[] | null;
  readonly tree: CallTree | null;
};

/** Whether it succeeded, as everything given agrees. Logs and a block's `root` count: a failed transaction has no logs. */
function agreedStatus({ transaction, receipt, logs, tree }: Statements, where: string): boolean | null {
  const statements: [string, boolean][] = [];
  const add = (name: string, status: boolean | null): void => {
    if (status !== null) statements.push([name, status]);
  };
  add('the receipt', statusOf(receipt['status'], `${where}: status of the receipt`));
  add('the transaction', statusOf(transaction['status'], `${where}: status`));
  add('the trace', tree?.succeeded ?? null);
  if (logs !== null && logs.length > 0) add('its logs', true);
  const first = statements[0];
  if (first === undefined) return usedLessThanAllGas(transaction, receipt);
  for (const [name, status] of statements) {
    if (status !== first[1]) {
      const told = (value: boolean): string => (value ? 'succeeded' : 'failed');
      return contradict(where, `${told(first[1])} by ${first[0]}, ${told(status)} by ${name}`);
    }
  }
  return first[1];
}

/** Before Byzantium receipts have no status, but whatever failed used all of its gas. Null: it may be either. */
function usedLessThanAllGas(transaction: JsonObject, receipt: JsonObject): boolean | null {
  if (isAbsent(receipt['root']) || isAbsent(receipt['gasUsed']) || isAbsent(transaction['gas'])) return null;
  return quantityAt(receipt['gasUsed'], 'receipt: gasUsed') < quantityAt(transaction['gas'], 'transaction: gas')
    ? true
    : null;
}

function statusOf(value: unknown, where: string): boolean | null {
  if (isAbsent(value)) return null;
  if (value === true || value === 'success') return true;
  if (value === false || value === 'reverted') return false;
  const status = quantityAt(value, where);
  return status === 1n ? true : status === 0n ? false : refuse(where, 'is neither 0 nor 1', value);
}

function readFee(chain: Chain, transaction: JsonObject, receipt: JsonObject): Pick<EvmRecord, 'fee' | 'feeLacks'> {
  const at = (field: string): bigint | null => quantityOrNull(receipt[field], `receipt: ${field}`);
  const used = at('gasUsed');
  // A mined transaction's gas price is what was paid.
  const price = at('effectiveGasPrice') ?? quantityOrNull(transaction['gasPrice'], 'transaction: gasPrice');
  if (used === null || price === null) return { fee: null, feeLacks: null };
  const blobs = at('blobGasUsed');
  const blobPrice = at('blobGasPrice');
  const l1 = at('l1Fee');
  const fee = used * price + (blobs ?? 0n) * (blobPrice ?? 0n) + (l1 ?? 0n);
  const type = countOrNull(transaction['type'] ?? receipt['type'], 'transaction: type');
  if (type === BLOB_TYPE && (blobs === null || blobPrice === null)) return { fee, feeLacks: 'blobs' };
  return { fee, feeLacks: l1 === null && L1_FEE_CHAINS.has(chain) ? 'l1' : null };
}
