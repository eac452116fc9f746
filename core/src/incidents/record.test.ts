import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AMOUNT_RULES, type AmountRule, amountOf, spreadOf } from './amounts.ts';
import { DIMENSION_IDS, DIMENSIONS, groupNames, UNKNOWN } from './dimension.ts';
import { filterIncidents } from './filter.ts';
import type { Incident } from './incident.ts';
import { scopeBy } from './scope.ts';
import { createIncidentSearch } from './search.ts';
import { readRegistry } from './sources/index.ts';

const RECORD = new URL('../../../data/record/', import.meta.url).pathname;
const registry = readRegistry(RECORD);
const counted = filterIncidents(registry.incidents, {});

const files = readdirSync(`${RECORD}incidents`).map(
  (name): Incident => JSON.parse(readFileSync(`${RECORD}incidents/${name}`, 'utf8')),
);

/** Dollars and incidents by year, from `scopeBy`; empty years left out. */
const byYear = (incidents: readonly Incident[], rule: AmountRule): readonly (readonly [string, number, string])[] =>
  scopeBy(incidents, 'year', rule).groups.flatMap(({ key, incidents: own, usd }) =>
    own === 0 ? [] : [[key, own, dollars(usd ?? 0n)] as const],
  );

const dollars = (cents: bigint): string => (cents / 100n).toLocaleString('en-US');

describe('the scope of the record', () => {
  test('the rows of annex 95 of S/2024/215 add up as tayvano prints them: 57 rows, $2,966,031,000', () => {
    const rows = filterIncidents(registry.incidents, { edition: ['un-2024-215-annex95-rows'] });
    expect(byYear(rows, 'un')).toEqual([
      ['2017', 6, '88,640,000'],
      ['2018', 11, '447,600,000'],
      ['2019', 8, '209,272,000'],
      ['2020', 4, '300,200,000'],
      ['2021', 6, '175,600,000'],
      ['2022', 5, '991,700,000'],
      ['2023', 17, '753,019,000'],
    ]);
    const { known, usd } = scopeBy(counted, 'year', 'un').total;
    expect([known, dollars(usd ?? 0n)]).toEqual([57, '2,966,031,000']);
  });

  test('the rows of the MSMT: 31 of 2024 for $1,191,554,000, 9 of 2025 for $1,645,780,000', () => {
    const rows = filterIncidents(registry.incidents, { edition: ['msmt-2025-2024', 'msmt-2025-2025'] });
    expect(byYear(rows, 'msmt')).toEqual([
      ['2024', 31, '1,191,554,000'],
      ['2025', 9, '1,645,780,000'],
    ]);
  });

  // The sums and counts that the compilers of the record published beside it; the counts are of incidents that count in totals,
  // with and without a known amount.
  test('preferred amounts add up, year by year, as the compilers of the record add them', () => {
    expect(byYear(counted, 'preferred')).toEqual([
      ['2017', 6, '88,640,000'],
      ['2018', 17, '457,265,000'],
      ['2019', 11, '209,924,000'],
      ['2020', 14, '313,713,000'],
      ['2021', 23, '547,542,751'],
      ['2022', 19, '1,076,137,860'],
      ['2023', 29, '802,639,744'],
      ['2024', 72, '1,391,992,267'],
      ['2025', 85, '2,089,935,093'],
      ['2026', 37, '1,223,711,402'],
    ]);
  });

  test.each(AMOUNT_RULES)(
    'by year under %s: the sums of the files themselves, and how many amounts are not known',
    (rule) => {
      const years = new Map<string, { usd: number; unknown: number }>();
      for (const incident of files.filter(({ counted }) => counted.inTotals)) {
        const year = incident.date.value.slice(0, 4);
        const own = years.get(year) ?? { usd: 0, unknown: 0 };
        const cents = centsOf(incident, rule);
        years.set(year, { usd: own.usd + (cents ?? 0), unknown: own.unknown + (cents === null ? 1 : 0) });
      }
      for (const { key, usd, unknown } of scopeBy(counted, 'year', rule).groups) {
        expect([key, Number(usd ?? 0n), unknown]).toEqual([key, years.get(key)?.usd, years.get(key)?.unknown]);
      }
    },
  );

  test('every dimension counts every incident, once where it has one value at most', () => {
    for (const id of DIMENSION_IDS) {
      const { groups, total, overlapping } = scopeBy(counted, id, 'preferred');
      const sum = groups.reduce((all, { incidents }) => all + incidents, 0);
      expect(overlapping).toBe(!DIMENSIONS[id].singleValued);
      if (overlapping) expect(sum).toBeGreaterThanOrEqual(total.incidents);
      else expect(sum).toBe(total.incidents);
    }
  });

  test('every actor and technique that occurs has a name', () => {
    const names = groupNames(registry);
    for (const id of ['actor', 'technique'] as const) {
      const keys = scopeBy(counted, id, 'preferred').groups.map(({ key }) => key);
      expect(keys.filter((key) => key !== UNKNOWN && !names.has(key))).toEqual([]);
    }
    expect(names.get('T1566.003')).toBe('T1566.003 Spearphishing via Service');
  });

  test('no rule gives less than lowest or more than highest', () => {
    for (const incident of registry.incidents) {
      const spread = spreadOf(incident);
      for (const rule of AMOUNT_RULES) {
        const { usd } = amountOf(incident, rule);
        if (usd !== null) expect(spread !== null && spread.lowest <= usd && usd <= spread.highest).toBe(true);
      }
    }
  });
});

/** Whole cents as a plain number: all amounts here are far below what one holds exactly. */
function centsOf({ amounts, preferredAmount }: Incident, rule: AmountRule): number | null {
  const whole = amounts.flatMap(({ id, scope, usd }) =>
    scope === 'whole' && usd !== null ? [{ id, cents: Math.round(Number(usd) * 100) }] : [],
  );
  if (rule === 'lowest') return whole.length === 0 ? null : Math.min(...whole.map(({ cents }) => cents));
  if (rule === 'highest') return whole.length === 0 ? null : Math.max(...whole.map(({ cents }) => cents));
  const wanted = rule === 'preferred' ? preferredAmount.id : rule;
  return whole.find(({ id }) => id === wanted)?.cents ?? null;
}

describe('searching the record', () => {
  const search = createIncidentSearch(registry);

  test.each([
    ['Ronnin', 'ronin-2022'],
    ['bybt', 'bybit-2025'],
    ['axie infinity', 'ronin-2022'],
    ['0x098B716B8Aaf21512996dC57EB0615e2383E2f96', 'ronin-2022'],
    ['0x098b716b8aaf', 'ronin-2022'],
    ['upbit', 'upbit-2019'],
  ])('%s finds %s first', (query, slug) => {
    expect(search(query)[0]?.slug).toBe(slug);
  });

  test('an actor’s name finds incidents that are laid to it', () => {
    expect(search('lazarus', 400).length).toBeGreaterThan(10);
  });

  test('every incident is found by its slug', () => {
    for (const { slug } of registry.incidents) {
      expect(search(slug, 400).map((hit) => hit.slug)).toContain(slug);
    }
  });
});
