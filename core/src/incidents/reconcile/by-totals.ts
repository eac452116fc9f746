import type { Aggregate } from '../aggregate.ts';
import type { AmountRule } from '../amounts.ts';
import { amountOf } from '../amounts.ts';
import { sumKnown } from '../impact/counted.ts';
import { periodsBetween } from '../impact/period.ts';
import type { Registry } from '../registry.ts';
import { type Candidates, candidatesFor } from './candidates.ts';
import { cautionsOfTotals } from './cautions.ts';
import { type Difference, differenceOf, type HeldFigure, type PublishedFigure } from './figure.ts';
import { type OwnYears, ownYearsOf, publishedWhole, publishedYear } from './published.ts';
import { type Revision, revisionsAround } from './revisions.ts';
import { liesIn, type Window, windowOf, yearWindow } from './window.ts';

/** One period of a published aggregate beside the registry. */
export type PeriodTotals = {
  /** A year, or the whole period as it is printed. */
  readonly period: string;
  /** Days that count, bounds included; a month's last day is written as the 31st. Null: open. */
  readonly window: Window;
  readonly published: PublishedFigure;
  readonly held: HeldFigure;
  readonly difference: Difference;
  /** Counted incidents of the period without an amount under the rule. */
  readonly unknownAmounts: readonly string[];
  /** Counted incidents whose date is too coarse to tell whether they lie in the period; they are counted in it. */
  readonly uncertainDates: readonly string[];
  /** Null: nothing to explain, the sum is within the published bound, or years are explained one by one. */
  readonly candidates: Candidates | null;
};

/** The registry beside an aggregate whose rows are not published. */
export type ByTotals = {
  readonly kind: 'totals';
  readonly edition: Aggregate;
  readonly rule: AmountRule;
  /**
   * Every year of the period; those that the edition does not give apart stand there with nothing published. Empty where the
   * period is one year or less and the edition gives it as a whole.
   */
  readonly years: readonly PeriodTotals[];
  readonly whole: PeriodTotals;
  /** The edition's own years added up, beside the total it prints; null: it does not give both. */
  readonly ownYears: OwnYears | null;
  readonly revisions: readonly Revision[];
  readonly cautions: readonly string[];
};

/** Compares sums, and looks for incidents that may explain a difference. */
export function reconcileTotals(registry: Registry, edition: Aggregate, rule: AmountRule): ByTotals {
  const window = windowOf(edition.period.from, edition.period.to);
  const yearNames = yearsOf(registry, edition, window);
  const years = yearNames.map((year) =>
    periodTotals(registry, year, yearWindow(year, window), publishedYear(edition, year), edition, rule),
  );
  const coversYears = yearNames.every((year) => edition.byYear?.[year] !== undefined);
  const whole = periodTotals(
    registry,
    edition.period.asPrinted,
    window,
    wholeFigure(edition, yearNames),
    edition,
    rule,
  );
  const revisions = revisionsAround(registry.aggregates, edition);
  const parts = {
    kind: 'totals',
    edition,
    rule,
    years: yearNames.length === 1 && !coversYears ? [] : years,
    whole: coversYears ? { ...whole, candidates: null } : whole,
    ownYears: coversYears ? ownYearsOf(edition) : null,
    revisions,
  } as const;
  return { ...parts, cautions: cautionsOfTotals(parts) };
}

/** Of a single year that is given apart, that year's figure stands for the whole period. */
function wholeFigure(edition: Aggregate, [year, ...more]: readonly string[]): PublishedFigure {
  const isYear = edition.usd === null && year !== undefined && more.length === 0;
  return isYear ? publishedYear(edition, year) : publishedWhole(edition);
}

/** The years of the period; where its start is open, from the first incident. */
function yearsOf({ incidents }: Registry, { byYear }: Aggregate, { from, to }: Window): readonly string[] {
  const dates = incidents.filter(({ counted }) => counted.inTotals).map(({ date }) => date.value.slice(0, 4));
  const named = [...Object.keys(byYear ?? {}), ...dates.filter((year) => liesIn(year, { from, to }) !== 'out')].sort();
  const first = from?.slice(0, 4) ?? named[0];
  const last = to?.slice(0, 4) ?? named.at(-1);
  return first === undefined || last === undefined ? [] : periodsBetween([first, last], 'year');
}

function periodTotals(
  { incidents }: Registry,
  period: string,
  window: Window,
  published: PublishedFigure,
  edition: Aggregate,
  rule: AmountRule,
): PeriodTotals {
  const lying = incidents.filter(({ date, counted }) => counted.inTotals && liesIn(date.value, window) !== 'out');
  const held = sumKnown(lying, rule);
  const difference = differenceOf(held, published);
  return {
    period,
    window,
    published,
    held,
    difference,
    unknownAmounts: lying.filter((incident) => amountOf(incident, rule).usd === null).map(({ slug }) => slug),
    uncertainDates: lying.filter(({ date }) => liesIn(date.value, window) === 'partly').map(({ slug }) => slug),
    candidates:
      difference.usd === null || difference.agrees
        ? null
        : candidatesFor(incidents, { window, rule, gap: difference.usd, edition }),
  };
}
