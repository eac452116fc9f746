/**
 * A score from which a match is shown to a person, set from the measured table in docs/methods/name-screening.md: below it
 * innocent names are met faster than misspelt ones are found.
 */
export const DEFAULT_THRESHOLD = 76;
