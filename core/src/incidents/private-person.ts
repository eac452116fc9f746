import type { Incident } from './incident.ts';
import type { Problem } from './problems.ts';
import type { SourceCatalogue } from './source.ts';

/** The reasons a private person's record may give; a free text could say who it was. */
export const PRIVATE_PHRASES = {
  notRecorded: 'not recorded, or left out to protect a private person',
  noAmount: 'no amount is known',
  preferred: 'by the record’s order of preference',
  techniques: 'mapped by the compilers from behaviour that a source describes; no source read states the ATT&CK id',
} as const;

const ALLOWED = new Set<string>(Object.values(PRIVATE_PHRASES));

/** What leads to a person wherever it stands: links, handles, addresses of accounts, names in naming services. */
const LEADS = [
  { form: /https?:|www\.|\bt\.me\b/i, what: 'a link' },
  { form: /(?:^|[^\w])@\w/, what: 'a handle' },
  {
    form: /0x[0-9a-f]{8,}|\b(?:bc1|T[1-9A-HJ-NP-Za-km-z]{33}|[1-9A-HJ-NP-Za-km-z]{43,44}\b)/i,
    what: 'an address of an account',
  },
  { form: /\.(?:eth|sol|bnb|crypto|lens)\b/i, what: 'a name in a naming service' },
  { form: /#\d{4}\b/, what: 'a handle' },
];

/** Fields whose values the schema or the catalogues restrict, so that no name fits into them. */
const RESTRICTED = new Set([
  'slug',
  'kind',
  'type',
  'id',
  'usd',
  'grade',
  'qualifier',
  'scope',
  'stance',
  'on',
  'category',
  'status',
  'read',
  'edition',
  'printedDate',
  'field',
  'value',
  'actor',
]);

/**
 * What in a private victim's record could lead to the person. Free text is refused whole: nobody can tell a name from a note.
 * @param sources - where publishers' names and collections are looked up.
 * @param chains - chains that records of firms name.
 * @returns nothing for other victims.
 */
export function checkPrivatePerson(
  incident: Incident,
  { publishers, sources }: SourceCatalogue,
  chains: ReadonlySet<string>,
  clusterNames: ReadonlySet<string>,
): readonly Problem[] {
  if (incident.victim.kind !== 'private-person') return [];
  const names = new Set([...publishers.values()].map(({ name }) => name));
  const problems: Problem[] = [];
  if (!/^individual-\d{4}-\d{2}-\d+$/.test(incident.slug)) {
    problems.push({ field: 'slug', message: 'a private person’s record is called individual-YYYY-MM-N' });
  }
  for (const field of ['accounts', 'transactions'] as const) {
    if (incident[field].length > 0) {
      problems.push({
        field,
        message: 'what it received shows who paid it: leave it out of a private person’s record',
      });
    }
  }
  for (const [i, { id, where }] of incident.sources.entries()) {
    if (sources.get(id)?.collection === false) {
      problems.push({
        field: `sources[${i}].id`,
        message: 'it leads to the person: cite only sources that cover many incidents',
      });
    }
    if (where !== undefined)
      problems.push({ field: `sources[${i}].where`, message: 'it leads to the person: remove it' });
  }
  for (const { path, key, text } of texts(incident, '', '')) {
    const lead = LEADS.find(({ form }) => form.test(text));
    const isKnown =
      RESTRICTED.has(key) ||
      ALLOWED.has(text) ||
      (key === 'by' && names.has(text)) ||
      (key === 'as' && clusterNames.has(text)) ||
      (path.startsWith('chains.value.names') && chains.has(text)) ||
      (path.startsWith('techniques.value.ids') && /^T\d{4}/.test(text)) ||
      (/\.symbol$/.test(path) && /^[A-Za-z0-9]{1,8}$/.test(text)) ||
      (/\.amount$/.test(path) && /^[\d.]+$/.test(text)) ||
      (/^listedIn\[\d+\]\.row$/.test(path) && /^(?:t\d+ )?\d{1,4}$/.test(text)) ||
      /^(?:sources|.*\.sources)(?:\[\d+\])?$/.test(path);
    if (lead !== undefined) problems.push({ field: path, message: `${lead.what} leads to the person: remove it` });
    else if (!isKnown) {
      problems.push({
        field: path,
        message: key === 'by' ? 'not a publisher of sources.json' : 'free text could name the person: remove it',
      });
    }
  }
  return problems;
}

/** Every text of a value, with its path and the name of the field it stands in. */
function* texts(value: unknown, path: string, key: string): Generator<{ path: string; key: string; text: string }> {
  if (typeof value === 'string') yield { path, key, text: value };
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* texts(item, `${path}[${i}]`, key);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) yield* texts(item, path === '' ? name : `${path}.${name}`, name);
  }
}
