import { type AmountSpace, type Amounts, Proportion } from '../../ledger/index.ts';

/** The tag of untagged value. Tags are numbered from 0 inside a run. */
export const UNTAGGED = -1;

/**
 * A run of lots in order, reused from spend to spend. Columns; only the first `length` entries count.
 * `amounts` in base units of the holding's asset, `origins` the same value in base units of the stolen asset.
 * Where nothing crosses, a tagged lot's origin is its amount, and one column is both.
 */
export class LotRun {
  readonly tags: number[] = [];
  readonly amounts: Amounts;
  readonly origins: Amounts;
  length = 0;
  /** How many of the lots are tagged. */
  tagged = 0;
  private room = 0;

  /** @param crosses - whether value crosses somewhere in the trace. */
  constructor(space: AmountSpace, crosses: boolean) {
    this.amounts = space.column();
    this.origins = crosses ? space.column() : this.amounts;
  }

  clear(): void {
    this.length = 0;
    this.tagged = 0;
  }

  /** Adds a lot whose amount and origin the caller fills in. @returns its place. */
  add(tag: number): number {
    const i = this.length++;
    this.tags[i] = tag;
    if (i === this.room) this.grow();
    if (tag !== UNTAGGED) this.tagged++;
    return i;
  }

  push(tag: number, amount: bigint, origin: bigint): void {
    const last = this.length - 1;
    if (tag === UNTAGGED && last >= 0 && this.tags[last] === UNTAGGED) {
      this.amounts.set(last, this.amounts.get(last) + amount);
      return;
    }
    const i = this.add(tag);
    this.amounts.set(i, amount);
    if (this.origins !== this.amounts) this.origins.set(i, origin);
  }

  /** Adds untagged value: neighbours become one lot, since nothing tells them apart. */
  pushUntagged(amounts: Amounts, at: number): void {
    const last = this.length - 1;
    if (last >= 0 && this.tags[last] === UNTAGGED) {
      this.amounts.add(last, amounts, at);
      return;
    }
    const i = this.add(UNTAGGED);
    this.amounts.copy(i, amounts, at);
    if (this.origins !== this.amounts) this.origins.clear(i);
  }

  pushLot(tag: number, amounts: Amounts, origins: Amounts, at: number): void {
    if (tag === UNTAGGED) {
      this.pushUntagged(amounts, at);
      return;
    }
    const i = this.add(tag);
    this.amounts.copy(i, amounts, at);
    if (this.origins !== this.amounts) this.origins.copy(i, origins, at);
  }

  /** Adds entry `at` to lot `i`. */
  join(i: number, amounts: Amounts, origins: Amounts, at: number): void {
    this.amounts.add(i, amounts, at);
    if (this.origins !== this.amounts) this.origins.add(i, origins, at);
  }

  pop(): void {
    if (this.tags[--this.length] !== UNTAGGED) this.tagged--;
  }

  /** Takes lot `i`'s tag off; its value stays in the run. */
  untag(i: number): void {
    this.tags[i] = UNTAGGED;
    if (this.origins !== this.amounts) this.origins.clear(i);
    this.tagged--;
  }

  private grow(): void {
    this.room = Math.max(16, this.room * 2);
    this.amounts.fit(this.room);
    this.origins.fit(this.room);
  }
}

/** Which lots leave a holding when it spends, and how what it receives is kept. */
export type Policy = {
  readonly id: string;
  /** Puts lot `i` of a run into a holding. */
  readonly append: (lots: LotStore, holding: number, run: LotRun, i: number) => void;
  /**
   * Draws `amounts[at]` of the holding's `balances[holding]` into `run`, lots summing to exactly that.
   * The caller keeps the balances and fills gaps first, so it never asks for more than there is.
   */
  readonly draw: (
    lots: LotStore,
    holding: number,
    amounts: Amounts,
    at: number,
    balances: Amounts,
    run: LotRun,
  ) => void;
};

/** Not opened: nothing tagged ever came in. */
const CLOSED = -1;
/** End of a list; lots are numbered from 1. */
const NONE = 0;

/**
 * The lots of every holding of one run, in columns: a list a holding, oldest first, and a sum of untagged value for
 * rules that keep it apart. Holdings are numbered by the caller.
 */
