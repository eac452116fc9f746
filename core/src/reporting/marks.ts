import { isFeeSink } from '../ledger/index.ts';
import type { TraceResult } from '../tracing/index.ts';
import type { Account, Asset } from '../units/index.ts';

/** Set beside a figure that rests, or may rest in part, on a declared crossing. */
export const DECLARED_MARK = '†';

/** Does the figure of this account and asset rest, or may it in part, on a crossing that somebody declared? */
export type Marks = {
  readonly any: boolean;
  readonly has: (account: Account, asset: Asset) => boolean;
};

/**
 * Follows what declared or inferred crossings pay out through the transfers consumed, in ledger order (against it where
 * the source of funds is asked): whatever leaves a followed account after value of a crossing may have reached it may
 * rest on that crossing, whichever tag it carries. Errs towards marking too much, never too little.
 */
export function createMarks(result: TraceResult): Marks {
  const reversed = result.parameters.direction === 'source-of-funds';
  const assumed = result.crossings.filter(({ basis }) => basis !== 'exact');
  const marked = new Set<string>();
  const key = (account: Account, asset: Asset): string => `${account} ${asset}`;
  if (assumed.length === 0) return { any: false, has: () => false };
  const byRef = new Map(result.consumed.map((transfer) => [`${transfer.tx}:${transfer.position}`, transfer]));
  const starts = Map.groupBy(assumed, ({ input }) => `${input.tx}:${input.position}`);
  const followed = new Set(result.runs.flatMap((run) => run.followed));
  for (const transfer of reversed ? result.consumed.toReversed() : result.consumed) {
    for (const { output, input } of starts.get(`${transfer.tx}:${transfer.position}`) ?? []) {
      if (reversed) marked.add(key(transfer.from, transfer.asset));
      else if (output.kind === 'unrecorded') marked.add(key(output.account, output.asset));
      else {
        const paid = byRef.get(`${output.transfer.tx}:${output.transfer.position}`);
        // The paying-out transfer is consumed whenever its crossing is; should it be missing, its input is marked.
        marked.add(paid === undefined ? `${input.tx}` : key(paid.to, paid.asset));
      }
    }
    const [payer, payee] = reversed ? [transfer.to, transfer.from] : [transfer.from, transfer.to];
    if (followed.has(payer) && marked.has(key(payer, transfer.asset)) && !isFeeSink(payee)) {
      marked.add(key(payee, transfer.asset));
    }
  }
  return { any: true, has: (account, asset) => marked.has(key(account, asset)) };
}
