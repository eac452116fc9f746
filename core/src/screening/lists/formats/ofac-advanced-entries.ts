import { isoDate } from './date-span.ts';
import type { OfacReference } from './ofac-advanced-reference.ts';
import type { XmlAttributes } from './xml.ts';

/** What the entries of one profile say. */
export type OfacListing = {
  /** Dates of the SDN List entry, ascending; null: the party has none. */
  on: readonly string[] | null;
  programmes: readonly string[];
  /** Other lists of OFAC that the party is on, each with its programmes and measures, in words. */
  readonly others: string[];
};

/** Collects `SanctionsEntries`. */
export function createOfacEntries(reference: OfacReference): {
  of(profile: string): OfacListing | undefined;
  start(name: string, attributes: XmlAttributes): void;
  end(path: string, name: string, text: string): void;
} {
  const held = new Map<string, OfacListing>();
  /** The same few programmes stand in every entry; each text is kept once. */
  const texts = new Map<string, string>();
  let profile = '';
  let list = '';
  let measure = '';
  let date: Record<string, string> = {};
  let dates: string[] = [];
  let programmes: string[] = [];
  let measures: string[] = [];

  const kept = (text: string): string => {
    const same = texts.get(text) ?? text;
    texts.set(same, same);
    return same;
  };

  function close(): void {
    const listing = held.get(profile) ?? { on: null, programmes: [], others: [] };
    held.set(profile, listing);
    if (list === 'SDN List') {
      listing.on = [...new Set([...(listing.on ?? []), ...dates])].sort();
      listing.programmes = [...new Set([...listing.programmes, ...programmes])];
    } else {
      listing.others.push(`Also on OFAC's ${list}: ${[...new Set([...programmes, ...measures])].join(', ')}`);
    }
  }

  return {
    of: (id) => held.get(id),
    start(name, attributes) {
      if (name === 'SanctionsEntry') {
        profile = attributes['ProfileID'] ?? '';
        list = reference.textOf('List', attributes['ListID']) ?? `list ${attributes['ListID']}`;
        dates = [];
        programmes = [];
        measures = [];
      } else if (name === 'SanctionsMeasure') {
        measure = reference.textOf('SanctionsType', attributes['SanctionsTypeID']) ?? '';
        if (measure !== 'Program' && measure !== '') measures.push(measure);
      }
    },
    end(path, name, text) {
      if (name === 'SanctionsEntry') close();
      else if (name === 'Comment' && text !== '' && path.endsWith('SanctionsMeasure/Comment')) {
        if (measure === 'Program') programmes.push(kept(text));
      } else if (path.endsWith('EntryEvent/Date')) {
        const on = isoDate(Number(date['Year']), Number(date['Month']), Number(date['Day']));
        if (on !== null) dates.push(on);
        date = {};
      } else if (path.includes('EntryEvent/Date/')) date[name] = text;
    },
  };
}
