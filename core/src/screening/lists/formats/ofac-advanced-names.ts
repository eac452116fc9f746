import type { ListedName } from '../party.ts';
import { scriptOf } from '../scripts.ts';
import type { OfacReference } from './ofac-advanced-reference.ts';
import type { XmlAttributes } from './xml.ts';

type NamePart = { readonly group: string; readonly script: string | undefined; readonly text: string };

/** A name as the file spells it out; the types of its parts stand further down, after all names of the party. */
type DocumentedName = {
  readonly aliasType: string | null;
  readonly primary: boolean;
  readonly weak: boolean;
  readonly parts: readonly NamePart[];
};

const ALIAS_KINDS: Readonly<Record<string, ListedName['kind']>> = {
  Name: 'name',
  'A.K.A.': 'aka',
  'F.K.A.': 'fka',
  'N.K.A.': 'nka',
};

/** Collects the names of one party after another from what stands in its `Identity`. */
export function createOfacNames(reference: OfacReference): {
  start(name: string, attributes: XmlAttributes): void;
  end(name: string, text: string): void;
  /** The names since it was last asked. */
  take(): ListedName[];
} {
  let alias: XmlAttributes = {};
  let documented: XmlAttributes = {};
  let part: XmlAttributes = {};
  let parts: NamePart[] = [];
  let names: DocumentedName[] = [];
  let groups = new Map<string, string>();

  function spellOut(): DocumentedName {
    const status = reference.textOf('DocNameStatus', documented['DocNameStatusID']);
    return {
      aliasType: reference.textOf('AliasType', alias['AliasTypeID']),
      primary: alias['Primary'] === 'true' && status === 'Primary Latin',
      weak: alias['LowQuality'] === 'true',
      parts,
    };
  }

  return {
    start(name, attributes) {
      if (name === 'Alias') alias = attributes;
      else if (name === 'NamePartValue') part = attributes;
      else if (name === 'NamePartGroup') {
        groups.set(attributes['ID'] ?? '', reference.textOf('NamePartType', attributes['NamePartTypeID']) ?? '');
      } else if (name === 'DocumentedName') {
        documented = attributes;
        parts = [];
      }
    },
    end(name, text) {
      if (name === 'NamePartValue')
        parts.push({ group: part['NamePartGroupID'] ?? '', script: part['ScriptID'], text });
      else if (name === 'DocumentedName') names.push(spellOut());
    },
    take() {
      const read = readNames(names, groups, reference);
      names = [];
      groups = new Map();
      return read;
    },
  };
}

/**
 * The names of a party, the primary one first, then in the order of the file, each once; names in other scripts
 * follow the one they write out.
 * @param groups - name part group → name part type, in words.
 */
function readNames(
  names: readonly DocumentedName[],
  groups: ReadonlyMap<string, string>,
  reference: OfacReference,
): ListedName[] {
  const seen = new Set<string>();
  const read: ListedName[] = [];
  const ordered = [...names.filter((name) => name.primary), ...names.filter((name) => !name.primary)];
  for (const name of ordered) {
    const full = writeName(name.parts, groups);
    const kind = ALIAS_KINDS[name.aliasType ?? ''] ?? 'aka';
    const key = `${kind} ${full}`;
    if (full === '' || seen.has(key)) continue;
    seen.add(key);
    const quality = name.primary ? 'primary' : name.weak ? 'weak' : 'strong';
    read.push({ full, kind, quality, script: scriptOfParts(name.parts, full, reference) });
  }
  return read;
}

/**
 * As OFAC prints a person: `ZAMBADA GARCIA, Ismael Mario`; the family name first, whatever the order of the parts.
 * A patronymic or matronymic is part of the family name, but where a last name stands apart from it among the
 * given names (`Gaziyev, Tarkhan Ismailovich`).
 */
function writeName(parts: readonly NamePart[], groups: ReadonlyMap<string, string>): string {
  const types = parts.map((part) => groups.get(part.group) ?? '');
  const hasLast = types.includes('Last Name');
  const family: string[] = [];
  const given: string[] = [];
  let afterFamily = false;
  parts.forEach((part, i) => {
    const type = types[i] ?? '';
    const parental = type === 'Patronymic' || type === 'Matronymic';
    afterFamily = type === 'Last Name' || (parental && (!hasLast || afterFamily));
    (afterFamily ? family : given).push(part.text);
  });
  const sides = [family, given].map((side) => side.filter((text) => text !== '').join(' '));
  return sides.filter((side) => side !== '').join(', ');
}

function scriptOfParts(parts: readonly NamePart[], full: string, reference: OfacReference): string {
  const said = new Set(parts.map((part) => reference.script(part.script)));
  const [only] = said;
  return said.size === 1 && only !== null && only !== undefined && only !== 'Zzzz' ? only : scriptOf(full);
}
