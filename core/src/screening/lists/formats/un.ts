import { CairnError } from '../../../errors.ts';
import type { ListedParty } from '../party.ts';
import type { ListParser, ListReject } from '../version.ts';
import { isoDateIn } from './date-span.ts';
import { readUnEntry, type UnEntry } from './un-entry.ts';
import { createXmlReader } from './xml.ts';

const LIST = 'CONSOLIDATED_LIST';
const ENTRIES: Readonly<Record<string, UnEntry['kind']>> = {
  [`${LIST}/INDIVIDUALS/INDIVIDUAL`]: 'person',
  [`${LIST}/ENTITIES/ENTITY`]: 'organisation',
};

/**
 * Reads the United Nations Security Council Consolidated List in XML. `reference` is the permanent reference number;
 * the programme is the list type (`DPRK`).
 *
 * Aliases that stand in one field, divided by `;`, are names of their own; so are those of a primary name. Dates of
 * birth that go with an alias are kept among the party's. Left out: gender, dates and cities of issue of documents,
 * the places of birth that go with an alias, sort keys.
 * @see United Nations Security Council, "Consolidated List" and its schema, sc-sanctions.xsd
 */
export function createUnParser(onParty: (party: ListedParty) => void): ListParser {
  const rejects: ListReject[] = [];
  const numbers = new Set<string>();
  let issuedOn: string | null = null;
  let entry: UnEntry | null = null;
  let below = '';
  /** The group of fields that is open (`INDIVIDUAL_ALIAS`) and what it holds; null: none. */
  let group: { readonly name: string; readonly fields: Map<string, string[]> } | null = null;

  function give(read: UnEntry): void {
    const place = `${reader.place()}, entry ${read.single.get('DATAID') ?? 'without a number'}`;
    const party = readUnEntry(read);
    if (typeof party === 'string') rejects.push({ place, reason: party });
    else if (numbers.has(party.id))
      rejects.push({ place, reason: 'the entry stands in the file twice; the first is kept' });
    else {
      numbers.add(party.id);
      onParty(party);
    }
  }

  const reader = createXmlReader({
    start(path, attributes, name) {
      if (path === LIST) issuedOn = isoDateIn(attributes['dateGenerated'] ?? '');
      const kind = ENTRIES[path];
      if (kind !== undefined) {
        entry = { kind, single: new Map(), groups: [] };
        below = `${path}/`;
      } else if (entry !== null && group === null && path === below + name) {
        group = { name, fields: new Map() };
      }
    },
    end(path, text, name) {
      if (entry === null) return;
      if (ENTRIES[path] !== undefined) {
        give(entry);
        entry = null;
      } else if (path === below + name) {
        if (text !== '') entry.single.set(name, text);
        else if (group !== null && group.fields.size > 0) entry.groups.push(group);
        group = null;
      } else if (group !== null && text !== '') {
        const held = group.fields.get(name);
        if (held === undefined) group.fields.set(name, [text]);
        else held.push(text);
      }
    },
  });

  return {
    write: reader.write,
    end() {
      reader.end();
      if (numbers.size === 0) {
        throw new CairnError('invalid-input', 'the file holds no entry that can be read', {
          hints: rejects.slice(0, 1).map(({ place, reason }) => `${place}: ${reason}`),
        });
      }
      return { issuedOn, rejects };
    },
  };
}
