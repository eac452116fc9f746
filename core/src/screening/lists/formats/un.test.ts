import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ListedParty } from '../party.ts';
import { createUnParser } from './un.ts';

const DIRECTORY = join(import.meta.dirname, '../../../../../data/lists/un');

function parse(text: string) {
  const parties: ListedParty[] = [];
  const parser = createUnParser((party) => parties.push(party));
  parser.write(text);
  return { ...parser.end(), parties };
}

function listOf(individual: string, entity = ''): string {
  const people = individual === '' ? '' : `<INDIVIDUAL>${individual}</INDIVIDUAL>`;
  const entities = entity === '' ? '' : `<ENTITY>${entity}</ENTITY>`;
  return `<CONSOLIDATED_LIST dateGenerated="2020-01-02T03:04:05Z"><INDIVIDUALS>${people}</INDIVIDUALS><ENTITIES>${entities}</ENTITIES></CONSOLIDATED_LIST>`;
}

const NUMBERED = '<DATAID>7</DATAID><FIRST_NAME>KIM</FIRST_NAME>';

describe('the list as published', () => {
  test('on 2026-02-27: 730 individuals, 273 entities; DPRK 80 and 75', () => {
    const { parties, issuedOn, rejects } = parse(readFileSync(join(DIRECTORY, 'consolidated-2026-02-27.xml'), 'utf8'));
    expect(issuedOn).toBe('2026-02-27');
    expect(rejects).toEqual([]);
    const count = (kind: string, programme: string | null) =>
      parties.filter((party) => party.kind === kind && (programme === null || party.programmes[0] === programme))
        .length;
    expect([count('person', null), count('organisation', null)]).toEqual([730, 273]);
    expect([count('person', 'DPRK'), count('organisation', 'DPRK')]).toEqual([80, 75]);
    expect(parties.find((party) => party.reference === 'KPe.031')).toMatchObject({
      id: 'un-sc:6908526',
      list: 'un-sc',
      kind: 'organisation',
      names: [
        { full: 'RECONNAISSANCE GENERAL BUREAU', kind: 'name', quality: 'primary', script: 'Latn' },
        { full: 'Chongch’al Ch’ongguk', kind: 'aka', quality: 'strong' },
        { full: 'KPA Unit 586', kind: 'aka', quality: 'strong' },
        { full: 'RGB', kind: 'aka', quality: 'strong' },
      ],
      programmes: ['DPRK'],
      listedOn: '2016-03-02',
      accounts: [],
    });
  });

  test('on 2015-03-27: DPRK 12 and 20; the reconnaissance bureau not yet', () => {
    const { parties, issuedOn } = parse(readFileSync(join(DIRECTORY, 'consolidated-2015-03-27.xml'), 'utf8'));
    expect(issuedOn).toBe('2015-03-27');
    const dprk = parties.filter((party) => party.programmes.includes('DPRK'));
    expect(dprk.filter((party) => party.kind === 'person')).toHaveLength(12);
    expect(dprk.filter((party) => party.kind === 'organisation')).toHaveLength(20);
    expect(parties.some((party) => party.reference === 'KPe.031')).toBe(false);
    expect(parties.find((party) => party.reference === 'KPi.001')).toMatchObject({
      births: [{ from: '1944-10-13', to: '1944-10-13', approximate: false }],
      places: [{ role: 'nationality', country: 'KP', text: 'DPRK' }],
      remarks: expect.stringContaining('Director of Namchongang Trading Corporation'),
    });
  });
});

