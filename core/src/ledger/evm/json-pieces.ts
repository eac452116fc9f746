import { type CairnError, isCairnError } from '../../errors.ts';
import { type Chain, parseChain } from '../../units/index.ts';
import { contradict, countOrNull, hashOrNull, isAbsent, isObject, type JsonObject, refuse } from './json-values.ts';
import type { EvmParts } from './transaction-record.ts';

/** One JSON reply's word on one transaction, or on a block's time. */
export type JsonPiece = {
  /** Null where the reply is a block's header. */
  readonly tx: string | null;
  /** The chain the reply itself names; null: none. */
  readonly chain: Chain | null;
  readonly blockNumber: number | null;
  readonly parts: EvmParts;
};

/** What a file says of one transaction, all replies together. */
export type JsonTransaction = {
  readonly tx: string;
  readonly chain: Chain | null;
  readonly blockNumber: number | null;
  readonly parts: EvmParts;
  /** Place of the first reply about it in the file. */
  readonly line: number;
  /** Why the replies do not fit together; null: they do. */
  readonly fault: CairnError | null;
};

/**
 * Takes a JSON value apart: JSON-RPC replies and lists of them, full blocks with or without receipts, transactions,
 * receipts, logs, traces, and records that hold a transaction's replies together
 * (`{ transaction, receipt, logs, traces, calls, internalTransactions, chainId, timestamp }`).
 * @param where - place of the value in its file, for messages.
 * @throws {CairnError} `invalid-input`: a shape that is none of these, or a node's error.
 */
export function piecesOf(value: unknown, where: string): JsonPiece[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => piecesOf(item, `${where}[${i}]`));
  if (!isObject(value)) return refuse(where, 'is no transaction, receipt, log, trace or block', value);
  if ('jsonrpc' in value) return replyPieces(value, where);
  if (isObject(value['transaction']) || isObject(value['receipt'])) return [recordPiece(value, where)];
  if (Array.isArray(value['transactions'])) return blockPieces(value, value['transactions'], where);
  if ('txHash' in value && isObject(value['result'])) {
    return [pieceOf({ tx: value['txHash'], parts: { calls: value['result'] } }, where)];
  }
  if ('traceAddress' in value) return tracePieces(value, where);
  if (Array.isArray(value['topics'])) {
    return [pieceOf({ tx: value['transactionHash'], block: value['blockNumber'], parts: { logs: [value] } }, where)];
  }
  if ('gasUsed' in value && 'transactionHash' in value) {
    return [pieceOf({ tx: value['transactionHash'], block: value['blockNumber'], parts: { receipt: value } }, where)];
  }
  if ('hash' in value && 'from' in value && 'value' in value) return [transactionPiece(value, where)];
  return refuse(
    where,
    'is no transaction, receipt, log, trace or block; it has',
    Object.keys(value).slice(0, 8).join(', '),
  );
}

type Stated = {
  readonly tx: unknown;
  readonly chain?: Chain | null;
  readonly block?: unknown;
  readonly parts: EvmParts;
};

function pieceOf({ tx, chain, block, parts }: Stated, where: string): JsonPiece {
  const hash = hashOrNull(tx, `${where}: transaction hash`);
  if (hash === null) return refuse(where, 'names no transaction');
  return { tx: hash, chain: chain ?? null, blockNumber: countOrNull(block, `${where}: blockNumber`), parts };
}

function replyPieces({ result, error }: JsonObject, where: string): JsonPiece[] {
  if (isObject(error)) return refuse(where, 'the node answered with an error', error['message']);
  if (isAbsent(result)) return refuse(where, 'the node answered that it does not know it');
  return piecesOf(result, `${where}.result`);
}

function transactionPiece(transaction: JsonObject, where: string): JsonPiece {
  const { hash: tx, chainId, blockNumber: block } = transaction;
  return pieceOf({ tx, chain: chainOf(chainId, where), block, parts: { transaction } }, where);
}

function recordPiece(record: JsonObject, where: string): JsonPiece {
  const transaction = isObject(record['transaction']) ? record['transaction'] : null;
  const receipt = isObject(record['receipt']) ? record['receipt'] : null;
  const tx = record['transactionHash'] ?? transaction?.['hash'] ?? receipt?.['transactionHash'];
  const { timestamp } = record;
  return pieceOf(
    {
      tx,
      chain: chainOf(record['chainId'] ?? record['chain'], where) ?? chainOf(transaction?.['chainId'], where),
      block: transaction?.['blockNumber'] ?? receipt?.['blockNumber'],
      parts: {
        // An empty transaction is none; the record's own hash stands for one that leaves it out.
        transaction:
          transaction === null || Object.keys(transaction).length === 0 ? null : { hash: tx, ...transaction },
        receipt: receipt === null ? null : { transactionHash: tx, ...receipt },
        logs: record['logs'],
        block: record['block'] ?? (isAbsent(timestamp) ? null : { timestamp }),
        calls: record['calls'],
        traces: record['traces'],
        internal: record['internalTransactions'],
      },
    },
    where,
  );
}

