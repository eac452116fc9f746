import { CairnError } from '../../../errors.ts';
import type { Coverage } from '../../coverage.ts';
import type { ImportBatch, ImportSession, ImportSummary } from '../../ports.ts';
import type { Transfer } from '../../transfer.ts';
import { encodeDeclaration } from '../declarations.ts';
import type { LedgerSql } from './executor.ts';
import { type ChainSpan, settleImport } from './import-checks.ts';
import { dropUnfinishedImports, storedRows } from './partitions.ts';
import {
  createRowBuffer,
  type RowBuffer,
  readRows,
  writeAscii,
  writeText,
  writeUInt32,
  writeUInt64,
  writtenRows,
} from './row-binary.ts';
import { createSideTables, type SideTables } from './side-tables.ts';
import { BLOCK_COLUMNS, COVERAGE_COLUMNS, IMPORT_COLUMNS, incomingColumns } from './tables.ts';
import { encodeTransfer, incomingRowSize } from './transfer-rows.ts';

/** Bytes of rows that are sent at once: some 150,000 transfers, which the engine sorts into one part. */
export const BATCH_BYTES = 32 * 1024 * 1024;
const BLOCK_BATCH_BYTES = 4 * 1024 * 1024;

/** Room for the row of `blocks` besides the chain's name. */
const BLOCK_ROW_BYTES = 32;

type Source = { readonly sha256: string; readonly file: string; readonly format: string };

type Session = {
  readonly executor: LedgerSql;
  readonly id: number;
  readonly spans: Map<string, ChainSpan>;
  /** Rows being encoded, and the buffer whose rows are under way. */
  rows: RowBuffer;
  spare: RowBuffer;
  readonly blocks: RowBuffer;
  /** Evidence and headers. */
  readonly side: SideTables;
  sending: Promise<void>;
  written: number;
};

/**
 * Opens an import under a new number.
 * @param batchBytes - bytes of rows that are sent to the engine at once, at least 32 KiB.
 * @param onEnd - called once, when the import is committed, aborted or has failed.
 */
export async function openImport(
  executor: LedgerSql,
  source: Source,
  batchBytes: number,
  onEnd: () => void,
): Promise<ImportSession> {
  await dropUnfinishedImports(executor);
  const session = await createSession(executor, batchBytes);
  let ended = false;
  const end = async (): Promise<void> => {
    ended = true;
    await session.sending.catch(() => undefined);
    await dropUnfinishedImports(executor).finally(onEnd);
  };
  const assertOpen = (): void => {
    if (ended) throw new CairnError('defect', 'This import has ended.');
  };
  return {
    write: async (batch) => {
      assertOpen();
      await write(session, batch);
    },
    writeEvidence: async (batch) => {
      assertOpen();
      await session.side.writeEvidence(batch);
    },
    writeHeaders: async (batch) => {
      assertOpen();
      await session.side.writeHeaders(batch);
    },
    commit: async (result) => {
      assertOpen();
      try {
        return await commit(session, source, result);
      } finally {
        // What cannot be dropped now stays invisible and is dropped before the next import.
        await end().catch(() => undefined);
      }
    },
    abort: async () => {
      if (!ended) await end();
    },
  };
}

async function createSession(executor: LedgerSql, batchBytes: number): Promise<Session> {
  const numbers = await readRows(executor.query('SELECT max(import_id) FROM imports'));
  const id = numbers.uint32() + 1;
  return {
    executor,
    id,
    side: createSideTables(executor, id),
    spans: new Map(),
    rows: createRowBuffer(batchBytes),
    spare: createRowBuffer(batchBytes),
    blocks: createRowBuffer(BLOCK_BATCH_BYTES),
    sending: Promise.resolve(),
    written: 0,
  };
}

async function write(session: Session, batch: ImportBatch): Promise<void> {
  for (const transfer of batch) {
    const { rows, blocks } = session;
    if (rows.length + incomingRowSize(transfer) > rows.bytes.length) await send(session);
    if (blocks.length + BLOCK_ROW_BYTES + transfer.chain.length > blocks.bytes.length) await send(session);
    encodeTransfer(session.rows, session.id, transfer);
    if (extendSpan(session.spans, transfer)) encodeBlock(session.blocks, session.id, transfer);
    session.written++;
  }
}

