import { describe, expect, it } from 'vitest';
import { scriptOf } from './scripts.ts';

describe('scriptOf', () => {
  it.each([
    ['LAZARUS GROUP', 'Latn'],
    ['İslami Büyük Doğu Akıncılar Cephesi', 'Latn'],
    ['Фронт на великите ислямски източни воини', 'Cyrl'],
    ['محمد حسن آخوند', 'Arab'],
    ['라자루스', 'Hang'],
    ['国家安全部', 'Hani'],
    ['トルネード', 'Jpan'],
    ['東京トルネード社', 'Jpan'],
    ['李 은주', 'Kore'],
    ['Μέγα Ισλαµικό Μέτωπο', 'Grek'],
    ['ООО Bank Россия', 'Cyrl'],
    ['APT38 Группа', 'Cyrl'],
    ['1234-5', 'Zyyy'],
    ['', 'Zyyy'],
    ['ᚠᚢᚦ', 'Zzzz'],
  ])('reads %s as %s', (text, script) => {
    expect(scriptOf(text)).toBe(script);
  });
});
