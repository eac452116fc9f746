import type { TransferTable } from '../ledger/index.ts';

/** Rows of the transaction that stands at a place of the table's order, in that order. */
export function transactionAt(table: TransferTable, place: number): number[] {
  const { order, txs, chain } = table;
  const row = order[place] as number;
  const isSame = (at: number): boolean =>
    at >= 0 && at < order.length && txs[order[at] as number] === txs[row] && chain[order[at] as number] === chain[row];
  let start = place;
  let end = place + 1;
  while (isSame(start - 1)) start--;
  while (isSame(end)) end++;
  return [...order.subarray(start, end)];
}

/**
 * The order in which a rule by size applies a transaction's rows: what it pays (reversed: what it spent) from the largest
 * to the smallest, ties to the lower place; every other row where it stands. What one transaction pays goes to outputs of
 * which each receives once, so only the allocation depends on this order.
 */
export class RankedOutputs {
  private readonly table: TransferTable;
  /** The kind of row that is put in another order: what the run pays out of the transaction. */
  private readonly paid: 'input' | 'output';
  private readonly isRanked: (transaction: number) => boolean;
  private tx = '';
  private rows: number[] = [];
  private first = -1;
  private count = -1;

  /** @param isRanked - whether the rule of a transaction, given by its account, goes by size. */
  constructor(table: TransferTable, reverse: boolean, isRanked: (transaction: number) => boolean) {
    this.table = table;
    this.isRanked = isRanked;
    this.paid = reverse ? 'input' : 'output';
  }

  /** The row to apply at a place of the table's order. */
  rowAt(place: number): number {
    const { table } = this;
    const row = table.order[place] as number;
    if (!table.isUtxo(row)) return row;
    const payer = table.from[row] as number;
    if (!this.isRanked(table.passages.has(payer) ? payer : (table.to[row] as number))) return row;
    const tx = table.txs[row] as string;
    if (tx !== this.tx || this.count !== table.count || table.order.length !== this.count) this.open(place, tx);
    return this.rows[place - this.first] as number;
  }

  private open(place: number, tx: string): void {
    const { table } = this;
    const rows = transactionAt(table, place);
    const kinds = rows.map((row) => table.transfer(row).kind);
    const ranked = rows
      .filter((_, i) => kinds[i] === this.paid)
      .sort(
        (a, b) =>
          table.amounts.compare(b, table.amounts, a) || (table.position[a] as number) - (table.position[b] as number),
      );
    // Reversed, the run walks the places from the last to the first.
    if (this.paid === 'input') ranked.reverse();
    let next = 0;
    this.rows = rows.map((row, i) => (kinds[i] === this.paid ? (ranked[next++] as number) : row));
    this.first = table.order.indexOf(rows[0] as number, Math.max(0, place - rows.length));
    this.tx = tx;
    this.count = table.count;
  }
}
