import { CairnError } from '../errors.ts';
import { compareText } from '../units/index.ts';
import { type AmountRule, amountOf, hasAmountConflict } from './amounts.ts';
import { isPartialDate, precisionOf, type Usd } from './claim.ts';
import { spanOf } from './impact/period.ts';
import type { Incident } from './incident.ts';
import type { Measure, MeasureKind } from './measure.ts';
import type { Registry } from './registry.ts';
import { type ReportedRelation, reportedRelations } from './related.ts';
import { victimName } from './victim.ts';
import type { AttributionGrade, Stance } from './vocabulary.ts';

type Precision = 'year' | 'month' | 'day';

/** What an entry points at; slugs and ids in text order. */
export type TimelineLinks = { readonly incidents: readonly string[]; readonly measures: readonly string[] };

/** A theft on record; also an attempt or one that counts in no total, which `notCounted` then says. */
export type TheftEntry = {
  readonly entry: 'theft';
  readonly kind: 'theft';
  readonly on: string;
  readonly precision: Precision;
  /** The victim; of a private person no more than that. */
  readonly title: string;
  readonly slug: string;
  readonly isPrivate: boolean;
  /** Cents; null: `usdUnknown` says why. */
  readonly usd: Usd | null;
  readonly usdUnknown: string | null;
  /** Sources give figures of the whole loss that are more than a tenth of the highest apart. */
  readonly contested: boolean;
  readonly grade: AttributionGrade;
  readonly notCounted: string | null;
  readonly links: TimelineLinks;
};

/** A designation, a seizure, a statement …; `on` null stands in `undated` only. */
export type MeasureEntry = {
  readonly entry: 'measure';
  readonly kind: MeasureKind;
  readonly on: string | null;
  readonly precision: Precision | null;
  readonly title: string;
  /** Ids of institutions. */
  readonly by: readonly string[];
  readonly id: string;
  /** What of it rests on general knowledge, `everything` or parts; empty: nothing. */
  readonly generalKnowledge: readonly string[];
  readonly links: TimelineLinks;
};

/** What one party says on one date about who did it, of all the incidents it says it about. */
export type AttributionEntry = {
  readonly entry: 'attribution';
  readonly kind: 'attribution';
  readonly on: string;
  readonly precision: Precision;
  readonly title: string;
  readonly by: string;
  readonly stance: Stance;
  readonly links: TimelineLinks;
};

export type TimelineEntry = TheftEntry | MeasureEntry | AttributionEntry;

/** What a timeline shows. Dates may be partial: `to: '2022'` includes all of 2022. */
export type TimelineQuery = {
  /** Which amount of a theft is shown and compared with `minUsd`. */
  readonly rule: AmountRule;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `theft`, kinds of measures, `attribution`. Default: all but `attribution`, which measures often repeat. */
  readonly kinds?: readonly string[] | undefined;
  /** Which thefts; measures are not filtered by it. */
  readonly filter?: ((incident: Incident) => boolean) | undefined;
  /** Cents. Thefts whose amount is not known are then left out, and counted. */
  readonly minUsd?: Usd | undefined;
};

/** Thefts, measures and statements in one order of time. */
export type Timeline = {
  /** By date; a coarser date before the days it may mean; then thefts, measures, attributions; then by slug or id. */
  readonly entries: readonly TimelineEntry[];
  /** Measures whose date is not known, by id: whether they lie in the period asked for is not known either. */
  readonly undated: readonly MeasureEntry[];
  /** Thefts that `minUsd` keeps out. */
  readonly leftOut: { readonly belowMinimum: number; readonly amountUnknown: number };
};

/**
 * What happened when, on both sides?
 *
 * An entry with a partial date is in the period when some day it may mean is.
 * @throws {CairnError} `invalid-input`: `from` or `to` is no date, or `to` is before `from`.
 */
export function timeline(registry: Pick<Registry, 'incidents' | 'measures'>, query: TimelineQuery): Timeline {
  const isWithin = periodTest(query);
  const isWanted = (kind: string): boolean => query.kinds?.includes(kind) ?? kind !== 'attribution';
  const thefts = isWanted('theft') ? theftEntries(registry, query).filter(({ on }) => isWithin(on)) : [];
  const minimum = query.minUsd;
  const shown = minimum === undefined ? thefts : thefts.filter(({ usd }) => usd !== null && usd >= minimum);
  const measures = registry.measures.filter(({ kind }) => isWanted(kind)).map(measureEntry);
  const dated = measures.filter(
    (entry): entry is MeasureEntry & { on: string } => entry.on !== null && isWithin(entry.on),
  );
  const attributions = isWanted('attribution') ? attributionEntries(registry).filter(({ on }) => isWithin(on)) : [];
  const unknown = minimum === undefined ? 0 : thefts.filter(({ usd }) => usd === null).length;
  return {
    entries: [...shown, ...dated, ...attributions].sort(byDate),
    undated: measures.filter(({ on }) => on === null).sort((a, b) => compareText(a.id, b.id)),
    leftOut: { belowMinimum: thefts.length - shown.length - unknown, amountUnknown: unknown },
  };
}

