import { CairnError } from '../../errors.ts';
import type { Account } from '../../units/index.ts';
import {
  type Amount,
  amountCell,
  hashCell,
  optionalAmount,
  optionalNumber,
  rejectCell,
  wholeNumber,
} from '../ingest/cells.ts';
import { BlocksOutOfOrder, type DecoderOptions, type Draft, type Emit, type RowDecoder } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
import { type Cell, isEmpty, type Row } from '../ingest/row.ts';
import { createEvmRows, type EvmRow, type EvmRows, INTERNAL_BASE } from './rows.ts';
import { compareTraceAddresses, type FrameStatus, parseTraceAddress, readTraceTree } from './trace-tree.ts';

export const TRACE_COLUMNS = {
  block: ['block_number'],
  hash: ['transaction_hash'],
  txIndex: ['transaction_index'],
  from: ['from_address'],
  to: ['to_address'],
  value: ['value'],
  type: ['trace_type'],
  callType: ['call_type'],
  address: ['trace_address'],
  subtraces: ['subtraces'],
  error: ['error'],
  status: ['status'],
  time: ['block_timestamp'],
  blockHash: ['block_hash'],
} as const;

type Cells = Readonly<Record<keyof typeof TRACE_COLUMNS, Cell>>;

/**
 * Index of what a block pays out after its last transaction: behind any transaction's, since a transaction uses at
 * least 21,000 gas and so a block of 2^32 gas holds fewer than 205,000.
 */
const AFTER_TRANSACTIONS = 1_000_000;

/**
 * `traces` as ethereum-etl, BigQuery's and AWS's public data sets have them. A frame moves value if it and every call
 * above it succeeded. The top-level call is the transaction's own value, at position 0 as in `transactions`, so it is
 * never counted twice; other frames stand at 1 + rank by trace address. Delegate, static and code calls move nothing
 * to another account. A block's reward and the genesis allotments come from the zero account; they belong to no
 * transaction and carry the block's hash instead.
 */
export const ETL_TRACES: Format = {
  id: 'ethereum-etl-traces',
  title: 'traces of ethereum-etl, BigQuery or AWS',
  required: [
    TRACE_COLUMNS.block,
    TRACE_COLUMNS.hash,
    TRACE_COLUMNS.txIndex,
    TRACE_COLUMNS.from,
    TRACE_COLUMNS.to,
    TRACE_COLUMNS.value,
    TRACE_COLUMNS.type,
    TRACE_COLUMNS.callType,
    TRACE_COLUMNS.address,
    TRACE_COLUMNS.status,
  ],
  optional: [TRACE_COLUMNS.subtraces, TRACE_COLUMNS.error, TRACE_COLUMNS.time, TRACE_COLUMNS.blockHash],
  block: TRACE_COLUMNS.block,
  phase: 1,
  createDecoder,
};

type Frame = FrameStatus & {
  readonly head: EvmRow;
  /** Null where the frame moves nothing to another account. */
  readonly movement: (Amount & { readonly from: Account; readonly to: Account }) | null;
};

function createDecoder(find: ColumnFinder, options: DecoderOptions): RowDecoder {
  const at = findColumns(find, TRACE_COLUMNS);
  const rows = createEvmRows(options.chain);
  const held = new Map<string, Frame[]>();
  let block = -1;
  let partial = 0;
  const release = (emit: Emit): void => {
    for (const frames of held.values()) if (!emitTransaction(rows, frames, emit)) partial++;
    held.clear();
  };
  // What a call moved is known only once every call above it is; so a block is held until the next one begins.
  const advance = (blockNumber: number, emit: Emit): void => {
    if (blockNumber === block || options.keepAll) return;
    if (blockNumber < block) throw new BlocksOutOfOrder(`block ${blockNumber}`);
    release(emit);
    block = blockNumber;
  };
  return {
    decode(row, line, emit) {
      const blockNumber = wholeNumber(row, at.block);
      const type = row.text(at.type.place).toLowerCase();
      if (type === 'reward' || type === 'genesis' || type === 'daofork') {
        const payment = blockPayment(rows, at, row, { line, blockNumber, type });
        advance(blockNumber, emit);
        emit(payment);
        return;
      }
      const frame = readFrame(rows, at, row, { line, blockNumber, type });
      advance(blockNumber, emit);
      const frames = held.get(frame.head.tx);
      if (frames === undefined) held.set(frame.head.tx, [frame]);
      else frames.push(frame);
    },
    flush: release,
    notes: () =>
      partial === 0
        ? []
        : [
            `Of ${partial} transactions not all calls are in the file: the order of their inner transfers was assigned.`,
          ],
  };
}

