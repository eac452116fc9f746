import { CairnError } from '../../../errors.ts';
import type { ListedParty } from '../party.ts';
import type { ListParser, ListReject } from '../version.ts';
import { isoDate } from './date-span.ts';
import { createOfacEntries, type OfacListing } from './ofac-advanced-entries.ts';
import { createOfacParties, type OfacDraft } from './ofac-advanced-parties.ts';
import { createOfacReference } from './ofac-advanced-reference.ts';
import { createXmlReader } from './xml.ts';

const REFERENCE = 'Sanctions/ReferenceValueSets/';
const ENTRIES = 'Sanctions/SanctionsEntries';
const ISSUE = 'Sanctions/DateOfIssue';

export type OfacAdvancedParser = Omit<ListParser, 'end'> & {
  /** `notes`: how many digital-currency features the file has, by currency code. */
  end(): ReturnType<ListParser['end']> & { readonly notes: readonly string[] };
};

/**
 * Reads OFAC's SDN list in its advanced XML format. Programmes and dates of listing stand at the end of the file, so
 * parties are held, in the shape they are given out in, until the file has ended; nothing else of it is.
 *
 * Kept: what `ListedParty` has a place for; other features as remarks in OFAC's words. Left out: gender, dates and
 * authorities of identity documents, relationships between parties. An account that a party has twice under one code
 * is kept once; the notes count the features as published.
 * `listedOn` is the earliest date of the party's entry on the SDN List, `amendedOn` its later ones (further
 * authorities). Programmes are those of that entry; other lists of OFAC that the party is on are remarks.
 * @see OFAC, "Advanced Sanctions Data Model" and sdn_advanced.xsd
 */
export function createOfacAdvancedParser(onParty: (party: ListedParty) => void): OfacAdvancedParser {
  const rejects: ListReject[] = [];
  const reference = createOfacReference();
  const entries = createOfacEntries(reference);
  const parties = createOfacParties(reference, rejects, () => reader.place());
  const issue: Record<string, string> = {};

  const reader = createXmlReader({
    start(path, attributes, name) {
      if (path.startsWith(REFERENCE)) reference.start(name, attributes);
      else if (path.startsWith(ENTRIES)) entries.start(name, attributes);
      else parties.start(path, attributes, name);
    },
    end(path, text, name) {
      if (path.startsWith(REFERENCE)) reference.end(name, text);
      else if (path.startsWith(ENTRIES)) entries.end(path, name, text);
      else if (path.startsWith(ISSUE)) issue[name] = text;
      else parties.end(path, text, name);
    },
  });

  return {
    write: reader.write,
    end() {
      reader.end();
      let given = 0;
      for (const draft of parties.drafts) {
        const listing = entries.of(draft.profile);
        if (listing?.on) {
          onParty(partyOf(draft, listing, listing.on));
          given += 1;
        } else rejects.push({ place: `party ${draft.reference}`, reason: 'no entry on the SDN List' });
      }
      if (given === 0) throw new CairnError('invalid-input', "no party of the file is on OFAC's SDN List");
      const issuedOn = isoDate(Number(issue['Year']), Number(issue['Month']), Number(issue['Day']));
      return { issuedOn, rejects, notes: notesOn(parties.accountFeatures) };
    },
  };
}

function partyOf(draft: OfacDraft, listing: OfacListing, dates: readonly string[]): ListedParty {
  const { reference, kind, names, features } = draft;
  const remarks = [...new Set([...features.remarks, ...listing.others])];
  return {
    id: `ofac-sdn:${reference}`,
    list: 'ofac-sdn',
    reference,
    kind,
    names,
    births: kept(features.births),
    places: kept(features.places),
    identifiers: kept(features.identifiers),
    accounts: kept(features.accounts),
    programmes: listing.programmes,
    listedOn: dates[0] ?? null,
    amendedOn: kept(dates.slice(1)),
    remarks: remarks.length === 0 ? null : remarks.join('; '),
  };
}

const NONE: readonly never[] = [];

/** An array that has grown holds room for more; most of the thousands kept here are short or empty. */
function kept<T>(values: readonly T[]): readonly T[] {
  return values.length === 0 ? NONE : values.slice();
}

function notesOn(accountFeatures: Readonly<Record<string, number>>): string[] {
  const all = Object.values(accountFeatures).reduce((sum, count) => sum + count, 0);
  const codes = Object.entries(accountFeatures).sort(([, a], [, b]) => b - a);
  const each = codes.map(([code, count]) => `${code} ${count}`).join(', ');
  return all === 0 ? [] : [`${all} digital-currency features as published: ${each}`];
}
