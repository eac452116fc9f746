import { describe, expect, test } from 'vitest';
import { describeFilter } from './describe-filter.ts';
import { filterIncidents, type IncidentFilter } from './filter.ts';
import { madeUp } from './fixtures/made-up.ts';
import type { Incident } from './incident.ts';

const country = (value: string): Incident['victim']['country'] => ({ value, sources: 'incident' });
const techniques = (...ids: readonly string[]): Incident['techniques'] => ({
  value: { ids: [...ids], basis: 'made up' },
  sources: 'incident',
});
const said = (stance: 'attributes' | 'disputes') => ({ by: stance, stance, on: null, sources: 'incident' as const });

const INCIDENTS = [
  madeUp({ slug: 'year', on: '2022', usd: '5', techniques: techniques('T1566') }),
  madeUp({
    slug: 'month',
    on: '2022-03',
    usd: '100',
    techniques: techniques('T1566.003'),
    chains: { value: { names: ['Ethereum', 'Ronin'], more: false }, sources: 'incident' },
    attribution: { grade: 'un-report', claims: [said('attributes'), said('disputes')] },
  }),
  madeUp({
    slug: 'day',
    on: '2023-01-31',
    victim: { kind: 'organisation', name: 'Firm', type: 'bridge', country: country('KR') },
    attribution: { grade: 'suspected', claims: [said('attributes')] },
    initialAccess: { value: { category: null, status: 'not-established' }, sources: 'incident' },
    listedIn: [{ edition: 'tayvano-2026', row: '1', printedDate: null }],
  }),
  madeUp({ slug: 'attempt', on: '2023', usd: '7', counted: { inTotals: false, because: 'an attempt' } }),
];

const slugs = (filter: IncidentFilter): readonly string[] => filterIncidents(INCIDENTS, filter).map(({ slug }) => slug);

describe('filters', () => {
  test('without a field: what counts in totals', () => {
    expect(slugs({})).toEqual(['year', 'month', 'day']);
    expect(slugs({ counted: 'all' })).toEqual(['year', 'month', 'day', 'attempt']);
    expect(slugs({ counted: 'excluded' })).toEqual(['attempt']);
  });

  test.each<[IncidentFilter, readonly string[]]>([
    [{ years: ['2022'] }, ['year', 'month']],
    [{ quarters: ['2022-Q1'] }, ['month']],
    [{ quarters: ['unknown'] }, ['year']],
    [{ from: '2022-04' }, ['year', 'day']],
    [{ to: '2022-02-28' }, ['year']],
    [{ from: '2023-01-31' }, ['day']],
    [{ from: '2023-02' }, []],
    [{ from: '2022-03-15', to: '2023-01' }, ['year', 'month', 'day']],
    [{ from: '2022-12', to: '2023-01-30' }, ['year']],
    [{ victimTypes: ['bridge', 'defi'] }, ['day']],
    [{ victimKinds: ['private-person'] }, []],
    [{ countries: ['kr', 'unknown'] }, ['year', 'month', 'day']],
    [{ countries: ['unknown'] }, ['year', 'month']],
    [{ chains: ['ronin'] }, ['month']],
    [{ techniques: ['T1566'] }, ['year', 'month']],
    [{ techniques: ['T1566.003'] }, ['month']],
    [{ techniques: ['T15'] }, []],
    [{ access: ['unknown'] }, ['year', 'month', 'day']],
    [{ actors: ['unknown'] }, ['year', 'month', 'day']],
    [{ grades: ['un-report'] }, ['month']],
    [{ grades: [] }, []],
    [{ disputed: 'only' }, ['month']],
    [{ disputed: 'none' }, ['year', 'day']],
    [{ edition: ['tayvano-2026'] }, ['day']],
    [{ minUsd: 500n }, ['year', 'month']],
    [{ minUsd: 501n }, ['month']],
    [{ minUsd: 0n, amounts: 'un' }, []],
    [{ years: ['2022'], minUsd: 10_000n }, ['month']],
  ])('%o', (filter, expected) => {
    expect(slugs(filter)).toEqual(expected);
  });
});

describe('a filter in a caption', () => {
  test('all grades by their own names, each with its number, and what is outside totals', () => {
    expect(describeFilter({}, INCIDENTS)).toBe(
      'Attribution: 0 attributed by a government body; 1 listed as suspected in a UN report; 1 attributed by private firms or ' +
        'researchers; 1 suspected only. 1 outside totals is left out.',
    );
  });

  test('every condition, and what no amount is known of', () => {
    expect(
      describeFilter(
        { years: ['2022', '2023'], countries: ['kr', 'unknown'], grades: ['suspected', 'un-report'], minUsd: 100_050n },
        INCIDENTS,
      ),
    ).toBe(
      'Only year: 2022 or 2023; country of the victim: South Korea or not known; at least $1,000.50, the record’s preferred ' +
        'figure. Attribution: 0 suspected only; 0 listed as suspected in a UN report. 0 outside totals are left out. 1 without a ' +
        'known amount is left out.',
    );
  });

  test('what is let in that does not count in totals', () => {
    expect(describeFilter({ counted: 'all', grades: ['government'] }, INCIDENTS)).toBe(
      'Attribution: 0 attributed by a government body. 0 outside totals are included.',
    );
    expect(describeFilter({ counted: 'excluded', grades: ['private'] })).toBe(
      'Attribution: attributed by private firms or researchers. Only incidents outside totals.',
    );
  });
});
