import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ListedParty } from '../party.ts';
import { createEuFsfParser } from './eu-fsf.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/eu-fsf.xml'), 'utf8');

function read(text: string, size = 11) {
  const parties: ListedParty[] = [];
  const parser = createEuFsfParser((party) => parties.push(party));
  for (let from = 0; from < text.length; from += size) parser.write(text.slice(from, from + size));
  return { ...parser.end(), parties };
}

const wrap = (...entries: string[]) =>
  `<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-08-05T16:47:04.449+02:00">${entries.join('\n')}</export>`;
const entry = (id: string, body: string, more = '') =>
  `<sanctionEntity logicalId="${id}" ${more}><subjectType code="person"/><nameAlias wholeName="Someone" strong="true"/>${body}</sanctionEntity>`;

describe('createEuFsfParser', () => {
  it('reads entries as published', () => {
    const { parties, rejects, issuedOn } = read(FIXTURE);
    expect(issuedOn).toBe('2018-12-21');
    expect(rejects).toEqual([]);
    expect(parties).toHaveLength(2);
    expect(parties[0]).toEqual({
      id: 'eu-fsf:1',
      list: 'eu-fsf',
      reference: 'EU.36.64',
      kind: 'person',
      names: [{ full: 'Robert Gabriel Mugabe', kind: 'name', quality: 'primary', script: 'Latn' }],
      births: [{ from: '1924-02-21', to: '1924-02-21', approximate: false }],
      places: [],
      identifiers: [{ kind: 'National passport', value: 'AD001095', country: null }],
      accounts: [],
      programmes: ['ZWE'],
      listedOn: null,
      amendedOn: ['2005-06-16', '2012-02-22', '2018-02-16'],
      remarks: 'Former President',
    });
    expect(parties[1]?.kind).toBe('organisation');
    expect(parties[1]?.names.map(({ full, kind, quality, script }) => [full, kind, quality, script])).toEqual([
      ['İslami Büyük Doğu Akıncılar Cephesi', 'name', 'primary', 'Latn'],
      ['Great Islamic Eastern Warriors Front', 'aka', 'strong', 'Latn'],
      ['Фронт на великите ислямски източни воини', 'aka', 'strong', 'Cyrl'],
      ['Μέγα Ισλαµικό Μέτωπο των Πολεµιστών της Ανατολής', 'aka', 'strong', 'Grek'],
      ['IBDA-C', 'aka', 'strong', 'Latn'],
    ]);
  });

  it('reads the same whatever the pieces', () => {
    expect(read(FIXTURE, 1)).toEqual(read(FIXTURE, FIXTURE.length));
  });

  it('takes names as weak by attribute or by remark, composes them where the whole is empty, and keeps each once', () => {
    const [party] = read(
      wrap(
        `<sanctionEntity logicalId="9"><subjectType code="person"/>
          <nameAlias wholeName="Weak One" strong="false"/>
          <nameAlias firstName="Jane" middleName="Q" lastName="Public" wholeName="" strong="true"/>
          <nameAlias wholeName="Jane Q Public" nameLanguage="FR" strong="true"/>
          <nameAlias wholeName="JQ" strong="true"><remark>Low quality alias</remark></nameAlias>
          <nameAlias wholeName="Jana" strong="true"><remark>good quality alias</remark></nameAlias>
        </sanctionEntity>`,
      ),
    ).parties;
    expect(party?.names.map(({ full, quality }) => [full, quality])).toEqual([
      ['Jane Q Public', 'primary'],
      ['Weak One', 'weak'],
      ['JQ', 'weak'],
      ['Jana', 'strong'],
    ]);
  });

  it('reads references, places, ranges and documents', () => {
    const [party] = read(
      wrap(
        entry(
          '13',
          `<remark>UNSC RESOLUTION 1483</remark><regulation programme="IRQ" publicationDate="2003-07-08"/><regulation programme="IRQ" publicationDate="2003-07-08"/>
          <birthdate circa="true" calendarType="GREGORIAN" city="Tirin Kot District, Uruzgan Province" yearRangeFrom="1953" yearRangeTo="1958" countryIso2Code="AF" countryDescription="AFGHANISTAN"/>
          <birthdate circa="false" year="1961" monthOfYear="8" countryIso2Code="00" countryDescription="UNKNOWN"/>
          <citizenship region="" countryIso2Code="IQ" countryDescription="IRAQ"/>
          <address street="1 Main St" city="Beirut" countryIso2Code="LB" countryDescription="LEBANON"/><address countryIso2Code="00" countryDescription="UNKNOWN"/>
          <identification number="X1" latinNumber="X1" identificationTypeCode="passport" knownFalse="true" countryIso2Code="KP" countryDescription="KOREA, DEMOCRATIC PEOPLE'S REPUBLIC OF"/>`,
          'designationDate="2003-07-07" unitedNationId="KPi.001" euReferenceNumber="EU.27.28"',
        ),
      ),
    ).parties;
    expect(party).toMatchObject({
      reference: 'EU.27.28',
      listedOn: '2003-07-07',
      programmes: ['IRQ'],
      amendedOn: ['2003-07-08'],
      remarks: 'UNSC RESOLUTION 1483',
      births: [
        { from: '1953', to: '1958', approximate: true },
        { from: '1961-08', to: '1961-08', approximate: false },
      ],
      places: [
        { role: 'birth', country: 'AF', text: 'Tirin Kot District, Uruzgan Province, AFGHANISTAN' },
        { role: 'citizenship', country: 'IQ', text: 'IRAQ' },
        { role: 'address', country: 'LB', text: '1 Main St, Beirut, LEBANON' },
      ],
      identifiers: [
        { kind: 'passport (known false)', value: 'X1', country: 'KP' },
        { kind: 'unitedNationId', value: 'KPi.001', country: null },
      ],
    });
  });

  it('does not guess at dates it cannot read, and keeps the party', () => {
    const { parties, rejects } = read(
      wrap(
        entry('1', '<birthdate calendarType="ISLAMIC" year="1379"/>'),
        entry('2', '<birthdate yearRangeTo="1980" countryIso2Code="ER" countryDescription="ERITREA"/>'),
        entry('3', '<birthdate birthdate="1970-02-30"/>'),
      ),
    );
    expect(parties.map(({ births }) => births)).toEqual([[], [], []]);
    expect(rejects.map(({ place, reason }) => [place.replace(/column \d+/, 'column _'), reason])).toEqual([
      ['line 1, column _, logicalId 1', 'a date of birth was not read: 1379, calendar ISLAMIC'],
      ['line 2, column _, logicalId 2', 'a date of birth was not read: from ? to 1980'],
      ['line 3, column _, logicalId 3', 'a date of birth was not read: 1970-02-30'],
    ]);
  });

  it('rejects entries without a number or a name, and doubles', () => {
    const { parties, rejects } = read(
      wrap(
        entry('1', ''),
        '<sanctionEntity><nameAlias wholeName="A"/></sanctionEntity>',
        '<sanctionEntity logicalId="2"/>',
        entry('1', ''),
      ),
    );
    expect(parties.map(({ id }) => id)).toEqual(['eu-fsf:1']);
    expect(rejects.map(({ reason }) => reason)).toEqual(['no logicalId', 'no name', 'logicalId eu-fsf:1 again']);
  });

  it('refuses an entry without end before it fills memory', () => {
    const parser = createEuFsfParser(() => {});
    parser.write('<export><sanctionEntity logicalId="1">');
    expect(() => {
      for (;;) parser.write('<nameAlias wholeName="A"/>'.repeat(1000));
    }).toThrow('a sanctionEntity of more than 50000 elements');
  });

  it('refuses a file that is cut off, holds no entry or declares entities', () => {
    expect(() => read(FIXTURE.slice(0, 3000))).toThrow('cut off');
    expect(() => read(wrap())).toThrow('holds no sanctionEntity');
    expect(() => read(`<!DOCTYPE a [<!ENTITY b "c">]>${wrap(entry('1', ''))}`)).toThrow(/line 1/);
  });
});
