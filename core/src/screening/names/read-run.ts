import anyAscii from 'any-ascii';
import { splitHangul } from './korean.ts';

export type ReadToken = { readonly text: string; readonly raw: string };

/**
 * A run of letters of one script as tokens in Latin letters, by the transliteration table AnyAscii but for what the script
 * itself asks for. @returns empty: the table has nothing for these letters.
 */
export function readRun(letters: string, script: string): readonly ReadToken[] {
  if (script === 'Arab') return arabic(letters).flatMap(({ text, raw }) => (text === '' ? [] : [{ text, raw }]));
  if (script === 'Hang') return splitHangul(letters).flatMap(transliterated);
  if (script === 'Hani') return han([...letters]);
  return transliterated(letters);
}

/** Has a letter that the table has nothing for, as many rare Han letters have: the run is then read only in part. */
export function hasUnreadLetter(letters: string): boolean {
  return [...letters].some((letter) => /\p{Lo}/u.test(letter) && readLetter(letter) === '');
}

function transliterated(letters: string): readonly ReadToken[] {
  const text = [...letters]
    .map(readLetter)
    .join('')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return text === '' ? [] : [{ text, raw: letters }];
}

/** Letters of scripts that nobody can read are in the table by their catalogue number (`AB1`): that is no reading. */
function readLetter(letter: string): string {
  const text = anyAscii(letter);
  return /[0-9]/.test(text) && !/\p{N}/u.test(letter) ? '' : text;
}

/** Letters that are read otherwise as a family name than as a word. @see Xiandai Hanyu Cidian, under each letter */
const FAMILY_READINGS: ReadonlyMap<string, string> = new Map([
  ['仇', 'qiu'],
  ['区', 'ou'],
  ['區', 'ou'],
  ['单', 'shan'],
  ['單', 'shan'],
  ['解', 'xie'],
  ['曾', 'zeng'],
  ['查', 'zha'],
  ['翟', 'zhai'],
  ['朴', 'piao'],
  ['缪', 'miao'],
  ['繆', 'miao'],
]);

/** A name of up to four letters begins with the family name; longer runs are not names of persons written so. */
function han(letters: readonly string[]): readonly ReadToken[] {
  const family = letters.length <= 4 ? FAMILY_READINGS.get(letters[0] as string) : undefined;
  const first = family === undefined ? [] : [{ text: family, raw: letters[0] as string }];
  return [...first, ...letters.slice(first.length).flatMap(transliterated)];
}

/** Words whose consonants alone would not lead to what lists write. */
const ARABIC_WORDS: ReadonlyMap<string, string> = new Map([
  ['بن', 'bin'],
  ['ابن', 'bin'],
  ['بنت', 'bint'],
  ['عبد', 'abd'],
  ['ابو', 'abu'],
  ['ابي', 'abu'],
  ['ال', 'al'],
  ['الله', 'allah'],
  ['عبدالله', 'abdallah'],
  ['علي', 'ali'],
  ['علی', 'ali'],
  ['عل', 'ali'],
  ['اغا', 'agha'],
  ['طه', 'taha'],
  ['ولد', 'ould'],
]);

const READ_IN_FULL = new Set(ARABIC_WORDS.values());

/** Arabic words that are read with their vowels. */
export function isReadInFull(text: string, script: string): boolean {
  return script === 'Arab' && READ_IN_FULL.has(text);
}

/** The article is written on to its noun, Abd often on to the name of God. */
function arabic(letters: string): readonly ReadToken[] {
  const even = letters
    .replace(/[\p{M}ـ]/gu, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ى$/, '')
    .replace(/ة$/, '');
  const servant = /^عبدال(.{3,})$/u.exec(even)?.[1];
  if (servant !== undefined) return [{ text: 'abd', raw: 'عبد' }, ...arabicWord(servant)];
  const named = /^(?:ال)(.{3,})$/u.exec(even)?.[1];
  if (named !== undefined) return [{ text: 'al', raw: 'ال' }, ...arabicWord(named)];
  return arabicWord(even);
}

function arabicWord(word: string): readonly ReadToken[] {
  const known = ARABIC_WORDS.get(word);
  if (known !== undefined) return [{ text: known, raw: word }];
  return transliterated(word);
}
