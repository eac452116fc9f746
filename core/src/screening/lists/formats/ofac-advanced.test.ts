import { describe, expect, test } from 'vitest';
import type { ListedParty } from '../party.ts';
import { createOfacAdvancedParser } from './ofac-advanced.ts';

/* Small files in the shape of the real one, for what it holds rarely or never. The real one: sources/read-ofac.test.ts. */

const REFERENCE = `<ReferenceValueSets>
  <AliasTypeValues><AliasType ID="1">A.K.A.</AliasType><AliasType ID="2">Name</AliasType></AliasTypeValues>
  <AreaCodeValues><AreaCode ID="9" CountryID="9" Description="Testland">TL</AreaCode></AreaCodeValues>
  <CountryValues><Country ID="8" ISO2="KP">Korea, North</Country></CountryValues>
  <DocNameStatusValues><DocNameStatus ID="1">Primary Latin</DocNameStatus><DocNameStatus ID="2">Others</DocNameStatus></DocNameStatusValues>
  <FeatureTypeValues><FeatureType ID="1">Birthdate</FeatureType><FeatureType ID="2">Digital Currency Address - XYZ</FeatureType>
    <FeatureType ID="3">Title</FeatureType><FeatureType ID="4">Location</FeatureType><FeatureType ID="5">Gender</FeatureType></FeatureTypeValues>
  <ListValues><List ID="1">SDN List</List><List ID="2">Consolidated List</List></ListValues>
  <NamePartTypeValues><NamePartType ID="1">Last Name</NamePartType><NamePartType ID="2">First Name</NamePartType></NamePartTypeValues>
  <PartySubTypeValues><PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType></PartySubTypeValues>
  <PartyTypeValues><PartyType ID="1">Individual</PartyType></PartyTypeValues>
  <ReliabilityValues><Reliability ID="1">Confirmed</Reliability><Reliability ID="2">False</Reliability></ReliabilityValues>
  <SanctionsTypeValues><SanctionsType ID="1">Program</SanctionsType><SanctionsType ID="2">Block</SanctionsType></SanctionsTypeValues>
  <ScriptValues><Script ID="1" ScriptCode="Latin">Latin</Script><Script ID="2" ScriptCode="Cyrl">Cyrillic</Script></ScriptValues>
</ReferenceValueSets>`;

function fileOf(parties: string, entries: string, before = ''): string {
  return `<Sanctions><DateOfIssue><Year>2025</Year><Month>3</Month><Day>9</Day></DateOfIssue>${REFERENCE}${before}
<DistinctParties>${parties}</DistinctParties><SanctionsEntries>${entries}</SanctionsEntries></Sanctions>`;
}

function partyXml(number: string, features = '', comment = ''): string {
  return `<DistinctParty FixedRef="${number}"><Comment>${comment}</Comment><Profile ID="${number}" PartySubTypeID="4">
    <Identity ID="${number}"><Alias AliasTypeID="2" Primary="true" LowQuality="false">
      <DocumentedName DocNameStatusID="2"><DocumentedNamePart><NamePartValue NamePartGroupID="1" ScriptID="2">Пак</NamePartValue></DocumentedNamePart></DocumentedName>
      <DocumentedName DocNameStatusID="1"><DocumentedNamePart><NamePartValue NamePartGroupID="2" ScriptID="1">Jin</NamePartValue></DocumentedNamePart>
        <DocumentedNamePart><NamePartValue NamePartGroupID="1" ScriptID="1">PAK</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
      <NamePartGroups><MasterNamePartGroup><NamePartGroup ID="1" NamePartTypeID="1"/></MasterNamePartGroup>
        <MasterNamePartGroup><NamePartGroup ID="2" NamePartTypeID="2"/></MasterNamePartGroup></NamePartGroups></Identity>
    ${features}</Profile></DistinctParty>`;
}

function featureXml(type: string, detail: string, { reliability = '1', comment = '' } = {}): string {
  return `<Feature FeatureTypeID="${type}"><FeatureVersion ReliabilityID="${reliability}"><Comment>${comment}</Comment>${detail}</FeatureVersion></Feature>`;
}

function text(value: string): string {
  return `<VersionDetail>${value}</VersionDetail>`;
}

function between(first: string, last: string, approximate = 'false'): string {
  const date = (day: string) => {
    const [year, month, date] = day.split('-');
    return `<Year>${year}</Year><Month>${Number(month)}</Month><Day>${Number(date)}</Day>`;
  };
  const ends = (day: string) => `<From>${date(day)}</From><To>${date(day)}</To>`;
  return `<DatePeriod><Start Approximate="${approximate}">${ends(first)}</Start><End Approximate="false">${ends(last)}</End></DatePeriod><VersionDetail/>`;
}

function entryXml(number: string, list: string, dates: readonly string[], programme: string): string {
  const events = dates.map((day) => {
    const [year, month, date] = day.split('-');
    return `<EntryEvent><Comment/><Date><Year>${year}</Year><Month>${month}</Month><Day>${date}</Day></Date></EntryEvent>`;
  });
  return `<SanctionsEntry ProfileID="${number}" ListID="${list}">${events.join('')}<SanctionsMeasure SanctionsTypeID="2"/>
    <SanctionsMeasure SanctionsTypeID="1"><Comment>${programme}</Comment></SanctionsMeasure></SanctionsEntry>`;
}

function parse(xml: string) {
  const parties: ListedParty[] = [];
  const parser = createOfacAdvancedParser((party) => parties.push(party));
  parser.write(xml);
  return { ...parser.end(), parties };
}

function partyWith(features: string, before = ''): ListedParty | undefined {
  return parse(fileOf(partyXml('5', features), entryXml('5', '1', ['2020-1-2'], 'DPRK2'), before)).parties[0];
}

