import { z } from 'zod';
import { parseWith } from './problems.ts';

const text = z.string().min(1);
const techniqueId = z.string().regex(/^T\d{4}(\.\d{3})?$/, 'write an ATT&CK id: "T1566.003"');

const technique = z
  .strictObject({
    id: techniqueId,
    name: text,
    tactics: z.array(text),
    parent: techniqueId.nullable(),
    url: z.url(),
    /** Null: not held, and `because` says why. */
    mitigations: z.array(z.strictObject({ id: z.string().regex(/^M\d{4}$/), name: text })).nullable(),
    because: text.optional(),
    /** Groups that use it according to ATT&CK. */
    usedBy: z.array(z.string().regex(/^G\d{4}$/)),
    origin: z.enum(['attack-subset', 'mitre-cti', 'general-knowledge']),
  })
  .refine(({ mitigations, because }) => mitigations !== null || because !== undefined, {
    path: ['because'],
    message: 'say why the mitigations are not held',
  });

const file = z.strictObject({
  provenance: z.strictObject({
    source: text,
    sha256: z.hash('sha256'),
    newest: text,
    copyright: text,
    licence: text,
  }),
  techniques: z.array(technique),
});

/** A technique or sub-technique of MITRE ATT&CK: names and ids, no prose. */
export type Technique = z.infer<typeof technique>;

/**
 * @param value - the content of `techniques.json`.
 * @throws {CairnError} `invalid-input`: names the entry and what to do; an id that stands twice.
 */
export function parseTechniques(value: unknown, name = 'techniques.json'): readonly Technique[] {
  return parseWith(file, value, name, ({ techniques }) =>
    techniques.flatMap(({ id }, i) =>
      techniques.findIndex((one) => one.id === id) < i
        ? [{ field: `techniques[${i}].id`, message: `${id} stands twice: remove one` }]
        : [],
    ),
  ).techniques;
}
