import { z } from 'zod';
import { slugText } from './claim.ts';
import { parseWith } from './problems.ts';

const text = z.string().min(1);
const sourceText = z.enum(['attack', 'misp', 'tayvano', 'msmt']);

const actor = z.strictObject({
  id: slugText,
  name: text,
  /** `workforce`: people hired under false identities. `unspecified`: a name that stands for several clusters or for none. */
  kind: z.enum(['cluster', 'workforce', 'unspecified']),
  attackGroup: z
    .string()
    .regex(/^G\d{4}$/, 'write the id of an ATT&CK group: "G0082"')
    .nullable(),
  /** What others call it, apart by source: that two names mean one cluster is a claim, with its reason. */
  names: z.array(
    z.strictObject({
      source: sourceText,
      /** The source's own id: of an ATT&CK group, of a MISP cluster. */
      ref: text.nullable(),
      url: z.url().nullable(),
      name: text,
      aliases: z.array(text),
      linkedBecause: text,
    }),
  ),
  /** The exact words of sources that the record files under this id. */
  usedNames: z.array(text),
  /** Where sources disagree about what belongs here. */
  conflicts: z.array(z.strictObject({ says: text })),
  note: text.nullable(),
});

const file = z.strictObject({
  provenance: z.array(z.strictObject({ source: sourceText, what: text, sha256: z.hash('sha256'), licence: text })),
  actors: z.array(actor),
});

/** A cluster of activity as intelligence names it; never a person. */
export type Actor = z.infer<typeof actor>;

/** Who calls an actor by a name, and as what. */
export type ActorNaming = {
  /** `record`: this record itself. */
  readonly source: z.infer<typeof sourceText> | 'record';
  /** `used`: the words of a source about one theft, which the record files under the actor. */
  readonly as: 'id' | 'name' | 'alias' | 'used';
  /** As the source writes it. */
  readonly text: string;
  /** The source's name for the whole, where `text` is its id or an alias of it. */
  readonly of: string;
};

/** An actor that somebody calls by the name asked about. */
export type ActorMatch = { readonly actor: Actor; readonly saidBy: readonly ActorNaming[] };

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

/**
 * Whom does a name mean, and according to whom? Sources disagree, so the answer may be several actors.
 * @param query - a name, an alias or an id, whole; case, spaces and punctuation do not count: `apt 38` is `APT38`.
 * @returns in the order of `actors`; empty: nobody here uses the name.
 */
export function findActor(actors: readonly Actor[], query: string): readonly ActorMatch[] {
  const wanted = fold(query);
  if (wanted === '') return [];
  return actors.flatMap((one) => {
    const saidBy = namingsOf(one).filter((naming) => fold(naming.text) === wanted);
    return saidBy.length === 0 ? [] : [{ actor: one, saidBy }];
  });
}

function namingsOf({ id, name, names, usedNames }: Actor): readonly ActorNaming[] {
  return [
    { source: 'record', as: 'id', text: id, of: name },
    { source: 'record', as: 'name', text: name, of: name },
    ...names.flatMap(({ source, ref, name: of, aliases }): readonly ActorNaming[] => [
      ...(ref === null ? [] : [{ source, as: 'id' as const, text: ref, of }]),
      { source, as: 'name', text: of, of },
      ...aliases.map((alias) => ({ source, as: 'alias' as const, text: alias, of })),
    ]),
    ...usedNames.map((used): ActorNaming => ({ source: 'record', as: 'used', text: used, of: name })),
  ];
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
