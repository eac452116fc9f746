import { CairnError } from '@cairn/core/errors';
import {
  type Between,
  type Concentration,
  concentration,
  DIMENSIONS,
  groupNames,
  type LossesOverTime,
  lossesOverTime,
  OUTCOME_KINDS,
  type Outcomes,
  outcomes,
  type PeriodUnit,
  SHIFT_DIMENSIONS,
  type ShiftDimension,
  type Shifts,
  shifts,
  showUsd,
  type TimeBetween,
  timeBetween,
  UNKNOWN,
  type UsdShare,
} from '@cairn/core/incidents';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import type { FilterFlags } from './flags.ts';
import { bar } from './money.ts';
import { NOT_KNOWN, readQuery, showNothing } from './query.ts';
import { withDollars } from './to-json.ts';

export type ImpactFlags = FilterFlags & { readonly shift: readonly string[]; readonly per?: string };

const PERIODS: readonly PeriodUnit[] = ['year', 'quarter', 'month'];
/** Assets in a table; the rest is counted. */
const ASSETS_SHOWN = 12;
/** Thefts named beside a share; --json has all. */
const NAMED = 4;

/** `cairn incidents impact`: what the record shows of size, rhythm, change and recovery. */
export async function showImpact({ print }: Context, flags: ImpactFlags): Promise<ExitCode> {
  const per = PERIODS.find((period) => period === (flags.per ?? 'year'));
  if (per === undefined)
    throw new CairnError('invalid-input', `--per takes year, quarter or month, not '${flags.per}'`);
  const dimensions = flags.shift.length === 0 ? SHIFT_DIMENSIONS.slice(0, 2) : flags.shift.map(readShift);
  const query = readQuery(flags);
  const { registry, incidents, rule, caption, filter } = query;
  const result = {
    losses: lossesOverTime(incidents, rule, per),
    concentration: concentration(incidents, rule),
    timeBetween: timeBetween(incidents),
    outcomes: outcomes(incidents),
    shifts: dimensions.map((dimension) => shifts(incidents, rule, dimension)),
  };
  const names = groupNames(registry);
  const text =
    incidents.length === 0
      ? showNothing(query)
      : [
          showLosses(result.losses),
          showConcentration(result.concentration),
          showRhythm(result.timeBetween),
          showOutcomes(result.outcomes),
          ...result.shifts.map((one) => showShift(one, names)),
          leftOutOf(result.losses),
          caption,
        ]
          .filter((part) => part !== '')
          .join('\n\n');
  const { gini } = result.concentration;
  // A ratio, not dollars.
  const ratio = gini === null ? null : { numerator: String(gini.numerator), denominator: String(gini.denominator) };
  const value = { ...result, concentration: { ...result.concentration, gini: ratio } };
  print(text, withDollars({ rule, filter, caption, ...value }));
  return 0;
}

function readShift(text: string): ShiftDimension {
  const found = SHIFT_DIMENSIONS.find((dimension) => dimension === text);
  if (found !== undefined) return found;
  throw new CairnError('invalid-input', `--shift takes ${SHIFT_DIMENSIONS.join(', ')}, not '${text.slice(0, 40)}'`);
}

