import { z } from 'zod';
import { citation, repeatedIds } from './citation.ts';
import { partialDate, slugText } from './claim.ts';
import { parseWith } from './problems.ts';

/**
 * What was done. `forfeiture`: asked for in court; whether it was granted is not in the record. `complaint`, `indictment`: an
 * allegation. `mandate`: a body was set up, renewed, not renewed, or ended.
 */
export const MEASURE_KINDS = [
  'designation',
  'delisting',
  'seizure',
  'closure',
  'rulemaking',
  'complaint',
  'indictment',
  'forfeiture',
  'statement',
  'advisory',
  'report',
  'mandate',
] as const;
export type MeasureKind = (typeof MEASURE_KINDS)[number];

/** In `generalKnowledge`: nothing of the measure rests on a source that was read. */
export const EVERYTHING = 'everything';

const text = z.string().min(1).max(2000);

const measure = z
  .strictObject({
    id: slugText,
    kind: z.enum(MEASURE_KINDS),
    /** As exact as it is known. Null: not known, and `note` says why. */
    on: partialDate.nullable(),
    /** Ids in `institutions.json`. */
    by: z.array(slugText).min(1, 'say who took it: an id in institutions.json'),
    title: text,
    /** Whom or what it is about, as named there; empty: not named, or only the incidents. */
    subjects: z.array(text),
    /** Incidents that a text ties to it, by slug. Where the text does not name the victim, `note` says who identifies it. */
    incidents: z.array(slugText),
    /** Further facts, in the record's words. */
    says: text.nullable(),
    sources: z.array(citation),
    /** Parts that rest on general knowledge, `day`, `names`, …; `everything`: all of it. Empty: none. */
    generalKnowledge: z.array(text),
    note: text.nullable(),
  })
  .superRefine(({ on, note, sources, incidents, generalKnowledge }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (on === null && note === null) refuse('note', 'it has no date: say why');
    const isUnread = sources.every(({ read }) => read === 'not-read');
    if (isUnread && !generalKnowledge.includes(EVERYTHING)) {
      refuse('sources', `no source of it was read: add the one that was, or "${EVERYTHING}" to "generalKnowledge"`);
    }
    if (new Set(incidents).size < incidents.length) refuse('incidents', 'an incident stands twice');
  });

/** Something that authorities did or said, on one date: an entry of the timeline beside the thefts. */
export type Measure = Readonly<z.infer<typeof measure>>;

/**
 * @param value - the content of `measures.json`.
 * @throws {CairnError} `invalid-input`: names the entry and what to do; ids twice.
 */
export function parseMeasures(value: unknown, file = 'measures.json'): readonly Measure[] {
  return parseWith(z.array(measure), value, file, repeatedIds);
}
