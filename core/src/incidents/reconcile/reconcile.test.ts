import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../aggregate.ts';
import { madeUp } from '../fixtures/made-up.ts';
import type { AmountClaim, Incident } from '../incident.ts';
import type { Registry } from '../registry.ts';
import type { ByRows } from './by-rows.ts';
import type { ByTotals } from './by-totals.ts';
import { reconcilable, reconcile } from './reconcile.ts';

/** As a list has it: of a Korean exchange, attributed by the FBI, the first amount preferred. */
function incident(slug: string, on: string, parts: Partial<Incident> = {}): Incident {
  return madeUp({
    slug,
    on,
    victim: { kind: 'organisation', name: slug, type: 'cex', country: { value: 'KR', sources: 'incident' } },
    preferredAmount: { id: parts.amounts?.[0]?.id ?? null, because: 'made up' } as Incident['preferredAmount'],
    attribution: { grade: 'government', claims: [{ by: 'FBI', stance: 'attributes', on: null, sources: 'incident' }] },
    sources: [{ id: 'panel-report', read: 'copy' }],
    ...parts,
  });
}

function amount(id: string, by: string, usd: string, more: Partial<AmountClaim> = {}): AmountClaim {
  return { id, by, usd, scope: 'whole', sources: id === 'un' ? ['panel-report'] : 'incident', ...more };
}

function edition(id: string, parts: Partial<Aggregate> = {}): Aggregate {
  return {
    id,
    publisher: 'A publisher',
    scope: 'thefts',
    period: { from: '2020', to: '2021', asPrinted: '2020-2021' },
    usd: null,
    qualifier: null,
    count: null,
    basis: 'printed',
    byYear: null,
    publishedOn: '2022-03-01',
    supersedes: null,
    sources: [{ url: 'https://example.org/', read: 'copy' }],
    rowsOf: null,
    limits: [],
    note: null,
    ...parts,
  };
}

function registry(incidents: readonly Incident[], aggregates: readonly Aggregate[]): Registry {
  const publishers = new Map([
    ['fbi', { id: 'fbi', name: 'FBI', kind: 'government', reliability: 'B', because: 'made up' }],
    ['elliptic', { id: 'elliptic', name: 'Elliptic', kind: 'analytics-firm', reliability: 'C', because: 'made up' }],
  ] as const);
  return {
    incidents,
    sources: { publishers, sources: new Map() },
    aggregates,
    institutions: [],
    measures: [],
    actors: [],
    techniques: [],
  };
}

const listed = (row: string, printedDate: string | null, printedLocation?: string): Incident['listedIn'] => [
  { edition: 'list', row, printedDate, ...(printedLocation === undefined ? {} : { printedLocation }) },
];

const LIST = edition('list', { rowsOf: 'un', usd: 30_000_000_00n, qualifier: 'about', count: 4 });

const byRows = (
  incidents: readonly Incident[],
  aggregates = [LIST],
  id = 'list',
  ...rule: ['preferred'] | []
): ByRows => reconcile(registry(incidents, aggregates), id, ...rule) as ByRows;
const byTotals = (incidents: readonly Incident[], ...aggregates: Aggregate[]): ByTotals =>
  reconcile(registry(incidents, aggregates), aggregates[0]?.id ?? '') as ByTotals;

