import { isFeeSink, type Transfer } from '../../ledger/index.ts';
import type { Edge, Run, TraceResult } from '../../tracing/index.ts';
import type { Account, Asset, Chain } from '../../units/index.ts';

/** A block up to which a trace was made. */
export type Position = { readonly chain: Chain; readonly number: number; readonly hash: string; readonly time: number };

/** Value traced from a theft that moved from one account to another since a trace was last made, under one rule. */
export type Movement = {
  readonly tag: string;
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  /** Base units of `asset` that carry the tag; null: the rule states no amounts (poison). */
  readonly amount: bigint | null;
  /** Base units of `asset` that moved from `from` to `to` in the transactions, whoever's it was; null: no such transfer is on record (a crossing paid out unseen). */
  readonly gross: bigint | null;
  /** The tagged part in base units of what was stolen; null as above. */
  readonly origin: bigint | null;
  /** Hashes that were not in the trace before, in ledger order. */
  readonly transactions: readonly string[];
  /** Did value of the tag stand at `from` when the trace was last made? Else it only passed through. */
  readonly stood: boolean;
  /** Where the trace stops at `to`, and why: `label:exchange` and whose; null: it goes on, or stays there. */
  readonly reached: { readonly reason: string; readonly label: string | null } | null;
};

/** The run that a watch reports by: the instructed rule's, else the first. */
export function runWatched({ parameters, runs }: TraceResult): Run {
  return (runs.find(({ policy }) => policy === parameters.instructed?.policy) ?? runs[0]) as Run;
}

/**
 * What moved between a trace and the same trace made later, under the instructed rule (else the first): new amounts on edges, fees
 * left out. Sorted by (tag, from, to, asset). Empty: nothing moved.
 */
export function movementsBetween(before: TraceResult, after: TraceResult): readonly Movement[] {
  const [earlier, later] = [runWatched(before), runWatched(after)];
  const byTx = Map.groupBy(after.consumed, ({ tx }) => tx);
  return later.tags.flatMap((tag) => {
    const known = earlier.tags.find((one) => one.tag === tag.tag);
    const edges = new Map((known?.edges ?? []).map((edge) => [nameOf(edge), edge]));
    const stood = new Set((known?.holdings ?? []).map(({ account }) => account));
    const stops = new Map(tag.terminals.map((terminal) => [terminal.account, terminal]));
    return tag.edges.flatMap((edge): Movement[] => {
      const old = edges.get(nameOf(edge));
      const seen = new Set(old?.transactions ?? []);
      const transactions = edge.transactions.filter((tx) => !seen.has(tx));
      if (transactions.length === 0 || isFeeSink(edge.to)) return [];
      const stop = stops.get(edge.to);
      const { from, to, asset } = edge;
      return [
        {
          tag: tag.tag,
          ...{ from, to, asset, transactions },
          gross: grossOf(
            transactions.flatMap((tx) => byTx.get(tx) ?? []),
            edge,
          ),
          amount: edge.amount === null ? null : edge.amount - (old?.amount ?? 0n),
          origin: edge.origin === null ? null : edge.origin - (old?.origin ?? 0n),
          stood: stood.has(from),
          reached: stop === undefined ? null : { reason: stop.reason, label: stop.label },
        },
      ];
    });
  });
}

function grossOf(transfers: readonly Transfer[], { from, to, asset }: Edge): bigint | null {
  const own = transfers.filter((row) => row.from === from && row.to === to && row.asset === asset);
  return own.length === 0 ? null : own.reduce((sum, { amount }) => sum + amount, 0n);
}

const nameOf = ({ from, to, asset }: Edge): string => `${from} ${to} ${asset}`;
