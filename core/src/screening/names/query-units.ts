import type { IndexedNames } from './indexed-names.ts';
import { MOST_JOINED } from './joins.ts';
import { looksKorean } from './korean.ts';
import { koreanLikeness, type Likeness, likenessOf } from './likeness.ts';
import type { NameToken } from './read-name.ts';
import { type PreparedToken, prepareToken } from './token.ts';
import type { Reach } from './vocabulary.ts';
import { tokenWeight } from './weights.ts';

/** One to three neighbouring tokens of the query, compared as one word. */
export type QueryUnit = {
  readonly from: number;
  /** After the last. */
  readonly to: number;
  readonly token: PreparedToken;
  /** The tokens' weights added up. */
  readonly weight: number;
  /** The query looks Korean as a whole. */
  readonly korean: boolean;
  /** What of the vocabulary is like it. */
  readonly hits: ReadonlyMap<number, UnitHit>;
};

export type UnitHit = Likeness & {
  /**
   * Which names may be matched so: all; those that look Korean as a whole; those of parties without any name in Latin
   * letters, for a Latin query whose vowels Arabic leaves out.
   */
  readonly only: 'all' | 'korean' | 'no-latin';
};

/** Written together what the other writes apart, or the other way round. */
export const JOINED_COST = 0.02;

/** Single tokens first, in order; then what neighbours give when written as one. */
export function queryUnits(tokens: readonly NameToken[], index: IndexedNames): readonly QueryUnit[] {
  const prepared = tokens.map(prepareToken);
  const korean = looksKorean(tokens.map(({ text }) => text)) && tokens.every(({ script }) => script === 'Latn');
  const weights = prepared.map((token) => tokenWeight(token, index.counts));
  const singles = prepared.map((token, place) => ({
    from: place,
    to: place + 1,
    token,
    weight: weights[place] as number,
    korean,
    hits: hitsOf(token, index, 'near', korean),
  }));
  return [...singles, ...joinedUnits(prepared, weights, index)];
}

function joinedUnits(
  tokens: readonly PreparedToken[],
  weights: readonly number[],
  index: IndexedNames,
): readonly QueryUnit[] {
  const units: QueryUnit[] = [];
  for (let from = 0; from + 1 < tokens.length; from++) {
    for (let to = from + 2; to <= tokens.length && to - from <= MOST_JOINED; to++) {
      const parts = tokens.slice(from, to);
      if (parts.some(({ script, role }) => script !== parts[0]?.script || role === 'legal' || role === 'title'))
        continue;
      const token = joinTokens(parts);
      const weight = weights.slice(from, to).reduce((sum, next) => sum + next, 0);
      const hits = new Map<number, UnitHit>();
      for (const [id, hit] of hitsOf(token, index, 'exact', false)) {
        // A part that is the same word by itself is no reason to join it with its neighbour.
        if (hit.like > 0.7) hits.set(id, { like: hit.like - JOINED_COST, how: 'joined', only: hit.only });
      }
      if (hits.size > 0) units.push({ from, to, token, weight, korean: false, hits });
    }
  }
  return units;
}

/** Neighbouring tokens as one word. */
export function joinTokens(parts: readonly NameToken[]): PreparedToken {
  // Siraj al-Din is Sirajuddin: within a word the Arabic article is heard only in part.
  const joined = parts[0]?.script === 'Arab' ? parts.filter(({ form }, place) => place === 0 || form !== 'al') : parts;
  const text = joined.map((part) => part.text).join('');
  return prepareToken({
    text,
    form: text,
    raw: joined.map(({ raw }) => raw).join(''),
    script: parts[0]?.script ?? 'Zyyy',
    role: 'word',
  });
}

function hitsOf(
  token: PreparedToken,
  index: IndexedNames,
  reach: Reach,
  korean: boolean,
): ReadonlyMap<number, UnitHit> {
  const hits = new Map<number, UnitHit>();
  for (const { id, like, how } of index.vocabulary.like(token, reach)) {
    const only = index.vocabulary.token(id).abjad && !token.abjad && how !== 'same' ? 'no-latin' : 'all';
    hits.set(id, { like, how, only });
  }
  if (!korean) return hits;
  for (const id of index.vocabulary.koreanLike(token)) {
    const known = hits.get(id);
    const heard = koreanLikeness(token, index.vocabulary.token(id));
    if (heard !== null && (known === undefined || known.like < heard.like)) hits.set(id, { ...heard, only: 'korean' });
  }
  return hits;
}

/**
 * Where tokens of a listed name, written as one, are the unit's word.
 * @param korean - the listed name looks Korean as a whole.
 */
export function joinLikeness(unit: QueryUnit, parts: readonly NameToken[], korean: boolean): Likeness | null {
  const token = joinTokens(parts);
  const heard = unit.korean && korean ? koreanLikeness(unit.token, token) : null;
  const spelled = likenessOf(unit.token, token);
  const like = Math.max(heard?.like ?? 0, spelled?.like ?? 0);
  return like === 0 ? null : { like: like - JOINED_COST, how: 'joined' };
}
