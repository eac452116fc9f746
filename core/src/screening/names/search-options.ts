import { CairnError } from '../../errors.ts';

/** @throws {CairnError} `invalid-input`: a threshold outside 0 to 100, a limit that is no whole number of 1 or more. */
export function checkSearch(threshold: number, limit: number): void {
  if (!(threshold >= 0 && threshold <= 100)) {
    throw new CairnError('invalid-input', `threshold must be 0 to 100, not ${threshold}`);
  }
  if (!Number.isInteger(limit) || limit < 1) {
    throw new CairnError('invalid-input', `limit must be a whole number of 1 or more, not ${limit}`);
  }
}