function showLosses({ by, periods, tooCoarse, assets, assetsUnknown }: LossesOverTime): string {
  const most = periods.reduce((max, { usd }) => (usd !== null && usd > max ? usd : max), 0n);
  const rows = periods.map(({ period, incidents, unknown, usd, cumulativeUsd }) => [
    period,
    grouped(incidents),
    unknown === 0 ? '-' : grouped(unknown),
    usd === null ? NOT_KNOWN : showUsd(usd),
    cumulativeUsd === null ? NOT_KNOWN : showUsd(cumulativeUsd),
    usd === null ? '' : bar(usd, most),
  ]);
  const coarse =
    tooCoarse.slugs.length === 0 ? '' : `\nIn no ${by}, for their dates are too coarse: ${tooCoarse.slugs.join(', ')}.`;
  const inAsset = assets
    .slice(0, ASSETS_SHOWN)
    .map(({ symbol, amount, incidents, withAmount, withoutAmount }) => [
      symbol,
      amount === null ? NOT_KNOWN : groupedDecimal(amount),
      grouped(incidents),
      grouped(withAmount),
      withoutAmount === 0 ? '-' : grouped(withoutAmount),
    ]);
  const more =
    assets.length > ASSETS_SHOWN ? ` ${grouped(assets.length - ASSETS_SHOWN)} further assets are named.` : '';
  return [
    `Losses by ${by}: sums of known amounts, nominal US dollars`,
    `${table([by, 'incidents', 'no amount', 'sum of known', 'so far', ''], rows, ['incidents', 'no amount', 'sum of known', 'so far'])}${coarse}`,
    '',
    'In the asset itself, where the record gives an amount',
    table(['asset', 'known amount', 'incidents that name it', 'with an amount', 'without'], inAsset, [
      'known amount',
      'incidents that name it',
      'with an amount',
      'without',
    ]),
    `Of ${grouped(assetsUnknown)} incidents no source names an asset.${more}`,
  ].join('\n');
}

function groupedDecimal(text: string): string {
  const [whole = '', fraction] = text.split('.');
  return `${grouped(whole)}${fraction === undefined ? '' : `.${fraction}`}`;
}

function showConcentration({ known, unknown, zero, usd, largest, gini }: Concentration): string {
  const rows = largest.map(({ largest: number, losses, share }) => [
    `largest ${number}`,
    share === null ? '-' : `${showUsd(share.part)} of ${showUsd(share.whole)}`,
    share === null ? '-' : percent(share),
    losses
      .slice(0, NAMED)
      .map(({ slug }) => slug)
      .join(', ') + (losses.length > NAMED ? ', …' : ''),
  ]);
  const equals = largest.flatMap(({ largest: number, alsoAsLarge }) =>
    alsoAsLarge.length === 0 ? [] : [` As large as the smallest of the largest ${number}: ${alsoAsLarge.join(', ')}.`],
  );
  const outside = unknown.length === 0 ? '' : ` ${grouped(unknown.length)} without a known amount are left out.`;
  const nothing = zero.length === 0 ? '' : ` Known to be nothing: ${zero.join(', ')}.`;
  return [
    `Concentration, of ${grouped(known)} incidents with a known amount (${usd === null ? NOT_KNOWN : showUsd(usd)})`,
    table(['', 'sum of known', 'share', ''], rows, ['sum of known', 'share']),
    `Gini coefficient ${gini === null ? NOT_KNOWN : decimal(gini.numerator, gini.denominator)} (0: all alike, 1: one has all).${outside}${nothing}${equals.join('')}`,
  ].join('\n');
}

/** One decimal, half up. */
function percent({ part, whole }: UsdShare): string {
  const tenths = (part * 2000n + whole) / (whole * 2n);
  return `${tenths / 10n}.${tenths % 10n} %`;
}

/** Three decimals, half up. */
function decimal(numerator: bigint, denominator: bigint): string {
  const thousandths = (numerator * 2000n + denominator) / (denominator * 2n);
  return `${thousandths / 1000n}.${String(thousandths % 1000n).padStart(3, '0')}`;
}

