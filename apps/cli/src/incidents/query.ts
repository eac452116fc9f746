import { CairnError, isCairnError } from '@cairn/core/errors';
import {
  ACCESS_CATEGORIES,
  AMOUNT_RULE_NAMES,
  type AmountRule,
  ATTRIBUTION_GRADES,
  amountOf,
  CHAINS,
  checkFilter,
  describeFilter,
  filterIncidents,
  type Incident,
  type IncidentFilter,
  parseUsd,
  type Registry,
  UNKNOWN,
  VICTIM_TYPES,
} from '@cairn/core/incidents';
import { grouped } from '../terminal/progress.ts';
import type { FilterFlags } from './flags.ts';
import { nearest } from './nearest.ts';
import { openRecord } from './open-record.ts';

/** A question about the record, read from the flags. */
export type Query = {
  readonly registry: Registry;
  /** Those that fit, in the record's order. */
  readonly incidents: readonly Incident[];
  readonly filter: IncidentFilter;
  readonly rule: AmountRule;
  /** What the figures count, in words: rule, conditions, grades with their numbers, what is left out. */
  readonly caption: string;
};

/**
 * Which incidents do the flags ask about?
 * @throws {CairnError} `invalid-input`: names the flag, a value that can fit nothing, and what can stand there.
 */
export function readQuery(flags: FilterFlags): Query {
  const filter = toFilter(flags);
  const registry = openRecord(flags);
  checkFlags(filter, registry);
  const rule = filter.amounts ?? 'preferred';
  const caption = [
    `Amounts: ${AMOUNT_RULE_NAMES[rule]} (--amounts ${rule}), US dollars of their day.`,
    describeFilter(filter, registry.incidents),
  ].join(' ');
  return { registry, incidents: filterIncidents(registry.incidents, filter), filter, rule, caption };
}

function toFilter(flags: FilterFlags): IncidentFilter {
  if (flags.disputed === true && flags.undisputed === true) throw both('--disputed', '--undisputed');
  if (flags.all === true && flags.excluded === true) throw both('--all', '--excluded');
  return {
    years: some(flags.year.flatMap(readYears)),
    quarters: some(flags.quarter, (quarter) => quarter.toUpperCase().replace('UNKNOWN', UNKNOWN)),
    from: flags.from,
    to: flags.to,
    victimTypes: some(flags.victim, lower),
    countries: some(flags.country),
    chains: some(flags.chain),
    assets: some(flags.asset),
    access: some(flags.access, lower),
    techniques: some(flags.technique),
    actors: some(flags.actor, lower),
    grades: some(flags.grade, lower),
    edition: some(flags.edition, lower),
    disputed: flags.disputed === true ? 'only' : flags.undisputed === true ? 'none' : undefined,
    counted: flags.all === true ? 'all' : flags.excluded === true ? 'excluded' : undefined,
    minUsd: flags.minUsd === undefined ? undefined : readMinimum(flags.minUsd),
    amounts: flags.amounts ?? 'preferred',
  };
}

/** What is not given narrows nothing. Whether a value is one of its vocabulary is checked later. */
function some<T extends string>(
  values: readonly string[],
  as: (value: string) => string = (value) => value,
): readonly T[] | undefined {
  return values.length === 0 ? undefined : (values.map((value) => as(value.trim())) as T[]);
}

function lower(text: string): string {
  return text.toLowerCase();
}

function both(one: string, other: string): CairnError {
  return new CairnError('invalid-input', `${one} and ${other} exclude each other`);
}

/** `2017..2023` → each year of it. */
function readYears(text: string): string[] {
  const range = /^(\d{4})\.\.(\d{4})$/.exec(text.trim());
  if (range === null) return [text];
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (first > last) throw new CairnError('invalid-input', `--year ${text}: the first year is later than the last`);
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
}

function readMinimum(text: string) {
  try {
    return parseUsd(text.trim().replace(/^\$/, '').replaceAll(',', ''));
  } catch (cause) {
    if (!isCairnError(cause)) throw cause;
    throw new CairnError('invalid-input', `--min-usd: ${cause.message}`, { cause, hints: cause.hints });
  }
}

type FilterField = keyof IncidentFilter;

