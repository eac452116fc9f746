import { isTxAccount } from '../ledger/index.ts';
import { type Account, accountChain, isUtxoChain } from '../units/index.ts';

/** One move between places of a drawing; `from` and `to` start with an account. */
export type Move = { readonly from: string; readonly to: string; readonly value: bigint };

/**
 * Draws payer to payee where a transaction stands between them and it is plain which value went where: those with one
 * traced input, or one traced output. The others keep a place of their own, since no record says which input paid which
 * output.
 */
export function withoutPassages(moves: readonly Move[]): Move[] {
  const into = Map.groupBy(moves, ({ to }) => to);
  const outOf = Map.groupBy(moves, ({ from }) => from);
  const plain = new Set([...into.keys()].filter((place) => isPlain(place, into.get(place), outOf.get(place))));
  return moves.flatMap((move): Move[] => {
    if (plain.has(move.from)) return [];
    if (!plain.has(move.to)) return [move];
    const isOnly = into.get(move.to)?.length === 1;
    const outputs = outOf.get(move.to) ?? [];
    return outputs.map(({ to, value }) => ({ from: move.from, to, value: isOnly ? value : move.value }));
  });
}

function isPlain(place: string, into: readonly Move[] = [], outOf: readonly Move[] = []): boolean {
  const account = place.split(' ')[0] as Account;
  if (!isUtxoChain(accountChain(account)) || !isTxAccount(account)) return false;
  if (into.length === 0 || outOf.length === 0 || (into.length > 1 && outOf.length > 1)) return false;
  const sum = (all: readonly Move[]): bigint => all.reduce((total, { value }) => total + value, 0n);
  return sum(into) === sum(outOf);
}
