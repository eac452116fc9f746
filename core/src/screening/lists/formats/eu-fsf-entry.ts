import { countryOf, countryOfCode } from '../../../units/index.ts';
import type { Identifier, ListedName, ListedParty, PartialDate, PartyKind, Place } from '../party.ts';
import { scriptOf } from '../scripts.ts';
import { isoDateIn } from './date-span.ts';
import type { XmlAttributes } from './xml.ts';

/** An element inside an entry; its data stands in attributes. */
export type EuPart = {
  readonly name: string;
  /** Path of the element it stands in. */
  readonly parent: string;
  readonly attributes: XmlAttributes;
  readonly remarks: string[];
};

/** A sanctionEntity while it is read. */
export type EuEntry = {
  readonly attributes: XmlAttributes;
  readonly place: string;
  readonly parts: EuPart[];
  readonly remarks: string[];
};

export function createEuEntry(attributes: XmlAttributes, place: string): EuEntry {
  return { attributes, place, parts: [], remarks: [] };
}

/** The party of an entry; null where it has no number or no name. `reject` is told what could not be read. */
export function euPartyOf(entry: EuEntry, reject: (reason: string) => void): ListedParty | null {
  const id = said(entry.attributes['logicalId']);
  const named = (name: string): EuPart[] => entry.parts.filter((part) => part.name === name);
  const names = namesOf(named('nameAlias'));
  if (id === null || names.length === 0) {
    reject(id === null ? 'no logicalId' : 'no name');
    return null;
  }
  const unitedNations = said(entry.attributes['unitedNationId']);
  return {
    id: `eu-fsf:${id}`,
    list: 'eu-fsf',
    reference: said(entry.attributes['euReferenceNumber']) ?? id,
    kind: kindOf(named('subjectType')[0]),
    names,
    births: named('birthdate').flatMap((part) => birthOf(part, reject)),
    places: entry.parts.flatMap(placeOf),
    identifiers: [
      ...named('identification').flatMap(identifierOf),
      ...(unitedNations === null ? [] : [{ kind: 'unitedNationId', value: unitedNations, country: null }]),
    ],
    accounts: [],
    programmes: unique(named('regulation').map(({ attributes }) => said(attributes['programme']))),
    listedOn: said(entry.attributes['designationDate']),
    amendedOn: unique(
      [...named('regulation'), ...named('regulationSummary')].map(({ attributes }) =>
        said(attributes['publicationDate']),
      ),
    ).toSorted(),
    remarks: remarksOf(entry),
  };
}

/** null: absent, or one of the ways in which the list says that it does not know. */
function said(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' || text === '00' || text === 'UNKNOWN' ? null : text;
}

function unique(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))];
}

function kindOf(subject: EuPart | undefined): PartyKind {
  const code = subject?.attributes['code'];
  if (code === 'person') return 'person';
  return code === 'enterprise' || code === 'entity' ? 'organisation' : 'unknown';
}

/** The first strong name is the primary one; of an entry with weak ones only, the first. */
function namesOf(parts: readonly EuPart[]): ListedName[] {
  const read = parts.flatMap(({ attributes, remarks }) => {
    const { wholeName, firstName, middleName, lastName, strong } = attributes;
    const full = said(wholeName) ?? [firstName, middleName, lastName].flatMap((part) => said(part) ?? []).join(' ');
    const isWeak = strong === 'false' || remarks.some((remark) => /\blow? quality/i.test(remark));
    return full === '' ? [] : [{ full, isWeak }];
  });
  const primary = read.find(({ isWeak }) => !isWeak) ?? read[0];
  if (primary === undefined) return [];
  const names = new Map<string, ListedName>();
  names.set(primary.full, { full: primary.full, kind: 'name', quality: 'primary', script: scriptOf(primary.full) });
  // One spelling may stand once for each language of the Union; strong once is strong.
  for (const { full, isWeak } of read) {
    const held = names.get(full);
    if (held === undefined || (held.quality === 'weak' && !isWeak))
      names.set(full, { full, kind: 'aka', quality: isWeak ? 'weak' : 'strong', script: scriptOf(full) });
  }
  return [...names.values()];
}

/** A range that is open at one end ("born by 1980") has no place in the model: it is rejected, not closed by a guess. */
function birthOf({ attributes }: EuPart, reject: (reason: string) => void): PartialDate[] {
  const { birthdate, year, monthOfYear, dayOfMonth, yearRangeFrom, yearRangeTo, calendarType, circa } = attributes;
  const parts = [said(year), twoDigits(monthOfYear), twoDigits(dayOfMonth)];
  const known = parts.includes(null) ? parts.slice(0, parts.indexOf(null)) : parts;
  const date = said(birthdate) ?? known.join('-');
  const [from, to] = date === '' ? [said(yearRangeFrom), said(yearRangeTo)] : [date, date];
  if (from === null && to === null) return [];
  const isGregorian = (calendarType ?? 'GREGORIAN') === 'GREGORIAN';
  if (isGregorian && from !== null && to !== null && isPartial(from) && isPartial(to) && from <= to)
    return [{ from, to, approximate: circa === 'true' }];
  const calendar = isGregorian ? '' : `, calendar ${calendarType}`;
  reject(`a date of birth was not read: ${date === '' ? `from ${from ?? '?'} to ${to ?? '?'}` : date}${calendar}`);
  return [];
}

function twoDigits(value: string | undefined): string | null {
  return said(value)?.padStart(2, '0') ?? null;
}

function isPartial(text: string): boolean {
  return /^\d{4}(-(0[1-9]|1[0-2]))?$/.test(text) || (/^\d{4}-\d{2}-\d{2}$/.test(text) && isoDateIn(text) !== null);
}

const ROLES: ReadonlyMap<string, Place['role']> = new Map([
  ['birthdate', 'birth'],
  ['citizenship', 'citizenship'],
  ['address', 'address'],
]);

function placeOf({ name, attributes }: EuPart): Place[] {
  const role = ROLES.get(name);
  if (role === undefined) return [];
  const { street, poBox, place, city, zipCode, region, countryDescription } = attributes;
  const box = said(poBox);
  const texts = [street, box === null ? '' : `PO Box ${box}`, place, city, zipCode, region, countryDescription].map(
    said,
  );
  const text = unique(texts).join(', ');
  return text === '' ? [] : [{ role, country: countryIn(attributes), text }];
}

function countryIn(attributes: XmlAttributes): string | null {
  const code = said(attributes['countryIso2Code']);
  const name = said(attributes['countryDescription']);
  return (code === null ? null : countryOfCode(code)) ?? (name === null ? null : countryOf(name));
}

function identifierOf({ attributes }: EuPart): Identifier[] {
  const { identificationTypeDescription, identificationTypeCode, number, latinNumber, knownFalse } = attributes;
  const kind = said(identificationTypeDescription) ?? said(identificationTypeCode) ?? 'identification';
  const label = knownFalse === 'true' ? `${kind} (known false)` : kind;
  return unique([said(number), said(latinNumber)]).map((value) => ({
    kind: label,
    value,
    country: countryIn(attributes),
  }));
}

function remarksOf(entry: EuEntry): string | null {
  const functions = entry.parts
    .filter(({ name }) => name === 'nameAlias')
    .map(({ attributes }) => said(attributes['function']));
  const texts = unique([...entry.remarks, said(entry.attributes['designationDetails']), ...functions]);
  return texts.length === 0 ? null : texts.join('\n');
}
