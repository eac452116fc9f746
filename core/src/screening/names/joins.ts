import { consonantsOf, foldSpelling } from './fold.ts';
import { looseSounds, soundsOfLatin } from './korean.ts';
import type { PreparedToken } from './token.ts';

/** Where in a listed name two or three neighbouring tokens stand that, written as one, are the word asked for. */
export type JoinPlace = { readonly name: number; readonly from: number; readonly to: number };

export type JoinIndex = {
  /** @param korean - the name looks Korean as a whole. */
  add(name: number, tokens: readonly string[], korean: boolean): void;
  seal(): void;
  find(word: PreparedToken): readonly JoinPlace[];
};

/** Bashir-ud-din is Bashiruddin: more than three tokens are not written as one. */
export const MOST_JOINED = 3;

/** Hash, then place among the entries, in one number below 2^53: sorted, it is searched by halves and costs 16 bytes an entry. */
const PLACES = 2 ** 21;

export function createJoinIndex(): JoinIndex {
  const hashes: number[] = [];
  const places: number[] = [];
  let sorted = new Float64Array(0);
  let packed = new Float64Array(0);

  return {
    add(name, tokens, korean) {
      for (let from = 0; from + 1 < tokens.length; from++) {
        for (let count = 2; count <= MOST_JOINED && from + count <= tokens.length; count++) {
          for (const key of keysOf(tokens.slice(from, from + count).join(''), korean)) {
            hashes.push(hashOf(key));
            places.push((name * 32 + from) * 4 + count);
          }
        }
      }
    },
    seal() {
      packed = Float64Array.from(places);
      sorted = Float64Array.from(hashes, (hash, place) => hash * PLACES + place).sort();
      hashes.length = 0;
      places.length = 0;
    },
    find(word) {
      return keysAsked(word).flatMap((key) => placesOf(hashOf(key)));
    },
  };

  function placesOf(hash: number): readonly JoinPlace[] {
    const found: JoinPlace[] = [];
    for (let at = firstFrom(sorted, hash * PLACES); at < sorted.length; at++) {
      const entry = sorted[at] as number;
      if (Math.floor(entry / PLACES) !== hash) break;
      const place = packed[entry % PLACES] as number;
      const from = Math.floor(place / 4) % 32;
      found.push({ name: Math.floor(place / 128), from, to: from + (place % 4) });
    }
    return found;
  }
}

/** Fewer consonants than these are shared by too many words to look for. */
const TELLING_CONSONANTS = 4;

/** By spelling; by consonants, for a word of a script without vowels; by sound, for Korean. */
function keysOf(word: string, korean: boolean): readonly string[] {
  const keys = [foldSpelling(word)];
  const consonants = consonantsOf(word);
  if (consonants.length >= TELLING_CONSONANTS) keys.push(`=${consonants}`);
  const sounds = korean ? soundsOfLatin(word) : null;
  if (sounds !== null) keys.push(`~${looseSounds(sounds)}`);
  return keys;
}

function keysAsked(word: PreparedToken): readonly string[] {
  const keys = word.text.length < 3 ? [] : [word.fold];
  if (word.abjad && word.consonants.length >= TELLING_CONSONANTS) keys.push(`=${word.consonants}`);
  if (word.loose !== null) keys.push(`~${word.loose}`);
  return keys;
}

function firstFrom(sorted: Float64Array, least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** FNV-1a, 32 bits. A clash does no harm: what is found is compared letter by letter. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < word.length; place++) hash = Math.imul(hash ^ word.charCodeAt(place), 0x01000193);
  return hash >>> 0;
}
