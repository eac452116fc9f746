import { z } from 'zod';
import { parseWith } from './problems.ts';

const text = z.string().min(1);
const techniqueId = z.string().regex(/^T\d{4}(\.\d{3})?$/, 'write an ATT&CK id: "T1566.003"');

const technique = z
  .strictObject({
    id: techniqueId,
    name: text,
    /** Names, in the order in which ATT&CK gives them for this technique. */
    tactics: z.array(text),
    parent: techniqueId.nullable(),
    url: z.url(),
    /** Empty: ATT&CK has none. Null: not held, and `because` says why. */
    mitigations: z.array(z.strictObject({ id: z.string().regex(/^M\d{4}$/), name: text })).nullable(),
    because: text.optional(),
    /** Of the eight groups held here, those that use it according to ATT&CK; not those whose software or campaign does. */
    usedBy: z.array(z.string().regex(/^G\d{4}$/)),
    /** Stand only where ATT&CK has withdrawn it. */
    revoked: z.literal(true).optional(),
    deprecated: z.literal(true).optional(),
    /** Where it was read: see `provenance` of the file. */
    origin: z.enum(['attack-subset', 'mitre-cti', 'general-knowledge']),
  })
  .refine(({ mitigations, because }) => mitigations !== null || because !== undefined, {
    path: ['because'],
    message: 'say why the mitigations are not held',
  });

const file = z.strictObject({
  provenance: z.strictObject({
    source: text,
    release: text,
    releaseBecause: text,
    sha256: z.hash('sha256'),
    /** The latest change of an object. */
    newest: z.iso.date(),
    copyright: text,
    licence: text,
    others: z.array(
      z.strictObject({
        origin: text,
        url: z.url(),
        sha256: z.hash('sha256').optional(),
        newest: z.iso.date().optional(),
        read: text,
        complete: text.optional(),
      }),
    ),
  }),
  techniques: z.array(technique),
});

/** A technique or sub-technique of MITRE ATT&CK: names and ids, no prose. */
export type Technique = z.infer<typeof technique>;

/**
 * @param value - the content of `techniques.json`.
 * @throws {CairnError} `invalid-input`: names the entry and what to do; an id that stands twice, a parent that is not there.
 */
export function parseTechniques(value: unknown, name = 'techniques.json'): readonly Technique[] {
  return parseWith(file, value, name, ({ techniques }) => {
    const ids = new Set(techniques.map(({ id }) => id));
    return techniques.flatMap(({ id, parent }, i) => [
      ...(techniques.findIndex((one) => one.id === id) < i
        ? [{ field: `techniques[${i}].id`, message: `${id} stands twice: remove one` }]
        : []),
      ...(parent !== parentOf(id)
        ? [{ field: `techniques[${i}].parent`, message: `the parent of ${id} is ${parentOf(id) ?? 'null'}` }]
        : []),
      ...(parent !== null && !ids.has(parent)
        ? [{ field: `techniques[${i}].parent`, message: `no technique ${parent}: add it` }]
        : []),
    ]);
  }).techniques;
}

function parentOf(id: string): string | null {
  return id.includes('.') ? id.slice(0, id.indexOf('.')) : null;
}
