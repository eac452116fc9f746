import {
  type AmountRule,
  CANDIDATE_REASONS,
  type ListedRow,
  QUALIFIER_WORDS,
  type Reconciliation,
  reconcilable,
  reconcile,
  showUsd,
  type Usd,
} from '@cairn/core/incidents';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { showChange } from './money.ts';
import { openRecord, type RecordFlags } from './open-record.ts';
import { withDollars } from './to-json.ts';

export type ReconcileFlags = RecordFlags & { readonly amounts?: AmountRule };

type ByRows = Extract<Reconciliation, { kind: 'rows' }>;
type ByTotals = Extract<Reconciliation, { kind: 'totals' }>;
type Published = ByTotals['whole']['published'];

/** `cairn incidents reconcile [EDITION]`: the record beside a published total; without a name, what can be compared. */
export async function reconcileEdition(
  { print }: Context,
  flags: ReconcileFlags,
  [edition]: readonly string[],
): Promise<ExitCode> {
  const registry = openRecord(flags);
  if (edition === undefined) {
    const editions = reconcilable(registry);
    const rows = editions.map(({ id, publisher, period, publishedOn, kind }) => [
      id,
      publisher,
      period.asPrinted,
      publishedOn ?? 'not dated',
      kind === 'rows' ? 'row by row' : 'totals',
    ]);
    const head = 'Published totals that the record can be set beside: cairn incidents reconcile EDITION';
    print(`${head}\n\n${table(['edition', 'publisher', 'period', 'published', 'compared'], rows)}`, { editions });
    return 0;
  }
  const result = reconcile(registry, edition, flags.amounts);
  print(result.kind === 'rows' ? showByRows(result) : showByTotals(result), withDollars(result));
  return 0;
}

function showHead({ edition, rule, cautions }: Reconciliation): string {
  const sources = edition.sources.map(({ url, read }) => `  ${read}: ${url}`);
  return [
    `${edition.publisher}: ${edition.scope}, ${edition.period.asPrinted} [${edition.id}, published ${edition.publishedOn ?? 'on no known date'}]`,
    `The record counts under the rule ${rule}.`,
    ...cautions.map((caution) => `- ${caution}`),
    'Sources of the published figures, and how they were read',
    ...sources,
  ].join('\n');
}

function showPublished({ usd, low, high, qualifier }: Published): string {
  if (usd !== null) return `${qualifier === null ? '' : `${QUALIFIER_WORDS[qualifier]} `}${showUsd(usd)}`;
  if (low === null && high === null) return 'not given';
  return `${low === null ? '' : showUsd(low)} to ${high === null ? '' : showUsd(high)}`;
}

const showMaybe = (usd: Usd | null): string => (usd === null ? 'not known' : showUsd(usd));

