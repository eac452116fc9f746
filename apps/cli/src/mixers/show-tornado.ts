import type { HeuristicCount, PoolRecord, TornadoCandidates } from '@cairn/core/tracing';
import { formatAccount } from '@cairn/core/units';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';

const MEANING =
  'Candidates, not links: nothing on the chain ties a withdrawal to a deposit, and no value is moved. A heuristic fires for strangers too.';

/** Longer lists go to --json. */
const MOST_ROWS = 25;

export function showCounts(pools: readonly PoolRecord[], counts: readonly HeuristicCount[]): string {
  const records = pools.map(({ name, deposits, withdrawals, withdrawalsFrom, until }) => [
    name,
    grouped(deposits.length),
    grouped(withdrawals.length),
    withdrawalsFrom === null ? grouped(deposits.length - withdrawals.length) : 'not known',
    withdrawalsFrom === null ? '' : `no withdrawals before block ${withdrawalsFrom}`,
    String(until),
  ]);
  const numbers = ['deposits', 'withdrawals', 'unspent', 'to block'];
  const pool = table(['pool', 'deposits', 'withdrawals', 'unspent', 'missing', 'to block'], records, numbers);
  const rows = counts.map(({ heuristic, judged, deposits, fired, withdrawals, pairs, needs }) =>
    judged === 0
      ? [heuristic, `0 of ${grouped(deposits)}`, 'not measured', '', '', `needs ${needs}`]
      : [
          heuristic,
          `${grouped(judged)} of ${grouped(deposits)}`,
          grouped(fired),
          grouped(withdrawals),
          grouped(pairs),
          '',
        ],
  );
  const head = ['heuristic', 'deposits it can judge', 'deposits', 'withdrawals', 'pairs', ''];
  const right = ['deposits it can judge', 'deposits', 'withdrawals', 'pairs'];
  return [pool, '', 'How often each heuristic fires', table(head, rows, right), '', MEANING].join('\n');
}

export function showCandidates(name: string, found: TornadoCandidates): string {
  const { deposit, anonymity, candidates, silent, notes } = found;
  const known = (value: number | null) => (value === null ? 'not known' : grouped(value));
  const sender = deposit.sender === null ? 'sender not known' : `sent by ${formatAccount(deposit.sender)}`;
  const lines = [
    `Deposit ${grouped(deposit.index)} into the pool of ${name}, block ${deposit.block}, ${sender}`,
    `  notes in the pool after it       ${known(anonymity.unspent)} (of ${grouped(anonymity.depositsBefore + 1)} deposits so far)`,
    `  withdrawals that may spend it    ${grouped(anonymity.withdrawals)}`,
    `  … less those tied to others      ${grouped(anonymity.reduced)}`,
    `  unspent at the record’s end      ${known(anonymity.unspentAtEnd)}`,
    `  candidates with a heuristic      ${grouped(candidates.length)}`,
    ...silent.map(({ heuristic, needs }) => `  cannot say: ${heuristic} needs ${needs}`),
    ...notes.map((note) => `  ${note}`),
  ];
  const rows = candidates
    .slice(0, MOST_ROWS)
    .map(({ withdrawal, fired, deposits, unspent }) => [
      String(withdrawal.block),
      formatAccount(withdrawal.recipient),
      fired.join(', '),
      grouped(deposits),
      known(unspent),
      withdrawal.tx,
    ]);
  const head = ['block', 'recipient', 'fired', 'deposits so far', 'unspent', 'transaction'];
  const shown = rows.length === 0 ? [] : ['', table(head, rows, ['block', 'deposits so far', 'unspent'])];
  const more =
    candidates.length > MOST_ROWS ? [`… and ${grouped(candidates.length - MOST_ROWS)} more: --json has all.`] : [];
  return [...lines, ...shown, ...more, '', MEANING].join('\n');
}
