import {
  type AmountRule,
  ATTRIBUTION_NAMES,
  aftermath,
  amountOf,
  conflictsOf,
  findIncident,
  type Incident,
  type Registry,
  relatedTo,
  VICTIM_TYPE_NAMES,
  victimName,
} from '@cairn/core/incidents';
import { countryName } from '@cairn/core/units';
import { loadCase, shippedCases } from '../data/shipped.ts';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { openRecord, type RecordFlags } from './open-record.ts';
import { qualified, showAmounts, showAttribution, showConflicts } from './show-claims.ts';
import { showAfterwards, showListed, showRelated, showSources } from './show-context.ts';
import type { Parts } from './show-parts.ts';
import { showAccounts, showTaken, showWayIn } from './show-theft.ts';
import { withDollars } from './to-json.ts';

export type ShowFlags = RecordFlags & { readonly amounts?: AmountRule };

/** `cairn incidents show SLUG`: everything the record holds of one theft, with its conflicts. */
export async function showIncident(
  { print }: Context,
  flags: ShowFlags,
  [slug = '']: readonly string[],
): Promise<ExitCode> {
  const { text, value } = describeIncident(openRecord(flags), slug.trim().toLowerCase(), flags.amounts ?? 'preferred');
  print(text, value);
  return 0;
}

/** One incident's page, for people and for programs. @throws {CairnError} `not-found`. */
export function describeIncident(
  registry: Registry,
  slug: string,
  rule: AmountRule,
): { readonly text: string; readonly value: object } {
  const incident = findIncident(registry, slug);
  const value = {
    incident,
    counts: amountOf(incident, rule),
    conflicts: conflictsOf(incident),
    related: relatedTo(registry, incident.slug),
    aftermath: aftermath(registry, incident.slug),
    techniques: techniquesOf(incident, registry),
    case: caseOf(incident.slug),
  };
  return { text: showParts(registry, rule, value), value: withDollars(value) as object };
}

function techniquesOf({ techniques }: Incident, registry: Registry): Registry['techniques'] {
  const used = new Set(techniques.value?.ids ?? []);
  return registry.techniques.filter(({ id }) => used.has(id));
}

/** The shipped case with this theft's transfers; null: none. */
function caseOf(slug: string): string | null {
  return shippedCases().find((name) => name === slug && loadCase(name).case.kind === 'ledger') ?? null;
}

function showParts(registry: Registry, rule: AmountRule, parts: Parts): string {
  const { incident } = parts;
  return [
    showHead(parts, rule),
    showConflicts(parts.conflicts),
    showAmounts(incident, parts.counts.usd === null ? null : parts.counts.claim.id, rule),
    showAttribution(registry, incident),
    showWayIn(parts),
    showTaken(incident),
    showAccounts(registry, parts),
    showAfterwards(registry, parts),
    showRelated(parts),
    showListed(incident),
    incident.notes.length === 0 ? '' : ['Notes', ...incident.notes.map((note) => `- ${note}`)].join('\n'),
    showSources(registry, incident),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function showHead({ incident, counts }: Parts, rule: AmountRule): string {
  const { victim, date, attribution, counted } = incident;
  const country = victim.country;
  const where = country.value === null ? `country not known (${country.because})` : countryName(country.value);
  const dates = incident.otherDates.map(({ value, by, note }) => `${value} (${[by, note].filter(Boolean).join(': ')})`);
  const disputed = attribution.claims.some(({ stance }) => stance === 'disputes');
  const amount =
    counts.usd === null
      ? `no amount under the rule ${rule}: ${counts.because}`
      : `${qualified(counts.claim)} by ${counts.claim.by} (rule ${rule})`;
  return [
    `${victimName(incident)}  [${incident.slug}]`,
    `  ${VICTIM_TYPE_NAMES[victim.type]}; ${where}`,
    `  ${date.value}${date.note === undefined ? '' : ` (${date.note})`}${dates.length === 0 ? '' : `; also given: ${dates.join('; ')}`}`,
    `  ${amount}`,
    `  ${ATTRIBUTION_NAMES[attribution.grade]}${disputed ? ', and disputed' : ''}`,
    counted.inTotals ? '' : `  Not counted in totals: ${counted.because}`,
    victim.kind === 'organisation' && victim.namedBecause !== undefined ? `  ${victim.namedBecause}` : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
