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

/** What every chart of amounts says of them, in a sentence and a half. */
export function sumsOfKnown(rule: AmountRule, incidents: number, unknown: number): string {
  const without =
    unknown === 0
      ? `Of all ${incidents} incidents an amount is known.`
      : `Of ${incidents} incidents, ${unknown} have no known amount and are in no sum.`;
  return `Sums of known amounts (${AMOUNT_RULE_NAMES[rule]}), not totals of what was stolen; nominal US dollars. ${without}`;
}

/** A percentage with one decimal, half up, of exact numbers. */
export function percentCell(part: bigint, whole: bigint): string {
  const tenths = (part * 2000n + whole) / (whole * 2n);
  return `${tenths / 10n}.${tenths % 10n} %`;
}