describe('an entry', () => {
  test('has its aliases apart, with what is said of their quality, and its name in its own script', () => {
    const [party] = parse(
      listOf(`<DATAID>7</DATAID><FIRST_NAME>KIM</FIRST_NAME><SECOND_NAME>IL</SECOND_NAME><THIRD_NAME>HO</THIRD_NAME>
        <NAME_ORIGINAL_SCRIPT>김일호</NAME_ORIGINAL_SCRIPT>
        <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Kim A; Kim B;</ALIAS_NAME></INDIVIDUAL_ALIAS>
        <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The  Colonel</ALIAS_NAME></INDIVIDUAL_ALIAS>
        <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>`),
    ).parties;
    expect(party?.names).toEqual([
      { full: 'KIM IL HO', kind: 'name', quality: 'primary', script: 'Latn' },
      { full: '김일호', kind: 'name', quality: 'strong', script: 'Hang' },
      { full: 'Kim A', kind: 'aka', quality: 'strong', script: 'Latn' },
      { full: 'Kim B', kind: 'aka', quality: 'strong', script: 'Latn' },
      { full: 'The Colonel', kind: 'aka', quality: 'weak', script: 'Latn' },
    ]);
  });

  test('f.k.a. is a former name; names of an entity divided by ; are names each', () => {
    const [party] = parse(
      listOf(
        '',
        `<DATAID>8</DATAID><FIRST_NAME>FIRM ONE ; FIRM TWO</FIRST_NAME>
        <ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>Old Firm</ALIAS_NAME></ENTITY_ALIAS>`,
      ),
    ).parties;
    expect(party?.names.map(({ full, kind, quality }) => [full, kind, quality])).toEqual([
      ['FIRM ONE', 'name', 'primary'],
      ['FIRM TWO', 'name', 'strong'],
      ['Old Firm', 'fka', 'strong'],
    ]);
  });

  test.each([
    ['<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-05-04</DATE>', '1971-05-04', '1971-05-04', false],
    ['<TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1971</YEAR>', '1971', '1971', true],
    ['<TYPE_OF_DATE>Between</TYPE_OF_DATE><FROM_YEAR>1971</FROM_YEAR><TO_YEAR>1974</TO_YEAR>', '1971', '1974', false],
    ['<TYPE_OF_DATE>Between</TYPE_OF_DATE><FROM_YEAR>1974</FROM_YEAR><TO_YEAR>1971</TO_YEAR>', '1971', '1974', false],
    ['<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><NOTE>Nov. 1973</NOTE>', '1973-11', '1973-11', false],
  ])('dates of birth: %s', (fields, from, to, approximate) => {
    const entry = `${NUMBERED}<INDIVIDUAL_DATE_OF_BIRTH>${fields}</INDIVIDUAL_DATE_OF_BIRTH>`;
    expect(parse(listOf(entry)).parties[0]?.births).toEqual([{ from, to, approximate }]);
  });

  test('a date of birth that says nothing is none, not a zero', () => {
    const entry = `${NUMBERED}<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE/></INDIVIDUAL_DATE_OF_BIRTH>`;
    expect(parse(listOf(entry)).parties[0]?.births).toEqual([]);
  });

  test('dates, documents and addresses', () => {
    const [party] = parse(
      listOf(`${NUMBERED}<UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPi.9</REFERENCE_NUMBER>
        <LISTED_ON>2009-07-16-04:00</LISTED_ON>
        <LAST_DAY_UPDATED><VALUE>2020-02-01</VALUE><VALUE>2016-03-04</VALUE></LAST_DAY_UPDATED>
        <INDIVIDUAL_ADDRESS><CITY>Pyongyang</CITY><COUNTRY>Democratic People's Republic of Korea</COUNTRY></INDIVIDUAL_ADDRESS>
        <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>645120196</NUMBER>
          <ISSUING_COUNTRY>Democratic People's Republic of Korea</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>
        <INDIVIDUAL_DOCUMENT/>`),
    ).parties;
    expect(party).toMatchObject({
      id: 'un-sc:7',
      reference: 'KPi.9',
      listedOn: '2009-07-16',
      amendedOn: ['2016-03-04', '2020-02-01'],
      places: [{ role: 'address', country: 'KP', text: "Pyongyang, Democratic People's Republic of Korea" }],
      identifiers: [{ kind: 'Passport', value: '645120196', country: 'KP' }],
      remarks: null,
    });
  });
});

describe('bad input', () => {
  test('an entry that cannot be read is rejected with its place, the others are kept', () => {
    const text = `<CONSOLIDATED_LIST><INDIVIDUALS>
      <INDIVIDUAL><FIRST_NAME>NOBODY</FIRST_NAME></INDIVIDUAL>
      <INDIVIDUAL><DATAID>3</DATAID></INDIVIDUAL>
      <INDIVIDUAL>${NUMBERED}</INDIVIDUAL>
      <INDIVIDUAL>${NUMBERED}</INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>`;
    const { parties, rejects, issuedOn } = parse(text);
    expect(parties.map(({ id }) => id)).toEqual(['un-sc:7']);
    expect(issuedOn).toBe(null);
    expect(rejects.map(({ place, reason }) => `${place.replace(/, column \d+/, '')}: ${reason}`)).toEqual([
      'line 2, entry without a number: no DATAID',
      'line 3, entry 3: no name',
      'line 5, entry 7: the entry stands in the file twice; the first is kept',
    ]);
  });

  test('a file without an entry is not a list', () => {
    expect(() => parse(listOf(''))).toThrow(/no entry/);
  });

  test('a file cut off gives no list, whatever it held before', () => {
    const text = listOf(NUMBERED);
    expect(() => parse(text.slice(0, -30))).toThrow(/cut off at line 1/);
  });
});
