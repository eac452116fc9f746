import { CairnError } from '../../../errors.ts';
import type { CreateListParser, ListReject } from '../version.ts';
import { createUkEntry, readUkDay, type UkEntry, ukPartyOf } from './uk-entry.ts';
import { createXmlReader } from './xml.ts';

const ENTRY = 'Designations/Designation';

/**
 * Reads the UK sanctions list, XML, as the FCDO publishes it: one Designation an entry, its data in the texts of elements.
 * Aliases are weak where AliasStrength says "Low quality"; names in other scripts than Latin stand as aliases.
 * @see https://www.gov.uk/government/publications/the-uk-sanctions-list
 */
export const createUkParser: CreateListParser = (onParty) => {
  const rejects: ListReject[] = [];
  const ids = new Set<string>();
  let issuedOn: string | null = null;
  let entry: UkEntry | null = null;

  function finish(done: UkEntry, place: string): void {
    const party = ukPartyOf(done, (reason) => rejects.push({ place, reason }));
    if (party === null) return;
    if (ids.has(party.id)) rejects.push({ place, reason: `UniqueID ${party.reference} again` });
    else {
      ids.add(party.id);
      onParty(party);
    }
  }

  const reader = createXmlReader({
    start(path, _attributes, name) {
      if (path === ENTRY) entry = createUkEntry(reader.place());
      else entry?.open(name);
    },
    end(path, text, name) {
      if (path === ENTRY && entry !== null) {
        const [id = 'missing'] = entry.texts('UniqueID');
        finish(entry, `${entry.place}, UniqueID ${id}`);
        entry = null;
      } else if (entry !== null) entry.close(name, text);
      else if (path === 'Designations/DateGenerated') issuedOn = readUkDay(text);
    },
  });

  return {
    write: reader.write,
    end() {
      reader.end();
      if (ids.size === 0)
        throw new CairnError('invalid-input', 'the file holds no Designation that can be read', {
          hints: rejects.slice(0, 3).map(({ place, reason }) => `${place}: ${reason}`),
        });
      return { issuedOn, rejects };
    },
  };
};
