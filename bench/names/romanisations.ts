import type { Random } from '../random.ts';

/** Ways that one name of a language is written in Latin letters. Each pattern is replaced by one of the alternatives. */
type Rule = readonly [pattern: RegExp, ...alternatives: string[]];

export type Romanisation = {
  readonly kind: string;
  /** ISO 3166-1 alpha-2 of the parties that it fits. */
  readonly countries: readonly string[];
  readonly rules: readonly Rule[];
};

/**
 * From the published systems and from passports, not from the matcher's tables.
 * @see Revised Romanization of Korean (2000) and McCune-Reischauer; Hanyu Pinyin and Wade-Giles; BGN/PCGN 1947 and
 *   ICAO Doc 9303 for Cyrillic; UNGEGN 1972 and newspaper usage for Arabic
 */
export const ROMANISATIONS: readonly Romanisation[] = [
  {
    kind: 'romanised otherwise: Korean',
    countries: ['KP', 'KR'],
    rules: [
      [/\bRi\b/gi, 'Lee', 'Rhee', 'Yi', 'Li'],
      [/\bPak\b/gi, 'Park', 'Bak'],
      [/\bChoe\b/gi, 'Choi', "Ch'oe"],
      [/\bChong\b|\bJong\b/gi, 'Jung', 'Jeong', 'Chung'],
      [/\bKim\b/gi, 'Gim'],
      [/\bKang\b/gi, 'Gang'],
      [/chol\b/gi, 'cheol', "ch'o'l"],
      [/song\b/gi, 'seong', 'sung'],
      [/hyon\b/gi, 'hyun', 'hyeon'],
      [/myong\b/gi, 'myung', 'myeong'],
      [/yong\b/gi, 'young', 'yeong'],
      [/kwang/gi, 'gwang'],
      [/chang/gi, "ch'ang"],
      [/\bUn\b/gi, 'Eun'],
      [/hun\b/gi, 'hoon'],
      [/su\b/gi, 'soo'],
      [/guk\b/gi, 'kuk', 'gook'],
    ],
  },
  {
    kind: 'romanised otherwise: Chinese',
    countries: ['CN', 'HK', 'TW', 'MO'],
    rules: [
      [/\bzh/gi, 'Ch'],
      [/\bx/gi, 'Hs'],
      [/\bq/gi, 'Ch'],
      [/\bc(?!h)/gi, "Ts'"],
      [/\bj/gi, 'Ch'],
      [/ong\b/gi, 'ung'],
      [/\bhe\b/gi, 'Ho'],
      [/\bd/gi, 'T'],
      [/\bg/gi, 'K'],
      [/\bb/gi, 'P'],
    ],
  },
  {
    kind: 'romanised otherwise: Cyrillic',
    countries: ['RU', 'BY', 'UA', 'KZ', 'KG', 'UZ', 'MD'],
    rules: [
      [/y\b/gi, 'iy', 'i', 'yi'],
      [/ye/gi, 'e', 'je', 'ie'],
      [/yu/gi, 'iu', 'ju'],
      [/ya/gi, 'ia', 'ja'],
      [/kh/gi, 'h', 'ch'],
      [/zh/gi, 'j'],
      [/ts/gi, 'c', 'tz'],
      [/ey\b/gi, 'ei', 'ej'],
      [/v\b/gi, 'ff', 'w'],
      [/ks/gi, 'x'],
      [/shch/gi, 'sch'],
      [/ch(?=[aeiou])/gi, 'tch'],
    ],
  },
  {
    kind: 'romanised otherwise: Arabic and Persian',
    countries: [
      'AE',
      'AF',
      'BH',
      'DZ',
      'EG',
      'IQ',
      'IR',
      'JO',
      'KW',
      'LB',
      'LY',
      'MA',
      'OM',
      'PK',
      'PS',
      'QA',
      'SA',
      'SD',
      'SO',
      'SY',
      'TN',
      'YE',
    ],
    rules: [
      [/m[ou]ham[m]?[ae]d/gi, 'Mohammed', 'Muhammad', 'Mohamed', 'Mohamad', 'Muhammed'],
      [/ahm[ae]d/gi, 'Ahmad', 'Ahmed'],
      [/h[ou]ss?[ae]y?i?n/gi, 'Hussein', 'Husayn', 'Hossein', 'Hussain'],
      [/abd al-|abdul /gi, 'Abdel ', 'Abdul ', 'Abd el-'],
      [/\bal-/gi, 'El-', 'Al ', 'al'],
      [/q/gi, 'k', 'g'],
      [/y[ou]+s[eiu]f/gi, 'Yusuf', 'Youssef', 'Yousef'],
      [/khal[ei]d/gi, 'Khaled', 'Khalid'],
      [/dh/gi, 'd', 'z'],
      [/ou/gi, 'u'],
      [/ee/gi, 'i'],
      [/ah\b/gi, 'a'],
      [/i\b/gi, 'y', 'ee'],
      [/aw/gi, 'au', 'ow'],
    ],
  },
];

/** The name with one rule applied throughout; null: none changes it. */
export function romaniseOtherwise({ rules }: Romanisation, name: string, random: Random): string | null {
  const changed = rules.flatMap(([pattern, ...alternatives]) =>
    alternatives.map((text) => name.replace(pattern, (found) => inCaseOf(found, text))),
  );
  const others = changed.filter((other) => other.toLowerCase() !== name.toLowerCase());
  return others[random.int(Math.max(1, others.length))] ?? null;
}

function inCaseOf(found: string, text: string): string {
  const first = found[0] as string;
  if (first === first.toLowerCase()) return text.toLowerCase();
  return found.length > 1 && found === found.toUpperCase() ? text.toUpperCase() : text;
}
