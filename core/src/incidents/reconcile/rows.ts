import { compareText } from '../../units/index.ts';
import type { Aggregate } from '../aggregate.ts';
import { type AmountRule, amountOf } from '../amounts.ts';
import { parseUsd, type Read, type Usd } from '../claim.ts';
import { daysBetween } from '../impact/days.ts';
import { mayAgree } from '../impact/period.ts';
import type { AmountClaim, Incident } from '../incident.ts';
import type { Registry } from '../registry.ts';
import { victimName } from '../victim.ts';
import type { Qualifier } from '../vocabulary.ts';
import { checkLocation, type LocationCheck } from './location.ts';
import { type OtherAmounts, otherAmounts } from './other-amounts.ts';
import { liesIn, windowOf } from './window.ts';

/** A row of a published list as the registry holds it, beside what else is known of the theft. */
export type ListedRow = {
  /** The list, by its edition's id. */
  readonly edition: string;
  /** As printed; null: withheld, since it would lead to a private person, or the record does not say. */
  readonly row: string | null;
  readonly slug: string;
  /** A private person is never named. */
  readonly victim: string;
  /** Other incidents of the registry that this one row covers. */
  readonly together: readonly string[];
  /** The printed year, or the record's where no date is printed or known here. */
  readonly year: string;
  readonly printedDate: string | null;
  /** Cents; null: no amount is printed, or not in dollars. */
  readonly printedUsd: Usd | null;
  readonly qualifier: Qualifier | null;
  readonly note: string | null;
  readonly recordDate: string;
  /** Null: no date is printed, or the two may mean the same day. `days`: from the record's date to the printed one. */
  readonly dateConflict: { readonly days: number | null } | null;
  readonly location: LocationCheck | null;
  /** Empty for a row that covers several incidents: nothing else is said of them together. */
  readonly others: OtherAmounts;
  /** Some other amount of the whole loss is more than a tenth of the printed one away from it. */
  readonly differs: boolean;
  /** What the registry counts for the row's incidents under the rule that was asked for; null: nothing known. */
  readonly underRule: Usd | null;
  /** How the list's text was read for this row. */
  readonly read: Read;
  /** True: the theft is dated after the edition was published, so the row comes from a later copy of the list. */
  readonly isAfterEdition: boolean;
};

const NO_OTHERS: OtherAmounts = { all: [], best: null, lowest: null, highest: null };

type List = { readonly id: string; readonly claim: string; readonly publishedOn: string | null };

/**
 * The rows of a list that the registry holds, in the list's order; rows without a number come last, by date.
 * @param edition - of a publisher whose rows the registry records; an edition that only gives totals of the same list stands for
 *   the lists of its publisher within its period.
 */
export function rowsOfEdition(registry: Registry, edition: Aggregate, rule: AmountRule): readonly ListedRow[] {
  const claim = edition.rowsOf;
  if (claim === null) return [];
  const lists = listsBehind(registry, edition).map(({ id, publishedOn }) => ({ id, claim, publishedOn }));
  const bySlug = new Map(registry.incidents.map((incident) => [incident.slug, incident]));
  const listSources = sourcesOfLists(registry, lists);
  const rows = registry.incidents.flatMap((incident) => {
    const list = lists.find(({ id }) => incident.listedIn.some((listing) => listing.edition === id));
    const fallback = lists.length === 1 ? lists[0] : undefined;
    const amount = listAmount(incident, list ?? fallback, claim);
    const isUnnumbered =
      amount !== undefined && isOfList(amount, listSources) && !isListedElsewhere(incident, registry, claim);
    const own = list ?? (isUnnumbered ? fallback : undefined);
    return own === undefined ? [] : [toRow(incident, amount, own, rule, registry, bySlug)];
  });
  return withoutRepeatedJoint(rows).sort(byPlace(lists));
}

/** The lists whose rows make up an edition: itself, or the lists that its totals cover. */
function listsBehind({ incidents, aggregates }: Registry, edition: Aggregate): readonly Aggregate[] {
  const isList = ({ id }: Aggregate): boolean =>
    incidents.some(({ listedIn }) => listedIn.some((listing) => listing.edition === id));
  if (isList(edition)) return [edition];
  const window = windowOf(edition.period.from, edition.period.to);
  return aggregates.filter(
    (one) =>
      one.rowsOf === edition.rowsOf &&
      isList(one) &&
      [one.period.from, one.period.to].every((date) => date === null || liesIn(date, window) !== 'out'),
  );
}

/**
 * The amount that the list prints for an incident, alone or in one row with others. Where the record keeps figures of several
 * copies of a list apart, the one whose name bears the edition's month is taken: `README of June 2026`.
 */
