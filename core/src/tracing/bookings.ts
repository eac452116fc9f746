import type { Compiled, Tag } from './compile.ts';
import { type LotRun, UNTAGGED } from './policies/lots.ts';
import type { StopLabel } from './request.ts';

export type BookedTerminal = {
  readonly tag: number;
  readonly account: number;
  readonly asset: number;
  readonly reason: string;
  readonly label: string | null;
  amount: bigint;
  origin: bigint;
};

/** Tagged value moved by one transfer, or by one side of a crossing. */
export type FlowSide = 'plain' | 'in' | 'out';
export type BookedTouch = {
  readonly tag: number;
  readonly account: number;
  readonly asset: number;
  gross: bigint;
  depth: number;
  reason: string | null;
};

/** No tagged receipt yet. */
const UNSET = 0x7fffffff;

/** What a run has found so far: the other half of `PolicyRun`, which decides; this one keeps count. */
export class Bookings {
  readonly stolen: bigint[];
  readonly overlaps: bigint[];
  readonly reentered: bigint[];
  readonly feesPaid: bigint[];
  readonly terminals = new Map<string, BookedTerminal>();
  readonly touched = new Map<string, BookedTouch>();
  readonly gaps: { row: number; holding: number; shortfall: bigint }[] = [];
  /** Accounts in the order they first carried a tag. */
  readonly followed: number[] = [];
  /** Block of the first tagged receipt, beside `followed`. */
  readonly followedAt: number[] = [];
  readonly suspected = new Set<number>();
  /** Flow log in columns: row, tag, side (0 plain, 1 in, 2 out), amount, origin. */
  readonly flowRows: number[] = [];
  readonly flowTags: number[] = [];
  readonly flowSides: number[] = [];
  readonly flowAmounts: bigint[] = [];
  readonly flowOrigins: bigint[] = [];
  private readonly tags: readonly Tag[];
  private readonly compiled: Compiled;
  private readonly reach: boolean;
  private isFollowedBy = new Uint8Array(0);
  private depths: Int32Array[];
  private readonly bookedAt = new Map<string, bigint>();

  constructor(compiled: Compiled, reach: boolean) {
    this.compiled = compiled;
    this.tags = compiled.tags;
    this.reach = reach;
    const zeros = (): bigint[] => this.tags.map(() => 0n);
    [this.stolen, this.overlaps, this.reentered, this.feesPaid] = [zeros(), zeros(), zeros(), zeros()];
    this.depths = this.tags.map(() => new Int32Array(0));
  }

  fit(accounts: number): void {
    if (this.isFollowedBy.length >= accounts) return;
    const size = accounts + (accounts >> 1) + 16;
    const followed = new Uint8Array(size);
    followed.set(this.isFollowedBy);
    this.isFollowedBy = followed;
    this.depths = this.depths.map((old) => {
      const wide = new Int32Array(size).fill(UNSET);
      wide.set(old);
      return wide;
    });
  }

  isFollowed(account: number): boolean {
    return this.isFollowedBy[account] === 1;
  }

  /** Hops from the seed; null: no tagged receipt was followed. */
  depth(tag: number, account: number): number | null {
    const depth = this.depths[tag]?.[account] as number;
    return depth === UNSET ? null : depth;
  }

  setDepth(tag: number, account: number, depth: number): void {
    const depths = this.depths[tag] as Int32Array;
    if (depth < (depths[account] as number)) depths[account] = depth;
  }

  steal(tag: number, amount: bigint): void {
    this.stolen[tag] = (this.stolen[tag] as bigint) + amount;
  }

  overlap(tag: number, amount: bigint): void {
    this.overlaps[tag] = (this.overlaps[tag] as bigint) + amount;
  }

  gap(row: number, holding: number, shortfall: bigint): void {
    this.gaps.push({ row, holding, shortfall });
  }

  follow(account: number, block: number): void {
    if (this.isFollowedBy[account] === 1) return;
    this.isFollowedBy[account] = 1;
    this.followed.push(account);
    this.followedAt.push(block);
  }

  /** Counts what an account seed takes in again from where value of its tag was booked. */
  reenter(tag: number, payer: number, untagged: bigint): void {
    const key = `${tag} ${payer}`;
    const booked = this.bookedAt.get(key) ?? 0n;
    const back = untagged < booked ? untagged : booked;
    if (back === 0n) return;
    this.bookedAt.set(key, booked - back);
    this.reentered[tag] = (this.reentered[tag] as bigint) + back;
  }

  fees(run: LotRun): void {
    for (let i = 0; i < run.length; i++) {
      const tag = run.tags[i] as number;
      if (tag !== UNTAGGED) this.feesPaid[tag] = (this.feesPaid[tag] as bigint) + (run.origins[i] as bigint);
    }
  }

  /** Logs what a run carries, a line a tag. */
  flows(row: number, run: LotRun, side: FlowSide): void {
    if (run.tagged === 0) return;
    const code = side === 'plain' ? 0 : side === 'in' ? 1 : 2;
    const first = this.flowRows.length;
    for (let i = 0; i < run.length; i++) {
      const tag = run.tags[i] as number;
      if (tag === UNTAGGED) continue;
      const amount = run.amounts[i] as bigint;
      const origin = run.origins[i] as bigint;
      let at = first;
      while (at < this.flowRows.length && this.flowTags[at] !== tag) at++;
      if (at === this.flowRows.length) {
        this.flowRows.push(row);
        this.flowTags.push(tag);
        this.flowSides.push(code);
        this.flowAmounts.push(amount);
        this.flowOrigins.push(origin);
      } else {
        this.flowAmounts[at] = (this.flowAmounts[at] as bigint) + amount;
        this.flowOrigins[at] = (this.flowOrigins[at] as bigint) + origin;
      }
    }
  }