/** Takes a transfer into its chain's span. @returns whether it stands in another block than the one before it. */
function extendSpan(spans: Map<string, ChainSpan>, transfer: Transfer): boolean {
  const { chain, blockNumber, txIndex, position, blockTime } = transfer;
  const span = spans.get(chain);
  if (span === undefined) {
    const start = { blockNumber, blockTime };
    spans.set(chain, { first: start, last: start, end: transfer, inOrder: true });
    return true;
  }
  const { end } = span;
  const next = blockNumber - end.blockNumber || txIndex - end.txIndex || position - end.position;
  const steady = blockNumber === end.blockNumber ? blockTime === end.blockTime : blockTime >= end.blockTime;
  if (next <= 0 || !steady) span.inOrder = false;
  if (blockNumber < span.first.blockNumber) span.first = { blockNumber, blockTime };
  if (blockNumber > span.last.blockNumber) span.last = { blockNumber, blockTime };
  span.end = transfer;
  return blockNumber !== end.blockNumber || blockTime !== end.blockTime;
}

function encodeBlock(buffer: RowBuffer, importId: number, { chain, blockNumber, blockTime }: Transfer): void {
  writeUInt32(buffer, importId);
  writeAscii(buffer, chain, 0);
  writeUInt64(buffer, blockNumber);
  writeUInt64(buffer, blockTime);
}

/** Hands the rows at hand to the engine; returns as soon as there is room to encode the next. */
async function send(session: Session): Promise<void> {
  const { executor, rows, blocks } = session;
  await session.sending;
  if (rows.length === 0) return;
  session.rows = session.spare;
  session.spare = rows;
  session.rows.length = 0;
  const blockRows = Uint8Array.prototype.slice.call(writtenRows(blocks));
  blocks.length = 0;
  session.sending = (async () => {
    await executor.insert('incoming', incomingColumns(executor.amountType), writtenRows(rows));
    if (blockRows.length > 0) await executor.insert('blocks', BLOCK_COLUMNS, blockRows);
  })();
  // A failure is met at the next `send`; until then it must not count as unhandled.
  session.sending.catch(() => undefined);
}

async function commit(
  session: Session,
  source: Source,
  { rejected, coverage }: { rejected: number; coverage: readonly Coverage[] },
): Promise<ImportSummary> {
  const { executor } = session;
  await send(session);
  await session.sending;
  await session.side.flush();
  const { id, transfers } = await settleImport(executor, session.id, session.spans, session.written);
  await session.side.settle(id);
  if (coverage.length > 0) await executor.insert('coverage', COVERAGE_COLUMNS, encodeCoverage(id, coverage));
  const { sha256, file, format } = source;
  const summary: ImportSummary = { id: String(id), sha256, file, format, transfers, rejected };
  const row = encodeSummary(id, summary, await storedRows(executor, id));
  await executor.insert('imports', IMPORT_COLUMNS, row);
  return summary;
}

function encodeCoverage(importId: number, coverage: readonly Coverage[]): Uint8Array {
  const rows = coverage.map((declared) => ({ declared, text: encodeDeclaration(declared) }));
  const buffer = createRowBuffer(rows.reduce((size, { text }) => size + 64 + 6 * text.length, 0));
  for (const { declared, text } of rows) {
    writeUInt32(buffer, importId);
    writeText(buffer, declared.chain);
    writeText(buffer, declared.account === null ? '' : declared.account.slice(declared.chain.length + 1));
    writeText(buffer, text);
  }
  return writtenRows(buffer);
}

function encodeSummary(importId: number, summary: ImportSummary, stored: number): Uint8Array {
  const { sha256, file, format, transfers, rejected } = summary;
  const buffer = createRowBuffer(64 + 3 * (sha256.length + file.length + format.length));
  writeUInt32(buffer, importId);
  for (const text of [sha256, file, format]) writeText(buffer, text);
  writeUInt64(buffer, transfers);
  writeUInt64(buffer, rejected);
  writeUInt64(buffer, stored);
  return writtenRows(buffer);
}
