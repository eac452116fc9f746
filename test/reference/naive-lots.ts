import type { PolicyId } from '../../core/src/tracing/request.ts';
import type { Account } from '../../core/src/units/index.ts';

/** A run of value in a holding. Untagged value has no origin (0). */
export type NaiveLot = { readonly tag: string | null; readonly amount: bigint; readonly origin: bigint };

export const total = (lots: readonly NaiveLot[]): bigint => lots.reduce((sum, lot) => sum + lot.amount, 0n);
export const untagged = (amount: bigint): NaiveLot => ({ tag: null, amount, origin: 0n });
export const tagsOf = (lots: readonly NaiveLot[]): string[] => [
  ...new Set(lots.flatMap((lot) => (lot.tag === null ? [] : [lot.tag]))),
];

function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

function split(lot: NaiveLot, part: bigint): [NaiveLot, NaiveLot] {
  const origin = (lot.origin * part) / lot.amount;
  return [
    { tag: lot.tag, amount: part, origin },
    { tag: lot.tag, amount: lot.amount - part, origin: lot.origin - origin },
  ];
}

/** Which lots leave a holding that spends `x`, in the order drawn, and what stays. The lots hold at least `x`. */
export function draw(policy: PolicyId, lots: readonly NaiveLot[], x: bigint): { drawn: NaiveLot[]; rest: NaiveLot[] } {
  if (policy === 'pro-rata/1') return drawShares(lots, x);
  const places = lots.map((_, i) => i);
  const isTagged = (i: number) => lots[i]?.tag !== null;
  const order = {
    'fifo/1': () => places,
    'lifo/1': () => places.reverse(),
    'tagged-first/1': () => [...places.filter(isTagged), ...places.filter((i) => !isTagged(i))],
    'untagged-first/1': () => [...places.filter((i) => !isTagged(i)), ...places.filter(isTagged)],
    'poison/1': () => places,
    // In any holding but a transaction it is tagged value first.
    'highest-out/1': () => [...places.filter(isTagged), ...places.filter((i) => !isTagged(i))],
  }[policy as Exclude<PolicyId, 'pro-rata/1' | `highest-out/1+${string}`>]();
  const drawn: NaiveLot[] = [];
  const rest = [...lots];
  let left = x;
  for (const i of order) {
    const lot = lots[i] as NaiveLot;
    if (left === 0n) break;
    const [part, remainder] = split(lot, smaller(left, lot.amount));
    drawn.push(part);
    rest[i] = remainder;
    left -= part.amount;
  }
  return { drawn, rest: rest.filter((lot) => lot.amount > 0n) };
}

/** The rule a policy's id means for an account's chain. */
export function policyFor(policy: PolicyId, account: Account): PolicyId {
  if (!policy.startsWith('highest-out/1+')) return policy;
  return account.startsWith('bip122:') ? 'highest-out/1' : (policy.slice('highest-out/1+'.length) as PolicyId);
}

/** The haircut: floor(amount·x/B) of each tag, untagged value for the rest, missing units to the largest remainders. */
function drawShares(lots: readonly NaiveLot[], x: bigint): { drawn: NaiveLot[]; rest: NaiveLot[] } {
  const balance = total(lots);
  const tags = lots.filter((lot) => lot.tag !== null);
  const parts = tags.map((lot) => (lot.amount * x) / balance);
  const free = balance - total(tags);
  let missing = x - parts.reduce((sum, part) => sum + part, 0n) - free;
  const remainder = (i: number) => ((tags[i] as NaiveLot).amount * x) % balance;
  const byRemainder = tags
    .map((_, i) => i)
    .sort((i, j) => Number(remainder(j) > remainder(i)) - Number(remainder(j) < remainder(i)) || i - j);
  for (const i of byRemainder) {
    if (missing <= 0n) break;
    parts[i] = (parts[i] as bigint) + 1n;
    missing -= 1n;
  }
  const pairs = tags.map((lot, i) => split(lot, parts[i] as bigint));
  const plain = x - parts.reduce((sum, part) => sum + part, 0n);
  const present = (lot: NaiveLot) => lot.amount > 0n;
  return {
    drawn: [...pairs.map(([part]) => part), untagged(plain)].filter(present),
    rest: [...pairs.map(([, stays]) => stays), untagged(free - plain)].filter(present),
  };
}

/** What a holding is after `run` has arrived: a line of lots, or under pro-rata a bag with one lot a tag. */
export function append(policy: PolicyId, lots: readonly NaiveLot[], run: readonly NaiveLot[]): NaiveLot[] {
  if (policy !== 'pro-rata/1') return [...lots, ...run];
  const bag = [...lots];
  for (const lot of run) {
    const at = bag.findIndex((other) => other.tag === lot.tag);
    const old = bag[at];
    if (old === undefined) bag.push(lot);
    else bag[at] = { tag: lot.tag, amount: old.amount + lot.amount, origin: old.origin + lot.origin };
  }
  return bag;
}

/** Gives the untagged part of the first `limit` units a tag; untagged neighbours count as one lot. */
export function tagUntagged(
  lots: readonly NaiveLot[],
  tag: string,
  limit: bigint,
): { lots: NaiveLot[]; fresh: bigint; overlap: bigint } {
  const joined: NaiveLot[] = [];
  for (const lot of lots) {
    const last = joined.at(-1);
    if (last !== undefined && last.tag === null && lot.tag === null) {
      joined[joined.length - 1] = untagged(last.amount + lot.amount);
    } else joined.push(lot);
  }
  let left = limit;
  let fresh = 0n;
  let overlap = 0n;
  const result = joined.flatMap((lot) => {
    const part = smaller(left, lot.amount);
    left -= part;
    if (lot.tag !== null || part === 0n) {
      overlap += part;
      return [lot];
    }
    fresh += part;
    const rest = lot.amount - part;
    return [{ tag, amount: part, origin: part }, ...(rest > 0n ? [untagged(rest)] : [])];
  });
  return { lots: result, fresh, overlap };
}

/** Maps a run of `a` units onto `b` units of another asset: [s, s+m) → [floor(s·b/a), floor((s+m)·b/a)). */
export function cross(run: readonly NaiveLot[], a: bigint, b: bigint): { run: NaiveLot[]; dust: NaiveLot[] } {
  let place = 0n;
  const images = run.map((lot) => {
    const start = (place * b) / a;
    place += lot.amount;
    return { tag: lot.tag, amount: (place * b) / a - start, origin: lot.origin };
  });
  const dust: NaiveLot[] = [];
  images.forEach((image, i) => {
    if (image.amount > 0n || image.tag === null) return;
    const takes = (other: NaiveLot) => other.tag === image.tag && other.amount > 0n;
    const heir = images.slice(i + 1).find(takes) ?? images.slice(0, i).findLast(takes);
    if (heir === undefined) dust.push({ ...image });
    else heir.origin += image.origin;
  });
  return { run: images.filter((image) => image.amount > 0n), dust };
}
