import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ListedParty } from '../party.ts';
import { createUkParser } from './uk.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/uk.xml'), 'utf8');

function read(text: string, size = 13) {
  const parties: ListedParty[] = [];
  const parser = createUkParser((party) => parties.push(party));
  for (let from = 0; from < text.length; from += size) parser.write(text.slice(from, from + size));
  return { ...parser.end(), parties };
}

const wrap = (...entries: string[]) =>
  `<Designations><DateGenerated>10/06/2026</DateGenerated>${entries.join('\n')}</Designations>`;
const entry = (id: string, body = '') =>
  `<Designation><UniqueID>${id}</UniqueID><Names><Name><Name6>X</Name6><NameType>Primary Name</NameType></Name></Names>${body}</Designation>`;

describe('createUkParser', () => {
  const { parties, rejects, issuedOn } = read(FIXTURE);

  it('reads an entity', () => {
    expect(issuedOn).toBe('2026-09-02');
    expect(rejects).toEqual([]);
    expect(parties[0]).toEqual({
      id: 'uk-sanctions:AFG0001',
      list: 'uk-sanctions',
      reference: 'AFG0001',
      kind: 'organisation',
      names: [
        { full: 'HAJI KHAIRULLAH HAJI SATTAR MONEY EXCHANGE', kind: 'name', quality: 'primary', script: 'Latn' },
        { full: 'Haji Alim Hawala', kind: 'aka', quality: 'strong', script: 'Latn' },
        { full: 'Haji Hakim Hawala', kind: 'aka', quality: 'strong', script: 'Latn' },
      ],
      births: [],
      places: [
        { role: 'address', country: 'AF', text: 'Ansari Market, 2nd Floor, Nimroz Province, Afghanistan' },
        { role: 'address', country: 'AE', text: 'Branch Office 14, Dubai, United Arab Emirates' },
      ],
      identifiers: [
        { kind: 'OFSI Group ID', value: '12703', country: null },
        { kind: 'UN Reference Number', value: 'TAe.010', country: null },
      ],
      accounts: [],
      programmes: ['The Afghanistan (Sanctions) (EU Exit) Regulations 2020'],
      listedOn: '2012-06-29',
      amendedOn: ['2026-08-04'],
      remarks: 'Afghan Money Service Provider License Number: 044.',
    });
  });

  it('reads an individual: parts of names, weak aliases, other scripts, dates that are known in part', () => {
    const person = parties[1];
    expect(person?.kind).toBe('person');
    expect(person?.names.map(({ full, kind, quality, script }) => [full, kind, quality, script])).toEqual([
      ['MOHAMMAD HASSAN AKHUND', 'name', 'primary', 'Latn'],
      ['Mohammad Hassan Akhund', 'aka', 'strong', 'Latn'],
      ['MULLAH MOHAMMAD', 'aka', 'weak', 'Latn'],
      ['محمد حسن آخوند', 'aka', 'strong', 'Arab'],
    ]);
    expect(person?.births.map(({ from }) => from)).toEqual(['1945', '1946', '1958-03-01']);
    expect(person?.places).toEqual([
      { role: 'birth', country: 'AF', text: 'Lakhi village, Afghanistan' },
      { role: 'birth', country: 'AF', text: 'Darvishan, Afghanistan' },
      { role: 'nationality', country: 'AF', text: 'Afghanistan' },
      { role: 'address', country: 'AF', text: 'Kabul, Afghanistan' },
    ]);
    expect(person?.identifiers[0]).toEqual({ kind: 'Passport', value: 'P04581926', country: null });
    expect(person?.identifiers).toHaveLength(3);
    expect(person?.listedOn).toBe('2001-01-25');
  });

  it('reads a ship', () => {
    expect(parties[2]).toMatchObject({
      id: 'uk-sanctions:DPR0075',
      kind: 'vessel',
      names: [{ full: 'Petrel 8', quality: 'primary' }, { full: 'Jal Vahini' }],
      identifiers: [{ kind: 'IMO Number', value: 'IMO9562233' }],
      places: [{ role: 'registration', country: 'KM', text: 'Comoros' }],
      programmes: ["The Democratic People's Republic of Korea (Sanctions) (EU Exit) Regulations 2019"],
    });
  });

  it('reads the same whatever the pieces', () => {
    expect(read(FIXTURE, 1)).toEqual(read(FIXTURE, FIXTURE.length));
  });

  it('puts the primary name first, wherever it stands', () => {
    const [party] = read(
      wrap(
        '<Designation><UniqueID>A</UniqueID><Names><Name><Name6>Other</Name6><NameType>Alias</NameType></Name><Name><Name1>First</Name1><Name6>LAST</Name6><NameType>Primary name</NameType></Name></Names></Designation>',
      ),
    ).parties;
    expect(party?.names.map(({ full, quality }) => [full, quality])).toEqual([
      ['First LAST', 'primary'],
      ['Other', 'strong'],
    ]);
  });

  it('takes a name that is given as weak and as strong for strong', () => {
    const alias = (strength: string) =>
      `<Names><Name><Name6>Y</Name6><NameType>Alias</NameType><AliasStrength>${strength}</AliasStrength></Name></Names>`;
    const [party] = read(wrap(entry('A', alias('Low quality a.k.a') + alias('Good quality a.k.a')))).parties;
    expect(party?.names.map(({ full, quality }) => [full, quality])).toEqual([
      ['X', 'primary'],
      ['Y', 'strong'],
    ]);
  });

  it('does not guess at dates it cannot read, and keeps the party', () => {
    const read_ = read(
      wrap(
        entry(
          'A',
          '<DOB>dd/03/1958</DOB><DOB>31/02/1958</DOB><DOB>circa 1958</DOB><DateDesignated>soon</DateDesignated>',
        ),
      ),
    );
    expect(read_.parties[0]?.births).toEqual([{ from: '1958-03', to: '1958-03', approximate: false }]);
    expect(read_.parties[0]?.listedOn).toBeNull();
    expect(read_.rejects.map(({ reason }) => reason)).toEqual([
      'DOB was not read: "31/02/1958"',
      'DOB was not read: "circa 1958"',
      'DateDesignated was not read: "soon"',
    ]);
    expect(read_.rejects[0]?.place).toMatch(/^line 1, column \d+, UniqueID A$/);
  });

  it('rejects entries without a number or a name, and doubles', () => {
    const bad = read(
      wrap(
        entry('A'),
        '<Designation><Names><Name><Name6>B</Name6></Name></Names></Designation>',
        '<Designation><UniqueID>C</UniqueID></Designation>',
        entry('A'),
      ),
    );
    expect(bad.parties).toHaveLength(1);
    expect(bad.rejects.map(({ reason }) => reason)).toEqual(['no UniqueID', 'no name', 'UniqueID A again']);
  });

  it('refuses an entry without end before it fills memory', () => {
    const parser = createUkParser(() => {});
    parser.write('<Designations><Designation>');
    expect(() => {
      for (;;) parser.write('<DOB>1970</DOB>'.repeat(1000));
    }).toThrow('a Designation of more than 50000 elements');
  });

  it('refuses a file that is cut off or holds no designation', () => {
    expect(() => read(FIXTURE.slice(0, 2000))).toThrow('cut off');
    expect(() => read(wrap())).toThrow('holds no Designation');
  });
});
