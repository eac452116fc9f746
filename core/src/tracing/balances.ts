import type { Amounts } from '../ledger/index.ts';
import { type Compiled, type ResolvedCrossing, SPECIAL } from './compile.ts';

/** One side of a movement: whose holding of what. `holding` numbers (account, traced asset). */
export type Side = { account: number; holding: number };

/**
 * The running balance of every holding whose account has been read, with every shortfall filled in. Reversed, a balance
 * is the forward one at the same place, and what the forward reading had to fill in is taken out again.
 */
export class Balances {
  /** By holding. */
  readonly of: Amounts;
  private readonly compiled: Compiled;
  private readonly reverse: boolean;
  /** Reverse only: by row, what the forward reading had to fill in before the spend. */
  private readonly fills = new Map<number, bigint>();
  private readonly received: Amounts;

  constructor(compiled: Compiled) {
    const { space } = compiled.table;
    this.compiled = compiled;
    this.reverse = compiled.request.direction === 'source-of-funds';
    this.of = space.column();
    this.received = space.column(1);
  }

  /** What the forward reading filled in at a row; undefined: nothing, or this is the forward reading. */
  fillAt(row: number): bigint | undefined {
    return this.reverse ? this.fills.get(row) : undefined;
  }

  /** A movement between holdings that carry nothing: balances only, of accounts that have been read. */
  movePlain(row: number, payer: Side, payee: Side, amounts: Amounts, loaded: Uint8Array): void {
    const balances = this.of;
    if (loaded[payer.account] === 1 && payer.account === payee.account) {
      if (balances.compare(payee.holding, amounts, row) < 0) balances.copy(payee.holding, amounts, row);
      this.unfill(row, payee.holding);
      return;
    }
    if (loaded[payer.account] === 1) this.spend(payer.holding, amounts, row);
    if (loaded[payee.account] === 1) {
      balances.add(payee.holding, amounts, row);
      this.unfill(row, payee.holding);
    }
  }

  /** Takes an amount off a balance; what is missing is filled in. */
  spend(holding: number, amounts: Amounts, at: number): void {
    if (this.of.compare(holding, amounts, at) > 0) this.of.subtract(holding, amounts, at);
    else this.of.clear(holding);
  }

  /** Reads balances of accounts that were loaded just now from the ledger's start to `end` in its order. */
  replay(accounts: ReadonlySet<number>, end: number): void {
    if (accounts.size === 0) return;
    const { table, special, traced, crossings } = this.compiled;
    for (let place = 0; place < end; place++) {
      const row = table.order[place] as number;
      const kind = row < special.length ? (special[row] as number) : SPECIAL.none;
      const asset = table.asset[row] as number;
      if (kind === SPECIAL.applied || asset >= traced || table.amounts.isZero(row)) continue;
      if (accounts.has(table.from[row] as number)) {
        const holding = (table.from[row] as number) * traced + asset;
        const isShort = this.reverse && this.of.compare(holding, table.amounts, row) < 0;
        if (isShort) this.fills.set(row, table.amounts.get(row) - this.of.get(holding));
        this.spend(holding, table.amounts, row);
      }
      const crossed = kind === SPECIAL.crossing ? (crossings.get(row) as readonly ResolvedCrossing[]) : [];
      let rest = crossed.length === 0 ? null : table.amounts.get(row);
      for (const { account, asset: received, amount, sent } of crossed) {
        rest = (rest as bigint) - sent;
        if (accounts.has(account)) this.receive(account * traced + received, amount);
      }
      const payee = table.to[row] as number;
      if (!accounts.has(payee)) continue;
      if (rest === null) this.of.add(payee * traced + asset, table.amounts, row);
      else if (rest > 0n) this.receive(payee * traced + asset, rest);
    }
  }

  private receive(holding: number, amount: bigint): void {
    this.received.set(0, amount);
    this.of.add(holding, this.received, 0);
  }

  /** Block of the last movement of a holding at a place before `end`; 0: none. */
  lastBlock(holding: number, end: number): number {
    const { table, special, traced, crossings } = this.compiled;
    for (let place = Math.min(end, table.order.length) - 1; place >= 0; place--) {
      const row = table.order[place] as number;
      if (table.amounts.isZero(row)) continue;
      const asset = table.asset[row] as number;
      const crossed = row < special.length && special[row] === SPECIAL.crossing ? (crossings.get(row) ?? []) : [];
      const paid = crossed.find((crossing) => crossing.account * traced + crossing.asset === holding);
      if (paid !== undefined) return table.block[paid.output ?? row] as number;
      if (asset >= traced) continue;
      const isPayee = (table.to[row] as number) * traced + asset === holding;
      const isPaid = isPayee && crossed.reduce((rest, { sent }) => rest - sent, table.amounts.get(row)) > 0n;
      if (isPaid || (table.from[row] as number) * traced + asset === holding) return table.block[row] as number;
    }
    return 0;
  }

  private unfill(row: number, holding: number): void {
    const fill = this.fillAt(row);
    if (fill !== undefined) this.of.set(holding, this.of.get(holding) - fill);
  }
}
