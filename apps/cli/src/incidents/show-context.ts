import type { Incident, Registry, relatedTo } from '@cairn/core/incidents';
import { table } from '../terminal/table.ts';
import { STANCES } from './show-claims.ts';
import { type Parts, publisherName } from './show-parts.ts';

export function showAfterwards({ institutions }: Registry, { incident, aftermath: { entries } }: Parts): string {
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

export function showRelated({ related }: Parts): string {
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

export function showListed({ listedIn }: Incident): string {
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

export function showSources(registry: Registry, { sources, readThrough, generalKnowledge }: Incident): string {
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
