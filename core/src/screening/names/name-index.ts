import { compareText } from '../../units/index.ts';
import type { ListedParty } from '../lists/party.ts';
import { assignTokens, type UnitPair } from './assign.ts';
import { createTally, findCandidates } from './candidates.ts';
import { type IndexedName, type IndexedNames, indexNames } from './indexed-names.ts';
import type { NameIndex, NameMatch, NameQuery, NameScreening, ScoreStep, TokenPair } from './match.ts';
import { NAME_ALONE, qualifierSteps } from './qualifiers.ts';
import { type QueryUnit, queryUnits } from './query-units.ts';
import { type NameToken, readName } from './read-name.ts';
import { nameSteps, reachOf, type ScoredQuery, sumOf } from './score-name.ts';
import { checkSearch } from './search-options.ts';
import { DEFAULT_THRESHOLD } from './thresholds.ts';

/** Matches given where the caller names no limit. */
const DEFAULT_LIMIT = 25;

/**
 * Which listed parties have a name like this one? Built once for the parties of the lists in force; the order they come in
 * changes nothing. The rules and their error rates are in docs/methods/name-screening.md.
 * @throws {CairnError} from `search`, `invalid-input`: a threshold outside 0 to 100, a limit that is no whole number of 1 or more.
 */
export function createNameIndex(parties: Iterable<ListedParty>): NameIndex {
  const index = indexNames(parties);
  const tally = createTally(index.names.length);
  return {
    parties: index.parties,
    names: index.listed,
    notCompared: notCompared(index),
    search(query, { threshold = DEFAULT_THRESHOLD, limit = DEFAULT_LIMIT } = {}) {
      checkSearch(threshold, limit);
      const reading = readName(query.name);
      if (reading.kind === 'unscreenable') return reading;
      const units = queryUnits(reading.tokens, index);
      const scored = { units, length: reading.tokens.length, family: reading.family };
      const reach = reachOf(scored, index, threshold + unearnable(query));
      const candidates = findCandidates(units, index, tally, reach);
      const best = new Map<ListedParty, Found>();
      for (const [place, joins] of candidates) {
        const name = index.names[place] as IndexedName;
        const found = scoreOf(query, scored, name, assignTokens(units, name, joins, index), index);
        if (found.score >= threshold && found.score > 0) keepBest(best, found);
      }
      const matches = [...best.values()].sort(byScore);
      return {
        kind: 'screened',
        tokens: reading.tokens.map(({ text }) => text),
        scripts: reading.scripts,
        matches: matches.slice(0, limit).map((found) => explain(found, reading.tokens, index)),
        more: Math.max(0, matches.length - limit),
        notes: [...reading.notes, ...notesOn(units)],
      } satisfies NameScreening;
    },
  };
}

/** Points that no qualifier can earn back, as the query has none. */
function unearnable({ kind, birth, countries }: NameQuery): number {
  return kind === null && birth === null && countries.length === 0 ? NAME_ALONE : 0;
}

type Found = {
  readonly name: IndexedName;
  readonly score: number;
  readonly steps: readonly ScoreStep[];
  readonly pairs: readonly UnitPair[];
};

function scoreOf(
  query: NameQuery,
  scored: ScoredQuery,
  name: IndexedName,
  pairs: readonly UnitPair[],
  index: IndexedNames,
): Found {
  const own = nameSteps(scored, name, pairs, index);
  if (own.length === 0) return { name, score: 0, steps: own, pairs };
  const steps = [...own, ...qualifierSteps(query, name.party)];
  const sum = sumOf(steps);
  if (sum >= 0) return { name, score: sum, steps, pairs };
  return {
    name,
    score: 0,
    steps: [...steps, { what: 'not below 0', points: -sum, because: 'scores end at 0' }],
    pairs,
  };
}

/** A party's best name; of equals the one that the list gives first. */
function keepBest(best: Map<ListedParty, Found>, found: Found): void {
  const known = best.get(found.name.party);
  const better =
    known === undefined ||
    found.score > known.score ||
    (found.score === known.score && found.name.place < known.name.place);
  if (better) best.set(found.name.party, found);
}

function byScore(left: Found, right: Found): number {
  return right.score - left.score || compareText(left.name.party.id, right.name.party.id);
}

function explain(found: Found, tokens: readonly NameToken[], index: IndexedNames): NameMatch {
  const { name, score, steps } = found;
  return { party: name.party, name: name.name, score, pairs: tokenPairs(found, tokens, index), steps };
}

function tokenPairs({ name, pairs }: Found, tokens: readonly NameToken[], index: IndexedNames): readonly TokenPair[] {
  const listed = name.tokens.map((id) => index.vocabulary.token(id).text);
  const result: TokenPair[] = [];
  for (let place = 0; place < tokens.length; place++) {
    const pair = pairs.find(({ queryFrom, queryTo }) => place >= queryFrom && place < queryTo);
    if (pair === undefined) {
      result.push({ query: (tokens[place] as NameToken).text, name: null, likeness: 0, how: 'unmatched' });
    } else if (pair.queryFrom === place) {
      const query = tokens.slice(pair.queryFrom, pair.queryTo).map(({ text }) => text);
      const named = listed.slice(pair.nameFrom, pair.nameTo).join(' ');
      result.push({
        query: query.join(' '),
        name: named,
        likeness: Math.round(pair.like * 1000) / 1000,
        how: pair.how,
      });
    }
  }
  listed.forEach((token, place) => {
    if (pairs.some(({ nameFrom, nameTo }) => place >= nameFrom && place < nameTo)) return;
    result.push({ query: null, name: token, likeness: 0, how: 'unmatched' });
  });
  return result;
}

/** Below this a query cannot tell one party from many. */
const TELLING_WEIGHT = 0.6;

function notesOn(units: readonly QueryUnit[]): readonly string[] {
  const notes: string[] = [];
  const weight = units.reduce((sum, unit) => (unit.to - unit.from === 1 ? sum + unit.weight : sum), 0);
  if (weight < TELLING_WEIGHT)
    notes.push('too short or too common a name to tell one party from many: add a further name or a date of birth');
  return notes;
}

function notCompared({ unreadable }: IndexedNames): string | null {
  if (unreadable === 0) return null;
  return unreadable === 1
    ? '1 listed party has no name that can be read'
    : `${unreadable} listed parties have no name that can be read`;
}
