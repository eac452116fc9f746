import type { Transfer } from '../../ledger/index.ts';
import type { StopLabel, TraceRequest } from '../request.ts';
import { recogniseCoinjoin, shapeOf } from './coinjoin.ts';

/**
 * Does a transaction's shape stop a trace? It is recognised from its transfers alone, so that anyone can do it again.
 * @param transfers - all of one transaction of a UTXO chain.
 */
export function coinjoinStop(
  transfers: readonly Transfer[],
  lookThrough: TraceRequest['lookThrough'],
): StopLabel | null {
  const [first] = transfers;
  if (first === undefined || lookThrough === 'coinjoins' || lookThrough?.includes(first.tx)) return null;
  const found = recogniseCoinjoin(shapeOf(transfers));
  return found === null
    ? null
    : { reason: 'coinjoin', label: `${found.kind}: ${found.rule}`, source: '', contested: false };
}
