import type { ListedName, ListedParty } from '../lists/party.ts';
import { scriptOf } from '../lists/scripts.ts';
import type { NameIndex, NameMatch, NameQuery, NameScreening, ScoreStep, TokenPair } from './match.ts';
import {
  countedParts,
  explainOfacScore,
  OFAC_FLOOR,
  OFAC_RULES,
  type OfacExplanation,
  type OfacName,
  type OfacPart,
  partLikeness,
  readOfacName,
} from './ofac-score.ts';
import { jaroWinkler } from './ofac-score-strings.ts';
import { checkSearch } from './search-options.ts';

/** Asked for nothing else, the search answers from here; OFAC recommends no score (FAQ 250). */
export const OFAC_DEFAULT_THRESHOLD = 85;

/** Longer queries are compared by their beginning: no listed name comes near it, and the cost grows with the square. */
const LONGEST_QUERY = 300;

/**
 * A search that answers as OFAC's own would: same candidates, same scores as `ofacScore`, every name kept.
 * It is for comparing with OFAC's answers, not for finding more: its scores saturate at 100, names in other scripts than
 * Latin are not compared, and birth dates and countries change nothing, as at OFAC (FAQ 251).
 * @throws {CairnError} from `search`, `invalid-input`: a threshold outside 0 to 100, a limit that is no whole number of 1 or more.
 */
export function createOfacCompatibleSearch(parties: Iterable<ListedParty>): NameIndex {
  const words = createWords();
  const entries: Entry[] = [];
  let [count, elsewhere] = [0, 0];
  for (const party of parties) {
    count++;
    for (const name of party.names) {
      const read = readOfacName(name.full);
      if (read.parts.length === 0 || !isLatin(name.full)) elsewhere++;
      else entries.push(words.add({ party, name, whole: read.whole }, read.parts, entries.length));
    }
  }
  return {
    parties: count,
    names: entries.length,
    notCompared: elsewhere === 0 ? null : `${elsewhere} listed names in other scripts than Latin`,
    search(query, { threshold = OFAC_DEFAULT_THRESHOLD, limit = 50 } = {}) {
      checkSearch(threshold, limit);
      const refused = unscreenable(query.name);
      if (refused !== null) return refused;
      const read = readOfacName(query.name.slice(0, LONGEST_QUERY));
      const found = bestOfEachParty(candidates(read, words, entries, Math.max(threshold, OFAC_FLOOR)));
      const screened = answer(query, read, found, limit);
      if (threshold >= OFAC_FLOOR) return screened;
      const note = `nothing under ${OFAC_FLOOR} is returned: OFAC speaks of no lower score`;
      return { ...screened, notes: [...screened.notes, note] };
    },
  };
}

type Entry = { readonly party: ListedParty; readonly name: ListedName; readonly whole: string };
type Found = { readonly entry: Entry; readonly score: number };
type Words = ReturnType<typeof createWords>;

/** Every different part of the listed names once, by its first letter, with the names that have it. */
function createWords() {
  const byText = new Map<string, { readonly part: OfacPart; readonly names: number[] }>();
  const byLetter = new Map<string, { readonly part: OfacPart; readonly names: number[] }[]>();
  return {
    add(entry: Entry, parts: readonly OfacPart[], place: number): Entry {
      for (const part of parts) {
        let word = byText.get(part.text);
        if (word === undefined) {
          word = { part, names: [] };
          byText.set(part.text, word);
          const letter = part.text[0] as string;
          const same = byLetter.get(letter);
          if (same === undefined) byLetter.set(letter, [word]);
          else same.push(word);
        }
        if (word.names.at(-1) !== place) word.names.push(place);
      }
      return entry;
    },
    /** The words that a query's part could be, with how like they are. */
    like(part: OfacPart): { readonly likeness: number; readonly names: readonly number[] }[] {
      const found = [];
      for (const { part: word, names } of byLetter.get(part.text[0] as string) ?? []) {
        const likeness = partLikeness(part, word);
        if (likeness > 0) found.push({ likeness, names });
      }
      return found;
    },
  };
}

/** Names at or above the threshold. Equal to `ofacScore` of each, which the tests check. */
function candidates(query: OfacName, words: Words, entries: readonly Entry[], threshold: number): Found[] {
  const parts = countedParts(query);
  const sums = new Map<number, number>();
  for (const part of parts) {
    const best = new Map<number, number>();
    for (const { likeness, names } of words.like(part)) {
      for (const name of names) if (likeness > (best.get(name) ?? 0)) best.set(name, likeness);
    }
    for (const [name, likeness] of best) sums.set(name, (sums.get(name) ?? 0) + likeness);
  }
  const found: Found[] = [];
  for (const [place, sum] of sums) {
    const entry = entries[place] as Entry;
    const mean = sum / parts.length;
    const score = toScore(
      Math.max(mean, wholeLikeness(query.whole, entry.whole, Math.max(mean, threshold / 100 - 0.01))),
    );
    if (score >= threshold) found.push({ entry, score });
  }
  return found;
}