  terminal(
    tag: number,
    account: number,
    reason: string,
    label: string | null,
    holding: number,
    amount: bigint,
    origin: bigint,
  ): void {
    const key = `${tag} ${holding} ${reason}`;
    const known = this.terminals.get(key);
    if (known === undefined) {
      const asset = holding % this.compiled.traced;
      this.terminals.set(key, { tag, account, asset, reason, label, amount, origin });
    } else {
      known.amount += amount;
      known.origin += origin;
    }
    const payer = `${tag} ${account}`;
    this.bookedAt.set(payer, (this.bookedAt.get(payer) ?? 0n) + origin);
  }

  /** A receipt by an account that no limit applies to: depths and touches only. */
  arrive(run: LotRun, payer: number, account: number, holding: number): void {
    this.eachTag(run, (tag, gross) => {
      this.setDepth(tag, account, this.depthFrom(tag, payer));
      this.touch(tag, account, holding, gross, this.depthFrom(tag, payer), null);
    });
  }

  /** A receipt by an account where tracing stops: every tagged lot is booked. */
  bookAll(run: LotRun, account: number, holding: number, stop: StopLabel, payer: number): void {
    const label = stop.label === '' ? null : stop.label;
    this.eachTag(run, (tag, gross) => {
      this.touch(tag, account, holding, gross, this.depthFrom(tag, payer), stop.reason);
    });
    this.bookWhere(run, account, holding, () => stop.reason, label);
  }

  /** Below-threshold, max-hops, max-accounts, in this order, tag by tag; booked lots stay in the run untagged. */
  applyLimits(run: LotRun, payer: number, account: number, holding: number, received: bigint): void {
    if (run.tagged === 0) return;
    const { limits, crossings } = this.compiled.request;
    const isFull =
      limits.maxAccounts !== null && this.followed.length >= limits.maxAccounts && !this.isFollowed(account);
    const reasons = new Map<number, string>();
    this.eachTag(run, (tag, gross, origin) => {
      const depth = this.depthFrom(tag, payer);
      const least = (this.tags[tag] as Tag).minAmount;
      const isDust = this.reach ? crossings.length === 0 && received < least : origin < least;
      const reason = isDust
        ? 'below-threshold'
        : limits.maxHops !== null && depth >= limits.maxHops
          ? 'max-hops'
          : isFull
            ? 'max-accounts'
            : null;
      if (reason === null) this.setDepth(tag, account, depth);
      else reasons.set(tag, reason);
      this.touch(tag, account, holding, gross, depth, reason);
    });
    if (reasons.size > 0) this.bookWhere(run, account, holding, (tag) => reasons.get(tag), null);
  }

  /** Reversed value whose arrival the ledger does not have. */
  unrecorded(run: LotRun, account: number, holding: number): void {
    this.bookWhere(run, account, holding, () => 'gap', null);
  }

  private bookWhere(
    run: LotRun,
    account: number,
    holding: number,
    reasonOf: (tag: number) => string | undefined,
    label: string | null,
  ): void {
    for (let i = 0; i < run.length; i++) {
      const tag = run.tags[i] as number;
      if (tag === UNTAGGED) continue;
      const reason = reasonOf(tag);
      if (reason === undefined) continue;
      this.terminal(tag, account, reason, label, holding, run.amounts[i] as bigint, run.origins[i] as bigint);
      run.untag(i);
    }
  }

  private depthFrom(tag: number, payer: number): number {
    return (this.depth(tag, payer) ?? 0) + 1;
  }

  private touch(
    tag: number,
    account: number,
    holding: number,
    gross: bigint,
    depth: number,
    reason: string | null,
  ): void {
    if (!this.reach) return;
    const key = `${tag} ${holding}`;
    const known = this.touched.get(key);
    if (known === undefined) {
      this.touched.set(key, { tag, account, asset: holding % this.compiled.traced, gross, depth, reason });
    } else {
      known.gross += gross;
      known.depth = Math.min(known.depth, depth);
      if (reason === null) known.reason = null;
    }
  }

  /** Sums a run by tag, in the order the tags stand in it. */
  private eachTag(run: LotRun, visit: (tag: number, amount: bigint, origin: bigint) => void): void {
    if (run.tagged === 0) return;
    if (run.tagged === 1 && run.length === 1) {
      visit(run.tags[0] as number, run.amounts[0] as bigint, run.origins[0] as bigint);
      return;
    }
    const sums = new Map<number, { amount: bigint; origin: bigint }>();
    for (let i = 0; i < run.length; i++) {
      const tag = run.tags[i] as number;
      if (tag === UNTAGGED) continue;
      const sum = sums.get(tag);
      if (sum === undefined) sums.set(tag, { amount: run.amounts[i] as bigint, origin: run.origins[i] as bigint });
      else {
        sum.amount += run.amounts[i] as bigint;
        sum.origin += run.origins[i] as bigint;
      }
    }
    for (const [tag, { amount, origin }] of sums) visit(tag, amount, origin);
  }
}
