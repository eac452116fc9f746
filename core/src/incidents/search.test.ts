import { describe, expect, test } from 'vitest';
import { madeUp } from './fixtures/made-up.ts';
import { createIncidentSearch, type SearchableRecord } from './search.ts';

const RONIN = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96';

const RECORD = {
  incidents: [
    madeUp({
      slug: 'ronin-2022',
      on: '2022-03-23',
      victim: {
        kind: 'organisation',
        name: 'Ronin bridge (Sky Mavis / Axie Infinity)',
        type: 'bridge',
        country: { value: 'VN', sources: 'incident' },
      },
      accounts: [{ chain: 'Ethereum', address: RONIN, role: 'theft', sources: 'incident' }],
      techniques: { value: { ids: ['T1566.003'], basis: 'made up' }, sources: 'incident' },
      sources: [{ id: 'fbi-statement', read: 'not-read' }],
    }),
    madeUp({
      slug: 'bybit-2025',
      on: '2025-02-21',
      victim: {
        kind: 'organisation',
        name: 'Bybit',
        type: 'cex',
        country: { value: 'AE', sources: 'incident' },
      },
      actor: { value: 'lazarus-group', sources: 'incident' },
      techniques: { value: { ids: ['T1195'], basis: 'made up' }, sources: 'incident' },
      notes: ['The café’s wallet software; not the Ronin bridge.'],
    }),
    madeUp({
      slug: 'individual-2022-03-1',
      on: '2022-03',
      victim: { kind: 'private-person', type: 'individual', country: { value: null, because: 'made up' } },
    }),
  ],
  sources: {
    publishers: new Map([
      [
        'fbi',
        { id: 'fbi', name: 'Federal Bureau of Investigation', kind: 'government', reliability: 'B', because: 'x' },
      ],
    ]),
    sources: new Map([
      [
        'fbi-statement',
        { id: 'fbi-statement', publisher: 'fbi', title: null, url: null, publishedOn: null, collection: false },
      ],
    ]),
  },
  actors: [
    {
      id: 'lazarus-group',
      name: 'Lazarus Group',
      names: [{ source: 'misp', name: 'Lazarus Group', aliases: ['HIDDEN COBRA'] }],
      usedNames: ['Lazarus and perhaps others'],
    },
  ],
  techniques: [
    { id: 'T1566.003', name: 'Spearphishing via Service' },
    { id: 'T1195', name: 'Supply Chain Compromise' },
  ],
} as unknown as SearchableRecord;

const search = createIncidentSearch(RECORD);
const slugs = (query: string): readonly string[] => search(query).map(({ slug }) => slug);

describe('searching the record', () => {
  test.each([
    ['a typing error', 'Ronnin', 'ronin-2022'],
    ['a letter left out', 'bybt', 'bybit-2025'],
    ['an alias of the actor', 'hidden cobra', 'bybit-2025'],
    ['an address in full', RONIN, 'ronin-2022'],
    ['an address in lower case', RONIN.toLowerCase(), 'ronin-2022'],
    ['the beginning of an address', '0x098b716b', 'ronin-2022'],
    ['a country', 'viet nam', 'ronin-2022'],
    ['a technique by its id', 'T1566.003', 'ronin-2022'],
    ['a technique by its parent', 'T1566', 'ronin-2022'],
    ['a technique by its name', 'supply chain', 'bybit-2025'],
    ['a publisher', 'bureau of investigation', 'ronin-2022'],
    ['a note, without its accent', 'CAFE', 'bybit-2025'],
    ['a note, with an accent', 'cafés', 'bybit-2025'],
    ['the beginning of a word', 'axi', 'ronin-2022'],
  ])('finds by %s', (_, query, slug) => {
    expect(slugs(query)[0]).toBe(slug);
  });

  test('a name goes before a mention', () => {
    expect(slugs('ronin bridge')).toEqual(['ronin-2022', 'bybit-2025']);
  });

  test('all words where some incident has them, else some', () => {
    expect(slugs('ronin 2025')).toEqual(['bybit-2025']);
    expect(slugs('axie nothing-like-it')).toEqual(['ronin-2022']);
  });

  test('a wrong digit is not a typing error', () => {
    expect(slugs('2021')).toEqual([]);
    expect(slugs('T1567')).toEqual([]);
  });

  test('says what was found, as often as asked and no more than asked for', () => {
    expect(search('ronin', 1)).toEqual([{ slug: 'ronin-2022', score: expect.any(Number), terms: ['ronin'] }]);
    expect(search('ronin')).toEqual(search('ronin'));
    expect(slugs('xyzzyx')).toEqual([]);
    expect(slugs('perhaps others')).toEqual([]);
  });

  test('nothing to search for is an error that says what to do', () => {
    expect(() => search(' … ')).toThrow('there is no word to search for');
    expect(() => search('ronin', 0)).toThrow('limit: not a whole number above 0: 0');
  });
});
