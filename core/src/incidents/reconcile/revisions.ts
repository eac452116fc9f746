import { compareText } from '../../units/index.ts';
import type { Aggregate } from '../aggregate.ts';
import type { Usd } from '../claim.ts';

/** How a publisher changed its own figures from one edition to the next. */
export type Revision = {
  readonly older: string;
  readonly newer: string;
  readonly newerPublishedOn: string | null;
  /** Years that both give, where the dollars or the count changed. Cents. */
  readonly years: readonly RevisedYear[];
  /** Whole-period figures of an edition and the one it revises, where both are given; periods and scopes may differ. */
  readonly whole: { readonly older: Usd; readonly newer: Usd } | null;
};

export type RevisedYear = {
  readonly year: string;
  readonly olderUsd: Usd | null;
  readonly newerUsd: Usd | null;
  /** Newer minus older; null where one of them is not given. */
  readonly changeUsd: Usd | null;
  readonly olderCount: number | null;
  readonly newerCount: number | null;
};

/**
 * How the editions of the chain that one belongs to changed, oldest first; empty: it revises none and none revises it.
 * A year that an edition between leaves out is set beside the nearest earlier one that gives it.
 */
export function revisionsAround(aggregates: readonly Aggregate[], edition: Aggregate): readonly Revision[] {
  const chain = new Set([edition.id]);
  // An edition may supersede one that several later ones refer to: follow links both ways until nothing is added.
  for (let size = 0; size !== chain.size; ) {
    size = chain.size;
    for (const { id, supersedes } of aggregates) {
      if (supersedes === null) continue;
      if (chain.has(id)) chain.add(supersedes);
      if (chain.has(supersedes)) chain.add(id);
    }
  }
  return aggregates
    .filter(({ id }) => chain.has(id))
    .flatMap((newer) => revisionsOf(newer, ancestorsOf(aggregates, newer)))
    .sort((a, b) => compareText(a.newerPublishedOn ?? '', b.newerPublishedOn ?? '') || compareText(b.older, a.older));
}

/** What an edition revises, what that revises, and so on: nearest first; each once, also where undated ones name each other. */
function ancestorsOf(aggregates: readonly Aggregate[], edition: Aggregate): readonly Aggregate[] {
  const found: Aggregate[] = [];
  for (let next: Aggregate | undefined = edition; next !== undefined; ) {
    const older = aggregates.find(({ id }) => id === next?.supersedes);
    next = older === undefined || older === edition || found.includes(older) ? undefined : older;
    if (next !== undefined) found.push(next);
  }
  return found;
}

/** Each year is set beside the nearest earlier edition that gives it: one between may leave it out. */
function revisionsOf(newer: Aggregate, ancestors: readonly Aggregate[]): readonly Revision[] {
  const found = ancestors.map((older, i): Revision => {
    const between = ancestors.slice(0, i);
    const years = Object.keys(newer.byYear ?? {})
      .filter(
        (year) => older.byYear?.[year] !== undefined && between.every(({ byYear }) => byYear?.[year] === undefined),
      )
      .sort(compareText)
      .map((year) => revisedYear(year, older, newer))
      .filter((one) => one.olderUsd !== one.newerUsd || one.olderCount !== one.newerCount);
    const isDirect = i === 0 && older.usd !== null && newer.usd !== null;
    return {
      older: older.id,
      newer: newer.id,
      newerPublishedOn: newer.publishedOn,
      years,
      whole: isDirect ? { older: older.usd, newer: newer.usd } : null,
    };
  });
  return found.filter(({ years, whole }, i) => i === 0 || years.length > 0 || whole !== null);
}

function revisedYear(year: string, older: Aggregate, newer: Aggregate): RevisedYear {
  const [before, after] = [older.byYear?.[year], newer.byYear?.[year]];
  const [olderUsd, newerUsd] = [before?.usd ?? null, after?.usd ?? null];
  return {
    year,
    olderUsd,
    newerUsd,
    changeUsd: olderUsd === null || newerUsd === null ? null : newerUsd - olderUsd,
    olderCount: before?.count ?? null,
    newerCount: after?.count ?? null,
  };
}
