import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import { NATIONALS, OTHER_NAMES } from './country-names.ts';

/**
 * Which country does a list's text name?
 * @param text - an English name as lists publish it (`Korea, North`, `Iran (Islamic Republic of)`, `The Gambia`,
 *   `DPRK`), or the word for its nationals (`Syrian`); what stands in brackets beside a name is passed over.
 * @returns ISO 3166-1 alpha-2, upper case (Kosovo: the user-assigned `XK`); null where the text names no country,
 *   more than one (`Congolese`), one that is no more (`USSR`) or a country among other words (`Sudanese by birth`).
 *   Two-letter codes are not read: lists write `na` for "not available". For codes see `countryOfCode`.
 */
export function countryOf(text: string): string | null {
  const whole = folded(text);
  return NAMES.get(whole) ?? NAMES.get(folded(turned(text))) ?? NAMES.get(folded(withoutBrackets(text))) ?? null;
}

/**
 * Which country does the end of a place's text name: `Pyongyang, Korea, North`, `Amman, Jordan`?
 * @returns as `countryOf`, of the whole text or else of its last one or two parts between commas. A place in a
 *   part of a country that shares its name with another (`Atlanta, Georgia`) is read as that country.
 */
export function countryOfPlace(text: string): string | null {
  const parts = text.split(/[,;]/);
  return (
    countryOf(text) ??
    (parts.length > 2 ? countryOf(parts.slice(-2).join(',')) : null) ??
    (parts.length > 1 ? countryOf(parts.at(-1) ?? '') : null)
  );
}

/** The country of an ISO 3166-1 code of two or three letters, in any case; null: no current code. */
export function countryOfCode(code: string): string | null {
  return CODES.get(code.trim().toUpperCase()) ?? null;
}

/** The English name of an ISO 3166-1 alpha-2 country, or the text itself where it is no such code. */
export function countryName(code: string): string {
  const name = (english.countries as Readonly<Record<string, string | readonly string[]>>)[code];
  return name === undefined ? code : ([name].flat()[0] as string);
}

const CODES: ReadonlyMap<string, string> = new Map(
  codes.flatMap(([two = '', three = '']) => [
    [two, two],
    [three, two],
  ]),
);

const NAMES: ReadonlyMap<string, string> = readNames();

function readNames(): Map<string, string> {
  const names = new Map<string, string>();
  for (const [code, value] of Object.entries(english.countries))
    for (const name of [value].flat()) {
      // `Congo` stands under two countries in the table; ISO 3166-1 gives it to the Republic of the Congo.
      if (!(name === 'Congo' && code === 'CD')) names.set(folded(name), code);
      if (name.includes(',')) names.set(folded(turned(name)), code);
      if (name.includes('(')) names.set(folded(withoutBrackets(name)), code);
    }
  for (const [name, code] of Object.entries({ ...NATIONALS, ...OTHER_NAMES })) names.set(name, code);
  return names;
}

/** `Korea, North` → `North Korea`. */
function turned(text: string): string {
  const comma = text.indexOf(',');
  return comma < 0 ? text : `${text.slice(comma + 1)} ${text.slice(0, comma)}`;
}

/** Also what follows the bracket: `Libya (in custody)`, `Kuwait, (residence as at 2009)`. */
function withoutBrackets(text: string): string {
  return text.replaceAll(/\([^)]*\)/g, ' ');
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/['’‘`.]/g, '')
    .replaceAll('&', ' and ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^the /, '');
}
