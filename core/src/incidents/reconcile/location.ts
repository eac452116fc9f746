import { countryOf } from '../../units/index.ts';

/** A place as a list prints it beside the record's country. */
export type LocationCheck = {
  readonly printed: string;
  /** ISO 3166-1 alpha-2; null: the record does not know. */
  readonly country: string | null;
  /** Null: what is printed names no country, or the record knows none. */
  readonly agrees: boolean | null;
};

/** Short forms that lists print and that name no country elsewhere. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['ROK', 'KR'],
  ['UK', 'GB'],
  ['US', 'US'],
  ['UAE', 'AE'],
  ['BVI', 'VG'],
]);

/** Does a printed place agree with the record's country? Where several are printed, one that agrees is enough. */
export function checkLocation(printed: string, country: string | null): LocationCheck {
  const codes = printed.split('/').flatMap((name) => SHORT_NAMES.get(name.trim()) ?? countryOf(name) ?? []);
  return { printed, country, agrees: country === null || codes.length === 0 ? null : codes.includes(country) };
}
