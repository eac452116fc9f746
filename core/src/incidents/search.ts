import MiniSearch from 'minisearch';
import { CairnError } from '../errors.ts';
import { compareText, countryName } from '../units/index.ts';
import type { Actor } from './actor.ts';
import type { Incident } from './incident.ts';
import type { Registry } from './registry.ts';
import { ACCESS_NAMES, VICTIM_TYPE_NAMES } from './vocabulary.ts';

/** An incident that a search found. */
export type SearchHit = {
  readonly slug: string;
  /** Higher is nearer; only to be compared within one answer. */
  readonly score: number;
  /** The words of the record that were found, folded to lower case without accents. */
  readonly terms: readonly string[];
};

/** @param limit - at most so many hits. */
export type IncidentSearch = (query: string, limit?: number) => readonly SearchHit[];

/** What a search reads of a record. */
export type SearchableRecord = Pick<Registry, 'incidents' | 'sources' | 'actors' | 'techniques'>;

const DEFAULT_LIMIT = 20;

/** Texts of an incident, by how much a word in them says about which incident is meant. */
const BOOSTS = { name: 8, about: 2, identifiers: 4, text: 1 } as const;
type Entry = { readonly slug: string } & Readonly<Record<keyof typeof BOOSTS, string>>;

/** Shorter words stand inside too many others. */
const MIN_PREFIX = 3;
/** One typing error in four or five letters, two from eight on. A wrong digit is another number, so digits are taken as they are. */
const FUZZY = 0.2;
const MIN_FUZZY = 4;

/**
 * Finds incidents by any word on record: victims, places, notes, conflicts, ways in, accounts and transactions, actors with their
 * aliases, publishers, techniques by id and name, assets, chains.
 *
 * A hit has every word of the query, as it is, with a typing error, or as the beginning of a word; only where no incident has them
 * all do hits have some of them. An identifier is found by its beginning. Of private persons there is no name to be found.
 * @returns hits by score, then slug; none where nothing is like it.
 * @throws {CairnError} `invalid-input`: the query has no letter and no digit, or the limit is not a whole number above 0.
 */
export function createIncidentSearch(record: SearchableRecord): IncidentSearch {
  const index = new MiniSearch<Entry>({
    idField: 'slug',
    fields: Object.keys(BOOSTS),
    storeFields: [],
    tokenize: wordsOf,
    processTerm: (term) => term,
    searchOptions: {
      boost: BOOSTS,
      prefix: (term) => term.length >= MIN_PREFIX,
      fuzzy: (term) => (term.length >= MIN_FUZZY && !/\p{N}/u.test(term) ? FUZZY : false),
    },
  });
  index.addAll(record.incidents.map((incident) => entryOf(incident, record)));
  return (query, limit = DEFAULT_LIMIT) => {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new CairnError('invalid-input', `limit: not a whole number above 0: ${limit}`);
    }
    if (wordsOf(query).length === 0) {
      throw new CairnError('invalid-input', 'there is no word to search for', {
        hints: ['give a name, a place, an address, a technique: ronin, Seoul, T1566.003'],
      });
    }
    const all = index.search(query, { combineWith: 'AND' });
    const found = all.length > 0 ? all : index.search(query, { combineWith: 'OR' });
    return found
      .map(({ id, score, terms }) => ({ slug: String(id), score, terms: [...new Set(terms)].sort(compareText) }))
      .sort((a, b) => b.score - a.score || compareText(a.slug, b.slug))
      .slice(0, limit);
  };
}

/** Letters and digits, in lower case and without accents; a point inside a number or an id parts nothing: `t1566.003`. */
function wordsOf(text: string): string[] {
  const folded = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase();
  return folded.match(/[\p{L}\p{N}]+(?:\.\p{N}+)*/gu) ?? [];
}

function entryOf(incident: Incident, { sources, actors, techniques }: SearchableRecord): Entry {
  const { victim, initialAccess, attribution, actorsBySource } = incident;
  const publishers = incident.sources.map(({ id }) => sources.sources.get(id)?.publisher ?? '');
  const clusters = new Set([incident.actor.value, ...actorsBySource.map(({ actor }) => actor)]);
  const used = incident.techniques.value?.ids ?? [];
  const category = initialAccess.value?.category ?? null;
  return {
    slug: incident.slug,
    name: join(incident.slug, victim.kind === 'organisation' && victim.name),
    about: join(
      victim.kind === 'undisclosed' && victim.described,
      victim.kind === 'private-person' && 'private person',
      VICTIM_TYPE_NAMES[victim.type],
      victim.country.value !== null && countryName(victim.country.value),
      ...actorsBySource.map(({ as }) => as),
      ...actors.filter(({ id }) => clusters.has(id)).flatMap(namesOfActor),
      ...techniques.filter(({ id }) => used.includes(id)).map(({ name }) => name),
      category !== null && ACCESS_NAMES[category],
      ...(incident.chains.value?.names ?? []),
      ...(incident.assets.value ?? []).map(({ symbol }) => symbol),
    ),
    identifiers: join(
      ...used,
      ...incident.accounts.map(({ address }) => address),
      ...incident.transactions.map(({ hash }) => hash),
      ...incident.listedIn.map(({ edition }) => edition),
    ),
    text: join(
      ...textsOf(incident),
      ...attribution.claims.map(({ by }) => by),
      ...publishers.map((id) => sources.publishers.get(id)?.name),
      ...incident.sources.map(({ id }) => sources.sources.get(id)?.title),
    ),
  };
}

/** What a cluster is called by anybody. What sources call it in one incident stands in that incident, and is no name elsewhere. */
function namesOfActor({ id, name, names }: Actor): readonly string[] {
  return [id, name, ...names.flatMap((one) => [one.name, ...one.aliases])];
}

/** Everything that was written about an incident in sentences. */
function textsOf(incident: Incident): readonly (string | undefined)[] {
  return [
    ...incident.notes,
    ...incident.conflicts.flatMap(({ says, sides = [] }) => [says, ...sides.flatMap((side) => [side.by, side.says])]),
    incident.initialAccess.value?.description,
    ...incident.laundering.map(({ says }) => says),
    ...incident.outcomes.map(({ says }) => says),
    ...incident.amounts.flatMap(({ by, asPrinted, note }) => [by, asPrinted, note]),
    ...incident.accounts.map(({ description }) => description),
    ...incident.attribution.claims.map(({ note }) => note),
    ...incident.related.map(({ how }) => how),
    ...(incident.assets.value ?? []).map(({ note }) => note),
  ];
}

function join(...texts: readonly (string | null | undefined | false)[]): string {
  return texts.filter((text) => typeof text === 'string').join('\n');
}
