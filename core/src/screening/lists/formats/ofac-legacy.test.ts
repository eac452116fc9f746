import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOfacLegacy } from './ofac-legacy.ts';
import { readLegacyDate, readLegacyRemarks } from './ofac-legacy-remarks.ts';

const fixture = (file: string) => readFileSync(join(import.meta.dirname, 'fixtures/ofac-legacy', file), 'utf8');
const published = (coin: string) =>
  readFileSync(
    join(import.meta.dirname, '../../../../../data/lists/ofac', `sanctioned_addresses_${coin}.txt`),
    'utf8',
  ).split('\n');

const FILES = {
  sdn: fixture('sdn.csv'),
  add: fixture('add.csv'),
  alt: fixture('alt.csv'),
  comments: fixture('sdn_comments.csv'),
};

const ROW = (number: number, remarks: string) => `${number},"SOMEONE",-0- ,"DPRK3",${'-0- ,'.repeat(7)}"${remarks}"`;

describe('readOfacLegacy', () => {
  const { parties, rejects } = readOfacLegacy(FILES);
  const party = (number: string) => {
    const found = parties.find((each) => each.reference === number);
    if (found === undefined) throw new Error(`no entry ${number}`);
    return found;
  };

  it('joins the four files', () => {
    expect(parties).toHaveLength(9);
    const khoroshev = party('48603');
    expect(khoroshev.id).toBe('ofac-sdn:48603');
    expect(khoroshev.kind).toBe('person');
    expect(khoroshev.names.map(({ full, kind, quality }) => [full, kind, quality])).toEqual([
      ['KHOROSHEV, Dmitry Yuryevich', 'name', 'primary'],
      ['KHOROSHEV, Dmitriy Yurevich', 'aka', 'strong'],
      ['YURIEVICH, Dmitry', 'aka', 'strong'],
      ['KHOROSHEV, Dmitrii Yuryevich', 'aka', 'strong'],
      ['LOCKBITSUPP', 'aka', 'weak'],
    ]);
    expect(khoroshev.births).toEqual([{ from: '1993-04-17', to: '1993-04-17', approximate: false }]);
    expect(khoroshev.places).toEqual([
      { role: 'birth', country: 'RU', text: 'Russian Federation' },
      { role: 'nationality', country: 'RU', text: 'Russia' },
      { role: 'citizenship', country: 'RU', text: 'Russia' },
      { role: 'address', country: 'RU', text: 'Russia' },
    ]);
    expect(khoroshev.identifiers).toEqual([
      { kind: 'Email Address', value: 'khoroshev1@icloud.com', country: null },
      { kind: 'Email Address', value: 'sitedev5@yandex.ru', country: null },
      { kind: 'Passport', value: '2018278055', country: 'RU' },
      { kind: 'Passport', value: '2006801524', country: 'RU' },
      { kind: 'Tax ID No.', value: '366110340670', country: 'RU' },
    ]);
    expect(khoroshev.accounts).toEqual([{ code: 'XBT', address: 'bc1qvhnfknw852ephxyc5hm4q520zmvf9maphetc9z' }]);
    expect(khoroshev.listedOn).toBeNull();
  });

  it('reads an address that is split between remarks and comments', () => {
    const suex = party('33151');
    expect(suex.accounts).toContainEqual({ code: 'XBT', address: '1B64QRxfaa35MVkf7sDjuGUYAP5izQt7Qi' });
    expect(suex.accounts).toHaveLength(25);
    for (const { code, address } of suex.accounts) expect(published(code ?? '')).toContain(address);
    expect(suex.births).toEqual([{ from: '2018-09-25', to: '2018-09-25', approximate: false }]);
    expect(suex.remarks?.endsWith("a.k.a. 'SUCCESSFUL EXCHANGE'.")).toBe(true);
  });

  it('takes programmes apart, and kinds, flags and titles', () => {
    expect(party('11195').programmes).toEqual(['NPWMD', 'IFSR', 'IRAN-CON-ARMS-EO']);
    expect(party('11195').kind).toBe('organisation');
    expect(party('20540').kind).toBe('aircraft');
    expect(party('47371').kind).toBe('vessel');
    expect(party('47371').places).toEqual([{ role: 'registration', country: 'GA', text: 'Gabon' }]);
    expect(party('47371').identifiers).toContainEqual({ kind: 'Vessel Call Sign', value: 'A8LU7', country: null });
    expect(party('587').remarks).toBe('Director, Banco Nacional de Cuba.');
    expect(party('36')).toMatchObject({ remarks: null, accounts: [], places: [] });
    expect(party('2686').births.map(({ from }) => from)).toEqual([
      '1960-08-31',
      '1953-08-31',
      '1955-08-31',
      '1958-08-31',
    ]);
  });

  it('rejects a row that joins to no entry, and nothing else in real rows', () => {
    expect(rejects).toEqual([{ place: 'alt.csv, line 1', reason: 'sdn.csv has no entry 10416' }]);
  });

  it('without the comments says what is cut, and reads no half address', () => {
    const cut = readOfacLegacy({ ...FILES, comments: null });
    expect(cut.rejects).toHaveLength(2);
    expect(cut.rejects[1]?.place).toBe('sdn.csv, line 4, entry 33151');
    expect(cut.rejects[1]?.reason).toContain('"alt. Digital Currency Address - XBT 1B64QRxf" was not read');
    const suex = cut.parties.find(({ reference }) => reference === '33151');
    expect(suex?.accounts).toHaveLength(13);
    for (const { address } of suex?.accounts ?? []) expect(published('XBT')).toContain(address);
  });

  it('law: wherever the cut falls, the same accounts and aliases are read', () => {
    const whole = readLegacyRemarks(party('33151').remarks ?? '');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 990 }), (filler) => {
        const text = `${'x'.repeat(filler)}; ${party('33151').remarks}`;
        // The publisher trims the first part: a space on the cut is lost.
        const files = {
          sdn: ROW(7, text.slice(0, 1000).trimEnd()),
          add: null,
          alt: null,
          comments: `7,"${text.slice(1000)}"`,
        };
        const [read] = readOfacLegacy(files).parties;
        expect(read?.accounts).toEqual(whole.accounts);
        expect(read?.names.slice(1)).toEqual(whole.names);
        expect(read?.identifiers).toEqual(whole.identifiers);
      }),
    );
  });

  it('keeps good rows and rejects bad ones with their line', () => {
    const sdn = `${ROW(1, 'DOB 1970.')}\r\n2,"CUT OFF\r\n${ROW(1, 'again')}\r\n3,-0- ,-0- ,${'-0- ,'.repeat(8)}-0- \r\nx,1\r\n\u001A`;
    const read = readOfacLegacy({ sdn, add: null, alt: '1,9,"zka","OTHER",-0- ', comments: null });
    expect(read.parties.map(({ reference }) => reference)).toEqual(['1']);
    expect(read.rejects.map(({ place }) => place)).toEqual([
      'sdn.csv, line 2',
      'sdn.csv, line 5',
      'sdn.csv, line 3',
      'sdn.csv, line 4',
      'alt.csv, line 1',
    ]);
  });

  it('reads older comments whose inner quotes are not doubled', () => {
    const comments =
      '1,"hone Number 8613314257947; a.k.a. "blackjack1987"; a.k.a. "khaleesi"; Linked To: LAZARUS GROUP."';
    const read = readOfacLegacy({ sdn: ROW(1, `${'x'.repeat(998)};P`), add: null, alt: null, comments });
    expect(read.rejects).toEqual([]);
    expect(read.parties[0]?.names.slice(1).map(({ full }) => full)).toEqual(['blackjack1987', 'khaleesi']);
  });

  it('refuses a file without entries', () => {
    expect(() => readOfacLegacy({ sdn: '<html></html>', add: null, alt: null, comments: null })).toThrow(
      'sdn.csv holds no entry',
    );
    expect(() => readOfacLegacy({ sdn: '\u001A', add: null, alt: null, comments: null })).toThrow(/holds no entry/);
  });
});

describe('readLegacyDate', () => {
  it.each([
    ['28 Jul 1963', '1963-07-28', '1963-07-28', false],
    ['Jul 1963', '1963-07', '1963-07', false],
    ['1963', '1963', '1963', false],
    ['circa 1963', '1963', '1963', true],
    ['1961 to 1963', '1961', '1963', false],
    ['circa 1961-1963', '1961', '1963', true],
  ])('reads %s', (text, from, to, approximate) => {
    expect(readLegacyDate(text)).toEqual({ from, to, approximate });
  });

  it.each(['31 Feb 1990', '12 Jux 1990', 'unknown', '1963 to 1961', '', '1 to 2 to 3'])(
    'does not guess at "%s"',
    (text) => {
      expect(readLegacyDate(text)).toBeNull();
    },
  );
});
