import { CairnError } from '../errors.ts';
import type { Amounts } from '../ledger/index.ts';
import type { Account } from '../units/index.ts';
import type { Balances, Side } from './balances.ts';
import { Bookings } from './bookings.ts';
import { type AccountSeed, arrivalBlock, type Compiled, type ResolvedCrossing, SPECIAL, seedsOf } from './compile.ts';
import { crossRun } from './crossings/map-run.ts';
import { FLOW } from './flow-log.ts';
import { type Frontier, loadedAccounts } from './frontier.ts';
import { Holdings } from './holdings.ts';
import { isRanked, type PolicyPair } from './policies/index.ts';
import { LotRun, type LotStore, type Policy, UNTAGGED } from './policies/lots.ts';
import { RankedOutputs } from './ranked-outputs.ts';
import type { StopLabel } from './request.ts';
import { STANDING, Standings } from './standings.ts';
import { Stops } from './stops.ts';
import { tagRun } from './tag-run.ts';

/** Rows handled before the caller gets to breathe. */
const STRIDE = 1 << 16;

/** Entries of `moved`: what leaves the payer and what reaches the payee; they differ where value crosses. */
const SENT = 0;
const RECEIVED = 1;

/**
 * One policy applied to the ledger in total order (source of funds: in reverse order with payer and payee exchanged).
 * Driven by `step` until it says `done`; what it found is in `book`.
 */
export class PolicyRun {
  readonly book: Bookings;
  readonly holdings: Holdings;
  readonly stops: Stops;
  readonly compiled: Compiled;
  private readonly frontier: Frontier;
  private readonly standings: Standings;
  private readonly reverse: boolean;
  private readonly reach: boolean;
  private readonly balances: Balances;
  private readonly lots: LotStore;
  private readonly moved: Amounts;
  private readonly payer: Side = { account: 0, holding: 0 };
  private readonly payee: Side = { account: 0, holding: 0 };
  /** Tags of the account seeds that are active, by holding; the first takes what is untagged. */
  private readonly seedOf = new Map<number, number[]>();
  private nextSeed = 0;
  private place: number;
  /** By account number: 1 where the history had been read when the run was done. */
  private readAtEnd = new Uint8Array(0);
  private run: LotRun;
  private spare: LotRun;
  /** Null: no rule of the run fills outputs by their size. */
  private readonly ranked: RankedOutputs | null;

  constructor(
    compiled: Compiled,
    frontier: Frontier,
    policy: PolicyPair,
    rules: ReadonlyMap<number, Policy>,
    stopAt: (account: Account) => StopLabel | null,
  ) {
    this.compiled = compiled;
    this.frontier = frontier;
    this.standings = new Standings(compiled, stopAt);
    this.stops = new Stops(frontier, this.standings, compiled.request.lookThrough);
    this.reverse = compiled.request.direction === 'source-of-funds';
    const { space } = frontier.table;
    this.holdings = new Holdings(compiled, space, policy, rules);
    this.balances = this.holdings.balances;
    this.lots = this.holdings.lots;
    const crosses = compiled.crossings.size > 0;
    this.moved = space.column(2);
    this.run = new LotRun(space, crosses);
    this.spare = new LotRun(space, crosses);
    this.reach = policy.account?.id === 'poison/1';
    const usesSize = isRanked(policy.utxo) || [...rules.values()].some(isRanked);
    this.ranked = usesSize
      ? new RankedOutputs(frontier.table, this.reverse, (account) =>
          isRanked(this.holdings.policyOf(account * compiled.traced)),
        )
      : null;
    this.book = new Bookings(compiled, this.reach);
    this.place = this.reverse ? frontier.table.order.length - 1 : 0;
    this.fit();
    for (const { tag, account } of compiled.depthZero) this.book.setDepth(tag, account, 0);
    if (this.reverse) this.balances.replay(loadedAccounts(frontier), this.place + 1);
  }

  /** Handles a stretch of rows, reading more of the ledger where it must. */
  async step(): Promise<'more' | 'done'> {
    const needed = this.advance(STRIDE);
    if (needed === -1) return this.atEnd() ? this.finish() : 'more';
    const { shift, accounts } = await this.frontier.load(needed, this.place);
    this.place += shift;
    this.fit();
    this.balances.replay(new Set(accounts), this.reverse ? this.place + 1 : this.place);
    return 'more';
  }

