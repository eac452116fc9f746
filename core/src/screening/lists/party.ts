/** Who publishes a list, and which of its lists it is. `custom:<slug>` is a list a user made, as a simulation or a house list. */
export type ListId = 'ofac-sdn' | 'un-sc' | 'eu-fsf' | 'uk-sanctions' | 'opensanctions' | `custom:${string}`;

export type PartyKind = 'person' | 'organisation' | 'vessel' | 'aircraft' | 'unknown';

/**
 * One entry of a sanctions list, in the one shape that every format is read into. Texts are as published;
 * what Cairn reads into them (dates, countries, quality) stands beside them, never instead.
 */
export type ListedParty = {
  /** `<list>:<publisher's own number>`: `ofac-sdn:27307`, `un-sc:6908555`. Stable from version to version. */
  readonly id: string;
  readonly list: ListId;
  /** The reference people cite: the OFAC number, the UN permanent reference (`KPe.031`), the EU reference. */
  readonly reference: string;
  readonly kind: PartyKind;
  /** The primary name first, then in the order of the file. Never empty. */
  readonly names: readonly ListedName[];
  readonly births: readonly PartialDate[];
  readonly places: readonly Place[];
  readonly identifiers: readonly Identifier[];
  readonly accounts: readonly ListedAccount[];
  /** As published: `DPRK3`, `DPRK` (UN), regime names. In the order of the file, each once. */
  readonly programmes: readonly string[];
  /** ISO date; null: the list does not say. */
  readonly listedOn: string | null;
  /** ISO dates, ascending. */
  readonly amendedOn: readonly string[];
  /** What the publisher says about the party, one string; null: nothing. */
  readonly remarks: string | null;
};

export type ListedName = {
  /** As published, parts joined by a space in reading order of the format (OFAC: `FAMILY, Given`). */
  readonly full: string;
  readonly kind: 'name' | 'aka' | 'fka' | 'nka';
  /** `weak`: the publisher says it is a low-quality alias (OFAC LowQuality, UN Low): it is of use for confirming, not for finding. */
  readonly quality: 'primary' | 'strong' | 'weak';
  /** ISO 15924 (`Latn`, `Cyrl`, `Hang`); read off the letters where the format does not say. */
  readonly script: string;
};

/** A span that a date of birth or of founding lies in, both ends included. */
export type PartialDate = {
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly approximate: boolean;
};

export type Place = {
  readonly role: 'birth' | 'nationality' | 'citizenship' | 'address' | 'registration';
  /** ISO 3166-1 alpha-2, upper case; null: the text names no country known here. */
  readonly country: string | null;
  /** As published. */
  readonly text: string;
};

export type Identifier = {
  /** As published: `Passport`, `IMO Number`, `SWIFT/BIC`. */
  readonly kind: string;
  readonly value: string;
  readonly country: string | null;
};

/** A digital-currency account of a listed party. */
export type ListedAccount = {
  /** The publisher's currency code (`XBT`, `USDT`): it names an asset, not a chain. null: the list gives none. */
  readonly code: string | null;
  /** As published. */
  readonly address: string;
};
