import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATEGORIES, STOP_REASONS } from './categories.ts';
import { CONFIDENCE_LEVELS, readConfidence } from './confidence.ts';
import type { Label } from './label.ts';
import { createLabelIndex } from './label-index.ts';

const ACCOUNT = 'eip155:1:0xf056f435ba0cc4fcd2f1b17e3766549ffc404b94';
const ZERO = `eip155:1:0x${'0'.repeat(40)}` as const;
const label = (given: Partial<Label>): Label => ({
  account: ACCOUNT,
  name: 'a name',
  entity: null,
  category: 'exchange',
  source: 'a source',
  confidence: 50,
  labelledAt: null,
  ...given,
});

describe('stopping categories', () => {
  test('are those of the tracing contract, and no others', () => {
    const stopping = CATEGORIES.filter((category) => STOP_REASONS[category] !== null);
    expect(stopping.sort()).toEqual(
      [
        'exchange',
        'custodian',
        'mixer',
        'bridge',
        'swap-venue',
        'gambling',
        'payment-processor',
        'burn',
        'frozen',
        'victim',
        'contract',
      ].sort(),
    );
    for (const category of stopping) {
      expect(STOP_REASONS[category]).toBe(category === 'contract' ? 'contract' : `label:${category}`);
    }
  });
});

describe('readConfidence', () => {
  test('knows the 14 levels of the GraphSense scale and plain numbers', () => {
    expect(Object.keys(CONFIDENCE_LEVELS)).toHaveLength(14);
    expect(['ownership', 'web_crawl', '0', '100', '101', '-1', 'surely'].map(readConfidence)).toEqual([
      100,
      20,
      0,
      100,
      null,
      null,
      null,
    ]);
  });
});

describe('createLabelIndex', () => {
  test('gives nothing for an account without labels', () => {
    const index = createLabelIndex([]);
    expect([index.of(ACCOUNT), index.decide(ACCOUNT), index.stopAt(ACCOUNT)]).toEqual([[], null, null]);
  });

  test('keeps a claim that two files repeat once, and different claims all', () => {
    const claims = [label({}), label({}), label({ name: 'another name' }), label({ category: 'bridge' })];
    expect(createLabelIndex(claims).of(ACCOUNT)).toHaveLength(3);
  });

  test.each([
    ['the higher confidence', { confidence: 60, category: 'mixer' }, { confidence: 50, labelledAt: 9 }],
    ['then the newer date', { labelledAt: 2, category: 'mixer', source: 'z' }, { labelledAt: 1 }],
    ['then a date rather than none', { labelledAt: 0, category: 'mixer', source: 'z' }, { labelledAt: null }],
    ['then the first source', { source: 'a', category: 'mixer' }, { source: 'b' }],
    ['then the first name', { name: 'a', category: 'mixer' }, { name: 'b' }],
  ] as const)('lets %s decide, and says it is contested', (_, stronger, weaker) => {
    const [strong, weak] = [label(stronger), label(weaker)];
    for (const order of [
      [strong, weak],
      [weak, strong],
    ]) {
      const index = createLabelIndex(order);
      expect(index.decide(ACCOUNT)).toEqual({ label: strong, conflicting: [weak] });
      expect(index.stopAt(ACCOUNT)).toEqual({
        reason: 'label:mixer',
        label: strong.name,
        source: strong.source,
        contested: true,
      });
    }
  });

  test('does not let a standing hide what kind of party the account is, nor call that a contest', () => {
    const index = createLabelIndex([label({ category: 'sanctioned', confidence: 60 }), label({ confidence: 20 })]);
    expect(index.stopAt(ACCOUNT)).toEqual({
      reason: 'label:exchange',
      label: 'a name',
      source: 'a source',
      contested: false,
    });
    expect(index.decide(ACCOUNT)?.conflicting.map(({ category }) => category)).toEqual(['sanctioned']);
  });

  test('does not stop at theft, sanctioned or other, though a weaker label says exchange of a thief', () => {
    expect(createLabelIndex([label({ category: 'sanctioned' })]).stopAt(ACCOUNT)).toBeNull();
    expect(createLabelIndex([label({ category: 'other' })]).stopAt(ACCOUNT)).toBeNull();
    expect(createLabelIndex([label({ category: 'theft' }), label({ confidence: 20 })]).stopAt(ACCOUNT)).toBeNull();
  });

  test('knows the burn addresses without being told, whatever a file says', () => {
    const index = createLabelIndex([
      label({ account: ZERO, category: 'frozen', confidence: 100, labelledAt: 1, source: 'protocol' }),
    ]);
    expect(index.stopAt(ZERO)).toEqual({
      reason: 'label:burn',
      label: 'zero address',
      source: 'protocol',
      contested: true,
    });
    expect(index.stopAt('eip155:10:0x000000000000000000000000000000000000dead')?.reason).toBe('label:burn');
    expect(index.stopAt('tron:0x2b6653dc:T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb')?.reason).toBe('label:burn');
  });

  test('law: the answer does not depend on the order in which labels are given', () => {
    const claims = fc.record({
      name: fc.constantFrom('a', 'b'),
      entity: fc.constantFrom(null, 'e'),
      category: fc.constantFrom(...CATEGORIES),
      source: fc.constantFrom('s', 't'),
      confidence: fc.constantFrom(20, 50),
      labelledAt: fc.constantFrom(null, 1, 2),
    });
    const shuffled = fc
      .array(claims, { maxLength: 6 })
      .chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })));
    fc.assert(
      fc.property(shuffled, ([given, other]) => {
        const [one, two] = [given, other].map((list) => createLabelIndex(list.map(label)));
        expect(one?.of(ACCOUNT)).toEqual(two?.of(ACCOUNT));
        expect(one?.stopAt(ACCOUNT)).toEqual(two?.stopAt(ACCOUNT));
      }),
    );
  });
});
