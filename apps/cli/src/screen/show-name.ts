import type { NameAnswer, NameMatch } from '@cairn/core/screening';
import { table } from '../terminal/table.ts';
import { listName, showBasis, showDecisions, showSetAside } from './show-basis.ts';

/** How many matches are explained token by token; the rest are in the table. */
const EXPLAINED = 3;

/** A name's answer for people: who it may be, why, and what it rests on. */
export function showName(answer: NameAnswer): string {
  const sections = [
    [`“${shown(answer.asked.name)}”`, verdict(answer)].join('\n'),
    ...(answer.screening.kind === 'screened' ? answer.screening.notes.map((note) => `Note: ${note}`) : []),
    ...matches(answer),
    showDecisions(answer.decisions),
    [showBasis(answer.basis), ...(answer.notCompared === null ? [] : [`- not compared: ${answer.notCompared}`])].join(
      '\n',
    ),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function shown(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}

function verdict({ verdict: given, because, threshold, screening, decisions }: NameAnswer): string {
  if (given === 'unknown') return `UNKNOWN: ${because}. This is not a "no match".`;
  if (given === 'no-match')
    return `NO MATCH at ${threshold} points or more in what was looked at. That is not a clearance.${showSetAside(decisions)}`;
  const count = screening.kind === 'screened' ? screening.matches.length + screening.more : 0;
  return `POSSIBLE MATCH: ${count} listed ${count === 1 ? 'party has' : 'parties have'} a name like this (${threshold} points or more). A likeness of names, not an identity.`;
}

function matches({ screening }: NameAnswer): string[] {
  if (screening.kind !== 'screened' || screening.matches.length === 0) return [];
  const rows = screening.matches.map(({ score, name, party }) => [
    score.toFixed(1),
    name.full,
    `${listName(party.list)} ${party.reference}`,
    party.kind,
    party.programmes.join(', '),
    [...new Set(party.births.map(({ from }) => from))].join(', '),
  ]);
  const more = screening.more > 0 ? `\n${screening.more} more; --limit shows them.` : '';
  const head = ['score', 'listed name', 'entry', 'kind', 'programmes', 'born'];
  return [`${table(head, rows, ['score'])}${more}`, ...screening.matches.slice(0, EXPLAINED).map(explain)];
}

function explain({ party, name, pairs, steps }: NameMatch): string {
  const tokens = pairs.map(
    ({ query, name: other, likeness, how }) =>
      `${query ?? '–'} ~ ${other ?? '–'} (${how}${how === 'same' ? '' : ` ${likeness.toFixed(2)}`})`,
  );
  return [
    `${name.full} (${party.id}${name.quality === 'weak' ? ', weak alias' : ''}): ${tokens.join(', ')}`,
    ...steps.map(
      ({ what, points, because }) =>
        `  ${points >= 0 ? '+' : '−'}${Math.abs(points).toFixed(1).padStart(5)}  ${what}: ${because}`,
    ),
  ].join('\n');
}
