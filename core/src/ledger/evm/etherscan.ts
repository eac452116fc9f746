import { parseDecimal, parseLooseAmount } from '../../units/index.ts';
import { type Amount, detached, hashCell, parseCell, rejectCell, wholeNumber } from '../ingest/cells.ts';
import type { DecoderOptions, RowDecoder } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
import { type Cell, isEmpty, type Row } from '../ingest/row.ts';
import { tokenDecimals } from './known-decimals.ts';
import { createEvmRows, type EvmRow, type EvmRows, INTERNAL_BASE, TOKEN_BASE } from './rows.ts';

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
  block: BLOCK,
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
  block: BLOCK,
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
  block: BLOCK,
  phase: 0,
  createDecoder: createTokenDecoder,
};

/** An amount as Etherscan writes it: decimal, thousands grouped by commas, float notation where it is very small. */
function decimalCell(row: Row, cell: Cell, decimals: number): Amount {
  const text = row.text(cell.place);
  const plain = text.replaceAll(',', '');
  if (!/e/i.test(plain)) {
    return { amount: parseCell(cell.name, text, () => parseDecimal(plain, decimals)), rounded: false };
  }
  const parts = /^(\d+)(?:\.(\d+))?e([+-]?\d{1,3})$/i.exec(plain);
  if (parts === null) return rejectCell(cell.name, text, 'is not a decimal number');
  const fraction = parts[2] ?? '';
  const shift = Number(parts[3]) - fraction.length + decimals;
  const written = `${parts[1]}${fraction}e${shift}`;
  return { amount: parseCell(cell.name, text, () => parseLooseAmount(written)).amount, rounded: true };
}

function headCells(rows: EvmRows, row: Row, line: number, at: { hash: Cell; block: Cell; time: Cell }): EvmRow {
  return {
    line,
    tx: hashCell(row, at.hash),
    blockNumber: wholeNumber(row, at.block),
    blockTime: rows.time(row, at.time) ?? rejectCell(at.time.name, '', 'is empty'),
    txIndex: null,
    cells: null,
  };
}

/** Blank and 0 are success, `Error(…)` and 1 failure, in every edition of the exports. */
function failedCell(row: Row, at: { status: Cell; error: Cell }): boolean {
  const status = row.text(at.status.place);
  if (status === '1' || /^(error|fail)/i.test(status)) return true;
  if (status === '' || status === '0' || /^(success|ok)$/i.test(status)) return !isEmpty(row, at.error);
  return rejectCell(at.status.name, status, 'is unknown');
}

/** One of the two columns has the value, seen from the exported account; a payment to oneself has it in both. */
function valueCells(row: Row, at: { valueIn: Cell; valueOut: Cell }): Amount {
  const nothing: Amount = { amount: 0n, rounded: false };
  const received = isEmpty(row, at.valueIn) ? nothing : decimalCell(row, at.valueIn, NATIVE_DECIMALS);
  const paid = isEmpty(row, at.valueOut) ? nothing : decimalCell(row, at.valueOut, NATIVE_DECIMALS);
  if (received.amount !== 0n && paid.amount !== 0n && received.amount !== paid.amount) {
    return rejectCell(at.valueOut.name, row.text(at.valueOut.place), `differs from ${at.valueIn.name} in one row`);
  }
  return received.amount === 0n ? paid : received;
}

const COLUMNS = {
  hash: HASH,
  block: BLOCK,
  time: TIME,
  from: FROM,
  contract: CONTRACT,
  valueIn: VALUE_IN,
  valueOut: VALUE_OUT,
  status: STATUS,
  error: ERROR,
} as const;

function createNormalDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = findColumns(find, { ...COLUMNS, to: TO, fee: FEE });
  const rows = createEvmRows(options.chain);
  return {
    decode(row, line, emit) {
      const head = headCells(rows, row, line, at);
      const from = rows.account(row, at.from);
      const failed = failedCell(row, at);
      const moved = valueCells(row, at);
      const fee = decimalCell(row, at.fee, NATIVE_DECIMALS);
      const receiver = isEmpty(row, at.to) ? at.contract : at.to;
      const to = failed && isEmpty(row, receiver) ? null : rows.account(row, receiver);
      emit(rows.fee(head, from, fee));
      if (failed || to === null) return;
      emit(rows.draft(head, 'native', { from, to, asset: rows.native, position: 0, base: 0, ...moved }));
    },
    flush: () => {},
    notes: () => [],
  };
}

function createInternalDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = findColumns(find, { ...COLUMNS, to: INTERNAL_TO });
  const rows = createEvmRows(options.chain);
  return {
    decode(row, line, emit) {
      const head = headCells(rows, row, line, at);
      const from = rows.account(row, at.from);
      const moved = valueCells(row, at);
      const to = rows.account(row, isEmpty(row, at.to) ? at.contract : at.to);
      if (failedCell(row, at)) return;
      const place = { position: null, base: INTERNAL_BASE };
      emit(rows.draft(head, 'internal', { from, to, asset: rows.native, ...place, ...moved }));
    },
    flush: () => {},
    notes: () => [],
  };
}

function createTokenDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = findColumns(find, { ...COLUMNS, to: TO, value: TOKEN_VALUE, symbol: TOKEN_SYMBOL });
  const rows = createEvmRows(options.chain);
  return {
    decode(row, line, emit) {
      const head = headCells(rows, row, line, at);
      const from = rows.account(row, at.from);
      const to = rows.account(row, at.to);
      const asset = rows.token(row, at.contract);
      const decimals = options.decimals.get(asset) ?? tokenDecimals(asset);
      if (decimals === null) {
        const why = "the token's decimals are not known: name them, the export leaves them out";
        return rejectCell(at.value.name, row.text(at.contract.place), why);
      }
      const moved = decimalCell(row, at.value, decimals);
      if (!options.assets.has(asset)) {
        options.assets.set(asset, { symbol: detached(row.text(at.symbol.place)) || null, decimals });
      }
      emit(rows.draft(head, 'token', { from, to, asset, position: null, base: TOKEN_BASE, ...moved }));
    },
    flush: () => {},
    notes: () => [],
  };
}
