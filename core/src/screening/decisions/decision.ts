/** What somebody decided about one match of one subject. */
export type Decision = {
  /** `D-1`, `D-2` … in the order recorded. */
  readonly id: string;
  /** The subject's key: an address in canonical case, or a name query's folded form with its qualifiers. */
  readonly subject: string;
  /** As it was asked. */
  readonly subjectText: string;
  /** The listed party (or theft, label source) the match is with. */
  readonly matchId: string;
  readonly verdict: 'false-positive' | 'true-match';
  readonly by: string;
  readonly because: string;
  /** Unix seconds. */
  readonly at: number;
  /** Unix seconds; null: until withdrawn. */
  readonly until: number | null;
  /** SHA-256 of the listing's content when it was decided: if the publisher amends the entry, the decision no longer suppresses. */
  readonly matchDigest: string;
};
