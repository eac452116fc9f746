import { accountAddress, type Chain, canonicalAccount } from '../../units/index.ts';
import { hashCell, optionalAmount, optionalNumber, parseCell, wholeNumber } from '../ingest/cells.ts';
import type { DecoderOptions, Draft, RowDecoder } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
import { isEmpty, type Row, textOf } from '../ingest/row.ts';
import { createdContract } from './created-contract.ts';
import {
  applyReceipt,
  bareEvidence,
  bytesCell,
  createBlockHold,
  type EtlReceipt,
  type OnEvidence,
  statusCell,
} from './etl-evidence.ts';
import { ETL_TRACES, TRACE_COLUMNS } from './etl-traces.ts';
import { ETL_TRANSACTIONS, TRANSACTION_COLUMNS } from './etl-transactions.ts';
import { type CallTree, type StatedCall, treeOf } from './frames.ts';
import { createEvmRows } from './rows.ts';
import { compareTraceAddresses, parseTraceAddress } from './trace-tree.ts';

const TRANSACTION = { ...TRANSACTION_COLUMNS, input: ['input'] } as const;

/**
 * `transactions` as `ETL_TRANSACTIONS` reads them, and each as evidence: who called whom with which value and data.
 * @param receipts - of the same run's table of receipts, by hash, for tables without receipt columns.
 */
export function etlTransactions(onEvidence: OnEvidence, receipts: ReadonlyMap<string, EtlReceipt>): Format {
  return {
    ...ETL_TRANSACTIONS,
    optional: [...ETL_TRANSACTIONS.optional, TRANSACTION.input],
    createDecoder: (find, options) => transactionDecoder(find, options, onEvidence, receipts),
  };
}

function transactionDecoder(
  find: ColumnFinder,
  options: DecoderOptions,
  onEvidence: OnEvidence,
  receipts: ReadonlyMap<string, EtlReceipt>,
): RowDecoder {
  const at = findColumns(find, TRANSACTION);
  const rows = createEvmRows(options.chain);
  const base = ETL_TRANSACTIONS.createDecoder(find, options);
  const lacksReceipts = at.status.place < 0 && receipts.size > 0;
  let without = 0;
  const receiver = (row: Row, created: string | null): string | null => {
    if (!isEmpty(row, at.to)) return textOf(row, at.to);
    if (created !== null || !isEmpty(row, at.created)) return created ?? textOf(row, at.created);
    const from = accountAddress(rows.account(row, at.from));
    return isEmpty(row, at.nonce) ? null : createdContract(from, wholeNumber(row, at.nonce));
  };
  return {
    ...base,
    decode(row, line, emit) {
      const tx = hashCell(row, at.hash);
      const receipt = lacksReceipts ? receipts.get(tx) : undefined;
      const drafts: Draft[] = [];
      base.decode(row, line, (draft) => drafts.push(draft));
      if (lacksReceipts && receipt === undefined) without++;
      const to = receiver(row, receipt?.created ?? null);
      const price = isEmpty(row, at.gasPrice) ? null : optionalAmount(row, at.gasPrice).amount;
      onEvidence({
        ...bareEvidence(options.chain, tx),
        blockNumber: wholeNumber(row, at.block),
        blockTime: rows.time(row, at.time),
        txIndex: optionalNumber(row, at.txIndex),
        from: rows.account(row, at.from),
        to: to === null ? null : parseCell(at.to.name, to, (text) => canonicalAccount(options.chain, text)),
        value: optionalAmount(row, at.value).amount,
        input: at.input.place < 0 ? null : bytesCell(row, at.input),
        succeeded: receipt === undefined ? statusCell(row, at.status) : receipt.succeeded,
      });
      for (const draft of receipt === undefined ? drafts : applyReceipt(rows, drafts, { receipt, price })) emit(draft);
    },
    notes: () => {
      if (!lacksReceipts) return base.notes();
      return without === 0
        ? []
        : [
            `${without} transactions have no receipt among the files: their fees are not recorded, their value is recorded as moved.`,
          ];
    },
  };
}

const TRACE = { ...TRACE_COLUMNS, input: ['input'] } as const;

/** `traces` as `ETL_TRACES` reads them, and each transaction's frames as evidence. */
export function etlTraces(onEvidence: OnEvidence): Format {
  return {
    ...ETL_TRACES,
    optional: [...ETL_TRACES.optional, TRACE.input],
    createDecoder: (find, options) => traceDecoder(find, options, onEvidence),
  };
}

type Held = StatedCall & { readonly place: { blockNumber: number; blockTime: number | null; txIndex: number | null } };

/** Rows that belong to no transaction. */
const OF_BLOCK: ReadonlySet<string> = new Set(['reward', 'genesis', 'daofork']);

function traceDecoder(find: ColumnFinder, options: DecoderOptions, onEvidence: OnEvidence): RowDecoder {
  const at = findColumns(find, TRACE);
  const rows = createEvmRows(options.chain);
  const base = ETL_TRACES.createDecoder(find, options);
  const hold = createBlockHold<Held>(options.keepAll, (tx, held) => release(options.chain, tx, held, onEvidence));
  const callOf = (row: Row, type: string): StatedCall['call'] => {
    const kind = textOf(row, at.callType).toLowerCase();
    const isStill = type === 'call' && kind !== 'call' && kind !== '';
    const value = isStill ? 0n : optionalAmount(row, at.value).amount;
    return { from: rows.account(row, at.from), to: rows.account(row, at.to), value, input: bytesCell(row, at.input) };
  };
  return {
    ...base,
    decode(row, line, emit) {
      const type = textOf(row, at.type).toLowerCase();
      const address = parseTraceAddress(textOf(row, at.address));
      if (OF_BLOCK.has(type) || address === null) return base.decode(row, line, emit);
      const failed = statusCell(row, at.status) === false || !isEmpty(row, at.error);
      const blockNumber = wholeNumber(row, at.block);
      const held: Held = {
        address,
        failed,
        children: optionalNumber(row, at.subtraces),
        call: failed ? null : callOf(row, type),
        place: { blockNumber, blockTime: rows.time(row, at.time), txIndex: optionalNumber(row, at.txIndex) },
      };
      // Whatever is wrong with the row has been said by now: it may still be rejected here, but not after.
      base.decode(row, line, emit);
      hold.add(blockNumber, hashCell(row, at.hash), held);
    },
    flush(emit) {
      base.flush(emit);
      hold.flush();
    },
  };
}

function release(chain: Chain, tx: string, held: readonly Held[], onEvidence: OnEvidence): void {
  const sorted = [...held].sort((a, b) => compareTraceAddresses(a.address, b.address));
  const distinct = sorted.filter((one, i) => {
    const before = sorted[i - 1];
    return before === undefined || compareTraceAddresses(before.address, one.address) !== 0;
  });
  const tree: CallTree = treeOf(distinct);
  const { place } = held[0] as Held;
  onEvidence({
    ...bareEvidence(chain, tx),
    ...place,
    succeeded: tree.succeeded,
    // Frames of a tree with calls missing would hide what those moved.
    frames: tree.complete ? tree.frames.map(({ frame }) => frame) : null,
  });
}
