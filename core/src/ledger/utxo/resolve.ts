import type { Account } from '../../units/index.ts';
import { feeSink, type Transfer } from '../transfer.ts';
import type { Lock } from './transaction.ts';

/** Whether a transfer is part of its accounts' histories: it moves something, or it is what a UTXO transaction spends or makes. */
export function isInHistory({ amount, kind }: Transfer): boolean {
  return amount > 0n || kind === 'input' || kind === 'output';
}

/** What is known of an output: how much it is worth and who can spend it. */
export type Made = { readonly amount: bigint; readonly lock: Lock };

/** A row that spends an output nobody knew when it was written, with what has been learnt of the output since. */
export function resolveRow(row: Transfer, made: Made | undefined): Transfer {
  if (row.unresolved !== true || made === undefined) return row;
  const { unresolved: _, ...known } = row;
  return { ...known, amount: made.amount, lock: made.lock };
}

/**
 * A transaction's rows with what has been learnt since of the outputs it spends, and its fee once all of them are known.
 * @param rows - all of one transaction; two at one place are one row that was imported twice.
 */
export function resolveTransaction(
  rows: readonly Transfer[],
  madeBy: (outpoint: Account) => Made | undefined,
): Transfer[] {
  const byPlace = new Map<number, Transfer>();
  for (const row of rows) {
    const known = byPlace.get(row.position);
    if (known === undefined || known.unresolved === true) byPlace.set(row.position, resolveRow(row, madeBy(row.from)));
  }
  const resolved = [...byPlace.values()].sort((a, b) => a.position - b.position);
  const fee = feeOf(resolved);
  return fee === null ? resolved : [...resolved, fee];
}

/** The fee that no row states: what the outputs leave over of inputs that are all known; null: none, or not known. */
function feeOf(rows: readonly Transfer[]): Transfer | null {
  const inputs = rows.filter(({ kind }) => kind === 'input');
  const outputs = rows.filter(({ kind }) => kind === 'output');
  const first = outputs[0];
  const isOpen = rows.some(({ kind }) => kind === 'fee') || inputs.some(({ unresolved }) => unresolved === true);
  if (isOpen || first === undefined || inputs.length === 0) return null;
  const sum = (some: readonly Transfer[]): bigint => some.reduce((total, { amount }) => total + amount, 0n);
  const fee = sum(inputs) - sum(outputs);
  if (fee <= 0n) return null;
  const { lock: _, ...plain } = first;
  return { ...plain, position: outputs.length, to: feeSink(first.chain), amount: fee, kind: 'fee' };
}
