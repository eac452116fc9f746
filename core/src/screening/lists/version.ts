import type { ListedParty, ListId } from './party.ts';

export const LIST_FORMATS = [
  'ofac-advanced-xml',
  'ofac-legacy-csv',
  'un-xml',
  'eu-fsf-xml',
  'uk-xml',
  'opensanctions-ftm',
  'cairn-list',
] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

/** One issue of one list, as it was read. Versions are kept for ever: an answer names those it rests on. */
export type ListVersion = {
  /** `<list>@<issuedOn>+<first 12 hex digits of sha256>`. */
  readonly id: string;
  readonly list: ListId;
  /** ISO date that the publisher gives the file; where it gives none, the day it was obtained (and a note says so). */
  readonly issuedOn: string;
  /** Unix seconds: when this copy came into the holder's hands. Shipped versions: the first second of `issuedOn`. */
  readonly obtainedAt: number;
  /** SHA-256, hex, of the file as published, unpacked (of several files: of their hashes, in order of name, one a line). */
  readonly sha256: string;
  /** The address or the file's name. */
  readonly source: string;
  readonly format: ListFormat;
  /** null: the whole list; else what part of it, in words: a name that is absent may be on the rest. */
  readonly onlyPart: string | null;
  readonly parties: number;
  /** Accounts with their codes, each party's own counted. */
  readonly accounts: number;
  /** What could not be read, and what was assumed. */
  readonly notes: readonly string[];
};

/** What reading a list file gives. */
export type ListContent = {
  readonly list: ListId;
  readonly format: ListFormat;
  /** ISO date; null: the file does not say. */
  readonly issuedOn: string | null;
  readonly parties: readonly ListedParty[];
  /** Entries that could not be read, each with its place and reason: never dropped silently. */
  readonly rejects: readonly ListReject[];
};

export type ListReject = { readonly place: string; readonly reason: string };

/**
 * A reader of one format, fed the text as it comes: bounded memory, whatever the size of the file. Pure.
 * `onParty` is called once an entry is complete, in the order of the file.
 */
export type ListParser = {
  /** @throws {CairnError} `invalid-input` with line and column: malformed, entity declarations, an element nested or long beyond bounds. */
  write(text: string): void;
  /** @throws {CairnError} `invalid-input`: the file was cut off, or held no entry. */
  end(): { readonly issuedOn: string | null; readonly rejects: readonly ListReject[] };
};

export type CreateListParser = (onParty: (party: ListedParty) => void) => ListParser;
