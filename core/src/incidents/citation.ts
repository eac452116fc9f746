import { z } from 'zod';
import { readText } from './claim.ts';
import type { Problem } from './problems.ts';

/**
 * Where something that a body published, decided or said can be looked up. `read` is how that body's own text was read there: an
 * article about it is a `summary` even where the whole article was read; `copy` is also a text of which the record's compilers
 * got no more than an excerpt, or do not say how much.
 */
export const citation = z.strictObject({
  url: z.url('write the full address: "https://undocs.org/S/2024/215"'),
  read: readText,
  note: z.string().min(1).optional(),
});
export type Citation = z.infer<typeof citation>;

/** Ids that stand twice in a list, as problems of the file. */
export function repeatedIds(entries: readonly { readonly id: string }[]): readonly Problem[] {
  return entries.flatMap(({ id }, i) =>
    entries.findIndex((other) => other.id === id) === i
      ? []
      : [{ field: `[${i}].id`, message: `${id} stands twice: give it another id` }],
  );
}
