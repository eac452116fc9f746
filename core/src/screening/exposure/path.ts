import type { Account } from '../../units/index.ts';
import type { ExposureStep } from './exposure.ts';
import type { Movement } from './movements.ts';

/** A way to a holding: the last movement, and the way before it. */
type Way = {
  readonly place: number;
  readonly hops: number;
  readonly last: Movement | null;
  readonly before: Way | null;
};

export type FoundPath = { readonly hops: number; readonly path: readonly ExposureStep[] };

/**
 * The shortest way from a holding to every account that traced movements lead to, each movement after the one before it.
 * Of several as short, the one that arrives first (received: last) in ledger order, so that there is exactly one answer.
 * @param start - the subject's holding, `<account>|<asset>`.
 */
export function createPaths(movements: readonly Movement[], start: string): (account: Account) => FoundPath | null {
  const leaving = groupBy(movements, ({ fromHolding }) => fromHolding);
  const found = search(leaving, start);
  return (account) => {
    const way = found.get(account);
    return way === undefined ? null : { hops: way.hops, path: stepsOf(way, leaving) };
  };
}

/** Breadth first by hops. Per holding and number of hops only the earliest arrival counts: whatever can leave later can leave after it. */
function search(leaving: ReadonlyMap<string, readonly Movement[]>, start: string): ReadonlyMap<Account, Way> {
  const levels: Map<string, Way>[] = [];
  const levelAt = (hops: number): Map<string, Way> => {
    levels[hops] ??= new Map();
    return levels[hops] as Map<string, Way>;
  };
  levelAt(0).set(start, { place: Number.NEGATIVE_INFINITY, hops: 0, last: null, before: null });
  const earliest = new Map<string, number>();
  const found = new Map<Account, Way>();
  for (let hops = 0; hops < levels.length; hops++) {
    for (const [holding, way] of levelAt(hops)) {
      const known = earliest.get(holding);
      if (known !== undefined && known <= way.place) continue;
      earliest.set(holding, way.place);
      if (way.last !== null) note(found, way.last.account, way);
      for (const movement of leaving.get(holding) ?? []) {
        if (movement.place <= way.place) continue;
        const level = levelAt(hops + movement.steps.length);
        const rival = level.get(movement.toHolding);
        if (rival !== undefined && rival.place <= movement.place) continue;
        const next = { place: movement.place, hops: hops + movement.steps.length, last: movement, before: way };
        level.set(movement.toHolding, next);
      }
    }
  }
  return found;
}

/**
 * The crossings that lie on any way to some accounts, whatever its length, sorted. The order of movements in time is left out
 * of account, so a crossing may be named that carried nothing there, but none that did is missing.
 */
export function createCrossingsTo(movements: readonly Movement[]): (accounts: readonly Account[]) => string[] {
  if (movements.every(({ steps }) => steps.every(({ crossings }) => crossings.length === 0))) return () => [];
  const arriving = groupBy(movements, ({ toHolding }) => toHolding);
  const holdingsOf = groupBy(movements, ({ account }) => account);
  return (accounts) => {
    const ends = accounts.flatMap((account) => holdingsOf.get(account) ?? []).map(({ toHolding }) => toHolding);
    const seen = new Set(ends);
    const ids = new Set<string>();
    // A set is visited in the order of insertion, what is added on the way included.
    for (const holding of seen) {
      for (const { fromHolding, steps } of arriving.get(holding) ?? []) {
        seen.add(fromHolding);
        for (const id of (steps[0] as ExposureStep).crossings) ids.add(id);
      }
    }
    return [...ids].sort();
  };
}

function note(found: Map<Account, Way>, account: Account, way: Way): void {
  const known = found.get(account);
  if (known === undefined || (known.hops === way.hops && way.place < known.place)) found.set(account, way);
}

/** A way's steps, each with every transaction between the same holdings that fits between the steps before and after it. */
function stepsOf(way: Way, leaving: ReadonlyMap<string, readonly Movement[]>): ExposureStep[] {
  const chosen: Movement[] = [];
  for (let at: Way | null = way; at !== null && at.last !== null; at = at.before) chosen.unshift(at.last);
  let after = Number.NEGATIVE_INFINITY;
  const stages = chosen.map((movement) => {
    const alike = (leaving.get(movement.fromHolding) ?? []).filter(
      (other) => other.route === movement.route && other.place > after,
    );
    after = alike.reduce((least, { place }) => Math.min(least, place), Number.POSITIVE_INFINITY);
    return alike;
  });
  let before = Number.POSITIVE_INFINITY;
  for (let i = stages.length - 1; i >= 0; i--) {
    stages[i] = (stages[i] as Movement[]).filter(({ place }) => place < before);
    before = (stages[i] as Movement[]).reduce((most, { place }) => Math.max(most, place), Number.NEGATIVE_INFINITY);
  }
  return stages.flatMap((stage) => {
    const inOrder = [...stage].sort((a, b) => a.row - b.row);
    return (inOrder[0] as Movement).steps.map((step, n): ExposureStep => {
      const hashes = inOrder.flatMap(({ steps }) => (steps[n] as ExposureStep).transactions);
      const crossings = inOrder.flatMap(({ steps }) => (steps[n] as ExposureStep).crossings);
      return { ...step, transactions: [...new Set(hashes)], crossings: [...new Set(crossings)].sort() };
    });
  });
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
