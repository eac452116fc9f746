import type { ListedName, ListedParty, NameQuery, Place } from '../../core/src/screening/index.ts';
import { editSimilarity } from '../../core/src/screening/names/ofac-score-strings.ts';
import type { Random } from '../random.ts';
import { type Positive, plainKey } from './cases.ts';
import { PERTURBATIONS, type Perturbation, partsOf } from './perturb.ts';
import { ROMANISATIONS, type Romanisation, romaniseOtherwise } from './romanisations.ts';

/** Above it a held-out alias counts as another spelling of a name that is left, below as another name. */
const SPELLING_VARIANT = 0.6;

/** ISO 15924 → the row of the table. */
const ORIGINAL_SCRIPTS: Readonly<Record<string, string>> = {
  Cyrl: 'original script: Cyrillic',
  Arab: 'original script: Arabic',
  Hans: 'original script: Han (Chinese)',
  Hant: 'original script: Han (Chinese)',
  Hani: 'original script: Han (Chinese)',
  Hang: 'original script: Hangul',
  Kore: 'original script: Hangul',
  Jpan: 'original script: Japanese',
};

export type Positives = {
  readonly positives: readonly Positive[];
  /** The parties without names in other scripts than Latin, and without the aliases that are asked for. */
  readonly reduced: readonly ListedParty[];
};

/** What must be found: names of people and organisations of the lists, spelt otherwise; `perKind` of each kind, if there are as many. */
export function makePositives(parties: readonly ListedParty[], perKind: number, random: Random): Positives {
  const sampled = shuffle(
    parties.filter(({ kind }) => kind === 'person' || kind === 'organisation'),
    random,
  );
  const held = holdOutAliases(sampled, perKind, random);
  const positives = [
    ...PERTURBATIONS.flatMap((rule) => misspelt(sampled, rule, perKind, random)),
    ...ROMANISATIONS.flatMap((rule) => romanised(sampled, rule, perKind, random)),
    ...held.positives,
    ...inOriginalScript(sampled, perKind),
  ];
  const reduced = parties
    .map((party) => withoutNames(party, held.keys.get(party.id)))
    .filter((party) => party !== null);
  return { positives, reduced };
}

function misspelt(parties: readonly ListedParty[], rule: Perturbation, perKind: number, random: Random): Positive[] {
  return collect(parties, perKind, (party) => {
    const name = rule.of === 'persons' && party.kind !== 'person' ? null : primary(party);
    const parts = name === null ? null : rule.apply(partsOf(name.full), random);
    return parts === null ? null : positive(rule.kind, party, parts.join(' '), 'full');
  });
}

function romanised(parties: readonly ListedParty[], rule: Romanisation, perKind: number, random: Random): Positive[] {
  return collect(parties, perKind, (party) => {
    const name = primary(party);
    if (name === null || party.kind !== 'person') return null;
    if (!countriesOf(party).some((country) => rule.countries.includes(country))) return null;
    const other = romaniseOtherwise(rule, partsOf(name.full).join(' '), random);
    return other === null ? null : positive(rule.kind, party, other, 'full');
  });
}

/** One published alias of a party is asked for, where the index holds only the party's other names. */
function holdOutAliases(parties: readonly ListedParty[], perKind: number, random: Random) {
  const keys = new Map<string, string>();
  const found = new Map<string, Positive[]>();
  for (const party of parties) {
    const names = party.names.filter((name) => name.script === 'Latn' && name.quality !== 'weak');
    const alias = names[random.int(Math.max(1, names.length))];
    const key = alias === undefined ? '' : plainKey(alias.full);
    const left = names.map(({ full }) => plainKey(full)).filter((other) => other !== key);
    if (alias === undefined || left.length === 0) continue;
    const nearest = Math.max(...left.map((other) => editSimilarity(key, other)));
    const kind = nearest >= SPELLING_VARIANT ? 'alias held out: other spelling' : 'alias held out: other name';
    const same = found.get(kind) ?? [];
    found.set(kind, same);
    if (same.length >= perKind) continue;
    same.push(positive(kind, party, partsOf(alias.full).join(' '), 'reduced'));
    keys.set(party.id, key);
  }
  return { positives: [...found.values()].flat(), keys };
}

/** People's names are spelt out in Latin letters; an organisation's are as often translated, which no spelling finds. */
function inOriginalScript(parties: readonly ListedParty[], perKind: number): Positive[] {
  const rows = [...new Set(Object.values(ORIGINAL_SCRIPTS))].flatMap((script) => [
    [script, 'person'] as const,
    [script, 'organisation'] as const,
  ]);
  return rows.flatMap(([row, who]) =>
    collect(parties, perKind, (party) => {
      const name = party.names.find(({ script }) => ORIGINAL_SCRIPTS[script] === row);
      if (name === undefined || party.kind !== who || !party.names.some(({ script }) => script === 'Latn')) return null;
      return positive(`${row}, ${who}s`, party, name.full, 'reduced');
    }),
  );
}

/** null: nothing is left of the party. */
function withoutNames(party: ListedParty, heldOut: string | undefined): ListedParty | null {
  const names = party.names.filter((name) => name.script === 'Latn' && plainKey(name.full) !== heldOut);
  return names.length === 0 ? null : { ...party, names };
}

function positive(kind: string, party: ListedParty, name: string, index: Positive['index']): Positive {
  const birth = party.births[0] ?? null;
  const query: NameQuery = { name, kind: party.kind, birth, countries: countriesOf(party) };
  return { kind, query, expected: party.id, index };
}

/** Nationalities and citizenships; where there are none, the other places. */
function countriesOf(party: ListedParty): string[] {
  const of = (places: readonly Place[]) => places.flatMap(({ country }) => (country === null ? [] : [country]));
  const own = of(party.places.filter(({ role }) => role === 'nationality' || role === 'citizenship'));
  return [...new Set(own.length > 0 ? own : of(party.places))];
}

function primary(party: ListedParty): ListedName | null {
  const name = party.names[0];
  return name !== undefined && name.script === 'Latn' ? name : null;
}

function collect(parties: readonly ListedParty[], most: number, make: (party: ListedParty) => Positive | null) {
  const all: Positive[] = [];
  for (const party of parties) {
    if (all.length === most) break;
    const made = make(party);
    if (made !== null) all.push(made);
  }
  return all;
}

function shuffle<T>(all: readonly T[], random: Random): T[] {
  const order = [...all];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
