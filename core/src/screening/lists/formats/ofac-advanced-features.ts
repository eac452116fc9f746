import { countryOf, countryOfPlace } from '../../../units/index.ts';
import type { Identifier, ListedAccount, PartialDate, Place } from '../party.ts';
import { type DateParts, spanOf } from './date-span.ts';
import type { OfacLocation } from './ofac-advanced-locations.ts';
import type { OfacReference } from './ofac-advanced-reference.ts';
import type { XmlAttributes } from './xml.ts';

/** One feature of a party, its numbers looked up. */
type OfacFeature = {
  /** As published: `Birthdate`, `Digital Currency Address - XBT`. */
  readonly type: string;
  /** The text, or the words its lookup number stands for; `''`: none. */
  readonly text: string;
  readonly span: PartialDate | null;
  readonly location: OfacLocation | null;
  /** OFAC marks the statement as false: what the party claimed and was not so. */
  readonly markedFalse: boolean;
  readonly comment: string;
};

/** What the features of one party add up to. */
export type PartyFeatures = {
  readonly births: PartialDate[];
  readonly places: Place[];
  readonly identifiers: Identifier[];
  readonly accounts: ListedAccount[];
  readonly remarks: string[];
};

const ACCOUNT = /^Digital Currency Address - (.+)$/;
const BIRTHS = new Set(['Birthdate', 'Organization Established Date']);
const PLACES: Readonly<Record<string, Place['role']>> = {
  'Place of Birth': 'birth',
  'Nationality Country': 'nationality',
  'Citizenship Country': 'citizenship',
  Location: 'address',
  'Nationality of Registration': 'registration',
  'Registration Country': 'registration',
  'Vessel Flag': 'registration',
};
const IDENTIFIERS = new Set([
  'SWIFT/BIC',
  'BIK (RU)',
  'MICEX Code',
  'D-U-N-S Number',
  'ISIN',
  'Equity Ticker',
  'UN/LOCODE',
  'Website',
  'Email Address',
  'Phone Number',
  'Vessel Call Sign',
  'Other Vessel Call Sign',
  'Aircraft Tail Number',
  'Previous Aircraft Tail Number',
  'Aircraft Mode S Transponder Code',
  "Aircraft Manufacturer's Serial Number (MSN)",
  'Aircraft Construction Number (also called L/N or S/N or F/N)',
]);
/** No part of the model. */
const LEFT_OUT = new Set(['Gender']);

/** Collects the features of one party after another. */
export function createOfacFeatures(
  reference: OfacReference,
  locationOf: (id: string | undefined) => OfacLocation | null,
  reject: (reason: string) => void,
): {
  start(name: string, attributes: XmlAttributes): void;
  end(path: string, name: string, text: string): void;
  /** Those since it was last asked. */
  take(): PartyFeatures;
  /** Digital-currency features of all parties by code, each as often as it is published. */
  readonly accounts: Readonly<Record<string, number>>;
} {
  const accounts: Record<string, number> = {};
  let party = noFeatures();
  let feature = { ...NO_FEATURE };
  let from: Record<string, string> = {};
  let to: Record<string, string> = {};

  function begin(id: string | undefined): void {
    feature = { ...NO_FEATURE, type: reference.textOf('FeatureType', id) ?? '' };
    from = {};
    to = {};
    if (feature.type === '') reject(`feature type ${id} is not among the reference values`);
  }

  function close(): void {
    if (feature.type === '') return;
    const coin = coinOf(feature.type);
    if (coin !== null) accounts[coin] = (accounts[coin] ?? 0) + 1;
    const span = spanOf(from as DateParts, to as DateParts, feature.approximate);
    if (!addFeature(party, { ...feature, span })) reject(`feature "${feature.type}" has no value`);
  }

  return {
    accounts,
    start(name, a) {
      if (name === 'Feature') begin(a['FeatureTypeID']);
      else if (name === 'FeatureVersion') {
        feature.markedFalse = reference.textOf('Reliability', a['ReliabilityID']) === 'False';
      } else if (name === 'VersionLocation') feature.location = locationOf(a['LocationID']);
      else if (name === 'VersionDetail')
        feature.text = reference.textOf('DetailReference', a['DetailReferenceID']) ?? '';
      else if (name === 'Start' || name === 'End') feature.approximate ||= a['Approximate'] === 'true';
    },
    end(path, name, text) {
      if (name === 'Feature') close();
      else if (name === 'VersionDetail' && text !== '') feature.text = text;
      else if (name === 'Comment' && path.endsWith('FeatureVersion/Comment')) feature.comment = text;
      else if (path.includes('/DatePeriod/Start/From/')) from[name.toLowerCase()] = text;
      else if (path.includes('/DatePeriod/End/To/')) to[name.toLowerCase()] = text;
    },
    take() {
      const taken = party;
      party = noFeatures();
      return taken;
    },
  };
}

