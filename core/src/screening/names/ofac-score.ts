import { editSimilarity, jaroWinkler, soundex, soundexAgreement } from './ofac-score-strings.ts';

/**
 * What OFAC does not publish of its search, as choices. OFAC says (FAQ 249): candidates by the first letter of the terms
 * and by at least 50 % of edit similarity; then the higher of Jaro-Winkler over the whole names and of a composite over
 * the name parts, by Jaro-Winkler and Soundex. Everything else here is read off published scores.
 */
export type OfacRules = {
  /** Letters at the beginning that raise the likeness at most, in Winkler's measure. */
  readonly longestPrefix: number;
  /** What is taken out before whole names are compared. */
  readonly wholeName: 'letters-only' | 'hyphens-kept' | 'spaces-kept';
  /** What unequal Soundex codes take off a pair of parts: nothing, in proportion to the places that differ, or all. */
  readonly sound: 'ignored' | 'in-proportion' | 'must-agree';
  /** Parts of the query with fewer letters are left out, unless nothing else is left. */
  readonly shortestPart: number;
};

/** Chosen for the least mean difference over `data/lists/ofac/official-search-scores.csv`; see docs/methods. */
export const OFAC_RULES: OfacRules = {
  longestPrefix: 5,
  wholeName: 'hyphens-kept',
  sound: 'in-proportion',
  shortestPart: 3,
};

/** OFAC, FAQ 249: candidates are at least 50 % similar by edit distance. */
const LEAST_EDIT_SIMILARITY = 0.5;

/**
 * Nothing under it is returned: the lowest minimum score that OFAC speaks of (FAQ 248), and as a share the least edit
 * similarity of its candidates (FAQ 249).
 */
export const OFAC_FLOOR = 50;

/** A name as OFAC's search seems to compare it: upper case, without accents. */
export type OfacName = {
  readonly whole: string;
  readonly parts: readonly OfacPart[];
};

export type OfacPart = { readonly text: string; readonly sound: string };

/** How a score came about. */
export type OfacExplanation = {
  /** 0–100, whole; 0 also where no part of the query brings the name into consideration. */
  readonly score: number;
  readonly branch: 'whole-name' | 'parts' | 'not-considered';
  /** 0–1. */
  readonly wholeName: number;
  /** 0–1: mean over the query's parts. */
  readonly parts: number;
  /** Each part of the query that counts, in order, with its best part of the name; null: none. */
  readonly pairs: readonly { readonly query: OfacPart; readonly name: OfacPart | null; readonly likeness: number }[];
};

/**
 * What score would OFAC's own search show for a listed name?
 * An emulation: OFAC publishes the measures but not the program. docs/methods has how often it is how far off.
 * @param query - as typed.
 * @param listedName - one name as OFAC lists it, `FAMILY, Given`; the order of its parts matters to one of the two measures.
 * @returns 0–100, whole. Under `OFAC_FLOOR` counts as not returned; a name in another script than the query's scores 0.
 * @see https://ofac.treasury.gov/faqs/249
 */
export function ofacScore(query: string, listedName: string): number {
  return explainOfacScore(readOfacName(query), readOfacName(listedName)).score;
}

export function readOfacName(text: string, rules: OfacRules = OFAC_RULES): OfacName {
  const upper = text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/['’‘`´]/g, '');
  const parts = upper.match(/[\p{L}\p{N}]+/gu) ?? [];
  return {
    whole: upper.replace(LEFT_OUT[rules.wholeName], '').trim(),
    parts: parts.map((part) => ({ text: part, sound: soundex(part) })),
  };
}

const LEFT_OUT: Readonly<Record<OfacRules['wholeName'], RegExp>> = {
  'letters-only': /[^\p{L}\p{N}]/gu,
  'hyphens-kept': /[^\p{L}\p{N}-]/gu,
  'spaces-kept': /[^\p{L}\p{N} ]/gu,
};

/** The parts of a query that count: the long ones, or all of them where none is long. */
export function countedParts(query: OfacName, rules: OfacRules = OFAC_RULES): readonly OfacPart[] {
  const long = query.parts.filter((part) => part.text.length >= rules.shortestPart);
  return long.length > 0 ? long : query.parts;
}

/** @returns 0–1; 0 where two parts begin differently or share less than half by edit distance. */
export function partLikeness(query: OfacPart, name: OfacPart, rules: OfacRules = OFAC_RULES): number {
  if (query.text === name.text) return 1;
  if (query.text[0] !== name.text[0]) return 0;
  if (editSimilarity(query.text, name.text) < LEAST_EDIT_SIMILARITY) return 0;
  return jaroWinkler(query.text, name.text, rules.longestPrefix) * soundWeight(query, name, rules);
}

function soundWeight(query: OfacPart, name: OfacPart, rules: OfacRules): number {
  if (rules.sound === 'ignored' || query.sound === name.sound) return 1;
  return rules.sound === 'must-agree' ? 0 : soundexAgreement(query.sound, name.sound);
}

/** Both names read by the same rules. */
export function explainOfacScore(query: OfacName, name: OfacName, rules: OfacRules = OFAC_RULES): OfacExplanation {
  const pairs = countedParts(query, rules).map((part) => bestPair(part, name, rules));
  if (pairs.every(({ likeness }) => likeness === 0)) {
    return { score: 0, branch: 'not-considered', wholeName: 0, parts: 0, pairs };
  }
  const parts = pairs.reduce((sum, { likeness }) => sum + likeness, 0) / pairs.length;
  const wholeName = jaroWinkler(query.whole, name.whole, rules.longestPrefix);
  const score = Math.round(Math.max(wholeName, parts) * 100);
  return { score, branch: wholeName > parts ? 'whole-name' : 'parts', wholeName, parts, pairs };
}

function bestPair(part: OfacPart, name: OfacName, rules: OfacRules): OfacExplanation['pairs'][number] {
  let best: OfacExplanation['pairs'][number] = { query: part, name: null, likeness: 0 };
  for (const candidate of name.parts) {
    const likeness = partLikeness(part, candidate, rules);
    if (likeness > best.likeness) best = { query: part, name: candidate, likeness };
  }
  return best;
}