/** The flag of each field that can leave incidents out. */
const FLAGS = {
  years: '--year',
  quarters: '--quarter',
  from: '--from',
  to: '--to',
  victimTypes: '--victim',
  countries: '--country',
  chains: '--chain',
  assets: '--asset',
  access: '--access',
  techniques: '--technique',
  actors: '--actor',
  grades: '--grade',
  edition: '--edition',
  disputed: '--disputed or --undisputed',
  counted: '--excluded',
  minUsd: '--min-usd',
} as const satisfies Partial<Record<FilterField, string>>;

const FILTER_FIELDS = Object.keys(FLAGS) as (keyof typeof FLAGS)[];

function checkFlags(filter: IncidentFilter, registry: Registry): void {
  for (const field of FILTER_FIELDS) {
    for (const value of [filter[field] ?? []].flat()) {
      if (typeof value !== 'string') continue;
      try {
        // One value at a time, so that the message can name the flag it was given to.
        checkFilter({ [field]: Array.isArray(filter[field]) ? [value] : value }, registry);
      } catch (cause) {
        if (!isCairnError(cause)) throw cause;
        throw refused(FLAGS[field], value, valuesOf(field, registry), cause.hints);
      }
    }
  }
  checkAssets(filter, registry);
  checkPeriod(filter);
}

function refused(flag: string, value: string, values: readonly string[], hints: readonly string[]): CairnError {
  const like = nearest(value, values);
  return new CairnError('invalid-input', `${flag}: nothing can be '${value.slice(0, 40)}'`, {
    hints: [
      ...(value.includes(',') ? [`give ${flag} once for each value`] : []),
      ...(like === null ? [] : [`did you mean ${like}?`]),
      ...hints,
    ],
  });
}

/** What a mistyped value may have been meant to be. */
function valuesOf(field: FilterField, { incidents, actors }: Registry): readonly string[] {
  const vocabularies: Partial<Record<FilterField, readonly string[]>> = {
    victimTypes: VICTIM_TYPES,
    chains: Object.keys(CHAINS),
    access: ACCESS_CATEGORIES,
    actors: actors.map(({ id }) => id),
    grades: ATTRIBUTION_GRADES,
    edition: [...new Set(incidents.flatMap(({ listedIn }) => listedIn.map(({ edition }) => edition)))],
  };
  return vocabularies[field] ?? [];
}

/** Symbols have no vocabulary but those on record. */
function checkAssets({ assets = [] }: IncidentFilter, { incidents }: Registry): void {
  const symbols = [...new Set(incidents.flatMap((one) => one.assets.value?.map(({ symbol }) => symbol) ?? []))].sort();
  for (const asset of assets) {
    if (asset === UNKNOWN || symbols.some((symbol) => lower(symbol) === lower(asset))) continue;
    throw refused('--asset', asset, symbols, [`on record are: ${symbols.join(', ')}; or ${UNKNOWN}`]);
  }
}

/** `2022` is before `2022-03` only where it ends before it. */
function checkPeriod({ from, to }: IncidentFilter): void {
  if (from === undefined || to === undefined) return;
  const length = Math.min(from.length, to.length);
  if (to.slice(0, length) >= from.slice(0, length)) return;
  throw new CairnError('invalid-input', `--from ${from} --to ${to}: it ends before it begins`, {
    hints: ['write the earlier date first'],
  });
}

/** A sum in which nothing is known is no sum. */
export const NOT_KNOWN = 'not known';

/** Where nothing fits, the reader is told what left it out, and that nothing on record is not nothing that happened. */
export function showNothing({ registry, filter, caption }: Query): string {
  const without = FILTER_FIELDS.filter((field) => filter[field] !== undefined && filter[field] !== 'all').flatMap(
    (field) => {
      const fitting = filterIncidents(registry.incidents, { ...filter, [field]: undefined }).length;
      return fitting === 0 ? [] : [`without ${FLAGS[field]}: ${grouped(fitting)}`];
    },
  );
  const why =
    without.length === 0
      ? 'More than one condition would have to go before any fits.'
      : `Would fit ${without.join('; ')}.`;
  return `No incident on record fits. That says nothing about what happened.\n${why}\n\n${caption}`;
}

/** How many incidents a table shows, and of how many it gives no amount. */
export function countOf({ incidents, rule }: Query): string {
  const unknown = incidents.filter((incident) => amountOf(incident, rule).usd === null).length;
  const one = incidents.length === 1 ? 'incident' : 'incidents';
  return `${grouped(incidents.length)} ${one}; ${unknown === 0 ? 'each has a known amount' : `of ${grouped(unknown)} no amount is known under this rule`}.`;
}
