import type { ChainMovement, Transfer } from '../../ledger/index.ts';
import type { Problem } from './model.ts';

/** A cited transfer and its line of `transfers.csv`. */
export type Row = { readonly transfer: Transfer; readonly line: number };

/** What was found of rows. By line: those not as stated, and those that could not be told about. */
export type Verdict = { readonly problems: Problem[]; readonly wrong: Set<number>; readonly untold: Set<number> };

export function nothingFound(): Verdict {
  return { problems: [], wrong: new Set(), untold: new Set() };
}

export function addVerdict(to: Verdict, { problems, wrong, untold }: Verdict): void {
  to.problems.push(...problems);
  for (const line of wrong) to.wrong.add(line);
  for (const line of untold) to.untold.add(line);
}

export type Say = (row: Row, message: string, stated: string | null, found: string | null) => void;
export type Differ = (row: Row, field: string, stated: unknown, found: unknown) => void;
export type Checker = { readonly verdict: Verdict; readonly say: Say; readonly differ: Differ };

export function createChecker(): Checker {
  const verdict = nothingFound();
  const say: Say = (row, message, stated, found) => {
    verdict.wrong.add(row.line);
    const { tx, position } = row.transfer;
    verdict.problems.push({
      part: 'transfers.csv',
      place: `line ${row.line} (${tx}:${position})`,
      message,
      stated,
      found,
    });
  };
  const differ: Differ = (row, field, stated, found) => {
    if (String(stated) === String(found)) return;
    say(row, `${field} is not what the chain has${roundedNote(row, field)}`, String(stated), String(found));
  };
  return { verdict, say, differ };
}

/** Block, its time, and the place in it. */
export function checkPlace(
  row: Row,
  found: { readonly blockNumber: number; readonly blockTime: number; readonly txIndex: number | null },
  differ: Differ,
): void {
  const { transfer } = row;
  differ(row, 'block_number', transfer.blockNumber, found.blockNumber);
  differ(row, 'block_time', transfer.blockTime, found.blockTime);
  if (found.txIndex !== null && isIndexKnown(transfer)) differ(row, 'tx_index', transfer.txIndex, found.txIndex);
}

/** An index that ingest assigned is no statement about the chain. */
export function isIndexKnown({ assigned }: Transfer): boolean {
  return assigned === 'none' || assigned === 'position';
}

/** Each cited movement needs one of its own on the chain; order inside the transaction is not compared. */
export function checkMovements(
  rows: readonly Row[],
  kind: Transfer['kind'],
  movements: readonly ChainMovement[],
  what: string,
  say: Say,
): void {
  const left = [...movements];
  const unmatched: Row[] = [];
  for (const row of rows) {
    if (row.transfer.kind !== kind) continue;
    const index = left.findIndex(
      (movement) => alike(movement, row.transfer) && movement.amount === row.transfer.amount,
    );
    if (index < 0) unmatched.push(row);
    else left.splice(index, 1);
  }
  for (const row of unmatched) {
    const index = left.findIndex((movement) => alike(movement, row.transfer));
    const [other] = index < 0 ? [] : left.splice(index, 1);
    if (other === undefined) say(row, `the transaction has no such ${what}`, show(row.transfer), null);
    else
      say(
        row,
        `amount is not what the chain has${roundedNote(row, 'amount')}`,
        `${row.transfer.amount}`,
        `${other.amount}`,
      );
  }
}

function alike(movement: ChainMovement, { from, to, asset }: Transfer): boolean {
  return movement.from === from && movement.to === to && movement.asset === asset;
}

function show({ from, to, asset, amount }: Transfer): string {
  return `${amount} of ${asset} from ${from} to ${to}`;
}

function roundedNote({ transfer }: Row, field: string): string {
  return field === 'amount' && transfer.rounded ? '; its source gave a rounded number' : '';
}
