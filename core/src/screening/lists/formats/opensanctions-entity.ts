import { countryOfCode, countryOfPlace } from '../../../units/index.ts';
import type { Identifier, ListedAccount, ListedName, ListedParty, PartialDate, PartyKind, Place } from '../party.ts';
import { scriptOf } from '../scripts.ts';

/** One FollowTheMoney entity, as far as it has the shape of one. */
export type FtmEntity = {
  readonly id: string;
  readonly schema: string;
  readonly caption: string | null;
  /** null: the file does not say whether this is a target or stands beside one. */
  readonly isTarget: boolean | null;
  /** ISO day on which the publisher's record last changed; null: not said. */
  readonly changedOn: string | null;
  readonly properties: ReadonlyMap<string, readonly string[]>;
  /** Entities nested in the properties (targets.nested.json), as they stand. */
  readonly nested: readonly unknown[];
  readonly line: number;
};

/** Which schemas are parties. A LegalEntity may be a person or a company: the publisher does not know. */
export const PARTY_KINDS: ReadonlyMap<string, PartyKind> = new Map([
  ['Person', 'person'],
  ['Organization', 'organisation'],
  ['PublicBody', 'organisation'],
  ['Company', 'organisation'],
  ['LegalEntity', 'unknown'],
  ['Vessel', 'vessel'],
  ['Airplane', 'aircraft'],
]);

/** The entity, or why the value is none. */
export function readFtmEntity(value: unknown, line: number): FtmEntity | string {
  if (!isRecord(value)) return 'not an object';
  const { id, schema, properties, caption, target } = value;
  if (typeof id !== 'string' || id === '') return 'no id';
  if (typeof schema !== 'string' || schema === '') return `entity ${id} has no schema`;
  if (!isRecord(properties)) return `entity ${id} has no properties`;
  const texts = new Map<string, string[]>();
  const nested: unknown[] = [];
  for (const [name, values] of Object.entries(properties)) {
    if (!Array.isArray(values)) return `entity ${id}: property ${name} is not a list`;
    texts.set(
      name,
      values.flatMap((each) => (typeof each === 'string' ? [each] : typeof each?.id === 'string' ? [each.id] : [])),
    );
    nested.push(...values.filter(isRecord));
  }
  return {
    id,
    schema,
    caption: typeof caption === 'string' ? caption : null,
    isTarget: typeof target === 'boolean' ? target : null,
    changedOn: typeof value['last_change'] === 'string' ? dayOf(value['last_change']) : null,
    properties: texts,
    nested,
    line,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textsOf(entity: FtmEntity, ...names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => entity.properties.get(name) ?? []))];
}

/** What the entities that point at a party say about it. */
export type FtmLinks = {
  readonly accounts: readonly ListedAccount[];
  /** Of schema Sanction. */
  readonly sanctions: readonly FtmEntity[];
  /** Of schema Passport or Identification. */
  readonly documents: readonly FtmEntity[];
  /** Of schema Address. */
  readonly addresses: readonly FtmEntity[];
};

/** The party of an entity and of what points at it; null: it has no name. */
export function partyOfEntity(entity: FtmEntity, links: FtmLinks): ListedParty | null {
  const names = namesOf(entity);
  if (names.length === 0) return null;
  const said = [entity, ...links.sanctions];
  const began = links.sanctions.flatMap((sanction) => textsOf(sanction, 'listingDate', 'startDate').map(dayOf));
  const remarks = [
    ...textsOf(entity, 'position', 'summary', 'description', 'notes'),
    ...links.sanctions.flatMap((sanction) => textsOf(sanction, 'reason')),
  ];
  return {
    id: `opensanctions:${entity.id}`,
    list: 'opensanctions',
    reference: entity.id,
    kind: PARTY_KINDS.get(entity.schema) ?? 'unknown',
    names,
    births: textsOf(entity, 'birthDate', 'incorporationDate').flatMap(partialOf),
    places: [...placesOf(entity), ...links.addresses.flatMap(addressOf)],
    identifiers: [...identifiersOf(entity), ...links.documents.flatMap(documentOf)],
    accounts: links.accounts,
    programmes: [...new Set(said.flatMap((each) => textsOf(each, 'programId', 'program')))],
    listedOn: began.filter((day) => day !== null).toSorted()[0] ?? null,
    amendedOn: entity.changedOn === null ? [] : [entity.changedOn],
    remarks: remarks.length === 0 ? null : remarks.join('\n'),
  };
}