function showRhythm({ thefts, gaps, sameDay, quartiles, longest, years, notToTheDay }: TimeBetween): string {
  if (quartiles === null) return 'Time between thefts: fewer than two are dated to the day.';
  const longestOnes = longest.map(
    ({ days, from, to }) =>
      `${grouped(days)} days, ${from.on} (${from.slugs.join(', ')}) to ${to.on} (${to.slugs.join(', ')})`,
  );
  const rows = years.map(({ year, gaps: number, median }) => [year, grouped(number), String(median)]);
  return [
    `Time between thefts, of ${grouped(thefts)} dated to the day (${grouped(gaps)} gaps, ${grouped(sameDay)} of them on one day)`,
    `Median ${quartiles.median} days; half of the gaps lie between ${quartiles.lower} and ${quartiles.upper}. Longest: ${longestOnes.join('; ')}.`,
    table(['year', 'gaps that ended in it', 'median days'], rows, ['gaps that ended in it', 'median days']),
    notToTheDay.length === 0
      ? ''
      : `Left out, for the day is not known: ${notToTheDay.length}. A gap may have held one of them.`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** Both readings where they differ: entries of the same value, and entries apart. */
function readings<T>({ ifSame, ifApart }: Between<T>, show: (figure: T) => string): string {
  return ifSame === ifApart ? show(ifSame) : `${show(ifSame)} to ${show(ifApart)}`;
}

function showOutcomes({ kinds, incidents, withOutcome, nothingRecorded }: Outcomes): string {
  const rows = kinds.map(({ kind, entries, incidents: about, usd, withoutUsd, qualified, assets }) => [
    kind,
    grouped(entries),
    grouped(about.length),
    usd === null ? NOT_KNOWN : readings(usd, showUsd),
    withoutUsd === 0 ? '-' : grouped(withoutUsd),
    qualified === 0 ? '-' : grouped(qualified),
    assets
      .flatMap(({ asset, amount }) => (amount === null ? [] : [`${readings(amount, groupedDecimal)} ${asset}`]))
      .join(', '),
  ]);
  const joint = kinds.flatMap((one) => one.joint.map((entry) => ({ kind: one.kind, ...entry })));
  return [
    `What became of the value, as recorded (${OUTCOME_KINDS.length} kinds, never added together: a forfeiture asked for is not one granted, and frozen is not returned)`,
    table(['', 'entries', 'incidents', 'known dollars', 'without', 'estimates', 'in assets, not converted'], rows, [
      'entries',
      'incidents',
      'known dollars',
      'without',
      'estimates',
    ]),
    ...joint.map(
      ({ kind, slugs, outside }) =>
        `One entry, ${kind}, is about ${slugs.join(', ')} together${outside.length === 0 ? '' : `, of which not asked about: ${outside.join(', ')}`}.`,
    ),
    `Of ${grouped(incidents)} incidents ${grouped(withOutcome)} have an entry; of ${grouped(nothingRecorded)} nothing is recorded, which does not mean that nothing was recovered.`,
  ].join('\n');
}

function showShift({ dimension, values, years }: Shifts, names: ReadonlyMap<string, string>): string {
  const { name, nameOf } = DIMENSIONS[dimension];
  const rows = values.map((value, i) => [
    value === UNKNOWN ? NOT_KNOWN : (names.get(value) ?? nameOf(value)),
    ...years.map(({ cells }) => {
      const number = cells[i]?.ofAll.part ?? 0;
      return number === 0 ? '-' : grouped(number);
    }),
  ]);
  const head = years.map(({ year }) => year);
  const suspected = years.map(({ cells }) => cells.reduce((sum, { onlySuspected }) => sum + (onlySuspected ?? 0), 0));
  return [
    `Number of incidents by ${name} and year`,
    table(
      ['', ...head],
      [
        ...rows,
        ['in all', ...years.map(({ incidents }) => grouped(incidents))],
        ['of which known', ...years.map(({ known }) => grouped(known))],
        ...(dimension === 'access'
          ? [['of these, only suspected', ...suspected.map((number) => grouped(number))]]
          : []),
      ],
      head,
    ),
  ].join('\n');
}

function leftOutOf({ leftOut }: LossesOverTime): string {
  if (leftOut.length === 0) return '';
  return `Left out everywhere above, for they count in no total: ${leftOut.map(({ slug }) => slug).join(', ')}.`;
}
