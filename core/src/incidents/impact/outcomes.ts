import { compareText } from '../../units/index.ts';
import { parseUsd, type Usd } from '../claim.ts';
import type { Incident } from '../incident.ts';
import { OUTCOME_KINDS, type OutcomeKind } from '../vocabulary.ts';
import { type Counted, splitCounted } from './counted.ts';
import { sumDecimals } from './decimals.ts';

/**
 * What entries add up to, between two readings. Nobody says whether two entries about one theft speak of the same value.
 * `ifSame`: they do, and only the largest about a theft counts. `ifApart`: they do not, and each counts.
 */
export type Between<T> = { readonly ifSame: T; readonly ifApart: T };

/** Entries of one kind about one asset. */
export type OutcomeAsset = {
  readonly asset: string;
  /** Decimal texts; null: no entry gives an amount. */
  readonly amount: Between<string> | null;
  readonly withAmount: number;
  readonly withoutAmount: number;
};

/** All that is recorded of one kind. An entry's amount in an asset and in dollars are the same value twice: never add them. */
export type OutcomeSum = {
  readonly kind: OutcomeKind;
  /** An entry that several incidents share counts once. */
  readonly entries: number;
  /** Incidents they are about, among those asked about. */
  readonly incidents: readonly string[];
  /** In cents; null: no entry gives dollars. */
  readonly usd: Between<Usd> | null;
  readonly withUsd: number;
  readonly withoutUsd: number;
  /** Entries whose figure is an estimate or a bound: "about", "at least", "at most", "nearly". */
  readonly qualified: number;
  readonly assets: readonly OutcomeAsset[];
  /** Entries that several incidents share; `outside`: of them, those not asked about. */
  readonly joint: readonly { readonly slugs: readonly string[]; readonly outside: readonly string[] }[];
};

/** What became of stolen value, as far as the record says. */
export type Outcomes = {
  /**
   * In the order of `OUTCOME_KINDS`, each for itself and never to be added: the same value may be frozen, then seized, then
   * returned; a forfeiture that is asked for is not granted; what is frozen is not given back.
   */
  readonly kinds: readonly OutcomeSum[];
  readonly incidents: number;
  readonly withOutcome: number;
  /** Incidents about which nothing is recorded: which does not mean that nothing was recovered. */
  readonly nothingRecorded: number;
  readonly leftOut: Counted['leftOut'];
};

type Outcome = Incident['outcomes'][number];
/** An entry once, with all incidents it is about. */
type Entry = { readonly outcome: Outcome; readonly slugs: readonly string[] };

/** What is recorded as recovered, returned, seized, frozen, contained, or asked to be forfeited? */
export function outcomes(incidents: readonly Incident[]): Outcomes {
  const { counted, leftOut } = splitCounted(incidents);
  const asked = new Set(counted.map(({ slug }) => slug));
  const entries = entriesOf(counted);
  const touched = new Set(entries.flatMap(({ slugs }) => slugs).filter((slug) => asked.has(slug)));
  return {
    kinds: OUTCOME_KINDS.map((kind) =>
      sumOf(
        kind,
        entries.filter(({ outcome }) => outcome.kind === kind),
        asked,
      ),
    ),
    incidents: counted.length,
    withOutcome: touched.size,
    nothingRecorded: counted.length - touched.size,
    leftOut,
  };
}

/** Every entry; one that several incidents' records hold with the same figures is taken from the record that has it most often. */
function entriesOf(incidents: readonly Incident[]): readonly Entry[] {
  const shared = new Map<string, Map<string, Entry[]>>();
  const single: Entry[] = [];
  for (const { slug, outcomes: recorded } of incidents) {
    for (const outcome of recorded) {
      const slugs = [...new Set([slug, ...(outcome.with ?? [])])].sort(compareText);
      if (slugs.length === 1) {
        single.push({ outcome, slugs });
        continue;
      }
      const key = JSON.stringify([outcome.kind, slugs, outcome.usd, outcome.asset ?? '', outcome.amount ?? '']);
      const byRecord = shared.get(key) ?? new Map<string, Entry[]>();
      byRecord.set(slug, [...(byRecord.get(slug) ?? []), { outcome, slugs }]);
      shared.set(key, byRecord);
    }
  }
  const once = [...shared.values()].flatMap((byRecord) =>
    [...byRecord.values()].reduce((most, entries) => (entries.length > most.length ? entries : most), []),
  );
  return [...single, ...once];
}