  /**
   * Makes a run that was done go on with rows that have come in behind those it applied.
   * @param place - of the first of them, in `table.order`.
   */
  resume(place: number): void {
    this.place = place;
    this.fit();
    // Accounts that were read since, for this run or another: it does not know their balances.
    const since = [...loadedAccounts(this.frontier)].filter((account) => this.readAtEnd[account] !== 1);
    this.balances.replay(new Set(since), place);
  }

  private atEnd(): boolean {
    return this.reverse ? this.place < 0 : this.place >= this.frontier.table.order.length;
  }

  private finish(): 'done' {
    this.readAtEnd = this.frontier.loaded().slice();
    const { until } = this.compiled.request.limits;
    while (this.nextSeed < this.compiled.accountSeeds.length) {
      const seed = this.compiled.accountSeeds[this.nextSeed++] as AccountSeed;
      if (this.reverse || seed.at === null || until === null || seed.at <= until) this.activate(seed);
    }
    return 'done';
  }

  /** @returns the account that must be read before the row at `place` can be applied, or -1. */
  private advance(rows: number): number {
    const { table } = this.frontier;
    const { special, traced } = this.compiled;
    const { order, asset, amounts } = table;
    const payers = this.reverse ? table.to : table.from;
    const payees = this.reverse ? table.from : table.to;
    const direction = this.reverse ? -1 : 1;
    const loaded = this.frontier.loaded();
    for (let left = rows; left > 0 && !this.atEnd(); left--) {
      const row = this.ranked === null ? (order[this.place] as number) : this.ranked.rowAt(this.place);
      const kind = row < special.length ? (special[row] as number) : SPECIAL.none;
      if (this.nextSeed < this.compiled.accountSeeds.length && kind !== SPECIAL.applied) {
        this.activateDue(table.time[row] as number);
      }
      const assetNumber = asset[row] as number;
      if (kind !== SPECIAL.applied && assetNumber < traced && !amounts.isZero(row)) {
        const { payer, payee, lots } = this;
        payer.account = payers[row] as number;
        payer.holding = payer.account * traced + assetNumber;
        payee.account = payees[row] as number;
        payee.holding = payee.account * traced + assetNumber;
        if (kind === SPECIAL.none && !lots.isOpen(payer.holding) && !lots.isOpen(payee.holding)) {
          this.balances.movePlain(row, payer, payee, amounts, loaded);
        } else {
          const needed = this.moveRow(row, kind, amounts);
          if (needed !== -1) return needed;
        }
      }
      this.place += direction;
    }
    return -1;
  }

  private moveRow(row: number, kind: number, amounts: Amounts): number {
    const { payer, payee, moved, reverse } = this;
    if (kind !== SPECIAL.crossing) {
      const needed = this.toRead(row, payer, payee);
      if (needed !== -1) return needed;
      moved.copy(SENT, amounts, row);
      moved.copy(RECEIVED, amounts, row);
      this.fillFor(row, payer, amounts);
      this.move(row, payer, payee, null, true);
      return -1;
    }
    const crossings = this.compiled.crossings.get(row) as readonly ResolvedCrossing[];
    for (const crossing of crossings) {
      const [from, to] = this.sidesOf(crossing);
      const needed = this.toRead(row, from, to);
      if (needed !== -1) return needed;
    }
    const rest = crossings.reduce((left, { sent }) => left - sent, amounts.get(row));
    if (rest > 0n) {
      const needed = this.toRead(row, payer, payee);
      if (needed !== -1) return needed;
    }
    if (!reverse) this.fillFor(row, payer, amounts);
    const moves: (ResolvedCrossing | null)[] = rest > 0n ? [...crossings, null] : [...crossings];
    if (reverse) moves.reverse();
    moves.forEach((crossing, i) => {
      const isLast = i === moves.length - 1;
      moved.set(SENT, crossing === null ? rest : reverse ? crossing.amount : crossing.sent);
      moved.set(RECEIVED, crossing === null ? rest : reverse ? crossing.sent : crossing.amount);
      const [from, to] = crossing === null ? [payer, payee] : this.sidesOf(crossing);
      this.move(row, from, to, crossing, isLast);
    });
    return -1;
  }

  /** Who pays and who is paid where a crossing moves value, in the direction of the run. */
  private sidesOf({ account, asset }: ResolvedCrossing): [Side, Side] {
    const out = { account, holding: account * this.compiled.traced + asset };
    return this.reverse ? [out, this.payee] : [this.payer, out];
  }

