import { CairnError } from '../errors.ts';
import { AmountSpace } from '../ledger/index.ts';
import { policyOf } from './policies/index.ts';
import { LotRun, LotStore, UNTAGGED } from './policies/lots.ts';
import type { PolicyId } from './request.ts';

/** A run of value: `tag` null for untagged, `origin` in base units of the asset that was stolen. */
export type Lot = { readonly tag: string | null; readonly amount: bigint; readonly origin: bigint };

/**
 * Which lots each output of a transaction gets that consumes its inputs whole, and which the fee: the account chains' lot
 * arithmetic, applied to one line of pooled inputs. Outputs are paid in index order, the fee last.
 * @param inputs - each input's lots, in input order.
 * @param outputs - amounts in index order; what they leave over of the inputs is the fee.
 * @throws {CairnError} `invalid-input`: the outputs exceed the inputs.
 */
export function spendTransaction(
  policy: PolicyId,
  inputs: readonly (readonly Lot[])[],
  outputs: readonly bigint[],
): { readonly outputs: readonly (readonly Lot[])[]; readonly fee: readonly Lot[] } {
  const lots = inputs.flat();
  const names = [...new Set(lots.flatMap((lot) => (lot.tag === null ? [] : [lot.tag])))];
  const space = new AmountSpace();
  for (const { amount, origin } of lots) for (const sum of [amount, origin]) space.reserve(sum);
  const rule = policyOf(policy);
  const pool = new LotStore(space, true);
  pool.fit(1);
  pool.open(0);
  const run = new LotRun(space, true);
  for (const { tag, amount, origin } of lots) {
    run.clear();
    run.push(tag === null ? UNTAGGED : names.indexOf(tag), amount, origin);
    rule.append(pool, 0, run, 0);
  }
  const balance = space.column(1);
  balance.set(
    0,
    lots.reduce((sum, lot) => sum + lot.amount, 0n),
  );
  const wanted = space.column(1);
  const draw = (amount: bigint): Lot[] => {
    if (amount > balance.get(0))
      throw new CairnError('invalid-input', 'the outputs of a transaction exceed its inputs');
    run.clear();
    wanted.set(0, amount);
    if (amount > 0n) rule.draw(pool, 0, wanted, 0, balance, run);
    balance.subtract(0, wanted, 0);
    return Array.from({ length: run.length }, (_, i) => ({
      tag: run.tags[i] === UNTAGGED ? null : (names[run.tags[i] as number] as string),
      amount: run.amounts.get(i),
      origin: run.origins.get(i),
    }));
  };
  const paid = outputs.map(draw);
  return { outputs: paid, fee: draw(balance.get(0)) };
}
