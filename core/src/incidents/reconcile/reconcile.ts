import { CairnError } from '../../errors.ts';
import type { Aggregate } from '../aggregate.ts';
import type { AmountRule } from '../amounts.ts';
import type { Registry } from '../registry.ts';
import { type ByRows, reconcileRows } from './by-rows.ts';
import { type ByTotals, reconcileTotals } from './by-totals.ts';

/**
 * This registry beside one published aggregate. `rows`: the registry holds the publisher's own rows, and they are compared one by
 * one. `totals`: only sums are published, and what may explain a difference are candidates.
 */
export type Reconciliation = ByRows | ByTotals;

/** An edition that can be reconciled, and how. */
export type Reconcilable = {
  readonly id: string;
  readonly publisher: string;
  readonly scope: string;
  readonly period: Aggregate['period'];
  readonly publishedOn: string | null;
  readonly kind: Reconciliation['kind'];
  /** The rule used unless another is asked for. */
  readonly rule: AmountRule;
};

/** Which published aggregates are there, in the record's order? */
export function reconcilable({ aggregates }: Pick<Registry, 'aggregates'>): readonly Reconcilable[] {
  return aggregates.map((edition) => ({
    id: edition.id,
    publisher: edition.publisher,
    scope: edition.scope,
    period: edition.period,
    publishedOn: edition.publishedOn,
    kind: edition.rowsOf === null ? 'totals' : 'rows',
    rule: defaultRule(edition),
  }));
}

/**
 * How far is this registry from a published aggregate, year by year, and which rows explain it?
 * @param edition - the id of an aggregate: `un-2024-215`.
 * @param rule - which amount of each incident the registry counts; by default the list's own for the UN and the MSMT, else the
 *   preferred one.
 * @throws {CairnError} `not-found`: no such edition; the hint names all.
 */
export function reconcile(registry: Registry, edition: string, rule?: AmountRule): Reconciliation {
  const found = registry.aggregates.find(({ id }) => id === edition);
  if (found === undefined) {
    throw new CairnError('not-found', `no published aggregate is called '${edition.slice(0, 60)}'`, {
      hints: [`use one of ${registry.aggregates.map(({ id }) => id).join(', ')}`],
    });
  }
  const used = rule ?? defaultRule(found);
  return found.rowsOf === null ? reconcileTotals(registry, found, used) : reconcileRows(registry, found, used);
}

function defaultRule({ rowsOf }: Aggregate): AmountRule {
  return rowsOf === 'un' || rowsOf === 'msmt' ? rowsOf : 'preferred';
}