function blockPieces(block: JsonObject, transactions: readonly unknown[], where: string): JsonPiece[] {
  const { number, hash, timestamp } = block;
  const header = { number, hash, timestamp };
  const blockNumber = countOrNull(number, `${where}: number`);
  const receipts = isAbsent(block['receipts']) ? [] : piecesOf(block['receipts'], `${where}.receipts`);
  const traces = isAbsent(block['traces']) ? [] : piecesOf(block['traces'], `${where}.traces`);
  const full = transactions.flatMap((item, i) => {
    if (!isObject(item)) return [];
    const place = `${where}.transactions[${i}]`;
    return 'transaction' in item ? piecesOf(item, place) : [transactionPiece(item, place)];
  });
  const timed: JsonPiece = { tx: null, chain: null, blockNumber, parts: { block: header } };
  return [...(blockNumber === null ? [] : [timed]), ...full, ...receipts, ...traces];
}

/** Rewards of a block belong to no transaction. */
function tracePieces(trace: JsonObject, where: string): JsonPiece[] {
  if (trace['type'] === 'reward') return [];
  return [pieceOf({ tx: trace['transactionHash'], block: trace['blockNumber'], parts: { traces: [trace] } }, where)];
}

function chainOf(value: unknown, where: string): Chain | null {
  if (isAbsent(value)) return null;
  if (typeof value === 'string' && value.includes(':')) return parseChain(value);
  const id = countOrNull(value, `${where}: chainId`);
  return id === null || id === 0 ? null : `eip155:${id}`;
}

type Group = {
  chain: Chain | null;
  blockNumber: number | null;
  parts: EvmParts;
  fault: CairnError | null;
  readonly line: number;
};

/** Puts the pieces of each transaction together, in the order in which transactions first appear. */
export function createJsonGroups(): {
  readonly add: (pieces: readonly JsonPiece[], line: number) => void;
  /** Takes out all transactions so far. */
  readonly take: () => JsonTransaction[];
} {
  const groups = new Map<string, Group>();
  const headers = new Map<number, unknown>();
  return {
    add(pieces, line) {
      for (const piece of pieces) {
        if (piece.tx !== null) {
          const group = groups.get(piece.tx) ?? { chain: null, blockNumber: null, parts: {}, fault: null, line };
          groups.set(piece.tx, group);
          join(piece.tx, group, piece);
        } else if (piece.blockNumber !== null) headers.set(piece.blockNumber, piece.parts.block);
      }
    },
    take() {
      const taken = [...groups].map(([tx, { chain, blockNumber, parts, fault, line }]): JsonTransaction => {
        const header = blockNumber === null ? undefined : headers.get(blockNumber);
        return { tx, chain, blockNumber, parts: { ...parts, block: parts.block ?? header }, line, fault };
      });
      groups.clear();
      headers.clear();
      return taken;
    },
  };
}

function join(tx: string, group: Group, piece: JsonPiece): void {
  try {
    group.chain = agreedChain(tx, group.chain, piece.chain);
    group.blockNumber ??= piece.blockNumber;
    group.parts = mergeParts(tx, group.parts, piece.parts);
  } catch (error) {
    if (!isCairnError(error)) throw error;
    group.fault ??= error;
  }
}

function agreedChain(tx: string, one: Chain | null, two: Chain | null): Chain | null {
  if (one !== null && two !== null && one !== two) return contradict(`transaction ${tx}`, `is of ${one} and of ${two}`);
  return one ?? two;
}

const LISTS = ['logs', 'traces'] as const;
const SINGLES = ['transaction', 'receipt', 'block', 'calls', 'internal'] as const;

function mergeParts(tx: string, one: EvmParts, two: EvmParts): EvmParts {
  const merged: Record<string, unknown> = { ...one };
  for (const name of LISTS) {
    const added = two[name];
    if (isAbsent(added)) continue;
    const known = merged[name];
    merged[name] = Array.isArray(known) && Array.isArray(added) ? distinct([...known, ...added]) : added;
  }
  for (const name of SINGLES) {
    const added = two[name];
    if (isAbsent(added)) continue;
    if (isAbsent(merged[name])) merged[name] = added;
    else if (JSON.stringify(merged[name]) !== JSON.stringify(added)) {
      return contradict(`transaction ${tx}`, `the file has two different replies for its ${name}`);
    }
  }
  return merged;
}

/** A log or frame that is given twice counts once. */
function distinct(items: readonly unknown[]): unknown[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
