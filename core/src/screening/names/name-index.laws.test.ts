import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ListedParty } from '../lists/party.ts';
import { readListFiles } from '../sources/read-list.ts';
import { assignTokens } from './assign.ts';
import { createTally, findCandidates } from './candidates.ts';
import { type IndexedName, type IndexedNames, indexNames } from './indexed-names.ts';
import { likenessOf } from './likeness.ts';
import type { NameIndex, NameMatch } from './match.ts';
import { createNameIndex } from './name-index.ts';
import { queryUnits } from './query-units.ts';
import { readName } from './read-name.ts';
import { nameSteps, reachOf, sumOf } from './score-name.ts';
import { prepareToken } from './token.ts';

/** The UN list as shipped: 1,003 real parties. */
const UN = join(import.meta.dirname, '../../../../data/lists/un/consolidated-2026-02-27.xml');

let parties: readonly ListedParty[];
let index: NameIndex;
let inner: IndexedNames;

beforeAll(async () => {
  parties = (await readListFiles([UN], {})).parties;
  index = createNameIndex(parties);
  inner = indexNames(parties);
});

const LETTERS = [...'abdeghiklmnorstuyz'];
const words = fc.array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 9 }).map((letters) => letters.join(''));

/** Listed words, listed words misspelt, and any words. */
function queries(): fc.Arbitrary<string> {
  const listed = parties.flatMap(({ names }) => names.map(({ full }) => full));
  const misspelt = fc
    .tuple(fc.constantFrom(...listed), fc.nat(), fc.constantFrom(...LETTERS), fc.constantFrom('put', 'change', 'drop'))
    .map(([name, where, letter, how]) => {
      const at = where % name.length;
      return how === 'put'
        ? name.slice(0, at) + letter + name.slice(at)
        : name.slice(0, at) + (how === 'drop' ? '' : letter) + name.slice(at + 1);
    });
  const mixed = fc.array(fc.oneof(words, fc.constantFrom(...listed.flatMap((name) => name.split(' ')))), {
    minLength: 1,
    maxLength: 5,
  });
  return fc.oneof(
    misspelt,
    mixed.map((parts) => parts.join(' ')),
  );
}

function ask(asked: NameIndex, name: string, threshold: number): readonly NameMatch[] {
  const found = asked.search({ name, kind: null, birth: null, countries: [] }, { threshold, limit: 5000 });
  return found.kind === 'screened' ? found.matches : [];
}

describe('laws of name screening', () => {
  it('every score lies in 0 to 100 and is the sum of its steps, in tenths', () => {
    fc.assert(
      fc.property(queries(), (name) => {
        for (const { score, steps, pairs } of ask(index, name, 40)) {
          expect(score).toBeGreaterThanOrEqual(40);
          expect(score).toBeLessThanOrEqual(96);
          expect(Math.round(steps.reduce((sum, { points }) => sum + points, 0) * 10) / 10).toBe(score);
          expect(pairs.every(({ likeness }) => likeness >= 0 && likeness <= 1)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a listed name finds its own party, and nothing scores that party higher', () => {
    fc.assert(
      fc.property(fc.constantFrom(...parties), queries(), (party, other) => {
        const own = ask(index, party.names[0]?.full ?? '', 0).find((match) => match.party === party);
        expect(own).toBeDefined();
        expect(own?.pairs.every(({ likeness }) => likeness === 1)).toBe(true);
        const others = ask(index, other, 40).find((match) => match.party === party && match.name === own?.name);
        expect(others?.score ?? 0).toBeLessThanOrEqual(96);
      }),
      { numRuns: 40 },
    );
  });

  it('the order of the parties changes nothing', () => {
    const turned = createNameIndex([...parties].reverse());
    fc.assert(
      fc.property(queries(), (name) => {
        expect(ask(turned, name, 55)).toEqual(ask(index, name, 55));
      }),
      { numRuns: 40 },
    );
  });

  it('the order of the words moves a score by no more than the step for order', () => {
    const listed = parties.flatMap(({ names }) => names.flatMap(({ full }) => full.match(/\b[A-Z][a-z]{4,}\b/g) ?? []));
    const parts = fc.uniqueArray(fc.constantFrom(...listed), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(parts, (tokens) => {
        const forward = ask(index, tokens.join(' '), 50);
        const backward = ask(index, tokens.toReversed().join(' '), 0);
        for (const match of forward) {
          const other = backward.find(({ party }) => party === match.party);
          const joined = [match, other].some((found) => found?.pairs.some(({ how }) => how === 'joined'));
          if (!joined) expect(Math.round(Math.abs((other?.score ?? 0) - match.score) * 10)).toBeLessThanOrEqual(20);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('an unrelated party moves no score by more than a point', () => {
    const unrelated: ListedParty = {
      ...(parties[0] as ListedParty),
      id: 'custom:x:1',
      names: [{ full: 'ZQWXV QQZWXK', kind: 'name', quality: 'primary', script: 'Latn' }],
    };
    const more = createNameIndex([...parties, unrelated]);
    fc.assert(
      fc.property(queries(), (name) => {
        const after = new Map(ask(more, name, 50).map(({ party, score }) => [party.id, score]));
        for (const { party, score } of ask(index, name, 51)) {
          expect(Math.round(Math.abs((after.get(party.id) ?? 0) - score) * 10)).toBeLessThanOrEqual(10);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaving names out of the comparison loses none that would reach the threshold', () => {
    fc.assert(
      fc.property(queries(), fc.integer({ min: 60, max: 90 }), (name, threshold) => {
        const reading = readName(name);
        if (reading.kind === 'unscreenable') return;
        const units = queryUnits(reading.tokens, inner);
        const query = { units, length: reading.tokens.length, family: reading.family };
        const reach = reachOf(query, inner, threshold);
        const tally = createTally(inner.names.length);
        const kept = findCandidates(units, inner, tally, reach);
        for (const [place, joins] of findCandidates(units, inner, tally, () => true)) {
          if (kept.has(place)) continue;
          const entry = inner.names[place] as IndexedName;
          const steps = nameSteps(query, entry, assignTokens(units, entry, joins, inner), inner);
          expect(sumOf(steps)).toBeLessThan(threshold);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('looking words up by shared pairs of letters loses none that is alike', () => {
    fc.assert(
      fc.property(queries(), (name) => {
        const reading = readName(name);
        if (reading.kind === 'unscreenable') return;
        for (const token of reading.tokens.map(prepareToken)) {
          if (token.script !== 'Latn' || token.text.length < 3) continue;
          const found = new Set(inner.vocabulary.like(token, 'near').map(({ id }) => id));
          for (let id = 0; id < inner.vocabulary.size; id++) {
            const other = inner.vocabulary.token(id);
            if (found.has(id) || other.abjad) continue;
            expect(likenessOf(token, other)?.like ?? 0, `${token.text} ${other.text}`).toBeLessThan(0.75);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it('a text without a readable letter is never screened', () => {
    const signs = fc.string({
      unit: fc.constantFrom(...' 0123456789.,-/#😀\u{10600}\u{10601}\u{200d}'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(signs, (name) => {
        expect(index.search({ name, kind: null, birth: null, countries: [] }).kind).toBe('unscreenable');
      }),
    );
  });

  it('any text of any length is answered', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.nat(20_000).map((length) => 'ab '.repeat(length)),
    );
    fc.assert(
      fc.property(texts, (name) => {
        expect(['screened', 'unscreenable']).toContain(
          index.search({ name, kind: null, birth: null, countries: [] }).kind,
        );
      }),
    );
  });
});
