import { CairnError } from '../errors.ts';
import { policyOf } from './policies/index.ts';
import { LotRun, UNTAGGED } from './policies/lots.ts';
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
  const names = [...new Set(inputs.flat().flatMap((lot) => (lot.tag === null ? [] : [lot.tag])))];
  const pool = policyOf(policy).createHolding(false);
  let balance = 0n;
  for (const lot of inputs.flat()) {
    pool.appendLot(lot.tag === null ? UNTAGGED : names.indexOf(lot.tag), lot.amount, lot.origin);
    balance += lot.amount;
  }
  const draw = (amount: bigint): Lot[] => {
    if (amount > balance) throw new CairnError('invalid-input', 'the outputs of a transaction exceed its inputs');
    const run = new LotRun();
    if (amount > 0n) pool.draw(amount, balance, run);
    balance -= amount;
    return Array.from({ length: run.length }, (_, i) => ({
      tag: run.tags[i] === UNTAGGED ? null : (names[run.tags[i] as number] as string),
      amount: run.amounts[i] as bigint,
      origin: run.origins[i] as bigint,
    }));
  };
  const paid = outputs.map(draw);
  return { outputs: paid, fee: draw(balance) };
}
