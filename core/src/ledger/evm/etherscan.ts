import { type Account, parseDecimal } from '../../units/index.ts';
import {
  type Amount,
  amountCell,
  detached,
  hashCell,
  parseCell,
  rejectCell,
  timeCell,
  wholeNumber,
} from '../ingest/cells.ts';
import type { DecoderOptions, RowDecoder } from '../ingest/draft.ts';
import type { ColumnFinder, Format } from '../ingest/format.ts';
import { tokenDecimals } from './known-decimals.ts';
import { createEvmRows, type EvmRow, INTERNAL_BASE, TOKEN_BASE } from './rows.ts';

/** Every chain that Etherscan's exports are read for counts its own coin in 10^18. */
const NATIVE_DECIMALS = 18;

const HASH = ['Transaction Hash', 'Txhash'];
const BLOCK = ['Blockno'];
const TIME = ['UnixTimestamp'];
const FROM = ['From'];
const TO = ['To'];
const CONTRACT = ['ContractAddress'];
// The coin's name stands in brackets: Value_IN(ETH), Value_IN(MATIC).
const VALUE_IN = ['Value_IN(*'];
const VALUE_OUT = ['Value_OUT(*'];
const FEE = ['TxnFee(ETH)', 'TxnFee(*'];
const STATUS = ['Status'];
const ERROR = ['ErrCode'];

/** Etherscan's "Download CSV" of an account's transactions. The fee is the row's own. */
export const ETHERSCAN_NORMAL: Format = {
  id: 'etherscan-normal',
  title: "Etherscan's CSV export of transactions",
  required: [HASH, BLOCK, TIME, FROM, TO, CONTRACT, VALUE_IN, VALUE_OUT, FEE, STATUS, ERROR],
  optional: [],
  phase: 0,
  createDecoder: createNormalDecoder,
};

const PARENT_FROM = ['ParentTxFrom'];
const INTERNAL_TO = ['TxTo'];

/** Etherscan's "Download CSV" of an account's internal transactions. */
export const ETHERSCAN_INTERNAL: Format = {
  id: 'etherscan-internal',
  title: "Etherscan's CSV export of internal transactions",
  required: [HASH, BLOCK, TIME, PARENT_FROM, FROM, INTERNAL_TO, CONTRACT, VALUE_IN, VALUE_OUT, STATUS, ERROR],
  optional: [],
  phase: 0,
  createDecoder: createInternalDecoder,
};

const TOKEN_VALUE = ['TokenValue', 'Value'];
const TOKEN_NAME = ['TokenName'];
const TOKEN_SYMBOL = ['TokenSymbol'];

/** Etherscan's "Download CSV" of an account's ERC-20 transfers: decimal amounts, no decimals. */
export const ETHERSCAN_ERC20: Format = {
  id: 'etherscan-erc20',
  title: "Etherscan's CSV export of ERC-20 transfers",
  required: [HASH, BLOCK, TIME, FROM, TO, TOKEN_VALUE, CONTRACT, TOKEN_NAME, TOKEN_SYMBOL],
  optional: [],
  phase: 0,
  createDecoder: createTokenDecoder,
};

/** An amount as Etherscan writes it: decimal, thousands grouped by commas, float notation where it is very small. */
function decimalCell(column: string, text: string, decimals: number): Amount {
  const plain = text.replaceAll(',', '');
  if (!/e/i.test(plain)) {
    return { amount: parseCell(column, text, () => parseDecimal(plain, decimals)), rounded: false };
  }
  const parts = /^(\d+)(?:\.(\d+))?e([+-]?\d{1,3})$/i.exec(plain);
  if (parts === null) return rejectCell(column, text, 'is not a decimal number');
  const fraction = parts[2] ?? '';
  const shift = Number(parts[3]) - fraction.length + decimals;
  const loose = amountCell(column, `${parts[1]}${fraction}e${shift}`);
  return { amount: loose.amount, rounded: true };
}

function headCells(cells: readonly string[], line: number, at: { hash: number; block: number; time: number }): EvmRow {
  return {
    line,
    tx: hashCell('Transaction Hash', cells[at.hash] as string),
    blockNumber: wholeNumber('Blockno', cells[at.block] as string),
    blockTime: timeCell('UnixTimestamp', cells[at.time] as string),
    txIndex: null,
    cells: null,
  };
}

