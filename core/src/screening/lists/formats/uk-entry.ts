import { CairnError } from '../../../errors.ts';
import { countryOf } from '../../../units/index.ts';
import type { Identifier, ListedName, ListedParty, PartialDate, PartyKind, Place } from '../party.ts';
import { scriptOf } from '../scripts.ts';
import { isoDate, isoDateIn } from './date-span.ts';

/** Elements that belong together: a Name, an Address, a Passport. */
type Group = { readonly name: string; readonly fields: Map<string, string> };

/** A Designation while it is read. */
export type UkEntry = {
  readonly place: string;
  /** @throws {CairnError} `invalid-input`: an entry without end. */
  open(name: string): void;
  close(name: string, text: string): void;
  /** The texts of every element of this name, in the order of the file, empty ones left out. */
  texts(name: string): readonly string[];
  groups(name: string): readonly Group[];
};

/** No designation has a hundredth of it: an entry without end is refused before it fills memory. */
const MAX_ELEMENTS = 50_000;

const GROUPS: readonly string[] = ['Name', 'Address', 'Location', 'Passport', 'NationalIdentifier'];

export function createUkEntry(place: string): UkEntry {
  const texts = new Map<string, string[]>();
  const groups: Group[] = [];
  let group: Group | null = null;
  let elements = 0;
  return {
    place,
    open(name) {
      elements += 1;
      if (elements > MAX_ELEMENTS)
        throw new CairnError('invalid-input', `${place}: a Designation of more than ${MAX_ELEMENTS} elements`);
      if (!GROUPS.includes(name)) return;
      group = { name, fields: new Map() };
      groups.push(group);
    },
    close(name, text) {
      if (group?.name === name) group = null;
      if (text === '') return;
      group?.fields.set(name, text);
      const held = texts.get(name);
      if (held === undefined) texts.set(name, [text]);
      else held.push(text);
    },
    texts: (name) => texts.get(name) ?? [],
    groups: (name) => groups.filter((each) => each.name === name),
  };
}

/** The party of a designation; null where it has no number or no name. `reject` is told what could not be read. */
export function ukPartyOf(entry: UkEntry, reject: (reason: string) => void): ListedParty | null {
  const [id] = entry.texts('UniqueID');
  const names = namesOf(entry);
  if (id === undefined || names.length === 0) {
    reject(id === undefined ? 'no UniqueID' : 'no name');
    return null;
  }
  const dayIn = (name: string): string[] =>
    entry.texts(name).flatMap((text) => {
      const day = readUkDay(text);
      if (day === null) reject(`${name} was not read: "${text}"`);
      return day === null ? [] : [day];
    });
  return {
    id: `uk-sanctions:${id}`,
    list: 'uk-sanctions',
    reference: id,
    kind: KINDS.get((entry.texts('IndividualEntityShip')[0] ?? '').toLowerCase()) ?? 'unknown',
    names,
    births: entry.texts('DOB').flatMap((text) => birthOf(text, reject)),
    places: placesOf(entry),
    identifiers: identifiersOf(entry),
    accounts: [],
    programmes: [...new Set(entry.texts('RegimeName'))],
    listedOn: dayIn('DateDesignated').toSorted()[0] ?? null,
    amendedOn: [...new Set(dayIn('LastUpdated'))].toSorted(),
    remarks: remarksOf(entry),
  };
}

