import { describe, expect, test } from 'vitest';
import type { Aggregate } from '../aggregate.ts';
import { parseAggregates } from '../aggregate.ts';
import { madeUp } from '../fixtures/made-up.ts';
import { concentration } from '../impact/concentration.ts';
import type { Incident } from '../incident.ts';
import { crossBy, scopeBy } from '../scope.ts';
import { timeline } from '../timeline.ts';
import { accessMethodsChart } from './access-methods.ts';
import { lorenzChart } from './lorenz.ts';
import { lossesByYearChart } from './losses-by-year.ts';
import { timelineChart } from './timeline.ts';

const graded = (grade: 'government' | 'un-report' | 'private' | 'suspected'): Incident['attribution'] => ({
  grade,
  claims: [{ by: 'somebody', stance: 'attributes', on: null, sources: 'incident' }],
});
const unknown = { value: null, because: 'made up' } as const;

const THEFTS = [
  madeUp({ slug: 'a', on: '2020-03-01', usd: '100.50', attribution: graded('government') }),
  madeUp({ slug: 'b', on: '2020-05-01', usd: '50', attribution: graded('private') }),
  madeUp({ slug: 'c', on: '2020-06', attribution: graded('private') }),
  madeUp({ slug: 'd', on: '2022-01-01', attribution: graded('suspected') }),
  madeUp({
    slug: 'e',
    on: '2022-02-01',
    usd: '9000',
    attribution: graded('private'),
    victim: { kind: 'private-person', type: 'individual', country: unknown },
  }),
];

const published = (id: string, more: object): unknown => ({
  id,
  publisher: 'UN Panel of Experts',
  scope: 'rows',
  period: { from: '2020', to: '2023', asPrinted: '2020-2023' },
  usd: null,
  qualifier: null,
  count: null,
  basis: null,
  byYear: null,
  rowsOf: null,
  publishedOn: '2024-03-07',
  supersedes: null,
  sources: [{ url: 'https://example.org/report', read: 'not-read' }],
  limits: ['listing is no finding'],
  note: 'made up',
  ...more,
});
const year = (usd: string | null, more: object = {}) => ({ usd, low: null, high: null, count: null, ...more });
const AGGREGATES: readonly Aggregate[] = parseAggregates([
  published('un-2024-215-annex95-rows', {
    byYear: {
      2020: year('300'),
      2021: year(null, { low: '10', high: '20' }),
      2023: year('7.25', { qualifier: 'about' }),
    },
  }),
  published('msmt-2025-2024', {
    period: { from: '2022-01', to: '2022-09', asPrinted: 'January-September 2022' },
    usd: '80',
    basis: 'printed',
  }),
  published('un-2019-691', { usd: '5', basis: 'printed' }),
]);

describe('losses by year', () => {
  const chart = lossesByYearChart(scopeBy(THEFTS, 'year', 'preferred'), AGGREGATES, 'all');

  test('every year between the first and the last, of the record or published', () => {
    expect(chart.periods).toEqual(['2020', '2021', '2022', '2023']);
    expect(chart.below.map(({ values }) => values)).toEqual([
      [3, 0, 2, 0],
      [1, 0, 1, 0],
    ]);
  });

  test('a grade without a known amount is a gap, one without incidents is zero', () => {
    expect(chart.stacks.map(({ values }) => values)).toEqual([
      [10_050n, 0n, 0n, 0n],
      [0n, 0n, 0n, 0n],
      [5_000n, 0n, 900_000n, 0n],
      [0n, 0n, null, 0n],
    ]);
    expect(chart.table.rows[2]).toEqual(expect.arrayContaining(['2022', '2', '1', '9000', 'not known']));
  });

  test('published years that are bounds only are gaps; a total of one year stands for it; others are left out', () => {
    expect(chart.lines).toEqual([
      { name: 'published: UN Panel, rows of annex 95', look: 0, values: [30_000n, null, null, 725n] },
      { name: 'published: MSMT, October 2025 (2025 to September)', look: 1, values: [null, null, 8_000n, null] },
    ]);
    expect(chart.table.rows.map((row) => row.slice(-2))).toEqual([
      ['300', 'not covered'],
      ['at least 10, at most 20', 'not covered'],
      ['not covered', '80'],
      ['about 7.25', 'not covered'],
    ]);
    expect(chart.footnotes.join(' ')).toContain('January-September 2022');
  });

  test('of a year that the filter leaves out nothing is said, neither zero nor a published figure beyond it', () => {
    const filter = { years: ['2020', '2022'] };
    const narrowed = lossesByYearChart(scopeBy(THEFTS, 'year', 'preferred'), AGGREGATES, 'two years', filter);
    expect(narrowed.periods).toEqual(['2020', '2021', '2022']);
    expect(narrowed.lines.map(({ values }) => values)).toEqual([
      [30_000n, null, null],
      [null, null, 8_000n],
    ]);
    expect(narrowed.stacks.map(({ values }) => values[1])).toEqual([null, null, null, null]);
    expect(narrowed.below.map(({ values }) => values[1])).toEqual([null, null]);
    expect(narrowed.table.rows[1]).toEqual(['2021', ...Array(9).fill('not asked for')]);
  });
});

