import type { Transfer } from '../../ledger/index.ts';
import { type Account, type Asset, assetChain, zeroAccount } from '../../units/index.ts';
import type { Flows } from './flows.ts';

/**
 * Does what an account gave lead to whoever paid it? Every payee of the given asset must be a payer of the received one or
 * pay on towards one inside the transaction, in whatever asset, and every payer must be led to. Otherwise two payments
 * that have nothing to do with each other would net to a swap. What is burnt or issued passes through its token's contract.
 * @param transfers - all of the transaction.
 */
export function isConnected(
  account: Account,
  { rows, gave, received }: Flows,
  transfers: readonly Transfer[],
): boolean {
  const [given, got] = [gave[0]?.asset, received[0]?.asset];
  const payees = new Set(
    rows.flatMap(({ transfer, given: out }) => (out && transfer.asset === given ? [toOf(transfer)] : [])),
  );
  const payers = new Set(
    rows.flatMap(({ transfer, given: out }) => (!out && transfer.asset === got ? [fromOf(transfer)] : [])),
  );
  const between = transfers.filter(
    ({ from, to, kind, amount }) => from !== account && to !== account && kind !== 'fee' && amount > 0n,
  );
  const onwards = edges(between.map((transfer) => [fromOf(transfer), toOf(transfer)]));
  const backwards = edges(between.map((transfer) => [toOf(transfer), fromOf(transfer)]));
  const [led, leading] = [reach(payees, onwards), reach(payers, backwards)];
  return [...payees].every((payee) => leading.has(payee)) && [...payers].every((payer) => led.has(payer));
}

const fromOf = ({ from, asset }: Transfer): Account => issuerOr(from, asset);
const toOf = ({ to, asset }: Transfer): Account => issuerOr(to, asset);

function issuerOr(account: Account, asset: Asset): Account {
  const chain = assetChain(asset);
  const contract = /:(0x[0-9a-f]{40})/.exec(asset)?.[1];
  return account === zeroAccount(chain) && contract !== undefined ? `${chain}:${contract}` : account;
}

function edges(pairs: readonly (readonly [Account, Account])[]): ReadonlyMap<Account, ReadonlySet<Account>> {
  const found = new Map<Account, Set<Account>>();
  for (const [from, to] of pairs) found.set(from, (found.get(from) ?? new Set()).add(to));
  return found;
}

function reach(start: ReadonlySet<Account>, onwards: ReadonlyMap<Account, ReadonlySet<Account>>): ReadonlySet<Account> {
  const reached = new Set(start);
  for (const account of reached) for (const next of onwards.get(account) ?? []) reached.add(next);
  return reached;
}
