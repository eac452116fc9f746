import { amountCell, hashCell, optionalNumber, timeCell, wholeNumber } from '../ingest/cells.ts';
import type { DecoderOptions, RowDecoder } from '../ingest/draft.ts';
import type { ColumnFinder, Format } from '../ingest/format.ts';
import { createEvmRows, type EvmRow, TOKEN_BASE } from './rows.ts';

const COLUMNS = {
  token: ['token_address'],
  from: ['from_address'],
  to: ['to_address'],
  value: ['value'],
  hash: ['transaction_hash'],
  logIndex: ['log_index'],
  block: ['block_number'],
  time: ['block_timestamp'],
  txIndex: ['transaction_index'],
} as const;

/**
 * `token_transfers` as ethereum-etl, BigQuery's and AWS's public data sets have them, at position 1,000,000 + log index.
 * The table has no place of the transaction in its block, and ethereum-etl's own no time: both come from the
 * transactions, ingested before or in the same run.
 */
export const ETL_TOKEN_TRANSFERS: Format = {
  id: 'ethereum-etl-token-transfers',
  title: 'token_transfers of ethereum-etl, BigQuery or AWS',
  required: [COLUMNS.token, COLUMNS.from, COLUMNS.to, COLUMNS.value, COLUMNS.hash, COLUMNS.logIndex, COLUMNS.block],
  optional: [COLUMNS.time, COLUMNS.txIndex],
  phase: 2,
  createDecoder,
};

function createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, find(column)])) as Record<
    keyof typeof COLUMNS,
    number
  >;
  const rows = createEvmRows(options.chain);
  return {
    decode(cells, line, emit) {
      const time = at.time < 0 ? '' : (cells[at.time] as string);
      const row: EvmRow = {
        line,
        tx: hashCell('transaction_hash', cells[at.hash] as string),
        blockNumber: wholeNumber('block_number', cells[at.block] as string),
        blockTime: time === '' ? null : timeCell('block_timestamp', time),
        txIndex: at.txIndex < 0 ? null : optionalNumber('transaction_index', cells[at.txIndex] as string),
        cells: time === '' ? cells : null,
      };
      const moved = amountCell('value', cells[at.value] as string);
      emit(
        rows.draft(row, 'token', {
          from: rows.account('from_address', cells[at.from] as string),
          to: rows.account('to_address', cells[at.to] as string),
          asset: rows.token('token_address', cells[at.token] as string),
          position: TOKEN_BASE + wholeNumber('log_index', cells[at.logIndex] as string),
          base: TOKEN_BASE,
          ...moved,
        }),
      );
    },
    flush: () => {},
    notes: () => [
      'The table does not tell ERC-20 from ERC-721: where the token is of the latter kind, the amount is the number of the piece.',
    ],
  };
}
