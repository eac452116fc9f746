import type { AppliedDecision, Basis } from '@cairn/core/screening';
import { formatTime } from '@cairn/core/units';
import { grouped } from '../terminal/progress.ts';

/** The lists Cairn knows by name. */
const LIST_NAMES: Readonly<Record<string, string>> = {
  'ofac-sdn': 'OFAC SDN list',
  'un-sc': 'UN Security Council list',
  'eu-fsf': 'EU financial sanctions list',
  'uk-sanctions': 'UK sanctions list',
  opensanctions: 'OpenSanctions',
};

export function listName(list: string): string {
  return LIST_NAMES[list] ?? list;
}

/** What an answer rests on, and what it does not say: shown under every answer. */
export function showBasis(basis: Basis): string {
  const { asOf, knownAt, lists, notHeld, labels, theftRegister, ledger, ledgerNote } = basis;
  const lines = [
    `Rests on (as of ${asOf}${knownAt === null ? '' : `; of lists and decisions, what was in hand on ${knownAt}`})`,
    ...lists.map(({ list, issuedOn, ageDays, onlyPart, id }) => {
      const part = onlyPart === null ? '' : `; ONLY ${onlyPart}`;
      return `- ${listName(list)}, issued ${issuedOn}, ${age(ageDays)} (${id})${part}`;
    }),
    ...(notHeld.length === 0 ? [] : [`- not held, so not looked at: ${notHeld.map(listName).join(', ')}`]),
    `- ${grouped(labels.count)} labels of ${labels.sources} sources; ${theftRegister.incidents} recorded thefts naming ${theftRegister.accounts} accounts`,
    ledger === null
      ? `- no ledger: ${ledgerNote}`
      : `- the ledger: ${grouped(ledger.imports)} imports, ${grouped(ledger.transfersOfAccount)} ${ledger.transfersOfAccount === 1 ? 'transfer' : 'transfers'} of this account`,
  ];
  return lines.join('\n');
}

function age(days: number): string {
  return days === 1 ? '1 day before' : `${grouped(days)} days before`;
}

/** Matches that were found and are not shown as such: "no match" alone would not be true. */
export function showSetAside(decisions: readonly AppliedDecision[]): string {
  const ids = decisions.filter(({ standing }) => standing === 'suppresses').map(({ decision }) => decision.id);
  return ids.length === 0 ? '' : ` But for what was set aside by decision: ${ids.join(', ')}, below.`;
}

export function showDecisions(decisions: readonly AppliedDecision[]): string {
  if (decisions.length === 0) return '';
  const standings: Record<AppliedDecision['standing'], string> = {
    suppresses: 'suppresses the match',
    confirms: 'confirms the match',
    expired: 'has expired: the match counts again',
    withdrawn: 'was withdrawn: the match counts again',
    'listing-changed': 'no longer counts: the listing was changed since',
    superseded: 'was followed by a later decision, which rules',
    'not-matched': 'has nothing to act on: no such match was found',
  };
  const lines = decisions.map(({ decision, standing }) => {
    const { id, verdict, matchId, by, at, because, until } = decision;
    const end = until === null ? '' : `, until ${formatTime(until).slice(0, 10)}`;
    return `- ${id}: ${verdict} with ${matchId}, by ${by} on ${formatTime(at).slice(0, 10)}${end}: ${because}. It ${standings[standing]}.`;
  });
  return ['Decisions', ...lines].join('\n');
}