function sumOf(kind: OutcomeKind, entries: readonly Entry[], asked: ReadonlySet<string>): OutcomeSum {
  const withUsd = entries.filter(({ outcome }) => outcome.usd !== null);
  return {
    kind,
    entries: entries.length,
    incidents: [...new Set(entries.flatMap(({ slugs }) => slugs))].filter((slug) => asked.has(slug)).sort(compareText),
    usd: between(withUsd, ({ outcome }) => parseUsd(outcome.usd ?? ''), larger, add),
    withUsd: withUsd.length,
    withoutUsd: entries.length - withUsd.length,
    qualified: entries.filter(({ outcome }) => outcome.qualifier !== undefined).length,
    assets: assetsOf(entries),
    joint: entries
      .filter(({ slugs }) => slugs.length > 1)
      .map(({ slugs }) => ({ slugs, outside: slugs.filter((slug) => !asked.has(slug)) })),
  };
}

function assetsOf(entries: readonly Entry[]): readonly OutcomeAsset[] {
  const assets = [...new Set(entries.flatMap(({ outcome: { asset } }) => (asset === undefined ? [] : [asset])))];
  return assets.sort(compareText).map((asset) => {
    const about = entries.filter(({ outcome }) => outcome.asset === asset);
    const withAmount = about.filter(({ outcome }) => outcome.amount !== undefined);
    return {
      asset,
      amount: between(withAmount, ({ outcome }) => outcome.amount ?? '', largerText, sumDecimals),
      withAmount: withAmount.length,
      withoutAmount: about.length - withAmount.length,
    };
  });
}

/** @returns null without entries. */
function between<T>(
  entries: readonly Entry[],
  figureOf: (entry: Entry) => T,
  largest: (figures: readonly T[]) => T | null,
  sum: (figures: readonly T[]) => T | null,
): Between<T> | null {
  const largestOfEach = overlapping(entries)
    .map((group) => largest(group.map(figureOf)))
    .filter((figure) => figure !== null);
  const ifSame = sum(largestOfEach);
  const ifApart = sum(entries.map(figureOf));
  return ifSame === null || ifApart === null ? null : { ifSame, ifApart };
}

/** Entries that may speak of the same value: those that share an incident, directly or through others. */
function overlapping(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const groups: Entry[][] = [];
  for (const entry of entries) {
    const meets = (group: readonly Entry[]): boolean =>
      group.some(({ slugs }) => slugs.some((slug) => entry.slugs.includes(slug)));
    const met = groups.filter(meets);
    for (const group of met) groups.splice(groups.indexOf(group), 1);
    groups.push([...met.flat(), entry]);
  }
  return groups;
}

function add(figures: readonly Usd[]): Usd | null {
  return figures.length === 0 ? null : figures.reduce((sum, usd) => sum + usd, 0n);
}

function larger(figures: readonly Usd[]): Usd | null {
  return figures.reduce<Usd | null>((most, usd) => (most === null || usd > most ? usd : most), null);
}

function largerText(figures: readonly string[]): string | null {
  return figures.reduce<string | null>((most, text) => (most === null || isLarger(text, most) ? text : most), null);
}

function isLarger(a: string, b: string): boolean {
  const [wholeA = '', restA = ''] = a.split('.');
  const [wholeB = '', restB = ''] = b.split('.');
  if (wholeA !== wholeB) return BigInt(wholeA) > BigInt(wholeB);
  const places = Math.max(restA.length, restB.length);
  return restA.padEnd(places, '0') > restB.padEnd(places, '0');
}
