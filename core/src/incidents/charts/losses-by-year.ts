import type { Aggregate } from '../aggregate.ts';
import type { Usd } from '../claim.ts';
import { periodsBetween } from '../impact/period.ts';
import type { Group, Scope } from '../scope.ts';
import { ATTRIBUTION_GRADES, ATTRIBUTION_NAMES } from '../vocabulary.ts';
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
 */
export function lossesByYearChart(scope: Scope, aggregates: readonly Aggregate[], caption: string): BarsChart {
  const published = publishedSeries(aggregates);
  const groups = new Map(scope.groups.map((group) => [group.key, group]));
  const years = periodsBetween([...groups.keys(), ...published.flatMap((one) => [...one.years.keys()])], 'year');
  const of = (year: string): Group | undefined => groups.get(year);
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
      values: years.map((year) => {
        const group = of(year);
        return group === undefined ? 0n : group.byGrade[grade].usd;
      }),
    })),
    lines: published.map(({ name, years: own }) => ({
      name,
      values: years.map((year): Usd | null => own.get(year)?.usd ?? null),
    })),
    below: [
      { name: 'incidents', values: years.map((year) => of(year)?.incidents ?? 0) },
      { name: 'of them without a known amount', values: years.map((year) => of(year)?.unknown ?? 0) },
    ],
    table: tableOf(years, groups, published),
  };
}

function tableOf(
  years: readonly string[],
  groups: ReadonlyMap<string, Group>,
  published: readonly PublishedSeries[],
): BarsChart['table'] {
  return {
    columns: [
      { name: 'year', align: 'left' },
      { name: 'incidents', align: 'right' },
      { name: 'without a known amount', align: 'right' },
      ...ATTRIBUTION_GRADES.map((grade) => ({ name: `${ATTRIBUTION_NAMES[grade]}, US$`, align: 'right' as const })),
      { name: 'sum of known, US$', align: 'right' },
      ...published.map(({ name }) => ({ name: `${name}, US$`, align: 'right' as const })),
    ],
    rows: years.map((year) => {
      const group = groups.get(year);
      return [
        year,
        String(group?.incidents ?? 0),
        String(group?.unknown ?? 0),
        ...ATTRIBUTION_GRADES.map((grade) => usdCell(group === undefined ? 0n : group.byGrade[grade].usd)),
        usdCell(group === undefined ? 0n : group.usd),
        ...published.map(({ years: own }) => own.get(year)?.text ?? 'not covered'),
      ];
    }),
  };
}
