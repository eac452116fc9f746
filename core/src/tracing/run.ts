import { CairnError } from '../errors.ts';
import { type Amounts, isFeeSink } from '../ledger/index.ts';
import { type Account, accountChain } from '../units/index.ts';
import { Bookings } from './bookings.ts';
import { type AccountSeed, type Compiled, type ResolvedCrossing, SPECIAL, type TransferSeed } from './compile.ts';
import { crossRun } from './crossings/map-run.ts';
import { FLOW } from './flow-log.ts';
import type { Frontier } from './frontier.ts';
import { LotRun, LotStore, type Policy, UNTAGGED } from './policies/lots.ts';
import type { StopLabel } from './request.ts';

/** Rows handled before the caller gets to breathe. */
const STRIDE = 1 << 16;

/** One side of a movement: whose holding of what. `holding` numbers (account, traced asset). */
type Side = { account: number; holding: number };

/** What stopping rules say of an account, found out once. */
const UNKNOWN = 0;
const SINK = 1;
const SEEDED = 2;
const LABELLED = 3;
const FREE = 4;

/** Entries of `moved`: what leaves the payer and what reaches the payee; they differ where value crosses. */
const SENT = 0;
const RECEIVED = 1;

/**
 * One policy applied to the ledger in total order (source of funds: in reverse order with payer and payee exchanged).
 * Driven by `step` until it says `done`; what it found is in `book`.
 */
export class PolicyRun {
  readonly book: Bookings;
  readonly compiled: Compiled;
  private readonly frontier: Frontier;
  private readonly policy: Policy;
  private readonly rules: ReadonlyMap<number, Policy>;
  private readonly stopAt: (account: Account) => StopLabel | null;
  private readonly reverse: boolean;
  private readonly reach: boolean;
  /** By holding. */
  private readonly balances: Amounts;
  private readonly lots: LotStore;
  private readonly moved: Amounts;
  private readonly payer: Side = { account: 0, holding: 0 };
  private readonly payee: Side = { account: 0, holding: 0 };
  /** Tags of the account seeds that are active, by holding; the first takes what is untagged. */
  private readonly seedOf = new Map<number, number[]>();
  private nextSeed = 0;
  /** By account. */
  private standings = new Uint8Array(0);
  private readonly stops = new Map<number, StopLabel>();
  /** Reverse only: by row, what the forward reading had to fill in before the spend. */
  private readonly fills = new Map<number, bigint>();
  private place: number;
  private run: LotRun;
  private spare: LotRun;
  /** One lot on its way into a holding. */
  private readonly single: LotRun;

  constructor(
    compiled: Compiled,
    frontier: Frontier,
    policy: Policy,
    rules: ReadonlyMap<number, Policy>,
    stopAt: (account: Account) => StopLabel | null,
  ) {
    this.compiled = compiled;
    this.frontier = frontier;
    this.policy = policy;
    this.rules = rules;
    this.stopAt = stopAt;
    this.reverse = compiled.request.direction === 'source-of-funds';
    const { space } = frontier.table;
    this.balances = space.column();
    const seeds = compiled.accountSeeds.map((seed) => seed.account * compiled.traced + seed.asset);
    const crosses = compiled.crossings.size > 0;
    this.lots = new LotStore(space, crosses, new Set(seeds));
    this.moved = space.column(2);
    [this.run, this.spare, this.single] = [
      new LotRun(space, crosses),
      new LotRun(space, crosses),
      new LotRun(space, crosses),
    ];
    this.reach = policy.id === 'poison/1';
    this.book = new Bookings(compiled, this.reach);
    this.place = this.reverse ? frontier.table.order.length - 1 : 0;
    this.fit();
    for (const { tag, account } of compiled.depthZero) this.book.setDepth(tag, account, 0);
    if (this.reverse) this.replay(this.loadedAccounts());
  }

