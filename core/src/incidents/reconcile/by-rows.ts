import { compareText } from '../../units/index.ts';
import type { Aggregate } from '../aggregate.ts';
import type { AmountRule } from '../amounts.ts';
import { READS, type Read, type Usd } from '../claim.ts';
import { sumKnown } from '../impact/counted.ts';
import type { Registry } from '../registry.ts';
import { cautionsOfRows } from './cautions.ts';
import { type Difference, differenceOf, type HeldFigure, type PublishedFigure } from './figure.ts';
import { type JointFigure, jointFigures } from './joint-figures.ts';
import { type OwnYears, ownYearsOf, publishedWhole, publishedYear } from './published.ts';
import { type Revision, revisionsAround } from './revisions.ts';
import { type ListedRow, rowsOfEdition } from './rows.ts';
import { liesIn, windowOf, yearWindow } from './window.ts';

/** Rows of a list in one period, added up. */
export type PeriodRows = {
  /** A year, or the whole period as it is printed. */
  readonly period: string;
  readonly published: PublishedFigure;
  /** The rows as printed; one that covers several incidents counts once. */
  readonly held: HeldFigure;
  /** The rows as printed, minus what is published. */
  readonly difference: Difference;
  /** The same without rows dated after the edition; null: there are none. */
  readonly withoutLater: { readonly held: HeldFigure; readonly difference: Difference } | null;
  /** The incidents of the rows under the rule, and by how much that is more than printed where both are known; cents. */
  readonly underRule: { readonly usd: Usd | null; readonly minusPrinted: Usd | null };
  /** Counted incidents of the period in the registry that the list does not have, under the rule `preferred`. */
  readonly notListed: HeldFigure & { readonly slugs: readonly string[] };
};

/** The registry beside an aggregate whose rows it holds. */
export type ByRows = {
  readonly kind: 'rows';
  readonly edition: Aggregate;
  readonly rule: AmountRule;
  readonly rows: readonly ListedRow[];
  readonly years: readonly PeriodRows[];
  readonly whole: PeriodRows;
  /** The edition's own years added up, beside the total it prints; null: it does not give both. */
  readonly ownYears: OwnYears | null;
  /** Some other amount of the whole loss is more than a tenth of the printed one away: largest difference first. */
  readonly differing: readonly ListedRow[];
  /** What others say of several rows together, and the same rows added up as printed. */
  readonly jointFigures: readonly JointFigure[];
  readonly dateConflicts: readonly ListedRow[];
  readonly locationConflicts: readonly ListedRow[];
  /** How the list's text was read, row by row; never more than what was read at best. */
  readonly reading: readonly { readonly read: Read; readonly rows: number }[];
  readonly revisions: readonly Revision[];
  readonly cautions: readonly string[];
};

/** Compares the registry's copy of a list row by row with what else is known, and its sums with what is published. */
export function reconcileRows(registry: Registry, edition: Aggregate, rule: AmountRule): ByRows {
  const rows = rowsOfEdition(registry, edition, rule);
  const names = [...new Set([...rows.map(({ year }) => year), ...Object.keys(edition.byYear ?? {})])].sort(compareText);
  const years = names.map((year) => {
    const own = rows.filter((row) => row.year === year);
    return periodRows(registry, edition, rows, own, publishedYear(edition, year), year);
  });
  const parts = {
    kind: 'rows',
    edition,
    rule,
    rows,
    years,
    whole: periodRows(registry, edition, rows, rows, publishedWhole(edition), null),
    ownYears: ownYearsOf(edition),
    differing: rows.filter(({ differs }) => differs).sort((a, b) => (widest(a) > widest(b) ? -1 : 1)),
    jointFigures: jointFigures(registry.incidents, rows),
    dateConflicts: rows.filter(({ dateConflict }) => dateConflict !== null),
    locationConflicts: rows.filter(({ location }) => location?.agrees === false),
    reading: READS.flatMap((read) => {
      const number = rows.filter((row) => row.read === read).length;
      return number === 0 ? [] : [{ read, rows: number }];
    }),
    revisions: revisionsAround(registry.aggregates, edition),
  } as const;
  const lists = registry.aggregates.filter(({ id }) => id !== edition.id && rows.some((row) => row.edition === id));
  const notes = new Set(lists.flatMap(({ note }) => note ?? []));
  return { ...parts, cautions: cautionsOfRows(parts, [...notes]) };
}

/** The largest distance of another amount from the printed one, in cents. */
function widest({ others }: ListedRow): Usd {
  return others.all.reduce((most, { differenceUsd }) => {
    const size = differenceUsd < 0n ? -differenceUsd : differenceUsd;
    return size > most ? size : most;
  }, 0n);
}

function periodRows(
  { incidents }: Registry,
  { period }: Aggregate,
  all: readonly ListedRow[],
  rows: readonly ListedRow[],
  published: PublishedFigure,
  year: string | null,
): PeriodRows {
  const window = windowOf(period.from, period.to);
  const own = year === null ? window : yearWindow(year, window);
  const listed = new Set(all.flatMap(({ slug, together }) => [slug, ...together]));
  const missing = incidents.filter(
    ({ slug, date, counted }) => counted.inTotals && !listed.has(slug) && liesIn(date.value, own) !== 'out',
  );
  const held = printedSum(rows);
  const onTime = printedSum(rows.filter(({ isAfterEdition }) => !isAfterEdition));
  const known = rows.map(({ underRule }) => underRule).filter((usd) => usd !== null);
  const usd = known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0n);
  return {
    period: year ?? period.asPrinted,
    published,
    held,
    difference: differenceOf(held, published),
    withoutLater:
      onTime.incidents === held.incidents ? null : { held: onTime, difference: differenceOf(onTime, published) },
    underRule: { usd, minusPrinted: minusPrinted(rows) },
    notListed: { ...sumKnown(missing, 'preferred'), slugs: missing.map(({ slug }) => slug) },
  };
}

function minusPrinted(rows: readonly ListedRow[]): Usd | null {
  const both = rows.flatMap(({ underRule, printedUsd }) =>
    underRule === null || printedUsd === null ? [] : [underRule - printedUsd],
  );
  return both.length === 0 ? null : both.reduce((sum, one) => sum + one, 0n);
}

/** Here `incidents` counts rows. */
function printedSum(rows: readonly ListedRow[]): HeldFigure {
  const known = rows.map(({ printedUsd }) => printedUsd).filter((usd) => usd !== null);
  const unknown = rows.length - known.length;
  return {
    incidents: rows.length,
    known: known.length,
    unknown,
    usd: known.length === 0 && unknown > 0 ? null : known.reduce((sum, usd) => sum + usd, 0n),
  };
}
