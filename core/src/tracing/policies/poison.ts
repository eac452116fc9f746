import { type Holding, type LotRun, type Policy, UNTAGGED } from './lots.ts';

/** The tags that ever reached a holding. Lots are marks, not parts: each carries the gross amount and they do not add up. */
class PoisonHolding implements Holding {
  private readonly tags: number[] = [];

  hasTags(): boolean {
    return this.tags.length > 0;
  }

  append(run: LotRun): void {
    for (let i = 0; i < run.length; i++) this.appendLot(run.tags[i] as number);
  }

  appendLot(tag: number): void {
    if (tag !== UNTAGGED && !this.tags.includes(tag)) this.tags.push(tag);
  }

  draw(amount: bigint, _balance: bigint, run: LotRun): void {
    for (const tag of this.tags) run.push(tag, amount, amount);
    if (this.tags.length === 0) run.push(UNTAGGED, amount, 0n);
  }

  each(visit: (tag: number, amount: bigint, origin: bigint) => void): void {
    for (const tag of this.tags) visit(tag, 0n, 0n);
  }
}

/**
 * A holding that has received value from a poisoned holding is poisoned from then on: reach, never amounts.
 * @see docs/methods/poison.md
 */
export const poison: Policy = { id: 'poison/1', createHolding: () => new PoisonHolding() };