function listAmount({ amounts }: Incident, list: List | undefined, claim: string): AmountClaim | undefined {
  const month = monthOf(list?.publishedOn ?? null);
  const own = amounts.filter(({ id }) => id === claim || id.startsWith(`${claim}-`));
  return (
    own.find(({ by, scope }) => month !== null && scope === 'whole' && by.includes(month)) ??
    own.find(({ id }) => id === claim) ??
    own.find(({ scope }) => scope === 'joint')
  );
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

function monthOf(date: string | null): string | null {
  const name = date === null ? undefined : MONTHS[Number(date.slice(5, 7)) - 1];
  return date === null || name === undefined ? null : `${name} ${date.slice(0, 4)}`;
}

/** What the amounts of numbered rows cite: an amount without a number belongs to the list only if it cites the same. */
function sourcesOfLists({ incidents }: Registry, lists: readonly List[]): ReadonlySet<string> {
  const cited = incidents.flatMap((incident) => {
    const list = lists.find(({ id }) => incident.listedIn.some(({ edition }) => edition === id));
    const amount = list === undefined ? undefined : listAmount(incident, list, list.claim);
    return amount === undefined || amount.sources === 'incident' ? [] : amount.sources;
  });
  return new Set(cited);
}

function isOfList({ sources, scope }: AmountClaim, listSources: ReadonlySet<string>): boolean {
  return scope === 'joint' || sources === 'incident' || sources.some((id) => listSources.has(id));
}

function isListedElsewhere({ listedIn }: Incident, { aggregates }: Registry, claim: string): boolean {
  return listedIn.some(({ edition }) => aggregates.some(({ id, rowsOf }) => id === edition && rowsOf === claim));
}

function toRow(
  incident: Incident,
  amount: AmountClaim | undefined,
  list: List,
  rule: AmountRule,
  registry: Registry,
  bySlug: ReadonlyMap<string, Incident>,
): ListedRow {
  const listing = incident.listedIn.find(({ edition }) => edition === list.id);
  const printedDate = listing?.printedDate ?? null;
  const recordDate = incident.date.value;
  const together = amount?.scope === 'joint' ? (amount.with ?? []) : [];
  const printedUsd = amount === undefined || amount.usd === null ? null : parseUsd(amount.usd);
  const others =
    printedUsd === null || together.length > 0
      ? NO_OTHERS
      : otherAmounts(incident, printedUsd, amount?.id ?? list.claim, registry);
  const printed = listing?.printedLocation;
  return {
    edition: list.id,
    row: listing?.row ?? null,
    slug: incident.slug,
    victim: victimName(incident),
    together,
    year: (printedDate ?? recordDate).slice(0, 4),
    printedDate,
    printedUsd,
    qualifier: amount?.qualifier ?? null,
    note: listing?.note ?? amount?.note ?? null,
    recordDate,
    dateConflict:
      printedDate === null || mayAgree(printedDate, recordDate) ? null : { days: daysBetween(recordDate, printedDate) },
    location: printed === undefined ? null : checkLocation(printed, incident.victim.country.value),
    others,
    differs: others.all.some((one) => one.differs),
    underRule: sumUnder([incident, ...together.flatMap((slug) => bySlug.get(slug) ?? [])], rule),
    read: readOf(incident, amount, list.id, registry),
    isAfterEdition: list.publishedOn !== null && liesIn(recordDate, windowOf(null, list.publishedOn)) === 'out',
  };
}

function sumUnder(incidents: readonly Incident[], rule: AmountRule): Usd | null {
  const known = incidents.map((incident) => amountOf(incident, rule).usd).filter((usd) => usd !== null);
  return known.length === 0 ? null : known.reduce((sum, usd) => sum + usd, 0n);
}

/** Best reading first: how the sources of the row's amount were read, or where there is none the list's sources. */
function readOf(incident: Incident, amount: AmountClaim | undefined, list: string, { aggregates }: Registry): Read {
  const cited = amount === undefined || amount.sources === 'incident' ? null : amount.sources;
  const own = incident.sources.filter(({ id }) => cited?.includes(id) ?? false).map(({ read }) => read);
  const reads =
    own.length > 0 ? own : (aggregates.find(({ id }) => id === list)?.sources.map(({ read }) => read) ?? []);
  return (['original', 'copy', 'summary'] as const).find((read) => reads.includes(read)) ?? 'not-read';
}

/** One printed row for several incidents may stand in the record of each: it is one row. */
function withoutRepeatedJoint(rows: readonly ListedRow[]): ListedRow[] {
  const seen = new Set<string>();
  return rows.filter(({ slug, together }) => {
    if (together.length === 0) return true;
    const key = [slug, ...together].sort(compareText).join(' ');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function byPlace(lists: readonly List[]): (a: ListedRow, b: ListedRow) => number {
  const place = ({ edition }: ListedRow): number => lists.findIndex(({ id }) => id === edition);
  // `38`, or with its table before it: `t2 20`.
  const number = ({ row }: ListedRow): number =>
    row === null ? Number.POSITIVE_INFINITY : Number(/\d+$/.exec(row)?.[0]);
  return (a, b) => {
    if (place(a) !== place(b)) return place(a) - place(b);
    const [first, second] = [number(a), number(b)];
    if (first !== second && !Number.isNaN(first - second)) return first - second;
    return compareText(a.recordDate, b.recordDate) || compareText(a.slug, b.slug);
  };
}
