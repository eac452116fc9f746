import { isCairnError } from '@cairn/core/errors';
import { describe, expect, test } from 'vitest';
import type { FilterFlags } from './flags.ts';
import { countOf, readQuery, showNothing } from './query.ts';

const LISTS = [
  'year',
  'quarter',
  'victim',
  'country',
  'chain',
  'asset',
  'access',
  'technique',
  'actor',
  'grade',
  'edition',
] as const;

/** What commander makes of a command line without flags, and some. */
function flags(given: Partial<FilterFlags>): FilterFlags {
  return { ...(Object.fromEntries(LISTS.map((name) => [name, []])) as unknown as FilterFlags), ...given };
}

function refusalOf(given: Partial<FilterFlags>): string {
  try {
    readQuery(flags(given));
  } catch (error) {
    if (isCairnError(error) && error.code === 'invalid-input') return [error.message, ...error.hints].join('\n');
    throw error;
  }
  return 'not refused';
}

describe('a flag that can fit nothing is refused by its name, with what can stand there', () => {
  test.each([
    [{ victim: ['brige'] }, '--victim', 'did you mean bridge?'],
    [{ victim: ['cex', 'brige'] }, '--victim', "'brige'"],
    [{ chain: ['etherium'] }, '--chain', 'did you mean Ethereum?'],
    [{ asset: ['BTCC'] }, '--asset', 'did you mean BTC?'],
    [{ access: ['spear-fishing'] }, '--access', 'did you mean spear-phishing?'],
    [{ actor: ['tradertrait'] }, '--actor', 'did you mean tradertraitor?'],
    [{ grade: ['goverment'] }, '--grade', 'government, un-report, private, suspected'],
    [{ edition: ['un-2024'] }, '--edition', 'un-2024-215-annex95-rows'],
    [{ country: ['XX'] }, '--country', 'ISO 3166-1'],
    [{ country: ['KR,JP'] }, '--country', 'give --country once for each value'],
    [{ year: ['20x2'] }, '--year', 'write a year'],
    [{ year: ['2023..2017'] }, '--year', 'the first year is later than the last'],
    [{ quarter: ['2022-Q5'] }, '--quarter', '2022-Q1'],
    [{ from: '2022-02-30' }, '--from', '2022-03-23'],
    [{ from: '2023', to: '2022-05' }, '--from 2023 --to 2022-05', 'ends before it begins'],
    [{ technique: ['phishing'] }, '--technique', 'T1566'],
    [{ minUsd: '10 million' }, '--min-usd', 'dollars'],
    [{ all: true, excluded: true }, '--all', '--excluded'],
    [{ disputed: true, undisputed: true }, '--disputed', '--undisputed'],
  ] satisfies [Partial<FilterFlags>, string, string][])('%o', (given, flag, hint) => {
    const text = refusalOf(given);
    expect(text).toContain(flag);
    expect(text).toContain(hint);
  });
});

describe('a query', () => {
  const slugs = (given: Partial<FilterFlags>): string[] => readQuery(flags(given)).incidents.map(({ slug }) => slug);

  test('takes ranges of years, either case of letters, amounts with signs and commas', () => {
    expect(slugs({ year: ['2017..2019'] })).toEqual(slugs({ year: ['2017', '2018', '2019'] }));
    expect(slugs({ victim: ['BRIDGE'], chain: ['ethereum'] })).toEqual(
      slugs({ victim: ['bridge'], chain: ['Ethereum'] }),
    );
    // The only theft on record of a billion dollars or more: Bybit, February 2025.
    expect(slugs({ minUsd: '$1,000,000,000' })).toEqual(['bybit-2025']);
    expect(slugs({ from: '2022-03', to: '2022' })).toContain('ronin-2022');
  });

  test('without flags asks about what counts in totals, under the record’s preference', () => {
    const { rule, incidents, registry, caption } = readQuery(flags({}));
    expect(rule).toBe('preferred');
    expect(incidents).toEqual(registry.incidents.filter(({ counted }) => counted.inTotals));
    expect(caption).toContain('--amounts preferred');
    expect(caption).toContain('listed as suspected in a UN report');
  });

  test('says of how many incidents no amount is known', () => {
    // Annex 95 ends with 2023: of no theft of 2024 has it a row.
    const query = readQuery(flags({ year: ['2024'], amounts: 'un' }));
    expect(countOf(query)).toBe(
      `${query.incidents.length} incidents; of ${query.incidents.length} no amount is known under this rule.`,
    );
  });

  test('that nothing fits names the conditions that leave something without them', () => {
    const text = showNothing(readQuery(flags({ year: ['2019'], victim: ['bridge'] })));
    expect(text).toMatch(/Would fit without --year: \d+; without --victim: \d+\./);
    const two = showNothing(readQuery(flags({ year: ['2019'], victim: ['bridge'], chain: ['Mantle'] })));
    expect(two).toContain('No incident on record fits');
  });
});
