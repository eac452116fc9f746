/** Takes keys out of a text that people or files will see. */
export type Redactor = (text: string) => string;

/** Shorter words of a path are names: `v2`, `api`, `mainnet`. A key is longer. */
const SHORTEST_KEY = 8;
/** A word of letters alone is a name, unless it is longer than names are. */
const LONGEST_NAME = 20;
/** What a value in a query is called that is a key, however short. */
const KEY_NAME = /key|token|secret|auth|pass/i;
const HIDDEN = '…';

/**
 * @param url - of a source: user, password, the values of its query and long words with a digit of its path are taken for keys.
 * @param secrets - further words, from the environment.
 */
export function createRedactor(url: URL, secrets: readonly string[]): Redactor {
  const inPath = url.pathname
    .split('/')
    .filter((word) => word.length >= (/^[a-z-]+$/.test(word) ? LONGEST_NAME : SHORTEST_KEY));
  const inQuery = [...url.searchParams].flatMap(([name, word]) =>
    word.length >= SHORTEST_KEY || KEY_NAME.test(name) ? [word] : [],
  );
  const basic = url.username === '' ? '' : basicToken(url);
  const told = [url.username, url.password, basic, ...inPath, ...inQuery, ...secrets].filter((word) => word !== '');
  const words = [...new Set(told.flatMap((word) => [word, decoded(word), encodeURIComponent(word)]))];
  // Longest first: a key may have another as its beginning.
  words.sort((a, b) => b.length - a.length);
  return (text) => words.reduce((left, word) => left.replaceAll(word, HIDDEN), text);
}

/** User and password as they go into the header `Authorization: Basic …`. @see RFC 7617. */
export function basicToken({ username, password }: URL): string {
  return Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
}

/** A word with a percent sign that stands for itself is left as it is. */
function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
