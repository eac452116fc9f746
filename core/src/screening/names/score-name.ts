import type { UnitPair } from './assign.ts';
import type { IndexedName, IndexedNames } from './indexed-names.ts';
import { INITIAL } from './likeness.ts';
import type { ScoreStep } from './match.ts';
import type { QueryUnit } from './query-units.ts';

/** Points for a query whose every word is missing from the name. */
const EXTRA_IN_QUERY = 70;
/** Points for a name of which all but nothing is missing from the query: people leave out names, and lists give many. */
const MISSING_FROM_QUERY = 42;
/** Points for words that say nothing about who is meant: `Corp`, `Ltd`. */
const SAYS_LITTLE = 40;
/** Paired words that together weigh as much as one rare word say enough. */
const ENOUGH_WEIGHT = 1;
const OTHER_ORDER = 2;
const WEAK_ALIAS = 8;

/** Points for having gone from one script to another; a script that is not named: 6. */
const SCRIPT_COST: ReadonlyMap<string, number> = new Map([
  ['Cyrl', 2],
  ['Grek', 2],
  ['Hang', 4],
  ['Hani', 5],
  ['Arab', 5],
]);
const OTHER_SCRIPT_COST = 6;

/** The query as the scorer needs it. */
export type ScoredQuery = { readonly units: readonly QueryUnit[]; readonly length: number; readonly family: number };

/** What the name alone gives: steps of one decimal, adding up to a score that qualifiers then move. */
export function nameSteps(
  query: ScoredQuery,
  name: IndexedName,
  pairs: readonly UnitPair[],
  index: IndexedNames,
): readonly ScoreStep[] {
  const paired = pairs.reduce((sum, { weight }) => sum + weight, 0);
  if (paired === 0) return [];
  const like = pairs.reduce((sum, pair) => sum + pair.like * pair.weight, 0) / paired;
  const unmatched = unmatchedWeights(query, name, pairs, index);
  const steps: ScoreStep[] = [
    step('words alike', 100 * like, 'mean likeness of the paired words, by weight'),
    step(
      'only in the query',
      -EXTRA_IN_QUERY * share(unmatched.query, paired),
      'by the weight of the words the listed name has not',
    ),
    step(
      'only in the listed name',
      -MISSING_FROM_QUERY * share(unmatched.name, paired),
      'by the weight of the words the query has not',
    ),
    step(
      'says little',
      -SAYS_LITTLE * Math.max(0, 1 - paired / ENOUGH_WEIGHT),
      'the paired words are short, common or say what a party is, not who',
    ),
    step('order', inOrder(query, name, pairs) ? 0 : -OTHER_ORDER, 'the words stand in another order'),
    step(
      'transliterated',
      -scriptCost(query, name, pairs, index),
      'compared across scripts, where spellings are not settled',
    ),
    step('weak alias', name.name.quality === 'weak' ? -WEAK_ALIAS : 0, 'the list calls this name a weak one'),
  ];
  return steps.filter(({ points }, place) => place === 0 || points !== 0);
}

/** @returns the sum, in points of one decimal. */
export function sumOf(steps: readonly ScoreStep[]): number {
  return steps.reduce((sum, { points }) => sum + Math.round(points * 10), 0) / 10;
}

function step(what: string, points: number, because: string): ScoreStep {
  return { what, points: Math.round(points * 10) / 10 || 0, because };
}

function share(unmatched: number, paired: number): number {
  return unmatched / (unmatched + paired);
}

/** An initial stands for its word only in part: of what the word weighs beyond it, this share counts as missing. */
const INITIAL_LEAVES = 0.3;

function unmatchedWeights(query: ScoredQuery, name: IndexedName, pairs: readonly UnitPair[], index: IndexedNames) {
  let ofQuery = 0;
  let ofName = 0;
  for (let place = 0; place < query.length; place++) {
    const pair = pairs.find(({ queryFrom, queryTo }) => place >= queryFrom && place < queryTo);
    ofQuery += missingWeight(pair, (query.units[place] as QueryUnit).weight);
  }
  name.tokens.forEach((id, place) => {
    const pair = pairs.find(({ nameFrom, nameTo }) => place >= nameFrom && place < nameTo);
    ofName += missingWeight(pair, index.weights[id] as number);
  });
  return { query: ofQuery, name: ofName };
}

function missingWeight(pair: UnitPair | undefined, weight: number): number {
  if (pair === undefined) return weight;
  return pair.how === 'initial' ? INITIAL_LEAVES * (weight - pair.weight) : 0;
}

/** `FAMILY, Given` is in order both as written and as spoken. */
function inOrder(query: ScoredQuery, name: IndexedName, pairs: readonly UnitPair[]): boolean {
  return [0, query.family].some((queryTurn) =>
    [0, name.family].some((nameTurn) => {
      const turned = pairs
        .map(
          (pair) =>
            [turn(pair.queryFrom, queryTurn, query.length), turn(pair.nameFrom, nameTurn, name.tokens.length)] as const,
        )
        .sort((a, b) => a[0] - b[0]);
      return turned.every(([, place], at) => at === 0 || place > (turned[at - 1] as readonly [number, number])[1]);
    }),
  );
}

function turn(place: number, family: number, length: number): number {
  return family === 0 ? place : (place + length - family) % length;
}

function scriptCost(query: ScoredQuery, name: IndexedName, pairs: readonly UnitPair[], index: IndexedNames): number {
  let cost = 0;
  for (const pair of pairs) {
    const from = (query.units[pair.queryFrom] as QueryUnit).token.script;
    const to = index.vocabulary.token(name.tokens[pair.nameFrom] as number).script;
    if (from === to || from === 'Zyyy' || to === 'Zyyy') continue;
    for (const script of [from, to]) {
      if (script !== 'Latn') cost = Math.max(cost, SCRIPT_COST.get(script) ?? OTHER_SCRIPT_COST);
    }
  }
  return cost;
}

/**
 * Can a name still reach the threshold, whatever its pairs turn out to be? Each term of the score is taken at its best, so
 * that no name is dropped that would have reached it.
 */
export function reachOf(query: ScoredQuery, index: IndexedNames, threshold: number) {
  const singles = query.units.slice(0, query.length);
  const all = singles.reduce((sum, { weight }) => sum + weight, 0);
  const heaviest = singles.reduce((most, { weight }) => Math.max(most, weight), 0);
  const initials = singles.filter(({ token }) => token.role === 'initial');
  const initialsWeight = initials.reduce((sum, { weight }) => sum + weight, 0);
  return (found: { query: number; name: number; best: number; place: number }): boolean => {
    const nameHasInitials = (index.names[found.place] as IndexedName).initials;
    const byInitials = nameHasInitials || initials.length > 0;
    const ofQuery = Math.min(all, found.query + initialsWeight + (nameHasInitials ? heaviest : 0));
    const ofName = index.nameWeights[found.place] as number;
    // An initial of the query takes up one word of the name, which weighs 1 at most; one of the name weighs less.
    const unmet = ofName - found.name - (byInitials ? Math.max(1, initials.length) : 0);
    const like = byInitials ? Math.max(found.best, INITIAL) : found.best;
    const most =
      100 * like -
      EXTRA_IN_QUERY * (1 - ofQuery / all) -
      MISSING_FROM_QUERY * Math.max(0, unmet / ofName) -
      SAYS_LITTLE * Math.max(0, 1 - ofQuery / ENOUGH_WEIGHT);
    return most + ROUNDING >= threshold;
  };
}

/** Steps are rounded one by one. */
const ROUNDING = 0.5;
