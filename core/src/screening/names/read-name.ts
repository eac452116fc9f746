import { scriptOf } from '../lists/scripts.ts';
import type { ScriptReading } from './match.ts';
import { hasUnreadLetter, isReadInFull, readRun } from './read-run.ts';
import { legalPhraseAt, type Phrases, type ReadWord, readWord, splitServant, type TokenRole } from './words.ts';

/** One token of a name as it is compared. */
export type NameToken = {
  /** Letters a to z and digits. */
  readonly text: string;
  /** The letters it was read from, where they are not Latin: homophones are told apart by it. Empty: Latin. */
  readonly raw: string;
  /** ISO 15924 of those letters. */
  readonly script: string;
  readonly role: TokenRole;
  /** What it stands for: spellings with one form are one word (`limited`, `ltd`). */
  readonly form: string;
};

export type NameReading =
  | {
      readonly kind: 'read';
      readonly tokens: readonly NameToken[];
      readonly scripts: readonly ScriptReading[];
      readonly notes: readonly string[];
      /** How many tokens stand before the comma in `FAMILY, Given`; 0: no comma. */
      readonly family: number;
    }
  | { readonly kind: 'unscreenable'; readonly reason: string; readonly scripts: readonly ScriptReading[] };

/** Longest name that is read, in UTF-16 code units. The longest name on the OFAC and UN lists of 2026 has under 300. */
export const MAX_NAME_LENGTH = 512;
/** Most tokens that are compared; a name's further tokens are left out, and a note says so. */
export const MAX_TOKENS = 24;

/** Scripts whose error rates are in docs/methods/name-screening.md. */
const MEASURED = new Set(['Latn', 'Cyrl', 'Arab', 'Hang', 'Hani']);

/**
 * What is there to compare in a name? Compatibility forms, invisible characters, accents, case, apostrophes and dots are
 * evened out; hyphens part tokens; each run of letters is read by its script.
 * @returns `unscreenable` where nothing can be compared: that is never to be taken for "no match".
 * @param phrases - whether a legal form of several words is one token.
 */
export function readName(text: string, phrases: Phrases = 'together'): NameReading {
  if (text.length > MAX_NAME_LENGTH) {
    const reason = `too long to be a name: ${text.length} characters, at most ${MAX_NAME_LENGTH} are read`;
    return { kind: 'unscreenable', reason, scripts: [] };
  }
  const words = wordsOf(text);
  const read = readWords(words, phrases);
  const scripts = [...read.scripts.values()];
  if (read.tokens.length === 0) return { kind: 'unscreenable', reason: nothingReadable(scripts), scripts };
  const notes = [...read.notes, ...notesOn(scripts, read.unread)];
  if (read.tokens.length > MAX_TOKENS) {
    notes.push(`the name has ${read.tokens.length} words; the first ${MAX_TOKENS} were compared`);
  }
  return { kind: 'read', tokens: read.tokens.slice(0, MAX_TOKENS), scripts, notes, family: read.family };
}

type Word = { readonly letters: string; readonly hyphen: boolean; readonly comma: boolean };