/** A wallet's accounts: with a currency where the wallet has one, or has one key; else which belongs to which is not said. */
export function accountsOfWallet(wallet: FtmEntity): ListedAccount[] {
  const keys = textsOf(wallet, 'publicKey');
  const currencies = textsOf(wallet, 'currency');
  const codes = currencies.length === 1 || (currencies.length > 1 && keys.length === 1) ? currencies : [null];
  return keys.flatMap((address) => codes.map((code) => ({ code, address })));
}

function namesOf(entity: FtmEntity): ListedName[] {
  const names = new Map<string, ListedName>();
  const add = (texts: readonly string[], kind: ListedName['kind'], quality: 'strong' | 'weak'): void => {
    for (const full of texts) {
      const isFirst = names.size === 0;
      if (full.trim() === '' || names.has(full)) continue;
      names.set(full, {
        full,
        kind: isFirst ? 'name' : kind,
        quality: isFirst ? 'primary' : quality,
        script: scriptOf(full),
      });
    }
  };
  const named = textsOf(entity, 'name');
  // The order of properties says nothing; the caption is the name that the publisher shows.
  add(entity.caption !== null && named.includes(entity.caption) ? [entity.caption, ...named] : named, 'name', 'strong');
  add(textsOf(entity, 'alias'), 'aka', 'strong');
  add(textsOf(entity, 'previousName'), 'fka', 'strong');
  add(textsOf(entity, 'weakAlias'), 'aka', 'weak');
  if (names.size === 0 && entity.caption !== null) add([entity.caption], 'name', 'strong');
  return [...names.values()];
}

const COUNTRIES: readonly (readonly [string, Place['role']])[] = [
  ['birthCountry', 'birth'],
  ['nationality', 'nationality'],
  ['citizenship', 'citizenship'],
  ['jurisdiction', 'registration'],
  ['mainCountry', 'registration'],
  ['flag', 'registration'],
  // An association of no particular kind: the weakest of the roles.
  ['country', 'address'],
];

function placesOf(entity: FtmEntity): Place[] {
  return [
    ...textsOf(entity, 'birthPlace').map((text): Place => ({ role: 'birth', country: countryOfPlace(text), text })),
    ...COUNTRIES.flatMap(([name, role]) =>
      textsOf(entity, name).map((text): Place => ({ role, country: countryOfCode(text), text })),
    ),
    ...textsOf(entity, 'address').map((text): Place => ({ role: 'address', country: countryOfPlace(text), text })),
  ];
}

function addressOf(address: FtmEntity): Place[] {
  const [text] = [...textsOf(address, 'full'), ...(address.caption === null ? [] : [address.caption])];
  const [code] = textsOf(address, 'country');
  if (text === undefined) return [];
  return [
    { role: 'address', country: (code === undefined ? null : countryOfCode(code)) ?? countryOfPlace(text), text },
  ];
}

/** Properties of FollowTheMoney's `identifier` type that name a party, and not a place, a share or a programme. */
const IDENTIFIERS: readonly string[] = [
  'passportNumber',
  'idNumber',
  'socialSecurityNumber',
  'taxNumber',
  'registrationNumber',
  'licenseNumber',
  'vatCode',
  'innCode',
  'ogrnCode',
  'okpoCode',
  'kppCode',
  'uscCode',
  'leiCode',
  'dunsCode',
  'uniqueEntityId',
  'swiftBic',
  'bikCode',
  'imoNumber',
  'mmsi',
  'callSign',
  'serialNumber',
  'wikidataId',
];

function identifiersOf(entity: FtmEntity): Identifier[] {
  return IDENTIFIERS.flatMap((kind) => textsOf(entity, kind).map((value) => ({ kind, value, country: null })));
}

function documentOf(document: FtmEntity): Identifier[] {
  const [kind = document.schema] = textsOf(document, 'type');
  const [code] = textsOf(document, 'country');
  const country = code === undefined ? null : countryOfCode(code);
  return textsOf(document, 'number').map((value) => ({ kind, value, country }));
}

function partialOf(text: string): PartialDate[] {
  const [date] = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?/.exec(text) ?? [];
  return date === undefined ? [] : [{ from: date, to: date, approximate: false }];
}

function dayOf(text: string): string | null {
  return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? null;
}
