import { compareText } from '../units/index.ts';
import { hasAmountConflict, spreadOf } from './amounts.ts';
import { parseUsd, showUsd, type Usd } from './claim.ts';
import { daysBetween } from './impact/days.ts';
import { mayAgree } from './impact/period.ts';
import type { AmountClaim, Incident } from './incident.ts';
import { CONFLICT_FIELDS, type ConflictField, QUALIFIER_WORDS } from './vocabulary.ts';

/** Who says what. */
export type ConflictSide = { readonly by: string; readonly says: string };

/** Sources that do not agree about a part of a record. Neither side is found right or wrong. */
export type Conflict = {
  readonly field: ConflictField;
  readonly says: string;
  /** Empty where the record describes the conflict without its sides. */
  readonly sides: readonly ConflictSide[];
  /** `recorded`: compilers or a source say so. `computed`: Cairn compared what the record holds. */
  readonly origin: 'recorded' | 'computed';
};

/**
 * Where do sources contradict each other about an incident?
 * @returns recorded conflicts first, in the record's order, then computed ones by field: dates that exclude each other, amounts of
 *   the whole loss that differ by more than 10 % of the highest, different actors, figures for several incidents together.
 */
export function conflictsOf(incident: Incident): readonly Conflict[] {
  const recorded = [...storedConflicts(incident), ...disputes(incident)];
  const computed = [
    ...dateConflicts(incident),
    ...amountConflicts(incident),
    ...actorConflicts(incident),
    ...jointFigures(incident),
  ].filter((conflict) => !recorded.some((one) => isSame(one, conflict)));
  return [...recorded, ...computed];
}

/** How many conflicts there are about one field, and in how many incidents. */
export type ConflictCount = {
  readonly field: ConflictField;
  readonly recorded: number;
  readonly computed: number;
  /** Slugs, in text order. An incident may stand under several fields. */
  readonly incidents: readonly string[];
};

/** How much of the record is contested? All incidents, also those that count in no total. */
export type ConflictSummary = {
  /** In the order of `CONFLICT_FIELDS`, also those without any. */
  readonly fields: readonly ConflictCount[];
  readonly incidents: number;
  readonly withConflict: number;
};

/** Conflicts of some incidents, counted by field. */
export function conflictSummary(incidents: readonly Incident[]): ConflictSummary {
  const found = incidents.map((incident) => ({ slug: incident.slug, conflicts: conflictsOf(incident) }));
  return {
    fields: CONFLICT_FIELDS.map((field) => {
      const about = found.flatMap(({ conflicts }) => conflicts.filter((conflict) => conflict.field === field));
      return {
        field,
        recorded: about.filter(({ origin }) => origin === 'recorded').length,
        computed: about.filter(({ origin }) => origin === 'computed').length,
        incidents: found
          .filter(({ conflicts }) => conflicts.some((conflict) => conflict.field === field))
          .map(({ slug }) => slug)
          .sort(compareText),
      };
    }),
    incidents: incidents.length,
    withConflict: found.filter(({ conflicts }) => conflicts.length > 0).length,
  };
}

function storedConflicts({ conflicts }: Incident): readonly Conflict[] {
  return conflicts.map(({ field, says, sides = [] }) => ({ field, says, sides, origin: 'recorded' }));
}

/** A source that disputes the attribution is a conflict, unless a recorded one already has it as a side. */
function disputes({ attribution: { claims }, conflicts }: Incident): readonly Conflict[] {
  const sides = conflicts.filter(({ field }) => field === 'attribution').flatMap((conflict) => conflict.sides ?? []);
  const disputing = claims.filter(({ stance, by }) => stance === 'disputes' && !sides.some((side) => side.by === by));
  if (disputing.length === 0) return [];
  const others = claims.filter(({ stance }) => stance === 'attributes' || stance === 'suspects');
  return [
    {
      field: 'attribution',
      says: 'the attribution is disputed',
      sides: [...disputing, ...others].map(({ by, stance, note }) => ({
        by,
        says: note === undefined ? stance : `${stance}: ${note}`,
      })),
      origin: 'recorded',
    },
  ];
}

