import type { Amounts } from '../ledger/index.ts';
import type { Compiled, Tag } from './compile.ts';
import { FlowLog } from './flow-log.ts';
import { LotRun, UNTAGGED } from './policies/lots.ts';
import type { StopLabel } from './request.ts';

export type BookedTerminal = {
  readonly tag: number;
  readonly account: number;
  readonly asset: number;
  readonly reason: string;
  readonly label: string | null;
};

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
  /** By tag. */
  readonly feesPaid: Amounts;
  readonly terminals: BookedTerminal[] = [];
  /** What was booked, beside `terminals`. */
  readonly terminalAmounts: Amounts;
  readonly terminalOrigins: Amounts;
  readonly touched = new Map<string, BookedTouch>();
  readonly gaps: { row: number; holding: number; shortfall: bigint }[] = [];
  /** Accounts in the order they first carried a tag. */
  readonly followed: number[] = [];
  /** Block of the first tagged receipt, beside `followed`. */
  readonly followedAt: number[] = [];
  readonly flows: FlowLog;
  private readonly tags: readonly Tag[];
  private readonly compiled: Compiled;
  private readonly reach: boolean;
  /** How many of the followed are accounts that can hold value. */
  private holders = 0;
  private isFollowedBy = new Uint8Array(0);
  private depths: Int32Array[];
  private readonly places = new Map<string, Map<number, number>>();
  private readonly bookedAt = new Map<string, bigint>();
  /** Whether any limit is set that a receipt is measured by. */
  private readonly isLimited: boolean;
  /** The least a receipt must bring, by tag. */
  private readonly least: Amounts;
  /** The lots of a run summed by tag. */
  private readonly byTag: LotRun;

  constructor(compiled: Compiled, reach: boolean) {
    this.compiled = compiled;
    this.tags = compiled.tags;
    this.reach = reach;
    const zeros = (): bigint[] => this.tags.map(() => 0n);
    [this.stolen, this.overlaps, this.reentered] = [zeros(), zeros(), zeros()];
    const { space } = compiled.table;
    this.feesPaid = space.column(this.tags.length);
    this.terminalAmounts = space.column();
    this.terminalOrigins = space.column();
    const crosses = compiled.crossings.size > 0;
    this.flows = new FlowLog(space, crosses);
    this.byTag = new LotRun(space, crosses);
    const { maxHops, maxAccounts } = compiled.request.limits;
    this.isLimited = maxHops !== null || maxAccounts !== null || this.tags.some(({ minAmount }) => minAmount > 0n);
    for (const { minAmount } of this.tags) space.reserve(minAmount);
    this.least = space.column(this.tags.length);
    for (const [tag, { minAmount }] of this.tags.entries()) this.least.set(tag, minAmount);
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
    if (!this.isPassage(account)) this.holders++;
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
      if (tag !== UNTAGGED) this.feesPaid.add(tag, run.origins, i);
    }
  }

  /** Logs what a run carries, a line a tag. */
  flow(row: number, run: LotRun, side: number, crossing = -1): void {
    if (run.tagged > 0) this.flows.add(row, this.sumByTag(run), side, crossing);
  }

  /** Books lot `i` of a run to a terminal. */
  terminal(run: LotRun, i: number, account: number, holding: number, reason: string, label: string | null): void {
    const tag = run.tags[i] as number;
    const place = this.placeOf(tag, account, holding, reason, label);
    this.terminalAmounts.add(place, run.amounts, i);
    this.terminalOrigins.add(place, run.origins, i);
    if (this.compiled.accountSeeds.length === 0) return;
    const payer = `${tag} ${account}`;
    this.bookedAt.set(payer, (this.bookedAt.get(payer) ?? 0n) + run.origins.get(i));
  }

  private placeOf(tag: number, account: number, holding: number, reason: string, label: string | null): number {
    const places = this.places.get(reason) ?? new Map<number, number>();
    if (places.size === 0) this.places.set(reason, places);
    const key = holding * this.tags.length + tag;
    let place = places.get(key);
    if (place === undefined) {
      place = this.terminals.push({ tag, account, asset: holding % this.compiled.traced, reason, label }) - 1;
      places.set(key, place);
      this.terminalAmounts.fit(place + 1);
      this.terminalOrigins.fit(place + 1);
    }
    return place;
  }

  /** A receipt by an account that no limit applies to: depths and touches only. */
  arrive(run: LotRun, payer: number, account: number, holding: number): void {
    for (let i = 0; i < run.length; i++) {
      const tag = run.tags[i] as number;
      if (tag === UNTAGGED) continue;
      const depth = this.depthFrom(tag, payer, account);
      this.setDepth(tag, account, depth);
      if (this.reach) this.touch(run, i, account, holding, depth, null);
    }
  }

  /** A receipt by an account where tracing stops: every tagged lot is booked. */
  bookAll(run: LotRun, account: number, holding: number, stop: StopLabel, payer: number): void {
    const label = stop.label === '' ? null : stop.label;
    for (let i = 0; i < run.length; i++) {
      const tag = run.tags[i] as number;
      if (tag === UNTAGGED) continue;
      if (this.reach) this.touch(run, i, account, holding, this.depthFrom(tag, payer, account), stop.reason);
      this.terminal(run, i, account, holding, stop.reason, label);
      run.untag(i);
    }
  }

  /**
   * Below-threshold, max-hops, max-accounts, in this order, tag by tag; booked lots stay in the run untagged.
   * @param received - entry `at`: all that the receipt brings.
   */
  applyLimits(run: LotRun, payer: number, account: number, holding: number, received: Amounts, at: number): void {
    const { limits, crossings } = this.compiled.request;
    if (!this.isLimited) {
      this.arrive(run, payer, account, holding);
      return;
    }
    const isFull = limits.maxAccounts !== null && this.holders >= limits.maxAccounts && !this.isFollowed(account);
    const sums = this.sumByTag(run);
    for (let i = 0; i < sums.length; i++) {
      const tag = sums.tags[i] as number;
      if (tag === UNTAGGED) continue;
      const depth = this.depthFrom(tag, payer, account);
      const isDust = this.reach
        ? crossings.length === 0 && received.compare(at, this.least, tag) < 0
        : sums.origins.compare(i, this.least, tag) < 0;
      const isFar = limits.maxHops !== null && depth >= limits.maxHops;
      const reason = isDust ? 'below-threshold' : isFar ? 'max-hops' : isFull ? 'max-accounts' : null;
      if (this.reach) this.touch(sums, i, account, holding, depth, reason);
      if (reason === null) this.setDepth(tag, account, depth);
      else this.bookTag(run, tag, account, holding, reason);
    }
  }

  /** Reversed value whose arrival the ledger does not have. */
  unrecorded(run: LotRun, account: number, holding: number): void {
    for (let i = 0; i < run.length; i++)
      if (run.tags[i] !== UNTAGGED) this.terminal(run, i, account, holding, 'gap', null);
  }

  private bookTag(run: LotRun, tag: number, account: number, holding: number, reason: string): void {
    for (let i = 0; i < run.length; i++) {
      if (run.tags[i] !== tag) continue;
      this.terminal(run, i, account, holding, reason, null);
      run.untag(i);
    }
  }

  /** Going into a transaction is no hop; coming out of it is. */
  private depthFrom(tag: number, payer: number, account: number): number {
    return (this.depth(tag, payer) ?? 0) + (this.isPassage(account) ? 0 : 1);
  }

  private isPassage(account: number): boolean {
    return this.compiled.table.passages.has(account);
  }

  private touch(run: LotRun, i: number, account: number, holding: number, depth: number, reason: string | null): void {
    const tag = run.tags[i] as number;
    const gross = run.amounts.get(i);
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

  /** The tagged lots of a run summed by tag, in the order the tags stand in it; untagged ones may stand between. */
  private sumByTag(run: LotRun): LotRun {
    if (run.tagged === 1) return run;
    const sums = this.byTag;
    sums.clear();
    for (let i = 0; i < run.length; i++) {
      const tag = run.tags[i] as number;
      if (tag === UNTAGGED) continue;
      let at = 0;
      while (at < sums.length && sums.tags[at] !== tag) at++;
      if (at === sums.length) sums.pushLot(tag, run.amounts, run.origins, i);
      else sums.join(at, run.amounts, run.origins, i);
    }
    return sums;
  }
}
