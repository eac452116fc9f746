import { isCoinbase, isRefutation, standingRefutations, statedTime, type Transfer } from '../ledger/index.ts';
import { type Account, accountAddress, accountChain, isUtxoChain } from '../units/index.ts';
import { hasAssignedPlace } from './adverse.ts';
import { refName } from './compile.ts';
import { OPEN_MEMOS } from './crossings/choose-payouts.ts';
import type { TraceRequest } from './request.ts';
import type { TraceResult, Warning } from './result.ts';

/**
 * What a reader must know before relying on a figure, from the facts of the result itself. Sorted by (code, message).
 * @param lookedThrough - transactions with the shape of a CoinJoin that did not stop the trace.
 */
export function warningsOf(
  result: Omit<TraceResult, 'digest' | 'warnings'>,
  lookedThrough: readonly Account[],
): Warning[] {
  const warnings: Warning[] = [];
  const warn = (code: string, message: string, accounts: Iterable<string>): void => {
    const sorted = [...new Set(accounts)].sort() as Warning['accounts'][number][];
    if (sorted.length > 0) warnings.push({ code, message, accounts: sorted });
  };
  const gaps = result.runs.flatMap((run) => run.gaps);
  warn(
    'gaps',
    'These accounts spent more than the ledger shows them to have held: the record of what they received is incomplete.',
    gaps.map((gap) => gap.account),
  );
  const lastSeen = result.runs.flatMap((run) => run.tags.flatMap((tag) => tag.holdings));
  warn(
    'last-seen',
    'Value arrived at these accounts and the ledger has no complete later record of them. Nothing is claimed about where it is now.',
    // Outputs that poison reached and that were spent hold nothing.
    lastSeen
      .filter(({ status, amount, account }) => status === 'last-seen' && !(amount === null && isUtxo(account)))
      .map((holding) => holding.account),
  );
  warn(
    'contested-label',
    'Labels of these accounts contradict each other; the stronger source decided.',
    result.labels.filter((label) => label.contested).map((label) => label.account),
  );
  warn(
    'truncated',
    "The record of these accounts is cut, by a source's cap or by rows that could not be read: figures downstream are lower bounds.",
    result.coverage.flatMap((c) => (c.truncated && !isRefutation(c) && c.account !== null ? [c.account] : [])),
  );
  warn(
    'refuted-coverage',
    'The chain holds another balance for these accounts, or has more transactions of theirs, than the ledger gives: their record is incomplete, whatever its source declares.',
    standingRefutations(result.coverage).flatMap(({ account }) => account ?? []),
  );
  warn(
    'late-record',
    'The declared record of these accounts begins after the first block of their chain: what they held before is not known, and a rule may say that it left first.',
    lateRecords(result),
  );
  const rounded = result.consumed.filter((transfer) => transfer.rounded);
  warn(
    'rounded',
    'Amounts of transfers of these accounts were given in float notation and may have lost digits.',
    rounded.map((transfer) => transfer.from),
  );
  const assumed = result.crossings.filter((crossing) => crossing.output.kind === 'unrecorded');
  warn(
    'assumed-crossings',
    'What came out of crossings into these accounts is not recorded: the amounts are assumptions of the declaration.',
    assumed.flatMap((crossing) => (crossing.output.kind === 'unrecorded' ? [crossing.output.account] : [])),
  );
  const moved = new Map(result.consumed.map((transfer) => [refName(transfer), transfer]));
  const memos = result.crossings.filter(
    ({ basis, proof }) => basis === 'exact' && OPEN_MEMOS.has(proof?.protocol ?? ''),
  );
  warn(
    'unshown-vaults',
    'Value crossed THORChain or Maya from these accounts by memos that name each other. That the accounts that took it in and paid it out are vaults of the network the chain does not show: whoever controls the sending account could stage both. The network’s own record (Midgard) tells.',
    memos.flatMap(({ input }) => moved.get(refName(input))?.from ?? []),
  );
  warn(
    'spent-twice',
    'The ledger has more than one transaction that spends these outputs, of which a chain can hold one: a source is wrong, and which spend is followed rests on the order of the ledger.',
    spentTwice(result.consumed),
  );
  warn(
    'looked-through',
    'These transactions have the shape of a CoinJoin and were looked through, as was asked. It hides whose which output is: what lies beyond rests on the order of inputs and outputs alone.',
    lookedThrough,
  );
  const unmet = unmetOf(result.parameters.lookThrough, lookedThrough);
  if (unmet.length > 0) {
    const message = `To be looked through, and no CoinJoin on this trace's way: ${unmet.join(', ')}.`;
    warnings.push({ code: 'look-through-unmet', message, accounts: [] });
  }
  warn(
    'no-time',
    'The source of transfers of these accounts gives neither block nor time: they stand before everything else, at the earliest there can be, and where they really stand could change what was paid from what.',
    result.consumed.filter((transfer) => statedTime(transfer) === null).map(({ from }) => from),
  );
  warn(
    'unresolved-inputs',
    'The ledger does not have what these transactions spent besides: their fees, and the shares of their outputs, may differ.',
    result.consumed.filter((transfer) => transfer.unresolved).map((transfer) => transfer.to),
  );
  warn(
    'pay-to-public-key',
    'Outputs that name a public key itself are counted as those of the address made from that key.',
    result.consumed.flatMap(({ lock }) => (lock?.script === 'p2pk' && lock.owner !== null ? [lock.owner] : [])),
  );
  warn(
    'assigned-positions',
    'These accounts received and paid on the same asset within one transaction, and its source does not tell in which order: what left may be shown before what came.',
    throughAssigned(result.consumed),
  );
  const assigned = result.consumed.filter(hasAssignedPlace);
  if (assigned.length > 0) {
    const moved = new Set(result.adverseOrders.map((finding) => finding.figure)).size;
    warnings.push({
      code: 'assigned-order',
      message: `Transfers whose order inside their block was assigned from file order: ${assigned.length}. Distinct figures that move when it is turned round: ${moved}.`,
      accounts: [],
    });
  }
  return warnings.sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}

