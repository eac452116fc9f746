import { type Holding, LotQueue, type LotRun, type Policy } from './lots.ts';

class FifoHolding implements Holding {
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
    this.lots.takeOldest(amount, run);
  }

  each(visit: (tag: number, amount: bigint, origin: bigint) => void): void {
    this.lots.each(visit);
  }
}

/**
 * Oldest lots first.
 * @see Devaynes v Noble (Clayton's Case) (1816) 1 Mer 572; docs/methods/fifo.md
 */
export const fifo: Policy = { id: 'fifo/1', createHolding: (mergeTagged) => new FifoHolding(mergeTagged) };
