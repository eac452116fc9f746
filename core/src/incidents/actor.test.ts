import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CairnError } from '../errors.ts';
import { findActor, parseActors } from './actor.ts';

const RECORD = new URL('../../../data/record/', import.meta.url).pathname;
const readJson = (name: string) => JSON.parse(readFileSync(`${RECORD}${name}`, 'utf8'));
const shipped = () => readJson('actors.json');
const actors = parseActors(shipped());
const actorOf = (id: string) => actors.find((one) => one.id === id);
const refs = (source: string): string[] =>
  actors.flatMap(({ names }) => names.filter((one) => one.source === source).map(({ ref }) => ref ?? ''));
const fold = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The answer as `actor: source as text (of)` lines. */
const found = (query: string): string[] =>
  findActor(actors, query).flatMap(({ actor, saidBy }) =>
    saidBy.map(({ source, as, text, of }) => `${actor.id}: ${source} ${as} ${text} (${of})`),
  );

describe('the actors of the record', () => {
  test('eight ATT&CK groups and 26 MISP clusters, each under one actor', () => {
    expect(refs('attack').sort()).toEqual(['G0032', 'G0067', 'G0082', 'G0094', 'G0138', 'G1036', 'G1049', 'G1052']);
    expect(refs('misp')).toHaveLength(26);
    expect(new Set(refs('misp')).size).toBe(26);
    for (const { attackGroup, names } of actors) {
      expect(names.find(({ source }) => source === 'attack')?.ref ?? null).toBe(attackGroup);
    }
  });

  test('every cluster that an incident names is an actor, by the words that the incident gives', () => {
    const incidents = readdirSync(`${RECORD}incidents`).map((name) => readJson(`incidents/${name}`));
    const preferred = incidents.map(({ actor }) => actor.value).filter((id) => id !== null);
    const named: { actor: string | null; as: string | null }[] = incidents.flatMap((one) => one.actorsBySource);
    expect(preferred).toHaveLength(309);
    expect([...preferred, ...named.flatMap(({ actor }) => actor ?? [])].filter((id) => !actorOf(id))).toEqual([]);
    expect(named.filter(({ actor, as }) => actor !== null && !actorOf(actor)?.usedNames.includes(as ?? ''))).toEqual(
      [],
    );
  });

  test('words of incidents mean one actor each', () => {
    const used = actors.flatMap(({ usedNames }) => usedNames);
    expect(new Set(used).size).toBe(used.length);
  });

  test('aliases stay with the source that lists them', () => {
    const aliases = (id: string, source: string) =>
      actorOf(id)
        ?.names.filter((one) => one.source === source)
        .map((one) => one.aliases);
    expect(aliases('tradertraitor', 'misp')).toEqual([['Jade Sleet', 'UNC4899', 'Pukchong']]);
    expect(aliases('tradertraitor', 'tayvano')).toEqual([['Jade Sleet', 'Slow Pisces', 'UNC4899']]);
    expect(aliases('tradertraitor', 'attack')).toEqual([]);
    expect(aliases('applejeus', 'attack')).toEqual([['Gleaming Pisces', 'Citrine Sleet', 'UNC1720', 'UNC4736']]);
    expect(aliases('applejeus', 'misp')).toEqual([[]]);
    expect(aliases('andariel', 'misp')?.[1]).toEqual(['GRASS NEPTUNE']);
  });

  test('a name that sources put under two actors is a conflict of both', () => {
    const holders = new Map<string, Map<string, string>>();
    for (const { id, names } of actors) {
      for (const text of names.flatMap(({ name, aliases }) => [name, ...aliases])) {
        holders.set(fold(text), (holders.get(fold(text)) ?? new Map<string, string>()).set(id, text));
      }
    }
    const shared = [...holders].filter(([, by]) => by.size > 1);
    expect(shared.map(([name]) => name)).toContain('moonstonesleet');
    const silent = shared.flatMap(([name, by]) =>
      [...by.keys()].filter((id) => !actorOf(id)?.conflicts.some(({ says }) => fold(says).includes(name))),
    );
    expect(silent).toEqual([]);
  });

  test('a source that says Lazarus and no more does not mean a group of ATT&CK or MISP', () => {
    expect(actorOf('lazarus-unspecified')).toMatchObject({ kind: 'unspecified', attackGroup: null, names: [] });
    expect(actorOf('lazarus-group')).toMatchObject({ attackGroup: 'G0032', usedNames: [] });
    expect(actorOf('it-workers')?.kind).toBe('workforce');
  });
});

describe('finding an actor by a name', () => {
  test('who says so is said, and a name that sources place differently gives several actors', () => {
    expect(found('labyrinth chollima')).toEqual([
      'applejeus: tayvano alias Labyrinth Chollima (AppleJeus)',
      'lazarus-group: attack alias Labyrinth Chollima (Lazarus Group)',
      'lazarus-group: misp alias Labyrinth Chollima (Lazarus Group)',
    ]);
    expect(found('G0082')).toEqual([
      'cryptocore: attack id G0082 (APT38)',
      'lazarus-group: misp alias G0082 (Lazarus Group)',
    ]);
  });

  test('case, spaces and punctuation do not count, and a part of a name is not the name', () => {
    expect(found('temp hermit')).toEqual([
      'misp-temp-hermit: record name TEMP.Hermit (TEMP.Hermit)',
      'misp-temp-hermit: misp name TEMP.Hermit (TEMP.Hermit)',
    ]);
    expect(found('jade')).toEqual([]);
    expect(found('  ')).toEqual([]);
    expect(found('nobody at all')).toEqual([]);
  });

  test('the words of an incident lead to the actor they are filed under', () => {
    expect(found('Lazarus (unspecified)')).toEqual([
      'lazarus-unspecified: record id lazarus-unspecified (Lazarus, not further specified)',
      'lazarus-unspecified: record used Lazarus (unspecified) (Lazarus, not further specified)',
    ]);
    expect(found('')).toEqual([]);
  });
});

describe('reading actors', () => {
  test('an id that stands twice and a field that is wrong are refused, with place and fix', () => {
    const hintsFor = (change: (file: ReturnType<typeof shipped>) => void): readonly string[] => {
      const file = shipped();
      change(file);
      try {
        parseActors(file);
      } catch (error) {
        if (error instanceof CairnError) return [error.code, ...error.hints];
      }
      return [];
    };
    const last = actors.length;
    expect(hintsFor((file) => file.actors.push(file.actors[0]))).toEqual([
      'invalid-input',
      `actors[${last}].id: tradertraitor stands twice: give it another id`,
    ]);
    expect(hintsFor((file) => Object.assign(file.actors[0], { attackGroup: 'APT38' }))).toEqual([
      'invalid-input',
      'actors[0].attackGroup: write the id of an ATT&CK group: "G0082"',
    ]);
    expect(hintsFor((file) => delete file.actors[0].names[0].linkedBecause)).toEqual([
      'invalid-input',
      'actors[0].names[0].linkedBecause: it is missing: write text in quotation marks',
    ]);
    expect(hintsFor((file) => Object.assign(file.actors[0].names[0], { source: 'press' }))).toEqual([
      'invalid-input',
      'actors[0].names[0].source: use one of: attack, misp, tayvano, msmt',
    ]);
  });
});
