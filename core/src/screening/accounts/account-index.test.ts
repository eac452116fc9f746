import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddress } from '../../units/index.ts';
import type { ListedParty } from '../lists/party.ts';
import { createAccountIndex } from './account-index.ts';

const LAZARUS = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96';

function party(id: string, addresses: readonly string[]): ListedParty {
  return {
    id,
    list: 'custom:test',
    reference: id,
    kind: 'organisation',
    names: [{ full: `Party ${id}`, kind: 'name', quality: 'primary', script: 'Latn' }],
    births: [],
    places: [],
    identifiers: [],
    accounts: addresses.map((address) => ({ code: 'ETH', address })),
    programmes: [],
    listedOn: null,
    amendedOn: [],
    remarks: null,
  };
}

const index = createAccountIndex([
  {
    version: 'v1',
    parties: [party('a', [LAZARUS]), party('b', [LAZARUS.toLowerCase(), '1EpMiZkQVekM5ij12nMiEwttFPcDK9XhX6'])],
  },
]);

describe('the account index', () => {
  test('finds an address under every party that lists it', () => {
    expect(index.size).toBe(2);
    expect(index.find(readAddress(LAZARUS)).map((entry) => entry.party.id)).toEqual(['a', 'b']);
  });

  test('law: an address with one character changed, left out or doubled is not listed, and is a near miss', () => {
    const body = LAZARUS.toLowerCase().slice(2);
    const edit = fc.tuple(
      fc.integer({ min: 0, max: 39 }),
      fc.constantFrom(...'0123456789abcdef'),
      fc.constantFrom('change', 'drop', 'double'),
    );
    fc.assert(
      fc.property(edit, ([at, digit, how]) => {
        fc.pre(how !== 'change' || body[at] !== digit);
        const middle = how === 'change' ? digit : how === 'drop' ? '' : `${body[at]}${body[at]}`;
        const form = readAddress(`0x${body.slice(0, at)}${middle}${body.slice(at + 1)}`);
        expect(index.find(form)).toEqual([]);
        expect(index.nearMisses(form)).toEqual([
          {
            address: LAZARUS.toLowerCase(),
            partyId: 'a',
            partyName: 'Party a',
            version: 'v1',
            how: 'one character differs',
          },
        ]);
      }),
    );
  });

  test('two neighbours exchanged, the same ends, another letter case', () => {
    const misses = (text: string): string[] => index.nearMisses(readAddress(text)).map(({ how }) => how);
    expect(misses('0x908b716b8aaf21512996dc57eb0615e2383e2f96')).toEqual(['one character differs']);
    expect(misses(`0x098b${'0'.repeat(32)}2f96`)).toEqual([
      'the first and last 4 characters are the same, those between differ',
    ]);
    expect(misses('1epMiZkQVekM5ij12nMiEwttFPcDK9XhX6')).toEqual([
      'the same but for the case of letters, which matters in this form of address',
    ]);
    expect(misses(LAZARUS)).toEqual([]);
    expect(misses(`0x${'1'.repeat(40)}`)).toEqual([]);
  });
});
