import type { EventLog } from '../evidence.ts';
import { hashCell, optionalNumber, rejectCell, wholeNumber } from '../ingest/cells.ts';
import type { DecoderOptions, Emit, RowDecoder } from '../ingest/draft.ts';
import { type ColumnFinder, type Format, findColumns } from '../ingest/format.ts';
import { type Cell, type Row, textOf } from '../ingest/row.ts';
import { bareEvidence, bytesCell, createBlockHold, type OnEvidence } from './etl-evidence.ts';
import { draftsOf } from './evidence-transfers.ts';
import { createEvmRows } from './rows.ts';

const COLUMNS = {
  hash: ['transaction_hash'],
  txIndex: ['transaction_index'],
  logIndex: ['log_index'],
  block: ['block_number'],
  time: ['block_timestamp'],
  address: ['address'],
  data: ['data'],
  topics: ['topics'],
} as const;

/**
 * `logs` of ethereum-etl, BigQuery or AWS: the logs of each transaction as evidence, ERC-20's Transfer events as
 * transfers at 1,000,000 + log index. A transaction that has logs succeeded. The table has no time of its own in
 * ethereum-etl's export: it comes from the transactions, ingested before or in the same run.
 */
export function etlLogs(onEvidence: OnEvidence): Format {
  return {
    id: 'ethereum-etl-logs',
    title: 'logs of ethereum-etl, BigQuery or AWS',
    required: [COLUMNS.hash, COLUMNS.logIndex, COLUMNS.block, COLUMNS.address, COLUMNS.data, COLUMNS.topics],
    optional: [COLUMNS.txIndex, COLUMNS.time],
    block: COLUMNS.block,
    phase: 2,
    createDecoder: (find, options) => createDecoder(find, options, onEvidence),
  };
}

type Held = {
  readonly log: EventLog;
  readonly place: { blockNumber: number; blockTime: number | null; txIndex: number | null };
};

function createDecoder(find: ColumnFinder, options: DecoderOptions, onEvidence: OnEvidence): RowDecoder {
  const at = findColumns(find, COLUMNS);
  const rows = createEvmRows(options.chain);
  const { chain } = options;
  const hold = createBlockHold<Held>(options.keepAll, (tx, held) => {
    const logs = held.map(({ log }) => log).sort((a, b) => a.logIndex - b.logIndex);
    const place = (held[0] as Held).place;
    onEvidence({ ...bareEvidence(chain, tx), ...place, succeeded: true, logs: distinctLogs(logs) });
  });
  return {
    decode(row, line, emit: Emit) {
      const tx = hashCell(row, at.hash);
      const blockTime = rows.time(row, at.time);
      const place = { blockNumber: wholeNumber(row, at.block), blockTime, txIndex: optionalNumber(row, at.txIndex) };
      const log: EventLog = {
        logIndex: wholeNumber(row, at.logIndex),
        address: rows.account(row, at.address),
        topics: topicsCell(row, at.topics),
        data: bytesCell(row, at.data),
      };
      hold.add(place.blockNumber, tx, { log, place });
      const evidence = { ...bareEvidence(chain, tx), ...place, succeeded: true, logs: [log] };
      for (const draft of draftsOf({ evidence, blockHash: null, fee: null, feeLacks: null, frames: null }, line, [])) {
        emit(blockTime === null ? { ...draft, cells: row.cells() } : draft);
      }
    },
    flush: () => hold.flush(),
    notes: () => [
      'Logs are recorded as the file has them: that no log of a transaction was filtered out is taken for granted.',
    ],
  };
}

/** A log that the file has twice counts once. */
function distinctLogs(logs: readonly EventLog[]): EventLog[] {
  return logs.filter(({ logIndex }, i) => logs[i - 1]?.logIndex !== logIndex);
}

/** Topics as CSV has them (`0x…,0x…`) and as the text of a list (`['0x…','0x…']`). */
function topicsCell(row: Row, cell: Cell): string[] {
  const text = textOf(row, cell);
  const topics = text
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((topic) => topic.replace(/^[\s'"]+|[\s'"]+$/g, ''));
  if (topics.length === 1 && topics[0] === '') return [];
  if (topics.length > 4 || topics.some((topic) => !/^0x[0-9a-f]{64}$/i.test(topic))) {
    return rejectCell(cell.name, text, 'is not a list of up to four topics');
  }
  return topics.map((topic) => topic.toLowerCase());
}
