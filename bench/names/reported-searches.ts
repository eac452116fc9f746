import { createOfacCompatibleSearch, type ListedParty } from '../../core/src/screening/index.ts';
import type { Figure } from '../figures.ts';
import { bare } from './cases.ts';

/** Searches on OFAC's site that others wrote down, with how many answers there were; none of them is in the scores file. */
const REPORTED = [
  { query: 'Maduro', at: 100, on: '2019-09-30', answers: '4', source: 'moov-io/watchman issue 141' },
  { query: 'George Bush', at: 80, on: '2019-08-13', answers: '0', source: 'moov-io/watchman issue 115' },
  {
    query: 'ESMAL KATEB',
    at: 80,
    on: '2022-09-26',
    answers: '5, 81 to 91',
    source: 'InternationalTradeAdministration/developerportal issue 136',
  },
  {
    query: 'emma daniels',
    at: 85,
    on: '2021-04-02',
    answers: '1 (EMMA, 87), lowest score asked for not said',
    source: 'moov-io/watchman issue 338',
  },
] as const;

/**
 * Does the emulation return what OFAC's search returned, and no more? Of today's list, only parties listed on or before
 * the day of the search are counted; parties taken off since and aliases added since cannot be told.
 */
export function reportedSearchFigures(parties: readonly ListedParty[]): Figure[] {
  const ofac = parties.filter(({ list }) => list === 'ofac-sdn');
  return REPORTED.map(({ query, at, on, answers }) => {
    const then = ofac.filter(({ listedOn }) => listedOn !== null && listedOn <= on);
    const found = createOfacCompatibleSearch(then).search(bare(query), { threshold: at, limit: 100 });
    const scores = found.kind === 'screened' ? found.matches.map(({ score }) => score) : [];
    const range = scores.length === 0 ? '' : `, ${Math.min(...scores)} to ${Math.max(...scores)}`;
    return { name: `live search of ${on}: ${query} at ${at}`, value: `OFAC ${answers}; ours ${scores.length}${range}` };
  });
}
