import type { Account } from '../../units/index.ts';
import { amountCell, detached, hashCell, optionalNumber, rejectCell, wholeNumber } from '../ingest/cells.ts';
import type { AssetMetadata, DecoderOptions, RowDecoder } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
import { type Cell, isEmpty, type Row, textOf } from '../ingest/row.ts';
import { createEvmRows, type EvmRow, type EvmRows, gasFee } from './rows.ts';

const COLUMNS = {
  hash: ['hash'],
  from: ['from'],
  to: ['to'],
  value: ['value'],
  time: ['timeStamp'],
  block: ['blockNumber'],
  symbol: ['tokenSymbol'],
  contract: ['contractAddress'],
  isError: ['isError'],
  gasPrice: ['gasPrice'],
  gasUsed: ['gasUsed'],
  txIndex: ['transactionIndex'],
  decimals: ['tokenDecimal'],
} as const;

/**
 * An explorer's transactions and token transfers of one account in one table, values in base units.
 * An empty token is ether. A row of ether with a gas price is a transaction's top-level value, one without is an
 * inner call's. A failed row moves nothing. The fee of a transaction is gas price × gas used of its first top-level
 * row in the file, charged to that row's `from`, also where it failed.
 */
export const EXPLORER_EXPORT: Format = {
  id: 'explorer',
  title: 'explorer export: hash, from, to, value in wei, token and gas in one table',
  required: [
    COLUMNS.hash,
    COLUMNS.from,
    COLUMNS.to,
    COLUMNS.value,
    COLUMNS.time,
    COLUMNS.block,
    COLUMNS.symbol,
    COLUMNS.contract,
    COLUMNS.isError,
    COLUMNS.gasPrice,
    COLUMNS.gasUsed,
  ],
  optional: [COLUMNS.txIndex, COLUMNS.decimals],
  block: COLUMNS.block,
  phase: 0,
  createDecoder,
};

function createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = findColumns(find, COLUMNS);
  const rows = createEvmRows(options.chain);
  let withoutGas = 0;
  return {
    decode(row, line, emit) {
      const head: EvmRow = {
        line,
        tx: hashCell(row, at.hash),
        blockNumber: wholeNumber(row, at.block),
        blockTime: rows.time(row, at.time) ?? rejectCell(at.time.name, '', 'is empty'),
        txIndex: optionalNumber(row, at.txIndex),
        cells: null,
      };
      const from = rows.account(row, at.from);
      const moved = amountCell(row, at.value);
      const failed = failedCell(at.isError, row.text(at.isError.place));
      const place = { position: null, base: 0 };
      // Only the creation of a contract names one without being a token's row, and it names no receiver.
      if (!isEmpty(row, at.symbol) || !(isEmpty(row, at.contract) || isEmpty(row, at.to))) {
        const asset = rows.token(row, at.contract);
        if (!options.assets.has(asset)) options.assets.set(asset, describeToken(row, at.symbol, at.decimals));
        const to = rows.account(row, at.to);
        if (!failed) emit(rows.draft(head, 'token', { from, to, asset, ...moved, ...place }));
        return;
      }
      const to = receiver(rows, row, at, failed);
      const topLevel = !isEmpty(row, at.gasPrice);
      if (topLevel && isEmpty(row, at.gasUsed)) withoutGas++;
      else if (topLevel) emit(rows.fee(head, from, gasFee(row, at.gasPrice, at.gasUsed)));
      if (failed || to === null) return;
      emit(rows.draft(head, topLevel ? 'native' : 'internal', { from, to, asset: rows.native, ...moved, ...place }));
    },
    flush: () => {},
    notes: () =>
      withoutGas === 0 ? [] : [`${withoutGas} rows have a gas price but no gas used: their fees are not known.`],
  };
}

function receiver(rows: EvmRows, row: Row, at: { to: Cell; contract: Cell }, failed: boolean): Account | null {
  if (!isEmpty(row, at.to)) return rows.account(row, at.to);
  if (!isEmpty(row, at.contract)) return rows.account(row, at.contract);
  return failed ? null : rejectCell(at.to.name, '', 'is empty, and no created contract is named');
}

function failedCell(cell: Cell, text: string): boolean {
  if (text === '' || text === '0' || text === '0.0' || text === 'false') return false;
  if (text === '1' || text === '1.0' || text === 'true') return true;
  return rejectCell(cell.name, text, 'is neither 0 nor 1');
}

function describeToken(row: Row, symbol: Cell, decimals: Cell): AssetMetadata {
  const text = textOf(row, symbol);
  return { symbol: text === '' ? null : detached(text), decimals: optionalNumber(row, decimals) };
}
