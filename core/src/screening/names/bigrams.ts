import { LONGEST_COMPARED } from './edit-distance.ts';

/** Finds the words that share enough pairs of letters with another to be a few edits away from it. */
export type BigramIndex = {
  /** Words are numbered from 0 in the order they are added. */
  add(word: string): void;
  /** To be called once, after the last `add`. */
  seal(): void;
  /** Adds to `found` the number of each word within reach: one edit up to six letters, two up to nine, then three. */
  near(word: string, found: Set<number>): void;
};

/** a to z, digits, and the edge of a word. */
const LETTERS = 37;
const LENGTHS = LONGEST_COMPARED + 1;

export function createBigramIndex(): BigramIndex {
  const words: string[] = [];
  /** Of each pair of letters, the words that have it, shorter ones first; where each length starts. */
  let starts = new Uint32Array(0);
  let holders = new Uint32Array(0);
  let shared = new Uint8Array(0);
  let touched = new Uint32Array(0);

  return {
    add(word) {
      words.push(word);
    },
    seal() {
      shared = new Uint8Array(words.length);
      touched = new Uint32Array(words.length);
      ({ starts, holders } = postingsOf(words));
      words.length = 0;
    },
    near(word, found) {
      if (word.length < 3 || word.length >= LENGTHS) return;
      const [shortest, longest] = lengthsWithin(word.length);
      let count = 0;
      const codes = [...new Set(bigramsOf(word))];
      for (let length = shortest; length <= longest; length++) {
        const least = leastShared(Math.max(word.length, length));
        count = 0;
        for (const code of codes) {
          const place = code * LENGTHS + length;
          const end = starts[place + 1] as number;
          for (let at = starts[place] as number; at < end; at++) {
            const id = holders[at] as number;
            const now = (shared[id] as number) + 1;
            shared[id] = now;
            if (now === 1) touched[count++] = id;
            if (now === least) found.add(id);
          }
        }
        for (let at = 0; at < count; at++) shared[touched[at] as number] = 0;
      }
    },
  };
}

function postingsOf(words: readonly string[]) {
  const starts = new Uint32Array(LETTERS * LETTERS * LENGTHS + 1);
  const each = words.map((word) => (word.length < LENGTHS ? [...new Set(bigramsOf(word))] : []));
  const placeOf = (code: number, id: number): number => code * LENGTHS + (words[id] as string).length;
  each.forEach((codes, id) => {
    for (const code of codes) (starts[placeOf(code, id) + 1] as number)++;
  });
  for (let place = 1; place < starts.length; place++) (starts[place] as number) += starts[place - 1] as number;
  const holders = new Uint32Array(starts.at(-1) as number);
  const next = starts.slice();
  each.forEach((codes, id) => {
    for (const code of codes) holders[(next[placeOf(code, id)] as number)++] = id;
  });
  return { starts, holders };
}

/** Edits that are worth looking for in a word of so many letters: more leave too little alike to be paired. */
function reach(longest: number): number {
  return longest <= 6 ? 1 : longest <= 9 ? 2 : 3;
}

function lengthsWithin(length: number): readonly [number, number] {
  let longest = length;
  while (longest + 1 < LENGTHS && longest + 1 - length <= reach(longest + 1)) longest++;
  return [Math.max(2, length - reach(length)), longest];
}

/** Of a word's letters + 1 pairs, one edit changes two at most, a swap of neighbours three. */
function leastShared(longest: number): number {
  return Math.max(longest < 4 ? 1 : 2, longest - 2 * reach(longest));
}

function bigramsOf(word: string): readonly number[] {
  const pairs: number[] = [];
  let last = 0;
  for (let place = 0; place < word.length; place++) {
    const letter = letterOf(word.charCodeAt(place));
    pairs.push(last * LETTERS + letter);
    last = letter;
  }
  pairs.push(last * LETTERS);
  return pairs;
}

function letterOf(code: number): number {
  return code >= 97 ? code - 96 : code - 48 + 27;
}
