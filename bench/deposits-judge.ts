import {
  type DepositBounds,
  explainDepositCandidates,
  findDepositCandidates,
  type UndecidedReason,
  VICTOR_BOUNDS,
} from '../core/src/clustering/index.ts';
import { createMemoryLedger } from '../core/src/ledger/stores/memory.ts';
import type { Account } from '../core/src/units/index.ts';
import type { DepositWorld } from './deposits-ledger.ts';

export type Judged =
  | { readonly confidence: number; readonly reason: null }
  | { readonly confidence: null; readonly reason: UndecidedReason | 'no-candidate' };

/** What the heuristic says of every account whose truth is known; `no-candidate`: it paid no labelled account, so it was not asked about. */
export async function judgeWorld(
  { transfers, labelled, truth }: DepositWorld,
  bounds: DepositBounds = VICTOR_BOUNDS,
): Promise<Map<Account, Judged>> {
  const reader = createMemoryLedger([...transfers], []);
  const serviceOf = (account: Account) => {
    const name = labelled.get(account);
    return name === undefined ? null : { name, source: 'made up' };
  };
  const candidates = await findDepositCandidates(reader, [...labelled.keys()], { serviceOf });
  const judged = new Map<Account, Judged>(
    [...truth.keys()].map((account) => [account, { confidence: null, reason: 'no-candidate' }]),
  );
  for (const finding of await explainDepositCandidates(reader, candidates, { serviceOf, bounds })) {
    if (finding.kind === 'deposit')
      judged.set(finding.deposit.account, { confidence: finding.deposit.confidence, reason: null });
    else if (truth.has(finding.account)) judged.set(finding.account, { confidence: null, reason: finding.reason });
  }
  return judged;
}
