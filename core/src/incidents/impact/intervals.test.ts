import { describe, expect, test } from 'vitest';
import { madeUp } from '../fixtures/made-up.ts';
import { timeBetween } from './intervals.ts';

const on = (...dates: readonly string[]) => dates.map((date, i) => madeUp({ slug: `t${i}`, on: date }));

describe('time between thefts', () => {
  test('days from each theft to the next; the same day is 0 days; a leap day counts', () => {
    const found = timeBetween(on('2020-02-28', '2020-03-01', '2020-03-01', '2020-03-11', '2021-03-11'));
    // Gaps: 2, 0, 10, 365. In order 0, 2, 10, 365: quarters at positions 0.75, 1.5 and 2.25.
    expect(found).toMatchObject({
      thefts: 5,
      gaps: 4,
      sameDay: 1,
      quartiles: { lower: 1.5, median: 6, upper: 98.75 },
      years: [
        { year: '2020', gaps: 3, median: 2 },
        { year: '2021', gaps: 1, median: 365 },
      ],
    });
    expect(found.longest).toEqual([
      {
        days: 365,
        from: { on: '2020-03-11', slugs: ['t3'] },
        to: { on: '2021-03-11', slugs: ['t4'] },
        mayLieWithin: [],
      },
    ]);
  });

  test('dates not exact to the day make no gap; those that may lie in the longest are named', () => {
    const found = timeBetween(on('2020-01-01', '2020-02', '2020-01-05', '2020-03-01', '2020-04', '2020'));
    expect(found).toMatchObject({ thefts: 3, gaps: 2, notToTheDay: ['t1', 't4', 't5'] });
    expect(found.longest).toMatchObject([{ days: 56, mayLieWithin: ['t1', 't5'] }]);
  });

  test('both thefts of a day stand at the end of a gap, and equally long gaps are all given', () => {
    const { longest } = timeBetween(on('2020-01-01', '2020-01-03', '2020-01-03', '2020-01-05'));
    expect(longest.map(({ days, from, to }) => [days, from.slugs, to.slugs])).toEqual([
      [2, ['t0'], ['t1', 't2']],
      [2, ['t1', 't2'], ['t3']],
    ]);
  });

  test('one theft has no gap', () => {
    expect(timeBetween(on('2020-01-01'))).toMatchObject({ gaps: 0, quartiles: null, longest: [], years: [] });
  });
});
