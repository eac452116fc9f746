import { type Holding, LotQueue, type LotRun, type Policy } from './lots.ts';

class LifoHolding implements Holding {
  private readonly lots: LotQueue;

  constructor(mergeTagged: boolean) {
    this.lots = new LotQueue(mergeTagged);
  }

  hasTags(): boolean {
    return this.lots.tagged > 0;
  }

  append(run: LotRun): void {
    for (let i = 0; i < run.length; i++) {
      this.lots.push(run.tags[i] as number, run.amounts[i] as bigint, run.origins[i] as bigint);
    }
  }

  appendLot(tag: number, amount: bigint, origin: bigint): void {
    this.lots.push(tag, amount, origin);
  }

  draw(amount: bigint, _balance: bigint, run: LotRun): void {
    this.lots.takeNewest(amount, run);
  }

  each(visit: (tag: number, amount: bigint, origin: bigint) => void): void {
    this.lots.each(visit);
  }
}

/**
 * Newest lots first. No authority is known; shown as sensitivity.
 * @see docs/methods/lifo.md
 */
export const lifo: Policy = { id: 'lifo/1', createHolding: (mergeTagged) => new LifoHolding(mergeTagged) };