  private carries(row: number, from: Side): boolean {
    // What one part of a row brings by a crossing may be what its next part is paid from.
    const parts: readonly (ResolvedCrossing | null)[] = this.compiled.crossings.get(row) ?? [null];
    const isSeeded = parts.some((part) => {
      const { before, after } = seedsOf(this.compiled, row, part);
      return before !== undefined || after !== undefined;
    });
    return isSeeded || this.seedOf.has(from.holding) || this.lots.hasTags(from.holding);
  }

  /** The account that must be read before value can move; -1: none. */
  private toRead(row: number, from: Side, to: Side): number {
    const isNeeded = from.account !== to.account && this.mustRead(to.account) && this.carries(row, from);
    return isNeeded ? to.account : -1;
  }

  /** A movement that may carry tags: draw, seed, cross, receive. @param isLast - nothing else of the row moves after it. */
  private move(row: number, from: Side, to: Side, crossing: ResolvedCrossing | null, isLast: boolean): void {
    const { before, after } = seedsOf(this.compiled, row, crossing);
    this.run.clear();
    this.draw(from, this.run);
    if (before !== undefined) for (const seed of before) this.tagRun(seed.tag, seed.amount);
    if (crossing !== null) this.cross(row, crossing);
    if (after !== undefined) for (const seed of after) this.tagRun(seed.tag, seed.amount);
    this.receive(row, from, to, crossing);
    this.settle(row, to, isLast);
  }

  private mustRead(account: number): boolean {
    const standing = this.standings.of(account);
    if (standing === STANDING.sink || standing === STANDING.labelled) return false;
    if (standing === STANDING.seeded) return this.frontier.loaded()[account] !== 1;
    return !this.frontier.known(account);
  }

  private draw(from: Side, run: LotRun): void {
    const { lots, moved } = this;
    const balances = this.balances.of;
    const { holding } = from;
    if (!lots.isOpen(holding)) {
      run.pushUntagged(moved, SENT);
      if (this.frontier.loaded()[from.account] === 1) this.balances.spend(holding, moved, SENT);
      return;
    }
    this.holdings.draw(holding, moved, SENT, run);
    balances.subtract(holding, moved, SENT);
  }

  /** Fills what a holding lacks to pay for a whole row. */
  private fillFor(row: number, from: Side, amounts: Amounts): void {
    const balances = this.balances.of;
    const { holding } = from;
    if (balances.compare(holding, amounts, row) >= 0) return;
    if (this.lots.isOpen(holding)) this.fill(row, from, amounts.get(row) - balances.get(holding));
    else if (this.frontier.loaded()[from.account] !== 1) return;
    balances.copy(holding, amounts, row);
  }

  /** Appends what a holding is short of as its newest lot, and records the gap. */
  private fill(row: number, { account, holding }: Side, shortfall: bigint): void {
    if (this.reverse) throw new CairnError('defect', `a reversed holding is short by ${shortfall} at row ${row}`);
    const [tag = UNTAGGED, ...others] = this.seedOf.get(holding) ?? [];
    this.holdings.append(holding, tag, shortfall);
    if (this.reach) for (const other of others) this.holdings.append(holding, other, shortfall);
    if (tag !== UNTAGGED) {
      this.book.steal(tag, shortfall);
      this.book.follow(account, this.frontier.table.block[row] as number);
    }
    this.book.gap(row, holding, shortfall);
  }

  private tagRun(tag: number, limit: bigint | null): void {
    const { run, spare } = this;
    spare.clear();
    tagRun(run, tag, limit, this.reach, this.book, spare);
    this.run = spare;
    this.spare = run;
  }

  private cross(row: number, { number }: ResolvedCrossing): void {
    this.book.flow(row, this.run, this.reverse ? FLOW.out : FLOW.in, number);
    this.spare.clear();
    crossRun(this.run, this.moved.get(SENT), this.moved.get(RECEIVED), this.reach, this.spare);
    [this.run, this.spare] = [this.spare, this.run];
  }

