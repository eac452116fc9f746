/** The tag of untagged value. Tags are numbered from 0 inside a run. */
export const UNTAGGED = -1;

/**
 * A run of lots in order, reused from spend to spend. Parallel arrays; only the first `length` entries count.
 * `amounts` in base units of the holding's asset, `origins` the same value in base units of the stolen asset.
 */
export class LotRun {
  readonly tags: number[] = [];
  readonly amounts: bigint[] = [];
  readonly origins: bigint[] = [];
  length = 0;
  /** How many of the lots are tagged. */
  tagged = 0;

  clear(): void {
    this.length = 0;
    this.tagged = 0;
  }

  /** Untagged neighbours become one lot: nothing tells them apart. */
  push(tag: number, amount: bigint, origin: bigint): void {
    if (tag === UNTAGGED && this.length > 0 && this.tags[this.length - 1] === UNTAGGED) {
      this.amounts[this.length - 1] = (this.amounts[this.length - 1] as bigint) + amount;
      return;
    }
    const i = this.length++;
    this.tags[i] = tag;
    this.amounts[i] = amount;
    this.origins[i] = origin;
    if (tag !== UNTAGGED) this.tagged++;
  }

  /** Drops the last lot, which is tagged. */
  pop(): void {
    this.length--;
    this.tagged--;
  }

  /** Takes lot `i`'s tag off; its value stays in the run. */
  untag(i: number): void {
    this.tags[i] = UNTAGGED;
    this.origins[i] = 0n;
    this.tagged--;
  }
}

/**
 * What one holding holds, under one policy. The caller keeps the balance and fills gaps first,
 * so `draw` is never asked for more than there is.
 */
export type Holding = {
  /** True while any lot is tagged. */
  hasTags(): boolean;
  append(run: LotRun): void;
  appendLot(tag: number, amount: bigint, origin: bigint): void;
  /** Draws `amount` of `balance` into `run`, lots summing to exactly `amount`. */
  draw(amount: bigint, balance: bigint, run: LotRun): void;
  /** Visits the lots, oldest first. */
  each(visit: (tag: number, amount: bigint, origin: bigint) => void): void;
};

export type Policy = {
  readonly id: string;
  /**
   * @param mergeTagged - whether adjacent lots of one tag with origin = amount may be kept as one.
   * Not where value crosses: a crossing maps each lot by its own boundaries, so merging would change digits.
   */
  readonly createHolding: (mergeTagged: boolean) => Holding;
};

/** The origin that leaves with `part` of a lot; the remainder stays. */
export function originOfPart(origin: bigint, part: bigint, amount: bigint): bigint {
  return origin === amount ? part : (origin * part) / amount;
}

/** Lots in order of arrival, spent from either end. */
export class LotQueue {
  private readonly tags: number[] = [];
  private readonly amounts: bigint[] = [];
  private readonly origins: bigint[] = [];
  /** What each lot was pushed with, for owners of two queues that must tell which came first. */
  private readonly turns: number[] = [];
  private head = 0;
  private readonly mergeTagged: boolean;
  tagged = 0;

  constructor(mergeTagged: boolean) {
    this.mergeTagged = mergeTagged;
  }

  isEmpty(): boolean {
    return this.head === this.tags.length;
  }

  push(tag: number, amount: bigint, origin: bigint, turn = 0): void {
    const last = this.tags.length - 1;
    if (last >= this.head && this.tags[last] === tag && this.turns[last] === turn) {
      const lastAmount = this.amounts[last] as bigint;
      if (tag === UNTAGGED) {
        this.amounts[last] = lastAmount + amount;
        return;
      }
      if (this.mergeTagged && origin === amount && this.origins[last] === lastAmount) {
        const merged = lastAmount + amount;
        this.amounts[last] = merged;
        this.origins[last] = merged;
        return;
      }
    }
    this.tags.push(tag);
    this.amounts.push(amount);
    this.origins.push(origin);
    this.turns.push(turn);
    if (tag !== UNTAGGED) this.tagged++;
  }

  /** Moves up to `amount` from the oldest lots into `run`; returns what was asked for and not there. */
  takeOldest(amount: bigint, run: LotRun): bigint {
    let rest = amount;
    while (rest > 0n && this.head < this.tags.length) {
      rest = this.take(this.head, rest, run);
      if (rest >= 0n && this.amounts[this.head] === 0n) this.head++;
    }
    if (this.head > 32 && this.head * 2 > this.tags.length) this.compact();
    return rest;
  }

  takeNewest(amount: bigint, run: LotRun): bigint {
    let rest = amount;
    while (rest > 0n && this.head < this.tags.length) {
      const last = this.tags.length - 1;
      rest = this.take(last, rest, run);
      if (this.amounts[last] === 0n) {
        this.tags.pop();
        this.amounts.pop();
        this.origins.pop();
        this.turns.pop();
      }
    }
    return rest;
  }

  each(visit: (tag: number, amount: bigint, origin: bigint, turn: number) => void): void {
    for (let i = this.head; i < this.tags.length; i++) {
      visit(this.tags[i] as number, this.amounts[i] as bigint, this.origins[i] as bigint, this.turns[i] as number);
    }
  }

  /** Takes at most `rest` from lot `i`; a lot left with nothing is the caller's to remove. */
  private take(i: number, rest: bigint, run: LotRun): bigint {
    const tag = this.tags[i] as number;
    const amount = this.amounts[i] as bigint;
    const origin = this.origins[i] as bigint;
    if (amount <= rest) {
      run.push(tag, amount, origin);
      this.amounts[i] = 0n;
      if (tag !== UNTAGGED) this.tagged--;
      return rest - amount;
    }
    const left = tag === UNTAGGED ? 0n : originOfPart(origin, rest, amount);
    run.push(tag, rest, left);
    const remaining = amount - rest;
    this.amounts[i] = remaining;
    this.origins[i] = origin === amount ? remaining : origin - left;
    return 0n;
  }

  private compact(): void {
    this.tags.splice(0, this.head);
    this.amounts.splice(0, this.head);
    this.origins.splice(0, this.head);
    this.turns.splice(0, this.head);
    this.head = 0;
  }
}
