import { CairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import type { Coverage } from '../../coverage.ts';
import { nothingKnown } from '../../ingest/declare-coverage.ts';
import type { UtxoTransaction } from '../../utxo/transaction.ts';
import { addTotals, type CommitOptions, commitChunk } from './commit-chunk.ts';
import { type BitcoinSourceResult, emptyResult } from './ingest-result.ts';

/** Transactions that are made visible together. */
export const CHUNK_TRANSACTIONS = 50_000;

export type TransactionsOptions = CommitOptions & {
  readonly chain: Chain;
  readonly source: string;
  readonly format: string;
  readonly chunkTransactions?: number;
  /** What is complete once the last transaction is in. */
  readonly complete?: readonly Coverage[];
  readonly rejected?: () => number;
  readonly signal?: AbortSignal;
  readonly onTransactions?: (count: number) => void;
};

/**
 * Brings transactions without their blocks into the ledger, in chunks that end with a block. Those that the ledger has are passed
 * over, so a run that was stopped can be started again.
 * @param transactions - by block, ascending.
 * @throws {CairnError} as `commitChunk`; `interrupted`: the signal was raised, chunks before that stay.
 */
export async function ingestTransactions(
  transactions: AsyncIterable<UtxoTransaction> | Iterable<UtxoTransaction>,
  options: TransactionsOptions,
): Promise<BitcoinSourceResult> {
  const { chunkTransactions = CHUNK_TRANSACTIONS, source, format, signal } = options;
  let result = emptyResult(source, format);
  let pending: UtxoTransaction[] = [];
  let read = 0;
  for await (const transaction of transactions) {
    if (signal?.aborted)
      throw new CairnError(
        'interrupted',
        `stopped after ${read} transactions of ${source}; the chunks committed so far stay`,
      );
    const isNewBlock = pending.at(-1)?.blockNumber !== transaction.blockNumber;
    if (pending.length >= chunkTransactions && isNewBlock) {
      result = await commitPart(result, pending, options, false);
      pending = [];
    }
    pending.push(transaction);
    options.onTransactions?.(++read);
  }
  const isLast = options.complete !== undefined && options.complete.length > 0;
  if (pending.length > 0 || isLast) result = await commitPart(result, pending, options, isLast);
  return { ...result, notes: [...result.notes, ...describe(result)] };
}

async function commitPart(
  result: BitcoinSourceResult,
  transactions: readonly UtxoTransaction[],
  options: TransactionsOptions,
  isLast: boolean,
): Promise<BitcoinSourceResult> {
  const { chain, source, format, complete = [] } = options;
  const rejected = options.rejected?.() ?? 0;
  const assigned = transactions.filter(({ indexAssigned }) => indexAssigned).length;
  const note = assigned === 0 ? null : assignedNote(assigned);
  const {
    totals,
    import: summary,
    notes,
  } = await commitChunk(
    {
      chain,
      file: source,
      format,
      headers: [],
      transactions,
      coverage: () => (isLast ? complete : [{ ...nothingKnown(chain), note, source }]),
      rejected: rejected - result.rejected,
      ...(isLast ? { declares: true } : {}),
    },
    options,
  );
  return {
    ...result,
    totals: addTotals(result.totals, totals),
    imports: result.imports + (summary === null ? 0 : 1),
    transfers: result.transfers + (summary?.transfers ?? 0),
    rejected,
    notes: [...result.notes, ...notes.filter((note) => !result.notes.includes(note))],
  };
}

function assignedNote(count: number): string {
  const whose = count === 1 ? '1 transaction' : `${count} transactions`;
  return `The place in the block of ${whose} is not in the source and was assigned: after what each spends, ties by id.`;
}

function describe({ totals }: BitcoinSourceResult): string[] {
  return totals.assignedOrder === 0 ? [] : [assignedNote(totals.assignedOrder)];
}
