import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findProblems, parseIncident } from './check-incident.ts';
import type { Incident } from './incident.ts';
import type { Registry } from './registry.ts';
import { readRegistry } from './sources/index.ts';

const RECORD = new URL('../../../data/record/', import.meta.url).pathname;
const registry: Registry = readRegistry(RECORD);

const file = (slug: string) => JSON.parse(readFileSync(`${RECORD}incidents/${slug}.json`, 'utf8'));
const problems = (slug: string, change: (incident: Incident) => unknown): readonly string[] => {
  const incident = structuredClone(file(slug));
  change(incident);
  return findProblems(incident, registry).map(({ field, message }) => `${field}: ${message}`);
};

describe('a contributor’s incident', () => {
  test('every incident that ships is in order', () => {
    expect(registry.incidents.length).toBeGreaterThanOrEqual(329);
    const wrong = registry.incidents.flatMap((one) => findProblems(one, registry).map((p) => `${one.slug} ${p.field}`));
    expect(wrong).toEqual([]);
  });

  test.each(['2022-02-30', '2022-13', '22-03-23', '2022-03-23T00:00:00Z', 'March 2022', '2021-02-29'])(
    'the date %s is refused, with how to write one',
    (date) => {
      const found = problems('ronin-2022', (incident) => Object.assign(incident.date, { value: date }));
      expect(found).toEqual([expect.stringMatching(/^date\.value: no such date: write 2022-03-23/)]);
    },
  );

  test('a date before any chain is taken for a slip', () => {
    expect(problems('ronin-2022', ({ date }) => Object.assign(date, { value: '2002-03-23' }))).toEqual([
      expect.stringContaining('date.value: before the first block'),
    ]);
  });

  test.each([
    ['0x098B716B8Aaf21512996dC57EB0615e2383E2f97', 'checksum'],
    ['0x098b716b8aaf21512996dc57eb0615e2383e2f9', '39'],
    ['TKSitnfTLVMRbJsF1i2UH5hNUeHLDrXDiY', 'not an address of Ethereum'],
    ['lazarus.eth', 'naming service'],
  ])('the address %s is refused', (address, why) => {
    const found = problems('ronin-2022', ({ accounts }) => Object.assign(accounts[0] ?? {}, { address }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^accounts\[0\]\.address: '/);
    expect(found[0]).toContain(why);
  });

  test('a missing source is named: none at all, one that is not in the catalogue, one that the incident does not list', () => {
    expect(problems('ronin-2022', (incident) => Object.assign(incident, { sources: [] }))).toContain(
      'sources: an incident names at least one source',
    );
    expect(problems('ronin-2022', ({ amounts }) => Reflect.deleteProperty(amounts[0] ?? {}, 'sources'))).toEqual([
      expect.stringMatching(/^amounts\[0\]\.sources: a claim names its sources/),
    ]);
    expect(problems('ronin-2022', ({ sources }) => sources.push({ id: 'nowhere', read: 'original' }))).toEqual([
      expect.stringMatching(/^sources\[\d+\]\.id: no source nowhere in sources\.json: add it there first/),
    ]);
    expect(
      problems('ronin-2022', ({ amounts }) => Object.assign(amounts[0] ?? {}, { sources: ['msmt-2025'] })),
    ).toEqual(["amounts[0].sources: msmt-2025 is not among the incident's sources: add it there"]);
  });

  test('an unknown technique, actor, chain, country, edition and incident are named', () => {
    const found = problems('ronin-2022', (incident) => {
      Object.assign(incident.techniques, { value: { ids: ['T9999'], basis: 'mapped' } });
      Object.assign(incident.actor, { value: 'nobody' });
      Object.assign(incident.chains, { value: { names: ['Etherium'], more: false } });
      Object.assign(incident.listedIn[0] ?? {}, { edition: 'un-1999' });
      incident.related.push({ slug: 'nothing-2020', how: 'same day' });
    });
    expect(found).toEqual([
      expect.stringMatching(/^chains\.value\.names\[0\]: no chain is called Etherium here: write one of Ethereum/),
      expect.stringMatching(/^actor\.value: no actor nobody in actors\.json/),
      expect.stringMatching(/^techniques\.value\.ids\[0\]: no technique T9999 in techniques\.json: check the id/),
      'listedIn[0].edition: no edition un-1999 in aggregates.json',
      `related[${file('ronin-2022').related.length}].slug: no other incident is called nothing-2020`,
    ]);
    expect(problems('ronin-2022', ({ victim }) => Object.assign(victim.country, { value: 'XX' }))).toEqual([
      'victim.country.value: not a country: write ISO 3166-1 alpha-2, "KR"',
    ]);
  });

  test('a preferred amount is one of the whole loss, in dollars', () => {
    expect(problems('ronin-2022', ({ preferredAmount }) => Object.assign(preferredAmount, { id: 'nobody' }))).toEqual([
      expect.stringContaining('preferredAmount.id: no amount nobody'),
    ]);
    expect(problems('ronin-2022', ({ amounts }) => Object.assign(amounts[0] ?? {}, { usd: '620,000,000' }))).toEqual([
      expect.stringContaining('amounts[0].usd: write dollars and cents without grouping'),
    ]);
  });

  test('an unknown value gives its reason, and a known one its sources', () => {
    expect(problems('ronin-2022', (incident) => Object.assign(incident, { actor: { value: null } }))).toEqual([
      'actor.because: say why the value is not known',
    ]);
    expect(problems('ronin-2022', (incident) => Object.assign(incident, { actor: { value: 'kimsuky' } }))).toEqual([
      'actor.sources: a claim names its sources',
    ]);
  });

  test('a grade needs a source that was read', () => {
    const found = problems('ronin-2022', (incident) => {
      for (const source of incident.sources) source.read = 'summary';
    });
    expect(found).toContain(
      'amounts[0].grade: none of its sources was read in the original or a copy: remove the grade',
    );
  });

  test('what is no incident at all is refused in one message', () => {
    for (const value of [null, [], 'x', {}, 7]) {
      expect(() => parseIncident(value, registry, 'mine.json')).toThrow(
        /mine\.json: \d+ fields? (is|are) not as they must be/,
      );
    }
    expect(problems('ronin-2022', (incident) => Object.assign(incident, { vitcim: 1 }))).toEqual([
      'vitcim: no such field: remove it',
    ]);
    const { victim, ...rest } = file('ronin-2022') as Incident;
    const unfit = {
      ...rest,
      notes: 'none',
      attribution: { ...rest.attribution, grade: 'proven' },
      preferredAmount: 'un',
    };
    expect(findProblems(unfit, registry).map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'victim: it is missing: write an object in { }',
      'preferredAmount: write { "id": the id of one of "amounts", "because": why }; id is null where there is none',
      'attribution.grade: use one of: government, un-report, private, suspected',
      'notes: write a list in [ ]',
    ]);
    expect(victim.kind).toBe('organisation');
  });
});

describe('a private victim stays anonymous', () => {
  const PRIVATE = 'individual-2025-02-5';

  test('a name, however it comes, is refused with the fix', () => {
    expect(problems(PRIVATE, ({ victim }) => Object.assign(victim, { name: 'Kim Example' }))).toEqual([
      'victim.name: a private person is never named or described: remove it',
    ]);
    expect(
      problems(PRIVATE, (incident) =>
        Object.assign(incident, { victim: { ...incident.victim, kind: 'organisation', name: 'Kim Example' } }),
      ),
    ).toEqual([
      expect.stringContaining('victim.kind: a single person is recorded as "private-person", without a name'),
    ]);
    expect(problems(PRIVATE, (incident) => Object.assign(incident, { slug: 'kim-example-2025' }))).toContain(
      'slug: a private person’s record is called individual-YYYY-MM-N',
    );
  });

  test.each<[string, (incident: Incident) => unknown]>([
    ['notes[0]', ({ notes }) => notes.push('Kim Example, founder')],
    ['date.note', ({ date }) => Object.assign(date, { note: 'as Kim Example said' })],
    ['amounts[0].by', ({ amounts }) => Object.assign(amounts[0] ?? {}, { by: 'Kim Example' })],
    ['attribution.claims[0].by', ({ attribution }) => Object.assign(attribution.claims[0] ?? {}, { by: 'Kim' })],
    ['preferredAmount.because', ({ preferredAmount }) => Object.assign(preferredAmount, { because: 'Kim said so' })],
    ['actorsBySource[0].as', ({ actorsBySource }) => Object.assign(actorsBySource[0] ?? {}, { as: 'who robbed Kim' })],
    [
      'chains.value.names[0]',
      ({ chains }) => Object.assign(chains, { value: { names: ['Kim Example'], more: false } }),
    ],
    ['sources[0].where', ({ sources }) => Object.assign(sources[0] ?? {}, { where: 'line 12' })],
    ['victim.country.because', ({ victim }) => Object.assign(victim.country, { because: 'Kim lives in Seoul' })],
    ['readThrough[0]', ({ readThrough }) => readThrough.push('Kim told us')],
    ['related[0].how', ({ related }) => related.push({ slug: 'bybit-2025', how: 'Kim worked there' })],
    ['conflicts[0].says', ({ conflicts }) => conflicts.push({ field: 'date', says: 'Kim says May' })],
  ])('%s takes no free text', (field, change) => {
    expect(problems(PRIVATE, change).map((one) => one.split(':')[0])).toContain(field);
  });

  test('accounts, transactions and links that lead to one case are refused', () => {
    const found = problems(PRIVATE, (incident) => {
      incident.accounts.push(...file('ronin-2022').accounts.slice(0, 1));
      incident.sources.push({ id: 'lazarus-day-bybit', read: 'not-read' });
    });
    expect(found).toContain('accounts: what it received shows who paid it: leave it out of a private person’s record');
    expect(found.join('\n')).toContain('it leads to the person: cite only sources that cover many incidents');
  });

  test('no link, handle, address or free text is in any private person’s record that ships', () => {
    const records = registry.incidents.filter(({ victim }) => victim.kind === 'private-person');
    expect(records).toHaveLength(100);
    const publishers = new Set([...registry.sources.publishers.values()].map(({ name }) => name));
    for (const record of records) {
      const text = JSON.stringify(record);
      expect(text).not.toMatch(
        /https?:|t\.me|x\.com|"@|\W@\w|0x[0-9a-f]{8}|\.eth\b|"name"|"described"|"description"|"note"/i,
      );
      expect(Object.keys(record.victim).sort()).toEqual(['country', 'kind', 'type']);
      expect([record.accounts, record.transactions, record.notes, record.conflicts, record.laundering]).toEqual([
        [],
        [],
        [],
        [],
        [],
      ]);
      for (const { id } of record.sources) expect(registry.sources.sources.get(id)?.collection).toBe(true);
      for (const { by } of [...record.amounts, ...record.attribution.claims]) expect(publishers).toContain(by);
    }
  });
});
