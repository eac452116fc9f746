import { describe, expect, it } from 'vitest';
import type { ListedName, ListedParty } from '../lists/party.ts';
import type { NameMatch, NameQuery } from './match.ts';
import { createNameIndex } from './name-index.ts';
import { DEFAULT_THRESHOLD } from './thresholds.ts';

/** Names as OFAC and the UN list them; the Kims stand for the hundreds there are. */
const LISTED: readonly (readonly [string, ListedParty['kind'], ...string[]])[] = [
  ['35096', 'person', 'PUTIN, Vladimir Vladimirovich'],
  ['20157', 'person', 'KIM, Jong Un'],
  ['24918', 'person', 'PARK, Jin Hyok', 'PAK, Jin Hek'],
  ['6365', 'person', 'BIN LADIN, Usama bin Muhammad bin Awad', 'BIN LADIN, Usama'],
  ['12606', 'person', 'QADHAFI, Muammar'],
  ['7133', 'person', 'MAHMOOD, Sultan Bashir-ud-Din'],
  ['29259', 'person', 'ZHANG, Xiaojun'],
  ['27307', 'organisation', 'LAZARUS GROUP'],
  ['9649', 'organisation', 'KOREA MINING DEVELOPMENT TRADING CORPORATION', 'KOMID'],
  ['48962', 'organisation', 'MAHAN GENERAL TRADING LLC'],
  ['51111', 'organisation', 'ANGLO-CARIBBEAN CO., LTD.'],
  ['51112', 'vessel', 'CORP'],
  ['6931', 'person', 'YASIN, Abdul Rahman'],
  ['777', 'person', 'IVANOV, Yuri'],
  ['888', 'person', 'ALI, Omar'],
];

function party(
  id: string,
  kind: ListedParty['kind'],
  names: readonly string[],
  more: Partial<ListedParty> = {},
): ListedParty {
  return {
    id: `ofac-sdn:${id}`,
    list: 'ofac-sdn',
    reference: id,
    kind,
    names: names.map((full, place) => listedName(full, place)),
    births: [],
    places: [],
    identifiers: [],
    accounts: [],
    programmes: [],
    listedOn: null,
    amendedOn: [],
    remarks: null,
    ...more,
  };
}

function listedName(full: string, place: number): ListedName {
  return { full, kind: place === 0 ? 'name' : 'aka', quality: place === 0 ? 'primary' : 'strong', script: 'Latn' };
}

const KIMS = Array.from({ length: 400 }, (_, place) =>
  party(`k${place}`, 'person', [`KIM, Chol ${'abcdefghijklmnopqrst'[place % 20]}u${place}`]),
);
const COMPANIES = Array.from({ length: 400 }, (_, place) =>
  party(`c${place}`, 'organisation', [`ZQX${place} Trading Corp`]),
);
const PARTIES = [...LISTED.map(([id, kind, ...names]) => party(id, kind, names)), ...KIMS, ...COMPANIES];
const INDEX = createNameIndex(PARTIES);

function ask(name: string, more: Partial<NameQuery> = {}, threshold = DEFAULT_THRESHOLD): readonly NameMatch[] {
  const found = INDEX.search({ name, kind: null, birth: null, countries: [], ...more }, { threshold, limit: 1000 });
  return found.kind === 'screened' ? found.matches : [];
}

/** The party's score, wherever it comes; 0: below 30. */
function scoreOf(name: string, id: string, more: Partial<NameQuery> = {}): number {
  return ask(name, more, 30).find(({ party }) => party.reference === id)?.score ?? 0;
}

