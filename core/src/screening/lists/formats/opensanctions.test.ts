import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ListedParty } from '../party.ts';
import { createOpenSanctionsParser } from './opensanctions.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/opensanctions.ftm.jsonl'), 'utf8');

function read(text: string) {
  const parties: ListedParty[] = [];
  const parser = createOpenSanctionsParser((party) => parties.push(party));
  for (let from = 0; from < text.length; from += 7) parser.write(text.slice(from, from + 7));
  return { ...parser.end(), parties };
}

type Properties = Record<string, readonly unknown[]>;
const entity = (schema: string, id: string, properties: Properties, more: object = {}) =>
  JSON.stringify({ id, schema, properties, ...more });

const LAZARUS = entity('Organization', 'NK-1', { name: ['LAZARUS GROUP'], topics: ['sanction'] });
const KEY = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96';
const wallet = (properties: Properties, more: object = {}) =>
  entity('CryptoWallet', 'w-1', { publicKey: [KEY], currency: ['ETH'], ...properties }, more);

describe('createOpenSanctionsParser', () => {
  it('reads entities as published', () => {
    const { parties, rejects, issuedOn } = read(FIXTURE);
    expect(issuedOn).toBeNull();
    expect(rejects).toEqual([]);
    expect(parties.map(({ id }) => id)).toEqual([
      'opensanctions:NK-2GdmHtZTeNXjNVrBGEXZNj',
      'opensanctions:NK-2Ka3UvopqbpZmVDFjWd4LA',
      'opensanctions:NK-2Myxbs6wX9xFKGoQn3sLaY',
    ]);
    const [tobacco, kuzmenko, soyko] = parties;
    expect(tobacco?.kind).toBe('organisation');
    expect(tobacco?.names).toHaveLength(12);
    expect(tobacco?.names[0]).toEqual({
      full: 'RAB „Inter Tobacco“',
      kind: 'name',
      quality: 'primary',
      script: 'Latn',
    });
    expect(tobacco?.identifiers).toEqual([{ kind: 'registrationNumber', value: '808000714', country: null }]);
    expect(tobacco?.amendedOn).toEqual(['2023-07-26']);
    expect(kuzmenko?.births).toEqual([{ from: '1971-01-22', to: '1971-01-22', approximate: false }]);
    expect(kuzmenko?.places).toEqual([{ role: 'nationality', country: 'RU', text: 'ru' }]);
    expect(kuzmenko?.names.map(({ script }) => script)).toEqual(['Latn', 'Latn', 'Cyrl']);
    // first_seen is when OpenSanctions first read the entry, not when it was listed.
    expect(kuzmenko?.listedOn).toBeNull();
    expect(soyko?.places).toContainEqual({ role: 'birth', country: null, text: 'BELARUS, Komsomolskaya' });
  });

  it.each([
    ['before', [wallet({ holder: ['NK-1'], topics: ['sanction'] }), LAZARUS]],
    ['after', [LAZARUS, wallet({ holder: ['NK-1'], topics: ['sanction'] })]],
    ['after, twice, without topics', [LAZARUS, wallet({ holder: ['NK-1'] }), wallet({ holder: ['NK-1'] })]],
  ])('gives a wallet to its holder, where it stands %s it', (_, lines) => {
    const { parties, rejects } = read(lines.join('\n'));
    expect(rejects).toEqual([]);
    expect(parties).toHaveLength(1);
    expect(parties[0]?.accounts).toEqual([{ code: 'ETH', address: KEY }]);
  });

  it('joins sanctions, documents and addresses, flat or nested', () => {
    const sanction = { program: ['DPRK3'], startDate: ['2019-09-13'], listingDate: ['2019-09-14'], reason: ['Theft.'] };
    const passport = { number: ['P1'], country: ['kp'], type: ['Passport'] };
    const flat = [
      entity('Sanction', 's', { ...sanction, entity: ['p'] }),
      entity('Person', 'p', { name: ['A'], topics: ['sanction'], weakAlias: ['AA'], addressEntity: ['a'] }),
      entity('Passport', 'd', { ...passport, holder: ['p'] }),
      entity('Address', 'a', { full: ['Street 1, Pyongyang'], country: ['kp'] }),
    ];
    const nested = entity('Person', 'p', {
      name: ['A'],
      topics: ['sanction'],
      weakAlias: ['AA'],
      sanctions: [{ id: 's', schema: 'Sanction', properties: sanction }],
      identification: [{ id: 'd', schema: 'Passport', properties: passport }],
      addressEntity: [{ id: 'a', schema: 'Address', properties: { full: ['Street 1, Pyongyang'], country: ['kp'] } }],
    });
    const [party] = read(flat.join('\n')).parties;
    expect(party).toMatchObject({
      programmes: ['DPRK3'],
      listedOn: '2019-09-13',
      remarks: 'Theft.',
      identifiers: [{ kind: 'Passport', value: 'P1', country: 'KP' }],
      places: [{ role: 'address', country: 'KP', text: 'Street 1, Pyongyang' }],
    });
    expect(party?.names[1]).toEqual({ full: 'AA', kind: 'aka', quality: 'weak', script: 'Latn' });
    expect(read(nested).parties).toEqual([party]);
  });

  it('keeps a designated wallet without a holder as a party of its own', () => {
    const { parties } = read(wallet({ topics: ['sanction'] }));
    expect(parties).toMatchObject([
      { id: 'opensanctions:w-1', kind: 'unknown', names: [{ full: KEY }], accounts: [{ code: 'ETH', address: KEY }] },
    ]);
  });

  it('never makes a listing of what is not said to be designated, and counts what it leaves out', () => {
    const { parties, rejects } = read(
      [
        LAZARUS,
        wallet({ holder: ['NK-1'], topics: ['crime.cyber', 'crime.fin'] }),
        entity('Person', 'pep', { name: ['B'], topics: ['role.pep'] }, { target: true }),
        entity('Person', 'kin', { name: ['C'] }, { target: false }),
        entity('Ownership', 'o', { owner: ['NK-1'] }),
        entity('Ownership', 'o2', { owner: ['NK-1'] }),
      ].join('\n'),
    );
    expect(parties.map(({ reference }) => reference)).toEqual(['NK-1']);
    expect(parties[0]?.accounts).toEqual([]);
    expect(rejects).toEqual([
      {
        place: 'line 2',
        reason: 'left out (1): wallet, topics crime.cyber, crime.fin, not said to be designated itself',
      },
      { place: 'line 3', reason: 'left out (1): topics role.pep, not said to be designated itself' },
      { place: 'line 4', reason: 'left out (1): no topics and no target' },
      { place: 'lines 5, 6', reason: 'left out (2): schema Ownership, neither party nor wallet' },
    ]);
  });

  it('rejects bad lines with their place and keeps the others', () => {
    const { parties, rejects } = read(
      [
        LAZARUS,
        '{',
        '[]',
        '{"id":"x"}',
        entity('Person', 'n', { topics: ['sanction'] }),
        LAZARUS,
        wallet({ publicKey: [] }),
      ].join('\n'),
    );
    expect(parties).toHaveLength(1);
    expect(rejects.map(({ place }) => place)).toEqual(['line 2', 'line 3', 'line 4', 'line 6', 'line 7', 'line 5']);
  });

  it('refuses a file that was cut off, or without a designated party', () => {
    expect(() => read(`${LAZARUS}\n{"id":"NK-2","sch`)).toThrow('line 2: the file was cut off');
    expect(() => read(entity('Address', 'a', { full: ['x'] }))).toThrow('the file holds no designated party');
    expect(() => read('')).toThrow('the file holds no designated party');
  });
});
