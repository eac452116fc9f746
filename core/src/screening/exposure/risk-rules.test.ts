import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRiskRules } from './risk-rules.ts';

const repository = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, repository), 'utf8');
const parse = (text: string) => parseRiskRules(text, 'my.yaml', 'f'.repeat(64));

describe('the rules that ship', () => {
  const { rules } = parseRiskRules(read('data/risk-rules/default.yaml'), 'default.yaml', 'f'.repeat(64));
  const page = read('docs/methods/risk-rules.md');

  test.each(rules.map(({ id, level }) => [id, level]))('%s is explained, with its level %s', (id, level) => {
    expect(page).toContain(`### ${id}: ${level}\n`);
  });

  test('no rule is explained that does not ship', () => {
    const explained = [...page.matchAll(/^### ([a-z0-9-]+): /gm)].map(([, id]) => id);
    expect(explained).toEqual(rules.map(({ id }) => id));
  });

  test('every share in them is the one the page states', () => {
    const shares = rules.flatMap(({ id, minShare }) => (minShare === null ? [] : [[id, minShare]]));
    expect(shares).toEqual([
      ['share-listed', { part: 1n, whole: 100n }],
      ['share-theft', { part: 1n, whole: 100n }],
      ['mixer', { part: 5n, whole: 100n }],
      ['unnamed-service', { part: 5n, whole: 10n }],
    ]);
  });
});

describe('reading', () => {
  const rule = (rest: string) =>
    `rules:\n  - {id: a, about: exposure, level: low, because: b, categories: [mixer]${rest}}\n`;

  test('a rule with every condition, and one with none', () => {
    const text = `${rule(', direction: sent, maxHops: 2, minShare: "0.125"')}  - {id: b, about: account, level: severe, because: c, categories: [listed, theft]}`;
    const none = { direction: null, maxHops: null, minShare: null };
    expect(parse(text)).toEqual({
      name: 'my.yaml',
      sha256: 'f'.repeat(64),
      rules: [
        {
          ...{ id: 'a', about: 'exposure', level: 'low', because: 'b', categories: ['mixer'] },
          ...{ direction: 'sent', maxHops: 2, minShare: { part: 125n, whole: 1000n } },
        },
        { id: 'b', about: 'account', level: 'severe', because: 'c', categories: ['listed', 'theft'], ...none },
      ],
    });
  });

  test.each([
    ['a share as a number', rule(', minShare: 0.05'), 'my.yaml: rule a: minShare: a share is a decimal in quotes'],
    ['a share of nothing', rule(', minShare: "0.0"'), 'rule a: minShare: a share of 0 is met by anything'],
    ['a share above all', rule(', minShare: "1.5"'), 'rule a: minShare: a share is a decimal above 0 and up to 1'],
    ['no hops', rule(', maxHops: 0'), 'rule a: maxHops: maxHops is a whole number from 1'],
    ['a misspelt key', rule(', minshare: "0.05"'), 'rule a: Unrecognized key: "minshare"'],
    ['a direction', rule(', direction: both'), 'rule a: direction: direction is received or sent'],
    ['a repeated id', `${rule('')}${rule('').slice(7)}`, 'my.yaml: rule a is there twice'],
    ['a category', rule('').replace('mixer', 'mixers'), 'rule a: categories.0: "mixers" is no category: exchange,'],
    ['a level', rule('').replace('low', 'awful'), 'rule a: level: "awful" is no level: low, medium, high, severe'],
    ['a level that finds nothing', rule('').replace('low', 'none-found'), '"none-found" is no level'],
    ['about what', rule('').replace('exposure', 'money'), 'rule a: about: about is account or exposure'],
    ['hops of the account itself', rule(', maxHops: 1').replace('exposure', 'account'), 'Unrecognized key: "maxHops"'],
    ['no id', 'rules:\n  - {level: low}\n', 'rule number 1, which has no id:'],
    ['no mapping', 'rules:\n  - low\n', 'rule number 1, which has no id: a rule is a mapping'],
    ['no rules', 'rules: []\n', 'my.yaml: rules: a rule file has at least one rule'],
    ['nothing', '', 'my.yaml: the file is one mapping with the key rules'],
    ['a key twice', 'rules: []\nrules: []\n', 'my.yaml: line 2: not YAML'],
    ['no YAML', 'rules: [', 'my.yaml: line 1: not YAML'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  test('refuses aliases that multiply', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `a${i}: &a${i} [${Array(10).fill(i === 0 ? 'x' : `*a${i - 1}`)}]`,
    );
    expect(() => parse(`${levels.join('\n')}\nrules: *a11\n`)).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});
