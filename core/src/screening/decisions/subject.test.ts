import { describe, expect, test } from 'vitest';
import type { NameQuery } from '../names/match.ts';
import { showSubject, subjectKey } from './subject.ts';

function name(text: string, changes: Partial<NameQuery> = {}): string {
  return subjectKey({ kind: 'name', query: { name: text, kind: null, birth: null, countries: [], ...changes } });
}
const account = (text: string): string => subjectKey({ kind: 'account', text });

describe('the key a subject is decided about under', () => {
  test('letter case and a chain in front make no other account', () => {
    const key = '0x098b716b8aaf21512996dc57eb0615e2383e2f96';
    expect(account('0x098B716B8Aaf21512996dC57EB0615e2383E2f96')).toBe(key);
    expect(account('eth:0x098B716B8AAF21512996DC57EB0615E2383E2F96')).toBe(key);
  });

  test('letter case, spaces and signs make no other name', () => {
    expect(name(' KIM  Jong-un ')).toBe('name:kim jong un');
    expect(name('Kim Jong Un')).toBe('name:kim jong un');
  });

  test('another order, other accents and other qualifiers do', () => {
    expect(name('Jong Un Kim')).not.toBe(name('Kim Jong Un'));
    expect(name('José Peña')).not.toBe(name('Jose Pena'));
    expect(name('किरण')).not.toBe(name('करण'));
    const birth = { from: '1984', to: '1984', approximate: false };
    expect(name('Kim Jong Un', { birth, kind: 'person', countries: ['KP', 'CH', 'KP'] })).toBe(
      'name:kim jong un | kind person | born 1984 | countries CH KP',
    );
  });

  test('names of signs only stay apart, and no name passes for qualifiers', () => {
    expect(name('***')).not.toBe(name('---'));
    expect(name('x | born 1984')).toBe('name:x born 1984');
  });

  test('people read it with its qualifiers', () => {
    const birth = { from: '1982', to: '1984', approximate: true };
    expect(showSubject({ kind: 'name', query: { name: 'Kim', kind: 'person', birth, countries: ['KP'] } })).toBe(
      'Kim (person, born ~1982..1984, KP)',
    );
  });
});
