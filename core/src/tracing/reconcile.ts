import { CairnError } from '../errors.ts';
import type { Run, TagResult } from './result.ts';

/** What a tag's figures add up to, in origin units; `difference` is zero in every result the engine returns. */
export type Reconciliation = {
  readonly stolen: bigint;
  readonly held: bigint;
  readonly lastSeen: bigint;
  readonly terminals: bigint;
  readonly fees: bigint;
  readonly difference: bigint;
};

/** stolen = held + last-seen + Σ terminals + fees; null under poison, which has no amounts. */
export function reconcile(tag: TagResult): Reconciliation | null {
  if (tag.stolen === null) return null;
  const held = tag.held ?? 0n;
  const lastSeen = tag.lastSeen ?? 0n;
  const fees = tag.fees ?? 0n;
  const terminals = tag.terminals.reduce((sum, terminal) => sum + (terminal.origin ?? 0n), 0n);
  return {
    stolen: tag.stolen,
    held,
    lastSeen,
    terminals,
    fees,
    difference: tag.stolen - held - lastSeen - terminals - fees,
  };
}

/** @throws {CairnError} `defect`: a run does not reconcile to the base unit. */
export function assertReconciled(run: Run): void {
  for (const tag of run.tags) {
    const sums = reconcile(tag);
    if (sums !== null && sums.difference !== 0n) {
      throw new CairnError(
        'defect',
        `${run.policy} ${tag.tag} does not reconcile: off by ${sums.difference} base units`,
      );
    }
  }
}
