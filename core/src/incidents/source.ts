import { z } from 'zod';
import { partialDate, slugText } from './claim.ts';
import { parseWith } from './problems.ts';

/** Who publishes. `tracker`: a private list of incidents. */
export const PUBLISHER_KINDS = [
  'un',
  'states',
  'government',
  'court',
  'analytics-firm',
  'security-firm',
  'researcher',
  'tracker',
  'victim',
  'press',
  'standards-body',
] as const;

const publisher = z.strictObject({
  id: slugText,
  name: z.string().min(1),
  kind: z.enum(PUBLISHER_KINDS),
  /** Admiralty letter that claims of this publisher begin with; the compilers' judgement, open to challenge. */
  reliability: z.enum(['A', 'B', 'C', 'D', 'E', 'F']),
  because: z.string().min(1),
});

const source = z.strictObject({
  id: slugText,
  publisher: slugText,
  title: z.string().min(1).nullable(),
  /** Null: the record does not say where it is. */
  url: z.url().nullable(),
  publishedOn: partialDate.nullable(),
  /** True: it covers many incidents and leads to no single one. Only such sources stand in a private person's record. */
  collection: z.boolean(),
  note: z.string().min(1).optional(),
});

const catalogue = z.strictObject({ publishers: z.array(publisher), sources: z.array(source) });

export type Publisher = z.infer<typeof publisher>;
export type Source = z.infer<typeof source>;

/** Who published what, and where: what citations in incidents point at. */
export type SourceCatalogue = {
  readonly publishers: ReadonlyMap<string, Publisher>;
  readonly sources: ReadonlyMap<string, Source>;
};

/**
 * @param value - the content of `sources.json`.
 * @throws {CairnError} `invalid-input`: names the entry and what is wrong with it; ids twice; a source of no publisher.
 */
export function parseSources(value: unknown, file = 'sources.json'): SourceCatalogue {
  const { publishers, sources } = parseWith(catalogue, value, file, ({ publishers, sources }) => [
    ...twice('publishers', publishers),
    ...twice('sources', sources),
    ...sources.flatMap(({ publisher: of }, i) =>
      publishers.some(({ id }) => id === of)
        ? []
        : [{ field: `sources[${i}].publisher`, message: `no publisher is called ${of}: add it to "publishers"` }],
    ),
  ]);
  return {
    publishers: new Map(publishers.map((one) => [one.id, one])),
    sources: new Map(sources.map((one) => [one.id, one])),
  };
}

function twice(field: string, entries: readonly { readonly id: string }[]) {
  const seen = new Set<string>();
  return entries.flatMap(({ id }, i) => {
    if (seen.has(id)) return [{ field: `${field}[${i}].id`, message: `${id} stands twice: give it another id` }];
    seen.add(id);
    return [];
  });
}
