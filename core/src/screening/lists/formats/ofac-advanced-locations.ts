import type { OfacReference } from './ofac-advanced-reference.ts';
import type { XmlAttributes } from './xml.ts';

/** An address, or a country alone. */
export type OfacLocation = { readonly text: string; readonly country: string | null };

/** Parts of an address in the order OFAC prints them; the number of a type is given by the file. */
const BEFORE_CITY = ['ADDRESS1', 'ADDRESS2', 'ADDRESS3', 'Unknown'];

/** Collects `Locations`: parties refer to them by number. */
export function createOfacLocations(reference: OfacReference): {
  get(id: string | undefined): OfacLocation | null;
  clear(): void;
  start(name: string, attributes: XmlAttributes): void;
  end(name: string, text: string): void;
} {
  const held = new Map<string, OfacLocation>();
  let id = '';
  let country: string | undefined;
  let area: string | undefined;
  let partType = '';
  let primary = false;
  let parts = new Map<string, string>();

  function place(): OfacLocation {
    const known = reference.country(country) ?? reference.area(area);
    const state = [parts.get('STATE/PROVINCE'), parts.get('POSTAL CODE')].filter(Boolean).join(' ');
    const texts = [
      ...BEFORE_CITY.map((type) => parts.get(type)),
      parts.get('CITY'),
      state,
      parts.get('REGION'),
      known?.name,
    ];
    // A nationality is a location whose one part, of unknown type, is the country.
    const code = known === null ? reference.codeOfName(parts.get('Unknown') ?? '') : known.code;
    return { text: texts.filter(Boolean).join(', '), country: code };
  }

  return {
    get: (wanted) => (wanted === undefined ? null : (held.get(wanted) ?? null)),
    clear: () => held.clear(),
    start(name, attributes) {
      if (name === 'Location') {
        id = attributes['ID'] ?? '';
        country = undefined;
        area = undefined;
        parts = new Map();
      } else if (name === 'LocationCountry') country = attributes['CountryID'];
      else if (name === 'LocationAreaCode') area = attributes['AreaCodeID'];
      else if (name === 'LocationPart') partType = reference.textOf('LocPartType', attributes['LocPartTypeID']) ?? '';
      else if (name === 'LocationPartValue') primary = attributes['Primary'] === 'true';
    },
    end(name, text) {
      if (name === 'Value' && text !== '' && (primary || !parts.has(partType))) parts.set(partType, text);
      else if (name === 'Location') held.set(id, place());
    },
  };
}
