import type { Candidate, CandidateList, Exclusion } from '@cairn/core/tracing';
import { formatAccount, formatTime } from '@cairn/core/units';
import { duration, grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { showAmount } from '../trace/assets.ts';
import { protocolTitle } from './protocols.ts';
import { chainName, refName, type Words } from './words.ts';

const SHOWN = 20;

const EXCLUSIONS: Readonly<Record<Exclusion, string>> = {
  'other-protocol': "another protocol's payout",
  'other-chain': 'on another chain than the exit names',
  'other-account': 'to another account than the exit names',
  time: 'outside the time',
  'no-rate': 'another asset, without a rate',
  amount: 'outside the fee',
};

type Found = {
  readonly lookedAt: readonly string[];
  /** Payments left out because their records name another way in. */
  readonly foreign: number;
  /** What would prove where it leads; null: nothing on these chains. */
  readonly remedy: string | null;
};

/** Candidates for people: never a link, with how near the next one is. */
export function showCandidates(list: CandidateList, { lookedAt, foreign, remedy }: Found, words: Words): string {
  const { exit, candidates, considered } = list;
  const into = exit.protocol === null ? '' : ` into ${protocolTitle(exit.protocol)}`;
  return [
    `${refName(exit.transfer)} on ${chainName(exit.chain)}, ${formatTime(exit.time)}: ${showAmount(exit.amount, exit.asset, words.book)}${into}`,
    `Looked at: ${grouped(considered)} payments. ${capital(lookedAt.join('; '))}.`,
    remedy === null ? '' : `It could be proven. ${remedy}`,
    excludedText(list, foreign),
    candidates.length === 0
      ? 'No candidate among them. What it was paid out as may be outside what was looked at.'
      : candidateTable(list, words),
    ...(candidates.length === 0
      ? []
      : [
          marginText(list),
          'A candidate agrees in amount and time. None is proven, and the true payout need not be among them.',
        ]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function excludedText({ excluded }: CandidateList, foreign: number): string {
  const left = Object.entries(excluded).filter(([, count]) => count > 0) as [Exclusion, number][];
  const reasons = left.map(([why, count]) => `${grouped(count)} ${EXCLUSIONS[why]}`);
  if (foreign > 0) reasons.push(`${grouped(foreign)} whose records name another way in`);
  return reasons.length === 0 ? '' : `Left out: ${reasons.join(', ')}.`;
}

function candidateTable({ candidates }: CandidateList, words: Words): string {
  const rows = candidates.slice(0, SHOWN).map((candidate, i) => [String(i + 1), ...candidateRow(candidate, words)]);
  const more = candidates.length > SHOWN ? `\n${SHOWN} of ${grouped(candidates.length)} shown; --json has all.` : '';
  return `Candidates: ${grouped(candidates.length)}, the nearest amount first\n\n${table(['', 'after', 'paid', 'kept', 'differs', 'payment'], rows, ['paid', 'kept', 'differs'])}${more}`;
}

function candidateRow({ payout, delay, kept, difference }: Candidate, { book }: Words): string[] {
  const place = payout.transfer === null ? `${payout.tx}, not a transfer of the ledger` : refName(payout.transfer);
  return [
    delay < 0 ? `${duration(-delay * 1000)} before` : duration(delay * 1000),
    showAmount(payout.amount, payout.asset, book),
    showAmount(kept, payout.asset, book),
    percent(difference),
    `to ${formatAccount(payout.account)}\n${place}`,
  ];
}

function marginText({ margin, candidates }: CandidateList): string {
  if (margin === null) return 'There is no runner-up among them.';
  if (margin > 0n) return `Margin to the runner-up: ${percent(margin)} of what went in.`;
  const first = candidates[0]?.difference;
  const equal = candidates.filter(({ difference }) => difference === first).length;
  return `Margin to the runner-up: none. ${equal} candidates agree equally well in amount.`;
}

/** Millionths as per cent. */
function percent(millionths: bigint): string {
  return `${millionths / 10_000n}.${String(millionths % 10_000n).padStart(4, '0')} %`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
