import { CairnError } from '@cairn/core/errors';
import {
  type AmountRule,
  amountOf,
  createIncidentSearch,
  findActor,
  findIncident,
  showUsd,
  victimName,
} from '@cairn/core/incidents';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { table } from '../terminal/table.ts';
import { openRecord, type RecordFlags } from './open-record.ts';
import { withDollars } from './to-json.ts';

export type SearchFlags = RecordFlags & { readonly amounts?: AmountRule; readonly limit: string };

/** `cairn incidents search TEXT…`: incidents whose record holds the words, or words much like them. */
export async function searchIncidents(
  { print }: Context,
  flags: SearchFlags,
  words: readonly string[],
): Promise<ExitCode> {
  if (!/^[1-9]\d{0,4}$/.test(flags.limit)) {
    throw new CairnError('invalid-input', `--limit takes a whole number from 1 to 99999, not '${flags.limit}'`);
  }
  const { amounts = 'preferred' } = flags;
  const registry = openRecord(flags);
  const query = words.join(' ');
  const hits = createIncidentSearch(registry)(query, Number(flags.limit)).map((hit) => {
    const incident = findIncident(registry, hit.slug);
    const { usd } = amountOf(incident, amounts);
    return { ...hit, victim: victimName(incident), date: incident.date.value, usd, grade: incident.attribution.grade };
  });
  const rows = hits.map(({ slug, date, victim, usd, terms }) => [
    slug,
    date,
    victim,
    usd === null ? 'not known' : showUsd(usd),
    terms.join(', '),
  ]);
  const actors = findActor(registry.actors, query);
  const named = actors.map(({ actor, saidBy }) => {
    const by = saidBy.map(({ source, text: name }) => `${name} (${source})`);
    const number = registry.incidents.filter((one) => one.actor.value === actor.id).length;
    return `- ${actor.name} [${actor.id}], by ${[...new Set(by)].join(', ')}; incidents filed under it: ${number}`;
  });
  const found =
    hits.length === 0
      ? `Nothing on record is like '${query}'. That says nothing about whether it happened.`
      : table(['slug', 'date', 'victim', 'amount', 'found by'], rows, ['amount']);
  const text = [found, named.length === 0 ? '' : ['A name of actor clusters', ...named].join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
  print(text, withDollars({ query, amounts, hits, actors }));
  return 0;
}
