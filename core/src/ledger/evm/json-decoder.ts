import { isCairnError } from '../../errors.ts';
import { type Chain, coinOf } from '../../units/index.ts';
import type { EvmEvidence } from '../evidence.ts';
import { type RowDecoder, RowRejection } from '../ingest/draft.ts';
import type { Format } from '../ingest/format.ts';
import type { Row } from '../ingest/row.ts';
import { draftsOf } from './evidence-transfers.ts';
import type { JsonTransaction } from './json-pieces.ts';
import { contradict, isAbsent, refuse } from './json-values.ts';
import { type EvmRecord, readTransaction } from './transaction-record.ts';

/** The one column of a table of transactions read from JSON. */
export const JSON_COLUMN = 'transaction';

/** A row of such a table: what the file says of one transaction. */
export type JsonRow = Row & { readonly given: JsonTransaction };

/** What the ledger has already of the transactions at hand. */
export type KnownToLedger = {
  /** Whether it has the transaction, so that the receipt may stand alone; `moved`: with its value as moved. */
  readonly transaction: (tx: string) => 'unknown' | 'known' | 'moved';
  /** The block's time, Unix seconds; null: not known. */
  readonly timeOf: (chain: Chain, blockNumber: number) => number | null;
};

export type JsonFormatOptions = {
  /** The chain of records that name none; null: such a record is refused. */
  readonly chain: Chain | null;
  readonly known: KnownToLedger;
  readonly onEvidence: (evidence: EvmEvidence) => void;
};

/** Replies of nodes and explorers in JSON, one transaction a row. */
export function jsonFormat(options: JsonFormatOptions): Format {
  return {
    id: 'evm-json',
    title: 'JSON replies of a node: transactions, receipts, logs, traces',
    required: [[JSON_COLUMN]],
    optional: [],
    block: [JSON_COLUMN],
    phase: 0,
    createDecoder: () => createDecoder(options),
  };
}

function withTime(record: EvmRecord, known: KnownToLedger): EvmRecord {
  const { chain, blockNumber, blockTime } = record.evidence;
  if (blockTime !== null || blockNumber === null) return record;
  return { ...record, evidence: { ...record.evidence, blockTime: known.timeOf(chain, blockNumber) } };
}

type Counts = {
  noTime: number;
  logsOnly: number;
  noFee: number;
  blobs: number;
  l1: number;
  noStatus: number;
  noTrace: number;
  assigned: number;
};

function createDecoder(options: JsonFormatOptions): RowDecoder {
  const counts: Counts = { noTime: 0, logsOnly: 0, noFee: 0, blobs: 0, l1: 0, noStatus: 0, noTrace: 0, assigned: 0 };
  const coinless = new Set<Chain>();
  return {
    decode(row, line, emit) {
      const { given } = row as JsonRow;
      try {
        const record = withTime(readGiven(given, options), options.known);
        const drafts = draftsOf(record, line, [given.tx]);
        tally(record, given, counts);
        if (coinOf(record.evidence.chain) === null) coinless.add(record.evidence.chain);
        options.onEvidence(record.evidence);
        if (drafts.length > 0 && record.evidence.blockTime === null) counts.noTime++;
        else for (const draft of drafts) emit(draft);
      } catch (error) {
        if (!isCairnError(error)) throw error;
        throw new RowRejection(error.message, error.message.replaceAll(/0x[0-9a-f]{40,}|\d+/gi, '…'));
      }
    },
    flush: () => {},
    notes: () => describe(counts, coinless),
  };
}

function readGiven(given: JsonTransaction, { chain, known }: JsonFormatOptions): EvmRecord {
  const where = `transaction ${given.tx}`;
  if (given.fault !== null) throw given.fault;
  if (given.chain !== null && chain !== null && given.chain !== chain) {
    return contradict(where, `is of ${given.chain}, and ${chain} was named`);
  }
  const used = given.chain ?? chain;
  if (used === null) return refuse(where, 'names no chain: give it with --chain');
  const { transaction, receipt } = given.parts;
  if (!isAbsent(receipt) && isAbsent(transaction) && known.transaction(given.tx) === 'unknown') {
    return refuse(
      where,
      "its receipt stands without it: put the node's reply to eth_getTransactionByHash into the same file",
    );
  }
  const record = readTransaction(used, given.parts);
  if (record.evidence.succeeded === false && known.transaction(given.tx) === 'moved') {
    return contradict(where, 'failed by its receipt, and the ledger has its value as moved');
  }
  return record;
}

function tally({ evidence, fee, feeLacks, frames }: EvmRecord, { parts }: JsonTransaction, counts: Counts): void {
  if (isAbsent(parts.receipt) && isAbsent(parts.transaction) && evidence.logs !== null) counts.logsOnly++;
  else if (fee === null) counts.noFee++;
  if (feeLacks === 'blobs') counts.blobs++;
  if (feeLacks === 'l1') counts.l1++;
  if (evidence.succeeded === null) counts.noStatus++;
  if (frames === null && evidence.input !== null && evidence.input !== '0x') counts.noTrace++;
  if (frames?.some(({ position }) => position === null)) counts.assigned++;
}

function describe(counts: Counts, coinless: ReadonlySet<Chain>): string[] {
  const notes: [number, string][] = [
    [
      counts.noTime,
      'No block time, so kept as evidence only, with no transfer recorded: put the replies to eth_getBlockByNumber into the ' +
        'same file, or ingest the blocks first',
    ],
    [counts.logsOnly, 'Known by logs alone: value and fee are not recorded, and a filtered list is recorded as it is'],
    [counts.noFee, 'No gas used or no gas price: the fee is not recorded'],
    [counts.blobs, 'The receipt leaves out what was paid for blobs: the fee is a lower bound'],
    [counts.l1, 'The receipt of a rollup leaves out what was paid for data on Ethereum: the fee is a lower bound'],
    [
      counts.noStatus,
      'Not known to have succeeded: without a receipt nothing is recorded as moved; with one from before Byzantium, value is',
    ],
    [counts.noTrace, 'A contract is called and there is no trace: what inner calls moved is not recorded'],
    [counts.assigned, 'Inner calls are listed without their places: the order of inner transfers was assigned'],
  ];
  const counted = (count: number): string => `${count} transaction${count === 1 ? '' : 's'}`;
  return [
    ...notes.filter(([count]) => count > 0).map(([count, what]) => `${what} (${counted(count)}).`),
    ...[...coinless]
      .sort()
      .map((chain) => `The native coin of ${chain} is not known here: of its transfers only tokens are recorded.`),
  ];
}
