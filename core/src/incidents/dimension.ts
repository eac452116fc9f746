import { countryName } from '../units/index.ts';
import { periodOf } from './impact/period.ts';
import type { Incident } from './incident.ts';
import type { Registry } from './registry.ts';
import { ACCESS_NAMES, ATTRIBUTION_NAMES, VICTIM_TYPE_NAMES } from './vocabulary.ts';

/** What an incident is called by in a dimension of which its record gives no value. */
export const UNKNOWN = 'unknown';

export const DIMENSION_IDS = [
  'year',
  'quarter',
  'victim-type',
  'country',
  'chain',
  'asset',
  'access',
  'technique',
  'actor',
  'grade',
] as const;
export type DimensionId = (typeof DIMENSION_IDS)[number];

/** A property by which incidents are grouped. */
export type Dimension = {
  readonly id: DimensionId;
  /** What a column of its values is headed. */
  readonly name: string;
  /** What the record gives; empty: unknown. Without repeats, in the record's order. */
  readonly values: (incident: Incident) => readonly string[];
  /** True where an incident has one value at most, so that sums over groups do not overlap. */
  readonly singleValued: boolean;
  /** A value as people read it. */
  readonly nameOf: (key: string) => string;
};

const asItIs = (key: string): string => key;
const called =
  (names: Readonly<Record<string, string>>) =>
  (key: string): string =>
    names[key] ?? key;
const known = (value: string | null | undefined): readonly string[] =>
  value === null || value === undefined ? [] : [value];

/**
 * By what can the record be added up?
 *
 * `quarter` is unknown where only the year is. `victim-type` has the record's own value `other`. A further chain that a source does
 * not name is in no group. `access` counts ways in that are reported and ones that are only suspected; ones that sources discuss and
 * do not establish are unknown. `technique` has ATT&CK ids as recorded: one with a sub-technique is not added to its parent.
 * `actor` is the cluster that the record prefers. `grade` is what the attribution rests on.
 */
export const DIMENSIONS: Readonly<Record<DimensionId, Dimension>> = {
  year: {
    id: 'year',
    name: 'year',
    singleValued: true,
    values: ({ date }) => known(periodOf(date.value, 'year')),
    nameOf: asItIs,
  },
  quarter: {
    id: 'quarter',
    name: 'quarter',
    singleValued: true,
    values: ({ date }) => known(periodOf(date.value, 'quarter')),
    nameOf: asItIs,
  },
  'victim-type': {
    id: 'victim-type',
    name: 'victim type',
    singleValued: true,
    values: ({ victim }) => [victim.type],
    nameOf: called(VICTIM_TYPE_NAMES),
  },
  country: {
    id: 'country',
    name: 'country of the victim',
    singleValued: true,
    values: ({ victim }) => known(victim.country.value),
    nameOf: countryName,
  },
  chain: {
    id: 'chain',
    name: 'chain',
    singleValued: false,
    values: ({ chains }) => [...new Set(chains.value?.names)],
    nameOf: asItIs,
  },
  asset: {
    id: 'asset',
    name: 'asset',
    singleValued: false,
    values: ({ assets }) => [...new Set(assets.value?.map(({ symbol }) => symbol))],
    nameOf: asItIs,
  },
  access: {
    id: 'access',
    name: 'way in, reported or suspected',
    singleValued: true,
    values: ({ initialAccess }) => known(initialAccess.value?.category),
    nameOf: called(ACCESS_NAMES),
  },
  technique: {
    id: 'technique',
    name: 'ATT&CK technique',
    singleValued: false,
    values: ({ techniques }) => [...new Set(techniques.value?.ids)],
    nameOf: asItIs,
  },
  actor: {
    id: 'actor',
    name: 'actor cluster, as the record prefers',
    singleValued: true,
    values: ({ actor }) => known(actor.value),
    nameOf: asItIs,
  },
  grade: {
    id: 'grade',
    name: 'attribution',
    singleValued: true,
    values: ({ attribution }) => [attribution.grade],
    nameOf: called(ATTRIBUTION_NAMES),
  },
};

/** How actors and techniques are called, by id; a technique's name follows its id. */
export function groupNames({
  actors,
  techniques,
}: Pick<Registry, 'actors' | 'techniques'>): ReadonlyMap<string, string> {
  return new Map([
    ...actors.map(({ id, name }) => [id, name] as const),
    ...techniques.map(({ id, name }) => [id, `${id} ${name}`] as const),
  ]);
}