/** `25/01/2001` (or `2001-01-25`) as an ISO date; null: another form, or no such day. */
export function readUkDay(text: string): string | null {
  const [, day, month, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  return year === undefined
    ? isoDateIn(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : '')
    : isoDate(Number(year), Number(month), Number(day));
}

const KINDS: ReadonlyMap<string, PartyKind> = new Map([
  ['individual', 'person'],
  ['entity', 'organisation'],
  ['ship', 'vessel'],
]);

/** Name1 to Name6 are in reading order; Name6 is the family name, or the whole name. */
function namesOf(entry: UkEntry): ListedName[] {
  const read = entry.groups('Name').flatMap(({ fields }) => {
    const parts = [1, 2, 3, 4, 5, 6].flatMap((number) => fields.get(`Name${number}`) ?? []);
    const type = (fields.get('NameType') ?? '').toLowerCase();
    const isWeak = /low quality/i.test(fields.get('AliasStrength') ?? '');
    return parts.length === 0 ? [] : [{ full: parts.join(' '), type, isWeak }];
  });
  const primary = read.find(({ type }) => type === 'primary name') ?? read[0];
  const names = new Map<string, ListedName>();
  const add = (full: string, kind: ListedName['kind'], quality: ListedName['quality']): void => {
    const held = names.get(full);
    // A name that the list gives both as weak and as strong is strong.
    if (held === undefined || (held.quality === 'weak' && quality === 'strong'))
      names.set(full, { full, kind, quality, script: scriptOf(full) });
  };
  if (primary !== undefined) add(primary.full, 'name', 'primary');
  for (const { full, type, isWeak } of read)
    add(full, type === 'primary name' ? 'name' : /former/.test(type) ? 'fka' : 'aka', isWeak ? 'weak' : 'strong');
  for (const full of entry.texts('NameNonLatinScript')) add(full, 'aka', names.size === 0 ? 'primary' : 'strong');
  return [...names.values()];
}

/** `01/03/1958`; what is not known stands as letters: `dd/mm/1945`. */
function birthOf(text: string, reject: (reason: string) => void): PartialDate[] {
  const [, day = '', month = '', year] = /^(?:(\d{1,2}|dd)\/)?(?:(\d{1,2}|mm)\/)?(\d{4})$/i.exec(text) ?? [];
  const known = year === undefined ? null : !/\d/.test(month) ? year : `${year}-${month.padStart(2, '0')}`;
  const date = /\d/.test(day)
    ? readUkDay(text)
    : known !== null && (known.length === 4 || isMonth(known))
      ? known
      : null;
  if (date === null) reject(`DOB was not read: "${text}"`);
  return date === null ? [] : [{ from: date, to: date, approximate: false }];
}

function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

function placesOf(entry: UkEntry): Place[] {
  const named = (name: string, role: Place['role']): Place[] =>
    entry.texts(name).map((text) => ({ role, country: countryOf(text), text }));
  return [
    ...entry.groups('Location').flatMap((group) => placeOf(group, 'birth', ['TownOfBirth'], 'CountryOfBirth')),
    ...named('Nationality', 'nationality'),
    ...named('CurrentBelievedFlagOfShip', 'registration'),
    ...entry.groups('Address').flatMap((group) => placeOf(group, 'address', ADDRESS_LINES, 'AddressCountry')),
  ];
}

const ADDRESS_LINES = [...[1, 2, 3, 4, 5, 6].map((number) => `AddressLine${number}`), 'AddressPostalCode'];

function placeOf({ fields }: Group, role: Place['role'], lines: readonly string[], country: string): Place[] {
  const name = fields.get(country);
  const text = [...lines, country].flatMap((line) => fields.get(line) ?? []).join(', ');
  return text === '' ? [] : [{ role, country: name === undefined ? null : countryOf(name), text }];
}

const IDENTIFIERS: readonly (readonly [element: string, kind: string])[] = [
  ['PassportNumber', 'Passport'],
  ['NationalIdentifierNumber', 'National Identifier'],
  ['BusinessRegistrationNumber', 'Business Registration Number'],
  ['IMONumber', 'IMO Number'],
  ['OFSIGroupID', 'OFSI Group ID'],
  ['UNReferenceNumber', 'UN Reference Number'],
];

function identifiersOf(entry: UkEntry): Identifier[] {
  return IDENTIFIERS.flatMap(([element, kind]) =>
    [...new Set(entry.texts(element))].map((value) => ({ kind, value, country: null })),
  );
}

function remarksOf(entry: UkEntry): string | null {
  const texts = ['Position', 'OtherInformation', 'UKStatementofReasons'].flatMap((name) => entry.texts(name));
  return texts.length === 0 ? null : texts.join('\n');
}
