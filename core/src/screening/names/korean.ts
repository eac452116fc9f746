/**
 * Korean names are written in Latin letters by half a dozen customs: 정 is Jeong, Jong, Chong, Jung and Chung, 이 is Yi,
 * Lee, Ri, Rhee and I. Both the Hangul and the Latin spelling are brought to classes of sounds that those customs share.
 * @see Revised Romanization of Korean (2000); McCune-Reischauer (1939); the Romanization used in the DPRK (1992)
 */
const ONSETS = ['k', 'k', 'n', 't', 't', 'r', 'm', 'p', 'p', 's', 's', '', 'c', 'c', 'c', 'k', 't', 'p', 'h'] as const;
const NUCLEI = [
  ...['a', 'e', 'ya', 'ye', 'o', 'e', 'yo', 'ye', 'o', 'wa', 'we'],
  ...['we', 'yo', 'u', 'wo', 'we', 'wi', 'yu', 'u', 'i', 'i'],
] as const;
const CODAS = [
  ...['', 'k', 'k', 'k', 'n', 'n', 'n', 't', 'r', 'k', 'm', 'r', 'r', 'r', 'p', 'r', 'm', 'p', 'p', 't', 't', 'N'],
  ...['t', 't', 'k', 't', 'p', 't'],
] as const;

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;

/** Family names of two syllables; every other Korean family name has one. */
const LONG_FAMILY_NAMES = new Set(['남궁', '황보', '제갈', '사공', '선우', '서문', '독고', '동방']);

/** Latin spellings of family names that no rule of sounds leads to. */
const FAMILY_NAMES: ReadonlyMap<string, string> = new Map([
  ['park', 'pak'],
  ['lee', 'ri'],
  ['rhee', 'ri'],
  ['yi', 'ri'],
  ['roh', 'no'],
  ['noh', 'no'],
  ['hur', 'ho'],
  ['suh', 'so'],
  ['woo', 'u'],
  ['wu', 'u'],
  ['shim', 'sim'],
]);

/** Family names most bearers have, in the spellings seen on lists: a name without one of them is not taken for Korean. */
const COMMON_FAMILY_NAMES = new Set(
  (
    'kim gim park pak bak lee ri rhee yi choe choi jong jung chong chung jeong kang gang cho jo yun yoon im rim lim ' +
    'jang chang sin shin han o oh so seo suh kwon gwon hwang an ahn song ryu yu yoo hong jon jun chon jeon ko go koh mun ' +
    'moon yang ryang son sohn pae bae paek baek ho heo hur nam sim shim no ro noh roh ha kwak gwak song cha chu ju u woo ' +
    'ku gu min na ra om eom won chon pang bang to do ham pyon byon ok kil gil tae thae hyon ki mun kye pong so ryom ryo'
  ).split(' '),
);

const LATIN_SOUNDS: readonly (readonly [string, string])[] = [
  ...sounds('k', ['kk', 'kh', 'k', 'g']),
  ...sounds('t', ['tt', 'th', 't', 'd']),
  ...sounds('p', ['pp', 'ph', 'p', 'b']),
  ...sounds('c', ['tch', 'ch', 'jj', 'j']),
  ...sounds('s', ['ss', 'sh', 's']),
  ...sounds('N', ['ng']),
  ...sounds('n', ['nn', 'n']),
  ...sounds('r', ['ll', 'rh', 'r', 'l']),
  ...sounds('m', ['mm', 'm']),
  ...sounds('h', ['h']),
  ...sounds('we', ['wae', 'we', 'oe', 'oi']),
  ...sounds('wa', ['wa']),
  ...sounds('wo', ['weo', 'wo']),
  ...sounds('wi', ['wi']),
  ...sounds('yo', ['yeo', 'you', 'yo']),
  ...sounds('yu', ['yoo', 'yu']),
  ...sounds('ye', ['yae', 'ye']),
  ...sounds('ya', ['ya']),
  ...sounds('i', ['eui', 'ui', 'ee', 'yi', 'i']),
  ...sounds('u', ['eu', 'oo', 'u']),
  ...sounds('o', ['eo', 'o']),
  ...sounds('e', ['ae', 'ai', 'e']),
  ...sounds('a', ['a']),
].sort((a, b) => b[0].length - a[0].length);

const SYLLABLES = /^(?:[cknthrmps]?(?:we|wa|wo|wi|yo|yu|ye|ya|[aeiou])[kntrmpsN]?){1,3}$/;

/** @returns the sounds of one Hangul syllable; null: not a Hangul syllable. */
export function soundsOfHangul(syllable: string): string | null {
  const code = syllable.codePointAt(0) ?? 0;
  if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) return null;
  const place = code - FIRST_SYLLABLE;
  return `${ONSETS[Math.floor(place / 588)]}${NUCLEI[Math.floor(place / 28) % 21]}${CODAS[place % 28]}`;
}

/** @param token - letters a to z. @returns its sounds; null: it cannot be one to three Korean syllables. */
export function soundsOfLatin(token: string): string | null {
  if (token.length > 18) return null;
  const family = FAMILY_NAMES.get(token);
  if (family !== undefined) return family;
  let result = '';
  for (let place = 0; place < token.length; ) {
    const sound = LATIN_SOUNDS.find(([spelling]) => token.startsWith(spelling, place));
    if (sound === undefined) return null;
    result += sound[1];
    place += sound[0].length;
  }
  return SYLLABLES.test(result) ? result : null;
}

/** The same with what customs differ on most taken out: o and u are one class, a first r before i or y is not heard. */
export function looseSounds(sounds: string): string {
  return sounds.replaceAll('u', 'o').replace(/^r(?=[iy])/, '');
}

/** Is this a Korean name by its shape: two to four tokens, each of Korean syllables, one of them a common family name? */
export function looksKorean(tokens: readonly string[]): boolean {
  if (tokens.length < 2 || tokens.length > 4) return false;
  if (!COMMON_FAMILY_NAMES.has(tokens[0] as string) && !COMMON_FAMILY_NAMES.has(tokens.at(-1) as string)) return false;
  return tokens.every((token) => soundsOfLatin(token) !== null);
}

/** The syllables of a run of Hangul as a name has them: family name, then each syllable of the given name. */
export function splitHangul(run: string): readonly string[] {
  const family = LONG_FAMILY_NAMES.has(run.slice(0, 2)) && run.length > 3 ? 2 : 1;
  return [run.slice(0, family), ...run.slice(family)];
}

function sounds(sound: string, spellings: readonly string[]): readonly (readonly [string, string])[] {
  return spellings.map((spelling) => [spelling, sound] as const);
}
