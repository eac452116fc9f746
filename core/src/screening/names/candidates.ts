import type { NameJoin } from './assign.ts';
import type { IndexedNames } from './indexed-names.ts';
import { joinLikeness, type QueryUnit } from './query-units.ts';

/** Names that may reach a threshold: no name that would is left out. */
export type Candidates = ReadonlyMap<number, readonly NameJoin[]>;

const NO_JOINS: readonly NameJoin[] = [];

/** Working memory of one index, cleared after every search. */
export type Tally = {
  readonly query: Float64Array;
  readonly name: Float64Array;
  readonly best: Float64Array;
  readonly stamp: Uint32Array;
  last: number;
};

export function createTally(names: number): Tally {
  return {
    query: new Float64Array(names),
    name: new Float64Array(names),
    best: new Float64Array(names),
    stamp: new Uint32Array(names),
    last: 0,
  };
}

/**
 * @param reachable - the most a name can score whose paired words weigh `query` of the query's, `name` of its own, and are
 *   at most `best` alike.
 */
export function findCandidates(
  units: readonly QueryUnit[],
  index: IndexedNames,
  tally: Tally,
  isReachable: (weights: { query: number; name: number; best: number; place: number }) => boolean,
): Candidates {
  const candidates = new Map<number, readonly NameJoin[]>();
  const touched: number[] = [];
  for (const unit of units) {
    if (unit.to - unit.from === 1) tallyUnit(unit, index, tally, touched);
    else addHolders(unit, index, candidates);
  }
  for (const place of touched) {
    const weights = {
      query: tally.query[place] as number,
      name: tally.name[place] as number,
      best: tally.best[place] as number,
      place,
    };
    if (!candidates.has(place) && isReachable(weights)) candidates.set(place, NO_JOINS);
    tally.query[place] = 0;
    tally.name[place] = 0;
    tally.best[place] = 0;
  }
  addJoined(units, index, candidates);
  return candidates;
}

/** Each name gets each unit once, by the entry most like it; hits come most alike first. */
function tallyUnit(unit: QueryUnit, index: IndexedNames, tally: Tally, touched: number[]): void {
  const stamp = nextStamp(tally);
  for (const [id, { like }] of unit.hits) {
    const weight = index.weights[id] as number;
    const end = index.starts[id + 1] as number;
    for (let at = index.starts[id] as number; at < end; at++) {
      const place = index.holders[at] as number;
      if (tally.best[place] === 0) touched.push(place);
      tally.name[place] = (tally.name[place] as number) + weight;
      if (like > (tally.best[place] as number)) tally.best[place] = like;
      if (tally.stamp[place] === stamp) continue;
      tally.stamp[place] = stamp;
      tally.query[place] = (tally.query[place] as number) + unit.weight;
    }
  }
}

function nextStamp(tally: Tally): number {
  if (tally.last === 0xffffffff) {
    tally.stamp.fill(0);
    tally.last = 0;
  }
  tally.last++;
  return tally.last;
}

function addHolders(unit: QueryUnit, index: IndexedNames, candidates: Map<number, readonly NameJoin[]>): void {
  for (const id of unit.hits.keys()) {
    for (let at = index.starts[id] as number; at < (index.starts[id + 1] as number); at++) {
      candidates.set(index.holders[at] as number, NO_JOINS);
    }
  }
}

function addJoined(
  units: readonly QueryUnit[],
  index: IndexedNames,
  candidates: Map<number, readonly NameJoin[]>,
): void {
  for (const unit of units) {
    if (unit.to - unit.from > 1) break;
    for (const { name, from, to } of index.joins.find(unit.token)) {
      const parts = (index.names[name]?.tokens ?? []).slice(from, to).map((id) => index.vocabulary.token(id));
      const likeness = joinLikeness(unit, parts, index.names[name]?.korean ?? false);
      if (likeness === null) continue;
      candidates.set(name, [...(candidates.get(name) ?? []), { unit, from, to, like: likeness.like }]);
    }
  }
}
