import { isCoinbase, type ScriptKind, type Transfer } from '../../ledger/index.ts';
import { type Account, formatDecimal } from '../../units/index.ts';

/** An output spent or made: what a transaction's transfers say of it. */
export type ShapeCoin = {
  /** Base units; null: the amount of the output spent is not known. */
  readonly amount: bigint | null;
  /** Null: not known, or nobody (OP_RETURN). */
  readonly owner: Account | null;
  readonly script: ScriptKind;
};

/** What CoinJoin rules look at: amounts, owners and script kinds in the transaction's own order. New coins are no input. */
export type CoinjoinShape = {
  readonly inputs: readonly ShapeCoin[];
  readonly outputs: readonly (ShapeCoin & { readonly amount: bigint })[];
};

/**
 * The shape of a UTXO transaction, from its transfers alone, so that whoever has the transfers can do it again.
 * @param transfers - all of one transaction, in any order; rows that are neither inputs nor outputs are left out.
 */
export function shapeOf(transfers: readonly Transfer[]): CoinjoinShape {
  const rows = [...transfers].sort((a, b) => a.position - b.position);
  const coin = ({ amount, lock }: Transfer) =>
    ({ amount, owner: lock?.owner ?? null, script: lock?.script ?? 'unknown' }) as const;
  return {
    inputs: rows
      .filter(({ kind, from }) => kind === 'input' && !isCoinbase(from))
      .map((row) => (row.unresolved ? { ...coin(row), amount: null } : coin(row))),
    outputs: rows.filter(({ kind }) => kind === 'output').map(coin),
  };
}

/** The amount that most outputs share and how many do; of equals the greater amount. Null: no outputs but OP_RETURN. */
export function mostCommonOutput({
  outputs,
}: CoinjoinShape): { readonly amount: bigint; readonly count: number } | null {
  let most: { amount: bigint; count: number } | null = null;
  for (const [amount, count] of countAmounts(outputs)) {
    if (most === null || count > most.count || (count === most.count && amount > most.amount)) most = { amount, count };
  }
  return most;
}

/** How many outputs have each amount, OP_RETURN left out. */
export function countAmounts(outputs: CoinjoinShape['outputs']): Map<bigint, number> {
  const counts = new Map<bigint, number>();
  for (const { amount, script } of outputs) {
    if (script !== 'op-return') counts.set(amount, (counts.get(amount) ?? 0) + 1);
  }
  return counts;
}

/** The greatest number of different owners there can be: a coin of unknown owner may belong to one more. */
export function distinctOwners(coins: readonly ShapeCoin[]): number {
  const known = new Set(coins.flatMap(({ owner }) => (owner === null ? [] : [owner])));
  return known.size + coins.filter(({ owner }) => owner === null).length;
}

/** Is every script of one of these kinds, as far as it is known? */
export function onlyScripts(coins: readonly ShapeCoin[], kinds: readonly ScriptKind[]): boolean {
  return coins.every(({ script }) => script === 'unknown' || kinds.includes(script));
}

/** Do the known amounts never rise from one coin to the next? */
export function isDescending(coins: readonly ShapeCoin[]): boolean {
  const known = knownAmounts(coins);
  return known.every((amount, i) => i === 0 || amount <= (known[i - 1] as bigint));
}

export function knownAmounts(coins: readonly ShapeCoin[]): bigint[] {
  return coins.flatMap(({ amount }) => (amount === null ? [] : [amount]));
}

/** What a rule had to do without, as the end of its sentence; '' where every input is known. */
export function unknownNote({ inputs }: CoinjoinShape): string {
  const unknown = inputs.filter(({ amount }) => amount === null).length;
  if (unknown === 0) return '';
  return unknown === inputs.length
    ? '; the inputs’ amounts and owners are not known'
    : `; of ${unknown} of ${inputs.length} inputs the amount is not known`;
}

/** Satoshis as people read them: `0.05 BTC`. */
export function btc(satoshis: bigint): string {
  return `${formatDecimal(satoshis, 8)} BTC`;
}
