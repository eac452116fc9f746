/**
 * What a token of a name is, as far as its weight goes. Nothing is ever left out of a comparison for its role: a query of
 * nothing but a legal form must not equal every company.
 */
export type TokenRole = 'word' | 'initial' | 'title' | 'legal' | 'trade' | 'particle';

/** How much a token of a role counts beside a plain word. Chosen by hand; what they give is in docs/methods/name-screening.md. */
export const ROLE_WEIGHTS: Readonly<Record<TokenRole, number>> = {
  word: 1,
  initial: 0.3,
  title: 0.25,
  legal: 0.2,
  trade: 0.6,
  particle: 0.2,
};

const TITLES = new Set(
  (
    'mr mrs ms miss dr prof professor gen lt col maj capt sgt adm brig sir lord dame jr sr ii iii sheikh shaykh sheik cheikh ' +
    'sayyid sayyed sayed haji hajji hajj mullah mulla maulavi mawlawi maulawi maulana ayatollah hojjatoleslam eng ing'
  ).split(' '),
);

const TRADE_WORDS = new Set(
  (
    'trading general international company group holding holdings industries industry industrial services service import ' +
    'export investment investments development enterprise enterprises shipping global commercial foundation organization ' +
    'organisation association establishment bank national'
  ).split(' '),
);

/** A legal form of several words is read as the one form it is, or word by word: misspelt, it can only be met so. */
export type Phrases = 'together' | 'apart';

/** Spellings of one legal form, or of forms so close that registers translate one by the other. First: the one compared. */
const LEGAL_FORMS: readonly (readonly string[])[] = [
  ['ltd', 'limited', 'ltda'],
  ['co', 'company', 'cia', 'compania'],
  ['corp', 'corporation'],
  ['inc', 'incorporated'],
  ['llc', 'ooo', 'limited liability company', 'obshchestvo s ogranichennoi otvetstvennostyu'],
  ['jsc', 'ao', 'joint stock company', 'aktsionernoe obshchestvo'],
  ['ojsc', 'oao', 'open joint stock company'],
  ['pjsc', 'pao', 'public joint stock company'],
  ['cjsc', 'zao', 'closed joint stock company'],
  ['llp', 'limited liability partnership'],
  ['plc', 'public limited company'],
  ['fze', 'free zone establishment'],
  ['fzco', 'free zone company'],
  ...[
    'fz',
    'gmbh',
    'ag',
    'sa',
    'sas',
    'sarl',
    'srl',
    'spa',
    'bv',
    'nv',
    'ab',
    'oy',
    'as',
    'sro',
    'doo',
    'sal',
    'pte',
    'pty',
  ].map((form) => [form]),
  ...['kg', 'lp', 'cv', 'rl', 'pvt', 'sdn', 'bhd', 'tov', 'too'].map((form) => [form]),
];

/** Spellings that no rule of sounds brings together. First: the one compared. */
const VARIANTS: readonly (readonly string[])[] = [
  ['mohammed', 'mohd', 'mohmd', 'muhd'],
  ['abd', 'abdul', 'abdel', 'abdal', 'abdoul', 'abdol', 'abdur', 'abdul'],
  ['bin', 'ibn', 'ben'],
  ['abu', 'abou'],
  ['al', 'el', 'ul'],
];

const LEGAL_BY_TOKEN = byToken(LEGAL_FORMS.map((forms) => forms.filter((form) => !form.includes(' '))));
const LEGAL_PHRASES = LEGAL_FORMS.flatMap((forms) =>
  forms.filter((form) => form.includes(' ')).map((phrase) => [phrase.split(' '), forms[0] as string] as const),
).sort((a, b) => b[0].length - a[0].length);
const LEGAL_WORDS = new Set(LEGAL_PHRASES.flatMap(([words]) => words).filter((word) => word.length > 1));
const VARIANT_BY_TOKEN = byToken(VARIANTS);

/** `as`, `ag`, `sa`, `ab`, `oy`, `co` are words and names too: only at the end of a name are they taken for a legal form. */
const AMBIGUOUS_FORMS = new Set(['as', 'ag', 'sa', 'ab', 'oy', 'ao', 'too', 'spa', 'kg', 'cia', 'sal', 'sas']);

const PARTICLES = new Set(
  'al bin bint van von der den de del da do la le y e und and the of for und et i wa'.split(' '),
);

/** Articles as Arabic speaks them before the letter they assimilate to: `ar-Rahman`, `ash-Shami`, `ad-Din`. */
const ASSIMILATED = /^(?:[aeu](?:r|s|sh|z|d|n|t|th|l))$/;

export type ReadWord = {
  readonly text: string;
  readonly role: TokenRole;
  /** What it stands for: spellings with one form are one word (`limited`, `ltd`). */
  readonly form: string;
};

/** @param next - the token after a hyphen or apostrophe that follows this one; null: none follows so. */
export function readWord(
  token: string,
  place: { readonly next: string | null; readonly last: boolean; readonly phrases: Phrases },
): ReadWord {
  if (place.next !== null && place.next.length > 2 && ASSIMILATED.test(token) && assimilates(token, place.next)) {
    return { text: token, role: 'particle', form: 'al' };
  }
  const legal = LEGAL_BY_TOKEN.get(token);
  if (legal !== undefined && (place.last || !AMBIGUOUS_FORMS.has(token)))
    return { text: token, role: 'legal', form: legal };
  if (LEGAL_WORDS.has(token) && place.phrases === 'apart') return { text: token, role: 'legal', form: token };
  const form = VARIANT_BY_TOKEN.get(token) ?? token;
  return { text: token, role: roleOf(form), form };
}

function roleOf(form: string): TokenRole {
  if (PARTICLES.has(form)) return 'particle';
  if (TITLES.has(form)) return 'title';
  if (TRADE_WORDS.has(form)) return 'trade';
  return form.length === 1 && form >= 'a' ? 'initial' : 'word';
}

/** A legal form of several words that starts at `start`. @returns how many words it takes, and the form. */
export function legalPhraseAt(
  tokens: readonly string[],
  start: number,
): { readonly words: number; readonly form: string } | null {
  for (const [words, form] of LEGAL_PHRASES) {
    if (words.every((word, offset) => tokens[start + offset] === word)) return { words: words.length, form };
  }
  return null;
}

/** Abdulrahman, Abdurrahman, Abdelkader: the servant's name and the name of God, which lists write together or apart. */
export function splitServant(token: string): readonly string[] {
  const match = /^abd(?:[aeiou]{1,2})([lrsznd])(\w{4,})$/.exec(token);
  if (match === null) return [token];
  const [, article, rest] = match as unknown as [string, string, string];
  return article === 'l' || rest.startsWith(article) ? ['abd', rest] : [token];
}

function assimilates(article: string, next: string): boolean {
  const consonant = article.slice(1);
  return consonant === 'l' || next.startsWith(consonant);
}

function byToken(groups: readonly (readonly string[])[]): ReadonlyMap<string, string> {
  return new Map(groups.flatMap((group) => group.map((token) => [token, group[0] as string] as const)));
}