export class LotStore {
  /** Untagged value kept apart from the list, by holding. */
  readonly loose: Amounts;
  readonly amounts: Amounts;
  readonly origins: Amounts;
  /** What a draw has still to find. */
  readonly rest: Amounts;
  /** One base unit, and room for a share that is not kept. */
  readonly one: Amounts;
  readonly spare: Amounts;
  readonly proportion = new Proportion();
  /** Shares and remainders of one draw, by place in the list. */
  readonly shares: Amounts;
  readonly remainders: Amounts;
  tags = new Int32Array(1024);
  /** Holdings whose untagged lots must keep their place among the tagged ones. */
  readonly ordered: ReadonlySet<number>;
  private readonly crosses: boolean;
  private heads = new Int32Array(0);
  private tails = new Int32Array(0);
  private counts = new Int32Array(0);
  private nexts = new Int32Array(1024);
  private previous = new Int32Array(1024);
  private used = 1;
  private free = NONE;

  /**
   * @param crosses - whether value crosses somewhere in the trace. Where none does, adjacent lots of one tag are kept as
   * one; a crossing maps each lot by its own boundaries, so merging would change digits.
   */
  constructor(space: AmountSpace, crosses: boolean, ordered: ReadonlySet<number> = new Set()) {
    this.crosses = crosses;
    this.ordered = ordered;
    this.loose = space.column();
    this.amounts = space.column(1024);
    this.origins = crosses ? space.column(1024) : this.amounts;
    this.rest = space.column(1);
    this.one = space.column(1);
    this.spare = space.column(1);
    this.one.set(0, 1n);
    this.shares = space.column();
    this.remainders = space.column();
  }

  /** Makes room for holdings below `count`. */
  fit(count: number): void {
    this.loose.fit(count);
    if (this.heads.length >= count) return;
    const size = count + (count >> 1);
    this.heads = widened(this.heads, new Int32Array(size).fill(CLOSED));
    this.tails = widened(this.tails, new Int32Array(size));
    this.counts = widened(this.counts, new Int32Array(size));
  }

  isOpen(holding: number): boolean {
    return this.heads[holding] !== CLOSED;
  }

  open(holding: number): void {
    if (this.heads[holding] === CLOSED) this.heads[holding] = NONE;
  }

  /** True while any lot is tagged. */
  hasTags(holding: number): boolean {
    return this.counts[holding] !== 0;
  }

  /** The oldest lot, 0: none. */
  first(holding: number): number {
    return this.heads[holding] as number;
  }

  last(holding: number): number {
    return this.tails[holding] as number;
  }

  next(lot: number): number {
    return this.nexts[lot] as number;
  }

  /** The first lot of a tag, 0: none. */
  find(holding: number, tag: number): number {
    let lot = this.first(holding);
    while (lot > NONE && this.tags[lot] !== tag) lot = this.next(lot);
    return lot;
  }

  /** Appends lot `i` of a run to the list, joined to the last where that cannot change a byte of the result. */
  push(holding: number, run: LotRun, i: number): void {
    const tag = run.tags[i] as number;
    const last = this.tails[holding] as number;
    const isSame = last !== NONE && this.tags[last] === tag;
    if (isSame && (tag === UNTAGGED || !this.crosses)) this.join(last, run, i);
    else this.add(holding, run, i);
  }

  /** Appends lot `i` of a run to the list as a lot of its own. */
  add(holding: number, run: LotRun, i: number): number {
    const tag = run.tags[i] as number;
    const last = this.tails[holding] as number;
    const lot = this.create();
    this.tags[lot] = tag;
    this.amounts.copy(lot, run.amounts, i);
    if (this.crosses) this.origins.copy(lot, run.origins, i);
    this.previous[lot] = last;
    this.nexts[lot] = NONE;
    if (last === NONE) this.heads[holding] = lot;
    else this.nexts[last] = lot;
    this.tails[holding] = lot;
    if (tag !== UNTAGGED) this.counts[holding] = (this.counts[holding] as number) + 1;
    return lot;
  }

  join(lot: number, run: LotRun, i: number): void {
    this.amounts.add(lot, run.amounts, i);
    if (this.crosses) this.origins.add(lot, run.origins, i);
  }

  /** Moves up to `rest[r]` out of a lot into `run` and takes it off `rest`; an emptied lot goes. */
  take(holding: number, lot: number, rest: Amounts, r: number, run: LotRun): void {
    if (this.amounts.compare(lot, rest, r) > 0) {
      this.split(lot, rest, r, run);
      rest.clear(r);
      return;
    }
    run.pushLot(this.tags[lot] as number, this.amounts, this.origins, lot);
    rest.subtract(r, this.amounts, lot);
    this.remove(holding, lot);
  }