  /** Handles a stretch of rows, reading more of the ledger where it must. */
  async step(): Promise<'more' | 'done'> {
    const needed = this.advance(STRIDE);
    if (needed === -1) return this.atEnd() ? this.finish() : 'more';
    const { shift, accounts } = await this.frontier.load(needed, this.place, (account) =>
      this.book.isFollowed(account),
    );
    this.place += shift;
    this.fit();
    this.replay(new Set(accounts));
    return 'more';
  }

  /** What every tag has in every holding at the end. */
  eachHolding(visit: (tag: number, account: number, asset: number, amount: bigint, origin: bigint) => void): void {
    const { traced } = this.compiled;
    this.lots.eachTagged((holding, tag, amount, origin) => {
      visit(tag, Math.floor(holding / traced), holding % traced, amount, origin);
    });
  }

  private atEnd(): boolean {
    return this.reverse ? this.place < 0 : this.place >= this.frontier.table.order.length;
  }

  private finish(): 'done' {
    const { until } = this.compiled.request.limits;
    while (this.nextSeed < this.compiled.accountSeeds.length) {
      const seed = this.seedAt(this.nextSeed++);
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
      const row = order[this.place] as number;
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
          this.movePlain(row, amounts, loaded);
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
    const { traced, crossings } = this.compiled;
    const { payer, payee, moved, reverse } = this;
    moved.copy(SENT, amounts, row);
    moved.copy(RECEIVED, amounts, row);
    if (kind !== SPECIAL.crossing) return this.move(row, payer, payee, null);
    const crossing = crossings.get(row) as ResolvedCrossing;
    moved.set(reverse ? SENT : RECEIVED, crossing.amount);
    const out = reverse ? payer : payee;
    out.account = crossing.account;
    out.holding = crossing.account * traced + crossing.asset;
    return this.move(row, payer, payee, crossing);
  }

  /** A movement between holdings that carry nothing: balances only. */
  private movePlain(row: number, amounts: Amounts, loaded: Uint8Array): void {
    const { balances, payer, payee } = this;
    if (loaded[payer.account] === 1 && payer.account === payee.account) {
      if (balances.compare(payee.holding, amounts, row) < 0) balances.copy(payee.holding, amounts, row);
      if (this.reverse) this.unfill(row, payee.holding);
      return;
    }
    if (loaded[payer.account] === 1) this.spend(payer.holding, amounts, row);
    if (loaded[payee.account] === 1) {
      balances.add(payee.holding, amounts, row);
      if (this.reverse) this.unfill(row, payee.holding);
    }
  }

  /** Takes an amount off a balance; what is missing is filled in. */
  private spend(holding: number, amounts: Amounts, at: number): void {
    if (this.balances.compare(holding, amounts, at) > 0) this.balances.subtract(holding, amounts, at);
    else this.balances.clear(holding);
  }

  private unfill(row: number, holding: number): void {
    const fill = this.fills.get(row);
    if (fill !== undefined) this.balances.set(holding, this.balances.get(holding) - fill);
  }

  /** A movement that may carry tags: fill, draw, seed, cross, receive. */
  private move(row: number, from: Side, to: Side, crossing: ResolvedCrossing | null): number {
    const { lots, run } = this;
    const { before, after } = this.seedsOf(row, crossing);
    const isSeeded = before !== undefined || after !== undefined || this.seedOf.has(from.holding);
    const carries = isSeeded || lots.hasTags(from.holding);
    if (carries && from.account !== to.account && this.mustRead(to.account)) return to.account;
    run.clear();
    this.draw(row, from, run);
    if (before !== undefined) this.tagSeeds(before);
    if (crossing !== null) this.cross(row);
    if (after !== undefined) this.tagSeeds(after);
    this.receive(row, from, to, crossing);
    return -1;
  }

  private mustRead(account: number): boolean {
    const standing = this.standingOf(account);
    if (standing === SINK || standing === LABELLED) return false;
    if (standing === SEEDED) return this.frontier.loaded()[account] !== 1;
    return !this.frontier.known(account);
  }

  private draw(row: number, from: Side, run: LotRun): void {
    const { balances, lots, moved } = this;
    const { holding } = from;
    if (!lots.isOpen(holding)) {
      run.pushUntagged(moved, SENT);
      if (this.frontier.loaded()[from.account] === 1) this.spend(holding, moved, SENT);
      return;
    }
    if (balances.compare(holding, moved, SENT) < 0) {
      this.fill(row, from, moved.get(SENT) - balances.get(holding));
      balances.copy(holding, moved, SENT);
    }
    this.policyOf(holding).draw(lots, holding, moved, SENT, balances, run);
    balances.subtract(holding, moved, SENT);
  }

  /** Appends what a holding is short of as its newest lot, and records the gap. */
  private fill(row: number, { account, holding }: Side, shortfall: bigint): void {
    if (this.reverse) throw new CairnError('defect', `a reversed holding is short by ${shortfall} at row ${row}`);
    const [tag = UNTAGGED, ...others] = this.seedOf.get(holding) ?? [];
    this.appendLot(holding, tag, shortfall);
    if (this.reach) for (const other of others) this.appendLot(holding, other, shortfall);
    if (tag !== UNTAGGED) {
      this.book.steal(tag, shortfall);
      this.book.follow(account, this.frontier.table.block[row] as number);
    }
    this.book.gap(row, holding, shortfall);
  }

  private tagSeeds(seeds: readonly TransferSeed[]): void {
    for (const seed of seeds) this.tagRun(seed.tag, seed.amount);
  }

  /** Puts `tag` on the untagged part of the first `limit` of the run; what is tagged already is overlap. */
  private tagRun(tag: number, limit: bigint | null): void {
    const { run, spare } = this;
    spare.clear();
    let rest = limit;
    let isMarked = false;
    for (let i = 0; i < run.length; i++) {
      const lotTag = run.tags[i] as number;
      const amount = run.amounts.get(i);
      const part = rest === null || amount < rest ? amount : rest;
      if (rest !== null) rest -= part;
      if (lotTag === tag || lotTag === UNTAGGED) isMarked = true;
      if (lotTag !== UNTAGGED) {
        this.book.overlap(tag, part);
        spare.push(lotTag, amount, run.origins.get(i));
        continue;
      }
      if (part > 0n) {
        spare.push(tag, this.reach ? 0n : part, this.reach ? 0n : part);
        this.book.steal(tag, part);
      }
      if (amount > part) spare.push(UNTAGGED, amount - part, 0n);
    }
    if (this.reach && !isMarked) spare.push(tag, 0n, 0n);
    this.run = spare;
    this.spare = run;
  }

  /** Seeds of a row; of a crossing's two sides, those that tag the run before it is mapped and those that tag it after. */
  private seedsOf(
    row: number,
    crossing: ResolvedCrossing | null,
  ): Record<'before' | 'after', readonly TransferSeed[] | undefined> {
    const { transferSeeds } = this.compiled;
    const input = transferSeeds.get(row);
    const output = crossing === null || crossing.output === null ? undefined : transferSeeds.get(crossing.output);
    return this.reverse && crossing !== null ? { before: output, after: input } : { before: input, after: output };
  }

  private cross(row: number): void {
    this.book.flow(row, this.run, this.reverse ? FLOW.out : FLOW.in);
    this.spare.clear();
    crossRun(this.run, this.moved.get(SENT), this.moved.get(RECEIVED), this.reach, this.spare);
    [this.run, this.spare] = [this.spare, this.run];
  }

  private receive(row: number, from: Side, to: Side, crossing: ResolvedCrossing | null): void {
    const { book } = this;
    const isSelf = from.account === to.account;
    if (this.standingOf(to.account) === SINK) {
      book.flow(row, this.run, FLOW.plain);
      book.fees(this.run);
      return;
    }
    const isMoved = !isSelf || crossing !== null;
    if (isMoved) book.flow(row, this.run, crossing === null ? FLOW.plain : this.reverse ? FLOW.in : FLOW.out);
    if (crossing !== null) this.bookDust(to);
    const seedTags = isMoved ? this.seedOf.get(to.holding) : undefined;
    if (seedTags !== undefined) for (const tag of seedTags) this.tagReceipt(tag, from);
    if (this.run.tagged > 0 && !isSelf && this.stopReceipt(from, to)) {
      this.settle(row, to);
      return;
    }
    if (this.run.tagged > 0) book.follow(to.account, this.blockOf(row, to.account, crossing));
    this.enter(to.holding);
    this.settle(row, to);
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

  /** The block in which a receipt reaches an account; 0 where the chain it arrives on has no record of it. */
  private blockOf(row: number, account: number, crossing: ResolvedCrossing | null): number {
    const { table } = this.frontier;
    if (crossing === null) return table.block[row] as number;
    if (crossing.output !== null) return table.block[crossing.output] as number;
    const isSameChain =
      accountChain(table.accounts.values[account] as Account) === table.chains.values[table.chain[row] as number];
    return isSameChain ? (table.block[row] as number) : 0;
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
    if (this.standingOf(to.account) === SEEDED) {
      book.arrive(run, from.account, to.account, to.holding);
      return false;
    }
    const stop = this.stopOf(to.account);
    if (stop === null) {
      book.applyLimits(run, from.account, to.account, to.holding, this.moved, RECEIVED);
      return false;
    }
    book.bookAll(run, to.account, to.holding, stop, from.account);
    return true;
  }

  private stopOf(account: number): StopLabel | null {
    if (this.standingOf(account) === LABELLED) return this.stops.get(account) as StopLabel;
    if (this.frontier.proof(account) === null) return null;
    this.book.suspected.add(account);
    return { reason: 'service-suspected', label: '', source: '', contested: false };
  }

  private standingOf(account: number): number {
    const known = this.standings[account] as number;
    if (known !== UNKNOWN) return known;
    const name = this.frontier.table.accounts.values[account] as Account;
    const stop = isFeeSink(name) || this.compiled.seeded.has(account) ? null : this.stopAt(name);
    if (stop !== null) this.stops.set(account, stop);
    const standing = isFeeSink(name)
      ? SINK
      : this.compiled.seeded.has(account)
        ? SEEDED
        : stop !== null
          ? LABELLED
          : FREE;
    this.standings[account] = standing;
    return standing;
  }

  private policyOf(holding: number): Policy {
    return this.rules.size === 0 ? this.policy : (this.rules.get(holding) ?? this.policy);
  }

  /** Puts the run into a holding, opening it where this is the first tagged value it receives. */
  private enter(holding: number): void {
    const { lots, run } = this;
    if (!lots.isOpen(holding)) {
      if (run.tagged === 0) return;
      this.open(holding);
    }
    const policy = this.policyOf(holding);
    for (let i = 0; i < run.length; i++) policy.append(lots, holding, run, i);
  }

  private open(holding: number): void {
    this.lots.open(holding);
    if (!this.balances.isZero(holding)) this.appendLot(holding, UNTAGGED, this.balances.get(holding));
  }

  private appendLot(holding: number, tag: number, amount: bigint): void {
    this.single.clear();
    this.single.push(tag, amount, tag === UNTAGGED ? 0n : amount);
    this.policyOf(holding).append(this.lots, holding, this.single, 0);
  }

  /** Books the balance a receipt leaves; reversed, undoes what the forward reading had filled in. */
  private settle(row: number, to: Side): void {
    const { balances, lots, spare } = this;
    const { account, holding } = to;
    if (this.frontier.loaded()[account] !== 1) return;
    balances.add(holding, this.moved, RECEIVED);
    const fill = this.reverse ? this.fills.get(row) : undefined;
    if (fill === undefined) return;
    if (lots.isOpen(holding)) {
      this.moved.set(SENT, fill);
      spare.clear();
      this.policyOf(holding).draw(lots, holding, this.moved, SENT, balances, spare);
      this.book.gap(row, holding, fill);
      this.book.unrecorded(spare, account, holding);
    }
    balances.set(holding, balances.get(holding) - fill);
  }

  private seedAt(i: number): AccountSeed {
    return this.compiled.accountSeeds[i] as AccountSeed;
  }

  private activateDue(time: number): void {
    while (this.nextSeed < this.compiled.accountSeeds.length) {
      const { at } = this.seedAt(this.nextSeed);
      const isDue = this.reverse ? at === null || time < at : at === null || time >= at;
      if (!isDue) return;
      this.activate(this.seedAt(this.nextSeed++));
    }
  }

  /** Everything the account holds now takes the tag, except what carries one. */
  private activate(seed: AccountSeed): void {
    const number = seed.account * this.compiled.traced + seed.asset;
    const isEmpty = this.balances.isZero(number);
    if (this.reverse && isEmpty) return;
    if (!this.lots.isOpen(number)) this.open(number);
    this.run.clear();
    this.lots.takeAll(number, this.run);
    if (!this.reach || !isEmpty) this.tagRun(seed.tag, null);
    this.enter(number);
    if (this.run.tagged > 0) this.book.follow(seed.account, this.lastBlock(number));
    if (!this.reverse) this.seedOf.set(number, [...(this.seedOf.get(number) ?? []), seed.tag]);
  }

  /** Block of the last movement of a holding before the run's place; 0: none. */
  private lastBlock(holding: number): number {
    const { table } = this.frontier;
    const { special, traced, crossings } = this.compiled;
    for (let place = Math.min(this.place, table.order.length) - 1; place >= 0; place--) {
      const row = table.order[place] as number;
      if (table.amounts.isZero(row)) continue;
      const asset = table.asset[row] as number;
      const crossing = row < special.length && special[row] === SPECIAL.crossing ? crossings.get(row) : undefined;
      const payee =
        crossing === undefined
          ? (table.to[row] as number) * traced + asset
          : crossing.account * traced + crossing.asset;
      if (asset < traced && ((table.from[row] as number) * traced + asset === holding || payee === holding)) {
        return table.block[crossing !== undefined && payee === holding ? (crossing.output ?? row) : row] as number;
      }
    }
    return 0;
  }

  private loadedAccounts(): Set<number> {
    const loaded = this.frontier.loaded();
    const accounts = new Set<number>();
    for (let account = 0; account < loaded.length; account++) if (loaded[account] === 1) accounts.add(account);
    return accounts;
  }

  /** Brings the balances of accounts read just now up to where the run stands. */
  private replay(accounts: ReadonlySet<number>): void {
    if (accounts.size === 0) return;
    const { table } = this.frontier;
    const { special, traced, crossings } = this.compiled;
    const end = this.reverse ? this.place + 1 : this.place;
    for (let place = 0; place < end; place++) {
      const row = table.order[place] as number;
      const kind = row < special.length ? (special[row] as number) : SPECIAL.none;
      const asset = table.asset[row] as number;
      if (kind === SPECIAL.applied || asset >= traced || table.amounts.isZero(row)) continue;
      const crossing = kind === SPECIAL.crossing ? (crossings.get(row) as ResolvedCrossing) : null;
      const payee = crossing === null ? (table.to[row] as number) : crossing.account;
      if (accounts.has(table.from[row] as number)) {
        const holding = (table.from[row] as number) * traced + asset;
        const isShort = this.reverse && this.balances.compare(holding, table.amounts, row) < 0;
        if (isShort) this.fills.set(row, table.amounts.get(row) - this.balances.get(holding));
        this.spend(holding, table.amounts, row);
      }
      if (accounts.has(payee)) {
        this.moved.copy(RECEIVED, table.amounts, row);
        if (crossing !== null) this.moved.set(RECEIVED, crossing.amount);
        this.balances.add(payee * traced + (crossing === null ? asset : crossing.asset), this.moved, RECEIVED);
      }
    }
  }

  private fit(): void {
    const accounts = this.frontier.table.accounts.values.length;
    this.balances.fit(accounts * this.compiled.traced);
    this.lots.fit(accounts * this.compiled.traced);
    this.book.fit(accounts);
    if (this.standings.length >= accounts) return;
    const standings = new Uint8Array(accounts * 2);
    standings.set(this.standings);
    this.standings = standings;
  }
}
