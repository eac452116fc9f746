import { amountCell, hashCell, optionalNumber, wholeNumber } from '../ingest/cells.ts';
import type { DecoderOptions, RowDecoder } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
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
  block: COLUMNS.block,
  phase: 2,
  createDecoder,
};

function createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = findColumns(find, COLUMNS);
  const rows = createEvmRows(options.chain);
  return {
    decode(row, line, emit) {
      const blockTime = rows.time(row, at.time);
      const head: EvmRow = {
        line,
        tx: hashCell(row, at.hash),
        blockNumber: wholeNumber(row, at.block),
        blockTime,
        txIndex: optionalNumber(row, at.txIndex),
        cells: blockTime === null ? row.cells() : null,
      };
      const position = TOKEN_BASE + wholeNumber(row, at.logIndex);
      const from = rows.account(row, at.from);
      const to = rows.account(row, at.to);
      const asset = rows.token(row, at.token);
      emit(rows.draft(head, 'token', { from, to, asset, position, base: TOKEN_BASE, ...amountCell(row, at.value) }));
    },
    flush: () => {},
    notes: () => [
      'The table does not tell ERC-20 from ERC-721: where the token is of the latter kind, the amount is the number of the piece.',
    ],
  };
}
