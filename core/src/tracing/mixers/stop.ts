import type { Transfer } from '../../ledger/index.ts';
import type { StopLabel, TraceRequest } from '../request.ts';
import { recogniseCoinjoin, shapeOf } from './coinjoin.ts';

/** A CoinJoin on a trace's way, and whether the trace was told to look through it. */
export type MetCoinjoin = { readonly label: StopLabel; readonly isLookedThrough: boolean };

/**
 * Has a transaction the shape of a CoinJoin? It is recognised from its transfers alone, so that anyone can do it again. Null: no.
 * @param transfers - all of one transaction of a UTXO chain.
 */
export function coinjoinAt(
  transfers: readonly Transfer[],
  lookThrough: TraceRequest['lookThrough'],
): MetCoinjoin | null {
  const [first] = transfers;
  const found = first === undefined ? null : recogniseCoinjoin(shapeOf(transfers));
  if (first === undefined || found === null) return null;
  return {
    label: { reason: 'coinjoin', label: `${found.kind}: ${found.rule}`, source: '', contested: false },
    isLookedThrough: lookThrough === 'coinjoins' || lookThrough?.includes(first.tx) === true,
  };
}
