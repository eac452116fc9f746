import { explainDepositCandidates } from '@cairn/core/clustering';
import type { LabelIndex } from '@cairn/core/labels';
import type { LedgerReader } from '@cairn/core/ledger';
import { type DepositNamed, type Movement, type MovementRecord, movementRecord } from '@cairn/core/screening';
import { type Account, formatAccount } from '@cairn/core/units';
import { depositOptions, namesDeposit } from '../screen/ledger-questions.ts';
import { type AssetBook, showAmount } from '../trace/assets.ts';

/** Movements as they go into the journal, each with whom to name in a request to freeze, and in words. */
export async function describeMovements(
  movements: readonly Movement[],
  ledger: LedgerReader,
  labels: LabelIndex,
  book: AssetBook,
): Promise<{ readonly records: MovementRecord[]; readonly changes: string[] }> {
  const deposits = await depositsOf(movements, ledger, labels);
  const records = movements.map((moved) => movementRecord(moved, deposits.get(moved) ?? null));
  const changes = movements.map((moved) => showMovement(moved, deposits.get(moved) ?? null, book));
  return { records, changes };
}

/** A service that holds value for others: it alone knows whose. */
const HOLDS_FOR_OTHERS: ReadonlySet<string> = new Set(['label:exchange', 'label:custodian', 'label:payment-processor']);

/**
 * A service knows the customer by the account it gave them. That is the account paid into, where the label names a single one; or the
 * payer, where it behaves like a deposit account; else the payer and the transaction are all there is to name.
 */
async function depositsOf(
  movements: readonly Movement[],
  ledger: LedgerReader,
  labels: LabelIndex,
): Promise<ReadonlyMap<Movement, DepositNamed>> {
  const arrived = movements.filter(({ reached }) => HOLDS_FOR_OTHERS.has(reached?.reason ?? ''));
  const named = new Map<Movement, DepositNamed>();
  if (arrived.length === 0) return named;
  const payers = [...new Set(arrived.map(({ from }) => from))];
  const findings = await explainDepositCandidates(ledger, payers, depositOptions(labels));
  const recognised = new Set(findings.flatMap((one) => (one.kind === 'deposit' ? [one.deposit.account] : [])));
  for (const moved of arrived) {
    const service = moved.reached?.label ?? '';
    const isOwn = labels.of(moved.to).some(namesDeposit);
    const basis = isOwn ? 'paid-into' : recognised.has(moved.from) ? 'recognised' : 'payer';
    named.set(moved, { account: isOwn ? moved.to : moved.from, basis, service });
  }
  return named;
}

function showMovement(moved: Movement, deposit: DepositNamed | null, book: AssetBook): string {
  const { from, to, asset, amount, gross, transactions, reached, stood } = moved;
  const tagged = amount === null ? 'value' : showAmount(amount, asset, book);
  const isPart = amount !== null && gross !== null && gross !== amount;
  const much = isPart ? `${tagged} of ${showAmount(gross, asset, book)} that moved` : tagged;
  const whither =
    reached === null
      ? formatAccount(to)
      : `${formatAccount(to)} (${reached.reason.replace(/^label:/, '')}${reached.label ? `: ${reached.label}` : ''})`;
  const how = stood ? `${much} left ${formatAccount(from)} for` : `${much} went on from ${formatAccount(from)} to`;
  return `${how} ${whither}, in ${transactions.join(', ')}${deposit === null ? '' : `; ${showDeposit(deposit)}`}`;
}

function showDeposit({ account, basis, service }: DepositNamed): string {
  const who = formatAccount(account as Account);
  if (basis === 'paid-into') return `to name to ${service}: the deposit account ${who}`;
  if (basis === 'recognised') return `to name to ${service}: ${who}, which behaves like a deposit account of theirs`;
  return `to name to ${service}: the payer ${who} with the transaction; it is not known to be a deposit account`;
}
