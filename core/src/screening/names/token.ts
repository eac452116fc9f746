import anyAscii from 'any-ascii';
import { LONGEST_COMPARED } from './edit-distance.ts';
import { consonantsOf, foldSpelling } from './fold.ts';
import { looseSounds, soundsOfHangul, soundsOfLatin } from './korean.ts';
import type { NameToken } from './read-name.ts';
import { isReadInFull } from './read-run.ts';

/** A token with every form it is compared in, worked out once. */
export type PreparedToken = NameToken & {
  /** Spelling without what transliterations disagree about. */
  readonly fold: string;
  readonly consonants: string;
  /** Sounds as Korean; null: it cannot be Korean. */
  readonly sounds: string | null;
  readonly loose: string | null;
  /** Its script writes no vowels. */
  readonly abjad: boolean;
};

const ABJADS = new Set(['Arab', 'Hebr', 'Syrc']);

export function prepareToken(token: NameToken): PreparedToken {
  const fold = foldSpelling(token.text);
  const sounds = soundsOf(token);
  return {
    ...token,
    fold,
    consonants: token.text.length > LONGEST_COMPARED ? '' : consonantsOf(lettersApart(token)),
    sounds,
    loose: sounds === null ? null : looseSounds(sounds),
    abjad: ABJADS.has(token.script) && !isReadInFull(token.text, token.script),
  };
}

/** In Arabic each letter is read by itself: s and h side by side are not sh. Known words are read as what they stand for. */
function lettersApart({ text, raw, script }: NameToken): string {
  if (script !== 'Arab' || isReadInFull(text, script)) return text;
  return [...raw].map((letter) => anyAscii(letter).replace(/[^a-z]/gi, '')).join('.');
}

function soundsOf({ text, raw, script, role }: NameToken): string | null {
  if (role === 'legal' || role === 'title' || role === 'initial') return null;
  if (script !== 'Hang') return script === 'Latn' ? soundsOfLatin(text) : null;
  const syllables = [...raw].map(soundsOfHangul);
  return syllables.includes(null) ? null : syllables.join('');
}

/** Two tokens with one key are one entry of the vocabulary. */
export function tokenKey({ text, raw, role }: NameToken): string {
  return raw === '' && role === 'word' ? text : `${text}|${role}|${raw}`;
}
