import { AMOUNT_RULE_NAMES, type AmountRule } from '../amounts.ts';
import { formatUsd, type Usd } from '../claim.ts';

/** A sum or an amount as a cell; in words where there is none. */
export function usdCell(usd: Usd | null, otherwise = 'not known'): string {
  return usd === null ? otherwise : formatUsd(usd);
}

/** `3 incidents`, `1 incident`. */
export function numbered(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** Rules that ask for the figure of one list: what is not in it has no amount under them, which is not to say that none is known. */
function isOfList(rule: AmountRule): boolean {
  return rule === 'un' || rule === 'msmt';
}

/** What a cell says of an amount, or a sum, where the rule finds none. */
export function noAmountCell(rule: AmountRule): string {
  return isOfList(rule) ? 'none under this rule' : 'not known';
}

/** How many have no amount: `9 have no known amount`. */
export function noAmount(rule: AmountRule): string {
  return isOfList(rule) ? 'no amount under this rule' : 'no known amount';
}

/** The same as an attribute: `9 without a known amount`. */
export function withoutAmount(rule: AmountRule): string {
  return isOfList(rule) ? 'without an amount under this rule' : 'without a known amount';
}

/** What every chart of amounts says of them. */
export function sumsOfKnown(rule: AmountRule, incidents: number, unknown: number): string {
  const [have, are] = unknown === 1 ? ['has', 'is'] : ['have', 'are'];
  const without =
    unknown === 0
      ? `${numbered(incidents, 'incident')}, none ${withoutAmount(rule)}.`
      : `Of ${numbered(incidents, 'incident')}, ${unknown} ${have} ${noAmount(rule)} and ${are} in no sum.`;
  return `Sums of known amounts (${AMOUNT_RULE_NAMES[rule]}), not totals of what was stolen; nominal US dollars. ${without}`;
}

/** A percentage with one decimal, half up, of exact numbers. */
export function percentCell(part: bigint, whole: bigint): string {
  const tenths = (part * 2000n + whole) / (whole * 2n);
  return `${tenths / 10n}.${tenths % 10n} %`;
}
