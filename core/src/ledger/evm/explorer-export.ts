import { amountCell, detached, hashCell, optionalNumber, rejectCell, timeCell, wholeNumber } from '../ingest/cells.ts';
import type { DecoderOptions, RowDecoder } from '../ingest/draft.ts';
import type { ColumnFinder, Format } from '../ingest/format.ts';
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

type Places = Record<keyof typeof COLUMNS, number>;

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
  phase: 0,
  createDecoder,
};

function createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, find(column)])) as Places;
  const rows = createEvmRows(options.chain);
  let withoutGas = 0;
  return {
    decode(cells, line, emit) {
      const read = (place: number): string => (place < 0 ? '' : (cells[place] as string));
      const row: EvmRow = {
        line,
        tx: hashCell('hash', read(at.hash)),
        blockNumber: wholeNumber('blockNumber', read(at.block)),
        blockTime: timeCell('timeStamp', read(at.time)),
        txIndex: optionalNumber('transactionIndex', read(at.txIndex)),
        cells: null,
      };
      const from = rows.account('from', read(at.from));
      const moved = amountCell('value', read(at.value));
      const failed = failedCell(read(at.isError));
      const contract = read(at.contract);
      const place = { position: null, base: 0 };
      // Only the creation of a contract names one without being a token's row, and it names no receiver.
      if (read(at.symbol) !== '' || (contract !== '' && read(at.to) !== '')) {
        const asset = rows.token('contractAddress', contract);
        describeToken(options, asset, read(at.symbol), read(at.decimals));
        const to = rows.account('to', read(at.to));
        if (!failed) emit(rows.draft(row, 'token', { from, to, asset, ...moved, ...place }));
        return;
      }
      const to = receiver(rows, read(at.to), contract, failed);
      const topLevel = read(at.gasPrice) !== '';
      if (topLevel) {
        const price = { column: 'gasPrice', text: read(at.gasPrice) };
        if (read(at.gasUsed) === '') withoutGas++;
        else emit(rows.fee(row, from, gasFee(price, { column: 'gasUsed', text: read(at.gasUsed) })));
      }
      if (failed || to === null) return;
      emit(rows.draft(row, topLevel ? 'native' : 'internal', { from, to, asset: rows.native, ...moved, ...place }));
    },
    flush: () => {},
    notes: () =>
      withoutGas === 0 ? [] : [`${withoutGas} rows have a gas price but no gas used: their fees are not known.`],
  };
}

function receiver(rows: EvmRows, to: string, contract: string, failed: boolean) {
  if (to !== '') return rows.account('to', to);
  if (contract !== '') return rows.account('contractAddress', contract);
  return failed ? null : rejectCell('to', to, 'is empty, and no created contract is named');
}

function failedCell(text: string): boolean {
  if (text === '' || text === '0' || text === '0.0' || text === 'false') return false;
  if (text === '1' || text === '1.0' || text === 'true') return true;
  return rejectCell('isError', text, 'is neither 0 nor 1');
}

function describeToken(options: DecoderOptions, asset: ReturnType<EvmRows['token']>, symbol: string, decimals: string) {
  if (options.assets.has(asset)) return;
  options.assets.set(asset, {
    symbol: symbol === '' ? null : detached(symbol),
    decimals: optionalNumber('tokenDecimal', decimals),
  });
}
