import { compareText } from '../../units/index.ts';
import type { AmountRule } from '../amounts.ts';
import type { Usd } from '../claim.ts';
import type { Incident } from '../incident.ts';
import { type Counted, type KnownSum, splitCounted, sumKnown } from './counted.ts';
import { sumDecimals } from './decimals.ts';
import { type PeriodUnit, periodOf, periodsBetween } from './period.ts';

/** Losses of one period, and of all up to its end. */
export type PeriodLosses = KnownSum & {
  /** `2022`, `2022-Q1` or `2022-03`. */
  readonly period: string;
  /** Known losses from the first period to this one, without those in `tooCoarse`; null: none is known yet. */
  readonly cumulativeUsd: Usd | null;
  readonly cumulativeIncidents: number;
  readonly cumulativeUnknown: number;
};

/** What was taken of one asset, in the asset itself. */
export type AssetSum = {
  /** Decimal text, exact; null: no amount is recorded. */
  readonly amount: string | null;
  /** Incidents that name the asset. */
  readonly incidents: number;
  /** Those with an amount; where a record gives one for some of its rows only, it stands here and in `withoutAmount`. */
  readonly withAmount: number;
  /** Those that name it and give no amount, or not all of it. */
  readonly withoutAmount: number;
};

/** One asset by the symbol that records use: the same symbol on several chains is one line, a wrapped form is another. */
export type AssetLosses = AssetSum & {
  readonly symbol: string;
  /** Only periods in which an incident names it. */
  readonly periods: readonly (AssetSum & { readonly period: string })[];
};

/** Losses over time: nominal dollars of the time, not adjusted, and amounts in each asset. */
export type LossesOverTime = {
  readonly by: PeriodUnit;
  readonly rule: AmountRule;
  /** In time order, without holes; one without incidents has a sum of 0. */
  readonly periods: readonly PeriodLosses[];
  /** Dates that are not exact enough for the period: in no period, and in `all`. */
  readonly tooCoarse: KnownSum & { readonly slugs: readonly string[] };
  readonly all: KnownSum;
  /** Those named by most incidents first. */
  readonly assets: readonly AssetLosses[];
  /** Incidents whose assets no source gives. */
  readonly assetsUnknown: number;
  readonly leftOut: Counted['leftOut'];
};

/**
 * What was lost, period by period?
 * @param rule - which amount of each incident counts.
 * @returns sums of what is known, each beside the number of incidents whose amount is not.
 */
export function lossesOverTime(incidents: readonly Incident[], rule: AmountRule, by: PeriodUnit): LossesOverTime {
  const { counted, leftOut } = splitCounted(incidents);
  const coarse = counted.filter(({ date }) => periodOf(date.value, by) === null);
  return {
    by,
    rule,
    periods: accumulate(groupByPeriod(counted, by), rule),
    tooCoarse: { ...sumKnown(coarse, rule), slugs: coarse.map(({ slug }) => slug) },
    all: sumKnown(counted, rule),
    assets: assetLosses(counted, by),
    assetsUnknown: counted.filter(({ assets }) => assets.value === null).length,
    leftOut,
  };
}

type Group = { readonly period: string; readonly incidents: readonly Incident[] };

/** Incidents of each period, in time order and without holes; dates that are too coarse are in none. */
export function groupByPeriod(incidents: readonly Incident[], by: PeriodUnit): readonly Group[] {
  const groups = new Map<string, Incident[]>();
  for (const incident of incidents) {
    const period = periodOf(incident.date.value, by);
    if (period === null) continue;
    groups.set(period, [...(groups.get(period) ?? []), incident]);
  }
  return periodsBetween([...groups.keys()], by).map((period) => ({ period, incidents: groups.get(period) ?? [] }));
}

function accumulate(groups: readonly Group[], rule: AmountRule): readonly PeriodLosses[] {
  let known = 0;
  let usd = 0n;
  let count = 0;
  let unknown = 0;
  return groups.map(({ period, incidents }) => {
    const sum = sumKnown(incidents, rule);
    known += sum.known;
    usd += sum.usd ?? 0n;
    count += sum.incidents;
    unknown += sum.unknown;
    return {
      period,
      ...sum,
      cumulativeUsd: known === 0 ? null : usd,
      cumulativeIncidents: count,
      cumulativeUnknown: unknown,
    };
  });
}

function assetLosses(incidents: readonly Incident[], by: PeriodUnit): readonly AssetLosses[] {
  const bySymbol = new Map<string, Incident[]>();
  for (const incident of incidents) {
    for (const symbol of new Set((incident.assets.value ?? []).map((asset) => asset.symbol))) {
      bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), incident]);
    }
  }
  return [...bySymbol]
    .map(([symbol, naming]) => ({
      symbol,
      ...assetSum(naming, symbol),
      periods: groupByPeriod(naming, by)
        .filter((group) => group.incidents.length > 0)
        .map((group) => ({ period: group.period, ...assetSum(group.incidents, symbol) })),
    }))
    .sort((a, b) => b.incidents - a.incidents || compareText(a.symbol, b.symbol));
}

function assetSum(naming: readonly Incident[], symbol: string): AssetSum {
  const rows = naming.map(({ assets }) => (assets.value ?? []).filter((asset) => asset.symbol === symbol));
  return {
    amount: sumDecimals(rows.flat().flatMap(({ amount }) => (amount === null ? [] : [amount]))),
    incidents: naming.length,
    withAmount: rows.filter((of) => of.some(({ amount }) => amount !== null)).length,
    withoutAmount: rows.filter((of) => of.some(({ amount }) => amount === null)).length,
  };
}
