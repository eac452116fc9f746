import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isCairnError } from '../errors.ts';
import { parseInstitutions } from './institution.ts';

const FILE = new URL('../../../data/record/institutions.json', import.meta.url);
const read = (): Record<string, unknown>[] => JSON.parse(readFileSync(FILE, 'utf8'));
const institutions = parseInstitutions(read());
const byId = (id: string) => institutions.find((one) => one.id === id);

function refusal(change: Record<string, unknown>): string {
  try {
    parseInstitutions([{ ...read()[0], ...change }]);
    return 'accepted';
  } catch (error) {
    if (!isCairnError(error)) throw error;
    return [error.code, ...error.hints].join(' | ');
  }
}

describe('the institutions on record', () => {
  test('the Panel of Experts ended on 30 April 2024, after a veto', () => {
    expect(byId('un-panel')).toMatchObject({ partOf: 'un-1718-committee', established: '2009', ended: '2024-04-30' });
    expect(byId('un-panel')?.endedBecause).toContain('28 March 2024');
  });

  test('only the Panel has an end on record', () => {
    expect(institutions.filter(({ ended }) => ended !== null).map(({ id }) => id)).toEqual(['un-panel']);
  });

  test('seven or eight experts is a conflict with a source on each side', () => {
    expect(byId('un-panel')?.conflicts).toMatchObject([
      {
        about: 'composition',
        sides: [{ says: expect.stringContaining('seven') }, { says: expect.stringContaining('eight') }],
      },
    ]);
  });

  test('the MSMT has eleven States', () => {
    expect(byId('msmt')?.members).toEqual([
      'Australia',
      'Canada',
      'France',
      'Germany',
      'Italy',
      'Japan',
      'Netherlands',
      'New Zealand',
      'Republic of Korea',
      'United Kingdom',
      'United States',
    ]);
  });

  test('denials of the DPRK are general knowledge: none was read', () => {
    expect(byId('dprk')?.facts).toMatchObject([{ about: 'replies', basis: 'general-knowledge', sources: [] }]);
  });
});

describe('a file of institutions that is not in order', () => {
  test.each([
    [{ ended: '2024-04-31', endedBecause: 'x' }, '[0].ended: no such date'],
    [{ ended: '2024' }, '[0].endedBecause: say why it ended'],
    [{ established: '2025', ended: '2024', endedBecause: 'x' }, '[0].ended: is before "established"'],
    [{ partOf: 'nobody' }, '[0].partOf: no other institution is called nobody'],
    [{ facts: [{ about: 'mandate', says: 'x', basis: 'source-read', sources: [] }] }, '[0].facts[0].basis: no source'],
    [{ conflicts: [{ about: 'end', says: 'x', sides: [] }] }, '[0].conflicts[0].sides: a conflict has two sides'],
    [{ address: 'x' }, '[0].address: no such field'],
  ])('%j', (change, message) => {
    expect(refusal(change)).toMatch(/^invalid-input \| /);
    expect(refusal(change)).toContain(message);
  });

  test('an id twice', () => {
    const first = read()[0];
    expect(() => parseInstitutions([first, first])).toThrow('institutions.json');
  });
});
