import {
  ACCESS_NAMES,
  type AmountClaim,
  type AmountRule,
  ATTRIBUTION_NAMES,
  aftermath,
  amountOf,
  type Conflict,
  conflictsOf,
  findIncident,
  type Incident,
  parseUsd,
  type Registry,
  relatedTo,
  type Stance,
  showUsd,
  VICTIM_TYPE_NAMES,
  victimName,
} from '@cairn/core/incidents';
import { countryName } from '@cairn/core/units';
import { loadCase, shippedCases } from '../data/shipped.ts';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { table } from '../terminal/table.ts';
import { openRecord, type RecordFlags } from './open-record.ts';
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

type Parts = {
  readonly incident: Incident;
  readonly counts: ReturnType<typeof amountOf>;
  readonly conflicts: readonly Conflict[];
  readonly related: ReturnType<typeof relatedTo>;
  readonly aftermath: ReturnType<typeof aftermath>;
  readonly techniques: Registry['techniques'];
  readonly case: string | null;
};

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

function showConflicts(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 0) return '';
  const lines = conflicts.flatMap(({ field, says, sides, origin }) => [
    `- ${field}: ${says}${origin === 'computed' ? ' [compared by Cairn]' : ''}`,
    ...sides.map((side) => `    ${side.by}: ${side.says}`),
  ]);
  return ['Where sources conflict (neither side is found right here)', ...lines].join('\n');
}

const QUALIFIED = { about: 'about ', 'at-least': 'at least ', 'at-most': 'at most ', nearly: 'nearly ' } as const;

function qualified({ usd, qualifier, asPrinted }: AmountClaim): string {
  if (usd === null) return asPrinted ?? 'not in dollars';
  return `${qualifier === undefined ? '' : QUALIFIED[qualifier]}${showUsd(parseUsd(usd))}`;
}

function showAmounts({ amounts, preferredAmount }: Incident, counting: string | null, rule: AmountRule): string {
  if (amounts.length === 0) return `Amounts: none. ${preferredAmount.because}`;
  const rows = amounts.map((claim) => [
    claim.id === counting ? '→' : '',
    qualified(claim),
    claim.by,
    claim.scope === 'joint' ? `with ${(claim.with ?? []).join(', ')}` : claim.scope === 'part' ? 'a part' : 'the loss',
    claim.grade ?? '-',
    [claim.valuation, claim.note].filter((text) => text !== undefined).join('; '),
  ]);
  const choice =
    preferredAmount.id === null
      ? preferredAmount.because
      : `preferred: ${preferredAmount.id}, ${preferredAmount.because}`;
  return [
    `Amounts in US dollars of their day (→ counts under ${rule}; ${choice})`,
    table(['', 'amount', 'by', 'of', 'grade', ''], rows, ['amount']),
  ].join('\n');
}

const STANCES = {
  attributes: 'attributes',
  suspects: 'suspects',
  'names-no-actor': 'names no actor',
  disputes: 'DISPUTES',
} as const;

/** What counts as saying that somebody did it. */
const BLAMES: ReadonlySet<Stance> = new Set(['attributes', 'suspects']);

