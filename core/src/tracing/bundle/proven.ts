import type { Crossing } from '../request.ts';
import type { Bundle, Problem } from './model.ts';
import { hasOwnId } from './records.ts';

/** How many of a bundle's crossings follow from the records in it. */
export type ProvenCrossings = {
  /** Exact crossings, and those of them that were decoded again from `evidence.json` and are the same. */
  readonly exact: number;
  readonly again: number;
  /** Taken as given: nothing in a bundle proves them. */
  readonly declared: number;
  readonly inferred: number;
  /** Records of transactions in `evidence.json`. */
  readonly records: number;
  /** Those of them whose id is computed from what they say, and so cannot say anything else. */
  readonly identified: number;
};

/** What of a verified bundle's crossings was proven again. @param problems - those of its arithmetic. */
export function provenCrossings(
  { result, evidence }: Pick<Bundle, 'result' | 'evidence'>,
  problems: readonly Problem[],
): ProvenCrossings {
  const number = (basis: Crossing['basis']): number => result.crossings.filter((one) => one.basis === basis).length;
  const wrong = new Set(problems.flatMap(({ part, place }) => (part === 'crossings.json' ? [place] : [])));
  const again = result.crossings.filter(({ basis, id }) => basis === 'exact' && !wrong.has(id)).length;
  return {
    exact: number('exact'),
    again,
    declared: number('declared'),
    inferred: number('inferred'),
    records: evidence.length,
    identified: evidence.filter(hasOwnId).length,
  };
}
