import type { Frontier } from './frontier.ts';
import { coinjoinAt } from './mixers/stop.ts';
import { transactionAt } from './ranked-outputs.ts';
import type { StopLabel, TraceRequest } from './request.ts';
import { STANDING, type Standings } from './standings.ts';

/** Stops a trace where what is known of the account, or of the transaction it stands for, says so. */
export class Stops {
  /** Accounts taken for services by how they behave. */
  readonly suspected = new Set<number>();
  /** Rows of the transactions that have the shape of a CoinJoin, from which it is told again. */
  readonly mixers: number[] = [];
  /** Accounts of those of them that were looked through. */
  readonly lookedThrough = new Set<number>();
  private readonly frontier: Frontier;
  private readonly standings: Standings;
  private readonly lookThrough: TraceRequest['lookThrough'];
  /** By the account of a transaction; null: nothing stops there. */
  private readonly joins = new Map<number, StopLabel | null>();

  constructor(frontier: Frontier, standings: Standings, lookThrough: TraceRequest['lookThrough']) {
    this.frontier = frontier;
    this.standings = standings;
    this.lookThrough = lookThrough;
  }

  /** @param place - where the run stands in the table's order: at a row of the account's. Null: the trace goes on. */
  at(account: number, place: number): StopLabel | null {
    const standing = this.standings.of(account);
    if (standing === STANDING.labelled) return this.standings.stop(account);
    if (standing === STANDING.passage) return this.joinAt(account, place);
    if (this.frontier.proof(account) === null) return null;
    this.suspected.add(account);
    return { reason: 'service-suspected', label: '', source: '', contested: false };
  }

  /** Does the transaction have the shape of a CoinJoin? */
  private joinAt(passage: number, place: number): StopLabel | null {
    const known = this.joins.get(passage);
    if (known !== undefined) return known;
    const { table } = this.frontier;
    const rows = transactionAt(table, place);
    const met = coinjoinAt(
      rows.map((row) => table.transfer(row)),
      this.lookThrough,
    );
    const stop = met === null || met.isLookedThrough ? null : met.label;
    this.joins.set(passage, stop);
    if (met !== null) this.mixers.push(...rows);
    if (met?.isLookedThrough === true) this.lookedThrough.add(passage);
    return stop;
  }
}
