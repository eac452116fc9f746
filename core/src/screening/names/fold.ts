/**
 * Which letters do different spellings of one sound share? Longest rule first at each place; what no rule names stays.
 * Both sides of a comparison are folded, so what matters is only that spellings of one sound meet:
 * Yuri, Iouri and Yuriy; Qaddafi and Kadhafi; Sergei and Sergey; Khaled and Haled; Alexander and Aleksander.
 * `x` stands for sh, `c` for ch, as neither letter is left over otherwise.
 */
const FOLD_RULES: readonly (readonly [string, string])[] = [
  ['shch', 'x'],
  ['tsch', 'c'],
  ['sch', 'x'],
  ['tch', 'c'],
  ['dzh', 'i'],
  ['sh', 'x'],
  ['ch', 'c'],
  ['ck', 'k'],
  ['tz', 'ts'],
  ['dj', 'i'],
  ['zh', 'z'],
  ['kh', 'h'],
  ['gh', 'g'],
  ['dh', 'd'],
  ['th', 't'],
  ['ph', 'f'],
  ['bh', 'b'],
  ['rh', 'r'],
  ['ou', 'u'],
  ['oo', 'u'],
  ['ee', 'i'],
  ['c', 'k'],
  ['q', 'k'],
  ['x', 'ks'],
  ['w', 'v'],
  ['j', 'i'],
  ['y', 'i'],
];

/** Consonants of Arabic as Latin letters write them, for the comparison of consonants alone. */
const SKELETON_RULES: readonly (readonly [string, string])[] = [
  ['tch', 'x'],
  ['sh', 'x'],
  ['ch', 'x'],
  ['kh', 'h'],
  ['gh', 'k'],
  ['dh', 'd'],
  ['th', 't'],
  ['ph', 'f'],
  ['zh', 'd'],
  ['dj', 'j'],
  ['ck', 'k'],
  ['q', 'k'],
  ['g', 'k'],
  ['c', 'k'],
  ['p', 'b'],
  ['v', 'w'],
  ['z', 'd'],
  ['x', 'ks'],
];

const FOLD = rulesByLetter(FOLD_RULES);
const SKELETON = rulesByLetter(SKELETON_RULES);

/** The spelling of a token without what transliterations disagree about. @param token - letters a to z and digits. */
export function foldSpelling(token: string): string {
  let folded = applyRules(token, FOLD, undoubled);
  if (folded.length > 3 && folded.startsWith('ie')) folded = folded.slice(1);
  if (folded.length > 2 && folded.endsWith('h') && isVowel(folded.charCodeAt(folded.length - 2)))
    folded = folded.slice(0, -1);
  return folded;
}

/**
 * The consonants of a token, for names out of scripts that write no vowels: Muhammad, Mohamed and mhmd are all `mhmd`.
 * `w` and `y` count only as the first letter, as inside a word they write vowels as often; `v` is the Persian `w`; `d` and
 * `z` are one, as Persian reads some letters by the one and Arabic by the other; a final `h` is not heard.
 * @param token - letters a to z; a dot parts letters that are two where they would be read as one.
 */
export function consonantsOf(token: string): string {
  const ruled = applyRules(token, SKELETON, (_, next) => next);
  let skeleton = '';
  for (let place = 0; place < ruled.length; place++) {
    const letter = ruled.charCodeAt(place);
    if (letter === DOT) continue;
    const semivowel = letter === W || letter === Y;
    if (isVowel(letter) || (semivowel && place > 0)) continue;
    const text = ruled[place] as string;
    if (!skeleton.endsWith(text)) skeleton += text;
  }
  return skeleton.length > 1 && skeleton.endsWith('h') ? skeleton.slice(0, -1) : skeleton;
}

export function isVowel(code: number): boolean {
  return code === 97 || code === 101 || code === 105 || code === 111 || code === 117;
}

const DOT = 46;
const W = 119;
const Y = 121;

type Rules = ReadonlyMap<string, readonly (readonly [string, string])[]>;

/** `x` and `c` that a rule put there must not be read again as the letters: one pass, left to right. */
function applyRules(token: string, rules: Rules, append: (sofar: string, next: string) => string): string {
  let result = '';
  let place = 0;
  while (place < token.length) {
    const letter = token[place] as string;
    const rule = rules.get(letter)?.find(([from]) => token.startsWith(from, place));
    result += append(result, rule === undefined ? letter : rule[1]);
    place += rule === undefined ? 1 : rule[0].length;
  }
  return result;
}

/** What is appended, without a first letter that repeats the last. Digits stay as they are: 11 is not 1. */
function undoubled(sofar: string, next: string): string {
  const first = next.charCodeAt(0);
  return first >= 97 && sofar.length > 0 && sofar.charCodeAt(sofar.length - 1) === first ? next.slice(1) : next;
}

function rulesByLetter(rules: readonly (readonly [string, string])[]): Rules {
  const byLetter = new Map<string, (readonly [string, string])[]>();
  for (const rule of rules) {
    const letter = rule[0][0] as string;
    byLetter.set(letter, [...(byLetter.get(letter) ?? []), rule]);
  }
  for (const group of byLetter.values()) group.sort((a, b) => b[0].length - a[0].length);
  return byLetter;
}
