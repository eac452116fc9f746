import { CairnError } from '../../errors.ts';
import { createCairnListParser } from '../lists/formats/cairn-list.ts';
import { createEuFsfParser } from '../lists/formats/eu-fsf.ts';
import { createOfacAdvancedParser } from '../lists/formats/ofac-advanced.ts';
import { readOfacLegacy } from '../lists/formats/ofac-legacy.ts';
import { createOpenSanctionsParser } from '../lists/formats/opensanctions.ts';
import { HEAD_LENGTH, type LegacyRole, legacyRole, recogniseFormat } from '../lists/formats/recognise.ts';
import { createUkParser } from '../lists/formats/uk.ts';
import { createUnParser } from '../lists/formats/un.ts';
import type { ListedParty, ListId } from '../lists/party.ts';
import type { ListContent, ListFormat, ListReject } from '../lists/version.ts';

/** Each of OFAC's CSV files is a few MiB; they are joined in memory. */
const MAX_LEGACY_TEXT = 128 * 1024 * 1024;

export type AssembledList = ListContent & { readonly onlyPart: string | null; readonly notes: readonly string[] };

/** Takes the texts of one or more files and gives the list that they make up. */
export type ListAssembly = {
  file(name: string): { write(text: string): void; end(): void };
  parties(): number;
  end(): AssembledList;
};

type Ended = {
  readonly issuedOn: string | null;
  readonly rejects: readonly ListReject[];
  readonly notes?: readonly string[];
};
type Reading = {
  write(text: string): void;
  end(): Ended;
  header?(): { readonly list: ListId; readonly onlyPart: string | null } | null;
};
type StreamedFormat = Exclude<ListFormat, 'ofac-legacy-csv'>;

const PARSERS: Readonly<Record<StreamedFormat, (onParty: (party: ListedParty) => void) => Reading>> = {
  'ofac-advanced-xml': createOfacAdvancedParser,
  'un-xml': createUnParser,
  'eu-fsf-xml': createEuFsfParser,
  'uk-xml': createUkParser,
  'opensanctions-ftm': createOpenSanctionsParser,
  'cairn-list': createCairnListParser,
};

/** What list a format is of; a list in Cairn's own format says it itself. */
const LISTS: Readonly<Record<Exclude<ListFormat, 'cairn-list'>, ListId>> = {
  'ofac-advanced-xml': 'ofac-sdn',
  'ofac-legacy-csv': 'ofac-sdn',
  'un-xml': 'un-sc',
  'eu-fsf-xml': 'eu-fsf',
  'uk-xml': 'uk-sanctions',
  'opensanctions-ftm': 'opensanctions',
};

/** @param format - null: recognised by the beginning of each file. */
export function createListAssembly(format: ListFormat | null, onParty?: (party: ListedParty) => void): ListAssembly {
  const parties: ListedParty[] = [];
  const legacy = new Map<LegacyRole, string>();
  let found: ListFormat | null = null;
  let streamed: Reading | null = null;
  let ended: Ended | null = null;

  const give = (party: ListedParty): void => {
    parties.push(party);
    onParty?.(party);
  };

  function begin(name: string, head: string): (text: string) => void {
    const recognised = format ?? recogniseFormat(head, name);
    if (found !== null && (found !== recognised || recognised !== 'ofac-legacy-csv')) {
      throw new CairnError('invalid-input', 'one list is read at a time', {
        hints: ['Several files make up one list only as the CSV files of OFAC: sdn, add, alt, sdn_comments.'],
      });
    }
    found = recognised;
    if (recognised === 'ofac-legacy-csv') return beginLegacy(name, head);
    streamed = PARSERS[recognised](give);
    return streamed.write;
  }

  function beginLegacy(name: string, head: string): (text: string) => void {
    const role = legacyRole(head, name);
    if (role === null)
      throw new CairnError('invalid-input', 'not one of the CSV files of OFAC: no entity number first');
    if (legacy.has(role)) throw new CairnError('invalid-input', `a second file that reads as ${FILES[role]}`);
    legacy.set(role, '');
    return (text) => {
      const whole = (legacy.get(role) ?? '') + text;
      if (whole.length > MAX_LEGACY_TEXT)
        throw new CairnError('invalid-input', 'far longer than the files of OFAC are');
      legacy.set(role, whole);
    };
  }

  function endLegacy(): Ended {
    const sdn = legacy.get('sdn');
    if (sdn === undefined) throw new CairnError('invalid-input', 'sdn.csv is missing: the other files only add to it');
    const text = (role: LegacyRole): string | null => legacy.get(role) ?? null;
    const read = readOfacLegacy({ sdn, add: text('add'), alt: text('alt'), comments: text('comments') });
    read.parties.forEach(give);
    const missing = (['add', 'alt', 'comments'] as const).filter((role) => !legacy.has(role));
    const notes = missing.map((role) => `${FILES[role]} was not given: ${WITHOUT[role]}`);
    return { issuedOn: null, rejects: read.rejects, notes };
  }

  return {
    parties: () => parties.length,
    file(name) {
      let head = '';
      let write: ((text: string) => void) | null = null;
      const start = (): void => {
        write = begin(name, head);
        write(head);
        head = '';
      };
      return {
        write(text) {
          if (write !== null) write(text);
          else {
            head += text;
            if (head.length >= HEAD_LENGTH) start();
          }
        },
        end() {
          if (write === null) start();
          if (streamed !== null) ended = streamed.end();
        },
      };
    },
    end() {
      if (found === null) throw new CairnError('invalid-input', 'no list was given');
      const { issuedOn, rejects, notes = [] } = ended ?? endLegacy();
      const header = streamed?.header?.() ?? null;
      const list = header?.list ?? LISTS[found as keyof typeof LISTS];
      return { list, format: found, issuedOn, parties, rejects, notes, onlyPart: header?.onlyPart ?? null };
    },
  };
}

const FILES: Readonly<Record<LegacyRole, string>> = {
  sdn: 'sdn.csv',
  add: 'add.csv',
  alt: 'alt.csv',
  comments: 'sdn_comments.csv',
};
const WITHOUT: Readonly<Record<Exclude<LegacyRole, 'sdn'>, string>> = {
  add: 'addresses are not known',
  alt: 'aliases are not known, so a name may be missed',
  comments: 'remarks end at 1,000 characters, so digital-currency accounts may be missed',
};
