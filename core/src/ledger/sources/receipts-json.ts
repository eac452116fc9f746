import { CairnError, isCairnError } from '../../errors.ts';
import type { Chain } from '../../units/index.ts';
import { JSON_COLUMN, type KnownToLedger } from '../evm/json-decoder.ts';
import { createJsonGroups, type JsonPiece, type JsonTransaction, piecesOf } from '../evm/json-pieces.ts';
import { isAbsent } from '../evm/json-values.ts';
import type { LedgerStore } from '../ports.ts';
import { type JsonItem, readJsonItems, valueBatch, valueRow } from './json-rows.ts';
import type { RowBatch, RowSource } from './row-source.ts';

/** Transactions that are decoded before evidence is written out. */
const AT_ONCE = 2_000;

/** What rows are looked up in. */
type Ledger = Pick<LedgerStore, 'transactions' | 'blocks'>;

/** Transactions of JSON replies as rows, with what the ledger knows of them. */
export type GivenRows = RowSource & { readonly known: KnownToLedger };

/**
 * A JSON file of replies as a table with one transaction a row. In JSON lines a transaction's replies must stand before
 * the first reply about a later block; any other file may have them anywhere.
 * @param chain - of records that name none.
 */
export function openJsonTransactions(path: string, ledger: Ledger, chain: Chain | null): GivenRows {
  return rowsOf(() => readJsonItems(path), ledger, chain);
}

/** The same from values at hand. */
export function rowsOfValues(values: readonly unknown[], ledger: Ledger, chain: Chain): GivenRows {
  const items = values.map((value, i) => ({ line: i + 1, value, bytesRead: i + 1, fault: null, streamed: false }));
  return rowsOf(() => items, ledger, chain);
}

type Known = { readonly transactions: Map<string, 'known' | 'moved'>; readonly times: Map<string, number> };

function rowsOf(
  items: () => AsyncIterable<JsonItem> | Iterable<JsonItem>,
  ledger: Ledger,
  chain: Chain | null,
): GivenRows {
  const known: Known = { transactions: new Map(), times: new Map() };
  const lookUp = async (part: readonly JsonTransaction[]): Promise<void> => {
    await lookUpTransactions(part, ledger, known);
    await lookUpTimes(part, ledger, known, chain);
  };
  return {
    columns: [JSON_COLUMN],
    read: () => ({ header: [JSON_COLUMN], batches: readBatches(items(), lookUp) }),
    readSorted: null,
    known: {
      transaction: (tx) => known.transactions.get(tx) ?? 'unknown',
      timeOf: (of, blockNumber) => known.times.get(`${of} ${blockNumber}`) ?? null,
    },
    close: async () => {},
  };
}

async function* readBatches(
  items: AsyncIterable<JsonItem> | Iterable<JsonItem>,
  lookUp: (part: readonly JsonTransaction[]) => Promise<void>,
): AsyncGenerator<RowBatch> {
  const groups = createJsonGroups();
  const faults: JsonTransaction[] = [];
  let highest = -1;
  let bytesRead = 0;
  async function* release(): AsyncGenerator<RowBatch> {
    const taken = [...groups.take(), ...faults.splice(0)];
    for (let i = 0; i < taken.length; i += AT_ONCE) {
      const part = taken.slice(i, i + AT_ONCE);
      await lookUp(part);
      const rows = part.map((given) => valueRow({ given }, given.tx));
      yield valueBatch(
        rows,
        part.map(({ line }) => line),
        bytesRead,
      );
    }
  }
  let waiting = 0;
  for await (const item of items) {
    const pieces = takeApart(item, faults);
    const block = Math.max(-1, ...pieces.map(({ blockNumber }) => blockNumber ?? -1));
    if (item.streamed && block > highest && waiting >= AT_ONCE) {
      yield* release();
      waiting = 0;
    }
    highest = Math.max(highest, block);
    groups.add(pieces, item.line);
    waiting += pieces.length;
    bytesRead = item.bytesRead;
  }
  yield* release();
}

function takeApart({ line, value, fault }: JsonItem, faults: JsonTransaction[]): JsonPiece[] {
  try {
    if (fault !== null) throw new CairnError('invalid-input', fault);
    return piecesOf(value, 'the record');
  } catch (error) {
    if (!isCairnError(error)) throw error;
    faults.push({
      tx: JSON.stringify(value)?.slice(0, 500) ?? '',
      chain: null,
      blockNumber: null,
      parts: {},
      line,
      fault: error,
    });
    return [];
  }
}

/** Receipts whose transactions the ledger has from elsewhere may stand alone. */
async function lookUpTransactions(part: readonly JsonTransaction[], ledger: Ledger, known: Known): Promise<void> {
  const alone = part.filter(({ parts }) => !isAbsent(parts.receipt) && isAbsent(parts.transaction));
  if (alone.length === 0) return;
  const found = await ledger.transactions(alone.map(({ tx }) => tx));
  for (const { tx, kind, amount } of found) {
    const moved = (kind === 'native' && amount > 0n) || known.transactions.get(tx) === 'moved';
    known.transactions.set(tx, moved ? 'moved' : 'known');
  }
}

/** Replies without their block take its time from the ledger. */
async function lookUpTimes(
  part: readonly JsonTransaction[],
  ledger: Ledger,
  known: Known,
  fallback: Chain | null,
): Promise<void> {
  const wanted = new Map<Chain, Set<number>>();
  for (const { chain: own, blockNumber, parts } of part) {
    const chain = own ?? fallback;
    if (chain === null || blockNumber === null || !isAbsent(parts.block)) continue;
    wanted.set(chain, (wanted.get(chain) ?? new Set()).add(blockNumber));
  }
  for (const [chain, numbers] of wanted) {
    for (const { blockNumber, blockTime } of await ledger.blocks(chain, [...numbers])) {
      known.times.set(`${chain} ${blockNumber}`, blockTime);
    }
  }
}
