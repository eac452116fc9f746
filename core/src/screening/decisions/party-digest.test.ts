import { expect, test } from 'vitest';
import type { ListedParty } from '../lists/party.ts';
import { partyDigest } from './party-digest.ts';

const PARTY: ListedParty = {
  id: 'custom:x:1',
  list: 'custom:x',
  reference: '1',
  kind: 'person',
  names: [{ full: 'A B', kind: 'name', quality: 'primary', script: 'Latn' }],
  births: [],
  places: [],
  identifiers: [],
  accounts: [],
  programmes: ['P'],
  listedOn: null,
  amendedOn: [],
  remarks: null,
};

test('any change of the entry gives another digest; the order of its members none', () => {
  const digest = partyDigest(PARTY);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(partyDigest(Object.fromEntries(Object.entries(PARTY).reverse()) as ListedParty)).toBe(digest);
  expect(partyDigest({ ...PARTY, remarks: 'born 1999' })).not.toBe(digest);
  expect(partyDigest({ ...PARTY, programmes: ['P', 'Q'] })).not.toBe(digest);
});

test('half a surrogate pair in a list does not stop screening', () => {
  expect(partyDigest({ ...PARTY, remarks: '\ud800' })).toBe(partyDigest({ ...PARTY, remarks: '\ufffd' }));
});