describe('a list whose rows the registry holds', () => {
  const rows = [
    incident('alpha', '2020-03-01', {
      amounts: [
        amount('un', 'UN Panel of Experts', '10000000'),
        amount('firm', 'Elliptic', '10500000'),
        amount('fbi', 'FBI', '12000000'),
        amount('part', 'FBI', '1', { scope: 'part' }),
      ],
      listedIn: listed('10', '2020-03', 'ROK'),
    }),
    incident('beta', '2020-12-14', {
      amounts: [amount('un', 'UN Panel of Experts', '8000000')],
      listedIn: listed('2', '2020-11-14', 'US/UK'),
    }),
    incident('gamma', '2021-07', {
      amounts: [amount('other', 'FBI', '5000000'), amount('un', 'UN Panel of Experts', '11999999.50')],
      listedIn: listed('3', '2021-06', 'unidentified'),
    }),
    incident('delta', '2021-01-01', { amounts: [amount('fbi', 'FBI', '700')] }),
  ];

  it('is added up by year as printed, in the order of its numbers', () => {
    const { rows: found, years, whole } = byRows(rows);
    expect(found.map(({ row, slug }) => [row, slug])).toEqual([
      ['2', 'beta'],
      ['3', 'gamma'],
      ['10', 'alpha'],
    ]);
    expect(years.map(({ period, held }) => [period, held.incidents, held.usd])).toEqual([
      ['2020', 2, 18_000_000_00n],
      ['2021', 1, 11_999_999_50n],
    ]);
    expect(whole.held.usd).toBe(29_999_999_50n);
    expect(whole.difference).toMatchObject({ usd: -50n, count: -1, roundsToPublished: true });
    expect(whole.difference.says).toContain("'about $30,000,000'");
    expect(whole.notListed).toMatchObject({ slugs: ['delta'], usd: 700_00n });
  });

  it('sets the first of the other amounts beside the printed one', () => {
    const { rows: found, differing } = byRows(rows);
    const alpha = found.find(({ slug }) => slug === 'alpha');
    expect(alpha?.others.best).toMatchObject({
      id: 'fbi',
      kind: 'government',
      differenceUsd: 2_000_000_00n,
      percent: '20.0',
    });
    expect(alpha?.others.lowest?.id).toBe('firm');
    expect(alpha?.others.all).toHaveLength(2);
    expect(differing.map(({ slug }) => slug)).toEqual(['gamma', 'alpha']);
  });

  it('takes exactly a tenth for no difference', () => {
    const tenth = incident('alpha', '2020', {
      amounts: [amount('un', 'UN Panel of Experts', '100'), amount('fbi', 'FBI', '90'), amount('doj', 'DOJ', '110')],
      listedIn: listed('1', null),
    });
    expect(byRows([tenth]).differing).toEqual([]);
  });

  it('finds dates that exclude each other, and days apart where both are exact', () => {
    const { dateConflicts } = byRows(rows);
    expect(dateConflicts.map(({ slug, dateConflict }) => [slug, dateConflict?.days])).toEqual([
      ['beta', -30],
      ['gamma', null],
    ]);
  });

  it('compares the printed place with the country, and does not where none is named', () => {
    const { rows: found, locationConflicts } = byRows(rows);
    expect(locationConflicts.map(({ slug }) => slug)).toEqual(['beta']);
    expect(found.map(({ slug, location }) => [slug, location?.agrees])).toEqual([
      ['beta', false],
      ['gamma', null],
      ['alpha', true],
    ]);
  });

  it('says how the rows were read and that they confirm nothing', () => {
    const { reading, cautions } = byRows(rows);
    expect(reading).toEqual([{ read: 'copy', rows: 3 }]);
    expect(cautions.join('\n')).toMatch(/transcription.*no independent confirmation/);
    expect(cautions.join('\n')).toContain('its own rows do not explain it');
    expect(cautions.join('\n')).toContain('not in the original');
  });

  it('counts the same incidents under another rule', () => {
    const { whole, rows: found } = byRows(rows, [LIST], 'list', 'preferred');
    expect(found.find(({ slug }) => slug === 'gamma')?.underRule).toBe(5_000_000_00n);
    expect(whole.underRule).toEqual({ usd: 23_000_000_00n, minusPrinted: -6_999_999_50n });
    expect(whole.held.usd).toBe(29_999_999_50n);
  });

  it('stands for a total of the same publisher that covers it', () => {
    const total = edition('total', { rowsOf: 'un', usd: 30_000_000_00n });
    const other = edition('earlier', { rowsOf: 'un', period: { from: '2018', to: '2019', asPrinted: '2018-2019' } });
    expect(byRows(rows, [total, LIST, other], 'total').rows).toHaveLength(3);
    expect(byRows(rows, [total, LIST, other], 'earlier').rows).toHaveLength(0);
  });

  it('counts a row for several incidents once, and rows of a later copy apart', () => {
    const joint = (other: string) => amount('tayvano', 'tayvano', '9000000', { scope: 'joint', with: [other] });
    const list = edition('list', {
      rowsOf: 'tayvano',
      byYear: { 2020: { usd: 9_000_000_00n, low: null, high: null, count: 1 } },
    });
    const { rows: found, years } = byRows(
      [
        incident('first', '2020-02', { amounts: [joint('second')], listedIn: listed('7', null) }),
        incident('second', '2020-07', { amounts: [joint('first')] }),
        incident('later', '2022-03-02', { amounts: [amount('tayvano', 'tayvano', '1')] }),
      ],
      [list],
    );
    expect(found.map(({ slug, together, isAfterEdition }) => [slug, together, isAfterEdition])).toEqual([
      ['first', ['second'], false],
      ['later', [], true],
    ]);
    expect(years.map(({ period, difference }) => [period, difference.usd, difference.count])).toEqual([
      ['2020', 0n, 0],
      ['2022', null, null],
    ]);
    expect(years[1]?.withoutLater?.held.incidents).toBe(0);
  });
});

