import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isCairnError } from '../errors.ts';
import { parseAggregates } from './aggregate.ts';

const FILE = new URL('../../../data/record/aggregates.json', import.meta.url);
const read = (): Record<string, unknown>[] => JSON.parse(readFileSync(FILE, 'utf8'));
const aggregates = parseAggregates(read());
const byId = (id: string) => aggregates.find((one) => one.id === id);
const MILLION = 1_000_000_00n;

/** What is said of the file when its first entry is changed. */
function refusal(change: Record<string, unknown>): string {
  try {
    parseAggregates([{ ...read()[0], ...change }]);
    return 'accepted';
  } catch (error) {
    if (!isCairnError(error)) throw error;
    return [error.code, ...error.hints].join(' | ');
  }
}

describe('published aggregates', () => {
  test('27 of them', () => {
    expect(aggregates).toHaveLength(27);
  });

  test('the UN: 58 attacks and about 3bn in the text, 57 rows and 2,966,031,000 in the annex', () => {
    expect(byId('un-2024-215')).toMatchObject({ usd: 3000n * MILLION, qualifier: 'about', count: 58, rowsOf: 'un' });
    const rows = byId('un-2024-215-annex95-rows');
    expect(rows).toMatchObject({ usd: 2_966_031_000_00n, count: 57, rowsOf: 'un', basis: 'sum-of-rows' });
    expect(Object.entries(rows?.byYear ?? {}).map(([year, { usd, count }]) => [year, usd, count])).toEqual([
      ['2017', 88_640_000_00n, 6],
      ['2018', 447_600_000_00n, 11],
      ['2019', 209_272_000_00n, 8],
      ['2020', 300_200_000_00n, 4],
      ['2021', 175_600_000_00n, 6],
      ['2022', 991_700_000_00n, 5],
      ['2023', 753_019_000_00n, 17],
    ]);
  });

  test('the MSMT: 31 and 9 rows, together 40 and 2,837,334,000', () => {
    expect(byId('msmt-2025-2024')).toMatchObject({ usd: 1_191_554_000_00n, count: 31, rowsOf: 'msmt' });
    expect(byId('msmt-2025-2025')).toMatchObject({ usd: 1_645_780_000_00n, count: 9, rowsOf: 'msmt' });
    expect(byId('msmt-2025-total')).toMatchObject({ usd: 2_837_334_000_00n, count: 40, printed: 'at least 2.837bn' });
  });

  test('Chainalysis: three editions, each revising the one before', () => {
    const year = (id: string, name: string) => byId(id)?.byYear?.[name];
    expect(byId('chainalysis-2026-series')?.supersedes).toBe('chainalysis-2024-edition');
    expect(byId('chainalysis-2024-edition')?.supersedes).toBe('chainalysis-2023-edition');
    expect(year('chainalysis-2023-edition', '2022')).toMatchObject({ usd: 1650n * MILLION, count: 15 });
    expect(year('chainalysis-2026-series', '2022')).toMatchObject({ usd: 1100n * MILLION, count: 14 });
    expect(year('chainalysis-2023-edition', '2021')?.usd).toBe(428_800_000_00n);
    expect(year('chainalysis-2026-series', '2021')?.usd).toBe(506n * MILLION);
    expect(year('chainalysis-2023-edition', '2023')?.usd).toBe(1000n * MILLION);
    expect(year('chainalysis-2024-edition', '2023')?.usd).toBe(660_500_000_00n);
    expect(year('chainalysis-2026-series', '2025')).toMatchObject({ usd: 2020n * MILLION, count: null });
  });

  test('a total that is called a sum of years is one', () => {
    const sums = aggregates.filter(({ basis }) => basis === 'sum-of-years');
    expect(sums.map(({ id }) => id)).toEqual(['chainalysis-2026-series', 'chainalysis-2023-edition', 'trm-series']);
    for (const { byYear, usd } of sums) {
      expect(Object.values(byYear ?? {}).reduce((sum, year) => sum + (year.usd ?? 0n), 0n)).toBe(usd);
    }
  });

  test('only the list of tayvano was read in the original; every other edition says how it was read', () => {
    const original = aggregates.filter(({ sources }) => sources.some((source) => source.read === 'original'));
    expect(original.map(({ id }) => id)).toEqual(['tayvano-2026']);
    const unread = aggregates.filter(({ sources }) => sources.every((source) => source.read === 'not-read'));
    expect(unread.map(({ id }) => id)).toEqual(['un-2022-132']);
    expect(aggregates.filter(({ limits }) => limits.length === 0)).toEqual([]);
  });
});

describe('a file of aggregates that is not in order', () => {
  test.each([
    [{ usd: '3,000,000,000' }, '[0].usd: write dollars and cents without grouping'],
    [{ usd: 3e9 }, '[0].usd: '],
    [{ usd: null, qualifier: null, note: null, basis: null }, '[0].note: no total in dollars: say why'],
    [{ basis: null }, '[0].basis: stands exactly where there is a total'],
    [{ publishedOn: '2024-02-30' }, '[0].publishedOn: no such date'],
    [{ period: { from: '2024', to: '2023', asPrinted: 'x' } }, '[0].period.to: is before "from"'],
    [{ period: { from: '2017', to: '2024', asPrinted: 'x' } }, '[0].period.to: is after the day of publication'],
    [{ byYear: { 2016: { usd: '1', low: null, high: null, count: 1 } } }, '[0].byYear.2016: lies outside the period'],
    [{ sources: [] }, '[0].sources: name where'],
    [{ sources: [{ url: 'S/2024/215', read: 'copy' }] }, '[0].sources[0].url: write the full address'],
    [{ supersedes: 'un-1999' }, '[0].supersedes: un-1999 is no earlier edition of'],
    [{ amount: '1' }, '[0].amount: no such field'],
  ])('%j', (change, message) => {
    expect(refusal(change)).toMatch(/^invalid-input \| /);
    expect(refusal(change)).toContain(message);
  });

  test('an id twice', () => {
    const first = read()[0];
    expect(() => parseAggregates([first, first])).toThrow('aggregates.json: 1 field is not as they must be');
  });
});
