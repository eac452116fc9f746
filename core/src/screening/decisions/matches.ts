import type { Answer } from '../answer.ts';
import { partyDigest } from './party-digest.ts';

/** A listed party that an answer found, about which somebody can decide; those already set aside are among them. */
export type DecidableMatch = { readonly id: string; readonly name: string | null; readonly digest: string };

/** What can somebody decide about in this answer? In the answer's order, each party once; those set aside last. */
export function decidableMatches(answer: Answer): readonly DecidableMatch[] {
  const parties =
    answer.kind === 'account'
      ? answer.listings.map(({ party }) => party)
      : answer.screening.kind === 'screened'
        ? answer.screening.matches.map(({ party }) => party)
        : [];
  const shown = parties.map((party) => ({
    id: party.id,
    name: party.names[0]?.full ?? null,
    digest: partyDigest(party),
  }));
  // A decision suppresses only while the listing is what it was: its digest is the listing's.
  const setAside = answer.decisions
    .filter(({ standing }) => standing === 'suppresses')
    .map(({ decision }) => ({ id: decision.matchId, name: null, digest: decision.matchDigest }));
  return [...new Map([...setAside, ...shown].map((match) => [match.id, match])).values()].sort(
    (a, b) => Number(a.name === null) - Number(b.name === null),
  );
}
