import { describe, expect, it } from 'vitest';
import { MAX_NAME_LENGTH, MAX_TOKENS, readName } from './read-name.ts';

function tokens(name: string): readonly string[] {
  const reading = readName(name);
  if (reading.kind === 'unscreenable') throw new Error(reading.reason);
  return reading.tokens.map(({ text }) => text);
}

describe('readName', () => {
  it.each([
    ["  O'Néill,   Seán-Pádraig ", ['oneill', 'sean', 'padraig']],
    ['ＶＬＡＤＩＭＩＲ Ｐｕｔｉｎ', ['vladimir', 'putin']],
    ['Vla\u00addimir\u200b Putin', ['vladimir', 'putin']],
    ['Łukasz Żółć', ['lukasz', 'zolc']],
    ['Владимир Путин', ['vladimir', 'putin']],
    ['ACME L.L.C.', ['acme', 'llc']],
    ['J.R. Smith', ['j', 'r', 'smith']],
    ['Acme Limited Liability Company', ['acme', 'llc']],
    ['Abdulrahman Yasin', ['abd', 'rahman', 'yasin']],
    ['Abd al-Rahman Yasin', ['abd', 'rahman', 'yasin']],
    ['Abdurrahman Yasin', ['abd', 'rahman', 'yasin']],
    ['Abd Allah Hasan', ['abdallah', 'hasan']],
    ['김정은', ['gim', 'jeong', 'eun']],
    ['김 정은', ['gim', 'jeong', 'eun']],
    ['张晓军', ['zhang', 'xiao', 'jun']],
    ['仇鸿', ['qiu', 'hong']],
    ['أسامة بن لادن', ['sm', 'bin', 'ldn']],
    ['القذافي', ['al', 'qdhfy']],
  ])('%s', (name, expected) => {
    expect(tokens(name)).toEqual(expected);
  });

  it('takes a word of another script for no Latin title, particle or initial', () => {
    for (const name of ['عمر', '德', '로', '阿']) {
      expect(readName(name), name).toMatchObject({ tokens: [{ role: 'word' }] });
    }
    expect(readName('علي')).toMatchObject({ tokens: [{ text: 'ali', role: 'word' }] });
    expect(readName('بن')).toMatchObject({ tokens: [{ text: 'bin', role: 'particle' }] });
  });

  it('reads the Arabic article by the letter it has taken on', () => {
    const forms = ['ar-Rahman', 'ash-Shami', 'ad-Din', 'el-Baradei', 'AL-QADHAFI'].map((name) => {
      const reading = readName(name);
      return reading.kind === 'read' ? reading.tokens[0] : null;
    });
    expect(forms.map((token) => token?.form)).toEqual(['al', 'al', 'al', 'al', 'al']);
    expect(forms.every((token) => token?.role === 'particle')).toBe(true);
    expect(tokens('An Min')).toEqual(['an', 'min']);
  });

  it.each(['', '   ', '123 456', '?!,', '-', '😀😀'])('%j has no letter to compare', (name) => {
    expect(readName(name)).toEqual({ kind: 'unscreenable', reason: 'no letter to compare', scripts: [] });
  });

  it('refuses a script that no reading is known for', () => {
    const linearA = '\u{10600}\u{10601}';
    expect(readName(linearA)).toMatchObject({
      kind: 'unscreenable',
      reason: expect.stringContaining('no reading in Latin letters'),
      scripts: [{ script: 'Zzzz', reading: 'none' }],
    });
  });

  it('compares the part that can be read, and says what could not', () => {
    expect(readName('Putin \u{10600}\u{10601}')).toMatchObject({
      kind: 'read',
      tokens: [{ text: 'putin' }],
      notes: ['1 word could not be read in full: only the rest was compared'],
    });
  });

  it('says that a rare Han letter has no reading', () => {
    expect(readName('王\u{20089}')).toMatchObject({
      tokens: [{ text: 'wang' }],
      notes: [expect.stringContaining('pinyin'), '1 word could not be read in full: only the rest was compared'],
    });
  });

  it('says which script has no measured error rate', () => {
    expect(readName('ვლადიმერი')).toMatchObject({
      scripts: [{ script: 'Geor', reading: 'unmeasured' }],
      notes: [expect.stringContaining('not measured')],
    });
    expect(readName('Путин')).toMatchObject({
      scripts: [{ script: 'Cyrl', reading: 'measured' }],
      notes: [expect.stringContaining('transliterated')],
    });
  });

  it('reads look-alike letters of another script as what they look like, and says so', () => {
    expect(readName('Рutin')).toMatchObject({
      tokens: [{ text: 'putin' }],
      notes: ['"Рutin" mixes Latin and Cyrillic letters; those that look alike were read as Latin'],
    });
  });

  it('refuses a text too long to be a name, and shortens one of too many words', () => {
    expect(readName('x'.repeat(10_000))).toMatchObject({
      kind: 'unscreenable',
      reason: expect.stringContaining('10000'),
    });
    expect(readName('x'.repeat(MAX_NAME_LENGTH)).kind).toBe('read');
    const long = readName('ab '.repeat(40));
    expect(long).toMatchObject({ notes: [expect.stringContaining('the first 24 were compared')] });
    expect(long.kind === 'read' && long.tokens.length).toBe(MAX_TOKENS);
  });
});
