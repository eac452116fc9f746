/**
 * A score from which a match is shown to a person, set from the measured table in docs/methods/name-screening.md: below it
 * innocent names are met faster than misspelt ones are found.
 */
export const DEFAULT_THRESHOLD = 76;

/** What a score says about the names; never that two parties are one. */
export type ScoreBand = {
  /** Scores of this and above, up to the next band. */
  readonly from: number;
  readonly meaning: string;
};

/** Highest first. */
export const SCORE_BANDS: readonly ScoreBand[] = [
  { from: 95, meaning: 'the same words, at most spelt by another custom or written together' },
  { from: 88, meaning: 'nearly the same words: one is misspelt, in another order, or read from another script' },
  {
    from: DEFAULT_THRESHOLD,
    meaning: 'alike: a word is missing or misspelt more than once, or the name is a weak alias',
  },
  { from: 0, meaning: 'too little alike to be shown unless asked for' },
];

/** The band that a score of 0 to 100 lies in. */
export function bandOf(score: number): ScoreBand {
  return SCORE_BANDS.find(({ from }) => score >= from) ?? (SCORE_BANDS.at(-1) as ScoreBand);
}
