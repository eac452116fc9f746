/**
 * The string measures that OFAC names for its search, over upper-case text. Lengths and places are in UTF-16 units.
 */

/**
 * How like are two strings by their common letters and those letters' order?
 * @returns 0–1; 0 where one of them is empty.
 * @see Jaro, Advances in Record-Linkage Methodology, JASA 84 (1989)
 */
export function jaro(a: string, b: string): number {
  if (a === b) return a.length === 0 ? 0 : 1;
  const common = commonLetters(a, b);
  if (common.count === 0) return 0;
  const inOrder = common.count - (common.displaced >> 1);
  return (common.count / a.length + common.count / b.length + inOrder / common.count) / 3;
}

/** Letters within the window of each other, and how many of them stand in another order. */
function commonLetters(a: string, b: string): { readonly count: number; readonly displaced: number } {
  const window = Math.max(0, (Math.max(a.length, b.length) >> 1) - 1);
  const taken = new Uint8Array(b.length);
  const found: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const letter = a.charCodeAt(i);
    const end = Math.min(b.length, i + window + 1);
    for (let j = Math.max(0, i - window); j < end; j++) {
      if (taken[j] === 1 || b.charCodeAt(j) !== letter) continue;
      taken[j] = 1;
      found.push(letter);
      break;
    }
  }
  let [place, displaced] = [0, 0];
  for (let j = 0; j < b.length; j++) {
    if (taken[j] === 1 && b.charCodeAt(j) !== found[place++]) displaced++;
  }
  return { count: found.length, displaced };
}

/**
 * Jaro's likeness, raised by a tenth of what it lacks for each letter that both strings begin with.
 * Winkler raises it only above 0.7; SimMetrics, and OFAC's figures, raise it always.
 * @param longestPrefix - letters that count at most.
 * @see Winkler, String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model (1990)
 */
export function jaroWinkler(a: string, b: string, longestPrefix: number): number {
  const likeness = jaro(a, b);
  const most = Math.min(longestPrefix, a.length, b.length);
  let prefix = 0;
  while (prefix < most && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix++;
  return likeness + prefix * 0.1 * (1 - likeness);
}

/** @returns 0–1: 1 − edits / letters of the longer, an edit being one letter put in, taken out or replaced. */
export function editSimilarity(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 0;
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let corner = row[0] as number;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] as number;
      const replaced = corner + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1);
      row[j] = Math.min(replaced, above + 1, (row[j - 1] as number) + 1);
      corner = above;
    }
  }
  return 1 - (row[b.length] as number) / longer;
}

/**
 * The sound of an English name: its first letter and three digits for the consonants after it.
 * A letter that is not A–Z counts as a vowel, but stays where it is the first.
 * @see US patent 1,261,167 (Russell, 1918); National Archives, The Soundex Indexing System
 */
export function soundex(word: string): string {
  let code = word.slice(0, 1);
  let last = SOUNDS[code] ?? '';
  for (let i = 1; i < word.length && code.length < 4; i++) {
    const letter = word[i] as string;
    const sound = SOUNDS[letter] ?? '';
    if (sound !== '' && sound !== last) code += sound;
    // H and W do not part equal sounds; vowels do.
    if (letter !== 'H' && letter !== 'W') last = sound;
  }
  return code === '' ? '' : code.padEnd(4, '0');
}

const SOUNDS: Readonly<Record<string, string>> = Object.fromEntries(
  ['BFPV', 'CGJKQSXZ', 'DT', 'L', 'MN', 'R'].flatMap((letters, i) =>
    [...letters].map((letter) => [letter, String(i + 1)]),
  ),
);

/** @returns 0–1: the share of the four places in which two Soundex codes agree. */
export function soundexAgreement(a: string, b: string): number {
  let equal = 0;
  for (let i = 0; i < 4; i++) if (a[i] !== undefined && a[i] === b[i]) equal++;
  return equal / 4;
}
