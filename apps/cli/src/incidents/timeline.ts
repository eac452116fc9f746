import { CairnError } from '@cairn/core/errors';
import {
  ATTRIBUTION_NAMES,
  type AttributionGrade,
  formatUsd,
  MEASURE_KINDS,
  type MeasureEntry,
  matches,
  type Registry,
  showUsd,
  type Timeline,
  type TimelineEntry,
  timeline,
} from '@cairn/core/incidents';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { toCsv } from './csv.ts';
import type { FilterFlags } from './flags.ts';
import { nearest } from './nearest.ts';
import { NOT_KNOWN, type Query, readQuery, showNothing } from './query.ts';
import { withDollars } from './to-json.ts';

export type TimelineFlags = FilterFlags & { readonly kind: readonly string[]; readonly csv?: true };

const KINDS: readonly string[] = ['theft', ...MEASURE_KINDS, 'attribution'];

/** `cairn incidents timeline`: thefts and what authorities did and said, in one order of time. */
export async function showTimeline({ print, json }: Context, flags: TimelineFlags): Promise<ExitCode> {
  for (const kind of flags.kind) checkKind(kind);
  const query = readQuery(flags);
  const { registry, rule, filter, caption } = query;
  const found = timelineOf(query, flags.kind);
  if (flags.csv === true && !json) {
    process.stdout.write(csvOf(registry, found));
    return 0;
  }
  print(showAll(query, found), withDollars({ rule, filter, caption, ...found }));
  return 0;
}

function checkKind(kind: string): void {
  if (KINDS.includes(kind)) return;
  const like = nearest(kind, KINDS);
  throw new CairnError('invalid-input', `--kind takes no '${kind.slice(0, 40)}'`, {
    hints: [...(like === null ? [] : [`did you mean ${like}?`]), `use one of ${KINDS.join(', ')}`],
  });
}

/**
 * Thefts that a query asks about, and measures of its time: they have no victim, chain or amount to be narrowed by.
 * @param kinds - none: all but attributions.
 */
export function timelineOf({ registry, filter, rule }: Query, kinds: readonly string[] = []): Timeline {
  const { entries, ...rest } = timeline(registry, {
    rule,
    from: filter.from,
    to: filter.to,
    kinds: kinds.length === 0 ? undefined : kinds,
    // The amount is asked of all, so that what it leaves out can be counted.
    filter: (incident) => matches(incident, { ...filter, minUsd: undefined }),
    minUsd: filter.minUsd,
  });
  const inYears = ({ on }: TimelineEntry): boolean =>
    filter.years === undefined || on === null || filter.years.includes(on.slice(0, 4));
  return { ...rest, entries: entries.filter(inYears) };
}

function showAll(query: Query, { entries, undated, leftOut }: Timeline): string {
  const { registry, caption } = query;
  const out = [
    leftOut.belowMinimum > 0 ? `${grouped(leftOut.belowMinimum)} thefts below the least amount are left out.` : '',
    leftOut.amountUnknown > 0 ? `${grouped(leftOut.amountUnknown)} thefts without a known amount are left out.` : '',
  ].filter((line) => line !== '');
  const thefts = entries.filter(({ entry }) => entry === 'theft').length;
  const counts = `${counted(thefts, 'theft')}, ${counted(entries.length - thefts, 'measure or statement', 'measures and statements')}.`;
  const rows = entries.map((one) => toRow(registry, one));
  const notDated = undated.map((one) => `- ${one.kind}: ${bodiesOf(registry, one)}: ${one.title}`);
  return [
    entries.length === 0 ? showNothing(query) : table(['on', 'what', '', 'amount', 'rests on'], rows, ['amount']),
    ...(undated.length === 0 ? [] : [`Not dated\n${notDated.join('\n')}`]),
    [
      counts,
      ...(entries.some((one) => one.entry === 'theft' && one.contested)
        ? ['‡ figures on record that are more than a tenth apart.']
        : []),
      ...out,
      'Measures and statements are narrowed by time and kind only; that one follows another in time does not make it a consequence.',
      ...(entries.length === 0 ? [] : [caption]),
    ].join(' '),
  ].join('\n\n');
}

function counted(number: number, one: string, several = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : several}`;
}

/** What bodies are called: what one is called for short stands in brackets behind its name. */
function bodiesOf({ institutions }: Registry, { by }: MeasureEntry): string {
  const shortName = (name: string): string => /\(([A-Za-z][^()]{1,11})\)$/.exec(name)?.[1] ?? name;
  return by.map((id) => shortName(institutions.find((one) => one.id === id)?.name ?? id)).join(', ');
}

const LONGEST = 62;
const GRADES: Readonly<Record<AttributionGrade, string>> = {
  government: 'a government body',
  'un-report': 'UN list, suspected',
  private: 'private parties',
  suspected: 'suspected only',
};

function toRow(registry: Registry, entry: TimelineEntry): string[] {
  const text = textOf(registry, entry);
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  if (entry.entry === 'theft') {
    return [
      entry.on,
      'theft',
      short,
      entry.usd === null ? NOT_KNOWN : `${entry.contested ? '‡ ' : ''}${showUsd(entry.usd)}`,
      GRADES[entry.grade],
    ];
  }
  if (entry.entry === 'attribution') return [entry.on, entry.stance, short, '', ''];
  return [entry.on ?? '', entry.kind, short, '', entry.generalKnowledge.length === 0 ? '' : 'general knowledge'];
}

function textOf(registry: Registry, entry: TimelineEntry): string {
  const slugs = entry.links.incidents.join(', ');
  if (entry.entry === 'theft')
    return `${entry.title} [${entry.slug}]${entry.notCounted === null ? '' : ' (in no total)'}`;
  if (entry.entry === 'attribution') return `${entry.by}: ${slugs}`;
  return `${bodiesOf(registry, entry)}: ${entry.title}${slugs === '' ? '' : ` [${slugs}]`}`;
}

const COLUMNS = ['on', 'entry', 'kind', 'text', 'usd', 'rests_on', 'incidents'];

/** Undated measures stand last, with an empty date. */
function csvOf(registry: Registry, { entries, undated }: Timeline): string {
  const rows = [...entries, ...undated].map((entry) => [
    entry.on ?? '',
    entry.entry,
    entry.entry === 'attribution' ? entry.stance : entry.kind,
    textOf(registry, entry),
    entry.entry === 'theft' && entry.usd !== null ? formatUsd(entry.usd) : '',
    restsOn(entry),
    entry.entry === 'theft' ? entry.slug : entry.links.incidents.join(' '),
  ]);
  return toCsv([COLUMNS, ...rows]);
}

function restsOn(entry: TimelineEntry): string {
  if (entry.entry === 'theft') return ATTRIBUTION_NAMES[entry.grade];
  if (entry.entry === 'attribution' || entry.generalKnowledge.length === 0) return '';
  return `general knowledge: ${entry.generalKnowledge.join(', ')}`;
}
