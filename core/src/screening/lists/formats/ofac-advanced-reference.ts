import { countryOf, countryOfCode } from '../../../units/index.ts';
import type { PartyKind } from '../party.ts';
import type { XmlAttributes } from './xml.ts';

/** OFAC's own script codes that are not ISO 15924. */
const ISO_SCRIPTS: Readonly<Record<string, string>> = {
  Latin: 'Latn',
  Hebrew: 'Hebr',
  Japanese: 'Jpan',
  Korean: 'Kore',
};

export type Country = { readonly name: string; readonly code: string | null };

/** What the numbers in the file stand for: the file begins with it. */
export type OfacReference = {
  /** The text of a value: `textOf('FeatureType', '344')` is `Digital Currency Address - XBT`. null: the file does not say. */
  textOf(set: string, id: string | undefined): string | null;
  country(id: string | undefined): Country | null;
  /** An area is a country, or a region with a name only. */
  area(id: string | undefined): Country | null;
  /** The code of a country by the name that the file has for it, or else any English name. */
  codeOfName(name: string): string | null;
  /** ISO 15924; null: not said. */
  script(id: string | undefined): string | null;
  kind(partySubTypeId: string | undefined): PartyKind;
};

/** Collects the `ReferenceValueSets`; `start` and `end` get the values' own elements. */
export function createOfacReference(): OfacReference & {
  start(name: string, attributes: XmlAttributes): void;
  end(name: string, text: string): void;
} {
  const texts = new Map<string, string>();
  const countries = new Map<string, Country>();
  const codes = new Map<string, string | null>();
  const areas = new Map<string, { readonly name: string; readonly country: string | undefined }>();
  const scripts = new Map<string, string>();
  const partyTypes = new Map<string, string>();
  let value: XmlAttributes = {};

  const textOf = (set: string, id: string | undefined): string | null => texts.get(`${set} ${id}`) ?? null;

  return {
    textOf,
    country: (id) => (id === undefined ? null : (countries.get(id) ?? null)),
    area(id) {
      const area = areas.get(id ?? '');
      if (area === undefined) return null;
      return countries.get(area.country ?? '') ?? { name: area.name, code: countryOf(area.name) };
    },
    codeOfName: (name) => codes.get(name) ?? countryOf(name),
    script: (id) => (id === undefined ? null : (scripts.get(id) ?? null)),
    kind(subType) {
      const type = textOf('PartyType', partyTypes.get(subType ?? ''));
      if (type === 'Individual') return 'person';
      if (type === 'Entity') return 'organisation';
      const name = textOf('PartySubType', subType);
      return name === 'Vessel' ? 'vessel' : name === 'Aircraft' ? 'aircraft' : 'unknown';
    },
    start(_name, attributes) {
      value = attributes;
    },
    end(name, text) {
      const id = value['ID'];
      if (id === undefined) return;
      texts.set(`${name} ${id}`, text);
      if (name === 'Country') {
        const code = codeOf(value['ISO2'], text);
        countries.set(id, { name: text, code });
        codes.set(text, code);
      }
      if (name === 'AreaCode') areas.set(id, { name: value['Description'] ?? text, country: value['CountryID'] });
      if (name === 'Script') scripts.set(id, isoScript(value['ScriptCode'] ?? ''));
      if (name === 'PartySubType') partyTypes.set(id, value['PartyTypeID'] ?? '');
      value = {};
    },
  };
}

function codeOf(iso2: string | undefined, name: string): string | null {
  return (iso2 === undefined ? null : countryOfCode(iso2)) ?? countryOf(name);
}

function isoScript(code: string): string {
  return ISO_SCRIPTS[code] ?? (/^[A-Z][a-z]{3}$/.test(code) ? code : 'Zzzz');
}
