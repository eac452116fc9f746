import { createHash } from 'node:crypto';
import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import type { Coverage } from '../../coverage.ts';
import type { IndexedEvidence, UtxoEvidence } from '../../evidence.ts';
import type { ImportSession, ImportSummary, LedgerStore } from '../../ports.ts';
import type { Transfer } from '../../transfer.ts';
import { KNOWN_DUPLICATES } from '../../utxo/known-duplicates.ts';
import type { BlockHeader, UtxoTransaction } from '../../utxo/transaction.ts';
import { transfersOf } from '../../utxo/transfers.ts';
import { assignIndexes } from './assigned-index.ts';
import type { OutputLookup } from './block-source.ts';
import { resolveInputs } from './prevouts.ts';
import { type BlockTime, ledgerTimes, nearestTime } from './time-rule.ts';

/** Transactions that are made visible together: whole blocks with their headers, or some transactions of some blocks. */
export type Chunk = {
  readonly chain: Chain;
  /** What the import is called. */
  readonly file: string;
  readonly format: string;
  /** Of whole blocks, ascending; empty where the source has transactions only. */
  readonly headers: readonly BlockHeader[];
  /** Times as stated. By block, ascending. */
  readonly transactions: readonly UtxoTransaction[];
  /** @param times - of the blocks, as they stand in the ledger. */
  readonly coverage: (times: ReadonlyMap<number, number>) => readonly Coverage[];
  readonly rejected: number;
  /** Tells of outputs that neither the chunk nor the ledger has. */
  readonly outputs?: OutputLookup;
  /** Make an import even where nothing in it is new: what it declares is. */
  readonly declares?: true;
};

export type CommitOptions = {
  readonly store: LedgerStore;
  /** The words under which a transaction's record can be looked for, see `IndexedEvidence`. */
  readonly keysOf: (evidence: UtxoEvidence) => readonly string[];
  /** Keep scripts and witnesses of every transaction, not of those with an OP_RETURN output only. */
  readonly keepScripts: boolean;
};

/** What one chunk, or all of them together, brought. */
export type ChunkTotals = {
  readonly blocks: number;
  readonly transactions: number;
  readonly outputs: number;
  /** Satoshis of all outputs; of a table of payments, of these. */
  readonly outputValue: bigint;
  readonly inputs: number;
  /** Inputs of which neither source nor ledger has the output they spend. */
  readonly unresolved: number;
  /** Transactions that the ledger had already. */
  readonly alreadyKnown: number;
  /** Of the transactions, those the ledger had without all that they spend. */
  readonly completed: number;
  /** Transactions whose record was kept with its scripts. */
  readonly evidence: number;
  /** Transactions whose place in the block was assigned. */
  readonly assignedOrder: number;
  /** Blocks whose time in the ledger is not their header's. */
  readonly movedTimes: number;
};

export type ChunkResult = {
  readonly totals: ChunkTotals;
  readonly import: ImportSummary | null;
  readonly notes: readonly string[];
};

export const NO_TOTALS: ChunkTotals = {
  blocks: 0,
  transactions: 0,
  outputs: 0,
  outputValue: 0n,
  inputs: 0,
  unresolved: 0,
  alreadyKnown: 0,
  completed: 0,
  evidence: 0,
  assignedOrder: 0,
  movedTimes: 0,
};

export function addTotals(a: ChunkTotals, b: ChunkTotals): ChunkTotals {
  return {
    blocks: a.blocks + b.blocks,
    transactions: a.transactions + b.transactions,
    outputs: a.outputs + b.outputs,
    outputValue: a.outputValue + b.outputValue,
    inputs: a.inputs + b.inputs,
    unresolved: a.unresolved + b.unresolved,
    alreadyKnown: a.alreadyKnown + b.alreadyKnown,
    completed: a.completed + b.completed,
    evidence: a.evidence + b.evidence,
    assignedOrder: a.assignedOrder + b.assignedOrder,
    movedTimes: a.movedTimes + b.movedTimes,
  };
}

/** Transfers handed to the store at once. */
const BATCH = 20_000;

