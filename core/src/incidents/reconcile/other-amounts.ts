import { parseUsd, type Usd } from '../claim.ts';
import type { AmountClaim, Incident } from '../incident.ts';
import type { Registry } from '../registry.ts';
import type { SourceCatalogue } from '../source.ts';
import type { Qualifier } from '../vocabulary.ts';

/**
 * Whose figure is set beside a printed one first. `government`: the FBI, a department of justice, a court filing, a police
 * agency, a joint statement. `un`: another report of the United Nations. `tracker`: also independent researchers.
 */
export const CLAIMANT_ORDER = ['government', 'un', 'victim', 'firm', 'tracker', 'other'] as const;
export type ClaimantKind = (typeof CLAIMANT_ORDER)[number];

/** The order in words, for captions. */
export const BEST_OTHER_RULE =
  'The best other amount is the first of: a government body or court, another UN report, the victim, an analytics or security ' +
  'firm, a researcher or tracker, anybody else. Among equals the one that bears the latest year, then the first in the record. ' +
  'Only amounts of the whole loss in dollars are taken. The order is a convention, not a finding that one figure is right.';

/** An amount beside the printed one. */
export type OtherAmount = {
  readonly id: string;
  readonly by: string;
  readonly kind: ClaimantKind;
  readonly usd: Usd;
  readonly qualifier: Qualifier | null;
  readonly grade: string | null;
  /** Minus the printed amount, in cents. */
  readonly differenceUsd: Usd;
  /** Of the printed amount, one decimal, `-11.0`; null where 0 is printed. */
  readonly percent: string | null;
  /** By more than a tenth of the printed amount. */
  readonly differs: boolean;
};

export type OtherAmounts = {
  /** In the order of `CLAIMANT_ORDER`. */
  readonly all: readonly OtherAmount[];
  readonly best: OtherAmount | null;
  readonly lowest: OtherAmount | null;
  readonly highest: OtherAmount | null;
};

/**
 * What else is said of the whole loss, beside what a list prints?
 * @param printed - in cents.
 * @param listClaim - the id of the list's own claim, which is left out.
 */
export function otherAmounts(
  incident: Incident,
  printed: Usd,
  listClaim: string,
  registry: Pick<Registry, 'sources'>,
): OtherAmounts {
  const all = incident.amounts
    .flatMap((claim) => {
      if (claim.id === listClaim || claim.scope !== 'whole' || claim.usd === null) return [];
      return [{ claim, usd: parseUsd(claim.usd), kind: claimantOf(claim, registry.sources) }];
    })
    .sort(
      (a, b) =>
        CLAIMANT_ORDER.indexOf(a.kind) - CLAIMANT_ORDER.indexOf(b.kind) ||
        yearOf(b.claim, registry.sources) - yearOf(a.claim, registry.sources),
    )
    .map(({ claim, usd, kind }) => toOther(claim, usd, kind, printed));
  return {
    all,
    best: all[0] ?? null,
    lowest: all.reduce<OtherAmount | null>((low, one) => (low === null || one.usd < low.usd ? one : low), null),
    highest: all.reduce<OtherAmount | null>((high, one) => (high === null || one.usd > high.usd ? one : high), null),
  };
}

function toOther(claim: AmountClaim, usd: Usd, kind: ClaimantKind, printed: Usd): OtherAmount {
  const differenceUsd = usd - printed;
  return {
    id: claim.id,
    by: claim.by,
    kind,
    usd,
    qualifier: claim.qualifier ?? null,
    grade: claim.grade ?? null,
    differenceUsd,
    percent: percentOf(differenceUsd, printed),
    differs: sizeOf(differenceUsd) * 10n > printed,
  };
}

/** Part of a whole in per cent, one decimal, half away from zero; null for a whole of 0. */
export function percentOf(part: Usd, whole: Usd): string | null {
  if (whole === 0n) return null;
  const tenths = (sizeOf(part) * 2000n + whole) / (whole * 2n);
  return `${part < 0n && tenths > 0n ? '-' : ''}${tenths / 10n}.${tenths % 10n}`;
}

export function sizeOf(usd: Usd): Usd {
  return usd < 0n ? -usd : usd;
}

/** Names that claims use for whom they quote, where the name alone tells the kind. */
const NAMED: readonly (readonly [ClaimantKind, RegExp])[] = [
  ['victim', /^victim\b|by the exchange\b/i],
  ['government', /\b(?:FBI|DOJ|KNPA|NPA|OFAC|complaint|indictment|joint statement|police)\b/i],
  ['un', /\bUN\b|\bS\/20\d\d\/\d+/],
];

const KIND_OF_PUBLISHER: Readonly<Record<string, ClaimantKind>> = {
  government: 'government',
  court: 'government',
  states: 'government',
  un: 'un',
  victim: 'victim',
  'analytics-firm': 'firm',
  'security-firm': 'firm',
  researcher: 'tracker',
  tracker: 'tracker',
};

/** What kind of party a claim quotes: by the name it gives, else by its sources; of several the first in `CLAIMANT_ORDER`. */
export function claimantOf(
  { by, sources: cited }: AmountClaim,
  { publishers, sources }: SourceCatalogue,
): ClaimantKind {
  const named = NAMED.find(([, pattern]) => pattern.test(by));
  if (named !== undefined) return named[0];
  const lower = by.toLowerCase();
  const byName = [...publishers.values()].filter(({ id, name }) =>
    [id, name.toLowerCase()].some((word) => holdsWord(lower, word)),
  );
  const bySource = cited === 'incident' ? [] : cited.map((id) => publishers.get(sources.get(id)?.publisher ?? ''));
  const kinds = (byName.length > 0 ? byName : bySource).map((one) => KIND_OF_PUBLISHER[one?.kind ?? ''] ?? 'other');
  return CLAIMANT_ORDER.find((kind) => kinds.includes(kind)) ?? 'other';
}

function holdsWord(text: string, word: string): boolean {
  return ` ${text.replaceAll(/[^a-z0-9.-]+/g, ' ')} `.includes(` ${word} `);
}

/** The year that a claim bears in its name, or the year of its latest dated source; 0 where neither is known. */
function yearOf({ by, sources: cited }: AmountClaim, { sources }: SourceCatalogue): number {
  const inName = /\b(20[0-2]\d)\b/.exec(by)?.[1];
  if (inName !== undefined) return Number(inName);
  const dates = cited === 'incident' ? [] : cited.map((id) => sources.get(id)?.publishedOn ?? null);
  return Math.max(0, ...dates.map((date) => (date === null ? 0 : Number(date.slice(0, 4)))));
}
