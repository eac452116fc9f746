import { expect, it } from 'vitest';
import { PUBLISHED_LISTS } from './in-force.ts';
import { PUBLISHERS } from './publishers.ts';

it('has one https address for each list that Cairn can read', () => {
  expect(PUBLISHERS.map(({ list }) => list)).toEqual([...PUBLISHED_LISTS]);
  expect(PUBLISHERS.filter(({ address }) => new URL(address).protocol !== 'https:')).toEqual([]);
});

it('fetches a list whose terms forbid some uses only when it is named', () => {
  const bound = PUBLISHERS.filter(({ terms }) => terms !== null);
  expect(bound.map(({ list, byDefault }) => [list, byDefault])).toEqual([['opensanctions', 'only-by-name']]);
});
