import { countryOf } from '../../../units/index.ts';
import type { Identifier, ListedName, ListedParty, PartialDate, Place } from '../party.ts';
import { scriptOf } from '../scripts.ts';
import { isoDateIn, spanOf } from './date-span.ts';
import { readLegacyDate } from './ofac-legacy-remarks.ts';

/** One entry as it stands in the file: fields of its own, and groups of fields in their order. */
export type UnEntry = {
  readonly kind: 'person' | 'organisation';
  readonly single: Map<string, string>;
  readonly groups: { readonly name: string; readonly fields: ReadonlyMap<string, readonly string[]> }[];
};

type Fields = ReadonlyMap<string, readonly string[]>;

/** @returns the party; or why it cannot be read, in words. */
export function readUnEntry(entry: UnEntry): ListedParty | string {
  const number = entry.single.get('DATAID');
  if (number === undefined) return 'no DATAID';
  const names = namesOf(entry);
  if (names.length === 0) return 'no name';
  const groups = (suffix: string): Fields[] =>
    entry.groups.filter(({ name }) => name.endsWith(suffix)).map(({ fields }) => fields);
  const listType = entry.single.get('UN_LIST_TYPE');
  return {
    id: `un-sc:${number}`,
    list: 'un-sc',
    reference: entry.single.get('REFERENCE_NUMBER') ?? number,
    kind: entry.kind,
    names,
    births: [...groups('_DATE_OF_BIRTH').map(birthOf), ...groups('_ALIAS').map(birthOfAlias)].filter(isKnown),
    places: placesOf(entry, groups),
    identifiers: groups('_DOCUMENT').map(identifierOf).filter(isKnown),
    accounts: [],
    programmes: listType === undefined ? [] : [listType],
    listedOn: isoDateIn(entry.single.get('LISTED_ON') ?? ''),
    amendedOn: datesOf(groups('LAST_DAY_UPDATED')),
    remarks: remarksOf(entry, groups),
  };
}

function namesOf({ single, groups }: UnEntry): ListedName[] {
  const parts = ['FIRST_NAME', 'SECOND_NAME', 'THIRD_NAME', 'FOURTH_NAME'].map((part) => single.get(part));
  const [primary, ...further] = splitNames(parts.filter(isKnown).join(' '));
  const names: ListedName[] = [];
  const seen = new Set<string>();
  const add = (full: string, kind: ListedName['kind'], quality: ListedName['quality']): void => {
    const key = `${kind} ${full}`;
    if (seen.has(key)) return;
    seen.add(key);
    names.push({ full, kind, quality, script: scriptOf(full) });
  };
  if (primary !== undefined) add(primary, 'name', 'primary');
  for (const name of further) add(name, 'name', 'strong');
  for (const name of splitNames(single.get('NAME_ORIGINAL_SCRIPT') ?? '')) {
    add(name, 'name', names.length === 0 ? 'primary' : 'strong');
  }
  for (const { name, fields } of groups) {
    if (!name.endsWith('_ALIAS')) continue;
    const quality = first(fields, 'QUALITY')?.toLowerCase() ?? '';
    for (const alias of splitNames(first(fields, 'ALIAS_NAME') ?? '')) {
      add(alias, quality === 'f.k.a.' ? 'fka' : 'aka', quality === 'low' ? 'weak' : 'strong');
    }
  }
  return names[0]?.quality === 'primary' ? names : [];
}

function splitNames(text: string): string[] {
  return text
    .split(';')
    .map((name) => name.replaceAll(/\s+/g, ' ').trim())
    .filter((name) => name !== '');
}

