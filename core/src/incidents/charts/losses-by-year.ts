import type { Aggregate } from '../aggregate.ts';
import type { Usd } from '../claim.ts';
import type { IncidentFilter } from '../filter.ts';
import { periodsBetween } from '../impact/period.ts';
import type { Group, Scope } from '../scope.ts';
import { ATTRIBUTION_GRADES, ATTRIBUTION_NAMES, type AttributionGrade } from '../vocabulary.ts';
import { isAsked, NOT_ASKED } from './asked.ts';
import { numbered, sumsOfKnown, usdCell } from './cells.ts';
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
  const published = publishedSeries(aggregates);
  const asked = (year: string): boolean => isAsked(year, filter);
  const known = new Map(scope.groups.map((group) => [group.key, group]));
  const years = periodsBetween(
    [...known.keys(), ...published.flatMap((one) => [...one.years.keys()].filter(asked))],
    'year',
  );
  const rows = years.map((year) => yearOf(year, asked(year) ? known.get(year) : 'not-asked'));
  const { incidents, unknown } = scope.total;
  return {
    kind: 'bars',
    id: 'losses-by-year',
    title: 'Known losses by year and attribution',
    subtitle: sumsOfKnown(scope.rule, incidents, unknown),
    caption,
    footnotes: [
      'The four grades say on what the attribution rests. “Listed as suspected in a UN report” and “suspected only” are not attributions; no grade is a finding of Cairn.',
      ...(scope.total.disputed === 0
        ? []
        : [
            `${numbered(scope.total.disputed, 'incident')} counted here ${scope.total.disputed === 1 ? 'has' : 'have'} an attribution that somebody on record disputes.`,
          ]),
      'The published series count what their publishers count: they are not filtered, are not parts of the bars and are not added to them.',
      ...published.map(({ footnote }) => footnote),
    ],
    unit: 'usd',
    axisTitle: 'US$ billion, nominal',
    periods: years,
    stacks: ATTRIBUTION_GRADES.map((grade) => ({
      name: ATTRIBUTION_NAMES[grade],
      isUnknown: false,
      values: rows.map(({ byGrade }) => byGrade[grade]),
    })),
    lines: published.map(({ name, years: own }) => ({
      name: `published: ${name}`,
      values: years.map((year): Usd | null => own.get(year)?.usd ?? null),
    })),
    below: [
      { name: 'incidents', values: rows.map(({ incidents: number }) => number) },
      { name: 'of them without a known amount', values: rows.map((row) => row.unknown) },
    ],
    table: tableOf(rows, published),
  };
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

function tableOf(rows: readonly Year[], published: readonly PublishedSeries[]): BarsChart['table'] {
  return {
    columns: [
      { name: 'year', align: 'left' },
      { name: 'incidents', align: 'right' },
      { name: 'without a known amount', align: 'right' },
      ...ATTRIBUTION_GRADES.map((grade) => ({ name: `${ATTRIBUTION_NAMES[grade]}, US$`, align: 'right' as const })),
      { name: 'sum of known, US$', align: 'right' },
      ...published.map(({ name }) => ({ name: `published: ${name}, US$`, align: 'right' as const })),
    ],
    rows: rows.map(({ year, isAsked: asked, incidents, unknown, usd, byGrade }) => {
      const without = asked ? 'not known' : NOT_ASKED;
      return [
        year,
        String(incidents ?? NOT_ASKED),
        String(unknown ?? NOT_ASKED),
        ...ATTRIBUTION_GRADES.map((grade) => usdCell(byGrade[grade], without)),
        usdCell(usd, without),
        ...published.map(({ years }) => years.get(year)?.text ?? 'not covered'),
      ];
    }),
  };
}