function showAttribution(registry: Registry, { attribution, actor, actorsBySource }: Incident): string {
  const rows = attribution.claims.map(({ by, stance, on, grade, note }) => [
    by,
    STANCES[stance],
    on ?? 'not dated',
    grade ?? '-',
    note ?? '',
  ]);
  const nameOf = (id: string): string => registry.actors.find((one) => one.id === id)?.name ?? id;
  const said = actorsBySource.map(({ by, as }) => `${by}: ${as ?? 'none'}`);
  const cluster =
    actor.value === null
      ? `Actor cluster: not known (${actor.because})`
      : `Actor cluster: ${nameOf(actor.value)}${actor.note === undefined ? '' : ` (${actor.note})`}`;
  const parties = new Set(attribution.claims.flatMap(({ by, stance }) => (BLAMES.has(stance) ? [by] : [])));
  const only = parties.size === 1 ? `Nobody else on record attributes or suspects it but ${[...parties][0]}.` : '';
  return [
    `Who says who did it: ${ATTRIBUTION_NAMES[attribution.grade]}`,
    table(['by', 'says', 'on', 'grade', ''], rows),
    `${cluster}${said.length === 0 ? '' : `. As named by ${said.join('; ')}`}`,
    only,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function showWayIn({ incident: { initialAccess, techniques }, techniques: known }: Parts): string {
  const access = initialAccess.value;
  const way =
    access === null
      ? `not known: ${initialAccess.value === null ? initialAccess.because : ''}`
      : [
          access.category === null ? 'not established' : ACCESS_NAMES[access.category],
          access.status === 'suspected' ? '(suspected)' : '',
          access.description === undefined ? '' : `- ${access.description}`,
        ]
          .filter((text) => text !== '')
          .join(' ');
  if (techniques.value === null) return `Way in: ${way}\nATT&CK techniques: none mapped: ${techniques.because}`;
  const rows = known.map(({ id, name, tactics, mitigations }) => [
    id,
    name,
    tactics.join(', '),
    mitigations === null
      ? 'not held'
      : mitigations.map((one) => `${one.id} ${one.name}`).join(', ') || 'none in ATT&CK',
  ]);
  return [
    `Way in: ${way}`,
    `ATT&CK techniques (${techniques.value.basis})`,
    table(['id', 'technique', 'tactics', 'mitigations'], rows),
  ].join('\n');
}

function showTaken({ assets, chains }: Incident): string {
  const taken =
    assets.value === null
      ? `not known: ${assets.because}`
      : assets.value
          .map(({ symbol, amount }) => (amount === null ? `${symbol} (amount not known)` : `${amount} ${symbol}`))
          .join(', ');
  const on =
    chains.value === null
      ? `not known: ${chains.because}`
      : `${chains.value.names.join(', ')}${chains.value.more ? ', and others not named' : ''}${chains.note === undefined ? '' : ` (${chains.note})`}`;
  return `Taken: ${taken}\nOn chains: ${on}`;
}

function showAccounts(registry: Registry, { incident: { accounts, transactions }, case: traceable }: Parts): string {
  const publisher = (ids: readonly string[] | 'incident'): string =>
    ids === 'incident' ? 'its sources' : [...new Set(ids.map((id) => publisherName(registry, id)))].join(', ');
  const rows = accounts.map(({ chain, address, role, description, sources }) => [
    chain,
    address,
    description === undefined ? role : `${role}: ${description}`,
    publisher(sources),
  ]);
  const moves = transactions.map(({ chain, hash, note, sources }) => [chain, hash, note ?? '', publisher(sources)]);
  return [
    rows.length === 0
      ? 'Accounts: none on record.'
      : `Accounts that sources name\n${table(['chain', 'address', 'as', 'by'], rows)}`,
    moves.length === 0 ? '' : `Transactions\n${table(['chain', 'hash', '', 'by'], moves)}`,
    traceable === null ? '' : `Transfers of this theft ship with Cairn: cairn trace --case ${traceable}`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function publisherName({ sources: { publishers, sources } }: Registry, id: string): string {
  return publishers.get(sources.get(id)?.publisher ?? '')?.name ?? id;
}

function showAfterwards({ institutions }: Registry, { incident, aftermath: { entries } }: Parts): string {
  const nameOf = (id: string): string => institutions.find((one) => one.id === id)?.name ?? id;
  const rows = entries.map((entry) => {
    const when = entry.on ?? 'not dated';
    const after = entry.daysAfter === null ? '' : `${entry.daysAfter} days`;
    if (entry.what === 'measure')
      return [when, after, entry.kind, `${entry.by.map(nameOf).join(', ')}: ${entry.title}`];
    if (entry.what === 'attribution') return [when, after, STANCES[entry.stance], entry.by];
    return [when, after, entry.kind, `${entry.by === null ? '' : `${entry.by}: `}${entry.says}`];
  });
  const laundering = incident.laundering.map(({ says }) => `- ${says}`);
  return [
    laundering.length === 0 ? '' : ['How it was laundered, as reported', ...laundering, ''].join('\n'),
    'What followed, as far as recorded (nothing recorded does not mean nothing happened)',
    table(['on', 'after', '', ''], rows, ['after']),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function showRelated({ related }: Parts): string {
  const reported = related.reported.map(({ slug, how, by }) => `- ${slug}: ${how}${by === null ? '' : ` (${by})`}`);
  const computed = related.computed.relations.map(
    ({ slug, shares }) => `- ${slug}: ${shares.map(showShared).join('; ')}`,
  );
  const left = related.computed.counts
    .filter(({ incidents, shown }) => incidents > shown)
    .map(({ strength, incidents, shown }) => `${incidents - shown} more by ${strength}`);
  return [
    ...(reported.length === 0 ? [] : ['Related, as reported', ...reported]),
    ...(computed.length === 0 ? [] : [`Related, ${related.computed.label}`, ...computed]),
    ...(left.length === 0 ? [] : [`  (${left.join(', ')})`]),
  ].join('\n');
}

type Shared = ReturnType<typeof relatedTo>['computed']['relations'][number]['shares'][number];

function showShared(shared: Shared): string {
  if (shared.kind === 'account') return `account ${shared.account}`;
  if (shared.kind === 'victim-or-contract') return `${shared.account}, a victim's or a contract`;
  if (shared.kind === 'transaction') return `transaction ${shared.hash}`;
  if (shared.kind === 'actor') return `actor ${shared.actor}`;
  return `techniques ${shared.ids.join(', ')}`;
}

function showListed({ listedIn }: Incident): string {
  if (listedIn.length === 0) return '';
  const rows = listedIn.map(({ edition, row, printedDate, printedLocation, note }) => [
    edition,
    row,
    printedDate ?? '-',
    printedLocation ?? '-',
    note ?? '',
  ]);
  return `Listed in\n${table(['edition', 'row', 'printed date', 'printed place', ''], rows)}`;
}

function showSources(registry: Registry, { sources, readThrough, generalKnowledge }: Incident): string {
  const rows = sources.map(({ id, read, where }) => [
    publisherName(registry, id),
    read,
    where ?? '',
    registry.sources.sources.get(id)?.url ?? 'no address',
  ]);
  return [
    'Sources, and how they were read',
    table(['publisher', 'read', 'where', 'address'], rows),
    ...(readThrough.length === 0 ? [] : [`Read through: ${readThrough.join('; ')}.`]),
    ...(generalKnowledge.length === 0
      ? []
      : [`From general knowledge, not from a source that was read: ${generalKnowledge.join('; ')}.`]),
    'This is a transcription of what sources say, not independent confirmation of it.',
  ].join('\n');
}