function spentTwice(transfers: readonly Transfer[]): Account[] {
  const spends = transfers.filter(({ kind, from }) => kind === 'input' && !isCoinbase(from));
  return [...Map.groupBy(spends, ({ from }) => from)].flatMap(([output, rows]) =>
    new Set(rows.map(({ tx }) => tx)).size > 1 ? [output] : [],
  );
}

const isUtxo = (account: Account): boolean => isUtxoChain(accountChain(account));

function unmetOf(lookThrough: TraceRequest['lookThrough'], met: readonly Account[]): string[] {
  if (lookThrough === undefined || lookThrough === 'coinjoins') return [];
  const names = new Set(met.map(accountAddress));
  return [...new Set(lookThrough)].filter((tx) => !names.has(tx)).sort();
}

/** Followed accounts of which records are declared, and none from the first block on. An output of a UTXO chain has no earlier record. */
function lateRecords({ runs, coverage }: Pick<TraceResult, 'runs' | 'coverage'>): Account[] {
  const first = new Map<string, number>();
  for (const { chain, account, basis, fromBlock } of coverage) {
    if (basis === 'unknown') continue;
    const name = account ?? chain;
    first.set(name, Math.min(first.get(name) ?? Number.POSITIVE_INFINITY, fromBlock ?? 0));
  }
  const followed = new Set(runs.flatMap((run) => run.followed));
  return [...followed].filter((account) => {
    const chain = accountChain(account);
    const starts = [first.get(account), first.get(chain)].filter((start) => start !== undefined);
    return !isUtxoChain(chain) && starts.length > 0 && Math.min(...starts) > 0;
  });
}

/** Accounts of account chains that one asset came to and left in a transaction whose transfers have no order of their own. */
function throughAssigned(transfers: readonly Transfer[]): Account[] {
  const open = transfers.filter(
    ({ assigned, chain, kind }) =>
      (assigned === 'position' || assigned === 'both') && kind !== 'fee' && !isUtxoChain(chain),
  );
  const found: Account[] = [];
  for (const rows of Map.groupBy(open, ({ tx, asset }) => `${tx} ${asset}`).values()) {
    const paid = new Set(rows.map(({ from }) => from));
    for (const { from, to } of rows) if (from !== to && paid.has(to)) found.push(to);
  }
  return found;
}
