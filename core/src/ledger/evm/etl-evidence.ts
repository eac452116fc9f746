import type { Chain } from '../../units/index.ts';
import type { EvmEvidence } from '../evidence.ts';
import { hashCell, optionalNumber, rejectCell, wholeNumber } from '../ingest/cells.ts';
import { BlocksOutOfOrder, type Draft } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
import { type Cell, isEmpty, type Row, textOf } from '../ingest/row.ts';
import type { EvmRows } from './rows.ts';

export type OnEvidence = (evidence: EvmEvidence) => void;

/** Evidence of which nothing but the transaction is known yet. */
export function bareEvidence(chain: Chain, tx: string): EvmEvidence {
  return {
    kind: 'evm',
    chain,
    tx,
    blockNumber: null,
    blockTime: null,
    txIndex: null,
    from: null,
    to: null,
    value: null,
    input: null,
    succeeded: null,
    logs: null,
    frames: null,
  };
}

/** Bytes of a cell, `0x` where it is empty. */
export function bytesCell(row: Row, cell: Cell): string {
  const text = textOf(row, cell);
  if (text === '') return '0x';
  return /^0x([0-9a-f]{2})*$/i.test(text) ? text.toLowerCase() : rejectCell(cell.name, text, 'is not bytes in hex');
}

/** Null: not stated. */
export function statusCell(row: Row, cell: Cell): boolean | null {
  const text = textOf(row, cell);
  if (text === '') return null;
  if (text === '1' || text === '1.0') return true;
  return text === '0' || text === '0.0' ? false : rejectCell(cell.name, text, 'is neither 0 nor 1');
}

/** Holds what rows say of the transactions of one block, and hands it on once a later block begins. */
export function createBlockHold<T>(keepAll: boolean, release: (tx: string, held: T[]) => void) {
  const held = new Map<string, T[]>();
  let block = -1;
  const flush = (): void => {
    for (const [tx, items] of held) release(tx, items);
    held.clear();
  };
  return {
    flush,
    add(blockNumber: number, tx: string, item: T): void {
      if (blockNumber !== block && !keepAll) {
        if (blockNumber < block) throw new BlocksOutOfOrder(`block ${blockNumber}`);
        flush();
        block = blockNumber;
      }
      const items = held.get(tx);
      if (items === undefined) held.set(tx, [item]);
      else items.push(item);
    },
  };
}

/** What `receipts` says of a transaction, for a table of transactions that leaves it out. */
export type EtlReceipt = {
  readonly succeeded: boolean | null;
  readonly gasUsed: bigint;
  /** Null: the table has none, so the transaction's own price holds. */
  readonly price: bigint | null;
  /** Address of the contract created, as the table has it; null: none. */
  readonly created: string | null;
};

const RECEIPTS = {
  hash: ['transaction_hash'],
  txIndex: ['transaction_index'],
  block: ['block_number'],
  gasUsed: ['gas_used'],
  created: ['contract_address'],
  status: ['status'],
  price: ['effective_gas_price'],
  cumulative: ['cumulative_gas_used'],
} as const;

/** Reads the rows of `receipts` for `onReceipt`; null: the columns are of another table. */
export function etlReceiptReader(find: ColumnFinder): (row: Row) => { tx: string; receipt: EtlReceipt } {
  const at = findColumns(find, RECEIPTS);
  return (row) => ({
    tx: hashCell(row, at.hash),
    receipt: {
      succeeded: statusCell(row, at.status),
      gasUsed: BigInt(wholeNumber(row, at.gasUsed)),
      price: isEmpty(row, at.price) ? null : BigInt(wholeNumber(row, at.price)),
      created: isEmpty(row, at.created) ? null : textOf(row, at.created),
    },
  });
}

/**
 * `receipts` of ethereum-etl: whether transactions succeeded, as evidence. The table names neither payer nor value, so
 * it moves nothing by itself: fees come with the transactions that are read in the same run.
 */
export function etlReceipts(onEvidence: OnEvidence): Format {
  return {
    id: 'ethereum-etl-receipts',
    title: 'receipts of ethereum-etl',
    required: [
      RECEIPTS.hash,
      RECEIPTS.txIndex,
      RECEIPTS.block,
      RECEIPTS.gasUsed,
      RECEIPTS.cumulative,
      RECEIPTS.created,
    ],
    optional: [RECEIPTS.status, RECEIPTS.price],
    block: RECEIPTS.block,
    phase: 3,
    createDecoder(find, { chain }) {
      const at = findColumns(find, RECEIPTS);
      const read = etlReceiptReader(find);
      let silent = 0;
      return {
        decode(row) {
          const { tx, receipt } = read(row);
          if (receipt.succeeded === null) silent++;
          onEvidence({
            ...bareEvidence(chain, tx),
            blockNumber: wholeNumber(row, at.block),
            txIndex: optionalNumber(row, at.txIndex),
            succeeded: receipt.succeeded,
          });
        },
        flush: () => {},
        notes: () => [
          'The table names neither payer nor value: fees and top-level values are recorded from transactions only.',
          ...(silent === 0 ? [] : [`${silent} receipts do not say whether the transaction succeeded.`]),
        ],
      };
    },
  };
}

/** The rows of a transaction that its receipt, from another table, leaves of what `transactions` alone would give. */
export function applyReceipt(
  rows: Pick<EvmRows, 'native' | 'fee'>,
  drafts: readonly Draft[],
  { receipt, price }: { readonly receipt: EtlReceipt; readonly price: bigint | null },
): Draft[] {
  const kept = drafts.filter(({ kind }) => receipt.succeeded !== false || kind === 'fee');
  const first = drafts[0];
  const paid = receipt.price ?? price;
  if (first === undefined || paid === null || drafts.some(({ kind }) => kind === 'fee')) return kept;
  const fee = rows.fee(first, first.from, { amount: receipt.gasUsed * paid, rounded: false });
  return [fee, ...kept];
}
