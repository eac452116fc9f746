import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListedParty } from '../party.ts';
import { type CairnListHeader, createCairnListParser, formatCairnList } from './cairn-list.ts';

function read(text: string, cuts: readonly number[] = []) {
  const parties: ListedParty[] = [];
  const parser = createCairnListParser((party) => parties.push(party));
  let from = 0;
  for (const cut of [...cuts.filter((each) => each < text.length).toSorted((a, b) => a - b), text.length]) {
    parser.write(text.slice(from, cut));
    from = Math.max(from, cut);
  }
  const { issuedOn, rejects } = parser.end();
  return { header: parser.header(), issuedOn, rejects, parties };
}

const HEADER = '{"cairn-list":1,"list":"custom:house","issuedOn":"2026-11-20"}';

describe('createCairnListParser', () => {
  it('fills in what a line leaves out', () => {
    const { header, issuedOn, rejects, parties } = read(`${HEADER}\n{"id":"1","names":["Kim Il-sung Trading"]}\n`);
    expect(header).toEqual({ list: 'custom:house', issuedOn: '2026-11-20', onlyPart: null });
    expect(issuedOn).toBe('2026-11-20');
    expect(rejects).toEqual([]);
    expect(parties).toEqual([
      {
        id: 'custom:house:1',
        list: 'custom:house',
        reference: '1',
        kind: 'unknown',
        names: [{ full: 'Kim Il-sung Trading', kind: 'name', quality: 'primary', script: 'Latn' }],
        births: [],
        places: [],
        identifiers: [],
        accounts: [],
        programmes: [],
        listedOn: null,
        amendedOn: [],
        remarks: null,
      },
    ]);
  });

  it('reads short forms: a date, an address, a place by its text', () => {
    const line = JSON.stringify({
      id: 'custom:house:2',
      kind: 'person',
      names: ['PARK, Jin Hyok', '박진혁', { full: 'Pak', quality: 'weak' }],
      births: ['1984-08-15', { from: '1981', to: '1984', approximate: true }],
      places: [
        { role: 'nationality', text: 'Korea, North' },
        { role: 'address', text: 'Dalian, China' },
        { role: 'citizenship', country: 'KP' },
        { role: 'birth', text: 'Nowhere' },
      ],
      accounts: [
        '0x098B716B8Aaf21512996dC57EB0615e2383E2f96',
        { code: 'XBT', address: '1FvPXjfPB6X3pFb9LpvCRtpBwL5ZBQQiMS' },
      ],
    });
    const [party] = read(`${HEADER}\r\n\r\n${line}`).parties;
    expect(party?.id).toBe('custom:house:2');
    expect(party?.names).toEqual([
      { full: 'PARK, Jin Hyok', kind: 'name', quality: 'primary', script: 'Latn' },
      { full: '박진혁', kind: 'aka', quality: 'strong', script: 'Hang' },
      { full: 'Pak', kind: 'aka', quality: 'weak', script: 'Latn' },
    ]);
    expect(party?.births).toEqual([
      { from: '1984-08-15', to: '1984-08-15', approximate: false },
      { from: '1981', to: '1984', approximate: true },
    ]);
    expect(party?.places.map(({ country }) => country)).toEqual(['KP', 'CN', 'KP', null]);
    expect(party?.accounts).toEqual([
      { code: null, address: '0x098B716B8Aaf21512996dC57EB0615e2383E2f96' },
      { code: 'XBT', address: '1FvPXjfPB6X3pFb9LpvCRtpBwL5ZBQQiMS' },
    ]);
  });

  it('rejects bad lines with their number and the reason, and keeps the others', () => {
    const { parties, rejects } = read(
      [
        HEADER,
        '{"id":"1","names":["A"]}',
        '{"id":"2","name":["B"]}',
        '{"id":"1","names":["C"]}',
        'not json',
        '{"id":"3","names":[]}',
        '{"id":"4","names":["D"],"births":["31/12/1970"]}',
        '{"id":"5","names":["E"],"births":[{"from":"1980","to":"1970"}]}',
        '{"id":"6","names":["F"],"places":[{"role":"birth"}]}',
        '{"id":"7","names":["G"],"list":"un-sc"}',
        '{"id":"8","names":["H"],"listedOn":"2026-02-30"}',
        '{"id":"9","names":["I"]}',
        '',
      ].join('\n'),
    );
    expect(parties.map(({ reference }) => reference)).toEqual(['1', '9']);
    expect(rejects.map(({ place }) => place)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11].map((line) => `line ${line}`));
    expect(rejects[0]?.reason).toMatch(/names: .*Unrecognized key: "name"/);
    expect(rejects[1]?.reason).toBe('id custom:house:1 again');
    expect(rejects[4]?.reason).toContain('births.0: must be YYYY');
    expect(rejects[5]?.reason).toBe('births.0: from is later than to');
    expect(rejects[6]?.reason).toBe('places.0: neither country nor text');
    expect(rejects[7]?.reason).toBe("list: un-sc is not the header's custom:house");
  });

  it.each([
    ['', 'line 1: not the header of a Cairn list: the file is empty'],
    ['{"id":"1","names":["A"]}\n', 'line 1: not the header of a Cairn list'],
    ['{"cairn-list":2,"list":"custom:a"}\n', 'cairn-list'],
    ['{"cairn-list":1,"list":"mine"}\n', 'must be ofac-sdn'],
    ['{"cairn-list":1,"list":"custom:a","issuedOn":"20 Nov 2026"}\n', 'issuedOn'],
    ['{"cairn-list":1,"list":"custom:a","title":"x"}\n', 'Unrecognized key: "title"'],
    ['<html>\n', 'not JSON'],
    [`${HEADER}\n`, 'the list holds no party'],
    [`${HEADER}\n{"id":"1","names":["A"]}\n{"id":"2","nam`, 'line 3: the file was cut off in the middle of a line'],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('refuses a line without end before it fills memory', () => {
    const parser = createCairnListParser(() => {});
    const piece = 'x'.repeat(1 << 20);
    expect(() => {
      for (let i = 0; i < 2048; i += 1) parser.write(piece);
    }).toThrow('line 1: longer than 16777216 characters');
  });
});

const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((each) => each.trim() !== '');
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const country = fc.constantFrom('KP', 'IR', 'RU', null);
const list = fc.constantFrom('ofac-sdn' as const, 'custom:house' as const);

const partyOf = (id: ListedParty['list']): fc.Arbitrary<ListedParty> =>
  fc.record({
    id: fc.uuid().map((each) => `${id}:${each}`),
    list: fc.constant(id),
    reference: text,
    kind: fc.constantFrom('person', 'organisation', 'vessel', 'aircraft', 'unknown'),
    names: fc.array(
      fc.record({
        full: text,
        kind: fc.constantFrom('name', 'aka', 'fka', 'nka'),
        quality: fc.constantFrom('primary', 'strong', 'weak'),
        script: fc.constantFrom('Latn', 'Hang', 'Zyyy'),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    births: fc.array(day.map((from) => ({ from, to: from.slice(0, 4), approximate: true }))),
    places: fc.array(fc.record({ role: fc.constantFrom('birth', 'address'), country, text }), { maxLength: 3 }),
    identifiers: fc.array(fc.record({ kind: text, value: text, country }), { maxLength: 3 }),
    accounts: fc.array(fc.record({ code: fc.option(text), address: text }), { maxLength: 3 }),
    programmes: fc.uniqueArray(text, { maxLength: 3 }),
    listedOn: fc.option(day),
    amendedOn: fc.array(day, { maxLength: 3 }).map((days) => days.toSorted()),
    remarks: fc.option(text),
  });

describe('formatCairnList', () => {
  it('law: what is written reads back the same, however the text arrives', () => {
    const lists = list.chain((id) =>
      fc.tuple(
        fc.record<CairnListHeader>({ list: fc.constant(id), issuedOn: fc.option(day), onlyPart: fc.option(text) }),
        fc.uniqueArray(partyOf(id), { minLength: 1, maxLength: 5, selector: (party) => party.id }),
        fc.array(fc.nat(3000), { maxLength: 10 }),
      ),
    );
    fc.assert(
      fc.property(lists, ([header, parties, cuts]) => {
        const back = read(formatCairnList(header, parties), cuts);
        expect(back).toEqual({ header, issuedOn: header.issuedOn, rejects: [], parties });
      }),
    );
  });

  it('refuses a party of another list', () => {
    const { parties } = read(`${HEADER}\n{"id":"1","names":["A"]}\n`);
    expect(() => formatCairnList({ list: 'un-sc', issuedOn: null, onlyPart: null }, parties)).toThrow(
      'party custom:house:1 is of list custom:house, the header of un-sc',
    );
  });
});
