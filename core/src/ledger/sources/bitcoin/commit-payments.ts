import { CairnError, isCairnError } from '../../../errors.ts';
import type { Chain } from '../../../units/index.ts';
import { nothingKnown } from '../../ingest/declare-coverage.ts';
import type { ImportSummary, LedgerStore } from '../../ports.ts';
import type { Transfer } from '../../transfer.ts';
import { EARLIEST_PLACE, ONE_HOP_COLUMNS, oneHopTransfer } from '../../utxo/datasets/one-hop.ts';
import { noGoodRow, type RejectLog } from '../rejects-file.ts';
import type { RowSource } from '../row-source.ts';

export type Place = { readonly blockNumber: number; readonly blockTime: number };

export type PaymentsOptions = {
  readonly store: LedgerStore;
  readonly chain: Chain;
  readonly file: string;
  readonly sha256: string;
  readonly rejects: RejectLog;
  /** Block and time that the investigator states for all rows; null: none, and the earliest there can be is used. */
  readonly place: Place | null;
};

export type PaymentsResult = {
  readonly import: ImportSummary;
  readonly transactions: number;
  readonly payments: number;
  /** Satoshis. */
  readonly value: bigint;
  readonly notes: readonly string[];
};

/**
 * Brings a table of payments from address to address into the ledger, as one import: no blocks, no inputs, no scripts.
 * @throws {CairnError} `contradiction`: the ledger has one of the transactions from blocks, so that its value would count twice;
 *   `invalid-input`: no row could be read.
 */
export async function commitPayments(source: RowSource, options: PaymentsOptions): Promise<PaymentsResult> {
  const { store, chain, file, sha256, rejects } = options;
  const place = options.place ?? EARLIEST_PLACE;
  const taken = await store.blocks(chain, [place.blockNumber]);
  // Place 0 of a block is its coinbase's.
  const first = taken.reduce((next, { txIndex }) => Math.max(next, txIndex + 1), 1);
  const { transfers, transactions } = await readPayments(source, options, place, first);
  if (transfers.length === 0) throw noGoodRow(rejects, null);
  const [known] = await store.transactions(transfers.map(({ tx }) => tx));
  if (known !== undefined) {
    throw new CairnError(
      'contradiction',
      `${file}: transaction ${known.tx} is in the ledger already, in block ${known.blockNumber}`,
      {
        hints: ['its value would count twice: leave the table out, or use another data directory'],
      },
    );
  }
  const notes = describe(place, options.place !== null, transactions, rejects.count);
  const session = await store.beginImport({ sha256, file, format: 'bitcoin-payments' });
  try {
    await session.write(transfers);
  } catch (error) {
    await session.abort();
    throw error;
  }
  const coverage = [{ ...nothingKnown(chain), note: notes.join(' '), source: file }];
  const summary = await session.commit({ rejected: rejects.count, coverage });
  return {
    import: summary,
    transactions,
    payments: transfers.length,
    value: transfers.reduce((sum, { amount }) => sum + amount, 0n),
    notes,
  };
}

async function readPayments(
  source: RowSource,
  { chain, file, rejects }: PaymentsOptions,
  place: Place,
  first: number,
): Promise<{ transfers: Transfer[]; transactions: number }> {
  const { header, batches } = source.read(ONE_HOP_COLUMNS.map((name) => source.columns.indexOf(name)));
  const [TXID, FROM, TO, AMOUNT] = ONE_HOP_COLUMNS.map((name) => header.indexOf(name)) as [
    number,
    number,
    number,
    number,
  ];
  const transfers: Transfer[] = [];
  const seen = new Map<string, { txIndex: number; payments: number }>();
  for await (const { count, row, lines } of batches) {
    for (let i = 0; i < count; i++) {
      const cells = row(i);
      const [txid, from, to, amount] = [cells.text(TXID), cells.text(FROM), cells.text(TO), cells.text(AMOUNT)];
      try {
        const known = seen.get(txid.toLowerCase()) ?? { txIndex: first + seen.size, payments: 0 };
        const transfer = oneHopTransfer(chain, { txid, from, to, amount }, place, known.txIndex);
        transfers.push({ ...transfer, position: known.payments });
        seen.set(transfer.tx, { ...known, payments: known.payments + 1 });
      } catch (error) {
        if (!isCairnError(error) || error.code !== 'invalid-input') throw error;
        rejects.add(
          { file, line: lines[i] as number, reason: error.message, cells: cells.cells() },
          'a cell cannot be read',
        );
      }
    }
    await rejects.flush();
  }
  return { transfers, transactions: seen.size };
}

function describe({ blockNumber }: Place, isStated: boolean, transactions: number, rejected: number): string[] {
  const where = isStated
    ? `Block ${blockNumber} and its time were stated for all of them by whoever ingested the table.`
    : 'The table has neither block nor time: they stand at block 0 and the time of the first block of all, the earliest there can be.';
  return [
    `${transactions} transactions as payments from address to address. Which outputs they spend and make, what else they pay and their fees are not in the table.`,
    where,
    'Their order is that of the file.',
    ...(rejected === 0 ? [] : [`${rejected} rows could not be read and are missing.`]),
  ];
}