function birthOf(fields: Fields): PartialDate | null {
  const approximate = first(fields, 'TYPE_OF_DATE')?.toUpperCase() === 'APPROXIMATELY';
  const date = isoDateIn(first(fields, 'DATE') ?? '');
  if (date !== null) return { from: date, to: date, approximate };
  const from = yearIn(first(fields, 'FROM_YEAR') ?? first(fields, 'YEAR'));
  const to = yearIn(first(fields, 'TO_YEAR') ?? first(fields, 'YEAR'));
  if (from !== undefined || to !== undefined) {
    return spanOf({ year: from ?? (to as string) }, { year: to ?? (from as string) }, approximate);
  }
  // Some give the date in the note only: `Nov. 1973`.
  const noted = readLegacyDate((first(fields, 'NOTE') ?? '').replaceAll('.', ''));
  return noted === null ? null : { ...noted, approximate: noted.approximate || approximate };
}

function birthOfAlias(fields: Fields): PartialDate | null {
  const date = isoDateIn(first(fields, 'DATE_OF_BIRTH') ?? '');
  return date === null ? null : { from: date, to: date, approximate: false };
}

function yearIn(text: string | null): string | undefined {
  return text !== null && /^\d{4}$/.test(text) ? text : undefined;
}

function placesOf(entry: UnEntry, groups: (suffix: string) => Fields[]): Place[] {
  const second = entry.single.get('NATIONALITY2');
  const nationalities = [...groups('NATIONALITY').flatMap((fields) => fields.get('VALUE') ?? []), second];
  return [
    ...groups('_PLACE_OF_BIRTH').map((fields) => placeOf('birth', fields)),
    ...nationalities.filter(isKnown).map((text): Place => ({ role: 'nationality', country: countryOf(text), text })),
    ...groups('_ADDRESS').map((fields) => placeOf('address', fields)),
  ].filter(isKnown);
}

/** The note stands for the place only where nothing else does: it mostly says since when, or how sure. */
function placeOf(role: Place['role'], fields: Fields): Place | null {
  const country = first(fields, 'COUNTRY');
  const state = [first(fields, 'STATE_PROVINCE'), first(fields, 'ZIP_CODE')].filter(isKnown).join(' ');
  const parts = [first(fields, 'STREET'), first(fields, 'CITY'), state === '' ? null : state, country].filter(isKnown);
  const text = parts.length === 0 ? (first(fields, 'NOTE') ?? '') : parts.join(', ');
  return text === '' ? null : { role, country: country === null ? null : countryOf(country), text };
}

/** A document whose number stands in the words for its type (`Moroccan passport number K789`) is given as those words. */
function identifierOf(fields: Fields): Identifier | null {
  const type = first(fields, 'TYPE_OF_DOCUMENT');
  const second = first(fields, 'TYPE_OF_DOCUMENT2');
  const kind = (type ?? second ?? 'Document').replaceAll(/\s+/g, ' ');
  const value = first(fields, 'NUMBER') ?? (second !== null && /\d/.test(second) ? second : null);
  if (value === null) return null;
  const issuer = first(fields, 'ISSUING_COUNTRY') ?? first(fields, 'COUNTRY_OF_ISSUE');
  return { kind, value, country: issuer === null ? null : countryOf(issuer) };
}

function datesOf(groups: readonly Fields[]): string[] {
  const dates = groups.flatMap((fields) => fields.get('VALUE') ?? []).map(isoDateIn);
  return [...new Set(dates.filter(isKnown))].sort();
}

function remarksOf({ single }: UnEntry, groups: (suffix: string) => Fields[]): string | null {
  const values = (name: string): string =>
    groups(name)
      .flatMap((fields) => fields.get('VALUE') ?? [])
      .join('; ');
  const said = [
    ['Title', values('TITLE')],
    ['Designation', values('DESIGNATION')],
  ].flatMap(([what, text]) => (text === '' ? [] : [`${what}: ${text}`]));
  const remarks = [...said, single.get('COMMENTS1')].filter(isKnown);
  return remarks.length === 0 ? null : remarks.join('; ');
}

function first(fields: Fields, name: string): string | null {
  return fields.get(name)?.[0] ?? null;
}

function isKnown<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
