import { CairnError } from '../../../errors.ts';
import { readCsv } from '../../../labels/index.ts';
import { countryOf } from '../../../units/index.ts';
import type { Identifier, ListedName, ListedParty, PartyKind, Place } from '../party.ts';
import { scriptOf } from '../scripts.ts';
import type { ListReject } from '../version.ts';
import { readLegacyRemarks } from './ofac-legacy-remarks.ts';

/** The four files of OFAC's legacy CSV publication, as text; null: not given. */
export type OfacLegacyFiles = {
  readonly sdn: string;
  /** Addresses. */
  readonly add: string | null;
  /** Aliases; the weak ones stand in the remarks. */
  readonly alt: string | null;
  /** sdn_comments.csv: what remarks of more than 1,000 characters say beyond them. */
  readonly comments: string | null;
};

/**
 * Who is on OFAC's list, by its legacy CSV files, joined on the entity number?
 * The files give no date of issue, of listing or of amendment, and names in Latin letters only.
 * @returns the parties in the order of sdn.csv. Rejected: rows that cannot be read or that join to no entry; also
 *   remarks that stop at 1,000 characters with no continuation given (the entry is kept, its last item is not read: a
 *   digital-currency address may have been cut in the middle).
 * @throws {CairnError} `invalid-input`: sdn.csv holds no entry that can be read.
 * @see OFAC, "Specially Designated Nationals and Blocked Persons: data specification" (12 columns, no header)
 */
export function readOfacLegacy(files: OfacLegacyFiles): {
  readonly parties: readonly ListedParty[];
  readonly rejects: readonly ListReject[];
} {
  const rejects: ListReject[] = [];
  const entries = new Map<string, Row>();
  for (const row of readRows(files.sdn, 'sdn.csv', 12, rejects)) {
    const number = row.fields[0] ?? '';
    if (!/^\d+$/.test(number)) rejects.push({ place: row.place, reason: `"${number}" is not an entity number` });
    else if (row.fields[1] === null) rejects.push({ place: row.place, reason: `entry ${number} has no name` });
    else if (entries.has(number)) rejects.push({ place: row.place, reason: `entity number ${number} again` });
    else entries.set(number, row);
  }
  if (entries.size === 0)
    throw new CairnError('invalid-input', 'sdn.csv holds no entry', {
      hints: ['It has 12 columns and no header; -0- stands for nothing.', ...rejects.slice(0, 1).map(reasonOf)],
    });
  const joined = {
    add: joinRows(files.add, 'add.csv', 6, entries, rejects),
    alt: joinRows(files.alt, 'alt.csv', 5, entries, rejects),
    comments: joinRows(files.comments, 'sdn_comments.csv', 2, entries, rejects),
  };
  const hasComments = files.comments !== null;
  const parties = [...entries].map(([number, row]) =>
    readParty(row, {
      addresses: joined.add.get(number) ?? [],
      aliases: joined.alt.get(number) ?? [],
      remarks: wholeRemarks(row, joined.comments.get(number) ?? [], hasComments, rejects),
      rejects,
    }),
  );
  return { parties, rejects };
}

/** One row: its place for messages, and its fields, null where the file has `-0-`. */
type Row = { readonly place: string; readonly fields: readonly (string | null)[] };

const reasonOf = ({ place, reason }: ListReject) => `${place}: ${reason}`;

/** Every row of a file that has the right number of columns; the others are rejected. */
function readRows(text: string, file: string, columns: number, rejects: ListReject[]): Row[] {
  const rows: Row[] = [];
  text
    .replace('\uFEFF', '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      // The files end with a line that holds the end-of-file mark of DOS, 0x1A.
      if (line.replaceAll('\u001A', '').trim() === '') return;
      const place = `${file}, line ${index + 1}`;
      const fields = fieldsOf(line, columns);
      if (fields === null || fields.length !== columns) {
        const found = fields === null ? 'a quoted field is not closed' : `${fields.length} columns`;
        rejects.push({ place, reason: `${found}; ${columns} columns are expected: "${line.slice(0, 60)}"` });
      } else rows.push({ place, fields: fields.map(publishedOf) });
    });
  return rows;
}

function fieldsOf(line: string, columns: number): readonly string[] | null {
  try {
    return readCsv(line)[0]?.fields ?? [];
  } catch {
    // Older issues quote aliases inside a quoted field without doubling the quotes; of two columns that is readable.
    const [, number, text] = columns === 2 ? (/^(\d+),"(.*)"\s*$/.exec(line) ?? []) : [];
    return number === undefined || text === undefined ? null : [number, text];
  }
}

function publishedOf(field: string): string | null {
  return field.trim() === '-0-' || field.trim() === '' ? null : field;
}