type Line = { readonly line: number; readonly blockNumber: number; readonly type: string };

function readFrame(rows: EvmRows, at: Cells, row: Row, { line, blockNumber, type }: Line): Frame {
  const blockTime = rows.time(row, at.time);
  const address = parseTraceAddress(row.text(at.address.place));
  if (address === null) return rejectCell(at.address.name, row.text(at.address.place), 'is not a list of numbers');
  const failed = failedCells(row, at);
  return {
    head: {
      line,
      tx: hashCell(row, at.hash),
      blockNumber,
      blockTime,
      txIndex: wholeNumber(row, at.txIndex),
      cells: blockTime === null ? row.cells() : null,
    },
    address,
    failed,
    children: optionalNumber(row, at.subtraces),
    movement: readMovement(rows, at, row, type, failed),
  };
}

function failedCells(row: Row, at: Cells): boolean {
  const status = row.text(at.status.place);
  if (status === '0' || status === '0.0') return true;
  if (status === '' || status === '1' || status === '1.0') return !isEmpty(row, at.error);
  return rejectCell(at.status.name, status, 'is neither 0 nor 1');
}

function readMovement(rows: EvmRows, at: Cells, row: Row, type: string, failed: boolean): Frame['movement'] {
  const callType = row.text(at.callType.place).toLowerCase();
  if (type === 'call' && callType !== 'call' && callType !== '') {
    if (callType === 'delegatecall' || callType === 'staticcall' || callType === 'callcode') return null;
    return rejectCell(at.callType.name, callType, 'is unknown');
  }
  if (type !== 'call' && type !== 'create' && type !== 'create2' && type !== 'suicide' && type !== 'selfdestruct') {
    return rejectCell(at.type.name, type, type === '' ? 'is empty' : 'is unknown');
  }
  const moved = optionalAmount(row, at.value);
  // A creation that failed names no contract; it moves nothing either.
  if (moved.amount === 0n || (failed && isEmpty(row, at.to))) return null;
  return { from: rows.account(row, at.from), to: rows.account(row, at.to), ...moved };
}

/** @returns false where calls of the transaction are missing, so that positions are assigned. */
function emitTransaction(rows: EvmRows, given: readonly Frame[], emit: Emit): boolean {
  const frames = distinctFrames(given);
  const { effective, complete } = readTraceTree(frames);
  for (const [rank, frame] of frames.entries()) {
    if (!effective[rank] || frame.movement === null) continue;
    const top = frame.address.length === 0;
    emit(
      rows.draft(frame.head, top ? 'native' : 'internal', {
        asset: rows.native,
        // Ranks count from the first inner call: the top-level call is rank 0 and stands at 0.
        position: top ? 0 : complete ? INTERNAL_BASE + rank - 1 : null,
        base: INTERNAL_BASE,
        ...frame.movement,
      }),
    );
  }
  return complete;
}

/** In order of execution; a frame that is given twice counts once. */
function distinctFrames(given: readonly Frame[]): Frame[] {
  const sorted = [...given].sort((a, b) => compareTraceAddresses(a.address, b.address));
  return sorted.filter((frame, i) => {
    const before = sorted[i - 1];
    if (before === undefined || compareTraceAddresses(before.address, frame.address) !== 0) return true;
    const one = before.movement;
    const two = frame.movement;
    const same = one?.from === two?.from && one?.to === two?.to && one?.amount === two?.amount;
    if (same && before.failed === frame.failed) return false;
    throw new CairnError(
      'contradiction',
      `lines ${before.head.line} and ${frame.head.line} give two different calls one trace address in transaction ${frame.head.tx}`,
    );
  });
}

function blockPayment(rows: EvmRows, at: Cells, row: Row, { line, blockNumber, type }: Line): Draft {
  if (isEmpty(row, at.blockHash)) {
    const why = `is missing: a ${type} belongs to no transaction and is known by its block's hash`;
    return rejectCell(at.blockHash.name, '', why);
  }
  const blockTime = rows.time(row, at.time);
  const head: EvmRow = {
    line,
    tx: hashCell(row, at.blockHash),
    blockNumber,
    blockTime,
    txIndex: AFTER_TRANSACTIONS,
    cells: blockTime === null ? row.cells() : null,
  };
  return rows.draft(head, 'internal', {
    from: type === 'daofork' ? rows.account(row, at.from) : rows.zero,
    to: rows.account(row, at.to),
    asset: rows.native,
    position: null,
    base: 0,
    ...amountCell(row, at.value),
  });
}
