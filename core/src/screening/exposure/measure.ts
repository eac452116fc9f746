import { CairnError } from '../../errors.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import {
  type Crossing,
  type Limits,
  type PolicyId,
  type StopLabel,
  type TagResult,
  type TraceOptions,
  trace,
} from '../../tracing/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import type { Exposure, ExposureParty } from './exposure.ts';
import { describeLimits, EXPOSURE_LIMITS } from './limits.ts';
import { type Answered, linesOf, PARTY_REASON } from './lines.ts';
import { digestOf, mergeCoverage, warningsFor } from './notes.ts';
import { type Direction, questionsOf, requestFor, withUntil } from './subject.ts';

export type PartyOf = (account: Account, direction: Direction) => ExposureParty | null;

export type ExposureProgress = {
  readonly direction: Direction;
  readonly asset: Asset;
  /** Which of how many traces is under way, from 1. */
  readonly trace: number;
  readonly traces: number;
  readonly accounts: number;
  readonly transfers: number;
};

export type ExposureOptions = {
  /**
   * Who an account is, to value received from it or sent to it; null: nobody is known, tracing goes on. Asked about every account
   * but the subject.
   */
  readonly partyOf: PartyOf;
  /** `pro-rata/1` where none is given; poison states no amounts and is refused. */
  readonly policy?: PolicyId;
  /** `EXPOSURE_LIMITS` where none are given. */
  readonly limits?: Limits;
  readonly crossings?: readonly Crossing[];
  /** Unix seconds: nothing later is looked at. Where given, it takes the place of the limits' own. */
  readonly until?: number | null;
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: ExposureProgress) => void;
  readonly breathe?: () => Promise<void>;
};

/**
 * How close is an account's money to whom? Everything it received is traced to its sources, everything it sent to where it
 * went, asset by asset, until value reaches a party, leaves the record or meets a limit. One trace per direction and asset:
 * several tags in one trace compete for remainders and places, and an answer about ether must not hang on some other token.
 * The result depends on the ledger, the options and the parties only, never on how the ledger is read.
 * @returns lines that sum to each total exactly; see docs/methods/exposure.md for what a share does and does not mean.
 * @throws {CairnError} `invalid-input`: the poison policy, which has no amounts; `not-found`: a crossing names a transfer the
 * ledger lacks; `interrupted`: the signal fired; `defect`: lines do not sum to a total.
 */
export async function measureExposure(
  reader: LedgerReader,
  account: Account,
  options: ExposureOptions,
): Promise<Exposure> {
  const policy = options.policy ?? 'pro-rata/1';
  if (policy === 'poison/1') {
    throw new CairnError('invalid-input', 'exposure cannot be measured under poison/1: it states reach, not amounts', {
      hints: ['pro-rata/1 is the usual rule for exposure'],
    });
  }
  const limits = withUntil(options.limits ?? EXPOSURE_LIMITS, options.until);
  const crossings = options.crossings ?? [];
  const partyOf = once(options.partyOf);
  const questions = await questionsOf(reader, account, limits.until, crossings);
  const answers: Answered[] = [];
  for (const question of questions) {
    if (options.signal?.aborted) throw new CairnError('interrupted', 'the measurement of exposure was stopped');
    const place = { direction: question.direction, asset: question.asset, trace: answers.length + 1 };
    const result = await trace(reader, requestFor(question, account, { limits, crossings, policies: [policy] }), {
      stopAt: (other) => (other === account ? null : stopAt(partyOf(other, question.direction))),
      ...hooksOf(options, { ...place, traces: questions.length }),
    });
    answers.push({ question, result, tag: result.runs[0]?.tags[0] as TagResult });
  }
  const parts = answers.map((answered) =>
    linesOf(answered, account, limits, (at) => partyOf(at, answered.question.direction)),
  );
  const totals = parts.map(({ total }) => total);
  return {
    account,
    policy,
    totals,
    lines: parts.flatMap(({ lines }) => lines),
    coverage: mergeCoverage([await reader.coverage([account]), ...answers.map(({ result }) => result.coverage)]),
    limits: describeLimits(
      limits,
      answers.map(({ tag }) => tag),
    ),
    warnings: warningsFor(account, answers, totals, crossings),
    digest: digestOf(answers),
  };
}

function stopAt(party: ExposureParty | null): StopLabel | null {
  if (party === null) return null;
  const { category, entity, source, contested } = party;
  return { reason: `${PARTY_REASON}${category}`, label: entity, source, contested };
}

function hooksOf(
  { signal, onProgress, breathe }: ExposureOptions,
  place: Pick<ExposureProgress, 'direction' | 'asset' | 'trace' | 'traces'>,
): TraceOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(breathe === undefined ? {} : { breathe }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: ({ accounts, transfers }) => onProgress({ ...place, accounts, transfers }) }),
  };
}

/** Asks about each account and direction once: every trace gets the same answer. */
function once(partyOf: PartyOf): PartyOf {
  const known = { received: new Map<Account, ExposureParty | null>(), sent: new Map<Account, ExposureParty | null>() };
  return (account, direction) => {
    const found = known[direction].get(account);
    if (found !== undefined) return found;
    const party = partyOf(account, direction);
    known[direction].set(account, party);
    return party;
  };
}
