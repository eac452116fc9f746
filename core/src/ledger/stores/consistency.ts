import { CairnError } from '../../errors.ts';
import type { Transfer } from '../transfer.ts';
import type { BlockHeader } from '../utxo/transaction.ts';

/** Two rows are the same transfer when they agree on all of this; how surely the source knew order and amount is not content. */
const CONTENT = ['blockTime', 'tx', 'from', 'to', 'asset', 'kind'] as const;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Order of the places on the chains: (chain, blockNumber, txIndex, position). Each place holds one transfer. */
export function comparePlaces(a: Transfer, b: Transfer): number {
  return byText(a.chain, b.chain) || a.blockNumber - b.blockNumber || a.txIndex - b.txIndex || a.position - b.position;
}

/** Whether two rows at one place say the same. */
export function sameContent(a: Transfer, b: Transfer): boolean {
  // A row that spends an output nobody knew moves nothing yet: it does not contradict one that knows the amount.
  const sameAmount = a.amount === b.amount || a.unresolved === true || b.unresolved === true;
  return sameAmount && CONTENT.every((field) => a[field] === b[field]);
}

const ASSIGNED = ['none', 'position', 'index', 'both'];

/** Which of two rows of one transfer to keep: the one that knows more about order and amount comes first. */
export function compareKnowledge(a: Transfer, b: Transfer): number {
  return (
    Number(a.unresolved ?? false) - Number(b.unresolved ?? false) ||
    ASSIGNED.indexOf(a.assigned) - ASSIGNED.indexOf(b.assigned) ||
    Number(a.rounded) - Number(b.rounded)
  );
}

/** Whether two rows cannot both be true; `a` stands before `b` by place. */
export function contradicts(a: Transfer, b: Transfer): boolean {
  if (a.chain !== b.chain) return false;
  if (a.blockNumber < b.blockNumber) return a.blockTime > b.blockTime;
  if (a.blockTime !== b.blockTime) return true;
  return comparePlaces(a, b) === 0 && !sameContent(a, b);
}

/** What is wrong with two rows that contradict each other, naming their transactions. Times are Unix seconds. */
export function contradiction(a: Transfer, b: Transfer): CairnError {
  return new CairnError('contradiction', describe(a, b), {
    hints: ['Nothing of this import was kept. Correct the source, or import the file that is right first.'],
  });
}

function describe(a: Transfer, b: Transfer): string {
  if (a.blockNumber !== b.blockNumber) {
    return (
      `Time falls as blocks rise on ${a.chain}: block ${a.blockNumber} is at ${a.blockTime} (transaction ${a.tx}), ` +
      `block ${b.blockNumber} at ${b.blockTime} (transaction ${b.tx}).`
    );
  }
  if (a.blockTime !== b.blockTime) {
    return (
      `Block ${a.blockNumber} of ${a.chain} has two times: ${a.blockTime} (transaction ${a.tx}) ` +
      `and ${b.blockTime} (transaction ${b.tx}).`
    );
  }
  return (
    `Two different transfers stand at one place (block ${a.blockNumber}, index ${a.txIndex}, position ${a.position} ` +
    `of ${a.chain}): ${told(a)}; and ${told(b)}.`
  );
}

/** Whether two headers are of one block. */
export function sameHeader(a: BlockHeader, b: BlockHeader): boolean {
  return a.hash === b.hash && a.previous === b.previous && a.merkleRoot === b.merkleRoot && a.time === b.time;
}

/** Two headers for one height: the chain was reorganised, or a source is wrong. */
export function twoBlocks(a: BlockHeader, b: BlockHeader): CairnError {
  const are =
    a.hash === b.hash ? `has two different headers with the hash ${a.hash}` : `is both ${a.hash} and ${b.hash}`;
  return new CairnError('contradiction', `Block ${a.height} of ${a.chain} ${are}.`, {
    hints: ['Nothing of this import was kept. After a reorganisation the ledger is rolled back to the fork first.'],
  });
}

/** @throws invalid-input where a height to roll back to is none. */
export function assertHeight(height: number): void {
  if (Number.isSafeInteger(height) && height >= 0) return;
  throw new CairnError('invalid-input', `not a height to roll back to: ${height}`);
}

function told(transfer: Transfer): string {
  const { tx, position, kind, amount, asset, from, to } = transfer;
  return `${tx}:${position} (${kind}, ${amount} of ${asset} from ${from} to ${to})`;
}

/**
 * Puts rows in order of place, each transfer once.
 * @param earlier - what the ledger has, in order of place; of a transfer it already has, its row stays.
 * @param added - any order; of two rows of one transfer the one that knows more about order and amount is kept.
 * @throws contradiction, naming the transactions, where rows cannot all be true.
 */
export function mergeTransfers(earlier: readonly Transfer[], added: readonly Transfer[]): Transfer[] {
  const fresh = inOrder(added) ? added : [...added].sort((a, b) => comparePlaces(a, b) || compareKnowledge(a, b));
  const merged: Transfer[] = [];
  let last: Transfer | undefined;
  const take = (row: Transfer): void => {
    if (last !== undefined && contradicts(last, row)) throw contradiction(last, row);
    if (last !== undefined && comparePlaces(last, row) === 0) {
      // Of a transfer the ledger has its row stays, unless it did not know what it spends.
      if (last.unresolved !== true || row.unresolved === true) return;
      merged.pop();
    }
    merged.push(row);
    last = row;
  };
  let next = 0;
  for (const row of fresh) {
    while (next < earlier.length && comparePlaces(earlier[next] as Transfer, row) <= 0)
      take(earlier[next++] as Transfer);
    take(row);
  }
  while (next < earlier.length) take(earlier[next++] as Transfer);
  return merged;
}

function inOrder(rows: readonly Transfer[]): boolean {
  for (let i = 1; i < rows.length; i++) {
    if (comparePlaces(rows[i - 1] as Transfer, rows[i] as Transfer) >= 0) return false;
  }
  return true;
}