  private receive(row: number, from: Side, to: Side, crossing: ResolvedCrossing | null): void {
    const { book } = this;
    const isSelf = from.account === to.account;
    if (this.standings.of(to.account) === STANDING.sink) {
      book.flow(row, this.run, FLOW.plain);
      book.fees(this.run);
      return;
    }
    const isMoved = !isSelf || crossing !== null;
    if (isMoved) {
      const side = crossing === null ? FLOW.plain : this.reverse ? FLOW.in : FLOW.out;
      book.flow(row, this.run, side, crossing?.number ?? -1);
    }
    if (crossing !== null) this.bookDust(to);
    const seedTags = isMoved ? this.seedOf.get(to.holding) : undefined;
    if (seedTags !== undefined) for (const tag of seedTags) this.tagReceipt(tag, from);
    if (this.run.tagged > 0 && !isSelf && this.stopReceipt(from, to)) return;
    if (this.run.tagged > 0) book.follow(to.account, arrivalBlock(this.compiled, row, to.account, crossing));
    this.holdings.enter(to.holding, this.run);
  }

  /** Lots a crossing left nothing of stand at the end of its output, with amount 0. */
  private bookDust(to: Side): void {
    const { run } = this;
    while (!this.reach && run.length > 0 && run.amounts.isZero(run.length - 1)) {
      const last = run.length - 1;
      if (!run.origins.isZero(last)) this.book.terminal(run, last, to.account, to.holding, 'crossing-dust', null);
      run.pop();
    }
  }

  /** An account seed's holding: the untagged part of what it receives takes the seed's tag. */
  private tagReceipt(tag: number, from: Side): void {
    const { run } = this;
    let untagged = 0n;
    for (let i = 0; i < run.length; i++) if (run.tags[i] === UNTAGGED) untagged += run.amounts.get(i);
    if (untagged > 0n) this.book.reenter(tag, from.account, untagged);
    this.tagRun(tag, null);
  }

  /** Applies the stopping rules to a receipt. @returns true where nothing of it enters the account. */
  private stopReceipt(from: Side, to: Side): boolean {
    const { book, run } = this;
    if (this.standings.of(to.account) === STANDING.seeded) {
      book.arrive(run, from.account, to.account, to.holding);
      return false;
    }
    const stop = this.stops.at(to.account, this.place);
    if (stop === null && this.standings.of(to.account) === STANDING.passage) {
      book.arrive(run, from.account, to.account, to.holding);
      return false;
    }
    if (stop === null) {
      book.applyLimits(run, from.account, to.account, to.holding, this.moved, RECEIVED);
      return false;
    }
    book.bookAll(run, to.account, to.holding, stop, from.account);
    return true;
  }

  /** Books the balance a receipt leaves; reversed, undoes what the forward reading had filled in. */
  private settle(row: number, to: Side, isLast: boolean): void {
    const { lots, spare } = this;
    const balances = this.balances.of;
    const { account, holding } = to;
    if (this.frontier.loaded()[account] !== 1) return;
    balances.add(holding, this.moved, RECEIVED);
    const fill = isLast ? this.balances.fillAt(row) : undefined;
    if (fill === undefined) return;
    if (lots.isOpen(holding)) {
      this.moved.set(SENT, fill);
      spare.clear();
      this.holdings.draw(holding, this.moved, SENT, spare);
      this.book.gap(row, holding, fill);
      this.book.unrecorded(spare, account, holding);
    }
    balances.set(holding, balances.get(holding) - fill);
  }

  private activateDue(time: number): void {
    const { accountSeeds } = this.compiled;
    for (; this.nextSeed < accountSeeds.length; this.nextSeed++) {
      const seed = accountSeeds[this.nextSeed] as AccountSeed;
      const isDue = seed.at === null || (this.reverse ? time < seed.at : time >= seed.at);
      if (!isDue) return;
      this.activate(seed);
    }
  }

  /** Everything the account holds now takes the tag, except what carries one. */
  private activate(seed: AccountSeed): void {
    const number = seed.account * this.compiled.traced + seed.asset;
    const isEmpty = this.balances.of.isZero(number);
    if (this.reverse && isEmpty) return;
    if (!this.lots.isOpen(number)) this.holdings.open(number);
    this.run.clear();
    this.lots.takeAll(number, this.run);
    if (!this.reach || !isEmpty) this.tagRun(seed.tag, null);
    this.holdings.enter(number, this.run);
    if (this.run.tagged > 0) this.book.follow(seed.account, this.balances.lastBlock(number, this.place));
    if (!this.reverse) this.seedOf.set(number, [...(this.seedOf.get(number) ?? []), seed.tag]);
  }

  private fit(): void {
    const accounts = this.frontier.table.accounts.values.length;
    this.holdings.fit(accounts * this.compiled.traced);
    this.book.fit(accounts);
    this.standings.fit(accounts);
  }
}
