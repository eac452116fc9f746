import { z } from 'zod';
import { citation, repeatedIds } from './citation.ts';
import { parseUsd, partialDate, slugText, usdText } from './claim.ts';
import { spanOf } from './impact/period.ts';
import { type Problem, parseWith } from './problems.ts';
import { QUALIFIERS } from './vocabulary.ts';

const text = z.string().min(1).max(2000);
const dollars = usdText.transform(parseUsd).nullable();
const count = z.int().nonnegative().nullable();

/** What is published for one year: dollars, or the bounds between which it lies. */
const yearFigure = z.strictObject({
  usd: dollars,
  low: dollars,
  high: dollars,
  count,
  qualifier: z.enum(QUALIFIERS).optional(),
});

const aggregate = z
  .strictObject({
    id: slugText,
    publisher: text,
    title: text.optional(),
    /** What is counted, in the record's words. */
    scope: text,
    /** `from` null: open. `to` is never after the day of publication, whatever is printed. */
    period: z.strictObject({ from: partialDate.nullable(), to: partialDate.nullable(), asPrinted: text }),
    usd: dollars,
    qualifier: z.enum(QUALIFIERS).nullable(),
    /** What the publisher prints beside or instead of `usd`: `over 2bn; more than 30 thefts`. */
    printed: text.optional(),
    count,
    countQualifier: z.enum(QUALIFIERS).optional(),
    /** What `usd` is: the printed total, or a sum of the publisher's rows or years, which it does not print so. */
    basis: z.enum(['printed', 'sum-of-rows', 'sum-of-years']).nullable(),
    byYear: z.record(z.string().regex(/^\d{4}$/, 'write a year: "2022"'), yearFigure).nullable(),
    /** Whose rows the registry holds: the id of the amount in an incident. Null: none. */
    rowsOf: z.enum(['un', 'msmt', 'tayvano']).nullable(),
    publishedOn: partialDate.nullable(),
    /** The earlier edition of the same publisher that this one revises. */
    supersedes: slugText.nullable(),
    sources: z.array(citation).min(1, 'name where it can be looked up'),
    /** Why it cannot be compared one to one with the registry. */
    limits: z.array(text),
    note: text.nullable(),
  })
  .superRefine(({ usd, basis, qualifier, note, period: { from, to }, publishedOn, byYear }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (usd === null && note === null) refuse(['note'], 'no total in dollars: say why');
    if ((usd === null) !== (basis === null)) refuse(['basis'], 'stands exactly where there is a total in dollars');
    if (usd === null && qualifier !== null) refuse(['qualifier'], 'stands only beside a total in dollars');
    if (from !== null && to !== null && spanOf(to).latest < spanOf(from).earliest)
      refuse(['period', 'to'], 'is before "from"');
    if (to !== null && publishedOn !== null && spanOf(to).latest > spanOf(publishedOn).latest) {
      refuse(['period', 'to'], 'is after the day of publication: write that day, and what is printed in "asPrinted"');
    }
    for (const year of Object.keys(byYear ?? {})) {
      if ((from !== null && year < from.slice(0, 4)) || (to !== null && year > to.slice(0, 4))) {
        refuse(['byYear', year], 'lies outside the period');
      }
    }
  });

/**
 * A total that somebody else published, in one edition: a later edition is another aggregate. Dollars are cents, nominal, as
 * published; null is not published or not read, and `note` says so.
 */
export type Aggregate = Readonly<z.infer<typeof aggregate>>;

/**
 * @param value - the content of `aggregates.json`.
 * @throws {CairnError} `invalid-input`: names the entry and what to do; ids twice; an edition that supersedes one that is not
 *   there, is of another publisher, or is no earlier.
 */
export function parseAggregates(value: unknown, file = 'aggregates.json'): readonly Aggregate[] {
  return parseWith(z.array(aggregate), value, file, (all) => [...repeatedIds(all), ...wrongEditions(all)]);
}

function wrongEditions(all: readonly Aggregate[]): readonly Problem[] {
  return all.flatMap(({ supersedes, publisher, publishedOn }, i) => {
    if (supersedes === null) return [];
    const older = all.find(({ id }) => id === supersedes);
    const isFit =
      older?.publisher === publisher && (older.publishedOn ?? '') < (publishedOn ?? '9999') && older !== all[i];
    const message = `${supersedes} is no earlier edition of ${publisher} in this file: name one, or write null`;
    return isFit ? [] : [{ field: `[${i}].supersedes`, message }];
  });
}