describe('an aggregate without rows', () => {
  const series = edition('series', {
    byYear: {
      2020: { usd: 20_000_000_00n, low: null, high: null, count: 2 },
      2021: { usd: null, low: 5_000_000_00n, high: 6_000_000_00n, count: null },
    },
  });
  const suspected = {
    grade: 'suspected',
    claims: [{ by: 'somebody', stance: 'suspects', on: null, sources: 'incident' }],
  } as const;
  const incidents = [
    incident('sure', '2020-01-01', { amounts: [amount('fbi', 'FBI', '15000000')] }),
    incident('maybe', '2020-02-02', {
      amounts: [amount('x', 'Elliptic', '9000000')],
      attribution: { ...suspected, claims: [{ by: 'somebody', stance: 'suspects', on: null, sources: 'incident' }] },
    }),
    incident('argued', '2020-03-03', { amounts: [amount('a', 'FBI', '6000000'), amount('b', 'Elliptic', '4000000')] }),
    incident('silent', '2020-04-04'),
    incident('apart', '2020-05-05', {
      amounts: [amount('x', 'press', '3000000')],
      counted: { inTotals: false, because: 'few ascribe it' },
    }),
  ];

  it('is compared year by year', () => {
    const { years } = byTotals(incidents, series);
    expect(years[0]?.held).toEqual({ incidents: 4, known: 3, unknown: 1, usd: 30_000_000_00n });
    expect(years[0]?.difference).toMatchObject({ usd: 10_000_000_00n, percent: '50.0', count: 2 });
    expect(years[0]?.unknownAmounts).toEqual(['silent']);
    expect(years[1]?.held).toEqual({ incidents: 0, known: 0, unknown: 0, usd: 0n });
    expect(years[1]?.difference).toMatchObject({ usd: -5_000_000_00n, percent: '-100.0' });
  });

  it('names candidates that bring the two nearer, largest first, and none that a government attributes undisputed', () => {
    const { years } = byTotals(incidents, series);
    expect(years[0]?.candidates?.listed).toMatchObject([
      {
        slug: 'maybe',
        change: 'leave-out',
        reasons: ['suspected-only'],
        effectUsd: -9_000_000_00n,
        differenceAfter: 1_000_000_00n,
      },
      { slug: 'argued', change: 'other-amount', by: 'Elliptic', effectUsd: -2_000_000_00n, effectCount: 0 },
    ]);
    const short = { ...series, byYear: { 2020: { usd: 40_000_000_00n, low: null, high: null, count: null } } };
    expect(byTotals(incidents, short).years[0]?.candidates?.listed).toMatchObject([
      { slug: 'apart', change: 'put-in', reasons: ['not-in-totals'], effectUsd: 3_000_000_00n, effectCount: 1 },
    ]);
  });

  it('names an incident that a source dates in another year', () => {
    const moved = incident('moved', '2021-01-02', {
      amounts: [amount('x', 'FBI', '7000000')],
      otherDates: [{ value: '2020-12', sources: 'incident' }],
    });
    const low = { ...series, byYear: { 2020: { usd: 7_000_000_00n, low: null, high: null, count: 1 } } };
    expect(byTotals([moved], low).years[0]?.candidates?.listed).toMatchObject([
      { slug: 'moved', change: 'put-in', reasons: ['dated-elsewhere'], differenceAfter: 0n },
    ]);
  });

  it('lists ten candidates and counts the rest', () => {
    const many = Array.from({ length: 13 }, (_, i) =>
      incident(`one-${i}`, '2020', {
        amounts: [amount('x', 'x', '2000000')],
        attribution: {
          grade: 'private',
          claims: [{ by: 'somebody', stance: 'suspects', on: null, sources: 'incident' }],
        },
      }),
    );
    const none = { ...series, byYear: { 2020: { usd: 0n, low: null, high: null, count: 0 } } };
    const { candidates } = byTotals(many, none).years[0] ?? {};
    expect(candidates?.listed).toHaveLength(10);
    expect(candidates?.more).toBe(3);
  });

  it('keeps to the days of its period, and says which dates are too coarse for it', () => {
    const half = edition('half', {
      period: { from: '2021-01', to: '2021-06-15', asPrinted: 'to mid-June' },
      usd: 1_00n,
    });
    const { whole } = byTotals(
      [
        incident('in', '2021-06-15', { amounts: [amount('x', 'x', '1')] }),
        incident('coarse', '2021-06', { amounts: [amount('x', 'x', '2')] }),
        incident('out', '2021-06-16', { amounts: [amount('x', 'x', '4')] }),
      ],
      half,
    );
    expect(whole.held).toMatchObject({ incidents: 2, usd: 3_00n });
    expect(whole.uncertainDates).toEqual(['coarse']);
  });

  it('reads words beside a figure as words', () => {
    const says = (qualifier: Aggregate['qualifier'], usd: bigint): string =>
      byTotals(incidents, edition('one', { usd, qualifier })).whole.difference.says;
    expect(says('at-least', 25_000_000_00n)).toContain('agrees with');
    expect(says('at-least', 35_000_000_00n)).toContain('does not reach');
    expect(says('at-most', 25_000_000_00n)).toContain('exceeds');
    expect(says('about', 30_000_000_00n)).toContain('no exact difference');
    expect(says(null, 30_000_000_00n)).toBe(
      'equal; in 1 of the 4 cases counted no amount is known, and the sum is without them',
    );
  });

  it('tells how the publisher revised itself, and that a combination explains nothing', () => {
    const older = edition('older', { byYear: { 2020: { usd: 33_000_000_00n, low: null, high: null, count: 2 } } });
    const { revisions, cautions } = byTotals(incidents, { ...series, supersedes: 'older' }, older);
    expect(revisions).toMatchObject([
      { older: 'older', newer: 'series', years: [{ year: '2020', changeUsd: -13_000_000_00n }] },
    ]);
    expect(cautions.join('\n')).toContain('2020 from $33,000,000 to $20,000,000');
    expect(cautions.filter((caution) => caution.includes('no explanation'))).toHaveLength(1);
  });
});

describe('editions', () => {
  it('are listed with how they can be compared', () => {
    expect(reconcilable(registry([], [LIST, edition('sums')]))).toMatchObject([
      { id: 'list', kind: 'rows', rule: 'un' },
      { id: 'sums', kind: 'totals', rule: 'preferred' },
    ]);
  });

  it('are refused by a name that none has, with the names', () => {
    expect(() => reconcile(registry([], [LIST]), 'lost')).toThrow("no published aggregate is called 'lost'");
  });
});