const ENTRY_ORDER = ['theft', 'measure', 'attribution'] as const;

function byDate(a: TimelineEntry & { on: string }, b: TimelineEntry & { on: string }): number {
  return (
    compareText(a.on, b.on) ||
    ENTRY_ORDER.indexOf(a.entry) - ENTRY_ORDER.indexOf(b.entry) ||
    compareText(keyOf(a), keyOf(b))
  );
}

function keyOf(entry: TimelineEntry): string {
  if (entry.entry === 'theft') return entry.slug;
  return entry.entry === 'measure' ? entry.id : `${entry.by} ${entry.stance}`;
}

function periodTest({ from, to }: TimelineQuery): (on: string) => boolean {
  for (const [name, date] of Object.entries({ from, to })) {
    if (date !== undefined && !isPartialDate(date)) {
      throw new CairnError('invalid-input', `${name}: no such date: '${date.slice(0, 40)}'`, {
        hints: ['write 2022-03-23, 2022-03 or 2022'],
      });
    }
  }
  const first = from === undefined ? '' : spanOf(from).earliest;
  const last = to === undefined ? '9999-12-31' : spanOf(to).latest;
  if (first > last) {
    throw new CairnError('invalid-input', `from ${from} to ${to}: it ends before it begins`, {
      hints: ['write the earlier date first'],
    });
  }
  return (on) => spanOf(on).latest >= first && spanOf(on).earliest <= last;
}

function theftEntries(
  { incidents, measures }: Pick<Registry, 'incidents' | 'measures'>,
  { filter = () => true, rule }: TimelineQuery,
): readonly TheftEntry[] {
  const reported = reportedRelations(incidents);
  return incidents.filter(filter).map((incident) => {
    const { slug, date, victim, attribution, counted } = incident;
    const amount = amountOf(incident, rule);
    return {
      entry: 'theft',
      kind: 'theft',
      on: date.value,
      precision: precisionOf(date.value),
      title: victimName(incident),
      slug,
      isPrivate: victim.kind === 'private-person',
      usd: amount.usd,
      usdUnknown: amount.usd === null ? amount.because : null,
      contested: hasAmountConflict(incident),
      grade: attribution.grade,
      notCounted: counted.inTotals ? null : counted.because,
      links: {
        incidents: slugsOf(reported.get(slug) ?? []),
        measures: measures.flatMap(({ id, incidents: named }) => (named.includes(slug) ? [id] : [])).sort(compareText),
      },
    };
  });
}

function slugsOf(relations: readonly ReportedRelation[]): readonly string[] {
  return [...new Set(relations.map(({ slug }) => slug))];
}

function measureEntry({ id, kind, on, by, title, incidents, generalKnowledge }: Measure): MeasureEntry {
  return {
    entry: 'measure',
    kind,
    on,
    precision: on === null ? null : precisionOf(on),
    title,
    by,
    id,
    generalKnowledge,
    links: { incidents: [...incidents].sort(compareText), measures: [] },
  };
}

function attributionEntries({ incidents }: Pick<Registry, 'incidents'>): readonly AttributionEntry[] {
  const groups = new Map<string, { by: string; stance: Stance; on: string; slugs: Set<string> }>();
  for (const { slug, attribution } of incidents) {
    for (const { by, stance, on } of attribution.claims) {
      if (on === null) continue;
      const key = JSON.stringify([by, stance, on]);
      const group = groups.get(key) ?? { by, stance, on, slugs: new Set() };
      group.slugs.add(slug);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ by, stance, on, slugs }) => ({
    entry: 'attribution',
    kind: 'attribution',
    on,
    precision: precisionOf(on),
    title: `${by}: ${stance} (${slugs.size} ${slugs.size === 1 ? 'incident' : 'incidents'})`,
    by,
    stance,
    links: { incidents: [...slugs].sort(compareText), measures: [] },
  }));
}
