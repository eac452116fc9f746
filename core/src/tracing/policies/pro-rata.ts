import { type Holding, type LotRun, originOfPart, type Policy, UNTAGGED } from './lots.ts';

/** A bag: one `{ amount, origin }` a tag, in the order the tags now present entered, and the untagged rest. */
class ProRataHolding implements Holding {
  private readonly tags: number[] = [];
  private readonly amounts: bigint[] = [];
  private readonly origins: bigint[] = [];
  private untagged = 0n;

  hasTags(): boolean {
    return this.tags.length > 0;
  }

  append(run: LotRun): void {
    for (let i = 0; i < run.length; i++) {
      this.appendLot(run.tags[i] as number, run.amounts[i] as bigint, run.origins[i] as bigint);
    }
  }

  appendLot(tag: number, amount: bigint, origin: bigint): void {
    if (tag === UNTAGGED) {
      this.untagged += amount;
      return;
    }
    const i = this.tags.indexOf(tag);
    if (i < 0) {
      this.tags.push(tag);
      this.amounts.push(amount);
      this.origins.push(origin);
    } else {
      const before = this.amounts[i] as bigint;
      const sum = before + amount;
      this.origins[i] = this.origins[i] === before && origin === amount ? sum : (this.origins[i] as bigint) + origin;
      this.amounts[i] = sum;
    }
  }

  draw(amount: bigint, balance: bigint, run: LotRun): void {
    if (amount === balance) this.drawEverything(run);
    else if (this.tags.length === 1) this.drawSingle(amount, balance, run);
    else this.drawShares(amount, this.shares(amount, balance), run);
  }

  each(visit: (tag: number, amount: bigint, origin: bigint) => void): void {
    for (let i = 0; i < this.tags.length; i++) {
      visit(this.tags[i] as number, this.amounts[i] as bigint, this.origins[i] as bigint);
    }
    if (this.untagged > 0n) visit(UNTAGGED, this.untagged, 0n);
  }

  private drawEverything(run: LotRun): void {
    this.each((tag, amount, origin) => run.push(tag, amount, origin));
    this.tags.length = this.amounts.length = this.origins.length = 0;
    this.untagged = 0n;
  }

  /** One tag present, the common case: the same rule without arrays. */
  private drawSingle(amount: bigint, balance: bigint, run: LotRun): void {
    const tagged = this.amounts[0] as bigint;
    let share = this.untagged === 0n ? amount : (tagged * amount) / balance;
    let rest = amount - share;
    if (rest > this.untagged) {
      share += rest - this.untagged;
      rest = this.untagged;
    }
    if (share > 0n) this.takeShare(0, share, run);
    this.takeUntagged(rest, run);
    if (this.amounts[0] === 0n) this.dropSpentTags();
  }

  private drawShares(amount: bigint, shares: bigint[], run: LotRun): void {
    let rest = amount;
    for (let i = 0; i < shares.length; i++) {
      const share = shares[i] as bigint;
      if (share > 0n) this.takeShare(i, share, run);
      rest -= share;
    }
    this.takeUntagged(rest, run);
    this.dropSpentTags();
  }

  /** `floor(amount·x/B)` a tag; units that untagged value cannot make up come from the largest remainders, ties to the earlier tag. */
  private shares(x: bigint, balance: bigint): bigint[] {
    const shares: bigint[] = [];
    const remainders: bigint[] = [];
    let rest = x;
    for (const amount of this.amounts) {
      const product = amount * x;
      const share = product / balance;
      shares.push(share);
      remainders.push(product - share * balance);
      rest -= share;
    }
    let missing = rest - this.untagged;
    if (missing > 0n) {
      const byRemainder = remainders.map((_, i) => i);
      byRemainder.sort((a, b) => {
        const difference = (remainders[b] as bigint) - (remainders[a] as bigint);
        return difference > 0n ? 1 : difference < 0n ? -1 : a - b;
      });
      for (const i of byRemainder) {
        if (missing === 0n) break;
        shares[i] = (shares[i] as bigint) + 1n;
        missing--;
      }
    }
    return shares;
  }

  private takeShare(i: number, share: bigint, run: LotRun): void {
    const amount = this.amounts[i] as bigint;
    const origin = this.origins[i] as bigint;
    const leaving = originOfPart(origin, share, amount);
    run.push(this.tags[i] as number, share, leaving);
    const remaining = amount - share;
    this.amounts[i] = remaining;
    this.origins[i] = origin === amount ? remaining : origin - leaving;
  }

  private takeUntagged(amount: bigint, run: LotRun): void {
    if (amount === 0n) return;
    this.untagged -= amount;
    run.push(UNTAGGED, amount, 0n);
  }

  private dropSpentTags(): void {
    for (let i = this.tags.length - 1; i >= 0; i--) {
      if (this.amounts[i] !== 0n) continue;
      this.tags.splice(i, 1);
      this.amounts.splice(i, 1);
      this.origins.splice(i, 1);
    }
  }
}

/**
 * The same share of everything (haircut), exact in base units.
 * @see docs/methods/pro-rata.md
 */
export const proRata: Policy = { id: 'pro-rata/1', createHolding: () => new ProRataHolding() };
