import type { ListedName, ListedParty, PartialDate, PartyKind } from '../lists/party.ts';

/** Who is asked about. Qualifiers narrow an answer, their absence never hides one. */
export type NameQuery = {
  readonly name: string;
  readonly kind: PartyKind | null;
  readonly birth: PartialDate | null;
  /** ISO 3166-1 alpha-2: nationality, residence or registration, as the asker knows them. */
  readonly countries: readonly string[];
};

/** What the name index answers. */
export type NameScreening =
  | {
      readonly kind: 'screened';
      /** The query as it was compared: folded tokens in order, and the scripts it was read from. */
      readonly tokens: readonly string[];
      readonly scripts: readonly ScriptReading[];
      /** At or above the threshold, highest score first, then party id. One a party: its best-matching name. */
      readonly matches: readonly NameMatch[];
      /** Matches beyond the limit asked for: how many more there are. */
      readonly more: number;
      /** What the reader must know: a script read by a general table, a name shortened, too common a name to narrow. */
      readonly notes: readonly string[];
    }
  | {
      /** Nothing can be said: never to be read as "no match". */
      readonly kind: 'unscreenable';
      readonly reason: string;
      readonly scripts: readonly ScriptReading[];
    };

export type ScriptReading = {
  /** ISO 15924. */
  readonly script: string;
  /** `measured`: error rates for this script are in docs/methods; `unmeasured`: transliterated by a general table; `none`: cannot be read. */
  readonly reading: 'measured' | 'unmeasured' | 'none';
};

export type NameMatch = {
  readonly party: ListedParty;
  /** The party's name that matched best. */
  readonly name: ListedName;
  /** 0–100, one decimal; only an identical name with agreeing qualifiers reaches 100. */
  readonly score: number;
  /** Which tokens of the query matched which of the name, in the query's order. */
  readonly pairs: readonly TokenPair[];
  /** Everything that moved the score, in order; starts at the tokens' own likeness and ends at `score`. */
  readonly steps: readonly ScoreStep[];
};

export type TokenPair = {
  /** null: a token of the name that the query has none for. */
  readonly query: string | null;
  /** null: a token of the query that the name has none for. */
  readonly name: string | null;
  /** 0–1. */
  readonly likeness: number;
  readonly how: 'same' | 'typo' | 'sounds-alike' | 'joined' | 'initial' | 'variant' | 'unmatched';
};

export type ScoreStep = {
  readonly what: string;
  /** Points added or taken off, one decimal. */
  readonly points: number;
  readonly because: string;
};

export type NameIndex = {
  /** Parties in the index. */
  readonly parties: number;
  readonly names: number;
  /** What of the listed names no query is compared with, in words; null: all are. */
  readonly notCompared: string | null;
  search(query: NameQuery, options?: { readonly threshold?: number; readonly limit?: number }): NameScreening;
};