describe('createNameIndex', () => {
  it('counts what it holds', () => {
    expect(INDEX.parties).toBe(PARTIES.length);
    expect(INDEX.names).toBe(PARTIES.reduce((sum, { names }) => sum + names.length, 0));
  });

  it.each([
    ['Владимир Путин', '35096'],
    ['Владимир Владимирович Путин', '35096'],
    ['김정은', '20157'],
    ['김 정은', '20157'],
    ['박진혁', '24918'],
    ['أسامة بن لادن', '6365'],
    ['معمر القذافي', '12606'],
    ['عمر علي', '888'],
    ['عبد الرحمن ياسين', '6931'],
    ['张晓军', '29259'],
    ['Юрий Иванов', '777'],
  ])('finds %s under its Latin name', (name, id) => {
    expect(ask(name)[0]?.party.reference).toBe(id);
  });

  it.each([
    ['vladimir putin', '35096'],
    ['Wladimir Putin', '35096'],
    ['Vladimir Vladimirovich Putni', '35096'],
    ['Kim Jongun', '20157'],
    ['Jong-un Kim', '20157'],
    ['Gim Jeongeun', '20157'],
    ['Jin-hyok Park', '24918'],
    ['Osama bin Laden', '6365'],
    ['Moammar Gaddafi', '12606'],
    ['Muammar al-Kadhafi', '12606'],
    ['Sultan Bashiruddin Mahmood', '7133'],
    ['Abdulrahman Yasin', '6931'],
    ['Iouri Ivanoff', '777'],
    ['Lazarus Grp', '27307'],
    ['Korea Mining Developement Trading Corp', '9649'],
    ['Anglo Caribbean Company Limited', '51111'],
    ['Рutin Vladimir', '35096'],
  ])('finds %s', (name, id) => {
    expect(ask(name)[0]?.party.reference).toBe(id);
  });

  it('does not take a legal form or a trade for a name', () => {
    for (const name of ['Corp', 'CORP.', 'Ltd', 'Trading Corp', 'General Trading LLC', 'Co., Ltd']) {
      expect(ask(name), name).toEqual([]);
    }
  });

  it('does not take a family name that hundreds have for one of them', () => {
    expect(ask('Kim')).toEqual([]);
    const asked = INDEX.search({ name: 'Kim', kind: null, birth: null, countries: [] });
    expect(asked).toMatchObject({ notes: [expect.stringContaining('too short or too common')] });
    expect(ask('Ли')).toEqual([]);
  });

  it.each([
    'John Smith',
    'Maria Garcia Lopez',
    'Ivan Petrov',
    'Vladimir Kuznetsov',
    'Pavel Putin',
    'Kim Min Su',
    'Acme Trading Corp',
    'Blue Ocean Shipping Ltd',
  ])('shows nothing for %s', (name) => {
    expect(ask(name)).toEqual([]);
  });

  it('grades: each departure costs, and none reaches the score of the identical name', () => {
    const scores = [
      'PUTIN, Vladimir Vladimirovich',
      'Putin Wladimir Wladimirowich',
      'Vladimir Putin',
      'Vladimir Putn',
      'Vladimir Piotr Putn',
      'Vladimir Kuznetsov',
    ].map((name) => scoreOf(name, '35096'));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(new Set(scores).size).toBe(scores.length);
    expect(scores[0]).toBe(96);
  });
});