type FeatureState = { -readonly [Key in Exclude<keyof OfacFeature, 'span'>]: OfacFeature[Key] } & {
  approximate: boolean;
};

const NO_FEATURE: Readonly<FeatureState> = {
  type: '',
  text: '',
  comment: '',
  location: null,
  markedFalse: false,
  approximate: false,
};

function noFeatures(): PartyFeatures {
  return { births: [], places: [], identifiers: [], accounts: [], remarks: [] };
}

/** The currency code of a feature type; null: not a digital-currency feature. */
function coinOf(type: string): string | null {
  return ACCOUNT.exec(type)?.[1] ?? null;
}

/**
 * Adds a feature where it belongs; what the model has no place for becomes a remark, in OFAC's words. A statement
 * marked false is a remark only; an account stays an account, with a remark.
 * @returns false: the feature says nothing that can be read.
 */
function addFeature(party: PartyFeatures, feature: OfacFeature): boolean {
  const { type, comment } = feature;
  if (LEFT_OUT.has(type)) return true;
  const value = feature.text === '' ? (feature.location?.text ?? spanText(feature.span)) : feature.text;
  if (value === '') return false;
  const coin = coinOf(type);
  if (coin !== null) addOnce(party.accounts, { code: coin, address: value });
  if (feature.markedFalse) {
    party.remarks.push(remark(`${type} (marked false)`, value, comment));
    return true;
  }
  const modelled = coin !== null || addModelled(party, feature, value);
  if (!modelled || comment !== '') party.remarks.push(remark(type, value, comment));
  return true;
}

function addModelled(party: PartyFeatures, feature: OfacFeature, value: string): boolean {
  const role = PLACES[feature.type];
  if (role !== undefined) {
    const country = feature.location === null ? countryIn(value, role) : feature.location.country;
    party.places.push({ role, country, text: value });
    return true;
  }
  if (IDENTIFIERS.has(feature.type)) {
    party.identifiers.push({ kind: feature.type, value, country: null });
    return true;
  }
  if (!BIRTHS.has(feature.type) || feature.span === null) return false;
  party.births.push(feature.span);
  return true;
}

function countryIn(text: string, role: Place['role']): string | null {
  return role === 'birth' ? countryOfPlace(text) : countryOf(text);
}

/** A party's account under one code is kept once; OFAC publishes some twice. */
function addOnce(accounts: ListedAccount[], account: ListedAccount): void {
  if (!accounts.some((held) => held.code === account.code && held.address === account.address)) accounts.push(account);
}

function remark(type: string, value: string, comment: string): string {
  const stated = /[:-]$/.test(type) ? `${type} ${value}` : `${type}: ${value}`;
  return comment === '' ? stated : `${stated} (${comment})`;
}

function spanText(span: PartialDate | null): string {
  if (span === null) return '';
  return `${span.approximate ? 'circa ' : ''}${span.from === span.to ? span.from : `${span.from} to ${span.to}`}`;
}
