import { CairnError } from '../errors.ts';
import { isFeeSink } from '../ledger/index.ts';
import { type Account, accountChain } from '../units/index.ts';
import { Bookings } from './bookings.ts';
import { type AccountSeed, type Compiled, type ResolvedCrossing, SPECIAL, type TransferSeed } from './compile.ts';
import { crossRun } from './crossings/map-run.ts';
import type { Frontier } from './frontier.ts';
import { type Holding, LotRun, type Policy, UNTAGGED } from './policies/lots.ts';
import type { StopLabel } from './request.ts';

/** Rows handled before the caller gets to breathe. */
const STRIDE = 1 << 16;

/** One side of a movement: whose holding of what. `holding` numbers (account, traced asset). */
type Side = { readonly account: number; readonly holding: number };

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
  private readonly mergeTagged: boolean;
  private readonly reach: boolean;
  private balances: bigint[] = [];
  private holdings: (Holding | undefined)[] = [];
  /** Tags of the account seeds that are active, by holding; the first takes what is untagged. */
  private readonly seedOf = new Map<number, number[]>();
  private nextSeed = 0;
  private readonly stops = new Map<number, StopLabel | null>();
  /** Reverse only: by row, what the forward reading had to fill in before the spend. */
  private readonly fills = new Map<number, bigint>();
  private place: number;
  private run = new LotRun();
  private spare = new LotRun();

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
    this.mergeTagged = compiled.request.crossings.length === 0;
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
    for (let holding = 0; holding < this.holdings.length; holding++) {
      this.holdings[holding]?.each((tag, amount, origin) => {
        if (tag !== UNTAGGED) visit(tag, Math.floor(holding / traced), holding % traced, amount, origin);
      });
    }
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
      const amount = amounts[row] as bigint;
      if (kind !== SPECIAL.applied && assetNumber < traced && amount > 0n) {
        const payer = (payers[row] as number) * traced + assetNumber;
        const payee = (payees[row] as number) * traced + assetNumber;
        if (kind === SPECIAL.none && this.holdings[payer] === undefined && this.holdings[payee] === undefined) {
          this.movePlain(row, payers[row] as number, payer, amount, payees[row] as number, payee, amount, loaded);
        } else {
          const needed = this.moveRow(row, kind, amount, payer, payee);
          if (needed !== -1) return needed;
        }
      }
      this.place += direction;
    }
    return -1;
  }

  private moveRow(row: number, kind: number, amount: bigint, payer: number, payee: number): number {
    const { traced, crossings } = this.compiled;
    const side = (holding: number): Side => ({ account: Math.floor(holding / traced), holding });
    if (kind !== SPECIAL.crossing) return this.move(row, side(payer), amount, side(payee), amount, null);
    const crossing = crossings.get(row) as ResolvedCrossing;
    const out: Side = { account: crossing.account, holding: crossing.account * traced + crossing.asset };
    if (!this.reverse) return this.move(row, side(payer), amount, out, crossing.amount, crossing);
    return this.move(row, out, crossing.amount, side(payee), amount, crossing);
  }

  /** A movement between holdings that carry nothing: balances only. */
  private movePlain(
    row: number,
    payer: number,
    payerHolding: number,
    amount: bigint,
    payee: number,
    payeeHolding: number,
    received: bigint,
    loaded: Uint8Array,
  ): void {
    const { balances } = this;
    if (loaded[payer] === 1) {
      const balance = balances[payerHolding] as bigint;
      balances[payerHolding] = balance > amount ? balance - amount : 0n;
      if (payerHolding === payeeHolding) {
        if (balance > amount) balances[payerHolding] = balance;
        else balances[payerHolding] = received;
        if (this.reverse) this.unfill(row, payeeHolding);
        return;
      }
    }
    if (loaded[payee] === 1) {
      balances[payeeHolding] = (balances[payeeHolding] as bigint) + received;
      if (this.reverse) this.unfill(row, payeeHolding);
    }
  }

  private unfill(row: number, holding: number): void {
    const fill = this.fills.get(row);
    if (fill !== undefined) this.balances[holding] = (this.balances[holding] as bigint) - fill;
  }

  /** A movement that may carry tags: fill, draw, seed, cross, receive. */
  private move(
    row: number,
    from: Side,
    amount: bigint,
    to: Side,
    received: bigint,
    crossing: ResolvedCrossing | null,
  ): number {
    const { before, after } = this.seedsOf(row, crossing);
    const source = this.holdings[from.holding];
    const carries =
      before !== undefined || after !== undefined || source?.hasTags() === true || this.seedOf.has(from.holding);
    if (carries && from.account !== to.account && this.mustRead(to.account)) return to.account;
    const { run } = this;
    run.clear();
    this.draw(row, from, amount, source, run);
    if (before !== undefined) this.tagSeeds(before);
    if (crossing !== null) this.cross(row, amount, received);
    if (after !== undefined) this.tagSeeds(after);
    this.receive(row, from, to, received, crossing);
    return -1;
  }

  private mustRead(account: number): boolean {
    if (this.isSink(account)) return false;
    if (this.compiled.seeded.has(account)) return this.frontier.loaded()[account] !== 1;
    if (this.labelStop(account) !== null) return false;
    return !this.frontier.known(account);
  }

  private draw(row: number, from: Side, amount: bigint, source: Holding | undefined, run: LotRun): void {
    const balance = this.balances[from.holding] as bigint;
    if (source === undefined) {
      run.push(UNTAGGED, amount, 0n);
      if (this.frontier.loaded()[from.account] === 1) {
        this.balances[from.holding] = balance > amount ? balance - amount : 0n;
      }
      return;
    }
    const shortfall = amount - balance;
    if (shortfall > 0n) {
      if (this.reverse) throw new CairnError('defect', `a reversed holding is short by ${shortfall} at row ${row}`);
      const [tag = UNTAGGED, ...others] = this.seedOf.get(from.holding) ?? [];
      source.appendLot(tag, shortfall, tag === UNTAGGED ? 0n : shortfall);
      if (this.reach) for (const other of others) source.appendLot(other, shortfall, shortfall);
      if (tag !== UNTAGGED) {
        this.book.steal(tag, shortfall);
        this.book.follow(from.account, this.frontier.table.block[row] as number);
      }
      this.book.gap(row, from.holding, shortfall);
    }
    const held = shortfall > 0n ? amount : balance;
    source.draw(amount, held, run);
    this.balances[from.holding] = held - amount;
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
      const amount = run.amounts[i] as bigint;
      const part = rest === null || amount < rest ? amount : rest;
      if (rest !== null) rest -= part;
      if (lotTag === tag || lotTag === UNTAGGED) isMarked = true;
      if (lotTag !== UNTAGGED) {
        this.book.overlap(tag, part);
        spare.push(lotTag, amount, run.origins[i] as bigint);
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

  private cross(row: number, amount: bigint, received: bigint): void {
    this.book.flows(row, this.run, this.reverse ? 'out' : 'in');
    this.spare.clear();
    crossRun(this.run, amount, received, this.reach, this.spare);
    [this.run, this.spare] = [this.spare, this.run];
  }

  private receive(row: number, from: Side, to: Side, received: bigint, crossing: ResolvedCrossing | null): void {
    const { book } = this;
    const isSelf = from.account === to.account;
    if (this.isSink(to.account)) {
      book.flows(row, this.run, 'plain');
      book.fees(this.run);
      return;
    }
    if (this.run.tagged > 0 && (!isSelf || crossing !== null)) {
      book.flows(row, this.run, crossing === null ? 'plain' : this.reverse ? 'in' : 'out');
    }
    if (crossing !== null) this.bookDust(to);
    const seedTags = !isSelf || crossing !== null ? this.seedOf.get(to.holding) : undefined;
    if (seedTags !== undefined) for (const tag of seedTags) this.tagReceipt(tag, from);
    if (this.run.tagged > 0 && !isSelf && this.stopReceipt(from, to, received)) {
      this.settle(row, to, received);
      return;
    }
    if (this.run.tagged > 0) book.follow(to.account, this.blockOf(row, to.account, crossing));
    this.enter(to, this.run);
    this.settle(row, to, received);
  }

  /** Lots a crossing left nothing of stand at the end of its output, with amount 0. */
  private bookDust(to: Side): void {
    const { run } = this;
    while (!this.reach && run.length > 0 && run.amounts[run.length - 1] === 0n) {
      const last = run.length - 1;
      const origin = run.origins[last] as bigint;
      if (origin > 0n)
        this.book.terminal(run.tags[last] as number, to.account, 'crossing-dust', null, to.holding, 0n, origin);
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
    for (let i = 0; i < run.length; i++) if (run.tags[i] === UNTAGGED) untagged += run.amounts[i] as bigint;
    if (untagged > 0n) this.book.reenter(tag, from.account, untagged);
    this.tagRun(tag, null);
  }

  /** Applies the stopping rules to a receipt. @returns true where nothing of it enters the account. */
  private stopReceipt(from: Side, to: Side, received: bigint): boolean {
    if (this.compiled.seeded.has(to.account)) {
      this.book.arrive(this.run, from.account, to.account, to.holding);
      return false;
    }
    const stop = this.stopOf(to.account);
    if (stop === null) {
      this.book.applyLimits(this.run, from.account, to.account, to.holding, received);
      return false;
    }
    this.book.bookAll(this.run, to.account, to.holding, stop, from.account);
    return true;
  }

  private stopOf(account: number): StopLabel | null {
    const label = this.labelStop(account);
    if (label !== null) return label;
    if (this.frontier.proof(account) === null) return null;
    this.book.suspected.add(account);
    return { reason: 'service-suspected', label: '', source: '', contested: false };
  }

  private labelStop(account: number): StopLabel | null {
    let stop = this.stops.get(account);
    if (stop === undefined) {
      stop = this.stopAt(this.frontier.table.accounts.values[account] as Account);
      this.stops.set(account, stop);
    }
    return stop;
  }

  /** Puts a run into a holding, opening it where this is the first tagged value it receives. */
  private enter(to: Side, run: LotRun): void {
    let holding = this.holdings[to.holding];
    if (holding === undefined) {
      if (run.tagged === 0) return;
      holding = this.open(to.holding);
    }
    holding.append(run);
  }

  private open(number: number): Holding {
    const holding = (this.rules.get(number) ?? this.policy).createHolding(this.mergeTagged);
    const balance = this.balances[number] as bigint;
    if (balance > 0n) holding.appendLot(UNTAGGED, balance, 0n);
    this.holdings[number] = holding;
    return holding;
  }

  /** Books the balance a receipt leaves; reversed, undoes what the forward reading had filled in. */
  private settle(row: number, to: Side, received: bigint): void {
    if (this.frontier.loaded()[to.account] !== 1) return;
    this.balances[to.holding] = (this.balances[to.holding] as bigint) + received;
    const fill = this.reverse ? this.fills.get(row) : undefined;
    if (fill === undefined) return;
    const balance = this.balances[to.holding] as bigint;
    const holding = this.holdings[to.holding];
    if (holding !== undefined) {
      this.spare.clear();
      holding.draw(fill, balance, this.spare);
      this.book.gap(row, to.holding, fill);
      this.book.unrecorded(this.spare, to.account, to.holding);
    }
    this.balances[to.holding] = balance - fill;
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
    if (this.reverse && this.balances[number] === 0n) return;
    const before = this.holdings[number] ?? this.open(number);
    const lots = new LotRun();
    before.each((tag, amount, origin) => lots.push(tag, amount, origin));
    this.run = lots;
    if (!this.reach || (this.balances[number] as bigint) > 0n) this.tagRun(seed.tag, null);
    const after = (this.rules.get(number) ?? this.policy).createHolding(this.mergeTagged);
    after.append(this.run);
    this.holdings[number] = after;
    if (this.run.tagged > 0) this.book.follow(seed.account, this.lastBlock(number));
    if (!this.reverse) this.seedOf.set(number, [...(this.seedOf.get(number) ?? []), seed.tag]);
  }

  /** Block of the last movement of a holding before the run's place; 0: none. */
  private lastBlock(holding: number): number {
    const { table } = this.frontier;
    const { special, traced, crossings } = this.compiled;
    for (let place = Math.min(this.place, table.order.length) - 1; place >= 0; place--) {
      const row = table.order[place] as number;
      if (table.amounts[row] === 0n) continue;
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

  private isSink(account: number): boolean {
    return isFeeSink(this.frontier.table.accounts.values[account] as Account);
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
      const amount = table.amounts[row] as bigint;
      if (kind === SPECIAL.applied || asset >= traced || amount === 0n) continue;
      const crossing = kind === SPECIAL.crossing ? (crossings.get(row) as ResolvedCrossing) : null;
      const payee = crossing === null ? (table.to[row] as number) : crossing.account;
      if (accounts.has(table.from[row] as number)) {
        const holding = (table.from[row] as number) * traced + asset;
        const balance = this.balances[holding] as bigint;
        if (this.reverse && balance < amount) this.fills.set(row, amount - balance);
        this.balances[holding] = balance > amount ? balance - amount : 0n;
      }
      if (accounts.has(payee)) {
        const holding = payee * traced + (crossing === null ? asset : crossing.asset);
        this.balances[holding] = (this.balances[holding] as bigint) + (crossing === null ? amount : crossing.amount);
      }
    }
  }

  private fit(): void {
    const size = this.frontier.table.accounts.values.length * this.compiled.traced;
    while (this.balances.length < size) this.balances.push(0n);
    while (this.holdings.length < size) this.holdings.push(undefined);
    this.book.fit(this.frontier.table.accounts.values.length);
  }
}
