import type { ListId } from './party.ts';
import type { ListFormat } from './version.ts';

/** Who publishes a list, where, and on what terms. */
export type Publisher = {
  readonly list: Exclude<ListId, `custom:${string}`>;
  readonly name: string;
  /** Where the publisher offers the file. */
  readonly address: string;
  readonly format: ListFormat;
  /** What a user of the file must know about its terms; null: it is published for anyone to use. */
  readonly terms: string | null;
  /** Fetched when nobody names a list? Not where the terms forbid some uses. */
  readonly byDefault: 'yes' | 'only-by-name';
};

/**
 * The published lists Cairn can fetch.
 *
 * Where the addresses come from: the publishers' pages name them, and public programs that fetch the lists use them (the UK one
 * since 28 January 2026, when the UK Sanctions List replaced OFSI's consolidated list). The EU's address carries the token of
 * the public feed, the same for everyone. An address can move; `cairn lists update LIST --from URL` takes another.
 */
export const PUBLISHERS: readonly Publisher[] = [
  {
    list: 'ofac-sdn',
    name: 'US Treasury, OFAC: Specially Designated Nationals',
    address: 'https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/SDN_ADVANCED.XML',
    format: 'ofac-advanced-xml',
    terms: null,
    byDefault: 'yes',
  },
  {
    list: 'un-sc',
    name: 'United Nations Security Council: Consolidated List',
    address: 'https://scsanctions.un.org/resources/xml/en/consolidated.xml',
    format: 'un-xml',
    terms: null,
    byDefault: 'yes',
  },
  {
    list: 'eu-fsf',
    name: 'European Union: consolidated financial sanctions',
    address: 'https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw',
    format: 'eu-fsf-xml',
    terms: null,
    byDefault: 'yes',
  },
  {
    list: 'uk-sanctions',
    name: 'United Kingdom, FCDO: UK Sanctions List',
    address: 'https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.xml',
    format: 'uk-xml',
    terms: null,
    byDefault: 'yes',
  },
  {
    list: 'opensanctions',
    name: 'OpenSanctions: sanctions collection',
    address: 'https://data.opensanctions.org/datasets/latest/sanctions/entities.ftm.json',
    format: 'opensanctions-ftm',
    terms: 'CC BY-NC 4.0: free for non-commercial use; a business needs a licence from opensanctions.org',
    byDefault: 'only-by-name',
  },
];