function dateConflicts({ date, otherDates, listedIn }: Incident): readonly Conflict[] {
  const others = [
    ...otherDates.map(({ value, by, note }) => ({ value, by: by ?? 'another source', note })),
    ...listedIn.flatMap(({ edition, row, printedDate, note }) =>
      printedDate === null ? [] : [{ value: printedDate, by: `${edition}, row ${row}`, note }],
    ),
  ].filter(({ value }) => !mayAgree(value, date.value));
  if (others.length === 0) return [];
  return [
    {
      field: 'date',
      says: `dates that exclude ${date.value}, the date of the record`,
      sides: [
        { by: date.by ?? 'the record', says: date.value },
        ...others.map(({ value, by, note }) => ({
          by,
          says: [value, apart(date.value, value), note].filter(isSaid).join('; '),
        })),
      ],
      origin: 'computed',
    },
  ];
}

function apart(from: string, to: string): string | undefined {
  const days = daysBetween(from, to);
  if (days === null) return undefined;
  return `${Math.abs(days)} ${Math.abs(days) === 1 ? 'day' : 'days'} ${days > 0 ? 'later' : 'earlier'}`;
}

function isSaid(text: string | undefined): text is string {
  return text !== undefined;
}

function amountConflicts(incident: Incident): readonly Conflict[] {
  const spread = spreadOf(incident);
  if (spread === null || !hasAmountConflict(incident)) return [];
  const whole = incident.amounts.flatMap((claim) =>
    claim.scope === 'whole' && claim.usd !== null ? [{ claim, usd: parseUsd(claim.usd) }] : [],
  );
  whole.sort((a, b) => (a.usd > b.usd ? -1 : a.usd < b.usd ? 1 : compareText(a.claim.by, b.claim.by)));
  const { lowest, highest } = spread;
  return [
    {
      field: 'amount',
      says: `amounts of the whole loss from ${showUsd(lowest)} to ${showUsd(highest)}: more than 10 % of the highest apart`,
      sides: whole.map(({ claim, usd }) => ({ by: claim.by, says: showAmount(claim, usd) })),
      origin: 'computed',
    },
  ];
}

function showAmount({ qualifier, valuation, note }: AmountClaim, usd: Usd): string {
  const bound = qualifier === undefined ? '' : `${QUALIFIER_WORDS[qualifier]} `;
  return [`${bound}${showUsd(usd)}`, valuation, note].filter(isSaid).join('; ');
}

/** One cluster may be part of another, or another name for it: different names are reported, not judged. */
function actorConflicts({ actorsBySource }: Incident): readonly Conflict[] {
  const named = actorsBySource.filter(({ actor }) => actor !== null);
  if (new Set(named.map(({ actor }) => actor)).size < 2) return [];
  return [
    {
      field: 'actor',
      says: 'sources name different clusters; one may be a part or another name of the other',
      sides: named.map(({ by, actor, as }) => ({
        by,
        says: as === null || as === actor ? `${actor}` : `${as} (${actor})`,
      })),
      origin: 'computed',
    },
  ];
}

/** Some count as one what the record keeps apart. */
function jointFigures({ amounts, slug }: Incident): readonly Conflict[] {
  const joint = amounts.filter(({ scope }) => scope === 'joint');
  if (joint.length === 0) return [];
  return [
    {
      field: 'identity',
      says: 'given one figure together with other incidents that the record keeps apart',
      sides: joint.map(({ by, usd, asPrinted, with: others = [] }) => ({
        by,
        says: `${usd === null ? (asPrinted ?? 'no figure') : showUsd(parseUsd(usd))} for ${[slug, ...others].join(' and ')} together`,
      })),
      origin: 'computed',
    },
  ];
}

/** Obviously the same: about one field, between the same parties. Where that is in doubt, both are shown. */
function isSame(recorded: Conflict, computed: Conflict): boolean {
  if (recorded.field !== computed.field || recorded.sides.length === 0) return false;
  const parties = ({ sides }: Conflict): string => [...new Set(sides.map(({ by }) => by))].sort(compareText).join('\n');
  return parties(recorded) === parties(computed);
}
