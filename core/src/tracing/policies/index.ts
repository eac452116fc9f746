import { CairnError } from '../../errors.ts';
import { fifo } from './fifo.ts';
import { highestOut } from './highest-out.ts';
import { lifo } from './lifo.ts';
import type { Policy } from './lots.ts';
import { poison } from './poison.ts';
import { proRata } from './pro-rata.ts';
import { taggedFirst } from './tagged-first.ts';
import { untaggedFirst } from './untagged-first.ts';

const GENERAL: ReadonlyMap<string, Policy> = new Map(
  [fifo, lifo, proRata, taggedFirst, untaggedFirst, poison].map((policy) => [policy.id, policy]),
);

/** What a policy's id means on each kind of chain. */
export type PolicyPair = {
  /** Null: the id names no rule for account chains. */
  readonly account: Policy | null;
  readonly utxo: Policy;
};

/** @throws {CairnError} `invalid-input`: no such policy. */
export function policyOf(id: string): PolicyPair {
  const general = GENERAL.get(id);
  if (general !== undefined) return { account: general, utxo: general };
  if (id === highestOut.id) return { account: null, utxo: highestOut };
  const companion = id.startsWith(`${highestOut.id}+`) ? GENERAL.get(id.slice(highestOut.id.length + 1)) : undefined;
  if (companion !== undefined && companion !== poison) return { account: companion, utxo: highestOut };
  throw new CairnError('invalid-input', `unknown policy ${id}`, {
    hints: [
      `known: ${[...GENERAL.keys()].join(', ')}; for UTXO chains also ${highestOut.id}, with a companion for account chains ${highestOut.id}+fifo/1`,
    ],
  });
}

/** Does a rule fill outputs by their size, not by their place? */
export function isRanked(policy: Policy): boolean {
  return policy === highestOut;
}
