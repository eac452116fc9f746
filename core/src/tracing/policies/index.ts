import { CairnError } from '../../errors.ts';
import { fifo } from './fifo.ts';
import { lifo } from './lifo.ts';
import type { Policy } from './lots.ts';
import { poison } from './poison.ts';
import { proRata } from './pro-rata.ts';
import { taggedFirst } from './tagged-first.ts';
import { untaggedFirst } from './untagged-first.ts';

const POLICIES: ReadonlyMap<string, Policy> = new Map(
  [fifo, lifo, proRata, taggedFirst, untaggedFirst, poison].map((policy) => [policy.id, policy]),
);

/** @throws {CairnError} `invalid-input`: no such policy. */
export function policyOf(id: string): Policy {
  const policy = POLICIES.get(id);
  if (policy === undefined) {
    throw new CairnError('invalid-input', `unknown policy ${id}`, {
      hints: [`known: ${[...POLICIES.keys()].join(', ')}`],
    });
  }
  return policy;
}
