import type { Account, Asset, Chain } from '../units/index.ts';
import { AmountSpace } from './amounts.ts';
import { feeSink, TRANSFER_KINDS, type Transfer } from './transfer.ts';
import type { Lock } from './utxo/transaction.ts';

const ASSIGNED = ['none', 'position', 'index', 'both'] as const;

/** Layout of `codes`: three bits the kind, two the assigned order, one each what follows. */
const CODE = { kind: 7, assigned: 3, rounded: 32, unresolved: 64 } as const;
const FEE = TRANSFER_KINDS.indexOf('fee');
const INPUT = TRANSFER_KINDS.indexOf('input');

/** Numbers strings in order of first sight, so that columns hold numbers. */
export class Dictionary<T extends string> {
  readonly values: T[] = [];
  private readonly numbers = new Map<T, number>();

  numberOf(value: T): number {
    let number = this.numbers.get(value);
    if (number === undefined) {
      number = this.values.length;
      this.values.push(value);
      this.numbers.set(value, number);
    }
    return number;
  }

  find(value: T): number | undefined {
    return this.numbers.get(value);
  }
}

/**
 * Transfers in columns, and their total order. Rows are numbered as they are added and never move;
 * `order` lists them in ledger order. Amounts are base units.
 */
export class TransferTable {
  readonly accounts = new Dictionary<Account>();
  readonly assets = new Dictionary<Asset>();
  readonly chains = new Dictionary<Chain>();
  /** Numbers of the accounts that are fee sinks. */
  readonly sinks = new Set<number>();
  /** Numbers of the accounts that are transactions of a UTXO chain: value passes through them, nobody holds it there. */
  readonly passages = new Set<number>();
  /** What locks the output that an account is, by its number. */
  readonly locks = new Map<number, Lock>();
  /** The lock as a row states it, by row. */
  private readonly stated = new Map<number, Lock>();
  /** Everything summed over this table's amounts belongs here, so that it is wide enough. */
  readonly space = new AmountSpace();
  readonly amounts = this.space.column(1024);
  count = 0;
  /** Whether any row spends an output that its source did not know. */
  hasUnresolved = false;
  from = new Uint32Array(1024);
  to = new Uint32Array(1024);
  asset = new Uint32Array(1024);
  chain = new Uint32Array(1024);
  time = new Float64Array(1024);
  block = new Float64Array(1024);
  txIndex = new Float64Array(1024);
  position = new Int32Array(1024);
  codes = new Uint8Array(1024);
  readonly txs: string[] = [];
  /** Row numbers in ledger order; rows added since the last `sort` are not in it. */
  order: Uint32Array = new Uint32Array(0);

  add(transfer: Transfer): number {
    const row = this.count++;
    if (row === this.from.length) this.grow(row * 2);
    const chainsBefore = this.chains.values.length;
    const chain = this.chains.numberOf(transfer.chain);
    if (chain === chainsBefore) this.sinks.add(this.accounts.numberOf(feeSink(transfer.chain)));
    this.chain[row] = chain;
    this.from[row] = this.accounts.numberOf(transfer.from);
    this.to[row] = this.accounts.numberOf(transfer.to);
    this.asset[row] = this.assets.numberOf(transfer.asset);
    this.time[row] = transfer.blockTime;
    this.block[row] = transfer.blockNumber;
    this.txIndex[row] = transfer.txIndex;
    this.position[row] = transfer.position;
    this.codes[row] =
      TRANSFER_KINDS.indexOf(transfer.kind) |
      (ASSIGNED.indexOf(transfer.assigned) << 3) |
      (transfer.rounded ? CODE.rounded : 0) |
      (transfer.unresolved ? CODE.unresolved : 0);
    if (transfer.kind === 'input' || transfer.kind === 'output') this.addUtxo(row, transfer);
    if (transfer.unresolved) this.hasUnresolved = true;
    this.space.reserve(transfer.amount);
    this.amounts.set(row, transfer.amount);
    this.txs.push(transfer.tx);
    return row;
  }

  private addUtxo(row: number, { kind, lock }: Transfer): void {
    const [passage, outpoint] = kind === 'input' ? [this.to[row], this.from[row]] : [this.from[row], this.to[row]];
    this.passages.add(passage as number);
    if (lock === undefined) return;
    this.stated.set(row, lock);
    // What made an output says what it is; what spends it may not.
    if (kind === 'output' || !this.locks.has(outpoint as number)) this.locks.set(outpoint as number, lock);
  }

  /** Whose account this is: of an output, whoever can spend it as far as that is known; else itself. */
  ownerOf(account: number): Account {
    return this.locks.get(account)?.owner ?? (this.accounts.values[account] as Account);
  }

