import {
  type AmountClaim,
  type AmountRule,
  ATTRIBUTION_NAMES,
  type Conflict,
  type Incident,
  parseUsd,
  QUALIFIER_WORDS,
  type Registry,
  type Stance,
  showUsd,
} from '@cairn/core/incidents';
import { table } from '../terminal/table.ts';

export function showConflicts(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 0) return '';
  const lines = conflicts.flatMap(({ field, says, sides, origin }) => [
    `- ${field}: ${says}${origin === 'computed' ? ' [compared by Cairn]' : ''}`,
    ...sides.map((side) => `    ${side.by}: ${side.says}`),
  ]);
  return ['Where sources conflict (neither side is found right here)', ...lines].join('\n');
}

/** An amount with the word before it, or as it is printed where it is not in dollars. */
export function qualified({ usd, qualifier, asPrinted }: AmountClaim): string {
  if (usd === null) return asPrinted ?? 'not in dollars';
  return `${qualifier === undefined ? '' : `${QUALIFIER_WORDS[qualifier]} `}${showUsd(parseUsd(usd))}`;
}

export function showAmounts({ amounts, preferredAmount }: Incident, counting: string | null, rule: AmountRule): string {
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

/** What a stance is called. */
export const STANCES = {
  attributes: 'attributes',
  suspects: 'suspects',
  'names-no-actor': 'names no actor',
  disputes: 'DISPUTES',
} as const;

/** What counts as saying that somebody did it. */
const BLAMES: ReadonlySet<Stance> = new Set(['attributes', 'suspects']);

export function showAttribution(registry: Registry, { attribution, actor, actorsBySource }: Incident): string {
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
  const only = parties.size === 1 ? `On record one party alone attributes or suspects it: ${[...parties][0]}.` : '';
  return [
    `Who says who did it: ${ATTRIBUTION_NAMES[attribution.grade]}`,
    table(['by', 'says', 'on', 'grade', ''], rows),
    `${cluster}${said.length === 0 ? '' : `. As named by ${said.join('; ')}`}`,
    only,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