/**
 * Brings a chunk into the ledger as one import: gives blocks their times and transactions their places, fills in what inputs spend,
 * keeps the record of transactions that carry data. A transaction the ledger has is passed over; where it has all, no import is made.
 * @throws {CairnError} `contradiction`: a transaction id in two blocks (but for the two pairs of 2010), an output spent twice,
 *   a transaction that pays out more than it spends. Nothing of the chunk is visible then.
 */
export async function commitChunk(chunk: Chunk, options: CommitOptions): Promise<ChunkResult> {
  const { chain, headers } = chunk;
  const { store } = options;
  const { fresh, alreadyKnown, completed, notes } = await leaveOutKnown(store, chunk.transactions);
  if (fresh.length === 0 && headers.length === 0 && chunk.declares !== true) {
    return { totals: { ...NO_TOTALS, alreadyKnown }, import: null, notes };
  }
  const heights = [...new Set([...headers.map(({ height }) => height), ...fresh.map((one) => one.blockNumber)])].sort(
    (a, b) => a - b,
  );
  const rows = heights.length === 0 ? [] : await store.blocks(chain, heights);
  const times = heights.length === 0 ? new Map<number, number>() : await timesOf(store, chunk, heights, rows);
  const placed = assignIndexes(fresh, rows).map((one) => ({ ...one, blockTime: times.get(one.blockNumber) as number }));
  const { transactions, unresolved } = await resolveInputs(store, chain, placed, chunk.outputs ?? null);
  const evidence = evidenceOf(transactions, options);
  const session = await store.beginImport({ sha256: digest(chunk), file: chunk.file, format: chunk.format });
  try {
    await writeTransfers(session, transactions);
    if (evidence.length > 0) await session.writeEvidence(evidence);
    if (headers.length > 0) await session.writeHeaders(headers);
  } catch (error) {
    await session.abort();
    throw error;
  }
  const summary = await session.commit({ rejected: chunk.rejected, coverage: chunk.coverage(times) });
  const totals = {
    ...count(transactions),
    blocks: headers.length,
    unresolved,
    alreadyKnown,
    completed,
    evidence: evidence.length,
  };
  return { totals: { ...totals, movedTimes: movedTimes(chunk, times) }, import: summary, notes };
}

type Sorted = {
  /** To be written. */
  readonly fresh: readonly UtxoTransaction[];
  readonly alreadyKnown: number;
  /** Of those written, how many the ledger has without all that they spend. */
  readonly completed: number;
  readonly notes: readonly string[];
};

/**
 * Passes over transactions that the ledger has in the same block, unless they tell what it does not know of their inputs; refuses
 * those it has in another block, and repeats.
 */
async function leaveOutKnown(store: LedgerStore, transactions: readonly UtxoTransaction[]): Promise<Sorted> {
  const known = Map.groupBy(await store.transactions(transactions.map(({ tx }) => tx)), ({ tx }) => tx);
  const notes: string[] = [];
  const fresh = new Map<string, UtxoTransaction>();
  let [alreadyKnown, completed] = [0, 0];
  for (const transaction of transactions) {
    const { tx, blockNumber } = transaction;
    const rows = known.get(tx);
    const before = rows?.[0] ?? fresh.get(tx);
    if (isLost(tx, blockNumber)) notes.push(describeLost(tx, blockNumber));
    else if (before === undefined) fresh.set(tx, transaction);
    else if (rows === undefined || rows[0]?.kind === 'native' || before.blockNumber !== blockNumber)
      throw twice(tx, before, blockNumber);
    else if (saysMore(transaction, rows)) {
      const [{ txIndex, assigned }] = rows as [Transfer];
      fresh.set(tx, { ...transaction, txIndex, indexAssigned: assigned === 'index' });
      completed++;
    } else alreadyKnown++;
  }
  return { fresh: [...fresh.values()], alreadyKnown, completed, notes };
}

/** Whether a source knows all that a transaction spends, and the ledger does not. */
function saysMore({ inputs }: UtxoTransaction, rows: readonly Transfer[]): boolean {
  if (!rows.some(({ unresolved }) => unresolved === true)) return false;
  return inputs.every(({ outpoint, amount }) => outpoint === null || amount !== null);
}

