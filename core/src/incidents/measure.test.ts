import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isCairnError } from '../errors.ts';
import { isPartialDate } from './claim.ts';
import { parseInstitutions } from './institution.ts';
import { parseMeasures } from './measure.ts';

const RECORD = new URL('../../../data/record/', import.meta.url);
const json = (name: string) => JSON.parse(readFileSync(new URL(name, RECORD), 'utf8'));
const read = (): Record<string, unknown>[] => json('measures.json');
const measures = parseMeasures(read());
const byId = (id: string) => measures.find((one) => one.id === id);

function refusal(change: Record<string, unknown>): string {
  try {
    parseMeasures([{ ...read()[0], ...change }]);
    return 'accepted';
  } catch (error) {
    if (!isCairnError(error)) throw error;
    return [error.code, ...error.hints].join(' | ');
  }
}

describe('the measures on record', () => {
  test('each names incidents and institutions that the record has', () => {
    const slugs = new Set(readdirSync(new URL('incidents/', RECORD)).map((name) => name.replace('.json', '')));
    const bodies = new Set(parseInstitutions(json('institutions.json')).map(({ id }) => id));
    expect(slugs.size).toBeGreaterThanOrEqual(329);
    expect(measures.flatMap(({ incidents }) => incidents).filter((slug) => !slugs.has(slug))).toEqual([]);
    expect(measures.flatMap(({ by }) => by).filter((id) => !bodies.has(id))).toEqual([]);
  });

  test('each has a date that exists, or none and a reason', () => {
    expect(measures.filter(({ on }) => on !== null && !isPartialDate(on))).toEqual([]);
    expect(measures.filter(({ on }) => on === null).map(({ id }) => id)).toEqual(['24-cr-20061']);
  });

  test('they stand in the order of time', () => {
    const dates = measures.map(({ on }) => on ?? '9999');
    expect(dates).toEqual([...dates].sort());
  });

  test('fourteen reports of the Panel, from February 2017 to March 2024', () => {
    const reports = measures.filter(
      ({ kind, by, id }) => kind === 'report' && by.includes('un-panel') && /-s-/.test(id),
    );
    expect(reports).toHaveLength(14);
    expect(reports[0]).toMatchObject({ on: '2017-02-27', title: 'S/2017/150, final report' });
    expect(reports.at(-1)).toMatchObject({ on: '2024-03-07', title: 'S/2024/215, final report' });
  });

  test.each([
    ['fbi-ronin', '2022-04-14', ['ronin-2022']],
    ['fbi-harmony', '2023-01-23', ['harmony-2022']],
    ['fbi-2023-08', '2023-08-22', ['atomic-wallet-2023', 'alphapo-2023', 'coinspaid-2023']],
    ['fbi-stake', '2023-09-06', ['stake-2023']],
    ['fbi-dc3-npa-dmm', '2024-12-23', ['dmm-bitcoin-2024']],
    ['fbi-bybit', '2025-02-26', ['bybit-2025']],
    ['knpa-upbit', '2024-11-21', ['upbit-2019']],
    ['ofac-tornado-cash', '2022-08-08', ['ronin-2022', 'harmony-2022', 'nomad-2022']],
    ['ofac-tornado-cash-delisted', '2025-03-21', []],
    ['panel-renewal-vetoed', '2024-03-28', []],
    ['panel-mandate-ends', '2024-04-30', []],
  ])('%s was on %s', (id, on, incidents) => {
    expect(byId(id)).toMatchObject({ on, incidents });
  });

  test('what rests on general knowledge says so', () => {
    expect(byId('msmt-formed')).toMatchObject({ on: '2024-10-16', generalKnowledge: ['day'] });
    const unread = measures.filter(({ sources }) => sources.length === 0);
    expect(unread.map(({ id }) => id).sort()).toEqual([
      'chipmixer-seized',
      'ofac-kimsuky',
      'ofac-kmctc-ryujong',
      'ofac-park-chosun-expo',
      'ofac-song-kum-hyok',
    ]);
    expect(unread.every(({ generalKnowledge }) => generalKnowledge.includes('everything'))).toBe(true);
  });
});

describe('a file of measures that is not in order', () => {
  test.each([
    [{ on: '2023-02-29' }, '[0].on: no such date'],
    [{ on: null }, '[0].note: it has no date: say why'],
    [{ kind: 'sanction' }, '[0].kind: '],
    [{ by: [] }, '[0].by: say who took it'],
    [{ sources: [] }, '[0].sources: no source of it was read'],
    [{ incidents: ['ronin-2022', 'ronin-2022'] }, '[0].incidents: an incident stands twice'],
    [{ incidents: ['Ronin 2022'] }, '[0].incidents[0]: write lower-case letters'],
    [{ precision: 'day' }, '[0].precision: no such field'],
  ])('%j', (change, message) => {
    expect(refusal(change)).toMatch(/^invalid-input \| /);
    expect(refusal(change)).toContain(message);
  });

  test('an id twice', () => {
    const first = read()[0];
    expect(() => parseMeasures([first, first])).toThrow('measures.json');
  });
});
