import {
  lockOf,
  type TransactionEvidence,
  type Transfer,
  transactionId,
  transfersOf,
  type UtxoEvidence,
} from '../../ledger/index.ts';
import { BITCOIN } from '../../units/index.ts';
import { transactionName as nameOf } from '../compile.ts';
import type { Crossing } from '../request.ts';
import type { Problem } from './model.ts';
import { problem } from './open.ts';

/** Can a record's id be computed from it? Receipts have none, and transactions without scripts lack what theirs covers. */
export function hasOwnId(record: TransactionEvidence): boolean {
  return record.kind === 'utxo' && transactionId(record) !== null;
}

/** Records that prove nothing, are not of the transaction they name, or contradict the transfers that the trace used. */
export function recordProblems(
  evidence: readonly TransactionEvidence[],
  exact: readonly Crossing[],
  consumed: readonly Transfer[],
): Problem[] {
  const named = new Set(exact.flatMap(({ proof }) => proof?.transactions.map(nameOf) ?? []));
  const used = Map.groupBy(consumed, nameOf);
  return evidence.flatMap((record) => [
    ...(named.has(nameOf(record))
      ? []
      : [problem('evidence.json', record.tx, 'no exact crossing names this record: it proves nothing')]),
    ...(record.kind === 'utxo' ? identityProblems(record) : []),
    ...placeProblems(record, used.get(nameOf(record)) ?? []),
  ]);
}

/**
 * Is a Bitcoin transaction the one its id names, and can those spend its outputs whom it says? Records of sources that
 * leave out scripts cannot be checked by themselves, nor can the addresses of networks whose rules are not known here.
 */
function identityProblems(record: UtxoEvidence): Problem[] {
  const id = transactionId(record);
  if (id !== null && id !== record.tx) {
    const message = 'the record is not of this transaction: what it says has another id';
    return [{ ...problem('evidence.json', record.tx, message), stated: record.tx, found: id }];
  }
  return record.outputs.flatMap(({ lock, script }, index): Problem[] => {
    const shown = script === null || record.chain !== BITCOIN ? lock : lockOf(record.chain, script);
    if (shown.owner === lock.owner && shown.script === lock.script) return [];
    const message = 'the output is not locked as the record says';
    const [stated, found] = [lock, shown].map(({ owner, script: kind }) => `${kind} of ${owner}`) as [string, string];
    return [{ ...problem('evidence.json', `${record.tx}:${index}`, message), stated, found }];
  });
}

/** Does a record say the same as the transfers of its transaction in transfers.csv? */
function placeProblems(record: TransactionEvidence, transfers: readonly Transfer[]): Problem[] {
  const other = transfers.find(({ blockNumber }) => record.blockNumber !== null && blockNumber !== record.blockNumber);
  if (other !== undefined) {
    const wrong = problem('evidence.json', record.tx, 'the record stands in another block than transfers.csv says');
    return [{ ...wrong, stated: `${record.blockNumber}`, found: `${other.blockNumber}` }];
  }
  if (record.kind !== 'utxo') return [];
  const rows = new Map(transfersOf(record).map((row) => [row.position, row]));
  return transfers.flatMap((transfer): Problem[] => {
    const row = rows.get(transfer.position);
    if (row?.unresolved === true || transfer.kind === 'fee') return [];
    const [stated, found] = [describe(row), describe(transfer)];
    const place = `${record.tx}:${transfer.position}`;
    return stated === found
      ? []
      : [{ ...problem('evidence.json', place, 'the record says otherwise than transfers.csv'), stated, found }];
  });
}

function describe(row: Transfer | undefined): string {
  return row === undefined ? 'nothing' : `${row.kind} of ${row.amount}, ${row.from} to ${row.to}, ${row.lock?.owner}`;
}
