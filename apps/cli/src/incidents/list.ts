import { CairnError } from '@cairn/core/errors';
import {
  type AttributionGrade,
  amountOf,
  type CountedAmount,
  conflictsOf,
  formatUsd,
  type Incident,
  isDisputed,
  showUsd,
  victimName,
} from '@cairn/core/incidents';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { table } from '../terminal/table.ts';
import type { FilterFlags } from './flags.ts';
import { countOf, NOT_KNOWN, type Query, readQuery, showNothing } from './query.ts';
import { withDollars } from './to-json.ts';

export type ListFlags = FilterFlags & { readonly sort?: string };

type Line = { readonly incident: Incident; readonly amount: CountedAmount; readonly marks: string };

const GRADES: Readonly<Record<AttributionGrade, string>> = {
  government: 'government',
  'un-report': 'UN, suspected',
  private: 'private',
  suspected: 'suspected',
};
const QUALIFIED = { about: 'about ', 'at-least': '≥ ', 'at-most': '≤ ', nearly: 'nearly ' } as const;
const LEGEND = [
  'Sources contradict each other about $ the amount, d the date, ‡ something else; † the attribution is disputed; × counts in no total; - not known.',
  'Attribution: government: attributed by a government body; UN, suspected: listed as suspected in a UN report; private: attributed by private firms or researchers; suspected: suspected only.',
].join('\n');
const LONGEST_NAME = 27;

/** `cairn incidents list`: one line an incident. */
export async function listIncidents({ print }: Context, flags: ListFlags): Promise<ExitCode> {
  const { sort = 'date' } = flags;
  if (sort !== 'date' && sort !== 'amount') {
    throw new CairnError('invalid-input', `--sort takes date or amount, not '${sort.slice(0, 40)}'`);
  }
  const query = readQuery(flags);
  const { incidents, rule, caption, filter } = query;
  const lines = incidents.map(
    (incident): Line => ({ incident, amount: amountOf(incident, rule), marks: marksOf(incident) }),
  );
  if (sort === 'amount') lines.sort(byAmount);
  print(lines.length === 0 ? showNothing(query) : showLines(lines, query), {
    rule,
    filter: withDollars(filter),
    caption,
    incidents: lines.map(toJson),
  });
  return 0;
}

/** Largest first; those of which no amount is known last, as they stood. */
function byAmount({ amount: { usd: a } }: Line, { amount: { usd: b } }: Line): number {
  if (a === b) return 0;
  return (a ?? -1n) > (b ?? -1n) ? -1 : 1;
}

function toJson({ incident, amount }: Line) {
  return {
    slug: incident.slug,
    date: incident.date.value,
    victim: victimName(incident),
    victimKind: incident.victim.kind,
    victimType: incident.victim.type,
    country: incident.victim.country.value,
    usd: amount.usd === null ? null : formatUsd(amount.usd),
    usdBy: amount.usd === null ? null : amount.claim.by,
    usdQualifier: amount.usd === null ? null : (amount.claim.qualifier ?? null),
    usdUnknown: amount.usd === null ? amount.because : null,
    grade: incident.attribution.grade,
    disputed: isDisputed(incident),
    inTotals: incident.counted.inTotals,
    conflicts: conflictsOf(incident).map(({ field, origin }) => ({ field, origin })),
  };
}

function marksOf(incident: Incident): string {
  const fields = conflictsOf(incident).map(({ field }) => field);
  return [
    fields.includes('amount') ? '$' : '',
    fields.includes('date') ? 'd' : '',
    fields.some((field) => !['amount', 'date', 'attribution'].includes(field)) ? '‡' : '',
    isDisputed(incident) ? '†' : '',
    incident.counted.inTotals ? '' : '×',
  ].join('');
}

function showLines(lines: readonly Line[], query: Query): string {
  const rows = lines.map(({ incident, amount, marks }) => {
    const name = victimName(incident);
    const qualifier = amount.usd === null ? undefined : amount.claim.qualifier;
    return [
      incident.slug,
      incident.date.value,
      name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name,
      incident.victim.type,
      incident.victim.country.value ?? '-',
      amount.usd === null ? NOT_KNOWN : `${qualifier === undefined ? '' : QUALIFIED[qualifier]}${showUsd(amount.usd)}`,
      GRADES[incident.attribution.grade],
      marks,
    ];
  });
  return [
    table(['slug', 'date', 'victim', 'type', 'in', 'amount', 'attribution', ''], rows, ['amount']),
    LEGEND,
    `${countOf(query)} ${query.caption}`,
  ].join('\n\n');
}
