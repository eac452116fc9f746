import { type CairnError, isCairnError } from '../../errors.ts';
import { type Chain, TRON } from '../../units/index.ts';
import { draftOf } from '../evm/evidence-transfers.ts';
import { type Draft, type RowDecoder, RowRejection } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
import { type Cell, type Row, textOf } from '../ingest/row.ts';
import { datasetLog, datasetTransaction } from './dataset-pieces.ts';
import type { TronMovement } from './movement.ts';
import { feeOf, type PassedOver, type TronPiece } from './piece.ts';

/** The one column of a table of pieces read from JSON. */
export const TRON_COLUMN = 'record';

/** A row of such a table; `fault`: why the record cannot be read. */
export type TronRow = Row & { readonly piece: TronPiece | null; readonly fault: CairnError | null };

/** JSON of TronGrid, Tronscan, a node or a data set, one record a row. */
export const TRON_JSON: Format = {
  id: 'tron-json',
  title: 'JSON of TronGrid, Tronscan or a node of Tron',
  required: [[TRON_COLUMN]],
  optional: [],
  block: [TRON_COLUMN],
  phase: 0,
  createDecoder: (_, options) =>
    decoderOf((row) => {
      const { piece, fault } = row as TronRow;
      if (fault !== null) throw fault;
      for (const [asset, metadata] of piece?.assets ?? [])
        if (!options.assets.has(asset)) options.assets.set(asset, metadata);
      return piece;
    }),
};

const HASH = ['tx_hash', 'transaction_hash', 'hash'];
const BLOCK = ['block_number', 'block_id'];
const TIME = ['block_timestamp'];
const INDEX = ['transaction_index'];

/** `transactions` of data sets of the Ethereum kind. Rows of TRC-10 transfers are passed over. */
export const TRON_TRANSACTIONS: Format = {
  id: 'tron-transactions',
  title: 'transactions of Tron in columns of the Ethereum kind',
  required: [HASH, BLOCK, ['from_address'], ['to_address'], ['value'], ['transaction_type']],
  optional: [TIME, INDEX, ['receipt_status'], ['fee']],
  block: BLOCK,
  phase: 0,
  createDecoder(find) {
    const cells = cellsOf(find, ['from_address', 'to_address', 'value', 'transaction_type', 'receipt_status', 'fee']);
    return decoderOf((row) => datasetTransaction(cells(row), 'the row'));
  },
};

/** `logs` of data sets of the Ethereum kind: TRC-20's Transfer events. */
export const TRON_LOGS: Format = {
  id: 'tron-logs',
  title: 'logs of Tron in columns of the Ethereum kind',
  required: [HASH, BLOCK, ['log_index'], ['address'], ['data'], ['topics']],
  optional: [TIME, INDEX],
  block: BLOCK,
  phase: 1,
  createDecoder(find) {
    const cells = cellsOf(find, ['log_index', 'address', 'data', 'topics']);
    return decoderOf((row) => {
      const record = cells(row);
      const topics = String(record['topics'] ?? '').match(/0x[0-9a-fA-F]{64}|\b[0-9a-fA-F]{64}\b/g) ?? [];
      return datasetLog({ ...record, topics }, 'the row');
    });
  },
};

/** Reads the columns of a row under the names that the readers of records know. */
function cellsOf(find: ColumnFinder, names: readonly string[]): (row: Row) => Readonly<Record<string, string>> {
  const common = findColumns(find, {
    tx_hash: HASH,
    block_number: BLOCK,
    block_timestamp: TIME,
    transaction_index: INDEX,
  });
  const places: [string, Cell][] = [
    ...Object.entries(common),
    ...names.map((name): [string, Cell] => [name, find([name])]),
  ];
  return (row) => Object.fromEntries(places.map(([name, cell]) => [name, textOf(row, cell)]));
}

const PASSED_OVER: Readonly<Record<PassedOver, string>> = {
  failed: 'Failed: nothing but the fee is recorded, and that where it is stated',
  trc10: 'Transfers of TRC-10 tokens are passed over',
  'other-event': 'Events that move no TRC-20 token are passed over',
  approval: 'Approvals are passed over',
  'inner-calls':
    'Inner calls stand in a form that is not read: what they moved in TRX is in gettransactioninfobyid only',
};

function decoderOf(read: (row: Row) => TronPiece | null): RowDecoder {
  const counts = new Map<PassedOver, number>();
  return {
    decode(row, line, emit) {
      try {
        const piece = read(row);
        if (piece === null) return;
        const drafts = draftsOf(piece, line, () => row.cells());
        if (piece.passedOver !== null) counts.set(piece.passedOver, (counts.get(piece.passedOver) ?? 0) + 1);
        for (const draft of drafts) emit(draft);
      } catch (error) {
        if (!isCairnError(error)) throw error;
        throw new RowRejection(error.message, error.message.replaceAll(/[0-9a-f]{40,}|\d+/gi, '…'));
      }
    },
    flush: () => {},
    notes: () =>
      [...counts]
        .sort()
        .map(([why, count]) => `${PASSED_OVER[why]} (${count === 1 ? '1 record' : `${count} records`}).`),
  };
}

function draftsOf(piece: TronPiece, line: number, cells: () => readonly string[]): Draft[] {
  const { tx, blockNumber, blockTime, txIndex, fee, owner } = piece;
  const movements: TronMovement[] = [...feeOf(fee, owner), ...piece.movements];
  if (movements.length === 0) return [];
  if (blockNumber === null) {
    throw new RowRejection(`transaction ${tx}: ${NO_BLOCK}`, NO_BLOCK);
  }
  const place = { chain: TRON as Chain, blockNumber, blockTime, tx, txIndex };
  return movements.map((movement) => draftOf(place, movement, line, cells));
}

const NO_BLOCK =
  "its block is not known, and pages of TRC-20 transfers leave it out: add the node's gettransactioninfobyid replies or " +
  'the event pages to the same run, or name a node with --node';
