import { join } from 'node:path';
import type { NameQuery } from '../../core/src/screening/index.ts';
import type { Random } from '../random.ts';
import { type Negative, plainKey, readRows } from './cases.ts';

const DATA = join(import.meta.dirname, 'data');

type Culture = { readonly name: string; readonly countries: string[]; readonly parts: Map<string, string[]> };

/** How a full name is put together; each is one of the usual orders, chosen at random. */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  korean: ['family given', 'given family'],
  chinese: ['family given', 'given family'],
  arabic: ['given family', 'given given family'],
  persian: ['given family', 'given given family'],
  russian: ['given-man family-man', 'given-man patronymic-man family-man', 'family-man given-man patronymic-man'],
  spanish: ['given family family', 'given given family family', 'given family'],
  english: ['given family', 'given given family'],
  turkish: ['given family', 'given given family'],
  urdu: ['given family', 'given given', 'given given family'],
  'east-african': ['given family', 'given given family'],
};

/**
 * Names of nobody in particular: people of ten cultures in equal number, and one organisation for every ten people.
 * @param listed - `plainKey` of the listed names; a made-up name that is one of them is left out and counted.
 */
export function makeInnocents(
  random: Random,
  count: number,
  listed: ReadonlySet<string>,
): { readonly negatives: Negative[]; readonly alsoListed: string[] } {
  const cultures = readCultures();
  const organisation = createOrganisations(random);
  const negatives = new Map<string, Negative>();
  const alsoListed = new Set<string>();
  const everyEleventh = cultures.length;
  for (let turn = 0; negatives.size < count; turn = (turn + 1) % (everyEleventh + 1)) {
    const culture = cultures[turn];
    const negative = culture === undefined ? organisation() : person(culture, random);
    const key = plainKey(negative.query.name);
    if (listed.has(key)) alsoListed.add(negative.query.name);
    else negatives.set(key, negative);
  }
  return { negatives: [...negatives.values()], alsoListed: [...alsoListed] };
}

function person(culture: Culture, random: Random): Negative {
  const orders = ORDERS[culture.name] as readonly string[];
  const order = pick(orders, random).split(' ');
  const name = order.map((part) => pick(culture.parts.get(part) as string[], random)).join(' ');
  return {
    kind: culture.name,
    query: { name, kind: 'person', birth: someBirth(random), countries: culture.countries },
  };
}

/** A birth year of somebody who can be a customer. */
function someBirth(random: Random): NameQuery['birth'] {
  const year = String(1945 + random.int(60));
  return { from: year, to: year, approximate: false };
}

function readCultures(): Culture[] {
  const cultures = new Map<string, Culture>();
  for (const [name, country, part, names] of readRows(join(DATA, 'common-names.csv')).slice(1)) {
    const culture = cultures.get(name as string) ?? newCulture(name as string);
    cultures.set(culture.name, culture);
    if (!culture.countries.includes(country as string)) culture.countries.push(country as string);
    culture.parts.set(part as string, (names as string).split(';'));
  }
  return [...cultures.values()];
}

function newCulture(name: string): Culture {
  return { name, countries: [], parts: new Map() };
}

function createOrganisations(random: Random): () => Negative {
  const words = new Map<string, string[]>(
    readRows(join(DATA, 'organisations.csv'))
      .slice(1)
      .map(([part, all]) => [part as string, (all as string).split(';')] as const),
  );
  const of = (part: string): string => pick(words.get(part) as string[], random);
  return () => {
    const front = random.int(3) === 0 ? `${of('front')} ${of('place')}` : of(random.int(2) === 0 ? 'front' : 'place');
    const name = `${front} ${of('trade')} ${of('form')}`;
    return { kind: 'organisation', query: { name, kind: 'organisation', birth: null, countries: [] } };
  };
}

function pick<T>(all: readonly T[], random: Random): T {
  return all[random.int(all.length)] as T;
}
