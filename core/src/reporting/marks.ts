import { isFeeSink, type Transfer, type TransferRef } from '../ledger/index.ts';
import type { Crossing, TraceResult } from '../tracing/index.ts';
import type { Account, Asset } from '../units/index.ts';

/** Set beside a figure that rests, or may rest in part, on a declared crossing. */
export const DECLARED_MARK = '†';

/** Does a figure rest, or may it in part, on a crossing that somebody declared? */
export type Marks = {
  readonly any: boolean;
  /** Value held, last seen or ended at this account in this asset. */
  readonly has: (account: Account, asset: Asset) => boolean;
  /** Value that moved between these accounts in this asset. */
  readonly hasMove: (from: Account, to: Account, asset: Asset) => boolean;
};

/**
 * Follows what declared or inferred crossings pay out through the transfers consumed, in ledger order (against it where
 * the source of funds is asked): whatever leaves a followed account after value of a crossing may have reached it may
 * rest on that crossing, whichever tag it carries. Errs towards marking too much, never too little.
 */
export function createMarks(result: TraceResult): Marks {
  const reversed = result.parameters.direction === 'source-of-funds';
  const starts = Map.groupBy(
    result.crossings.filter(({ basis }) => basis !== 'exact'),
    ({ input }) => nameOf(input),
  );
  const places = new Set<string>();
  const moves = new Set<string>();
  const followed = new Set(result.runs.flatMap((run) => run.followed));
  const transfers = new Map(result.consumed.map((transfer) => [nameOf(transfer), transfer]));
  const mark = ({ from, to, asset }: Move): void => {
    moves.add(`${from} ${to} ${asset}`);
    const reached = reversed ? from : to;
    if (!isFeeSink(reached)) places.add(`${reached} ${asset}`);
  };
  for (const transfer of reversed ? result.consumed.toReversed() : result.consumed) {
    for (const crossing of starts.get(nameOf(transfer)) ?? []) {
      mark(reversed ? transfer : paidOut(crossing, transfer, transfers));
    }
    const payer = reversed ? transfer.to : transfer.from;
    if (followed.has(payer) && places.has(`${payer} ${transfer.asset}`)) mark(transfer);
  }
  return {
    any: starts.size > 0,
    has: (account, asset) => places.has(`${account} ${asset}`),
    hasMove: (from, to, asset) => moves.has(`${from} ${to} ${asset}`),
  };
}

type Move = Pick<Transfer, 'from' | 'to' | 'asset'>;

/** What a crossing pays out; where that is not in the ledger, from the account that took its input. */
function paidOut({ output }: Crossing, input: Transfer, transfers: ReadonlyMap<string, Transfer>): Move {
  if (output.kind === 'unrecorded') return { from: input.to, to: output.account, asset: output.asset };
  return transfers.get(nameOf(output.transfer)) ?? input;
}

function nameOf({ tx, position }: TransferRef): string {
  return `${tx}:${position}`;
}
