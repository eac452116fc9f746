import { parseUsd, type Usd } from './claim.ts';
import type { AmountClaim, Incident } from './incident.ts';

/**
 * Which of the amounts on record counts. Figures for a part of a loss, or for several incidents together, count under no rule.
 *
 * `un`: the row of annex 95 of S/2024/215. `msmt`: the row of the tables in the MSMT's report of October 2025. `preferred`: the
 * record's own choice, with its reason. `lowest`, `highest`: the least and the greatest figure that anybody on record gives for the
 * whole loss; the first in the record's order where several are equal.
 * @see docs/methods/incidents.md
 */
export const AMOUNT_RULES = ['un', 'msmt', 'preferred', 'lowest', 'highest'] as const;
export type AmountRule = (typeof AMOUNT_RULES)[number];

/** What each rule is called where its sums are shown. */
export const AMOUNT_RULE_NAMES: Readonly<Record<AmountRule, string>> = {
  un: 'as printed in annex 95 of S/2024/215',
  msmt: 'as printed in the MSMT’s report of October 2025',
  preferred: 'the record’s preferred figure',
  lowest: 'the lowest figure on record',
  highest: 'the highest figure on record',
};

/** The amount that counts and the claim it is from, or why there is none. */
export type CountedAmount =
  | { readonly usd: Usd; readonly claim: AmountClaim }
  | { readonly usd: null; readonly because: string };

/** Least and greatest figure for the whole loss of one incident, in cents. */
export type Spread = { readonly lowest: Usd; readonly highest: Usd };

/** Figures further apart than a tenth of the higher one are in conflict; nearer ones may be rounding or the rate of another hour. */
const CONFLICT_DIVISOR = 10n;

const NO_FIGURE = 'no source on record gives the whole loss in dollars';

/** How much was lost in an incident, under a rule? `usd` in cents of dollars of the day, as published. */
export function amountOf(incident: Incident, rule: AmountRule): CountedAmount {
  switch (rule) {
    case 'un':
      return claimCalled(incident, 'un', 'not in the rows of annex 95 of S/2024/215');
    case 'msmt':
      return claimCalled(incident, 'msmt', 'not in the tables of the MSMT’s report of October 2025');
    case 'preferred': {
      const { id, because } = incident.preferredAmount;
      return id === null ? { usd: null, because } : claimCalled(incident, id, `the record has no amount '${id}'`);
    }
    case 'lowest':
      return outermost(incident, (usd, than) => usd < than);
    case 'highest':
      return outermost(incident, (usd, than) => usd > than);
  }
}

/** Between which figures do sources put the whole loss? Null: none gives one in dollars. */
export function spreadOf(incident: Incident): Spread | null {
  const lowest = amountOf(incident, 'lowest').usd;
  const highest = amountOf(incident, 'highest').usd;
  return lowest === null || highest === null ? null : { lowest, highest };
}

/** Do sources give figures for the whole loss that differ by more than 10 % of the highest? */
export function hasAmountConflict(incident: Incident): boolean {
  const spread = spreadOf(incident);
  return spread !== null && (spread.highest - spread.lowest) * CONFLICT_DIVISOR > spread.highest;
}

type Counting = { readonly usd: Usd; readonly claim: AmountClaim };

function asCounted(claim: AmountClaim): CountedAmount {
  if (claim.scope === 'part') return { usd: null, because: `the figure of ${claim.by} is for a part of the loss` };
  if (claim.scope === 'joint') {
    return { usd: null, because: `the figure of ${claim.by} is for several incidents together` };
  }
  if (claim.usd === null) return { usd: null, because: `${claim.by} gives no figure in dollars` };
  return { usd: parseUsd(claim.usd), claim };
}

function claimCalled({ amounts }: Incident, id: string, without: string): CountedAmount {
  const claim = amounts.find((one) => one.id === id);
  return claim === undefined ? { usd: null, because: without } : asCounted(claim);
}

function outermost({ amounts }: Incident, isBeyond: (usd: Usd, than: Usd) => boolean): CountedAmount {
  const counting = amounts.map(asCounted).filter((one): one is Counting => one.usd !== null);
  const [first, ...rest] = counting;
  if (first === undefined) return { usd: null, because: NO_FIGURE };
  return rest.reduce((best, one) => (isBeyond(one.usd, best.usd) ? one : best), first);
}