/** Every word has at least one letter or digit; `hyphen`, `comma`: what parts it from the next. */
function wordsOf(text: string): readonly Word[] {
  const even = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/['’‘`´ʼʻʾʿʹ"“”]/g, '')
    .replace(/(?:\b[A-Za-z]\.){2,}(?:[A-Za-z]\b)?/g, (dotted) => undotted(dotted));
  const words: Word[] = [];
  for (const match of even.matchAll(/([\p{L}\p{M}\p{N}]+)([^\p{L}\p{M}\p{N}]*)/gu)) {
    const [, letters, gap] = match as unknown as [string, string, string];
    words.push({ letters, hyphen: /^[-‐-―־]$/.test(gap), comma: /[,،、]/.test(gap) });
  }
  return words;
}

/** `L.L.C.` is a legal form; `J. R.` are initials. */
function undotted(dotted: string): string {
  const letters = dotted.replaceAll('.', '');
  return readWord(letters.toLowerCase(), { next: null, last: true, phrases: 'together' }).role === 'legal'
    ? `${letters} `
    : dotted;
}

type Piece = { text: string; raw: string; script: string; joins: boolean };

function readWords(words: readonly Word[], phrases: Phrases) {
  const scripts = new Map<string, ScriptReading>();
  const notes: string[] = [];
  const pieces: Piece[] = [];
  let unread = 0;
  let familyPieces = 0;
  for (const word of words) {
    for (const run of runsOf(word.letters, notes)) {
      const read = readRun(run.letters, run.script);
      if (run.script !== 'Zyyy') {
        noteScript(scripts, run.script, read.length > 0);
      }
      if (run.script !== 'Zyyy' && (read.length === 0 || hasUnreadLetter(run.letters))) unread++;
      for (const token of read) {
        const split = run.script === 'Latn' ? splitServant(token.text) : [token.text];
        for (const part of split) pieces.push({ text: part, raw: token.raw, script: run.script, joins: false });
      }
    }
    const last = pieces.at(-1);
    if (last !== undefined) last.joins = word.hyphen;
    if (word.comma && familyPieces === 0) familyPieces = pieces.length;
  }
  if (!pieces.some(({ text }) => /[a-z]/.test(text))) return { tokens: [], scripts, notes, unread, family: 0 };
  const { tokens, family } = rolesOf(pieces, familyPieces, phrases);
  return { tokens, scripts, notes, unread, family };
}

function rolesOf(pieces: readonly Piece[], familyPieces: number, phrases: Phrases) {
  const texts = pieces.map(({ text }) => text);
  const tokens: NameToken[] = [];
  let family = 0;
  for (let place = 0; place < pieces.length; place++) {
    if (place === familyPieces) family = tokens.length;
    const piece = pieces[place] as Piece;
    const rawOf = piece.script === 'Latn' || piece.script === 'Zyyy' ? '' : piece.raw;
    const phrase = phrases === 'together' ? legalPhraseAt(texts, place) : null;
    if (phrase !== null) {
      tokens.push({ text: phrase.form, raw: '', script: piece.script, role: 'legal', form: phrase.form });
      place += phrase.words - 1;
      continue;
    }
    const next = piece.joins ? (texts[place + 1] ?? null) : null;
    const word = SPELT_OUT.has(piece.script)
      ? spelled(piece)
      : readWord(piece.text, { next, last: pieces.length > 1 && place >= pieces.length - 2, phrases });
    // Abd al-Rahman and Abdul Rahman: what follows the servant is the name, with the article or without.
    const last = tokens.at(-1);
    if (last?.form === 'abd' && word.form === 'al') continue;
    if (last?.form === 'abd' && /^(?:a|u)?llah$/.test(word.text)) {
      tokens[tokens.length - 1] = {
        ...last,
        text: 'abdallah',
        form: 'abdallah',
        raw: rawOf === '' ? '' : `${last.raw}${rawOf}`,
      };
      continue;
    }
    tokens.push({ ...word, raw: rawOf, script: piece.script });
  }
  return { tokens, family: family === tokens.length ? 0 : family };
}

/** Scripts in whose transliteration a Latin title or particle is met by chance only: 德 is De, عمر is mr. */
const SPELT_OUT = new Set(['Arab', 'Hebr', 'Syrc', 'Hani', 'Hang']);

function spelled({ text, script }: Piece): ReadWord {
  return isReadInFull(text, script)
    ? readWord(text, { next: null, last: false, phrases: 'together' })
    : { text, form: text, role: 'word' };
}

type Run = { letters: string; script: string };

/** Stretches of one script; digits and marks belong to the stretch they stand in. */
function runsOf(word: string, notes: string[]): readonly Run[] {
  if (/^[\x20-\x7e]*$/.test(word)) return [{ letters: word, script: /[A-Za-z]/.test(word) ? 'Latn' : 'Zyyy' }];
  const runs: Run[] = [];
  for (const letter of word) {
    const script = scriptOf(letter);
    const last = runs.at(-1);
    if (last === undefined) runs.push({ letters: letter, script });
    else if (script === 'Zyyy' || script === last.script) last.letters += letter;
    else if (last.script === 'Zyyy') Object.assign(last, { letters: last.letters + letter, script });
    else runs.push({ letters: letter, script });
  }
  return unmasked(word, runs, notes);
}

/** Cyrillic letters that look like Latin ones: in a word of both scripts they are taken for those. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [...'АВЕКМНОРСТУХаеорсухіІјЈѕЅ'].map((letter, place) => [letter, [...'ABEKMHOPCTYXaeopcyxiIjJsS'][place] as string]),
);

function unmasked(word: string, runs: readonly Run[], notes: string[]): readonly Run[] {
  const scripts = new Set(runs.map(({ script }) => script));
  if (!(scripts.size === 2 && scripts.has('Latn') && scripts.has('Cyrl'))) return runs;
  const latin = [...word].map((letter) => LOOKALIKES.get(letter) ?? letter).join('');
  notes.push(`"${word}" mixes Latin and Cyrillic letters; those that look alike were read as Latin`);
  return [{ letters: latin, script: 'Latn' }];
}

function noteScript(scripts: Map<string, ScriptReading>, script: string, readable: boolean): void {
  const reading = !readable ? 'none' : MEASURED.has(script) ? 'measured' : 'unmeasured';
  const known = scripts.get(script);
  if (known === undefined || (known.reading === 'none' && readable)) scripts.set(script, { script, reading });
}

function nothingReadable(scripts: readonly ScriptReading[]): string {
  if (scripts.length === 0) return 'no letter to compare';
  const named = scripts.map(({ script }) => (script === 'Zzzz' ? 'a script not told apart' : script)).join(', ');
  return `no reading in Latin letters is known for these letters (${named})`;
}

function notesOn(scripts: readonly ScriptReading[], unread: number): readonly string[] {
  const notes = scripts.flatMap(({ script, reading }) => {
    if (reading === 'unmeasured')
      return [`${script} was read by a general table; how often a match is missed is not measured`];
    if (reading === 'none') return [];
    return SCRIPT_NOTES.get(script) ?? [];
  });
  if (unread > 0)
    notes.push(`${unread} ${unread === 1 ? 'word' : 'words'} could not be read in full: only the rest was compared`);
  return notes;
}

const SCRIPT_NOTES: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'Arab',
    [
      'Arabic script leaves vowels out: Latin names were compared by their consonants; a name of an organisation that a list gives in translation is not found so',
    ],
  ],
  [
    'Cyrl',
    [
      'Cyrillic was transliterated; names that came into it from another script (Ким Чен Ын), and names of organisations that a list gives in translation, are not found so',
    ],
  ],
  [
    'Hani',
    [
      'Han was read as Mandarin (pinyin); Cantonese, Japanese and Korean readings, and translated names of organisations, were not tried',
    ],
  ],
  ['Hang', ['Hangul was read by sound; a name of an organisation that a list gives in translation is not found so']],
]);
