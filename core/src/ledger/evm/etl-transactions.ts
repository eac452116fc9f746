import { type Account, accountAddress, canonicalAccount } from '../../units/index.ts';
import { type Amount, amountCell, hashCell, rejectCell, wholeNumber } from '../ingest/cells.ts';
import type { DecoderOptions, RowDecoder } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
import { type Cell, isEmpty, type Row, textOf } from '../ingest/row.ts';
import { createdContract } from './created-contract.ts';
import { createEvmRows, type EvmRow, type EvmRows, gasFee } from './rows.ts';

export const TRANSACTION_COLUMNS = {
  hash: ['hash', 'transaction_hash'],
  block: ['block_number'],
  time: ['block_timestamp'],
  txIndex: ['transaction_index'],
  from: ['from_address'],
  to: ['to_address'],
  value: ['value'],
  nonce: ['nonce'],
  type: ['transaction_type'],
  gasPrice: ['gas_price'],
  gasUsed: ['receipt_gas_used'],
  effectivePrice: ['receipt_effective_gas_price'],
  created: ['receipt_contract_address'],
  status: ['receipt_status'],
  blobGas: ['receipt_blob_gas_used'],
  blobPrice: ['receipt_blob_gas_price'],
} as const;

type Cells = Readonly<Record<keyof typeof TRANSACTION_COLUMNS, Cell>>;

/** EIP-4844: a transaction of this type also pays for blobs. */
const BLOB_TYPE = '3';

/**
 * `transactions` as ethereum-etl, BigQuery's and AWS's public data sets have them: top-level value at position 0,
 * the fee from the receipt columns where the file has them. A transaction whose receipt says it failed pays only the fee.
 */
export const ETL_TRANSACTIONS: Format = {
  id: 'ethereum-etl-transactions',
  title: 'transactions of ethereum-etl, BigQuery or AWS',
  required: [
    TRANSACTION_COLUMNS.hash,
    TRANSACTION_COLUMNS.block,
    TRANSACTION_COLUMNS.time,
    TRANSACTION_COLUMNS.txIndex,
    TRANSACTION_COLUMNS.from,
    TRANSACTION_COLUMNS.to,
    TRANSACTION_COLUMNS.value,
  ],
  optional: [
    TRANSACTION_COLUMNS.nonce,
    TRANSACTION_COLUMNS.type,
    TRANSACTION_COLUMNS.gasPrice,
    TRANSACTION_COLUMNS.gasUsed,
    TRANSACTION_COLUMNS.effectivePrice,
    TRANSACTION_COLUMNS.created,
    TRANSACTION_COLUMNS.status,
    TRANSACTION_COLUMNS.blobGas,
    TRANSACTION_COLUMNS.blobPrice,
  ],
  block: TRANSACTION_COLUMNS.block,
  phase: 0,
  createDecoder,
};

type Unknowns = { fees: number; statuses: number; blobs: number };

function createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = findColumns(find, TRANSACTION_COLUMNS);
  const rows = createEvmRows(options.chain);
  const unknown: Unknowns = { fees: 0, statuses: 0, blobs: 0 };
  return {
    decode(row, line, emit) {
      const head: EvmRow = {
        line,
        tx: hashCell(row, at.hash),
        blockNumber: wholeNumber(row, at.block),
        blockTime: rows.time(row, at.time) ?? rejectCell(at.time.name, '', 'is empty'),
        txIndex: wholeNumber(row, at.txIndex),
        cells: null,
      };
      const from = rows.account(row, at.from);
      const moved = amountCell(row, at.value);
      const succeeded = statusCell(row, at.status);
      const to = succeeded === false ? null : receiver(rows, row, at, from);
      const fee = feeCells(row, at, unknown);
      if (succeeded === null) unknown.statuses++;
      if (fee !== null) emit(rows.fee(head, from, fee));
      if (to !== null)
        emit(rows.draft(head, 'native', { from, to, asset: rows.native, position: 0, base: 0, ...moved }));
    },
    flush: () => {},
    notes: () => describeUnknowns(unknown),
  };
}

/** Null: not stated (no such column, or a block before Byzantium). */
function statusCell(row: Row, cell: Cell): boolean | null {
  const text = textOf(row, cell);
  if (text === '') return null;
  if (text === '1' || text === '1.0') return true;
  if (text === '0' || text === '0.0') return false;
  return rejectCell(cell.name, text, 'is neither 0 nor 1');
}

function receiver(rows: EvmRows, row: Row, at: Cells, from: Account): Account {
  if (!isEmpty(row, at.to)) return rows.account(row, at.to);
  if (!isEmpty(row, at.created)) return rows.account(row, at.created);
  if (isEmpty(row, at.nonce)) return rejectCell(at.to.name, '', 'is empty, and the created contract is not named');
  return canonicalAccount(rows.chain, createdContract(accountAddress(from), wholeNumber(row, at.nonce)));
}

function feeCells(row: Row, at: Cells, unknown: Unknowns): Amount | null {
  const price = isEmpty(row, at.effectivePrice) ? at.gasPrice : at.effectivePrice;
  if (isEmpty(row, at.gasUsed) || isEmpty(row, price)) {
    unknown.fees++;
    return null;
  }
  const fee = gasFee(row, price, at.gasUsed);
  if (textOf(row, at.type) !== BLOB_TYPE) return fee;
  if (isEmpty(row, at.blobGas) || isEmpty(row, at.blobPrice)) {
    unknown.blobs++;
    return fee;
  }
  const blobs = gasFee(row, at.blobPrice, at.blobGas);
  return { amount: fee.amount + blobs.amount, rounded: fee.rounded || blobs.rounded };
}

function describeUnknowns({ fees, statuses, blobs }: Unknowns): string[] {
  const notes: string[] = [];
  if (fees > 0) notes.push(`${fees} transactions carry no gas used or no gas price: their fees are not recorded.`);
  if (statuses > 0) {
    notes.push(
      `${statuses} transactions carry no receipt status: whether they failed is not known, and their value is recorded as moved.`,
    );
  }
  if (blobs > 0)
    notes.push(`${blobs} transactions also paid for blobs, which the file leaves out: their fees are lower bounds.`);
  return notes;
}
