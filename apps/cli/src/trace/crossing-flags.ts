import { CairnError } from '@cairn/core/errors';
import type { Crossing, TraceRequest } from '@cairn/core/tracing';
import type { TraceFlags } from './request.ts';

/** CoinJoins that are not to stop the trace: `all`, or those named. @throws invalid-input */
export function lookThrough({ lookThrough: named = [] }: TraceFlags): Pick<TraceRequest, 'lookThrough'> {
  if (named.length === 0) return {};
  if (named.includes('all')) return { lookThrough: 'coinjoins' };
  return {
    lookThrough: named.map((text) => {
      const tx = /^(?:btc:)?([0-9a-fA-F]{64})$/.exec(text.trim())?.[1];
      if (tx !== undefined) return tx.toLowerCase();
      throw new CairnError(
        'invalid-input',
        `--look-through takes a transaction id of 64 hex digits, or all, not ${text}`,
      );
    }),
  };
}

/**
 * Crossings inferred from amount and time prove nothing: they are followed only when asked.
 * @throws invalid-input
 */
export function refuseInferred(crossings: readonly Crossing[], flags: Pick<TraceFlags, 'followInferred'>): void {
  const inferred = crossings.filter(({ basis }) => basis === 'inferred');
  const [first] = inferred;
  if (first === undefined || flags.followInferred) return;
  const what = inferred.length === 1 ? `the crossing ${first.id} is` : `${inferred.length} crossings are`;
  throw new CairnError('invalid-input', `${what} inferred from amount and time, which proves nothing`, {
    hints: ['--follow-inferred follows them, and marks every figure that rests on them'],
  });
}
