import { z } from 'zod';
import { slugText } from './claim.ts';
import { parseWith } from './problems.ts';

const text = z.string().min(1);

const actor = z.strictObject({
  id: slugText,
  name: text,
  /** `workforce`: people hired under false identities. `unspecified`: a name that stands for several clusters or for none. */
  kind: z.enum(['cluster', 'workforce', 'unspecified']),
  attackGroup: z
    .string()
    .regex(/^G\d{4}$/)
    .nullable(),
  /** What others call it, apart by source: that two names mean one cluster is a claim, with its reason. */
  names: z.array(
    z.strictObject({
      source: z.enum(['attack', 'misp', 'tayvano', 'msmt']),
      ref: text.nullable(),
      url: z.url().nullable(),
      name: text,
      aliases: z.array(text),
      linkedBecause: text,
    }),
  ),
  /** The exact words of sources that the record files under this id. */
  usedNames: z.array(text),
  conflicts: z.array(z.strictObject({ says: text })),
  note: text.nullable(),
});

const file = z.strictObject({
  provenance: z.array(z.strictObject({ source: text, sha256: z.hash('sha256'), licence: text })),
  actors: z.array(actor),
});

/** A cluster of activity as intelligence names it; never a person. */
export type Actor = z.infer<typeof actor>;

/**
 * @param value - the content of `actors.json`.
 * @throws {CairnError} `invalid-input`: names the entry and what to do; an id that stands twice.
 */
export function parseActors(value: unknown, name = 'actors.json'): readonly Actor[] {
  return parseWith(file, value, name, ({ actors }) =>
    actors.flatMap(({ id }, i) =>
      actors.findIndex((one) => one.id === id) < i
        ? [{ field: `actors[${i}].id`, message: `${id} stands twice: give it another id` }]
        : [],
    ),
  ).actors;
}
