import type { Aggregate } from '../aggregate.ts';
import type { AmountRule } from '../amounts.ts';
import { showUsd, type Usd } from '../claim.ts';
import type { IncidentFilter } from '../filter.ts';
import { periodsBetween } from '../impact/period.ts';
import type { Group, Scope } from '../scope.ts';
import { ATTRIBUTION_GRADES, ATTRIBUTION_NAMES, type AttributionGrade } from '../vocabulary.ts';
import { isAsked, NOT_ASKED } from './asked.ts';
import { noAmountCell, numbered, sumsOfKnown, usdCell, withoutAmount } from './cells.ts';
import type { BarsChart } from './chart.ts';
import { type PublishedSeries, publishedSeries } from './published-series.ts';

/**
 * What do known losses add up to, year by year and by what their attribution rests on, and what have others published?
 *
 * A year is drawn if the record or a published series has it. A grade none of whose incidents has a known amount is a gap.
 * @param scope - the incidents by year.
 * @param aggregates - of the registry; they are not filtered, and a footnote says so.
 * @param caption - the conditions and grades that `scope` counts, in words.
 * @param filter - what `scope` was asked with: of years that it leaves out nothing is said.
 */
export function lossesByYearChart(
  scope: Scope,
  aggregates: readonly Aggregate[],
  caption: string,
  filter: IncidentFilter = {},
): BarsChart {
  const asked = (year: string): boolean => isAsked(year, filter);
  const published = publishedSeries(aggregates, asked);
  const known = new Map(scope.groups.map((group) => [group.key, group]));
  const years = periodsBetween([...known.keys(), ...published.flatMap((one) => [...one.years.keys()])], 'year');
  const rows = years.map((year) => yearOf(year, asked(year) ? known.get(year) : 'not-asked'));
  const { incidents, unknown } = scope.total;
  return {
    kind: 'bars',
    id: 'losses-by-year',
    title: 'Known losses by year and attribution',
    subtitle: sumsOfKnown(scope.rule, incidents, unknown),
    caption,
    footnotes: footnotesOf(scope, published),
    unit: 'usd',
    axisTitle: 'US$ billion, nominal',
    periods: years,
    stacks: ATTRIBUTION_GRADES.map((grade, look) => ({
      look,
      name: ATTRIBUTION_NAMES[grade],
      isUnknown: false,
      values: rows.map(({ byGrade }) => byGrade[grade]),
    })),
    lines: published.map(({ name, look, years: own }) => ({
      name: `published: ${name}`,
      look,
      values: years.map((year): Usd | null => own.get(year)?.usd ?? null),
    })),
    below: [
      { name: 'incidents', values: rows.map(({ incidents: number }) => number) },
      { name: `of them ${withoutAmount(scope.rule)}`, values: rows.map((row) => row.unknown) },
    ],
    table: tableOf(rows, published, scope.rule),
  };
}

function footnotesOf({ total }: Scope, published: readonly PublishedSeries[]): readonly string[] {
  const have = total.disputed === 1 ? 'has' : 'have';
  return [
    'The four grades say on what the attribution rests. “Listed as suspected in a UN report” and “suspected only” are not attributions; no grade is a finding of Cairn.',
    ...(total.disputed === 0
      ? []
      : [
          `${numbered(total.disputed, 'incident')} counted here ${have} an attribution that somebody on record disputes.`,
        ]),
    ...(total.conflicted === 0
      ? []
      : [
          `Of ${numbered(total.conflicted, 'incident')} counted here the figures on record are more than a tenth apart: by the lowest the known amounts add up to ${showSum(total.lowest)}, by the highest to ${showSum(total.highest)}.`,
        ]),
    ...(published.length === 0
      ? []
      : [
          'The published series count what their publishers count: they are not filtered, are not parts of the bars and are not added to them.',
        ]),
    'The last year may not be over: the record ends when it was compiled.',
    ...published.map(({ footnote }) => footnote),
  ];
}

function showSum(usd: Usd | null): string {
  return usd === null ? 'nothing that is known' : showUsd(usd);
}

type Year = {
  readonly year: string;
  readonly isAsked: boolean;
  readonly incidents: number | null;
  readonly unknown: number | null;
  readonly usd: Usd | null;
  readonly byGrade: Readonly<Record<AttributionGrade, Usd | null>>;
};

/** A year without incidents has sums of zero; one that was not asked for has none. */
function yearOf(year: string, group: Group | undefined | 'not-asked'): Year {
  const asked = group !== 'not-asked';
  const held = group === 'not-asked' ? undefined : group;
  const none = asked ? 0n : null;
  const grades = ATTRIBUTION_GRADES.map((grade) => [grade, held === undefined ? none : held.byGrade[grade].usd]);
  return {
    year,
    isAsked: asked,
    incidents: held?.incidents ?? (asked ? 0 : null),
    unknown: held?.unknown ?? (asked ? 0 : null),
    usd: held === undefined ? none : held.usd,
    byGrade: Object.fromEntries(grades) as Year['byGrade'],
  };
}

function tableOf(rows: readonly Year[], published: readonly PublishedSeries[], rule: AmountRule): BarsChart['table'] {
  return {
    columns: [
      { name: 'year', align: 'left' },
      { name: 'incidents', align: 'right' },
      { name: withoutAmount(rule), align: 'right' },
      ...ATTRIBUTION_GRADES.map((grade) => ({ name: `${ATTRIBUTION_NAMES[grade]}, US$`, align: 'right' as const })),
      { name: 'sum of known, US$', align: 'right' },
      ...published.map(({ name }) => ({ name: `published: ${name}, US$`, align: 'right' as const })),
    ],
    rows: rows.map(({ year, isAsked: asked, incidents, unknown, usd, byGrade }) => {
      const without = asked ? noAmountCell(rule) : NOT_ASKED;
      return [
        year,
        String(incidents ?? NOT_ASKED),
        String(unknown ?? NOT_ASKED),
        ...ATTRIBUTION_GRADES.map((grade) => usdCell(byGrade[grade], without)),
        usdCell(usd, without),
        ...published.map(({ years }) => years.get(year)?.text ?? (asked ? 'not covered' : NOT_ASKED)),
      ];
    }),
  };
}
