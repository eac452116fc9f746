/**
 * Which script is a text written in?
 * @returns ISO 15924: the script that most of its letters belong to (of equals, the one met first). Kana beside Han is
 *   `Jpan`, Hangul beside Han `Kore`; Han alone `Hani`, as letters do not tell Chinese from Japanese, nor simplified
 *   from traditional. `Zyyy`: no letter at all. `Zzzz`: letters of scripts not told apart here.
 * @see Unicode Standard Annex #24 (Unicode Script Property)
 */
export function scriptOf(text: string): string {
  const counts = new Map<string, number>();
  for (const letter of text) {
    const script = scriptOfLetter(letter);
    if (script !== null) counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  if (counts.has('Hani') && counts.has('Kana')) return 'Jpan';
  if (counts.has('Hani') && counts.has('Hang')) return 'Kore';
  let most = 'Zyyy';
  for (const [script, count] of counts) if (count > (counts.get(most) ?? 0)) most = script;
  return most === 'Kana' ? 'Jpan' : most;
}

/** null: not a letter, or a mark that scripts share. */
function scriptOfLetter(letter: string): string | null {
  if (/[A-Za-z]/.test(letter)) return 'Latn';
  if (!/\p{L}/u.test(letter) || /[\p{Script=Common}\p{Script=Inherited}]/u.test(letter)) return null;
  return SCRIPTS.find(([, pattern]) => pattern.test(letter))?.[0] ?? 'Zzzz';
}

/** The scripts that sanctions lists and their searchers write names in, most frequent first. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Latn', /\p{Script=Latin}/u],
  ['Cyrl', /\p{Script=Cyrillic}/u],
  ['Arab', /\p{Script=Arabic}/u],
  ['Hani', /\p{Script=Han}/u],
  ['Hang', /\p{Script=Hangul}/u],
  ['Kana', /[\p{Script=Katakana}\p{Script=Hiragana}]/u],
  ['Grek', /\p{Script=Greek}/u],
  ['Hebr', /\p{Script=Hebrew}/u],
  ['Armn', /\p{Script=Armenian}/u],
  ['Geor', /\p{Script=Georgian}/u],
  ['Deva', /\p{Script=Devanagari}/u],
  ['Beng', /\p{Script=Bengali}/u],
  ['Guru', /\p{Script=Gurmukhi}/u],
  ['Gujr', /\p{Script=Gujarati}/u],
  ['Taml', /\p{Script=Tamil}/u],
  ['Telu', /\p{Script=Telugu}/u],
  ['Sinh', /\p{Script=Sinhala}/u],
  ['Thai', /\p{Script=Thai}/u],
  ['Laoo', /\p{Script=Lao}/u],
  ['Khmr', /\p{Script=Khmer}/u],
  ['Mymr', /\p{Script=Myanmar}/u],
  ['Tibt', /\p{Script=Tibetan}/u],
  ['Mong', /\p{Script=Mongolian}/u],
  ['Ethi', /\p{Script=Ethiopic}/u],
];
