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
import { formatCsvRow } from '@cairn/core/ledger/sources';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { type FilterFlags, NOT_KNOWN, readQuery, showNothing } from './flags.ts';
import { bar } from './money.ts';
import { withDollars } from './to-json.ts';

export type StatsFlags = FilterFlags & { readonly by: readonly string[]; readonly csv?: true };

/** `cairn incidents stats`: sums of known amounts by one property after another. */
export async function showStats({ print, json }: Context, flags: StatsFlags): Promise<ExitCode> {
  const dimensions = flags.by.length === 0 ? ['year' as const] : flags.by.map(readDimension);
  const { registry, incidents, rule, caption, filter } = readQuery(flags);
  const names = groupNames(registry);
  const scopes = dimensions.map((dimension) => scopeBy(incidents, dimension, rule, names));
  if (flags.csv === true && !json) {
    print(toCsv(scopes), null);
    return 0;
  }
  const text = incidents.length === 0 ? showNothing(caption) : [...scopes.map(showScope), caption].join('\n\n');
  print(text, withDollars({ rule, filter, caption, scopes }));
  return 0;
}

function readDimension(text: string): DimensionId {
  const found = DIMENSION_IDS.find((id) => id === text);
  if (found !== undefined) return found;
  throw new CairnError('invalid-input', `--by takes a property of incidents, not '${text.slice(0, 40)}'`, {
    hints: [`use one of ${DIMENSION_IDS.join(', ')}`],
  });
}

const HEAD = ['incidents', 'no amount', 'sum of known', 'lowest', 'highest', 'conflict', 'disputed'];

function showScope(scope: Scope): string {
  const { name } = DIMENSIONS[scope.dimension];
  const most = scope.groups.reduce((max, { usd }) => (usd !== null && usd > max ? usd : max), 0n);
  const rows = scope.groups.map((group) => [
    shown(group),
    ...cells(group),
    group.usd === null ? '' : bar(group.usd, most),
  ]);
  const notes = [
    'A sum of known amounts is not a total. lowest, highest: the same incidents by their least and greatest figure.',
    ...(scope.overlapping
      ? [`An incident can have more than one ${name}: the sums overlap and add up to more than the whole.`]
      : []),
    ...(scope.fieldUnknown > 0 ? [`Of ${grouped(scope.fieldUnknown)} incidents the record gives no ${name}.`] : []),
  ];
  const all = ['in all', ...cells(scope.total), ''];
  return `${table([name, ...HEAD, ''], [...rows, all], HEAD)}\n${notes.join(' ')}`;
}

const LONGEST_NAME = 34;

function shown({ name }: Group): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

function cells({ incidents, unknown, usd, lowest, highest, conflicted, disputed }: Tally): string[] {
  const sum = (value: SumOfKnown): string => (value === null ? NOT_KNOWN : showUsd(value));
  const count = (value: number): string => (value === 0 ? '-' : grouped(value));
  return [grouped(incidents), count(unknown), sum(usd), sum(lowest), sum(highest), count(conflicted), count(disputed)];
}

function toCsv(scopes: readonly Scope[]): string {
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
  return [head, ...rows].map((row) => formatCsvRow(row)).join('\n');
}
