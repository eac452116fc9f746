import { editDistance, LONGEST_COMPARED, soundDistance } from './edit-distance.ts';
import type { TokenPair } from './match.ts';
import type { PreparedToken } from './token.ts';

export type Likeness = { readonly like: number; readonly how: TokenPair['how'] };

/** Pairs less alike than this are not paired. */
export const LEAST_LIKENESS = 0.5;

/** Likeness of tokens that are not the same but that a rule holds to be one. Chosen by hand, tried against the tables in docs/methods/name-screening.md. */
const VARIANT = 0.98;
const FOLD_EQUAL = 0.96;
/** Of three letters or fewer too little is left when spellings are evened out: Yan and Jian are two names. */
const FOLD_EQUAL_SHORT = 0.8;
const OTHER_LETTERS = 0.9;
const KOREAN_SOUNDS = 0.95;
const KOREAN_LOOSE = 0.86;
const CONSONANTS_EQUAL = 0.95;
const CONSONANTS_FEW = 0.9;
const CONSONANTS_SINGLE = 0.76;
const CONSONANTS_NEAR = 0.62;
export const INITIAL = 0.75;

/** What an edit costs: of a token of five letters one edit leaves 0.7, of ten 0.85. */
const EDIT_COST = 1.5;
const FIRST_LETTER_COST = 0.04;

/**
 * How alike are two tokens, 0 to 1? @returns null: below `LEAST_LIKENESS`.
 * Initials are not judged here: that one letter begins a name says something only where nothing else is left for it.
 */
export function likenessOf(query: PreparedToken, name: PreparedToken): Likeness | null {
  if (query.form === name.form) return sameForm(query, name);
  if (query.text.length > LONGEST_COMPARED || name.text.length > LONGEST_COMPARED) return null;
  const korean = query.script === 'Hang' || name.script === 'Hang' ? koreanLikeness(query, name) : null;
  if (korean !== null) return korean;
  if (query.abjad !== name.abjad) return consonantLikeness(query, name);
  return spellingLikeness(query, name);
}

/** Of two Latin spellings that look Korean on both sides, how alike are they by sound? */
export function koreanLikeness(query: PreparedToken, name: PreparedToken): Likeness | null {
  if (query.sounds === null || name.sounds === null) return null;
  if (query.sounds === name.sounds) return { like: KOREAN_SOUNDS, how: 'sounds-alike' };
  return query.loose === name.loose ? { like: KOREAN_LOOSE, how: 'sounds-alike' } : null;
}

function sameForm(query: PreparedToken, name: PreparedToken): Likeness {
  const homophones = query.raw !== name.raw && query.script === name.script;
  if (homophones) return { like: OTHER_LETTERS, how: 'sounds-alike' };
  const same = query.text === name.text && query.role === name.role;
  return same ? { like: 1, how: 'same' } : { like: VARIANT, how: 'variant' };
}

function consonantLikeness(query: PreparedToken, name: PreparedToken): Likeness | null {
  const [left, right] = [query.consonants, name.consonants];
  if (left === '' || right === '') return null;
  if (left === right) {
    const like = [CONSONANTS_SINGLE, CONSONANTS_FEW][left.length - 1] ?? CONSONANTS_EQUAL;
    return { like, how: 'sounds-alike' };
  }
  const comparable = Math.min(left.length, right.length) > 2 && Math.max(left.length, right.length) <= LONGEST_COMPARED;
  const near = comparable && editDistance(left, right, 1) <= 1;
  return near ? { like: CONSONANTS_NEAR, how: 'sounds-alike' } : null;
}

function spellingLikeness(query: PreparedToken, name: PreparedToken): Likeness | null {
  const longest = Math.max(query.text.length, name.text.length);
  const shortest = Math.min(query.text.length, name.text.length);
  if (query.fold === name.fold) return { like: shortest > 3 ? FOLD_EQUAL : FOLD_EQUAL_SHORT, how: 'sounds-alike' };
  if (shortest < 2) return null;
  const bound = ((1 - LEAST_LIKENESS) * longest) / EDIT_COST;
  const edits = editDistance(query.text, name.text, bound);
  const first = query.text.charCodeAt(0) === name.text.charCodeAt(0) ? 0 : FIRST_LETTER_COST;
  const typo = edits > bound ? 0 : 1 - (EDIT_COST * edits) / longest - first;
  const heard = soundLikeness(query.fold, name.fold);
  const like = Math.max(typo, heard);
  if (like < LEAST_LIKENESS) return null;
  return { like, how: heard > typo ? 'sounds-alike' : 'typo' };
}

function soundLikeness(left: string, right: string): number {
  const longest = Math.max(left.length, right.length);
  // A rule may make two letters of one.
  if (longest < 3 || longest > LONGEST_COMPARED) return 0;
  const bound = ((FOLD_EQUAL - LEAST_LIKENESS) * longest) / EDIT_COST;
  const cost = soundDistance(left, right, bound);
  return cost > bound ? 0 : FOLD_EQUAL - (EDIT_COST * cost) / longest;
}
