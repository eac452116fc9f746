import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CairnError } from '../errors.ts';
import { parseTechniques } from './technique.ts';

const RECORD = new URL('../../../data/record/', import.meta.url).pathname;
const readJson = (name: string) => JSON.parse(readFileSync(`${RECORD}${name}`, 'utf8'));
const shipped = () => readJson('techniques.json');
const techniques = parseTechniques(shipped());
const byId = new Map(techniques.map((one) => [one.id, one]));
const mitigationsOf = (id: string) => byId.get(id)?.mitigations?.map((one) => one.id);

/** Techniques of incidents that the part of ATT&CK held here lacks; read one by one in MITRE's repository `cti`. */
const FROM_CTI = [
  'T1059.002',
  'T1199',
  'T1210',
  'T1496',
  'T1498',
  'T1550.001',
  'T1552.004',
  'T1554',
  'T1555.005',
] as const;

describe('the techniques of the record', () => {
  test('262 techniques of the STIX file and nine more, each once, in order', () => {
    expect(techniques.filter(({ origin }) => origin === 'attack-subset')).toHaveLength(262);
    expect(techniques.filter(({ origin }) => origin === 'mitre-cti').map(({ id }) => id)).toEqual(FROM_CTI);
    expect(techniques).toHaveLength(271);
    expect(techniques.map(({ id }) => id)).toEqual([...byId.keys()].sort());
  });

  test('as many sub-techniques, mitigations and uses as the STIX file has relationships', () => {
    const own = techniques.filter(({ origin }) => origin === 'attack-subset');
    const count = (of: (one: (typeof own)[number]) => number) => own.reduce((sum, one) => sum + of(one), 0);
    expect(count(({ parent }) => (parent === null ? 0 : 1))).toBe(142);
    expect(count(({ mitigations }) => mitigations?.length ?? 0)).toBe(604);
    expect(count(({ usedBy }) => usedBy.length)).toBe(383);
  });

  test('every technique that an incident uses is there, with its mitigations', () => {
    const used = new Set<string>(
      readdirSync(`${RECORD}incidents`).flatMap((name) => readJson(`incidents/${name}`).techniques.value?.ids ?? []),
    );
    expect(used.size).toBe(32);
    expect(FROM_CTI.every((id) => used.has(id))).toBe(true);
    expect([...used].filter((id) => !Array.isArray(mitigationsOf(id)))).toEqual([]);
  });

  test('T1566.003 as ATT&CK 18.1 has it', () => {
    expect(byId.get('T1566.003')).toEqual({
      id: 'T1566.003',
      name: 'Spearphishing via Service',
      tactics: ['Initial Access'],
      parent: 'T1566',
      url: 'https://attack.mitre.org/techniques/T1566/003',
      mitigations: [
        { id: 'M1017', name: 'User Training' },
        { id: 'M1018', name: 'User Account Management' },
        { id: 'M1021', name: 'Restrict Web-Based Content' },
        { id: 'M1047', name: 'Audit' },
        { id: 'M1049', name: 'Antivirus/Antimalware' },
      ],
      usedBy: ['G0032', 'G1036', 'G1052'],
      origin: 'attack-subset',
    });
  });

  test.each([
    ['T1554', 'Compromise Host Software Binary', ['M1045']],
    ['T1199', 'Trusted Relationship', ['M1018', 'M1030', 'M1032']],
    ['T1552.004', 'Private Keys', ['M1022', 'M1027', 'M1041', 'M1047']],
    ['T1550.001', 'Application Access Token', ['M1013', 'M1021', 'M1036', 'M1041', 'M1047']],
    ['T1496', 'Resource Hijacking', []],
  ])('%s as in mitre/cti at dc2ea92: %s', (id, name, mitigations) => {
    expect(byId.get(id)?.name).toBe(name);
    expect(mitigationsOf(id)).toEqual(mitigations);
  });

  test('one mitigation has one name throughout; a group is one of eight', () => {
    const names = techniques.flatMap(({ mitigations }) => mitigations ?? []).map(({ id, name }) => `${id} ${name}`);
    expect(new Set(names).size).toBe(new Set(names.map((one) => one.slice(0, 5))).size);
    expect([...new Set(techniques.flatMap(({ usedBy }) => usedBy))].sort()).toEqual([
      'G0032',
      'G0067',
      'G0082',
      'G0094',
      'G0138',
      'G1036',
      'G1049',
      'G1052',
    ]);
  });

  test('MITRE’s copyright designation stands in the file and in the licence beside it', () => {
    const { copyright, licence } = shipped().provenance;
    expect(copyright).toContain('© 2025 The MITRE Corporation');
    expect(readFileSync(`${RECORD}${licence}`, 'utf8')).toContain(copyright);
  });
});

describe('reading techniques', () => {
  const hintsFor = (change: (file: ReturnType<typeof shipped>) => void): readonly string[] => {
    const file = shipped();
    change(file);
    try {
      parseTechniques(file);
    } catch (error) {
      if (error instanceof CairnError) return error.hints;
    }
    return [];
  };

  test('what is wrong is said with its place and what to do', () => {
    expect(hintsFor(({ techniques: all }) => all.push(all[0]))).toEqual([
      'techniques[271].id: T1001 stands twice: remove one',
    ]);
    expect(hintsFor(({ techniques: all }) => Object.assign(all[1], { parent: null }))).toEqual([
      'techniques[1].parent: the parent of T1001.003 is T1001',
    ]);
    expect(hintsFor(({ techniques: all }) => all.shift())).toEqual([
      'techniques[0].parent: no technique T1001: add it',
    ]);
    expect(hintsFor(({ techniques: all }) => Object.assign(all[0], { id: 'T99' }))).toEqual([
      'techniques[0].id: write an ATT&CK id: "T1566.003"',
    ]);
    expect(hintsFor(({ techniques: all }) => Object.assign(all[0], { mitigations: null }))).toEqual([
      'techniques[0].because: say why the mitigations are not held',
    ]);
    expect(hintsFor(({ techniques: all }) => Object.assign(all[0], { description: 'prose' }))).toEqual([
      'techniques[0].description: no such field: remove it',
    ]);
  });
});
