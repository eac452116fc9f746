import { compareText } from '../units/index.ts';
import { daysBetween } from './impact/days.ts';
import type { MeasureKind } from './measure.ts';
import { findIncident, type Registry } from './registry.ts';
import type { OutcomeKind, Stance } from './vocabulary.ts';

type Dated = {
  /** Null: the record gives no date. */
  readonly on: string | null;
  /** Whole days after the theft, negative where before; null unless both dates are exact to the day. */
  readonly daysAfter: number | null;
};

/** What somebody did or said about one theft. */
export type AftermathEntry = Dated &
  (
    | {
        readonly what: 'measure';
        readonly kind: MeasureKind;
        readonly id: string;
        readonly title: string;
        /** Ids of institutions. */
        readonly by: readonly string[];
        /** What of it rests on general knowledge, `everything` or parts; empty: nothing. */
        readonly generalKnowledge: readonly string[];
      }
    | { readonly what: 'attribution'; readonly stance: Stance; readonly by: string; readonly note: string | null }
    | { readonly what: 'outcome'; readonly kind: OutcomeKind; readonly says: string; readonly by: string | null }
  );

/** What followed one theft. */
export type Aftermath = {
  readonly slug: string;
  /** When the theft was, as exact as it is known. */
  readonly on: string;
  /** By date, the undated last; then as the record has them. Outcomes have no dates of their own in the record. */
  readonly entries: readonly AftermathEntry[];
};

/**
 * What did the victim and authorities do afterwards, as far as the record says? Measures that name the theft, statements about who
 * did it, and what became of the value.
 * @throws {CairnError} `not-found`: no such incident.
 */
export function aftermath(registry: Pick<Registry, 'incidents' | 'measures'>, slug: string): Aftermath {
  const { date, attribution, outcomes } = findIncident(registry, slug);
  const dated = (on: string | null): Dated => ({ on, daysAfter: on === null ? null : daysBetween(date.value, on) });
  const entries: AftermathEntry[] = [
    ...registry.measures
      .filter(({ incidents }) => incidents.includes(slug))
      .map(({ kind, id, title, by, on, generalKnowledge }) => ({
        what: 'measure' as const,
        ...dated(on),
        kind,
        id,
        title,
        by,
        generalKnowledge,
      })),
    ...attribution.claims.map(({ stance, by, on, note = null }) => ({
      what: 'attribution' as const,
      ...dated(on),
      stance,
      by,
      note,
    })),
    ...outcomes.map(({ kind, says, by = null }) => ({ what: 'outcome' as const, ...dated(null), kind, says, by })),
  ];
  return { slug, on: date.value, entries: entries.sort((a, b) => compareText(a.on ?? '9999', b.on ?? '9999')) };
}
