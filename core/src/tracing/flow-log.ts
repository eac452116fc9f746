import type { AmountSpace, Amounts } from '../ledger/index.ts';
import { type LotRun, UNTAGGED } from './policies/lots.ts';

/** Which side of a movement a line stands for: a plain transfer, or one side of a crossing. */
export const FLOW = { plain: 0, in: 1, out: 2 } as const;

/** Tagged value moved, a line a row and tag, in columns and in the order it moved. */
export class FlowLog {
  length = 0;
  rows = new Uint32Array(1024);
  tags = new Int32Array(1024);
  sides = new Uint8Array(1024);
  /** Number of the crossing; -1: a plain transfer. */
  crossings = new Int32Array(1024);
  readonly amounts: Amounts;
  readonly origins: Amounts;

  /** @param crosses - whether value crosses somewhere in the trace; if not, one column is amount and origin. */
  constructor(space: AmountSpace, crosses: boolean) {
    this.amounts = space.column(1024);
    this.origins = crosses ? space.column(1024) : this.amounts;
  }

  /** @param sums - at most one lot a tag; untagged ones are left out. */
  add(row: number, sums: LotRun, side: number, crossing: number): void {
    for (let i = 0; i < sums.length; i++) {
      const tag = sums.tags[i] as number;
      if (tag === UNTAGGED) continue;
      if (this.length === this.rows.length) this.grow(this.length * 2);
      const line = this.length++;
      this.rows[line] = row;
      this.tags[line] = tag;
      this.sides[line] = side;
      this.crossings[line] = crossing;
      this.amounts.copy(line, sums.amounts, i);
      if (this.origins !== this.amounts) this.origins.copy(line, sums.origins, i);
    }
  }

  private grow(size: number): void {
    const { rows, tags, sides, crossings } = this;
    this.rows = new Uint32Array(size);
    this.rows.set(rows);
    this.tags = new Int32Array(size);
    this.tags.set(tags);
    this.sides = new Uint8Array(size);
    this.sides.set(sides);
    this.crossings = new Int32Array(size);
    this.crossings.set(crossings);
    this.amounts.fit(size);
    this.origins.fit(size);
  }
}
