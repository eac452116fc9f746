import { compareText } from '../../units/index.ts';
import type { IndexedName, IndexedNames } from './indexed-names.ts';
import { INITIAL } from './likeness.ts';
import type { TokenPair } from './match.ts';
import type { QueryUnit } from './query-units.ts';
import type { PreparedToken } from './token.ts';

/** Tokens of the query paired with tokens of a name; `to` is after the last. */
export type UnitPair = {
  readonly queryFrom: number;
  readonly queryTo: number;
  readonly nameFrom: number;
  readonly nameTo: number;
  readonly like: number;
  readonly how: TokenPair['how'];
  /** The query's side, so that nothing hangs on where in the query it stands. */
  readonly word: string;
  /** The lesser of what the two sides weigh: a misspelt common word is no rarer for being misspelt. */
  readonly weight: number;
};

export type NameJoin = {
  readonly unit: QueryUnit;
  readonly from: number;
  readonly to: number;
  readonly like: number;
};

/**
 * Which tokens belong together? The most alike first, of equals the heaviest, each token once, in whatever order they
 * stand; then initials with what is left. Where words may be joined, that is tried first as well, and the better kept.
 */
export function assignTokens(
  units: readonly QueryUnit[],
  name: IndexedName,
  joins: readonly NameJoin[],
  index: IndexedNames,
): readonly UnitPair[] {
  const possible = possiblePairs(units, name, joins, index).sort(byLikeness);
  const initials = initialPairs(units, name, index).sort(byLikeness);
  const plain = takeInOrder([...possible, ...initials]);
  const joined = possible.filter(({ how }) => how === 'joined');
  if (joined.length === 0 || plain.some(({ how }) => how === 'joined')) return plain;
  const other = takeInOrder([...joined, ...possible, ...initials]);
  return gainOf(other) > gainOf(plain) ? other : plain;
}

function byLikeness(left: UnitPair, right: UnitPair): number {
  return (
    right.like - left.like ||
    right.weight - left.weight ||
    compareText(left.word, right.word) ||
    left.queryFrom - right.queryFrom ||
    left.nameFrom - right.nameFrom
  );
}

/** Each token once, whatever comes first. @returns in the query's order. */
function takeInOrder(possible: readonly UnitPair[]): readonly UnitPair[] {
  const usedOfQuery = new Set<number>();
  const usedOfName = new Set<number>();
  const pairs: UnitPair[] = [];
  for (const pair of possible) {
    if (!isFree(usedOfQuery, pair.queryFrom, pair.queryTo) || !isFree(usedOfName, pair.nameFrom, pair.nameTo)) continue;
    for (let place = pair.queryFrom; place < pair.queryTo; place++) usedOfQuery.add(place);
    for (let place = pair.nameFrom; place < pair.nameTo; place++) usedOfName.add(place);
    pairs.push(pair);
  }
  return pairs.sort((a, b) => a.queryFrom - b.queryFrom);
}

function gainOf(pairs: readonly UnitPair[]): number {
  return pairs.reduce((sum, { like, weight }) => sum + like * weight, 0);
}

function possiblePairs(
  units: readonly QueryUnit[],
  name: IndexedName,
  joins: readonly NameJoin[],
  index: IndexedNames,
): UnitPair[] {
  const pairs: UnitPair[] = [];
  for (const unit of units) {
    for (let place = 0; place < name.tokens.length; place++) {
      const id = name.tokens[place] as number;
      const hit = unit.hits.get(id);
      if (hit === undefined || (hit.only === 'korean' && !name.korean) || (hit.only === 'no-latin' && name.latin))
        continue;
      const weight = Math.min(unit.weight, index.weights[id] as number);
      pairs.push(pairOf(unit, place, place + 1, hit, weight));
    }
  }
  for (const join of joins) {
    const weight = name.tokens.slice(join.from, join.to).reduce((sum, id) => sum + (index.weights[id] as number), 0);
    pairs.push(
      pairOf(join.unit, join.from, join.to, { like: join.like, how: 'joined' }, Math.min(join.unit.weight, weight)),
    );
  }
  return pairs;
}

function pairOf(
  unit: QueryUnit,
  nameFrom: number,
  nameTo: number,
  { like, how }: Pick<UnitPair, 'like' | 'how'>,
  weight: number,
): UnitPair {
  return { queryFrom: unit.from, queryTo: unit.to, nameFrom, nameTo, like, how, word: unit.token.text, weight };
}

/** V. for Vladimir, on either side. */
function initialPairs(units: readonly QueryUnit[], name: IndexedName, index: IndexedNames): UnitPair[] {
  const pairs: UnitPair[] = [];
  for (const unit of units) {
    if (unit.to - unit.from > 1) break;
    const initial = unit.token.role === 'initial';
    if (!initial && !name.initials) continue;
    for (let place = 0; place < name.tokens.length; place++) {
      const id = name.tokens[place] as number;
      const other = index.vocabulary.token(id);
      const one = initial ? mayBeInitial(other) : other.role === 'initial' && mayBeInitial(unit.token);
      if (!one || unit.token.text[0] !== other.text[0]) continue;
      const weight = Math.min(unit.weight, index.weights[id] as number);
      pairs.push(pairOf(unit, place, place + 1, { like: INITIAL, how: 'initial' }, weight));
    }
  }
  return pairs;
}

function mayBeInitial({ role }: PreparedToken): boolean {
  return role === 'word' || role === 'trade' || role === 'title';
}

function isFree(used: ReadonlySet<number>, from: number, to: number): boolean {
  for (let place = from; place < to; place++) if (used.has(place)) return false;
  return true;
}
