import { compareText } from '../../units/index.ts';
import type { Aggregate } from '../aggregate.ts';
import { type AmountRule, amountOf } from '../amounts.ts';
import { parseUsd, type Usd } from '../claim.ts';
import type { Incident } from '../incident.ts';
import { victimName } from '../victim.ts';
import { sizeOf } from './other-amounts.ts';
import { liesIn, type Window } from './window.ts';

/** Why a publisher may have treated an incident in another way. */
export const CANDIDATE_REASONS = {
  disputed: 'somebody disputes that the DPRK did it',
  'suspected-only': 'suspected only: nobody on record attributes it',
  'private-only': 'attributed by private firms or researchers only',
  'un-listing-only': 'listed as suspected in a UN report; listing is not a finding',
  'private-person': 'the victim is a private person; not every publisher counts those',
  'publishers-amount': 'the publisher itself gives another amount, at whatever time',
  'other-amount': 'another amount of the whole loss is on record',
  'not-in-totals': 'in the registry, in no total of it',
  'dated-elsewhere': 'a source dates it in another period',
  'date-too-coarse': 'its date is too coarse to tell whether it lies in the period',
} as const;
export type CandidateReason = keyof typeof CANDIDATE_REASONS;

/**
 * A change of one incident that would bring the registry nearer to a published figure. It may explain a part of the difference; the
 * publisher names no rows, so whether it does is not known.
 */
export type Candidate = {
  readonly slug: string;
  readonly victim: string;
  readonly date: string;
  readonly change: 'leave-out' | 'other-amount' | 'put-in';
  readonly reasons: readonly CandidateReason[];
  /** Cents in the registry's sum before; null: not in it. */
  readonly before: Usd | null;
  /** Cents in it after the change; null: left out. */
  readonly after: Usd | null;
  /** Whose amount `after` is; null: left out. */
  readonly by: string | null;
  /** What the change adds to the registry's sum. */
  readonly effectUsd: Usd;
  readonly effectCount: -1 | 0 | 1;
  /** The difference that would remain, registry minus published, if this were the only change. */
  readonly differenceAfter: Usd;
};

export type Candidates = {
  /** Largest effect first. */
  readonly listed: readonly Candidate[];
  /** Further ones that are not listed. */
  readonly more: number;
};

const LISTED = 10;
/** Smaller effects are left out unless they are a twentieth of the difference. $1m in cents; a convention of this table. */
const MATERIAL: Usd = 100_000_000n;

/** A published figure to come nearer to. */
export type Gap = {
  readonly window: Window;
  readonly rule: AmountRule;
  /** Registry minus published, in cents. */
  readonly gap: Usd;
  readonly edition: Pick<Aggregate, 'publisher' | 'publishedOn'>;
};

/**
 * Which incidents may explain a difference?
 * @returns changes that each bring the two nearer and are material: at least $1m, or 5 % of the difference. An incident that the
 *   publisher attributed itself before the edition is no candidate to leave out, unless its date is in doubt.
 */
export function candidatesFor(incidents: readonly Incident[], sought: Gap): Candidates {
  const { gap } = sought;
  if (gap === 0n) return { listed: [], more: 0 };
  const all = incidents
    .flatMap((incident) => changesOf(incident, sought))
    .filter(({ effectUsd, differenceAfter }) => {
      const isMaterial = sizeOf(effectUsd) >= MATERIAL || sizeOf(effectUsd) * 20n >= sizeOf(gap);
      return effectUsd !== 0n && isMaterial && sizeOf(differenceAfter) < sizeOf(gap);
    })
    .sort((a, b) => bySize(a.effectUsd, b.effectUsd) || compareText(a.slug, b.slug) || compareText(a.change, b.change));
  return { listed: all.slice(0, LISTED), more: Math.max(0, all.length - LISTED) };
}

function bySize(a: Usd, b: Usd): number {
  const [first, second] = [sizeOf(a), sizeOf(b)];
  return first > second ? -1 : first < second ? 1 : 0;
}

type Change = Pick<Candidate, 'change' | 'reasons' | 'after' | 'by' | 'effectCount'>;

function changesOf(incident: Incident, sought: Gap): Candidate[] {
  const { window, rule, gap } = sought;
  const isHeld = incident.counted.inTotals && liesIn(incident.date.value, window) !== 'out';
  const before = isHeld ? amountOf(incident, rule).usd : null;
  const changes = isHeld
    ? [...leftOut(incident, sought), ...otherAmount(incident, before, sought)]
    : putIn(incident, window, rule);
  return changes.map((change) => {
    const effectUsd = (change.after ?? 0n) - (before ?? 0n);
    return {
      slug: incident.slug,
      victim: victimName(incident),
      date: incident.date.value,
      ...change,
      before,
      effectUsd,
      differenceAfter: gap + effectUsd,
    };
  });
}