/** Whether these are coins of 2010 that a later coinbase of the same id replaced. */
function isLost(tx: string, height: number): boolean {
  return KNOWN_DUPLICATES.some((known) => known.tx === tx && known.lost === height);
}

function describeLost(tx: string, blockNumber: number): string {
  return (
    `Block ${blockNumber}: its coinbase ${tx} stands in a later block again, which replaced its coins (BIP 30). ` +
    'Nobody could ever spend them, and they were left out.'
  );
}

function twice(tx: string, known: Transfer | UtxoTransaction, blockNumber: number): CairnError {
  if ('kind' in known && known.kind === 'native') {
    return new CairnError(
      'contradiction',
      `transaction ${tx} is in the ledger as a payment from a table that knows no blocks, and now comes with block ${blockNumber}`,
      { hints: ['its value would count twice: use a data directory without that table'] },
    );
  }
  return new CairnError(
    'contradiction',
    `transaction ${tx} stands in block ${known.blockNumber} and again in block ${blockNumber}`,
    {
      hints: ['a transaction is on the chain once (BIP 30): one of the two blocks, or its height, is wrong'],
    },
  );
}

async function timesOf(
  store: LedgerStore,
  { chain, headers, transactions }: Chunk,
  heights: readonly number[],
  rows: readonly Transfer[],
): Promise<Map<number, number>> {
  const stated = new Map<number, number>(transactions.map(({ blockNumber, blockTime }) => [blockNumber, blockTime]));
  for (const { height, time } of headers) stated.set(height, time);
  const blocks = heights.map((height): BlockTime => ({ height, time: stated.get(height) as number }));
  const [first, last] = [heights[0] as number, heights.at(-1) as number];
  const known = new Map(rows.map((row) => [row.blockNumber, row.blockTime]));
  const floor = await nearestTime(store, chain, first, -1);
  const ceiling = await nearestTime(store, chain, last, 1);
  return ledgerTimes(blocks, { floor, ceiling, known });
}

function movedTimes({ headers, transactions }: Chunk, times: ReadonlyMap<number, number>): number {
  const moved = new Set<number>();
  for (const { height, time } of headers) if (times.get(height) !== time) moved.add(height);
  for (const { blockNumber, blockTime } of transactions) {
    const time = times.get(blockNumber);
    if (time !== undefined && time !== blockTime) moved.add(blockNumber);
  }
  return moved.size;
}

function evidenceOf(
  transactions: readonly UtxoTransaction[],
  { keysOf, keepScripts }: CommitOptions,
): IndexedEvidence[] {
  const carriesData = ({ outputs }: UtxoTransaction): boolean =>
    outputs.some(({ lock }) => lock.script === 'op-return');
  return transactions
    .filter((transaction) => keepScripts || carriesData(transaction))
    .map((transaction) => {
      const evidence: UtxoEvidence = { kind: 'utxo', ...transaction };
      return { evidence, keys: keysOf(evidence) };
    });
}

async function writeTransfers(session: ImportSession, transactions: readonly UtxoTransaction[]): Promise<void> {
  let batch: Transfer[] = [];
  for (const transaction of transactions) {
    for (const transfer of transfersOf(transaction)) batch.push(transfer);
    if (batch.length < BATCH) continue;
    await session.write(batch);
    batch = [];
  }
  if (batch.length > 0) await session.write(batch);
}

function digest({ headers, transactions }: Chunk): string {
  const names = headers.length > 0 ? headers.map(({ hash }) => hash) : transactions.map(({ tx }) => tx);
  return createHash('sha256').update(names.join('\n')).digest('hex');
}

function count(transactions: readonly UtxoTransaction[]): ChunkTotals {
  let [outputs, inputs, outputValue, assignedOrder] = [0, 0, 0n, 0];
  for (const transaction of transactions) {
    inputs += transaction.inputs.length;
    outputs += transaction.outputs.length;
    if (transaction.indexAssigned) assignedOrder++;
    for (const { amount } of transaction.outputs) outputValue += amount;
  }
  return { ...NO_TOTALS, transactions: transactions.length, outputs, outputValue, inputs, assignedOrder };
}
