import { describe, expect, it } from 'vitest';
import { diffLists } from './diff.ts';
import type { ListedParty } from './party.ts';

function party(number: string, more: Partial<ListedParty> = {}): ListedParty {
  return {
    id: `un-sc:${number}`,
    list: 'un-sc',
    reference: `KPi.${number}`,
    kind: 'person',
    names: [{ full: `Person ${number}`, kind: 'name', quality: 'primary', script: 'Latn' }],
    births: [],
    places: [],
    identifiers: [],
    accounts: [],
    programmes: ['DPRK'],
    listedOn: '2016-03-02',
    amendedOn: [],
    remarks: null,
    ...more,
  };
}

describe('diffLists', () => {
  it('tells who was added, removed, and is the same, in the order of the references’ numbers', () => {
    const diff = diffLists([party('9'), party('30'), party('2')], [party('10'), party('9'), party('8')]);
    expect(diff.added.map(({ reference }) => reference)).toEqual(['KPi.8', 'KPi.10']);
    expect(diff.removed.map(({ reference }) => reference)).toEqual(['KPi.2', 'KPi.30']);
    expect(diff.changed).toEqual([]);
    expect(diff.unchanged).toBe(1);
  });

  it('says what changed about a party, field by field, in the words of the list', () => {
    const before = party('1', {
      births: [{ from: '1961', to: '1963', approximate: true }],
      places: [{ role: 'nationality', country: 'KP', text: "Democratic People's Republic of Korea" }],
      remarks: 'Alternate representative.',
    });
    const after = party('1', {
      names: [...before.names, { full: 'Pak Jin', kind: 'aka', quality: 'weak', script: 'Latn' }],
      births: [{ from: '1962-05-01', to: '1962-05-01', approximate: false }],
      places: before.places,
      identifiers: [{ kind: 'Passport', value: '654210025', country: 'KP' }],
      accounts: [{ code: 'ETH', address: '0x098B716B8Aaf21512996dC57EB0615e2383E2f96' }],
      programmes: ['DPRK', 'DPRK2'],
      amendedOn: ['2026-02-27'],
      remarks: null,
    });
    expect(diffLists([before], [after]).changed).toEqual([
      {
        before,
        after,
        changes: [
          { field: 'names', added: ['Pak Jin (weak alias)'], removed: [] },
          { field: 'accounts', added: ['0x098B716B8Aaf21512996dC57EB0615e2383E2f96 (ETH)'], removed: [] },
          { field: 'programmes', added: ['DPRK2'], removed: [] },
          { field: 'births', added: ['1962-05-01'], removed: ['about 1961 to 1963'] },
          { field: 'identifiers', added: ['Passport: 654210025'], removed: [] },
          { field: 'amendedOn', added: ['2026-02-27'], removed: [] },
          { field: 'remarks', added: [], removed: ['Alternate representative.'] },
        ],
      },
    ]);
  });

  it('does not take another order for a change', () => {
    const names = ['A', 'B'].map((full) => ({ full, kind: 'aka', quality: 'strong', script: 'Latn' }) as const);
    expect(diffLists([party('1', { names })], [party('1', { names: names.toReversed() })])).toEqual({
      added: [],
      removed: [],
      changed: [],
      unchanged: 1,
    });
  });

  it('law: what is added one way is removed the other way', () => {
    const [a, b] = [
      [party('1'), party('2')],
      [party('2', { kind: 'unknown' }), party('3')],
    ];
    const [there, back] = [diffLists(a, b), diffLists(b, a)];
    expect(there.added).toEqual(back.removed);
    expect(there.removed).toEqual(back.added);
    expect(there.changed[0]?.changes).toEqual([{ field: 'kind', added: ['unknown'], removed: ['person'] }]);
    expect(back.changed[0]?.changes).toEqual([{ field: 'kind', added: ['person'], removed: ['unknown'] }]);
  });
});
