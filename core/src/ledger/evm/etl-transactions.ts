import { type Account, accountAddress } from '../../units/index.ts';
import { type Amount, amountCell, hashCell, rejectCell, timeCell, wholeNumber } from '../ingest/cells.ts';
import type { DecoderOptions, RowDecoder } from '../ingest/draft.ts';
import type { ColumnFinder, Format } from '../ingest/format.ts';
import { createdContract } from './created-contract.ts';
import { createEvmRows, type EvmRow, type EvmRows, gasFee } from './rows.ts';

const COLUMNS = {
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

type Places = Record<keyof typeof COLUMNS, number>;

/** EIP-4844: a transaction of this type also pays for blobs. */
const BLOB_TYPE = '3';

/**
 * `transactions` as ethereum-etl, BigQuery's and AWS's public data sets have them: top-level value at position 0,
 * the fee from the receipt columns where the file has them. A transaction whose receipt says it failed pays only the fee.
 */
export const ETL_TRANSACTIONS: Format = {
  id: 'ethereum-etl-transactions',
  title: 'transactions of ethereum-etl, BigQuery or AWS',
  required: [COLUMNS.hash, COLUMNS.block, COLUMNS.time, COLUMNS.txIndex, COLUMNS.from, COLUMNS.to, COLUMNS.value],
  optional: [
    COLUMNS.nonce,
    COLUMNS.type,
    COLUMNS.gasPrice,
    COLUMNS.gasUsed,
    COLUMNS.effectivePrice,
    COLUMNS.created,
    COLUMNS.status,
    COLUMNS.blobGas,
    COLUMNS.blobPrice,
  ],
  phase: 0,
  createDecoder,
};

type Unknowns = { fees: number; statuses: number; blobs: number };

function createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, find(column)])) as Places;
  const rows = createEvmRows(options.chain);
  const unknown: Unknowns = { fees: 0, statuses: 0, blobs: 0 };
  return {
    decode(cells, line, emit) {
      const row: EvmRow = {
        line,
        tx: hashCell('hash', cells[at.hash] as string),
        blockNumber: wholeNumber('block_number', cells[at.block] as string),
        blockTime: timeCell('block_timestamp', cells[at.time] as string),
        txIndex: wholeNumber('transaction_index', cells[at.txIndex] as string),
        cells: null,
      };
      const from = rows.account('from_address', cells[at.from] as string);
      const moved = amountCell('value', cells[at.value] as string);
      const succeeded = statusCell(read(cells, at.status));
      const to = succeeded === false ? null : receiver(rows, cells, at, from);
      const fee = feeCells(cells, at, unknown);
      if (succeeded === null) unknown.statuses++;
      if (fee !== null) emit(rows.fee(row, from, fee));
      if (to !== null)
        emit(rows.draft(row, 'native', { from, to, asset: rows.native, position: 0, base: 0, ...moved }));
    },
    flush: () => {},
    notes: () => describeUnknowns(unknown),
  };
}

function read(cells: readonly string[], place: number): string {
  return place < 0 ? '' : (cells[place] as string);
}

/** Null: not stated (no such column, or a block before Byzantium). */
function statusCell(text: string): boolean | null {
  if (text === '') return null;
  if (text === '1' || text === '1.0') return true;
  if (text === '0' || text === '0.0') return false;
  return rejectCell('receipt_status', text, 'is neither 0 nor 1');
}

function receiver(rows: EvmRows, cells: readonly string[], at: Places, from: Account): Account {
  const to = cells[at.to] as string;
  if (to !== '') return rows.account('to_address', to);
  const created = read(cells, at.created);
  if (created !== '') return rows.account('receipt_contract_address', created);
  const nonce = read(cells, at.nonce);
  if (nonce === '') return rejectCell('to_address', to, 'is empty, and the created contract is not named');
  return rows.account('nonce', createdContract(accountAddress(from), wholeNumber('nonce', nonce)));
}

function feeCells(cells: readonly string[], at: Places, unknown: Unknowns): Amount | null {
  const gas = { column: 'receipt_gas_used', text: read(cells, at.gasUsed) };
  const effective = read(cells, at.effectivePrice);
  const price =
    effective === ''
      ? { column: 'gas_price', text: read(cells, at.gasPrice) }
      : { column: 'receipt_effective_gas_price', text: effective };
  if (gas.text === '' || price.text === '') {
    unknown.fees++;
    return null;
  }
  const fee = gasFee(price, gas);
  if (read(cells, at.type) !== BLOB_TYPE) return fee;
  const blobGas = { column: 'receipt_blob_gas_used', text: read(cells, at.blobGas) };
  const blobPrice = { column: 'receipt_blob_gas_price', text: read(cells, at.blobPrice) };
  if (blobGas.text === '' || blobPrice.text === '') {
    unknown.blobs++;
    return fee;
  }
  const blobs = gasFee(blobPrice, blobGas);
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
