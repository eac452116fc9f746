import { describe, expect, it } from 'vitest';
import { looksKorean, looseSounds, soundsOfHangul, soundsOfLatin, splitHangul } from './korean.ts';

/** Hangul beside spellings in use: Revised Romanization, McCune-Reischauer, the DPRK's, and passports. */
const SPELLINGS = [
  ['김', 'gim', 'kim'],
  ['정', 'jeong', 'jong', 'chong'],
  ['은', 'eun', 'un'],
  ['박', 'bak', 'pak', 'park'],
  ['진', 'jin', 'chin'],
  ['혁', 'hyeok', 'hyok'],
  ['철', 'cheol', 'chol'],
  ['최', 'choe', 'choi'],
  ['영', 'yeong', 'yong', 'young'],
  ['백', 'baek', 'paek', 'paik'],
  ['신', 'sin', 'shin'],
  ['권', 'gwon', 'kwon'],
  ['수', 'su', 'soo'],
  ['희', 'hui', 'hee'],
] satisfies readonly (readonly [string, ...string[]])[];

describe('Korean sounds', () => {
  it.each(SPELLINGS)('%s sounds as its spellings', (syllable, ...spellings) => {
    expect(new Set([soundsOfHangul(syllable), ...spellings.map((spelling) => soundsOfLatin(spelling))]).size).toBe(1);
  });

  it.each([
    ['리', 'ri', 'lee', 'yi', 'rhee', 'i'],
    ['이', 'ri', 'lee', 'yi', 'rhee', 'i'],
    ['정', 'jung', 'jeong', 'chung'],
    ['철', 'chul', 'chol'],
    ['림', 'rim', 'lim', 'im'],
  ])('%s sounds loosely as %s, %s', (syllable, ...spellings) => {
    const loose = [soundsOfHangul(syllable), ...spellings.map(soundsOfLatin)].map((sounds) =>
      looseSounds(sounds ?? '?'),
    );
    expect(new Set(loose).size).toBe(1);
  });

  it('keeps different syllables apart', () => {
    const sounds = ['김', '정', '은', '박', '진', '혁', '최', '백', '권'].map(soundsOfHangul);
    expect(new Set(sounds).size).toBe(9);
    expect(soundsOfHangul('漢')).toBeNull();
    expect(soundsOfLatin('vladimir')).toBeNull();
  });

  it('parts the family name from each syllable of the given name', () => {
    expect(splitHangul('김정은')).toEqual(['김', '정', '은']);
    expect(splitHangul('남궁민수')).toEqual(['남궁', '민', '수']);
  });

  it('takes a name for Korean only by all of its words', () => {
    expect(looksKorean(['park', 'jin', 'hyok'])).toBe(true);
    expect(looksKorean(['jinhyok', 'park'])).toBe(true);
    expect(looksKorean(['park', 'vladimir'])).toBe(false);
    expect(looksKorean(['maria', 'tomato'])).toBe(false);
    expect(looksKorean(['kim'])).toBe(false);
  });
});
