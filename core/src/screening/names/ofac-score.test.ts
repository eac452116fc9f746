import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListedParty } from '../lists/party.ts';
import type { NameQuery } from './match.ts';
import { OFAC_FLOOR, ofacScore } from './ofac-score.ts';
import { createOfacCompatibleSearch } from './ofac-score-search.ts';
import { editSimilarity, jaro, jaroWinkler, soundex, soundexAgreement } from './ofac-score-strings.ts';

const SCORES = join(import.meta.dirname, '../../../../data/lists/ofac/official-search-scores.csv');

/** `query,result,score`; the names have commas only inside quotes. */
const ROWS = readFileSync(SCORES, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const fields = [...line.matchAll(/("([^"]*)"|[^,]*)(?:,|$)/g)].map((found) => found[2] ?? found[1] ?? '');
    return { query: fields[0] as string, name: fields[1] as string, score: Number(fields[2]) };
  });

/** −1 is "not returned": right where we stay under the lowest score that OFAC speaks of. */
function difference({ query, name, score }: (typeof ROWS)[number]): number {
  const ours = ofacScore(query, name);
  if (score >= 0) return ours - score;
  return ours < OFAC_FLOOR ? 0 : ours;
}

describe("against OFAC's own scores", () => {
  test('at least 90 % within 5 points, mean difference at most 2', () => {
    expect(ROWS).toHaveLength(89);
    const differences = ROWS.map(difference).map(Math.abs);
    expect(differences.filter((points) => points <= 5).length / 89).toBeGreaterThanOrEqual(0.9);
    expect(differences.reduce((sum, points) => sum + points, 0) / 89).toBeLessThanOrEqual(2);
  });

  test('scores that others saw on the live search, none of them in the file', () => {
    // moov-io/watchman issue 338: one answer for "emma daniels", EMMA at 87.
    expect(ofacScore('emma daniels', 'EMMA')).toBe(87);
    // moov-io/watchman issue 115: nothing at 80 or above for "George Bush".
    for (const name of ['HABBASH, George', 'HASWANI, George', 'CHIWESHE, George']) {
      expect(ofacScore('George Bush', name)).toBeLessThan(80);
    }
    // moov-io/watchman docs/methodology: 100 for "Khamis Al".
    for (const name of ['ALESSAWI, Khamis F Ali', 'DR. KHAMIS', 'ELSSEID, Sami Ben Khamis Ben Saleh']) {
      expect(ofacScore('Khamis Al', name)).toBe(100);
    }
  });
});

describe('ofacScore', () => {
  test('a name without a letter scores 0, and so does a name in another script', () => {
    expect(ofacScore('', 'PUTIN, Vladimir')).toBe(0);
    expect(ofacScore('PUTIN', '')).toBe(0);
    expect(ofacScore('--', '--')).toBe(0);
    expect(ofacScore('Владимир Путин', 'PUTIN, Vladimir')).toBe(0);
  });

  test('one letter counts where it is all there is, and not beside longer parts', () => {
    expect(ofacScore('Z', 'ALBARRAQ Z')).toBe(100);
    expect(ofacScore('Z', 'ZHANG, Wei')).toBe(0);
    expect(ofacScore('PUTIN V', 'PUTIN, Maria')).toBe(100);
  });

  test('case, accents and apostrophes are nothing', () => {
    expect(ofacScore("o'brién", 'O’BRIEN')).toBe(100);
  });

  test('law: a name scores 100 against itself, and all scores lie in 0–100', () => {
    const name = fc.array(fc.stringMatching(/^[A-Za-z]{1,9}$/), { minLength: 1, maxLength: 4 }).map((p) => p.join(' '));
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(ofacScore(one, one)).toBe(100);
        const score = ofacScore(one, other);
        expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true);
      }),
    );
  });
});

describe('the measures, by published examples', () => {
  test('Jaro and Jaro-Winkler', () => {
    expect(jaro('MARTHA', 'MARHTA')).toBeCloseTo(0.9444, 4);
    expect(jaro('DWAYNE', 'DUANE')).toBeCloseTo(0.8222, 4);
    expect(jaro('DIXON', 'DICKSONX')).toBeCloseTo(0.7667, 4);
    expect(jaroWinkler('MARTHA', 'MARHTA', 4)).toBeCloseTo(0.9611, 4);
    expect(jaroWinkler('DIXON', 'DICKSONX', 4)).toBeCloseTo(0.8133, 4);
    expect(jaro('', 'A')).toBe(0);
    expect(jaro('', '')).toBe(0);
  });

  test('law: Jaro is symmetric where no letter repeats', () => {
    const letters = fc.uniqueArray(fc.constantFrom(...'ABCDEFGHIJ'), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        expect(jaro(a, b)).toBeCloseTo(jaro(b, a), 12);
      }),
    );
  });

  test('Soundex, by the examples of the National Archives', () => {
    const codes = {
      WASHINGTON: 'W252',
      LEE: 'L000',
      GUTIERREZ: 'G362',
      PFISTER: 'P236',
      JACKSON: 'J250',
      TYMCZAK: 'T522',
    };
    for (const [name, code] of Object.entries(codes)) expect(soundex(name)).toBe(code);
    expect(soundex('ASHCRAFT')).toBe('A261');
    expect(soundex('')).toBe('');
    expect(soundexAgreement('P350', 'P450')).toBe(0.75);
  });

  test('edit similarity', () => {
    expect(editSimilarity('KITTEN', 'SITTING')).toBeCloseTo(1 - 3 / 7, 12);
    expect(editSimilarity('', '')).toBe(0);
    expect(editSimilarity('A', '')).toBe(0);
  });
});

