import { CairnError } from '../../../errors.ts';
import type { ListFormat } from '../version.ts';

/** How much of a file's beginning `recogniseFormat` looks at, in characters; less where the file is shorter. */
export const HEAD_LENGTH = 16_384;

/** Root elements, with what else must stand in the root's tag. */
const ROOTS: readonly { readonly root: string; readonly tag: RegExp; readonly format: ListFormat }[] = [
  { root: 'Sanctions', tag: /ADVANCED_XML|sanctions/i, format: 'ofac-advanced-xml' },
  { root: 'CONSOLIDATED_LIST', tag: /^/, format: 'un-xml' },
  { root: 'export', tag: /eu\.europa\.ec|fpi\/fsd/i, format: 'eu-fsf-xml' },
  { root: 'Designations', tag: /^/, format: 'uk-xml' },
];

/** Files that are published beside those that are read, and what to take instead. */
const OTHER_ROOTS: Readonly<Record<string, string>> = {
  sdnList: "this is OFAC's plain SDN.XML, which leaves out what the advanced file says: give SDN_ADVANCED.XML",
  ArrayOfFinancialSanctionsTarget:
    'this is the consolidated list of OFSI, another publication: give the UK Sanctions List in XML',
  html: 'this is a web page, not a list: the download was refused or moved',
};

/**
 * Which of the formats is a file in, by its content and, where content alone does not tell, its name?
 * @param head - the first `HEAD_LENGTH` characters, or all of them.
 * @throws {CairnError} `invalid-input`: none that is read here; the hint says what it is instead, where that is known.
 */
export function recogniseFormat(head: string, fileName: string): ListFormat {
  const text = head.replace(/^\uFEFF/, '').trimStart();
  if (text === '') throw new CairnError('invalid-input', 'the file is empty');
  if (text.startsWith('<')) return xmlFormat(text);
  if (text.startsWith('{') || text.startsWith('[')) return jsonFormat(text);
  if (legacyRole(text, fileName) !== null) return 'ofac-legacy-csv';
  throw notRecognised(['Read are XML, CSV and JSON lines, plain or packed.']);
}

/** One of the four files of OFAC's legacy CSV publication. */
export type LegacyRole = 'sdn' | 'add' | 'alt' | 'comments';

/**
 * Which of OFAC's four CSV files is this? By its name; else by the number of its columns, which have no header.
 * null: none of them.
 */
export function legacyRole(head: string, fileName: string): LegacyRole | null {
  const row = (head.split(/\r?\n/, 1)[0] ?? '').trim();
  const columns = columnsOf(row);
  if (!/^\s*"?\d+"?\s*,/.test(row)) return null;
  const name = /(?:^|[^a-z])(sdn_comments|sdn|add|alt)(?:[^a-z][^/\\]*)?\.csv$/i.exec(fileName)?.[1]?.toLowerCase();
  if (name !== undefined) return name === 'sdn_comments' ? 'comments' : (name as LegacyRole);
  return ({ 12: 'sdn', 6: 'add', 5: 'alt', 2: 'comments' } as const)[columns] ?? null;
}

function columnsOf(row: string): number {
  return row.replaceAll(/"(?:[^"]|"")*"/g, '').split(',').length;
}

function xmlFormat(text: string): ListFormat {
  const body = text.replaceAll(/<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\]\s*)?>/gi, '');
  const tag = /<(?:[\w.-]+:)?([\w.-]+)([^>]*)/.exec(body);
  const [, root = '', attributes = ''] = tag ?? [];
  const known = ROOTS.find((candidate) => candidate.root === root && candidate.tag.test(attributes));
  if (known !== undefined) return known.format;
  const other = OTHER_ROOTS[root] ?? OTHER_ROOTS[root.toLowerCase()];
  throw notRecognised(other === undefined ? [`Its root element is <${root}>.`] : [other]);
}

function jsonFormat(text: string): ListFormat {
  const line = text.split('\n', 1)[0] ?? '';
  if (/^\{\s*"cairn-list"/.test(line) || /"cairn-list"\s*:/.test(line.slice(0, 1000))) return 'cairn-list';
  if (/"schema"\s*:/.test(line) && /"properties"\s*:/.test(line)) return 'opensanctions-ftm';
  throw notRecognised([
    "JSON lines are read in two forms: OpenSanctions entities (entities.ftm.json) and lists in Cairn's own format.",
  ]);
}

function notRecognised(hints: readonly string[]): CairnError {
  return new CairnError('invalid-input', 'not a sanctions list in a format that is read here', { hints });
}
