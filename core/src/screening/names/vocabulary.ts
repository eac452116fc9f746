import { compareText } from '../../units/index.ts';
import { createBigramIndex } from './bigrams.ts';
import { type Likeness, likenessOf } from './likeness.ts';
import type { NameToken } from './read-name.ts';
import { type PreparedToken, prepareToken, tokenKey } from './token.ts';

/** `exact`: only by the keys of spelling and sound, not by edits. */
export type Reach = 'near' | 'exact';

/** Every different token of an index's names, and how to find those like one that is asked for. */
export type Vocabulary = {
  readonly size: number;
  token(id: number): PreparedToken;
  /** The entry of a token of a listed name, made where there is none yet. */
  add(token: NameToken): number;
  /** To be called once, after the last `add`. */
  seal(): void;
  /** Entries like the token, most alike first, then by spelling. */
  like(query: PreparedToken, reach: Reach): readonly (Likeness & { readonly id: number })[];
  /** Entries that sound as the token does in Korean; which names may use that is for the caller to say. */
  koreanLike(query: PreparedToken): readonly number[];
};

export function createVocabulary(): Vocabulary {
  const tokens: PreparedToken[] = [];
  const byKey = new Map<string, number>();
  const byForm = new Map<string, number[]>();
  const byFold = new Map<string, number[]>();
  const byConsonants = new Map<string, number[]>();
  const byLoose = new Map<string, number[]>();
  const spelled = createBigramIndex();
  const folded = createBigramIndex();

  function add(token: NameToken): number {
    const key = tokenKey(token);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const id = tokens.length;
    const prepared = prepareToken(token);
    byKey.set(key, id);
    tokens.push(prepared);
    list(byForm, prepared.form, id);
    list(byFold, prepared.fold, id);
    if (prepared.loose !== null) list(byLoose, prepared.loose, id);
    if (prepared.consonants.length > 0) list(byConsonants, prepared.consonants, id);
    spelled.add(prepared.text);
    folded.add(prepared.fold);
    return id;
  }

  function candidates(query: PreparedToken, reach: Reach): Set<number> {
    const ids = new Set(byFold.get(query.fold) ?? []);
    for (const id of byForm.get(query.form) ?? []) ids.add(id);
    if (query.script === 'Hang') for (const id of byLoose.get(query.loose ?? '') ?? []) ids.add(id);
    if (query.abjad)
      for (const key of nearKeys(query.consonants)) for (const id of byConsonants.get(key) ?? []) ids.add(id);
    if (reach === 'exact') return ids;
    if (!query.abjad && query.consonants.length > 1)
      for (const id of byConsonants.get(query.consonants) ?? []) ids.add(id);
    spelled.near(query.text, ids);
    folded.near(query.fold, ids);
    return ids;
  }

  return {
    get size() {
      return tokens.length;
    },
    token: (id) => tokens[id] as PreparedToken,
    add,
    seal() {
      spelled.seal();
      folded.seal();
    },
    like(query, reach) {
      const found: (Likeness & { readonly id: number })[] = [];
      for (const id of candidates(query, reach)) {
        const likeness = likenessOf(query, tokens[id] as PreparedToken);
        if (likeness !== null) found.push({ id, like: likeness.like, how: likeness.how });
      }
      return found.sort(
        (a, b) => b.like - a.like || order(tokens[a.id] as PreparedToken, tokens[b.id] as PreparedToken),
      );
    },
    koreanLike: (query) => (query.loose === null ? [] : (byLoose.get(query.loose) ?? [])),
  };
}

function order(left: PreparedToken, right: PreparedToken): number {
  return compareText(tokenKey(left), tokenKey(right));
}

/** The consonants, and what is left of them with one left out. */
function nearKeys(consonants: string): readonly string[] {
  if (consonants.length < 4) return [consonants];
  return [consonants, ...[...consonants].map((_, place) => consonants.slice(0, place) + consonants.slice(place + 1))];
}

function list(lists: Map<string, number[]>, key: string, id: number): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [id]);
  else known.push(id);
}
