import type { AccountAnswer, Answer, NameAnswer } from '../answer.ts';
import { RISK_LEVELS } from '../exposure/risk.ts';
import { CONCERNING } from '../screener.ts';
import type { AnswerMark } from './watch.ts';

/**
 * Enough of an answer to see later that it changed. Hits are in words, sorted, each once: `listed ofac-sdn:27307`,
 * `theft bybit-2025`, `labelled exchange Huobi by X`, `exposed received mixer Tornado Cash`, `risk high`,
 * `match un-sc:6908555`. Ids of list versions, digests, amounts and shares are left out, so that a new version of a list
 * without a relevant change, or a little more of the same exposure, changes no hit.
 */
export function markOf(answer: Answer): AnswerMark {
  const suppressed = answer.decisions
    .filter(({ standing }) => standing === 'suppresses')
    .map(({ decision }) => `${answer.kind === 'account' ? 'listed' : 'match'} ${decision.matchId}`);
  return {
    verdict: answer.verdict,
    hits: sortedOnce(answer.kind === 'account' ? accountHits(answer) : nameHits(answer)),
    suppressed: sortedOnce(suppressed),
    lists: answer.basis.lists.map(({ id }) => id).sort(),
    asOf: answer.basis.asOf,
  };
}

function accountHits({ listings, thefts, labels, exposure, risk }: AccountAnswer): string[] {
  const lines = exposure?.lines ?? [];
  return [
    ...listings.map(({ party }) => `listed ${party.id}`),
    ...thefts.map(({ incident }) => `theft ${incident}`),
    ...labels.map(({ category, name, source }) => `labelled ${category} ${name} by ${source}`),
    ...lines.flatMap(({ direction, party }) =>
      party !== null && CONCERNING.has(party.category)
        ? [`exposed ${direction} ${party.category} ${party.entity}`]
        : [],
    ),
    ...(risk === null || risk.level === 'none-found' ? [] : [`risk ${risk.level}`]),
  ];
}

function nameHits({ screening }: NameAnswer): string[] {
  return screening.kind === 'screened' ? screening.matches.map(({ party }) => `match ${party.id}`) : [];
}

function sortedOnce(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}

/**
 * What differs between two answers about one subject. `set-aside`: a hit is gone because somebody decided it is a false
 * positive; `again`: a hit that was set aside counts again; `verdict`: the verdict alone differs.
 */
export type MarkChange = {
  readonly kind: 'new' | 'gone' | 'set-aside' | 'again' | 'verdict';
  readonly what: string;
};

/** @returns in the order new, again, gone, set aside; sorted within; empty where nothing differs. */
export function compareMarks(before: AnswerMark, after: AnswerMark): readonly MarkChange[] {
  const added = after.hits.filter((hit) => !before.hits.includes(hit));
  const lost = before.hits.filter((hit) => !after.hits.includes(hit));
  const changes: MarkChange[] = [
    ...pick('new', added, (hit) => !before.suppressed.includes(hit)),
    ...pick('again', added, (hit) => before.suppressed.includes(hit)),
    ...pick('gone', lost, (hit) => !after.suppressed.includes(hit)),
    ...pick('set-aside', lost, (hit) => after.suppressed.includes(hit)),
  ];
  if (changes.length > 0 || before.verdict === after.verdict) return changes;
  return [{ kind: 'verdict', what: `${before.verdict} → ${after.verdict}` }];
}

function pick(kind: MarkChange['kind'], hits: readonly string[], which: (hit: string) => boolean): MarkChange[] {
  return hits.filter(which).map((what) => ({ kind, what }));
}

/**
 * Must anyone look? Not where somebody's own decision is all that changed the answer; a risk level that falls with a hit set
 * aside falls by that decision. One that rises does not.
 */
export function needsAlert(changes: readonly MarkChange[]): boolean {
  const decided = changes.some(({ kind }) => kind === 'set-aside') && riskOf(changes, 'new') <= riskOf(changes, 'gone');
  return changes.some(({ kind, what }) => kind !== 'set-aside' && !(decided && what.startsWith(RISK)));
}

const RISK = 'risk ';

/** The place of a new, or gone, risk level among the levels; of none, below them all. */
function riskOf(changes: readonly MarkChange[], kind: MarkChange['kind']): number {
  const levels: readonly string[] = RISK_LEVELS;
  const places = changes
    .filter((change) => change.kind === kind && change.what.startsWith(RISK))
    .map(({ what }) => levels.indexOf(what.slice(RISK.length)));
  return Math.max(-1, ...places);
}

const WORDS: Readonly<Record<MarkChange['kind'], string>> = {
  new: 'new',
  again: 'counts again, no decision sets it aside any more',
  gone: 'gone',
  'set-aside': 'set aside by a decision',
  verdict: 'verdict',
};

/** `new: listed ofac-sdn:27307`. */
export function showChange({ kind, what }: MarkChange): string {
  return `${WORDS[kind]}: ${what}`;
}