describe('a party', () => {
  test('has its Latin name first though it stands second, and is joined to its entry at the end of the file', () => {
    const { parties, issuedOn, rejects } = parse(
      fileOf(partyXml('5'), entryXml('5', '1', ['2020-6-7', '2019-1-2', '2020-6-7'], 'DPRK2')),
    );
    expect([issuedOn, rejects]).toEqual(['2025-03-09', []]);
    expect(parties).toEqual([
      {
        id: 'ofac-sdn:5',
        list: 'ofac-sdn',
        reference: '5',
        kind: 'person',
        names: [
          { full: 'PAK, Jin', kind: 'name', quality: 'primary', script: 'Latn' },
          { full: 'Пак', kind: 'name', quality: 'strong', script: 'Cyrl' },
        ],
        births: [],
        places: [],
        identifiers: [],
        accounts: [],
        programmes: ['DPRK2'],
        listedOn: '2019-01-02',
        amendedOn: ['2020-06-07'],
        remarks: null,
      },
    ]);
  });

  test.each([
    [between('1970-01-08', '1970-01-08'), { from: '1970-01-08', to: '1970-01-08', approximate: false }],
    [between('1970-01-01', '1970-01-01'), { from: '1970-01-01', to: '1970-01-01', approximate: false }],
    [between('1970-01-01', '1972-12-31'), { from: '1970', to: '1972', approximate: false }],
    [between('1972-02-01', '1972-02-29', 'true'), { from: '1972-02', to: '1972-02', approximate: true }],
    [between('1970-03-01', '1971-04-15'), { from: '1970-03-01', to: '1971-04-15', approximate: false }],
  ])('is born in a span: %#', (detail, birth) => {
    expect(partyWith(featureXml('1', detail))?.births).toEqual([birth]);
  });

  test('what OFAC marks as false is a remark, not a date of birth', () => {
    const party = partyWith(featureXml('1', between('1970-01-08', '1970-01-08'), { reliability: '2' }));
    expect(party).toMatchObject({ births: [], remarks: 'Birthdate (marked false): 1970-01-08' });
  });

  test('an account published twice under a code no one knows is kept once and counted twice', () => {
    const accounts = featureXml('2', text(' addr1 ')) + featureXml('2', text('addr1'), { comment: 'No forks.' });
    const { parties, notes } = parse(fileOf(partyXml('5', accounts), entryXml('5', '1', ['2020-1-2'], 'X')));
    expect(parties[0]?.accounts).toEqual([{ code: 'XYZ', address: 'addr1' }]);
    expect(parties[0]?.remarks).toBe('Digital Currency Address - XYZ: addr1 (No forks.)');
    expect(notes).toEqual(['2 digital-currency features as published: XYZ 2']);
  });

  test('an address is written out; a country the lists of codes do not know is null, its text kept', () => {
    const locations = `<Locations><Location ID="1"><LocationCountry CountryID="8"/>
      <LocationPart LocPartTypeID="0"><LocationPartValue Primary="true"><Value>No. 1 Street</Value></LocationPartValue></LocationPart></Location>
      <Location ID="2"><LocationAreaCode AreaCodeID="9"/></Location></Locations>`;
    const at = (id: number) => featureXml('4', `<VersionLocation LocationID="${id}"/>`);
    const party = partyWith(at(1) + at(2), locations);
    expect(party?.places.map(({ country, role }) => [role, country])).toEqual([
      ['address', 'KP'],
      ['address', null],
    ]);
    expect(party?.places[1]?.text).toBe('Testland');
  });

  test('what the model has no place for is a remark in the words of the file; gender is left out', () => {
    const xml = partyXml('5', featureXml('3', text('General')) + featureXml('5', text('Male')), 'all offices');
    const entries = entryXml('5', '1', ['2020-1-2'], 'X') + entryXml('5', '2', ['2020-1-2'], 'NS-PLC');
    expect(parse(fileOf(xml, entries)).parties[0]?.remarks).toBe(
      "all offices; Title: General; Also on OFAC's Consolidated List: NS-PLC, Block",
    );
  });
});

describe('bad input', () => {
  test('a part that cannot be read is rejected with its place; the party is kept', () => {
    const { parties, rejects } = parse(
      fileOf(partyXml('5', featureXml('99', text('x')) + featureXml('3', '')), entryXml('5', '1', ['2020-1-2'], 'X')),
    );
    expect(parties).toHaveLength(1);
    expect(rejects.map(({ place, reason }) => [/, party 5$/.test(place), reason])).toEqual([
      [true, 'feature type 99 is not among the reference values'],
      [true, 'feature "Title" has no value'],
    ]);
  });

  test('a party twice, and one that is on another list only, are rejected', () => {
    const { parties, rejects } = parse(
      fileOf(
        partyXml('5') + partyXml('5') + partyXml('6'),
        entryXml('5', '1', ['2020-1-2'], 'X') + entryXml('6', '2', [], 'Y'),
      ),
    );
    expect(parties.map(({ reference }) => reference)).toEqual(['5']);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'the party stands in the file twice; the first is kept',
      'no entry on the SDN List',
    ]);
  });

  test('a file that ends before its entries gives no party', () => {
    const parties: ListedParty[] = [];
    const parser = createOfacAdvancedParser((party) => parties.push(party));
    parser.write(fileOf(partyXml('5'), '').slice(0, -40));
    expect(() => parser.end()).toThrow(/^cut off at line \d+/);
    expect(parties).toEqual([]);
    expect(() => parse(fileOf(partyXml('5'), ''))).toThrow("no party of the file is on OFAC's SDN List");
  });
});
