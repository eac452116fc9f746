import type { Transfer } from '../../ledger/index.ts';
import { type Chain, compareText } from '../../units/index.ts';
import type { Crossing } from '../request.ts';
import { choosePayouts, type RefusedKey } from './choose-payouts.ts';
import { divide, type Payout, payoutOf } from './divide.ts';
import { type Leg, legKey } from './leg.ts';
import { locate } from './locate.ts';

/** A leg that is one side only, or whose transfer is not found. */
export type UnmatchedLeg = { readonly leg: Leg; readonly reason: string };

export type Matching = {
  /** Basis `exact`. Sorted by id. */
  readonly crossings: readonly Crossing[];
  /** Basis `inferred`: the key agrees, but anyone could have written it, and nothing else bears it out. Sorted by id. */
  readonly doubtful: readonly Crossing[];
  readonly unmatched: readonly UnmatchedLeg[];
  /** Sorted by key. */
  readonly refused: readonly RefusedKey[];
};

/**
 * Joins legs by protocol and key, opposite sides. Amounts and times are not compared: the key is the proof. Rules and
 * their reasons: `docs/methods/crossings.md`.
 * @param transfersOf - the ledger's transfers of a transaction, all, in ledger order; none where it has none.
 */
export function matchLegs(
  ins: readonly Leg[],
  outs: readonly Leg[],
  transfersOf: (chain: Chain, tx: string) => readonly Transfer[],
): Matching {
  const groups = new Map<string, { ins: Leg[]; outs: Leg[] }>();
  const unmatched: UnmatchedLeg[] = [];
  for (const leg of distinct([...ins, ...outs])) {
    const key = legKey(leg);
    if (key === null) {
      unmatched.push({ leg, reason: 'The chain gives no key, so the leg proves no link.' });
      continue;
    }
    const group = groups.get(key) ?? { ins: [], outs: [] };
    (leg.side === 'in' ? group.ins : group.outs).push(leg);
    groups.set(key, group);
  }
  const crossings: Crossing[] = [];
  const refused: RefusedKey[] = [];
  const used = new Set<string>();
  for (const [key, group] of [...groups].sort(([a], [b]) => compareText(a, b))) {
    const joined = joinGroup(key, group, transfersOf);
    unmatched.push(...joined.unmatched);
    refused.push(...joined.refused);
    const refs = new Set(joined.crossings.flatMap(transfersIn));
    const taken = [...refs].find((ref) => used.has(ref));
    if (taken === undefined) {
      for (const ref of refs) used.add(ref);
      crossings.push(...joined.crossings);
    } else {
      const reason = `Transfer ${taken.slice(taken.indexOf(' ') + 1)} carries a leg of another key already.`;
      refused.push({ key, reason, legs: [...group.ins, ...group.outs] });
    }
  }
  crossings.sort((a, b) => compareText(a.id, b.id));
  return {
    crossings: crossings.filter(({ basis }) => basis === 'exact'),
    doubtful: crossings.filter(({ basis }) => basis === 'inferred'),
    unmatched,
    refused,
  };
}

type Joined = {
  readonly crossings: readonly Crossing[];
  readonly unmatched: readonly UnmatchedLeg[];
  readonly refused: readonly RefusedKey[];
};

type Group = { readonly ins: readonly Leg[]; readonly outs: readonly Leg[] };
type TransfersOf = (chain: Chain, tx: string) => readonly Transfer[];

function joinGroup(key: string, { ins, outs }: Group, transfersOf: TransfersOf): Joined {
  const [input] = ins;
  if (input === undefined) return oneSided(outs, 'No inbound transaction of this key is on record.');
  if (outs.length === 0) return oneSided(ins, 'No payout of this key is on record.');
  if (ins.length > 1) {
    const reason = `${ins.length} inbound legs have this key, so which of them was paid out is not told.`;
    return { ...NOTHING, refused: [{ key, reason, legs: [...ins, ...outs] }] };
  }
  const { chosen, basis, refused: against } = choosePayouts(key, input, outs);
  const refused = [...against];
  if (chosen.length === 0) return { ...NOTHING, refused };
  const carrier = locate(input, transfersOf(input.chain, input.tx));
  if (carrier.kind !== 'found') return { ...oneSided([input], carrier.reason), refused };
  const found = chosen.map((leg) => ({ leg, located: locate(leg, transfersOf(leg.chain, leg.tx)) }));
  const early = found.filter(({ located }) => located.kind === 'found' && isBefore(located.transfer, carrier.transfer));
  refused.push(...early.map(({ leg }) => ({ key, reason: TOO_EARLY, legs: [leg] })));
  const left = found.filter((each) => !early.includes(each));
  if (left.length === 0) return { ...NOTHING, refused };
  const payouts = left.map(({ leg, located }) => payoutOf(leg, located));
  const objection = payouts.find((payout) => typeof payout === 'string');
  const divided =
    objection ?? divide({ key, input, basis, carrier: carrier.transfer, payouts: payouts as readonly Payout[] });
  if (typeof divided === 'string') {
    refused.push({ key, reason: divided, legs: [input, ...left.map(({ leg }) => leg)] });
    return { ...NOTHING, refused };
  }
  return { ...NOTHING, crossings: divided, refused };
}

/** Blocks' times may run ahead of or behind the clock: Bitcoin's by two hours. */
const CLOCKS_DIFFER = 7_200;

const TOO_EARLY = 'It was paid before the value came in.';

function isBefore(payout: Transfer, carrier: Transfer): boolean {
  return payout.blockTime + CLOCKS_DIFFER < carrier.blockTime;
}

const NOTHING: Joined = { crossings: [], unmatched: [], refused: [] };

function oneSided(legs: readonly Leg[], reason: string): Joined {
  return { ...NOTHING, unmatched: legs.map((leg) => ({ leg, reason })) };
}

/** The transfers a key's crossings use, by the side they are used on: an output may be another crossing's input. */
function transfersIn({ input, output }: Crossing): string[] {
  const refs = [`in ${input.tx}:${input.position}`];
  return output.kind === 'transfer' ? [...refs, `ou ${output.transfer.tx}:${output.transfer.position}`] : refs;
}

/** A leg that is given twice counts once. */
function distinct(legs: readonly Leg[]): Leg[] {
  const seen = new Set<string>();
  return legs.filter(({ protocol, side, key, chain, tx, place, account, asset, amount }) => {
    const name = JSON.stringify([protocol, side, key, chain, tx, place, account, asset, String(amount)]);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