  /** Moves a part of a lot into `run`, with `floor(origin·part/amount)` of its origin; the remainder stays. */
  split(lot: number, parts: Amounts, at: number, run: LotRun): void {
    if (this.tags[lot] === UNTAGGED) {
      run.pushUntagged(parts, at);
      this.amounts.subtract(lot, parts, at);
      return;
    }
    const i = run.add(this.tags[lot] as number);
    run.amounts.copy(i, parts, at);
    if (this.crosses) this.splitOrigin(lot, run, i);
    this.amounts.subtract(lot, parts, at);
  }

  remove(holding: number, lot: number): void {
    const before = this.previous[lot] as number;
    const after = this.nexts[lot] as number;
    if (before === NONE) this.heads[holding] = after;
    else this.nexts[before] = after;
    if (after === NONE) this.tails[holding] = before;
    else this.previous[after] = before;
    if (this.tags[lot] !== UNTAGGED) this.counts[holding] = (this.counts[holding] as number) - 1;
    this.nexts[lot] = this.free;
    this.free = lot;
  }

  /** Moves everything a holding has into `run`: the list, then what is loose. */
  takeAll(holding: number, run: LotRun): void {
    for (let lot = this.first(holding); lot > NONE; lot = this.first(holding)) {
      run.pushLot(this.tags[lot] as number, this.amounts, this.origins, lot);
      this.remove(holding, lot);
    }
    if (this.loose.isZero(holding)) return;
    run.pushUntagged(this.loose, holding);
    this.loose.clear(holding);
  }

  /** Moves up to `rest[r]` of what is loose into `run` and takes it off `rest`. */
  takeLoose(holding: number, rest: Amounts, r: number, run: LotRun): void {
    if (rest.isZero(r) || this.loose.isZero(holding)) return;
    if (this.loose.compare(holding, rest, r) <= 0) {
      run.pushUntagged(this.loose, holding);
      rest.subtract(r, this.loose, holding);
      this.loose.clear(holding);
    } else {
      run.pushUntagged(rest, r);
      this.loose.subtract(holding, rest, r);
      rest.clear(r);
    }
  }

  /** Moves up to `rest[r]` from the oldest lots into `run` and takes it off `rest`. */
  takeOldest(holding: number, rest: Amounts, r: number, run: LotRun): void {
    while (!rest.isZero(r) && this.first(holding) > NONE) this.take(holding, this.first(holding), rest, r, run);
  }

  /** Moves up to `rest[r]` from the oldest lots that are tagged, or from those that are not, into `run`. */
  takeKind(holding: number, isTagged: boolean, rest: Amounts, r: number, run: LotRun): void {
    for (let lot = this.first(holding); lot > NONE && !rest.isZero(r); ) {
      const next = this.next(lot);
      if ((this.tags[lot] !== UNTAGGED) === isTagged) this.take(holding, lot, rest, r, run);
      lot = next;
    }
  }

  /** Visits the tagged lots of every holding. */
  eachTagged(visit: (holding: number, tag: number, amount: bigint, origin: bigint) => void): void {
    for (let holding = 0; holding < this.heads.length; holding++) {
      if (!this.hasTags(holding)) continue;
      for (let lot = this.first(holding); lot > NONE; lot = this.next(lot)) {
        const tag = this.tags[lot] as number;
        if (tag !== UNTAGGED) visit(holding, tag, this.amounts.get(lot), this.origins.get(lot));
      }
    }
  }

  /** Moves the origin of the part that lot `i` of a run is of a lot. */
  private splitOrigin(lot: number, run: LotRun, i: number): void {
    if (this.origins.compare(lot, this.amounts, lot) === 0) run.origins.copy(i, run.amounts, i);
    else run.origins.set(i, (this.origins.get(lot) * run.amounts.get(i)) / this.amounts.get(lot));
    this.origins.subtract(lot, run.origins, i);
  }

  private create(): number {
    if (this.free !== NONE) {
      const lot = this.free;
      this.free = this.nexts[lot] as number;
      return lot;
    }
    if (this.used === this.tags.length) this.grow(this.used * 2);
    return this.used++;
  }

  private grow(size: number): void {
    this.tags = widened(this.tags, new Int32Array(size));
    this.nexts = widened(this.nexts, new Int32Array(size));
    this.previous = widened(this.previous, new Int32Array(size));
    this.amounts.fit(size);
    this.origins.fit(size);
  }
}

function widened<T extends Int32Array | Uint8Array>(old: T, wide: T): T {
  wide.set(old);
  return wide;
}
