import type { ListedParty, PartialDate } from '../lists/party.ts';
import type { NameQuery, ScoreStep } from './match.ts';

/** Points kept back while nothing but the name has been compared; agreeing qualifiers earn them back, up to all of them. */
export const NAME_ALONE = 4;

const SAME_DAY = 3;
const SAME_YEAR = 2;
const SAME_COUNTRY = 3;
const SAME_KIND = 1;
const OTHER_YEAR = -20;
const OTHER_DAY = -10;
const OTHER_COUNTRY = -6;
const OTHER_KIND = -15;

/**
 * What do date of birth, countries and kind add or take off? What either side does not know moves nothing.
 * Agreement never lifts a poor name: it earns at most what was kept back.
 */
export function qualifierSteps(query: NameQuery, party: ListedParty): readonly ScoreStep[] {
  const judged = [kindStep(query, party), birthStep(query, party), countryStep(query, party)].filter(
    (step) => step !== null,
  );
  const against = judged.filter(({ points }) => points < 0);
  const steps: ScoreStep[] = [{ what: 'name alone', points: -NAME_ALONE, because: 'kept back until qualifiers agree' }];
  let left = NAME_ALONE;
  for (const step of judged.filter(({ points }) => points > 0)) {
    const points = Math.min(left, step.points);
    left -= points;
    if (points > 0) steps.push({ ...step, points });
  }
  return [...steps, ...against];
}

function kindStep({ kind }: NameQuery, party: ListedParty): ScoreStep | null {
  if (kind === null || kind === 'unknown' || party.kind === 'unknown') return null;
  const because = `asked about: ${kind}; listed: ${party.kind}`;
  return kind === party.kind
    ? { what: 'same kind', points: SAME_KIND, because }
    : { what: 'another kind', points: OTHER_KIND, because };
}

function countryStep({ countries }: NameQuery, party: ListedParty): ScoreStep | null {
  const listed = new Set(party.places.flatMap(({ country }) => country ?? []));
  if (countries.length === 0 || listed.size === 0) return null;
  const because = `asked about: ${sorted(countries)}; listed: ${sorted(listed)}`;
  return countries.some((country) => listed.has(country))
    ? { what: 'a country agrees', points: SAME_COUNTRY, because }
    : { what: 'no country agrees', points: OTHER_COUNTRY, because };
}

function birthStep({ birth }: NameQuery, party: ListedParty): ScoreStep | null {
  if (birth === null || party.births.length === 0) return null;
  const because = `asked about: ${written(birth)}; listed: ${party.births.map(written).join(', ')}`;
  if (party.births.some((listed) => sameDay(birth, listed)))
    return { what: 'date of birth agrees', points: SAME_DAY, because };
  if (party.births.some((listed) => overlap(birth, listed)))
    return { what: 'date of birth may agree', points: SAME_YEAR, because };
  return party.births.some((listed) => shareYear(birth, listed))
    ? { what: 'another day of birth', points: OTHER_DAY, because: `${because}; the year agrees` }
    : { what: 'another year of birth', points: OTHER_YEAR, because };
}

function sameDay(left: PartialDate, right: PartialDate): boolean {
  const exact = (date: PartialDate): boolean => date.from.length === 10 && date.from === date.to && !date.approximate;
  return exact(left) && exact(right) && left.from === right.from;
}

/** An approximate date is taken to lie within a year of what is written. */
function overlap(left: PartialDate, right: PartialDate): boolean {
  if (left.approximate || right.approximate) {
    const [a, b] = [years(left), years(right)];
    return a.from <= b.to + 1 && b.from <= a.to + 1;
  }
  return firstDay(left) <= lastDay(right) && firstDay(right) <= lastDay(left);
}

function shareYear(left: PartialDate, right: PartialDate): boolean {
  const [a, b] = [years(left), years(right)];
  return a.from <= b.to && b.from <= a.to;
}

function years({ from, to }: PartialDate) {
  return { from: Number(from.slice(0, 4)), to: Number(to.slice(0, 4)) };
}

/** ISO dates compare as texts once they are of one length. */
function firstDay({ from }: PartialDate): string {
  return `${from}-01-01`.slice(0, 10);
}

function lastDay({ to }: PartialDate): string {
  return to.length === 4 ? `${to}-12-31` : to.length === 7 ? `${to}-31` : to;
}

function written({ from, to, approximate }: PartialDate): string {
  return `${approximate ? 'about ' : ''}${from === to ? from : `${from} to ${to}`}`;
}

function sorted(countries: Iterable<string>): string {
  return [...countries].sort().join(', ');
}
