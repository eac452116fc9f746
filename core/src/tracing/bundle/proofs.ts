import { type TransactionEvidence, type Transfer, transfersOf, transfersOfEvidence } from '../../ledger/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import { transactionName as nameOf, refName } from '../compile.ts';
import { matchLegs } from '../crossings/match.ts';
import { swapsOf } from '../crossings/netting.ts';
import { decodeLegs } from '../crossings/protocols.ts';
import { wrapCrossing, wrapsOf } from '../crossings/wraps.ts';
import type { Crossing } from '../request.ts';
import type { BundleContent, Problem } from './model.ts';
import { problem } from './open.ts';
import { recordProblems } from './records.ts';

/**
 * Does every exact crossing follow from the records it names? Each is decoded again from the bundle's evidence; input
 * and output are compared by what moved, since a ledger may number transfers in another way than the record does.
 */
export function proofProblems({ result, evidence }: Pick<BundleContent, 'result' | 'evidence'>): Problem[] {
  const exact = result.crossings.filter(({ basis }) => basis === 'exact');
  const records = new Map(evidence.map((record) => [nameOf(record), record]));
  const placed = new Map(result.consumed.map((transfer) => [nameOf(transfer), transfer]));
  const movedOf = new Map(
    evidence.map((record) => [nameOf(record), transfersIn(record, placed.get(nameOf(record)) ?? null)]),
  );
  const derived = new Map(derive(evidence, movedOf).map((crossing) => [crossing.id, crossing]));
  const stated = index(result.consumed);
  const shown = index([...movedOf.values()].flat());
  const crossings = exact.flatMap((crossing): Problem[] => {
    const wrong = (message: string): Problem[] => [problem('crossings.json', crossing.id, message)];
    if (crossing.proof === undefined) return wrong('is said to be exact and names no record that proves it');
    const missing = crossing.proof.transactions.find((named) => !records.has(nameOf(named)));
    if (missing !== undefined) return wrong(`evidence.json has no record of ${missing.tx}, which is to prove it`);
    const again = derived.get(crossing.id);
    if (again === undefined) return wrong('does not follow from the records it names');
    const [one, two] = [describe(crossing, stated), describe(again, shown)];
    return one === two ? [] : [{ ...(wrong('is not what its records show')[0] as Problem), stated: one, found: two }];
  });
  return [...recordProblems(evidence, exact, result.consumed), ...crossings];
}

function derive(evidence: readonly TransactionEvidence[], moved: ReadonlyMap<string, readonly Transfer[]>): Crossing[] {
  const legs = evidence.flatMap(decodeLegs);
  const matched = matchLegs(
    legs.filter(({ side }) => side === 'in'),
    legs.filter(({ side }) => side === 'out'),
    (chain, tx) => moved.get(nameOf({ chain, tx })) ?? [],
  );
  const inside = evidence.flatMap((record) => {
    if (record.kind !== 'evm') return [];
    const transfers = moved.get(nameOf(record)) ?? [];
    const wraps = wrapsOf(transfers, record).flatMap((wrap) => wrapCrossing(wrap) ?? []);
    return [...swapsOf(transfers, record).flatMap(({ crossings }) => crossings), ...wraps];
  });
  return [...matched.crossings, ...inside];
}

/** What a record shows to have moved. A receipt may lack block and time, which the trace's transfers then have. */
function transfersIn(record: TransactionEvidence, place: Transfer | null): Transfer[] {
  const blockNumber = record.blockNumber ?? place?.blockNumber ?? null;
  const blockTime = place?.blockTime ?? record.blockTime;
  if (blockNumber === null || blockTime === null) return [];
  return record.kind === 'evm'
    ? transfersOfEvidence({ ...record, blockNumber, blockTime })
    : transfersOf({ ...record, blockTime });
}

type Moved = { readonly from: Account; readonly to: Account; readonly asset: Asset; readonly amount: bigint };

function index(transfers: readonly Transfer[]): ReadonlyMap<string, Moved> {
  return new Map(transfers.map((transfer) => [refName(transfer), transfer]));
}

/** What a crossing takes and pays, and the key that joins them, as text. */
function describe({ basis, input, part, output, proof }: Crossing, transfers: ReadonlyMap<string, Moved>): string {
  const at = (ref: { readonly tx: string; readonly position: number }): Moved | undefined =>
    transfers.get(refName(ref));
  const taken = at(input);
  const paid = output.kind === 'unrecorded' ? { ...output, to: output.account } : at(output.transfer);
  const paidAmount = output.kind === 'transfer' ? (output.part ?? paid?.amount) : output.amount;
  return [
    basis,
    `${part ?? taken?.amount} of ${taken?.asset} from ${taken?.from} to ${taken?.to}`,
    `${paidAmount} of ${paid?.asset} to ${paid?.to}`,
    `by ${proof?.protocol} ${proof?.key ?? ''}`,
  ].join('; ');
}
