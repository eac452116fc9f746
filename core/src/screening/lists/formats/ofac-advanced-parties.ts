import type { ListedName, PartyKind } from '../party.ts';
import type { ListReject } from '../version.ts';
import { createOfacDocuments } from './ofac-advanced-documents.ts';
import { createOfacFeatures, type PartyFeatures } from './ofac-advanced-features.ts';
import { createOfacLocations } from './ofac-advanced-locations.ts';
import { createOfacNames } from './ofac-advanced-names.ts';
import type { OfacReference } from './ofac-advanced-reference.ts';
import type { XmlAttributes } from './xml.ts';

const LOCATIONS = 'Sanctions/Locations';
const DOCUMENTS = 'Sanctions/IDRegDocuments';
const PARTY = 'Sanctions/DistinctParties/DistinctParty';
const PROFILE = `${PARTY}/Profile`;
const IDENTITY = `${PROFILE}/Identity`;
const FEATURE = `${PROFILE}/Feature`;

/** A party without what its sanctions entry says. */
export type OfacDraft = {
  readonly reference: string;
  readonly profile: string;
  readonly kind: PartyKind;
  readonly names: readonly ListedName[];
  readonly features: PartyFeatures;
};

/** Collects the parties, and before them the locations and documents that they refer to. */
export type OfacParties = {
  readonly drafts: readonly OfacDraft[];
  /** Digital-currency features by code, each as often as it is published. */
  readonly accountFeatures: Readonly<Record<string, number>>;
  start(path: string, attributes: XmlAttributes, name: string): void;
  end(path: string, text: string, name: string): void;
};

/** @param place - where reading stands, for rejects. */
export function createOfacParties(reference: OfacReference, rejects: ListReject[], place: () => string): OfacParties {
  const locations = createOfacLocations(reference);
  const documents = createOfacDocuments(reference);
  const names = createOfacNames(reference);
  const reject = (reason: string): void => {
    rejects.push({ place: `${place()}, party ${number || 'without a number'}`, reason });
  };
  const features = createOfacFeatures(reference, locations.get, reject);
  const drafts: OfacDraft[] = [];
  const numbers = new Set<string>();
  let number = '';
  let comment = '';
  let profile = '';
  let kind: PartyKind = 'unknown';
  let identities: string[] = [];

  function close(): void {
    const own = features.take();
    own.identifiers.unshift(...identities.flatMap((identity) => documents.take(identity)));
    if (comment !== '') own.remarks.unshift(comment);
    const draft = { reference: number, profile, kind, names: names.take(), features: own };
    if (number === '') reject('no FixedRef');
    else if (numbers.has(number)) reject('the party stands in the file twice; the first is kept');
    else if (draft.names.length === 0) reject('no name');
    else {
      numbers.add(number);
      drafts.push(draft);
    }
  }

  function open(path: string, attributes: XmlAttributes): void {
    if (path === PARTY) {
      number = attributes['FixedRef'] ?? '';
      comment = '';
      identities = [];
    } else if (path === PROFILE) {
      profile = attributes['ID'] ?? '';
      kind = reference.kind(attributes['PartySubTypeID']);
    }
  }

  return {
    drafts,
    accountFeatures: features.accounts,
    start(path, attributes, name) {
      if (path.startsWith(FEATURE)) features.start(name, attributes);
      else if (path === IDENTITY) identities.push(attributes['ID'] ?? '');
      else if (path.startsWith(IDENTITY)) names.start(name, attributes);
      else if (path.startsWith(LOCATIONS)) locations.start(name, attributes);
      else if (path.startsWith(DOCUMENTS)) documents.start(name, attributes);
      else open(path, attributes);
    },
    end(path, text, name) {
      if (path.startsWith(FEATURE)) features.end(path, name, text);
      else if (path.startsWith(IDENTITY)) names.end(name, text);
      else if (path.startsWith(LOCATIONS)) locations.end(name, text);
      else if (path.startsWith(DOCUMENTS)) documents.end(name, text);
      else if (path === `${PARTY}/Comment`) comment = text;
      else if (path === PARTY) close();
      else if (path === 'Sanctions/DistinctParties') locations.clear();
    },
  };
}