test('under the rule of a list, what the list does not have is not called unknown', () => {
  const chart = lossesByYearChart(scopeBy(THEFTS, 'year', 'un'), [], 'all');
  expect(chart.subtitle).toContain('5 have no amount under this rule');
  expect(chart.table.rows[0]).toEqual([
    '2020',
    '3',
    '3',
    'none under this rule',
    '0',
    'none under this rule',
    '0',
    'none under this rule',
  ]);
});

test('ways in are counted by year, what is not known last and marked so', () => {
  const way = (category: 'spear-phishing' | 'code-exploit'): Incident['initialAccess'] => ({
    value: { category, status: 'reported' },
    sources: 'incident',
  });
  const thefts = [
    madeUp({ slug: 'a', on: '2020', initialAccess: way('code-exploit') }),
    madeUp({ slug: 'b', on: '2020', initialAccess: way('spear-phishing') }),
    madeUp({ slug: 'c', on: '2022' }),
  ];
  const chart = accessMethodsChart(crossBy(thefts, 'year', 'access', 'preferred'), 'all');
  expect(chart.stacks).toEqual([
    { name: 'spear-phishing or other lure', look: 1, isUnknown: false, values: [1n, 0n, 0n] },
    { name: 'flaw in code', look: 7, isUnknown: false, values: [1n, 0n, 0n] },
    { name: 'not known', look: 9, isUnknown: true, values: [0n, 0n, 1n] },
  ]);
  expect(chart.table.rows).toEqual([
    ['2020', '1', '1', '0', '2'],
    ['2021', '0', '0', '0', '0'],
    ['2022', '0', '0', '1', '1'],
  ]);
  expect(JSON.stringify(chart.table)).not.toContain('%');
});

describe('concentration', () => {
  test('the curve of 10, 20 and 70 dollars: Gini 0.4, the largest took 70 %', () => {
    const thefts = ['10', '20', '70'].map((usd, i) => madeUp({ slug: `t${i}`, on: '2020', usd }));
    const chart = lorenzChart(concentration([...thefts, madeUp({ slug: 'u', on: '2020' })], 'preferred'), 'all');
    expect(chart?.curve.points).toEqual([
      { x: 0n, y: 0n },
      { x: 1n, y: 1_000n },
      { x: 2n, y: 3_000n },
      { x: 3n, y: 10_000n },
    ]);
    expect(chart?.marks).toEqual([{ x: 2n, y: 3_000n, label: 'largest one: 70.0 % of the sum' }]);
    expect(chart?.subtitle).toContain('Gini coefficient of the known: 0.400');
    expect(chart?.footnotes.join(' ')).toContain('without a known amount: u.');
    expect(chart?.table.rows[2]).toEqual(['2', '66.7 %', '30', '30.0 %', 'largest one: 70.0 % of the sum']);
  });

  test('there is no curve of nothing, nor of one', () => {
    expect(lorenzChart(concentration([madeUp({ slug: 't', on: '2020', usd: '5' })], 'preferred'), 'all')).toBeNull();
    expect(lorenzChart(concentration([madeUp({ slug: 'u', on: '2020' })], 'preferred'), 'all')).toBeNull();
  });
});

describe('timeline', () => {
  const chart = timelineChart(
    timeline({ incidents: THEFTS, measures: [] }, { rule: 'preferred' }),
    'preferred',
    [],
    'all',
  );

  test('every theft is drawn and stands in the table, a private person without a name', () => {
    expect(chart?.groups.flatMap(({ thefts }) => thefts)).toHaveLength(5);
    expect(chart?.table.rows.map((row) => row[3])).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(chart?.table.rows.at(-1)).toEqual([
      '2022-02-01',
      'theft',
      'private person',
      'e',
      '9000',
      '',
      'attributed by private firms or researchers',
    ]);
    expect(chart?.table.rows[2]?.[4]).toBe('not known: made up');
  });

  test('the largest are named, the private person not, though it lost most', () => {
    const marks = chart?.groups.flatMap(({ thefts }) => thefts) ?? [];
    expect(marks.flatMap(({ label }) => label ?? [])).toEqual(['Firm a', 'Firm b']);
    expect(chart?.footnotes[0]).toContain('2 thefts');
  });

  test('nothing dated is no chart', () => {
    expect(
      timelineChart(timeline({ incidents: [], measures: [] }, { rule: 'preferred' }), 'preferred', [], ''),
    ).toBeNull();
  });
});
