import type { Basis, NameAnswer } from './answer.ts';
import { applyDecisions } from './decisions/apply.ts';
import { partyDigest } from './decisions/party-digest.ts';
import { subjectKey } from './decisions/subject.ts';
import type { NameIndex, NameQuery } from './names/match.ts';
import { checkSearch } from './names/search-options.ts';
import { DEFAULT_THRESHOLD } from './names/thresholds.ts';
import type { ScreeningWorld } from './screener.ts';

export type NameQuestion = { readonly world: ScreeningWorld; readonly basis: Basis; readonly names: NameIndex };

/** Matches shown of one name, best first; how many more there are is said. */
const DEFAULT_LIMIT = 25;
/** More than any list has parties. */
const ALL = 1_000_000;

/**
 * Which listed parties have a name like this, what somebody decided about them already, and what the answer rests on.
 * @throws {CairnError} `invalid-input`: a threshold outside 0 to 100, a limit that is no whole number of 1 or more.
 */
export function answerName(
  query: NameQuery,
  { world, basis, names }: NameQuestion,
  options: { readonly threshold?: number; readonly limit?: number } = {},
): NameAnswer {
  const threshold = options.threshold ?? DEFAULT_THRESHOLD;
  const limit = options.limit ?? DEFAULT_LIMIT;
  checkSearch(threshold, limit);
  // What somebody decided about must be found to be set aside, and what it hid must then be shown.
  const found = names.search(query, { threshold, limit: world.decisions.length === 0 ? limit : ALL });
  const asks = { ...basis, ledgerNote: 'a name is not looked up in a ledger' };
  const head = { kind: 'name' as const, asked: query, threshold, notCompared: names.notCompared, basis: asks };
  if (world.lists.inForce.length === 0) {
    const because = 'no version held: of no list is a version held that had been issued by then';
    return { ...head, verdict: 'unknown', because, screening: found, decisions: [] };
  }
  if (found.kind === 'unscreenable') {
    return { ...head, verdict: 'unknown', because: found.reason, screening: found, decisions: [] };
  }
  const decided = world.decisions.length === 0 ? [] : found.matches;
  const parties = decided.map(({ party }) => ({ id: party.id, digest: partyDigest(party) }));
  const ruled = applyDecisions(subjectKey({ kind: 'name', query }), parties, world);
  const left = found.matches.filter(({ party }) => !ruled.suppressed.has(party.id));
  const screening = { ...found, matches: left.slice(0, limit), more: found.more + Math.max(0, left.length - limit) };
  const verdict = left.length > 0 ? 'match' : 'no-match';
  return { ...head, verdict, because: null, screening, decisions: ruled.applied };
}
