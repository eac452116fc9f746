import type { Aggregate } from '../aggregate.ts';
import { type Read, showUsd } from '../claim.ts';
import type { ByRows } from './by-rows.ts';
import type { ByTotals } from './by-totals.ts';
import type { JointFigure } from './joint-figures.ts';
import { BEST_OTHER_RULE, sizeOf } from './other-amounts.ts';
import type { RevisedYear, Revision } from './revisions.ts';

/**
 * What a reader must know before quoting a comparison of rows; plain sentences, most important first.
 * @param notes - the record's notes on the lists that the rows come from, where the edition itself is only a total of them.
 */
export function cautionsOfRows(parts: Omit<ByRows, 'cautions'>, notes: readonly string[]): readonly string[] {
  const { edition, rows, whole, reading } = parts;
  const joint = rows.filter(({ together }) => together.length > 0).length;
  const withheld = rows.filter(({ row }) => row === null).length;
  const later = rows.filter(({ isAfterEdition }) => isAfterEdition).length;
  const onTime = whole.withoutLater ?? whole;
  const places = parts.locationConflicts.length;
  return [
    `The rows are a transcription of ${edition.publisher}'s own list. That they add up shows that the copy is like the list; it is no independent confirmation of any theft, amount or attribution.`,
    ...readingOfRows(reading, rows.length),
    ...basisOfRows(edition),
    ...countOfRows(onTime.difference.count, whole.published.count, onTime.held.incidents),
    ...notes,
    ...(whole.held.unknown > 0
      ? [`${whole.held.unknown} of the ${rows.length} rows have no amount in dollars: the sum is one of what is known.`]
      : []),
    ...(joint > 0
      ? [
          `${joint} rows cover several incidents that the registry keeps apart. Each is counted once, as one row, and is set beside no other amount.`,
        ]
      : []),
    ...(later > 0
      ? [
          `${later} rows are of thefts dated after the edition was published: they come from a later copy of the list and are also given apart.`,
        ]
      : []),
    ...(withheld > 0
      ? [
          `${withheld} rows stand without their number in the list, because the number would lead to a private person or is not recorded.`,
        ]
      : []),
    ...sayOwnYears(parts),
    ...parts.jointFigures.filter(({ differs }) => differs).map(sayJoint),
    ...(places > 0
      ? [
          `At ${places} rows the printed place is not the record's country. Seat, registration and staff of one firm may be in different countries.`,
        ]
      : []),
    BEST_OTHER_RULE,
    ...common(edition, parts.revisions),
  ];
}

/** What a reader must know before quoting a comparison of sums. */
export function cautionsOfTotals(parts: Omit<ByTotals, 'cautions'>): readonly string[] {
  const { edition, whole } = parts;
  const coarse = whole.uncertainDates.length;
  return [
    `${edition.publisher} does not name the incidents behind these figures. The rows beside a difference are candidates: each would bring the two nearer, and whether one of them is a reason is not known.`,
    'A combination of candidates that closes a gap is no explanation: with this many incidents some combination comes near almost any figure.',
    ...(whole.held.unknown > 0
      ? [
          `${whole.held.unknown} of the registry's ${whole.held.incidents} incidents have no known amount under the rule '${parts.rule}': its sum is one of what is known, not a total.`,
        ]
      : []),
    ...(coarse > 0
      ? [`${coarse} incidents are dated too coarsely to tell whether they lie in the period; they are counted in it.`]
      : []),
    ...common(edition, parts.revisions),
  ];
}

function common(edition: Aggregate, revisions: readonly Revision[]): readonly string[] {
  return [
    `What the edition counts: ${edition.scope}. The registry may count more or less than that; publishers differ in scope, in the rate they convert at, and in whom they attribute a theft to.`,
    ...readingOfEdition(edition),
    ...(edition.limits.length === 0 ? [] : [`Limits of the edition: ${edition.limits.join('; ')}.`]),
    ...(edition.note === null ? [] : [edition.note]),
    ...revisions.flatMap(sayRevision),
  ];
}

function basisOfRows({ basis, printed }: Aggregate): readonly string[] {
  if (basis !== 'sum-of-rows') return [];
  const text = printed === undefined ? '' : ` The publisher's own text has: ${printed}.`;
  return [
    `The figures of this edition are themselves the sum of the copied rows, so that the registry agrees with them shows only that no row was lost.${text}`,
  ];
}

/** A gap inside the edition that is exactly one row is worth a look, and no more than that. */
function sayOwnYears({ ownYears, rows }: Omit<ByRows, 'cautions'>): readonly string[] {
  const gap = ownYears?.difference.usd ?? 0n;
  if (ownYears === null || gap === 0n) return [];
  const same = rows.filter(({ printedUsd }) => printedUsd === sizeOf(gap));
  const [only] = same;
  return [
    `The edition's own years add up to ${showUsd(ownYears.usd)}${ownYears.count === null ? '' : ` and ${ownYears.count} rows`}, ${showUsd(sizeOf(gap))} ${gap > 0n ? 'more' : 'less'} than the total it prints.`,
    ...(only !== undefined && same.length === 1
      ? [`That is to the cent what it prints for one row, ${only.slug}; whether that row is the reason is not known.`]
      : []),
  ];
}

function sayJoint({ by, slugs, usd, printedUsd, percent }: JointFigure): string {
  const change = percent === null ? '' : `, ${percent} %`;
  return `${by} gives ${showUsd(usd)} for ${slugs.join(' and ')} together; the list prints ${showUsd(printedUsd)} for them in rows of their own${change}.`;
}

function countOfRows(difference: number | null, published: number | null, rows: number): readonly string[] {
  if (difference === null || difference === 0) return [];
  const apart = Math.abs(difference);
  const which = difference < 0 ? 'The list as it was read has no row for' : 'Nothing that was read accounts for';
  return [
    `Published is a count of ${published}; the registry holds ${rows} rows. ${which} the ${apart === 1 ? 'one' : apart} that ${apart === 1 ? 'is' : 'are'} ${difference < 0 ? 'missing' : 'over'}: its own rows do not explain it.`,
  ];
}

const READING: Readonly<Record<Read, string>> = {
  original: 'in the original',
  copy: 'in a copy of the list, not in the original',
  summary: 'in a summary by somebody else',
  'not-read': 'not at all, or the record does not say how',
};

function readingOfRows(reading: ByRows['reading'], rows: number): readonly string[] {
  return reading.map(({ read, rows: number }) => `${number} of the ${rows} rows were read ${READING[read]}.`);
}

function readingOfEdition({ sources, publisher }: Aggregate): readonly string[] {
  const reads = sources.map(({ read }) => read);
  if (reads.includes('original')) return [];
  if (reads.includes('copy')) return [`The text of ${publisher} was read in a copy or quotation, not in the original.`];
  if (reads.includes('summary'))
    return [`The text of ${publisher} was not read: the figures are as others report them.`];
  return [`Nothing of the text of ${publisher} was read: the figures rest on general knowledge.`];
}

function sayRevision({ older, newer, years }: Revision): readonly string[] {
  const changed = years.filter(({ changeUsd }) => changeUsd !== null && changeUsd !== 0n);
  if (changed.length === 0) return [];
  const change = ({ year, olderUsd, newerUsd }: RevisedYear): string =>
    `${year} from ${showUsd(olderUsd ?? 0n)} to ${showUsd(newerUsd ?? 0n)}`;
  return [`The publisher revised itself. From edition ${older} to ${newer}: ${changed.map(change).join('; ')}.`];
}