  transfer(row: number): Transfer {
    const codes = this.codes[row] as number;
    const transfer: Transfer = {
      chain: this.chains.values[this.chain[row] as number] as Chain,
      blockNumber: this.block[row] as number,
      txIndex: this.txIndex[row] as number,
      position: this.position[row] as number,
      blockTime: this.time[row] as number,
      tx: this.txs[row] as string,
      from: this.accounts.values[this.from[row] as number] as Account,
      to: this.accounts.values[this.to[row] as number] as Account,
      asset: this.assets.values[this.asset[row] as number] as Asset,
      amount: this.amounts.get(row),
      kind: TRANSFER_KINDS[codes & CODE.kind] as Transfer['kind'],
      assigned: ASSIGNED[(codes >> 3) & CODE.assigned] as Transfer['assigned'],
      rounded: (codes & CODE.rounded) !== 0,
    };
    return (codes & CODE.kind) < INPUT ? transfer : { ...transfer, ...this.utxoPart(row, codes) };
  }

  private utxoPart(row: number, codes: number): Pick<Transfer, 'lock' | 'unresolved'> {
    const lock = this.stated.get(row);
    const part = lock === undefined ? {} : { lock };
    return (codes & CODE.unresolved) === 0 ? part : { ...part, unresolved: true };
  }

  /** Does the row stand for what a transaction of a UTXO chain spends or makes? */
  isUtxo(row: number): boolean {
    return ((this.codes[row] as number) & CODE.kind) >= INPUT;
  }

  isFee(row: number): boolean {
    return ((this.codes[row] as number) & CODE.kind) === FEE;
  }

  /** Ledger order of two rows: negative where `a` comes first. */
  compare(a: number, b: number): number {
    return (
      (this.time[a] as number) - (this.time[b] as number) ||
      this.compareChains(a, b) ||
      (this.block[a] as number) - (this.block[b] as number) ||
      (this.txIndex[a] as number) - (this.txIndex[b] as number) ||
      (this.position[a] as number) - (this.position[b] as number)
    );
  }

  /**
   * Brings the rows added since the last call into `order`.
   * @param from - a place in `order`; its end counts as a place.
   * @returns how many rows went in before the row that stood at `from`.
   */
  sort(from = 0): number {
    const sorted = this.order.length;
    const added = new Uint32Array(this.count - sorted);
    for (let i = 0; i < added.length; i++) added[i] = sorted + i;
    this.sortRows(added);
    const start = Math.min(from, sorted);
    let early = start === sorted ? added.length : 0;
    if (start < sorted) {
      const next = this.order[start] as number;
      while (early < added.length && this.compare(added[early] as number, next) < 0) early++;
    }
    const merged = new Uint32Array(this.count);
    const middle = this.mergeInto(merged, 0, this.order.subarray(0, start), added.subarray(0, early));
    this.mergeInto(merged, middle, this.order.subarray(start), added.subarray(early));
    this.order = merged;
    return early;
  }

  private mergeInto(target: Uint32Array, start: number, a: Uint32Array, b: Uint32Array): number {
    let place = start;
    let i = 0;
    let j = 0;
    while (i < a.length && j < b.length) {
      const takeB = this.compare(b[j] as number, a[i] as number) < 0;
      target[place++] = takeB ? (b[j++] as number) : (a[i++] as number);
    }
    while (i < a.length) target[place++] = a[i++] as number;
    while (j < b.length) target[place++] = b[j++] as number;
    return place;
  }

  private sortRows(rows: Uint32Array): void {
    for (let i = 1; i < rows.length; i++) {
      if (this.compare(rows[i - 1] as number, rows[i] as number) > 0) {
        rows.sort((a, b) => this.compare(a, b));
        return;
      }
    }
  }

  private compareChains(a: number, b: number): number {
    const one = this.chain[a] as number;
    const two = this.chain[b] as number;
    if (one === two) return 0;
    return (this.chains.values[one] as string) < (this.chains.values[two] as string) ? -1 : 1;
  }

  private grow(size: number): void {
    const widen = <T extends Uint32Array | Float64Array | Int32Array | Uint8Array>(old: T, wide: T): T => {
      wide.set(old);
      return wide;
    };
    this.from = widen(this.from, new Uint32Array(size));
    this.to = widen(this.to, new Uint32Array(size));
    this.asset = widen(this.asset, new Uint32Array(size));
    this.chain = widen(this.chain, new Uint32Array(size));
    this.time = widen(this.time, new Float64Array(size));
    this.block = widen(this.block, new Float64Array(size));
    this.txIndex = widen(this.txIndex, new Float64Array(size));
    this.position = widen(this.position, new Int32Array(size));
    this.codes = widen(this.codes, new Uint8Array(size));
    this.amounts.fit(size);
  }
}
