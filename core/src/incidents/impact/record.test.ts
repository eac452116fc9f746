import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aftermath } from '../aftermath.ts';
import { parseUsd } from '../claim.ts';
import { conflictSummary, conflictsOf } from '../conflicts.ts';
import type { Incident } from '../incident.ts';
import { relatedTo } from '../related.ts';
import { readRegistry } from '../sources/index.ts';
import { timeline } from '../timeline.ts';
import { concentration } from './concentration.ts';
import { timeBetween } from './intervals.ts';
import { lossesOverTime } from './losses.ts';
import { outcomes } from './outcomes.ts';
import { shifts } from './shifts.ts';

const RECORD = new URL('../../../../data/record/', import.meta.url).pathname;
const registry = readRegistry(RECORD);
const { incidents } = registry;

const files = readdirSync(`${RECORD}incidents`).map(
  (name): Incident => JSON.parse(readFileSync(`${RECORD}incidents/${name}`, 'utf8')),
);
/** The sum by another way: straight from the files. */
const preferredSum = files
  .filter(({ counted }) => counted.inTotals)
  .flatMap(({ amounts, preferredAmount }) => amounts.filter(({ id }) => id === preferredAmount.id))
  .reduce((sum, { usd }) => sum + parseUsd(usd ?? ''), 0n);

const conflictFields = (slug: string): readonly string[] => {
  const incident = incidents.find((one) => one.slug === slug);
  if (incident === undefined) throw new Error(`the record has no ${slug}`);
  return conflictsOf(incident).map(({ field }) => field);
};

describe('the impact of what is on record', () => {
  test('one sum, whichever way it is reached', () => {
    const { lorenz, usd, known, unknown, leftOut } = concentration(incidents, 'preferred');
    expect(lorenz.at(-1)).toEqual({ incidents: known, usd });
    expect(usd).toBe(preferredSum);
    expect(known + unknown.length + leftOut.length).toBe(files.length);
    for (const by of ['year', 'quarter', 'month'] as const) {
      const { all, periods, tooCoarse } = lossesOverTime(incidents, 'preferred', by);
      expect(all.usd).toBe(preferredSum);
      expect((periods.at(-1)?.cumulativeUsd ?? 0n) + (tooCoarse.usd ?? 0n)).toBe(preferredSum);
    }
    const { years } = shifts(incidents, 'preferred', 'grade');
    const cells = years.flatMap((year) => year.cells);
    expect(cells.reduce((sum, { losses }) => sum + (losses.usd ?? 0n), 0n)).toBe(preferredSum);
  });

  test('the largest theft on record is Bybit, February 2025 (FBI, 26 February 2025: about $1.5 billion)', () => {
    const [first] = concentration(incidents, 'preferred').largest;
    expect(first?.losses.map(({ slug }) => slug)).toEqual(['bybit-2025']);
    expect(first?.share).toEqual({ part: 146_000_000_000n, whole: preferredSum });
  });

  test('every theft dated to the day but the first ends a gap; the others are named', () => {
    const { gaps, thefts, notToTheDay, leftOut } = timeBetween(incidents);
    expect(gaps).toBe(thefts - 1);
    expect(thefts + notToTheDay.length + leftOut.length).toBe(files.length);
  });

  test('no outcome is counted for a theft that has none, and none is added across kinds', () => {
    const found = outcomes(incidents);
    expect(found.withOutcome + found.nothingRecorded).toBe(found.incidents);
    expect(found.withOutcome).toBeGreaterThan(0);
    for (const { entries, withUsd, withoutUsd, usd } of found.kinds) {
      expect(withUsd + withoutUsd).toBe(entries);
      if (usd !== null) expect(usd.ifSame <= usd.ifApart).toBe(true);
    }
  });

  test('a private person has no name in any answer', () => {
    const people = new Set(files.filter(({ victim }) => victim.kind === 'private-person').map(({ slug }) => slug));
    expect(people.size).toBe(100);
    const { entries } = timeline(registry, { rule: 'preferred', kinds: ['theft'] });
    const titles = entries.flatMap((one) => (one.entry === 'theft' && people.has(one.slug) ? [one.title] : []));
    expect(new Set(titles)).toEqual(new Set(['private person']));
  });

  test('every theft and measure with a date is in the timeline, in order', () => {
    const { entries, undated } = timeline(registry, { rule: 'preferred' });
    expect(entries.length + undated.length).toBe(files.length + registry.measures.length);
    const dates = entries.map(({ on }) => on ?? '');
    expect(dates).toEqual([...dates].sort());
  });

  test('what followed Ronin: the FBI’s statement of 14 April 2022, 22 days after the theft', () => {
    expect(aftermath(registry, 'ronin-2022').entries).toContainEqual(
      expect.objectContaining({ on: '2022-04-14', daysAfter: 22, by: expect.stringContaining('FBI') }),
    );
  });
});

describe('conflicts on record', () => {
  test.each([
    ['upbit-2019', 'date'],
    ['playdapp-2024', 'amount'],
    ['alphapo-2023', 'amount'],
    ['alphapo-2023', 'identity'],
    ['coinbene-2019', 'attribution'],
    ['coincheck-2018', 'attribution'],
    ['nomad-2022', 'attribution'],
    ['orbit-2023', 'attribution'],
  ])('%s: sources disagree about its %s', (slug, field) => {
    expect(conflictFields(slug)).toContain(field);
  });

  test('every conflict in the files is in the summary', () => {
    const recorded = files.reduce((sum, { conflicts }) => sum + conflicts.length, 0);
    const { fields } = conflictSummary(incidents);
    expect(fields.reduce((sum, one) => sum + one.recorded, 0)).toBeGreaterThanOrEqual(recorded);
  });
});

describe('relations on record', () => {
  test('Alphapo and CoinsPaid are reported together, and each leads to the other', () => {
    expect(relatedTo(registry, 'alphapo-2023').reported.map(({ slug }) => slug)).toContain('coinspaid-2023');
    expect(relatedTo(registry, 'coinspaid-2023').reported.map(({ slug }) => slug)).toContain('alphapo-2023');
  });

  test('thefts of one actor are counted, and not all of them listed', () => {
    const { counts, relations } = relatedTo(registry, 'bybit-2025').computed;
    const actor = counts.find(({ strength }) => strength === 'actor');
    expect(actor?.incidents).toBeGreaterThan(30);
    expect(relations.filter(({ strength }) => strength === 'actor')).toHaveLength(actor?.shown ?? -1);
  });
});
