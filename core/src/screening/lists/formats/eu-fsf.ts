import { CairnError } from '../../../errors.ts';
import type { CreateListParser, ListReject } from '../version.ts';
import { createEuEntry, type EuEntry, euPartyOf } from './eu-fsf-entry.ts';
import { createXmlReader } from './xml.ts';

const ENTRY = 'export/sanctionEntity';
/** No entry has a tenth of it: an entry without end is refused before it fills memory. */
const MAX_PARTS = 50_000;

/**
 * Reads the EU's consolidated list of financial sanctions (FSF), XML version 1.1.
 * `listedOn` is the entry's designationDate, which older entries lack: the regulation that an entry names is the latest
 * that changed it. `amendedOn` holds the publication dates of every regulation that the entry and its parts name.
 * Aliases are weak where the list says strong="false" or remarks a low quality.
 */
export const createEuFsfParser: CreateListParser = (onParty) => {
  const rejects: ListReject[] = [];
  const ids = new Set<string>();
  let issuedOn: string | null = null;
  let entry: EuEntry | null = null;

  function finish(done: EuEntry, place: string): void {
    const party = euPartyOf(done, (reason) => rejects.push({ place, reason }));
    if (party === null) return;
    if (ids.has(party.id)) rejects.push({ place, reason: `logicalId ${party.id} again` });
    else {
      ids.add(party.id);
      onParty(party);
    }
  }

  const reader = createXmlReader({
    start(path, attributes, name) {
      if (path === 'export') issuedOn = /^\d{4}-\d{2}-\d{2}/.exec(attributes['generationDate'] ?? '')?.[0] ?? null;
      else if (path === ENTRY) entry = createEuEntry(attributes, reader.place());
      else if (entry !== null) {
        if (entry.parts.length >= MAX_PARTS)
          throw new CairnError('invalid-input', `${entry.place}: a sanctionEntity of more than ${MAX_PARTS} elements`);
        entry.parts.push({ name, parent: path.slice(0, path.lastIndexOf('/')), attributes, remarks: [] });
      }
    },
    end(path, text, name) {
      if (path === ENTRY && entry !== null) {
        finish(entry, `${entry.place}, logicalId ${entry.attributes['logicalId'] ?? 'missing'}`);
        entry = null;
      } else if (name === 'remark' && entry !== null && text !== '') {
        if (path === `${ENTRY}/remark`) entry.remarks.push(text);
        else entry.parts.findLast((part) => path === `${part.parent}/${part.name}/remark`)?.remarks.push(text);
      }
    },
  });

  return {
    write: reader.write,
    end() {
      reader.end();
      if (ids.size === 0)
        throw new CairnError('invalid-input', 'the file holds no sanctionEntity that can be read', {
          hints: rejects.slice(0, 3).map(({ place, reason }) => `${place}: ${reason}`),
        });
      return { issuedOn, rejects };
    },
  };
};