function joinRows(
  text: string | null,
  file: string,
  columns: number,
  entries: ReadonlyMap<string, Row>,
  rejects: ListReject[],
): Map<string, Row[]> {
  const joined = new Map<string, Row[]>();
  for (const row of text === null ? [] : readRows(text, file, columns, rejects)) {
    const number = row.fields[0] ?? '';
    const held = joined.get(number);
    if (!entries.has(number)) rejects.push({ place: row.place, reason: `sdn.csv has no entry ${number}` });
    else if (held === undefined) joined.set(number, [row]);
    else held.push(row);
  }
  return joined;
}

/** Where sdn.csv cuts the remarks off. */
const REMARKS_LENGTH = 1000;

type Remarks = { readonly text: string | null; readonly isCut: boolean };

function wholeRemarks(row: Row, comments: readonly Row[], hasComments: boolean, rejects: ListReject[]): Remarks {
  const remarks = row.fields[11] ?? null;
  const more = comments.map(({ fields }) => fields[1] ?? '').join('');
  // sdn.csv cuts at 1,000 characters exactly; a space that fell on the cut is lost at the end of the first part.
  const joint = remarks === null || remarks.length >= REMARKS_LENGTH ? '' : ' ';
  if (more !== '') return { text: `${remarks ?? ''}${joint}${more}`, isCut: false };
  if (remarks === null || remarks.length < REMARKS_LENGTH || hasComments) return { text: remarks, isCut: false };
  const last = remarks.slice(remarks.lastIndexOf(';') + 1).trim();
  rejects.push({
    place: `${row.place}, entry ${row.fields[0]}`,
    reason: `the remarks stop at ${REMARKS_LENGTH} characters and sdn_comments.csv was not given: what follows is missing, and "${last}" was not read`,
  });
  return { text: remarks, isCut: true };
}

type Parts = {
  readonly addresses: readonly Row[];
  readonly aliases: readonly Row[];
  readonly remarks: Remarks;
  readonly rejects: ListReject[];
};

function readParty(row: Row, { addresses, aliases, remarks, rejects }: Parts): ListedParty {
  const [number, name, type, programme, title, callSign, , , , flag] = row.fields;
  const text = remarks.text ?? '';
  const said = readLegacyRemarks(remarks.isCut ? text.slice(0, Math.max(0, text.lastIndexOf(';'))) : text);
  for (const item of said.unread)
    rejects.push({ place: `${row.place}, entry ${number}`, reason: `not read in the remarks: "${item}"` });
  return {
    id: `ofac-sdn:${number}`,
    list: 'ofac-sdn',
    reference: number ?? '',
    kind: kindOf(type ?? null),
    names: [nameOf(name ?? '', 'name'), ...aliases.flatMap((alias) => aliasOf(alias, rejects)), ...said.names],
    births: said.births,
    places: [...said.places, ...flagOf(flag ?? null), ...addresses.flatMap(addressOf)],
    identifiers: [...said.identifiers, ...callSignOf(callSign ?? null)],
    accounts: said.accounts,
    programmes: programmesOf(programme ?? ''),
    listedOn: null,
    amendedOn: [],
    // Most titles stand in the remarks too.
    remarks: title == null || text.includes(title) ? remarks.text : [title, ...(text === '' ? [] : [text])].join('; '),
  };
}

function kindOf(type: string | null): PartyKind {
  if (type === null) return 'organisation';
  const kinds: ReadonlyMap<string, PartyKind> = new Map([
    ['individual', 'person'],
    ['entity', 'organisation'],
    ['vessel', 'vessel'],
    ['aircraft', 'aircraft'],
  ]);
  return kinds.get(type.trim().toLowerCase()) ?? 'unknown';
}

function nameOf(full: string, kind: ListedName['kind']): ListedName {
  return { full, kind, quality: kind === 'name' ? 'primary' : 'strong', script: scriptOf(full) };
}

function aliasOf({ place, fields }: Row, rejects: ListReject[]): ListedName[] {
  const [, , type, name] = fields;
  if (name != null && (type === 'aka' || type === 'fka' || type === 'nka')) return [nameOf(name, type)];
  rejects.push({ place, reason: name == null ? 'the alias has no name' : `"${type}" is not aka, fka or nka` });
  return [];
}

/** `DPRK3] [CYBER2`: the outer brackets are left out in the file. */
function programmesOf(text: string): string[] {
  const programmes = text.split(/\]\s*\[/).map((programme) => programme.replaceAll(/[[\]]/g, '').trim());
  return [...new Set(programmes.filter((programme) => programme !== ''))];
}

function addressOf({ fields }: Row): Place[] {
  const [, , street, city, country] = fields;
  const text = [street, city, country].filter((part) => part != null).join(', ');
  return text === '' ? [] : [{ role: 'address', country: country == null ? null : countryOf(country), text }];
}

function flagOf(flag: string | null): Place[] {
  return flag === null ? [] : [{ role: 'registration', country: countryOf(flag), text: flag }];
}

function callSignOf(callSign: string | null): Identifier[] {
  return callSign === null ? [] : [{ kind: 'Vessel Call Sign', value: callSign, country: null }];
}
