import { CairnError } from '@cairn/core/errors';
import {
  ATTRIBUTION_NAMES,
  formatUsd,
  MEASURE_KINDS,
  type MeasureEntry,
  matches,
  parseUsd,
  type Registry,
  showUsd,
  type TimelineEntry,
  timeline,
} from '@cairn/core/incidents';
import { formatCsvRow } from '@cairn/core/ledger/sources';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { type FilterFlags, NOT_KNOWN, readQuery, showNothing } from './flags.ts';
import { withDollars } from './to-json.ts';

export type TimelineFlags = FilterFlags & { readonly kind: readonly string[]; readonly csv?: true };

const KINDS: readonly string[] = ['theft', ...MEASURE_KINDS, 'attribution'];

/** `cairn incidents timeline`: thefts and what authorities did and said, in one order of time. */
export async function showTimeline({ print, json }: Context, flags: TimelineFlags): Promise<ExitCode> {
  const strange = flags.kind.find((kind) => !KINDS.includes(kind));
  if (strange !== undefined) {
    throw new CairnError('invalid-input', `--kind takes no '${strange.slice(0, 40)}'`, {
      hints: [`use one of ${KINDS.join(', ')}`],
    });
  }
  const { registry, rule, filter, caption } = readQuery(flags);
  const { entries, undated, leftOut } = timeline(registry, {
    rule,
    from: flags.from,
    to: flags.to,
    kinds: flags.kind.length === 0 ? undefined : flags.kind,
    // The amount is asked of all, so that what it leaves out can be counted.
    filter: (incident) => matches(incident, { ...filter, minUsd: undefined }),
    minUsd: flags.minUsd === undefined ? undefined : parseUsd(flags.minUsd.replaceAll(',', '')),
  });
  if (flags.csv === true && !json) {
    print(toCsv(registry, entries), null);
    return 0;
  }
  const out = [
    leftOut.belowMinimum > 0 ? `${grouped(leftOut.belowMinimum)} thefts below the least amount are left out.` : '',
    leftOut.amountUnknown > 0 ? `${grouped(leftOut.amountUnknown)} thefts without a known amount are left out.` : '',
  ].filter((line) => line !== '');
  const text = [
    entries.length === 0
      ? showNothing('')
      : table(
          ['on', 'what', '', 'amount', 'rests on'],
          entries.map((one) => toRow(registry, one)),
          ['amount'],
        ),
    undated.length === 0
      ? ''
      : `Not dated\n${undated.map((one) => `- ${one.kind}: ${byOf(registry, one)}: ${one.title}`).join('\n')}`,
    `${out.join(' ')} Measures are not filtered; that one follows another in time does not make it a consequence. ${caption}`.trim(),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
  print(text, withDollars({ rule, filter, caption, entries, undated, leftOut }));
  return 0;
}

function byOf({ institutions }: Registry, { by }: MeasureEntry): string {
  // What a body is called for short stands in brackets behind its name.
  const shortName = (name: string): string => /\(([^()]{2,12})\)$/.exec(name)?.[1] ?? name;
  return by.map((id) => shortName(institutions.find((one) => one.id === id)?.name ?? id)).join(', ');
}

const LONGEST = 78;

function toRow(registry: Registry, entry: TimelineEntry): string[] {
  const [on, kind, title, amount, rests] = cellsOf(registry, entry) as [string, string, string, string, string];
  return [on, kind, title.length > LONGEST ? `${title.slice(0, LONGEST - 1)}…` : title, amount, rests];
}

function cellsOf(registry: Registry, entry: TimelineEntry): readonly string[] {
  if (entry.entry === 'theft') {
    const name = `${entry.title} [${entry.slug}]${entry.notCounted === null ? '' : ' (in no total)'}`;
    return [
      entry.on,
      'theft',
      name,
      entry.usd === null ? NOT_KNOWN : showUsd(entry.usd),
      ATTRIBUTION_NAMES[entry.grade],
    ];
  }
  if (entry.entry === 'measure') {
    const about = entry.links.incidents.length === 0 ? '' : ` [${entry.links.incidents.join(', ')}]`;
    const known = entry.generalKnowledge.length === 0 ? '' : `general knowledge: ${entry.generalKnowledge.join(', ')}`;
    return [entry.on ?? '', entry.kind, `${byOf(registry, entry)}: ${entry.title}${about}`, '', known];
  }
  return [entry.on, entry.stance, `${entry.by}: ${entry.links.incidents.join(', ')}`, '', ''];
}

function toCsv(registry: Registry, entries: readonly TimelineEntry[]): string {
  const rows = entries.map((entry) => {
    const [on = '', kind = '', title = '', , rests = ''] = cellsOf(registry, entry);
    const usd = entry.entry === 'theft' && entry.usd !== null ? formatUsd(entry.usd) : '';
    return [on, kind, title, usd, rests, entry.entry === 'theft' ? entry.slug : entry.links.incidents.join(' ')];
  });
  return [['on', 'what', 'text', 'usd', 'rests_on', 'incidents'], ...rows].map((row) => formatCsvRow(row)).join('\n');
}