/** 0 where the lengths alone, or the lengths and the common beginning, say that it cannot pass `least`. */
function wholeLikeness(a: string, b: string, least: number): number {
  const [shorter, longer] = a.length < b.length ? [a.length, b.length] : [b.length, a.length];
  const highest = (1 + shorter / longer + 1) / 3;
  const most = Math.min(OFAC_RULES.longestPrefix, shorter);
  let prefix = 0;
  while (prefix < most && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix++;
  if (highest + prefix * 0.1 * (1 - highest) < least) return 0;
  return jaroWinkler(a, b, OFAC_RULES.longestPrefix);
}

function toScore(likeness: number): number {
  return Math.round(likeness * 100);
}

/** Highest first, then by party id. */
function bestOfEachParty(found: readonly Found[]): Found[] {
  const best = new Map<string, Found>();
  for (const one of found) {
    const held = best.get(one.entry.party.id);
    if (held === undefined || one.score > held.score) best.set(one.entry.party.id, one);
  }
  return [...best.values()].sort((a, b) => b.score - a.score || (a.entry.party.id < b.entry.party.id ? -1 : 1));
}

function isLatin(text: string): boolean {
  const script = scriptOf(text);
  return script === 'Latn' || script === 'Zyyy';
}

function unscreenable(text: string): NameScreening | null {
  const read = readOfacName(text.slice(0, LONGEST_QUERY));
  if (read.parts.length === 0) {
    return { kind: 'unscreenable', reason: 'the name has no letter and no digit', scripts: [] };
  }
  if (isLatin(text)) return null;
  const script = scriptOf(text);
  const reason = `OFAC's search compares names as they are written, and this one is not in Latin letters (${script}); Cairn's own mode reads it`;
  return { kind: 'unscreenable', reason, scripts: [{ script, reading: 'none' }] };
}

function answer(
  query: NameQuery,
  read: OfacName,
  found: readonly Found[],
  limit: number,
): Extract<NameScreening, { kind: 'screened' }> {
  const counted = countedParts(read);
  const dropped = read.parts.filter((part) => !counted.includes(part)).map(({ text }) => text);
  const notes = [
    "an emulation of OFAC's search: its scores reach 100 for every name that has all parts of the query",
    ...(dropped.length > 0 ? [`parts of one or two letters do not count: ${dropped.join(', ')}`] : []),
    ...(query.birth !== null || query.countries.length > 0 || query.kind !== null
      ? ['kind, birth and countries change nothing in this mode']
      : []),
    ...(query.name.length > LONGEST_QUERY ? [`only the first ${LONGEST_QUERY} characters were compared`] : []),
  ];
  return {
    kind: 'screened',
    tokens: counted.map(({ text }) => text),
    scripts: [{ script: scriptOf(query.name), reading: 'measured' }],
    matches: found.slice(0, limit).map((one) => toMatch(read, one)),
    more: Math.max(0, found.length - limit),
    notes,
  };
}

function toMatch(query: OfacName, { entry, score }: Found): NameMatch {
  const explanation = explainOfacScore(query, readOfacName(entry.name.full));
  return {
    party: entry.party,
    name: entry.name,
    score,
    pairs: explanation.pairs.map(toPair),
    steps: stepsOf(explanation),
  };
}

function toPair({ query, name, likeness }: OfacExplanation['pairs'][number]): TokenPair {
  const rounded = Math.round(likeness * 1000) / 1000;
  if (name === null) return { query: query.text, name: null, likeness: 0, how: 'unmatched' };
  const how = query.text === name.text ? 'same' : query.sound === name.sound ? 'sounds-alike' : 'typo';
  return { query: query.text, name: name.text, likeness: rounded, how };
}

/** Which of OFAC's two measures gave the score, and what the other gave. */
function stepsOf({ branch, wholeName, parts, score }: OfacExplanation): readonly ScoreStep[] {
  const [whole, each] = [wholeName, parts].map((likeness) => (likeness * 100).toFixed(1));
  if (branch === 'whole-name') {
    const because = `Jaro-Winkler of the two names without spaces, commas and apostrophes; the parts alone give ${each}`;
    return [{ what: 'whole names', points: score, because }];
  }
  const because = `mean over the query's parts of the most alike part of the name (Jaro-Winkler, lowered where Soundex differs); the whole names give ${whole}`;
  return [{ what: 'name parts', points: score, because }];
}
