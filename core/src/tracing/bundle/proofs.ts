import {
  lockOf,
  type TransactionEvidence,
  type Transfer,
  transactionId,
  transfersOf,
  transfersOfEvidence,
} from '../../ledger/index.ts';
import { type Account, type Asset, BITCOIN, type Chain } from '../../units/index.ts';
import { matchLegs } from '../crossings/match.ts';
import { swapsOf } from '../crossings/netting.ts';
import { decodeLegs } from '../crossings/protocols.ts';
import { wrapCrossing, wrapsOf } from '../crossings/wraps.ts';
import type { Crossing } from '../request.ts';
import type { BundleContent, Problem } from './model.ts';
import { problem } from './open.ts';

/**
 * Does every exact crossing follow from the records it names? Each is decoded again from the bundle's evidence; input
 * and output are compared by what moved, since a ledger may number transfers in another way than the record does.
 */
export function proofProblems({ result, evidence }: Pick<BundleContent, 'result' | 'evidence'>): Problem[] {
  const exact = result.crossings.filter(({ basis }) => basis === 'exact');
  if (exact.length === 0) return [];
  const records = new Map(evidence.map((record) => [nameOf(record), record]));
  const movedOf = new Map(evidence.map((record) => [nameOf(record), transfersIn(record)]));
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
  return [...evidence.flatMap(identityProblems), ...crossings];
}

/**
 * Is a Bitcoin transaction the one its id names, and can those spend its outputs whom it says? Records of sources that
 * leave out scripts cannot be checked by themselves, nor can the addresses of networks whose rules are not known here.
 */
function identityProblems(record: TransactionEvidence): Problem[] {
  if (record.kind !== 'utxo') return [];
  const id = transactionId(record);
  if (id !== null && id !== record.tx) {
    const message = 'the record is not of this transaction: what it says has another id';
    return [{ ...problem('evidence.json', record.tx, message), stated: record.tx, found: id }];
  }
  return record.outputs.flatMap(({ lock, script }, index): Problem[] => {
    const shown = script === null || record.chain !== BITCOIN ? lock : lockOf(record.chain, script);
    if (shown.owner === lock.owner && shown.script === lock.script) return [];
    const message = 'the output is not locked as the record says';
    const [stated, found] = [lock, shown].map(({ owner, script: kind }) => `${kind} of ${owner}`) as [string, string];
    return [{ ...problem('evidence.json', `${record.tx}:${index}`, message), stated, found }];
  });
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

function transfersIn(record: TransactionEvidence): Transfer[] {
  return record.kind === 'evm' ? transfersOfEvidence(record) : transfersOf(record);
}

type Moved = { readonly from: Account; readonly to: Account; readonly asset: Asset; readonly amount: bigint };

function index(transfers: readonly Transfer[]): ReadonlyMap<string, Moved> {
  return new Map(transfers.map((transfer) => [`${transfer.tx}:${transfer.position}`, transfer]));
}

/** What a crossing takes and pays, and the key that joins them, as text. */
function describe({ basis, input, part, output, proof }: Crossing, transfers: ReadonlyMap<string, Moved>): string {
  const at = (ref: { readonly tx: string; readonly position: number }): Moved | undefined =>
    transfers.get(`${ref.tx}:${ref.position}`);
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

const nameOf = ({ chain, tx }: { readonly chain: Chain; readonly tx: string }): string => `${chain} ${tx}`;
