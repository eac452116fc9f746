import type { Leg } from './leg.ts';
import { explainPair } from './thorchain.ts';

/**
 * Networks that may pay one inbound transaction out in several transactions, and return a part of it; and whose payouts
 * are told by a memo that anyone can write, so that a payout must also pay whom the inbound memo names.
 */
export const OPEN_MEMOS: ReadonlySet<string> = new Set(['thorchain', 'maya']);

/** Legs of one key that are not joined, although there are two sides. */
export type RefusedKey = { readonly key: string; readonly reason: string; readonly legs: readonly Leg[] };

export type Choice = {
  readonly chosen: readonly Leg[];
  readonly basis: 'exact' | 'inferred';
  readonly refused: readonly RefusedKey[];
};

/** Which payouts of a key are the other side of an inbound leg: one, or with THORChain and Maya several. */
export function choosePayouts(key: string, input: Leg, outs: readonly Leg[]): Choice {
  const objections = outs.map((leg) => ({ leg, reason: objectionTo(input, leg) }));
  const refused = objections.flatMap(({ leg, reason }) => (reason === null ? [] : [{ key, reason, legs: [leg] }]));
  const left = objections.flatMap(({ leg, reason }) => (reason === null ? [leg] : []));
  if (!OPEN_MEMOS.has(input.protocol)) {
    if (left.length <= 1) return { chosen: left, basis: 'exact', refused };
    const reason = `${left.length} payouts have this key, and the protocol pays once: a replayed or mistaken record.`;
    return { chosen: [], basis: 'exact', refused: [...refused, { key, reason, legs: [input, ...left] }] };
  }
  const sure = left.filter((leg) => explainPair(input, leg).paysAsNamed === true);
  if (sure.length === 0) return { chosen: left, basis: 'inferred', refused };
  const strangers = left
    .filter((leg) => !sure.includes(leg))
    .map((leg) => ({ key, reason: `${STRANGER} ${explainPair(input, leg).reason}`, legs: [leg] }));
  return { chosen: sure, basis: 'exact', refused: [...refused, ...strangers] };
}

const STRANGER = 'Another payout of this key pays the account that the inbound memo names; this one does not.';

/** What stands against a payout as the other side of an inbound leg of the same key; null: nothing. */
function objectionTo(input: Leg, out: Leg): string | null {
  if (out.kind === 'refund') {
    if (isCarrier(input) || REFUNDED.has(input.kind)) return null;
    return `The inbound leg is of the kind '${input.kind}': it brought nothing that could be returned.`;
  }
  if (!isCarrier(input)) {
    return `The inbound leg is of the kind '${input.kind}': what is paid out for it is not what it brought in.`;
  }
  if (!isCarrier(out)) {
    return [`The payout ${out.tx} is of the kind '${out.kind}', not a payment for what came in.`, ...out.notes].join(
      ' ',
    );
  }
  const stated = input.destination?.chain ?? null;
  if (stated === null || !stated.includes(':') || stated === out.chain) return null;
  return `The inbound leg names chain ${stated}, and the payout is on ${out.chain}.`;
}

function isCarrier({ kind }: Leg): boolean {
  return kind === 'swap' || kind === 'transfer';
}

/** What a network sends back where it does not do what was asked. */
const REFUNDED: ReadonlySet<Leg['kind']> = new Set(['other', 'liquidity', 'loan']);
