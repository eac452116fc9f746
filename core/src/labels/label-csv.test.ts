import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCsv } from './csv.ts';
import { importLabels, recogniseLabelFormat } from './formats.ts';
import { importCairnLabels, importNameTags } from './label-csv.ts';

const HUOBI = '0xf056f435ba0cc4fcd2f1b17e3766549ffc404b94';
const readData = (path: string): string => readFileSync(new URL(`../../../data/${path}`, import.meta.url), 'utf8');

describe('readCsv', () => {
  test('unquotes fields and counts the lines inside them', () => {
    expect(readCsv('a,"b ""q"", c"\r\n"two\nlines",d\n\ne,\n')).toEqual([
      { line: 1, fields: ['a', 'b "q", c'] },
      { line: 2, fields: ['two\nlines', 'd'] },
      { line: 5, fields: ['e', ''] },
    ]);
    expect(readCsv('\uFEFFa,b')).toEqual([{ line: 1, fields: ['a', 'b'] }]);
    expect(readCsv('a,')).toEqual([{ line: 1, fields: ['a', ''] }]);
    expect(readCsv('')).toEqual([]);
  });

  test('refuses a text that was cut off inside a quoted field', () => {
    expect(() => readCsv('a,b\nc,"d')).toThrow('line 2');
  });
});

describe('importCairnLabels', () => {
  test('reads every column, in any order, and fills in what the file leaves open', () => {
    const text = `category,account,name,confidence,labelled_at,source,entity
exchange,eth:${HUOBI},Huobi 23,service_data,2019-03-13,a report,huobi
victim,${HUOBI},"Someone, Ltd",,,,`;
    const common = { account: `eip155:1:${HUOBI}` };
    expect(importCairnLabels(text, { file: 'mine.csv' }).labels).toEqual([
      {
        ...common,
        name: 'Huobi 23',
        entity: 'huobi',
        category: 'exchange',
        source: 'a report',
        confidence: 50,
        labelledAt: 1552435200,
      },
      {
        ...common,
        name: 'Someone, Ltd',
        entity: null,
        category: 'victim',
        source: 'mine.csv',
        confidence: 5,
        labelledAt: null,
      },
    ]);
  });

  test.each([
    [`0xF056f435ba0cc4fcd2f1b17e3766549ffc404b94,x,exchange,`, '0xF056f435'],
    [`${HUOBI},x,bank,`, 'category bank'],
    [`${HUOBI},,exchange,`, 'the name is empty'],
    [`${HUOBI},x,exchange,101`, 'confidence 101'],
    [`${HUOBI},x,exchange`, '3 fields'],
  ])('rejects %s with its line and keeps the others', (row, reason) => {
    const { labels, rejects } = importCairnLabels(`account,name,category,confidence\n${row}\n${HUOBI},y,other,7\n`, {
      file: 'mine.csv',
    });
    expect(labels.map(({ name, confidence }) => [name, confidence])).toEqual([['y', 7]]);
    expect(rejects).toEqual([{ file: 'mine.csv', line: 2, entry: row, reason: expect.stringContaining(reason) }]);
  });

  test('refuses a file that lacks a column it needs', () => {
    expect(() => importCairnLabels('account,name\n', { file: 'mine.csv' })).toThrow('mine.csv: no column category');
  });
});

describe('importNameTags', () => {
  test('reads the accounts of the Bancor case: claims as claims, blank rows as none', () => {
    const { labels, rejects, withoutClaim } = importNameTags(readData('cases/bancor-2018/all-address.csv'), {
      file: 'all-address.csv',
      source: 'the case',
      confidence: 20,
    });
    expect(rejects).toEqual([]);
    expect(labels.length + withoutClaim).toBe(27);
    expect(labels.map(({ name, category }) => `${name}: ${category}`).sort()).toEqual([
      '0x0000...0000: frozen',
      'BNB: contract',
      'Bulksender.app: other',
      'HitBTC 2: exchange',
      'Huobi 14: exchange',
      'Huobi 23: exchange',
      'Huobi 6: exchange',
      'ml_transit_0: theft',
      'ml_transit_1: theft',
      'ml_transit_2: theft',
      'ml_transit_2: theft',
    ]);
    expect(new Set(labels.map(({ source, confidence }) => `${source} ${confidence}`))).toEqual(
      new Set(['the case 20']),
    );
  });
});

describe('importLabels', () => {
  test.each([
    ['labels/etherscan-labels.json', 'etherscan-labels'],
    ['labels/tagpacks/ofac.yaml', 'tagpack'],
    ['labels/tagpacks/usdt_blacklist.yaml', 'tagpack'],
    ['cases/bancor-2018/all-address.csv', 'name-tags'],
    ['cases/bancor-2018/accounts-hacker.csv', 'name-tags'],
    ['cases/bybit-2025/labels.csv', 'cairn-labels'],
  ])('recognises %s as %s and reads it without asking', (path, format) => {
    const text = readData(path);
    expect(recogniseLabelFormat(text)).toBe(format);
    expect(importLabels(text, { file: path }).labels.length).toBeGreaterThan(0);
  });

  test('refuses what it does not recognise, naming the formats it reads', () => {
    expect(() => importLabels('hash,from,to\n', { file: 'x.csv' })).toThrow('x.csv: not a label file');
  });
});