/** An incident that a government attributes, undisputed and surely in the period, is no candidate to leave out. */
function leftOut(incident: Incident, { window, edition }: Gap): Change[] {
  const { attribution, date, victim } = incident;
  const isElsewhere = otherDates(incident).some((other) => liesIn(other, window) === 'out');
  const doubts: CandidateReason[] = [
    ...(isDisputed(incident) ? (['disputed'] as const) : []),
    ...(attribution.grade === 'government' ? [] : [REASON_OF_GRADE[attribution.grade]]),
    ...(victim.kind === 'private-person' ? (['private-person'] as const) : []),
  ];
  const reasons: CandidateReason[] = [
    ...(isAttributedBy(incident, edition) ? [] : doubts),
    ...(isElsewhere ? (['dated-elsewhere'] as const) : []),
    ...(liesIn(date.value, window) === 'partly' ? (['date-too-coarse'] as const) : []),
  ];
  return reasons.length === 0 ? [] : [{ change: 'leave-out', reasons, after: null, by: null, effectCount: -1 }];
}

const REASON_OF_GRADE = {
  suspected: 'suspected-only',
  private: 'private-only',
  'un-report': 'un-listing-only',
} as const;

/** Did the publisher itself attribute it, by the day of the edition? */
function isAttributedBy({ attribution: { claims } }: Incident, { publisher, publishedOn }: Gap['edition']): boolean {
  return claims.some(
    ({ by, stance, on }) =>
      stance === 'attributes' && isPublisher(by, publisher) && on !== null && publishedOn !== null && on <= publishedOn,
  );
}

/** `Chainalysis / TRM` is TRM Labs too. */
function isPublisher(by: string, publisher: string): boolean {
  return by.split(/[/,]/).some((name) => name.trim() !== '' && publisher.startsWith(name.trim()));
}

/** The one other amount that would bring the two nearest; one of the publisher itself, if it brings them nearer at all, first. */
function otherAmount(incident: Incident, before: Usd | null, { gap, edition }: Gap): Change[] {
  const after = (usd: Usd): Usd => gap + usd - (before ?? 0n);
  const nearer = wholeAmounts(incident)
    .filter(({ usd }) => usd !== before && sizeOf(after(usd)) < sizeOf(gap))
    .sort((a, b) => bySize(after(b.usd), after(a.usd)));
  const own = nearer.find(({ by }) => isPublisher(by, edition.publisher));
  const chosen = own ?? nearer[0];
  if (chosen === undefined) return [];
  const reasons = [own === undefined ? ('other-amount' as const) : ('publishers-amount' as const)];
  return [{ change: 'other-amount', reasons, after: chosen.usd, by: chosen.by, effectCount: 0 }];
}

/** What is in no total, or in another period by the record's date and in this one by another. */
function putIn(incident: Incident, window: Window, rule: AmountRule): Change[] {
  const lies = liesIn(incident.date.value, window) !== 'out';
  const isElsewhere = !lies && otherDates(incident).some((other) => liesIn(other, window) !== 'out');
  if (!lies && !isElsewhere) return [];
  const amount = amountOf(incident, rule);
  const first = wholeAmounts(incident)[0];
  const after = amount.usd ?? first?.usd;
  if (after === undefined) return [];
  const by = amount.usd === null ? (first?.by ?? null) : amount.claim.by;
  const reasons: CandidateReason[] = [
    ...(incident.counted.inTotals ? [] : (['not-in-totals'] as const)),
    ...(isElsewhere ? (['dated-elsewhere'] as const) : []),
  ];
  return [{ change: 'put-in', reasons, after, by, effectCount: 1 }];
}

function wholeAmounts({ amounts }: Incident): readonly { readonly usd: Usd; readonly by: string }[] {
  return amounts.flatMap(({ usd, scope, by }) =>
    usd === null || scope !== 'whole' ? [] : [{ usd: parseUsd(usd), by }],
  );
}

function otherDates({ otherDates: others, listedIn }: Incident): readonly string[] {
  return [...others.map(({ value }) => value), ...listedIn.flatMap(({ printedDate }) => printedDate ?? [])];
}

function isDisputed({ attribution: { claims }, conflicts }: Incident): boolean {
  return claims.some(({ stance }) => stance === 'disputes') || conflicts.some(({ field }) => field === 'attribution');
}
