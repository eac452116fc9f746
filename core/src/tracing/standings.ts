import { isCoinbase, isFeeSink } from '../ledger/index.ts';
import type { Account } from '../units/index.ts';
import type { Compiled } from './compile.ts';
import type { StopLabel } from './request.ts';

/** What the stopping rules say of an account whatever it receives: found out once, kept by number. */
export const STANDING = { unknown: 0, sink: 1, seeded: 2, labelled: 3, free: 4, passage: 5 } as const;

const COINBASE: StopLabel = { reason: 'coinbase', label: '', source: '', contested: false };

/** Fee sinks, seeded accounts (exempt from every rule), accounts a label stops at, transactions of UTXO chains, and the others. */
export class Standings {
  private readonly compiled: Compiled;
  private readonly stopAt: (account: Account) => StopLabel | null;
  private readonly stops = new Map<number, StopLabel>();
  private known = new Uint8Array(0);

  constructor(compiled: Compiled, stopAt: (account: Account) => StopLabel | null) {
    this.compiled = compiled;
    this.stopAt = stopAt;
  }

  /** Makes room for accounts below `count`. */
  fit(count: number): void {
    if (this.known.length >= count) return;
    const known = new Uint8Array(count * 2);
    known.set(this.known);
    this.known = known;
  }

  of(account: number): number {
    const known = this.known[account] as number;
    if (known !== STANDING.unknown) return known;
    const standing = this.find(account);
    this.known[account] = standing;
    return standing;
  }

  /** The label that stops a trace at a labelled account. */
  stop(account: number): StopLabel {
    return this.stops.get(account) as StopLabel;
  }

  private find(account: number): number {
    const name = this.compiled.table.accounts.values[account] as Account;
    if (isFeeSink(name)) return STANDING.sink;
    if (this.compiled.seeded.has(account)) return STANDING.seeded;
    if (this.compiled.table.passages.has(account)) return STANDING.passage;
    // Only a reversed run gets there: nobody pays new coins back.
    const stop = isCoinbase(name) ? COINBASE : this.stopAt(this.compiled.table.ownerOf(account));
    if (stop === null) return STANDING.free;
    this.stops.set(account, stop);
    return STANDING.labelled;
  }
}
