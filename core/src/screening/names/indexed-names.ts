import type { ListedName, ListedParty } from '../lists/party.ts';
import { createJoinIndex, type JoinIndex } from './joins.ts';
import { looksKorean } from './korean.ts';
import { type NameReading, readName } from './read-name.ts';
import type { PreparedToken } from './token.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';
import { createTokenCounter, type TokenCounts, tokenWeight } from './weights.ts';

/** A listed name as it is compared: its tokens are entries of the vocabulary. */
export type IndexedName = {
  readonly party: ListedParty;
  readonly name: ListedName;
  /** Place of the name among the party's. */
  readonly place: number;
  readonly tokens: readonly number[];
  /** Tokens before the comma; 0: no comma. */
  readonly family: number;
  readonly korean: boolean;
  /** The party has a name in Latin letters, this or another. */
  readonly latin: boolean;
  /** Has a token of one letter. */
  readonly initials: boolean;
};

export type IndexedNames = {
  readonly parties: number;
  /** Parties none of whose names can be read: they are never found, and every search says so. */
  readonly unreadable: number;
  readonly names: readonly IndexedName[];
  /** Listed names that these are entries of. */
  readonly listed: number;
  readonly vocabulary: Vocabulary;
  readonly joins: JoinIndex;
  readonly counts: TokenCounts;
  /** By entry of the vocabulary. */
  readonly weights: Float64Array;
  /** By name: its tokens' weights added up. */
  readonly nameWeights: Float64Array;
  /** The names that have entry `e` are `holders[starts[e]]` to `holders[starts[e + 1] - 1]`. */
  readonly starts: Uint32Array;
  readonly holders: Uint32Array;
};

export function indexNames(parties: Iterable<ListedParty>): IndexedNames {
  const vocabulary = createVocabulary();
  const joins = createJoinIndex();
  const counter = createTokenCounter();
  const names: IndexedName[] = [];
  let partyCount = 0;
  let unreadable = 0;
  let listed = 0;
  for (const party of parties) {
    partyCount++;
    const own = party.names.flatMap((name, place) => indexedName({ party, name, place }, vocabulary));
    if (own.length === 0) unreadable++;
    listed += new Set(own.map(({ place }) => place)).size;
    for (const name of own) {
      joins.add(
        names.length,
        name.tokens.map((id) => vocabulary.token(id).text),
        name.korean,
      );
      names.push(name);
    }
    counter.addParty(tokensOf(own, vocabulary));
  }
  vocabulary.seal();
  joins.seal();
  const counts = counter.counts();
  const weights = Float64Array.from({ length: vocabulary.size }, (_, id) => tokenWeight(vocabulary.token(id), counts));
  const nameWeights = Float64Array.from(names, ({ tokens }) =>
    tokens.reduce((sum, id) => sum + (weights[id] as number), 0),
  );
  const postings = postingsOf(names, vocabulary.size);
  return {
    parties: partyCount,
    unreadable,
    names,
    listed,
    vocabulary,
    joins,
    counts,
    weights,
    nameWeights,
    ...postings,
  };
}

/** One entry a name; two where a legal form of several words may also be met word by word. */
function indexedName(
  listed: Pick<IndexedName, 'party' | 'name' | 'place'>,
  vocabulary: Vocabulary,
): readonly IndexedName[] {
  const together = readName(listed.name.full);
  if (together.kind === 'unscreenable') return [];
  const entry = entryOf(together, listed, vocabulary);
  if (!together.tokens.some(({ role }) => role === 'legal')) return [entry];
  const apart = readName(listed.name.full, 'apart');
  if (apart.kind === 'unscreenable' || apart.tokens.length === together.tokens.length) return [entry];
  return [entry, entryOf(apart, listed, vocabulary)];
}

function entryOf(
  reading: Extract<NameReading, { kind: 'read' }>,
  listed: Pick<IndexedName, 'party' | 'name' | 'place'>,
  vocabulary: Vocabulary,
): IndexedName {
  const texts = reading.tokens.map(({ text }) => text);
  return {
    ...listed,
    tokens: reading.tokens.map((token) => vocabulary.add(token)),
    family: reading.family,
    latin: listed.party.names.some(({ full }) => /[A-Za-z]{2}/.test(full)),
    korean: reading.tokens.every(({ script }) => script === 'Latn') && looksKorean(texts),
    initials: reading.tokens.some(({ role }) => role === 'initial'),
  };
}

function* tokensOf(names: readonly IndexedName[], vocabulary: Vocabulary): Iterable<PreparedToken> {
  for (const { tokens } of names) for (const id of tokens) yield vocabulary.token(id);
}

function postingsOf(names: readonly IndexedName[], size: number) {
  const starts = new Uint32Array(size + 1);
  const each = names.map(({ tokens }) => new Set(tokens));
  for (const ids of each) for (const id of ids) (starts[id + 1] as number)++;
  for (let id = 0; id < size; id++) (starts[id + 1] as number) += starts[id] as number;
  const next = starts.slice();
  const holders = new Uint32Array(starts[size] as number);
  each.forEach((ids, name) => {
    for (const id of ids) holders[(next[id] as number)++] = name;
  });
  return { starts, holders };
}
