import { type Holding, LotQueue, type LotRun, UNTAGGED } from './lots.ts';

/** Tagged and untagged lots in two queues, each in order of arrival: what both "one kind first" rules draw from. */
export abstract class PartedHolding implements Holding {
  protected readonly tagged: LotQueue;
  protected readonly untagged: LotQueue;
  /** Rises whenever the kind of lot that arrives changes, so that `each` can tell which came first. */
  private turn = 0;
  private isLastTagged = false;

  constructor(mergeTagged: boolean) {
    this.tagged = new LotQueue(mergeTagged);
    this.untagged = new LotQueue(mergeTagged);
  }

  hasTags(): boolean {
    return this.tagged.tagged > 0;
  }

  append(run: LotRun): void {
    for (let i = 0; i < run.length; i++) {
      this.appendLot(run.tags[i] as number, run.amounts[i] as bigint, run.origins[i] as bigint);
    }
  }

  appendLot(tag: number, amount: bigint, origin: bigint): void {
    const isTagged = tag !== UNTAGGED;
    if (isTagged !== this.isLastTagged) this.turn++;
    this.isLastTagged = isTagged;
    (isTagged ? this.tagged : this.untagged).push(tag, amount, origin, this.turn);
  }

  abstract draw(amount: bigint, balance: bigint, run: LotRun): void;

  each(visit: (tag: number, amount: bigint, origin: bigint) => void): void {
    const lots: { tag: number; amount: bigint; origin: bigint; turn: number }[] = [];
    for (const queue of [this.tagged, this.untagged]) {
      queue.each((tag, amount, origin, turn) => lots.push({ tag, amount, origin, turn }));
    }
    lots.sort((a, b) => a.turn - b.turn);
    for (const { tag, amount, origin } of lots) visit(tag, amount, origin);
  }
}