describe('createOfacCompatibleSearch', () => {
  const NAMES = [...new Set(ROWS.map(({ name }) => name))];
  const search = createOfacCompatibleSearch(NAMES.map((full, i) => party(`ofac-sdn:${i}`, full)));
  const ask = (name: string, rest: Partial<NameQuery> = {}): NameQuery => ({
    name,
    kind: null,
    birth: null,
    countries: [],
    ...rest,
  });

  test('finds exactly the names that ofacScore puts at or above the threshold, for every query of the file', () => {
    for (const query of new Set(ROWS.map((row) => row.query))) {
      const found = search.search(ask(query), { threshold: 70, limit: 1000 });
      if (found.kind === 'unscreenable') {
        expect(query).toMatch(/\p{Script=Cyrillic}/u);
        continue;
      }
      const ours = found.matches.map(({ name, score }) => [name.full, score]);
      const each = NAMES.map((name) => [name, ofacScore(query, name)] as const).filter(([, score]) => score >= 70);
      expect(new Map(ours as [string, number][])).toEqual(new Map(each));
      expect(ours.length).toBe(each.length);
    }
  });

  test('says which measure gave the score, and the steps add up to it', () => {
    const found = search.search(ask('OSAMA BIN LADEN'), { threshold: 80 });
    if (found.kind !== 'screened') throw new Error('not screened');
    const byName = new Map(found.matches.map((match) => [match.name.full, match]));
    expect(byName.get('BIN LADIN, Osama')?.steps[0]?.what).toBe('name parts');
    expect(byName.get('BIN LADIN, Osama')?.pairs.map(({ how }) => how)).toEqual(['same', 'same', 'sounds-alike']);
    expect(byName.get('OSAMA TRADING COMPANY LTD')?.steps[0]?.what).toBe('whole names');
    for (const { score, steps } of found.matches) {
      expect(steps.reduce((sum, { points }) => sum + points, 0)).toBe(score);
    }
  });

  test('a name it cannot compare is said to be so', () => {
    expect(search.search(ask('Владимир Путин')).kind).toBe('unscreenable');
    expect(search.search(ask('...')).kind).toBe('unscreenable');
  });

  test('qualifiers change nothing, and it says so; a limit says how many more there are', () => {
    const plain = search.search(ask('VLADIMIR PUTIN'), { limit: 1 });
    const more = search.search(ask('VLADIMIR PUTIN', { countries: ['KP'] }), { limit: 1 });
    if (plain.kind !== 'screened' || more.kind !== 'screened') throw new Error('not screened');
    expect(more.matches).toEqual(plain.matches);
    expect(more.notes.join()).toContain('change nothing');
    expect(plain.more).toBeGreaterThan(0);
  });

  test('a threshold under the lowest that OFAC knows is raised to it, and it says so', () => {
    const found = search.search(ask('JOHN SMITH'), { threshold: 10, limit: 1000 });
    if (found.kind !== 'screened') throw new Error('not screened');
    expect(Math.min(...found.matches.map(({ score }) => score))).toBeGreaterThanOrEqual(OFAC_FLOOR);
    expect(found.notes.join()).toContain('nothing under 50');
  });

  test.each([0, 2.5, -1])('a limit of %s is refused: of none shown nobody could tell whether there is one', (limit) => {
    expect(() => search.search(ask('Kim'), { limit })).toThrow(/limit must be a whole number of 1 or more/);
  });

  test('a name of 10,000 characters is answered by its beginning', () => {
    const found = search.search(ask('PUTIN '.repeat(1700)));
    expect(found.kind === 'screened' && found.notes.join()).toContain('first 300 characters');
  });
});

function party(id: string, full: string): ListedParty {
  return {
    id,
    list: 'ofac-sdn',
    reference: id,
    kind: 'unknown',
    names: [{ full, kind: 'name', quality: 'primary', script: 'Latn' }],
    births: [],
    places: [],
    identifiers: [],
    accounts: [],
    programmes: [],
    listedOn: null,
    amendedOn: [],
    remarks: null,
  };
}
