import { CairnError } from '@cairn/core/errors';
import {
  type AttributionGrade,
  amountOf,
  conflictsOf,
  formatUsd,
  type Incident,
  isDisputed,
  showUsd,
  type Usd,
  victimName,
} from '@cairn/core/incidents';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { table } from '../terminal/table.ts';
import { type FilterFlags, NOT_KNOWN, readQuery, showNothing } from './flags.ts';
import { withDollars } from './to-json.ts';

export type ListFlags = FilterFlags & { readonly sort?: string };

type Line = {
  readonly incident: Incident;
  readonly usd: Usd | null;
  readonly qualifier: string;
  readonly marks: string;
};

const GRADES: Readonly<Record<AttributionGrade, string>> = {
  government: 'government',
  'un-report': 'UN, suspected',
  private: 'private',
  suspected: 'suspected',
};
const QUALIFIED = { about: 'about ', 'at-least': '≥ ', 'at-most': '≤ ', nearly: 'nearly ' } as const;
const LONGEST_NAME = 36;

/** `cairn incidents list`: one line an incident. */
export async function listIncidents({ print }: Context, flags: ListFlags): Promise<ExitCode> {
  const { sort = 'date' } = flags;
  if (sort !== 'date' && sort !== 'amount') {
    throw new CairnError('invalid-input', `--sort takes date or amount, not '${sort}'`);
  }
  const { incidents, rule, caption, filter } = readQuery(flags);
  const lines = incidents.map((incident): Line => {
    const amount = amountOf(incident, rule);
    const qualifier = amount.usd === null ? undefined : amount.claim.qualifier;
    return {
      incident,
      usd: amount.usd,
      qualifier: qualifier === undefined ? '' : QUALIFIED[qualifier],
      marks: marksOf(incident),
    };
  });
  if (sort === 'amount') lines.sort((a, b) => (a.usd === b.usd ? 0 : (a.usd ?? -1n) > (b.usd ?? -1n) ? -1 : 1));
  print(lines.length === 0 ? showNothing(caption) : showLines(lines, caption), {
    rule,
    filter: withDollars(filter),
    caption,
    incidents: lines.map(({ incident, usd, marks }) => ({
      slug: incident.slug,
      date: incident.date.value,
      victim: victimName(incident),
      victimType: incident.victim.type,
      country: incident.victim.country.value,
      usd: usd === null ? null : formatUsd(usd),
      grade: incident.attribution.grade,
      disputed: isDisputed(incident),
      inTotals: incident.counted.inTotals,
      conflicts: conflictsOf(incident).length,
      marks,
    })),
  });
  return 0;
}

function marksOf(incident: Incident): string {
  const fields = conflictsOf(incident).map(({ field }) => field);
  return [
    fields.includes('amount') ? '$' : '',
    fields.includes('date') ? 'd' : '',
    isDisputed(incident) ? '†' : '',
    incident.counted.inTotals ? '' : '×',
  ].join('');
}

function showLines(lines: readonly Line[], caption: string): string {
  const rows = lines.map(({ incident, usd, qualifier, marks }) => {
    const name = victimName(incident);
    return [
      incident.slug,
      incident.date.value,
      name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name,
      incident.victim.type,
      incident.victim.country.value ?? '-',
      usd === null ? NOT_KNOWN : `${qualifier}${showUsd(usd)}`,
      GRADES[incident.attribution.grade],
      marks,
    ];
  });
  return [
    table(['slug', 'date', 'victim', 'type', 'in', 'amount', 'attribution', ''], rows, ['amount']),
    '$ sources give amounts that conflict   d dates conflict   † attribution disputed   × counts in no total   - not known',
    caption,
  ].join('\n\n');
}
