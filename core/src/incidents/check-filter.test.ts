import { expect, test } from 'vitest';
import { checkFilter } from './check-filter.ts';
import type { IncidentFilter } from './filter.ts';
import { madeUp } from './fixtures/made-up.ts';
import type { Registry } from './registry.ts';

const RECORD = {
  incidents: [madeUp({ slug: 'a', on: '2022', listedIn: [{ edition: 'tayvano-2026', row: '1', printedDate: null }] })],
  actors: [{ id: 'tradertraitor' }],
} as unknown as Pick<Registry, 'incidents' | 'actors'>;

test('what can stand in a filter', () => {
  const filter: IncidentFilter = {
    years: ['2022'],
    quarters: ['2022-Q4', 'unknown'],
    from: '2022-02',
    victimKinds: ['private-person'],
    countries: ['kr', 'VN', 'unknown'],
    chains: ['ethereum', 'BNB Chain'],
    access: ['unknown', 'code-exploit'],
    techniques: ['T1566', 't1566.003'],
    actors: ['tradertraitor'],
    edition: ['tayvano-2026'],
    assets: ['anything'],
    counted: 'all',
    minUsd: 1n,
  };
  expect(checkFilter(filter, RECORD)).toBeUndefined();
});

test.each<[unknown, string]>([
  [{ years: ['2022', '22'] }, "years: nothing can be '22'"],
  [{ years: ['unknown'] }, "years: nothing can be 'unknown'"],
  [{ quarters: ['2022-Q5'] }, "quarters: nothing can be '2022-Q5'"],
  [{ to: '2022-02-30' }, "to: nothing can be '2022-02-30'"],
  [{ victimTypes: ['exchange'] }, "victimTypes: nothing can be 'exchange'"],
  [{ countries: ['KOR'] }, "countries: nothing can be 'KOR'"],
  [{ chains: ['Etherium'] }, "chains: nothing can be 'Etherium'"],
  [{ access: ['phishing'] }, "access: nothing can be 'phishing'"],
  [{ techniques: ['1566'] }, "techniques: nothing can be '1566'"],
  [{ actors: ['lazarus'] }, "actors: nothing can be 'lazarus'"],
  [{ grades: ['attributed'] }, "grades: nothing can be 'attributed'"],
  [{ edition: ['un'] }, "edition: nothing can be 'un'"],
  [{ disputed: 'yes' }, "disputed: nothing can be 'yes'"],
  [{ counted: 'some' }, "counted: nothing can be 'some'"],
  [{ amounts: 'least' }, "amounts: nothing can be 'least'"],
])('%o is refused with the field and the value', (filter, message) => {
  expect(() => checkFilter(filter as IncidentFilter, RECORD)).toThrow(message);
});
