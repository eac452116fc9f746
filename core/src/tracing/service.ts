import type { Transfer } from '../ledger/index.ts';
import { compareTransfers } from '../ledger/index.ts';
import type { Account } from '../units/index.ts';
import type { Limits } from './request.ts';

/** Watches one account's transfers for behaviour of a service nobody has labelled. */
export type ServiceCount = { transfers: number; readonly counterparties: Set<Account | number> };

export function hasServiceLimits(limits: Limits): boolean {
  return limits.serviceCounterparties !== null || limits.serviceTransfers !== null;
}

/** @returns true once the account exceeds a limit. Fees and zero amounts are not to be counted. */
export function countService(count: ServiceCount, counterparty: Account | number | null, limits: Limits): boolean {
  count.transfers++;
  if (counterparty !== null) count.counterparties.add(counterparty);
  return (
    (limits.serviceTransfers !== null && count.transfers > limits.serviceTransfers) ||
    (limits.serviceCounterparties !== null && count.counterparties.size > limits.serviceCounterparties)
  );
}

/**
 * The shortest run of an account's transfers, from its first, that exceeds a limit; null: none does.
 * On a UTXO chain the account is whoever can spend outputs, and its counterparties are the transactions that make and spend them.
 * @param transfers - transfers of traced assets, any order.
 */
export function serviceProof(account: Account, transfers: readonly Transfer[], limits: Limits): Transfer[] | null {
  const count: ServiceCount = { transfers: 0, counterparties: new Set() };
  const proof: Transfer[] = [];
  for (const transfer of [...transfers].sort(compareTransfers)) {
    if (transfer.kind === 'fee' || transfer.amount === 0n) continue;
    proof.push(transfer);
    const other = otherSide(transfer, account);
    if (countService(count, other === account ? null : other, limits)) return proof;
  }
  return null;
}

function otherSide({ kind, from, to }: Transfer, account: Account): Account {
  if (kind === 'input') return to;
  if (kind === 'output') return from;
  return from === account ? to : from;
}

/** How many transfers of an account to ask for at first: enough to decide in most cases; null: all. */
export function serviceLookAhead(limits: Limits): number | null {
  if (!hasServiceLimits(limits)) return null;
  return 1000 + 2 * Math.max(limits.serviceTransfers ?? 0, 2 * (limits.serviceCounterparties ?? 0));
}