function showByRows(result: ByRows): string {
  const { rows, years, whole, differing, dateConflicts, locationConflicts, reading, revisions } = result;
  const read = reading.map((one) => `${one.rows} rows: ${one.read}`).join(', ');
  const sums = [...years, whole].map(({ period, held, published, difference, notListed }) => [
    period,
    grouped(held.incidents),
    showMaybe(held.usd),
    published.count === null ? '-' : grouped(published.count),
    showPublished(published),
    difference.usd === null ? '-' : showChange(difference.usd),
    notListed.incidents === 0 ? '-' : grouped(notListed.incidents),
  ]);
  return [
    showHead(result),
    `Rows as printed, by the printed year (how they were read: ${read})\n${table(
      ['year', 'rows', 'their sum', 'published', 'published sum', 'difference', 'on record, not listed'],
      sums,
      ['rows', 'their sum', 'published', 'published sum', 'difference', 'on record, not listed'],
    )}`,
    `In all: ${grouped(whole.held.incidents)} rows, ${showMaybe(whole.held.usd)}, against ${whole.published.count === null ? 'no published count' : `${grouped(whole.published.count)} published`} and ${showPublished(whole.published)}. ${sentence(whole.difference.says)}`,
    ...(whole.withoutLater === null
      ? []
      : [
          `Without rows of thefts later than the edition: ${grouped(whole.withoutLater.held.incidents)} rows, ${showMaybe(whole.withoutLater.held.usd)}. ${sentence(whole.withoutLater.difference.says)}`,
        ]),
    ...(whole.underRule.usd === null || whole.underRule.minusPrinted === 0n
      ? []
      : [
          `The same incidents under ${result.rule}: ${showUsd(whole.underRule.usd)}, ${showChange(whole.underRule.minusPrinted ?? 0n)} beside the printed rows.`,
        ]),
    `Row by row\n${table(
      ['row', 'printed', 'victim', 'as printed', 'best other', 'by', 'difference', ''],
      rows.map(showRow),
      ['as printed', 'best other', 'difference'],
    )}\nD: printed date and the record's exclude each other. P: printed place is not the record's country. *: some other amount is more than 10 % away.`,
    `Rows with another amount more than 10 % away from the printed one: ${differing.length} of ${rows.length}\n${table(
      ['row', 'slug', 'as printed', 'others'],
      differing.map(({ row, slug, printedUsd, others }) => [
        row ?? '-',
        slug,
        showMaybe(printedUsd),
        others.all
          .map((one) => `${one.by} ${showUsd(one.usd)} (${one.percent === null ? '' : `${signed(one.percent)} %`})`)
          .join('\n'),
      ]),
      ['as printed'],
    )}`,
    dateConflicts.length === 0
      ? 'No printed date excludes the record’s.'
      : `Printed dates that exclude the record's: ${dateConflicts.length}\n${table(
          ['row', 'slug', 'printed', 'on record', 'apart'],
          dateConflicts.map(({ row, slug, printedDate, recordDate, dateConflict }) => [
            row ?? '-',
            slug,
            printedDate ?? '-',
            recordDate,
            dateConflict?.days == null ? '-' : `${Math.abs(dateConflict.days)} days`,
          ]),
          ['apart'],
        )}`,
    ...(locationConflicts.length === 0
      ? []
      : [
          `Printed places that are not the record's country: ${locationConflicts.length}\n${table(
            ['row', 'slug', 'printed', 'on record'],
            locationConflicts.map(({ row, slug, location }) => [
              row ?? '-',
              slug,
              location?.printed ?? '-',
              location?.country ?? '-',
            ]),
          )}`,
        ]),
    showRevisions(revisions),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function showRow(row: ListedRow): string[] {
  const { best } = row.others;
  const marks = [
    row.differs ? '*' : '',
    row.dateConflict === null ? '' : 'D',
    row.location?.agrees === false ? 'P' : '',
  ].join('');
  const name = row.together.length === 0 ? row.victim : `${row.slug} with ${row.together.join(', ')}`;
  return [
    row.row ?? '-',
    row.printedDate ?? '-',
    name.length > 34 ? `${name.slice(0, 33)}…` : name,
    `${row.qualifier === null ? '' : `${QUALIFIER_WORDS[row.qualifier]} `}${showMaybe(row.printedUsd)}`,
    best === null ? 'none' : showUsd(best.usd),
    best?.by ?? '',
    best === null
      ? ''
      : `${showChange(best.differenceUsd)}${best.percent === null ? '' : ` (${signed(best.percent)} %)`}`,
    marks,
  ];
}

function signed(percent: string): string {
  return percent.startsWith('-') || percent === '0.0' ? percent : `+${percent}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function showByTotals(result: ByTotals): string {
  const { years, whole, ownYears, revisions } = result;
  const all = [...years, whole];
  const sums = all.map(({ period, published, held, difference }) => [
    period,
    published.count === null ? '-' : grouped(published.count),
    showPublished(published),
    `${grouped(held.incidents)}${held.unknown === 0 ? '' : ` (${held.unknown} unknown)`}`,
    showMaybe(held.usd),
    difference.usd === null ? '-' : showChange(difference.usd),
    difference.count === null ? '-' : signed(String(difference.count)),
  ]);
  return [
    showHead(result),
    table(['period', 'published', 'published sum', 'on record', 'sum of known', 'difference', 'in number'], sums, [
      'published',
      'published sum',
      'on record',
      'sum of known',
      'difference',
      'in number',
    ]),
    sentence(whole.difference.says),
    ...(ownYears === null
      ? []
      : [`The edition's own years add up to ${showUsd(ownYears.usd)}. ${sentence(ownYears.difference.says)}`]),
    ...all.flatMap(showCandidates),
    showRevisions(revisions),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function showCandidates({ period, candidates, difference }: ByTotals['whole']): string[] {
  if (candidates === null || candidates.listed.length === 0) return [];
  const rows = candidates.listed.map(({ slug, change, reasons, before, after, by, effectUsd }) => [
    slug,
    change === 'other-amount'
      ? `${showMaybe(after)} by ${by ?? '?'}`
      : change === 'put-in'
        ? 'put it in'
        : 'leave it out',
    showMaybe(before),
    showChange(effectUsd),
    reasons.map((reason) => CANDIDATE_REASONS[reason]).join('; '),
  ]);
  const more = candidates.more === 0 ? '' : `\n${candidates.more} more with smaller effect.`;
  return [
    `${period}: rows that may explain a part of ${difference.usd === null ? 'the difference' : showChange(difference.usd)}; whether they do is not known\n${table(
      ['incident', 'if the publisher did', 'counted now', 'effect', 'because'],
      rows,
      ['counted now', 'effect'],
    )}${more}`,
  ];
}

function showRevisions(revisions: Reconciliation['revisions']): string {
  const lines = revisions.flatMap(({ older, newer, years }) =>
    years.map(({ year, olderUsd, newerUsd, olderCount, newerCount }) => [
      `${older} → ${newer}`,
      year,
      showMaybe(olderUsd),
      showMaybe(newerUsd),
      olderCount === null ? '-' : String(olderCount),
      newerCount === null ? '-' : String(newerCount),
    ]),
  );
  if (lines.length === 0) return '';
  return `What the publisher changed from one edition to the next\n${table(
    ['editions', 'year', 'then', 'now', 'number then', 'now'],
    lines,
    ['then', 'now', 'number then'],
  )}`;
}