/** Blank and 0 are success, `Error(…)` and 1 failure, in every edition of the exports. */
function failedCell(status: string, error: string): boolean {
  if (status === '1' || /^(error|fail)/i.test(status)) return true;
  if (status !== '' && status !== '0' && !/^(success|ok)$/i.test(status))
    return rejectCell('Status', status, 'is unknown');
  return error !== '';
}

/** One of the two columns has the value, seen from the exported account; a payment to oneself has it in both. */
function valueCells(incoming: string, outgoing: string): Amount {
  const received = decimalCell('Value_IN', incoming === '' ? '0' : incoming, NATIVE_DECIMALS);
  const paid = decimalCell('Value_OUT', outgoing === '' ? '0' : outgoing, NATIVE_DECIMALS);
  if (received.amount !== 0n && paid.amount !== 0n && received.amount !== paid.amount) {
    return rejectCell('Value_OUT', outgoing, 'differs from Value_IN in one row');
  }
  return received.amount === 0n ? paid : received;
}

function finders(find: ColumnFinder) {
  return {
    hash: find(HASH),
    block: find(BLOCK),
    time: find(TIME),
    from: find(FROM),
    to: find(TO),
    contract: find(CONTRACT),
    valueIn: find(VALUE_IN),
    valueOut: find(VALUE_OUT),
    status: find(STATUS),
    error: find(ERROR),
  };
}

function createNormalDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = finders(find);
  const feeAt = find(FEE);
  const rows = createEvmRows(options.chain);
  return {
    decode(cells, line, emit) {
      const row = headCells(cells, line, at);
      const from = rows.account('From', cells[at.from] as string);
      const failed = failedCell(cells[at.status] as string, cells[at.error] as string);
      const moved = valueCells(cells[at.valueIn] as string, cells[at.valueOut] as string);
      const fee = decimalCell('TxnFee', cells[feeAt] as string, NATIVE_DECIMALS);
      const named = cells[at.to] as string;
      const to = named === '' ? (cells[at.contract] as string) : named;
      const receiver = failed && to === '' ? null : rows.account('To', to);
      emit(rows.fee(row, from, fee));
      if (failed || receiver === null) return;
      emit(rows.draft(row, 'native', { from, to: receiver, asset: rows.native, position: 0, base: 0, ...moved }));
    },
    flush: () => {},
    notes: () => [],
  };
}

function createInternalDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = { ...finders(find), to: find(INTERNAL_TO) };
  const rows = createEvmRows(options.chain);
  return {
    decode(cells, line, emit) {
      const row = headCells(cells, line, at);
      const from = rows.account('From', cells[at.from] as string);
      const failed = failedCell(cells[at.status] as string, cells[at.error] as string);
      const moved = valueCells(cells[at.valueIn] as string, cells[at.valueOut] as string);
      const named = cells[at.to] as string;
      const to: Account = rows.account('TxTo', named === '' ? (cells[at.contract] as string) : named);
      if (failed) return;
      const place = { position: null, base: INTERNAL_BASE };
      emit(rows.draft(row, 'internal', { from, to, asset: rows.native, ...place, ...moved }));
    },
    flush: () => {},
    notes: () => [],
  };
}

function createTokenDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = { ...finders(find), value: find(TOKEN_VALUE), symbol: find(TOKEN_SYMBOL) };
  const rows = createEvmRows(options.chain);
  return {
    decode(cells, line, emit) {
      const row = headCells(cells, line, at);
      const from = rows.account('From', cells[at.from] as string);
      const to = rows.account('To', cells[at.to] as string);
      const contract = cells[at.contract] as string;
      const asset = rows.token('ContractAddress', contract);
      const decimals = options.decimals.get(asset) ?? tokenDecimals(asset);
      if (decimals === null) {
        return rejectCell(
          'TokenValue',
          contract,
          "the token's decimals are not known: name them, the export leaves them out",
        );
      }
      const moved = decimalCell('TokenValue', cells[at.value] as string, decimals);
      if (!options.assets.has(asset)) {
        options.assets.set(asset, { symbol: detached(cells[at.symbol] as string) || null, decimals });
      }
      emit(rows.draft(row, 'token', { from, to, asset, position: null, base: TOKEN_BASE, ...moved }));
    },
    flush: () => {},
    notes: () => [],
  };
}