describe('qualifiers', () => {
  const BORN = { from: '1952-10-07', to: '1952-10-07', approximate: false } as const;
  const one = createNameIndex([
    party('35096', 'person', ['PUTIN, Vladimir'], {
      births: [BORN],
      places: [{ role: 'nationality', country: 'RU', text: 'Russia' }],
    }),
  ]);
  const score = (more: Partial<NameQuery>, name = 'Putin, Vladimir'): number => {
    const found = one.search({ name, kind: null, birth: null, countries: [], ...more }, { threshold: 0 });
    return found.kind === 'screened' ? (found.matches[0]?.score ?? 0) : Number.NaN;
  };
  const year = (text: string) => ({ from: text, to: text, approximate: false });

  it('an identical name reaches 100 only where qualifiers agree', () => {
    expect(score({})).toBe(96);
    expect(score({ kind: 'person' })).toBe(97);
    expect(score({ countries: ['RU'] })).toBe(99);
    expect(score({ birth: BORN })).toBe(99);
    expect(score({ birth: year('1952') })).toBe(98);
    expect(score({ kind: 'person', birth: BORN, countries: ['RU', 'BY'] })).toBe(100);
  });

  it('disagreement costs, a year more than a day', () => {
    expect(score({ birth: { from: '1952-07-10', to: '1952-07-10', approximate: false } })).toBe(86);
    expect(score({ birth: year('1970') })).toBe(76);
    expect(score({ countries: ['BR'] })).toBe(90);
    expect(score({ kind: 'vessel' })).toBe(81);
    expect(score({ kind: 'unknown' })).toBe(96);
  });

  it('takes an approximate date to lie within a year', () => {
    expect(score({ birth: { ...year('1953'), approximate: true } })).toBe(98);
    expect(score({ birth: { ...year('1955'), approximate: true } })).toBe(76);
  });

  it('the same date of birth does not make another name the same', () => {
    expect(score({ kind: 'person', birth: BORN, countries: ['RU'] }, 'Pavel Kuznetsov')).toBe(0);
  });

  it('a weak alias finds less than a strong one', () => {
    const names: ListedName[] = [listedName('KOMID', 0), { ...listedName('ZQARTIS BULTOV', 1), quality: 'weak' }];
    const index = createNameIndex([{ ...party('1', 'organisation', []), names }]);
    const found = index.search({ name: 'Zqartis Bultov', kind: null, birth: null, countries: [] });
    expect(found).toMatchObject({ matches: [{ score: 88, name: { quality: 'weak' } }] });
  });
});

describe('what an answer says', () => {
  it('which words matched which, and every point', () => {
    const [match] = ask('Bashiruddin Mahmod', {}, 60);
    expect(match?.pairs).toEqual([
      { query: 'bashiruddin', name: 'bashir ud din', likeness: 0.98, how: 'joined' },
      {
        query: 'mahmod',
        name: 'mahmood',
        likeness: expect.any(Number),
        how: expect.stringMatching(/typo|sounds-alike/),
      },
      { query: null, name: 'sultan', likeness: 0, how: 'unmatched' },
    ]);
    expect(match?.steps.map(({ what }) => what)).toEqual(['words alike', 'only in the listed name', 'name alone']);
  });

  it('that Arabic was compared without vowels', () => {
    expect(INDEX.search({ name: 'محمد', kind: null, birth: null, countries: [] })).toMatchObject({
      scripts: [{ script: 'Arab', reading: 'measured' }],
      notes: expect.arrayContaining([expect.stringContaining('leaves vowels out')]),
    });
    expect(ask('معمر القذافي')[0]?.steps.map(({ what }) => what)).toContain('transliterated');
  });

  it('that nothing can be said, instead of no match', () => {
    for (const name of ['', '12345', '\u{10600}\u{10601}', 'x'.repeat(10_000)]) {
      expect(INDEX.search({ name, kind: null, birth: null, countries: [] }).kind, name.slice(0, 9)).toBe(
        'unscreenable',
      );
    }
  });

  it('how many more there are than the limit', () => {
    const query = { name: 'Kim Chol', kind: null, birth: null, countries: [] };
    const all = INDEX.search(query, { threshold: 60, limit: 1000 });
    const some = INDEX.search(query, { threshold: 60, limit: 3 });
    if (all.kind !== 'screened' || some.kind !== 'screened') throw new Error('must be screened');
    expect(some.matches).toEqual(all.matches.slice(0, 3));
    expect(some.more).toBe(all.matches.length - 3);
    expect(some.more).toBeGreaterThan(100);
  });

  it('that a listed party has no name to compare', () => {
    const index = createNameIndex([party('1', 'vessel', ['7-28']), party('2', 'person', ['PUTIN, Vladimir'])]);
    expect(index.notCompared).toBe('1 listed party has no name that can be read');
  });

  it.each([{ threshold: -1 }, { threshold: 101 }, { threshold: Number.NaN }, { limit: 0 }, { limit: 1.5 }])(
    'refuses %j',
    (options) => {
      expect(() => INDEX.search({ name: 'Putin', kind: null, birth: null, countries: [] }, options)).toThrow(/must be/);
    },
  );
});
