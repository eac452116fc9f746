import { CairnError } from '@cairn/core/errors';
import {
  DIMENSION_IDS,
  DIMENSIONS,
  type DimensionId,
  formatUsd,
  type Group,
  groupNames,
  type Scope,
  type SumOfKnown,
  scopeBy,
  showUsd,
  type Tally,
} from '@cairn/core/incidents';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { toCsv } from './csv.ts';
import type { FilterFlags } from './flags.ts';
import { bar } from './money.ts';
import { nearest } from './nearest.ts';
import { countOf, NOT_KNOWN, readQuery, showNothing } from './query.ts';
import { withDollars } from './to-json.ts';

export type StatsFlags = FilterFlags & { readonly by: readonly string[]; readonly csv?: true };

/** `cairn incidents stats`: sums of known amounts by one property after another. */
export async function showStats({ print, json }: Context, flags: StatsFlags): Promise<ExitCode> {
  const dimensions = flags.by.length === 0 ? ['year' as const] : flags.by.map(readDimension);
  const query = readQuery(flags);
  const { registry, incidents, rule, caption, filter } = query;
  const names = groupNames(registry);
  const scopes = dimensions.map((dimension) => scopeBy(incidents, dimension, rule, names));
  if (flags.csv === true && !json) {
    process.stdout.write(csvOf(scopes));
    return 0;
  }
  const text =
    incidents.length === 0
      ? showNothing(query)
      : [...scopes.map(showScope), `${countOf(query)} ${caption}`].join('\n\n');
  print(text, withDollars({ rule, filter, caption, scopes }));
  return 0;
}

function readDimension(text: string): DimensionId {
  const found = DIMENSION_IDS.find((id) => id === text);
  if (found !== undefined) return found;
  const like = nearest(text, DIMENSION_IDS);
  throw new CairnError('invalid-input', `--by takes a property of incidents, not '${text.slice(0, 40)}'`, {
    hints: [...(like === null ? [] : [`did you mean ${like}?`]), `use one of ${DIMENSION_IDS.join(', ')}`],
  });
}

/** Two lines high where the figures are narrower than the word. */
const HEAD = ['incidents', 'no\namount', 'sum of known', 'lowest', 'highest', 'con-\nflict', 'dis-\nputed'];
/** The widest table is to fit a terminal of 120 columns, bars and all. */
const WIDTH = 120;
const LONGEST_BAR = 24;

function showScope(scope: Scope): string {
  const { name } = DIMENSIONS[scope.dimension];
  const most = scope.groups.reduce((max, { usd }) => (usd !== null && usd > max ? usd : max), 0n);
  const rows = scope.groups.map((group) => [shown(group), ...cells(group)]);
  const all = ['in all', ...cells(scope.total)];
  const plain = table([name, ...HEAD], [...rows, all], HEAD);
  const room = WIDTH - 2 - Math.max(...plain.split('\n').map((line) => line.length));
  const width = Math.max(8, Math.min(LONGEST_BAR, room));
  const bars = scope.groups.map(({ usd }) => (usd === null ? '' : bar(usd, most, width)));
  const notes = [
    'A sum of known amounts is not a total. lowest, highest: the same incidents by their least and greatest figure.',
    ...(scope.overlapping
      ? [`An incident can have more than one ${name}: the sums overlap and add up to more than the whole.`]
      : []),
    ...(scope.fieldUnknown > 0 ? [`Of ${grouped(scope.fieldUnknown)} incidents the record gives no ${name}.`] : []),
  ];
  const withBars = [...rows.map((row, i) => [...row, bars[i] ?? '']), [...all, '']];
  return `${table([name, ...HEAD, ''], withBars, HEAD)}\n${notes.join(' ')}`;
}

const LONGEST_NAME = 30;

function shown({ name }: Group): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

function cells({ incidents, unknown, usd, lowest, highest, conflicted, disputed }: Tally): string[] {
  const sum = (value: SumOfKnown): string => (value === null ? NOT_KNOWN : showUsd(value));
  const count = (value: number): string => (value === 0 ? '-' : grouped(value));
  return [grouped(incidents), count(unknown), sum(usd), sum(lowest), sum(highest), count(conflicted), count(disputed)];
}

function csvOf(scopes: readonly Scope[]): string {
  const head = [
    'by',
    'key',
    'name',
    'incidents',
    'known',
    'unknown',
    'usd',
    'lowest',
    'highest',
    'conflicted',
    'disputed',
    'overlapping',
  ];
  const rows = scopes.flatMap(({ dimension, groups, total, overlapping }) =>
    [...groups, { key: '', name: 'in all', ...total }].map((group) => [
      dimension,
      group.key,
      group.name,
      String(group.incidents),
      String(group.known),
      String(group.unknown),
      ...[group.usd, group.lowest, group.highest].map((usd) => (usd === null ? '' : formatUsd(usd))),
      String(group.conflicted),
      String(group.disputed),
      String(overlapping),
    ]),
  );
  return toCsv([head, ...rows]);
}
