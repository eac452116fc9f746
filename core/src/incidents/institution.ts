import { z } from 'zod';
import { citation, repeatedIds } from './citation.ts';
import { partialDate, slugText } from './claim.ts';
import { spanOf } from './impact/period.ts';
import { type Problem, parseWith } from './problems.ts';

/** What kind of body it is. `monitoring-team`: of several States, outside the UN. `union`: of States, with law of its own. */
export const INSTITUTION_KINDS = [
  'council',
  'committee',
  'panel',
  'monitoring-team',
  'union',
  'state',
  'ministry',
  'agency',
  'court',
] as const;

/** What a fact about a body is about. `evidence`: how it handles evidence. `replies`: of those whom it names, or its own. */
export const FACT_SUBJECTS = [
  'mandate',
  'composition',
  'cadence',
  'end',
  'evidence',
  'reports',
  'criticism',
  'replies',
] as const;

const text = z.string().min(1).max(2000);

/** `general-knowledge`: no source that was read says it; sources then only say where to look. */
const fact = z
  .strictObject({
    about: z.enum(FACT_SUBJECTS),
    says: text,
    basis: z.enum(['source-read', 'general-knowledge']),
    sources: z.array(citation),
  })
  .refine(({ basis, sources }) => basis === 'general-knowledge' || sources.some(({ read }) => read !== 'not-read'), {
    path: ['basis'],
    message: 'no source of it was read: add the one that was, or write "general-knowledge"',
  });

const conflict = z.strictObject({
  about: z.enum(FACT_SUBJECTS),
  says: text,
  sides: z.array(z.strictObject({ says: text, sources: z.array(citation).min(1) })).min(2, 'a conflict has two sides'),
});

const institution = z
  .strictObject({
    id: slugText,
    name: text,
    kind: z.enum(INSTITUTION_KINDS),
    /** The body it belongs to, by id. */
    partOf: slugText.nullable(),
    /** Null: not in the record. */
    established: partialDate.nullable(),
    /** Null: no end is on record. */
    ended: partialDate.nullable(),
    endedBecause: text.nullable(),
    /** Its members by name; null: not in the record, or it has none. */
    members: z.array(text).min(1).nullable(),
    facts: z.array(fact),
    /** What sources say differently of it. */
    conflicts: z.array(conflict),
    note: text.nullable(),
  })
  .superRefine(({ established, ended, endedBecause }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (ended !== null && endedBecause === null) refuse('endedBecause', 'say why it ended, or that it is not known');
    if (ended === null && endedBecause !== null) refuse('endedBecause', 'stands only with "ended"');
    if (established !== null && ended !== null && spanOf(ended).latest < spanOf(established).earliest) {
      refuse('ended', 'is before "established"');
    }
  });

/** A body that decided, published or said something in the record, and what is known of how it works. */
export type Institution = Readonly<z.infer<typeof institution>>;

/**
 * @param value - the content of `institutions.json`.
 * @throws {CairnError} `invalid-input`: names the entry and what to do; ids twice; a body that is part of one that is not there.
 */
export function parseInstitutions(value: unknown, file = 'institutions.json'): readonly Institution[] {
  return parseWith(z.array(institution), value, file, (all) => [...repeatedIds(all), ...lostParents(all)]);
}

function lostParents(all: readonly Institution[]): readonly Problem[] {
  return all.flatMap(({ id, partOf }, i) =>
    partOf === null || (partOf !== id && all.some((other) => other.id === partOf))
      ? []
      : [{ field: `[${i}].partOf`, message: `no other institution is called ${partOf}: add it, or write null` }],
  );
}
