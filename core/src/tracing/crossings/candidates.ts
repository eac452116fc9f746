import { isFeeSink, type Transfer, type TransferRef } from '../../ledger/index.ts';
import { type Account, type Asset, accountAddress, type Chain, compareText } from '../../units/index.ts';
import type { Crossing } from '../request.ts';
import type { Destination, Leg } from './leg.ts';

/** Value that went into a service which gives no key for where it came out. */
export type Exit = {
  readonly transfer: TransferRef;
  readonly chain: Chain;
  /** Unix seconds. */
  readonly time: number;
  readonly asset: Asset;
  /** Base units. */
  readonly amount: bigint;
  /** The protocol whose leg it is; null: a plain transfer to a service. */
  readonly protocol: string | null;
  /** Where the leg says the value goes. Null: it says nothing. */
  readonly destination: Destination | null;
};

/** A payment that may be what an exit was paid out as. */
export type CandidatePayout = {
  /** Null: not in the ledger, known from the leg alone. */
  readonly transfer: TransferRef | null;
  readonly chain: Chain;
  readonly tx: string;
  readonly time: number;
  readonly account: Account;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly protocol: string | null;
};

/** How much of one asset is worth one base unit of another: `numerator / denominator`. Between decimals of one coin too. */
export type Rate = {
  readonly from: Asset;
  readonly to: Asset;
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** Where the rate is from, a sentence. */
  readonly source: string;
};

/** What a payout must meet. Nothing is assumed: whoever asks states the bounds, and they are in the crossing's reason. */
export type CandidateOptions = {
  /** Seconds after the exit (negative: before it), both ends included. */
  readonly window: { readonly from: number; readonly to: number };
  /** What the service may keep, millionths of the exit's worth, both ends included; negative: it may pay more. */
  readonly fee: { readonly least: bigint; readonly most: bigint };
  /** For payouts in another asset than the exit's; without a rate they cannot be compared and are left out. */
  readonly rates: readonly Rate[];
};

export type Candidate = {
  readonly payout: CandidatePayout;
  /** Seconds from exit to payout. */
  readonly delay: number;
  /** The exit's worth less what was paid, base units of the payout's asset. */
  readonly kept: bigint;
  /** |kept| in millionths of the exit's worth, rounded down. */
  readonly difference: bigint;
};

export type CandidateList = {
  readonly exit: Exit;
  readonly options: CandidateOptions;
  /** By difference, then delay, then (chain, tx, position). */
  readonly candidates: readonly Candidate[];
  /** How many payouts were looked at. */
  readonly considered: number;
  /** How many of them were left out, by the first reason that applied. */
  readonly excluded: Readonly<Record<Exclusion, number>>;
  /** The runner-up's difference less the first's, millionths of the exit's worth; 0: a tie. Null: there is no runner-up. */
  readonly margin: bigint | null;
};

/** `other-protocol`, `other-chain`, `other-account`: the exit names another. `no-rate`: another asset, and no rate for it. */
export type Exclusion = 'other-protocol' | 'other-chain' | 'other-account' | 'time' | 'no-rate' | 'amount';

const MILLION = 1_000_000n;

/** A leg whose link the chain does not prove, with the transfer that carries it. */
export function exitOfLeg(leg: Leg, transfer: Transfer): Exit {
  const amount = leg.amount === null || leg.amount > transfer.amount ? transfer.amount : leg.amount;
  return { ...exitOfTransfer(transfer), amount, protocol: leg.protocol, destination: leg.destination };
}

/** A plain transfer to a service. */
export function exitOfTransfer(transfer: Transfer): Exit {
  const { tx, position, chain, blockTime, asset, amount } = transfer;
  return { transfer: { tx, position }, chain, time: blockTime, asset, amount, protocol: null, destination: null };
}

/** A transfer as a payout to its payee; on Bitcoin, to the owner of the output. Null: it pays nobody. */
export function payoutOfTransfer(transfer: Transfer, protocol: string | null = null): CandidatePayout | null {
  const { tx, position, chain, blockTime, asset, amount, to, lock } = transfer;
  const account = transfer.kind === 'output' ? (lock?.owner ?? to) : to;
  if (amount === 0n || transfer.kind === 'fee' || isFeeSink(to)) return null;
  return { transfer: { tx, position }, chain, tx, time: blockTime, account, asset, amount, protocol };
}

/**
 * Which payouts may be what an exit was paid out as, best first. Where the exit names a chain or an account, only payouts
 * there count; where it is a protocol's leg, only payouts that are legs of the same protocol or plain transfers. Never more
 * than `inferred`: what the exit was in truth paid out as need not be among the payouts given.
 */
export function candidatesFor(
  exit: Exit,
  payouts: readonly CandidatePayout[],
  options: CandidateOptions,
): CandidateList {
  const excluded = { 'other-protocol': 0, 'other-chain': 0, 'other-account': 0, time: 0, 'no-rate': 0, amount: 0 };
  const candidates: Candidate[] = [];
  for (const payout of payouts) {
    const judged = judge(exit, payout, options);
    if (typeof judged === 'string') excluded[judged]++;
    else candidates.push(judged);
  }
  candidates.sort(compareCandidates);
  const [first, second] = candidates;
  const margin = first === undefined || second === undefined ? null : second.difference - first.difference;
  return { exit, options, candidates, considered: payouts.length, excluded, margin };
}

/**
 * A candidate, the best unless said otherwise, as a crossing of basis `inferred`: for someone who decides to follow it.
 * Null: there is no such candidate.
 */
export function crossingOfCandidate(list: CandidateList, rank = 1): Crossing | null {
  const { exit } = list;
  const candidate = list.candidates[rank - 1];
  if (candidate === undefined) return null;
  const { payout } = candidate;
  return {
    id: `candidate:${exit.transfer.tx}:${exit.transfer.position}`,
    basis: 'inferred',
    input: exit.transfer,
    output:
      payout.transfer === null
        ? { kind: 'unrecorded', account: payout.account, asset: payout.asset, amount: payout.amount }
        : { kind: 'transfer', transfer: payout.transfer },
    reason: reasonOf(list, candidate, rank),
  };
}

function judge(exit: Exit, payout: CandidatePayout, options: CandidateOptions): Candidate | Exclusion {
  const { window, fee, rates } = options;
  const { destination } = exit;
  if (exit.protocol !== null && payout.protocol !== null && payout.protocol !== exit.protocol) return 'other-protocol';
  if (destination?.chain?.includes(':') && destination.chain !== payout.chain) return 'other-chain';
  if (destination?.account != null && !isAccount(payout.account, destination.account)) return 'other-account';
  const delay = payout.time - exit.time;
  if (delay < window.from || delay > window.to) return 'time';
  const worth = worthIn(exit, payout.asset, rates);
  if (worth === null) return 'no-rate';
  const kept = worth - payout.amount;
  if (kept * MILLION < fee.least * worth || kept * MILLION > fee.most * worth) return 'amount';
  const difference = worth === 0n ? 0n : ((kept < 0n ? -kept : kept) * MILLION) / worth;
  return { payout, delay, kept, difference };
}

/** Legs write an account as CAIP-10 or as the address alone. */
function isAccount(account: Account, named: string): boolean {
  return account === named || accountAddress(account) === named;
}

function worthIn(exit: Exit, asset: Asset, rates: readonly Rate[]): bigint | null {
  if (asset === exit.asset) return exit.amount;
  const rate = rates.find(({ from, to }) => from === exit.asset && to === asset);
  return rate === undefined ? null : (exit.amount * rate.numerator) / rate.denominator;
}

function compareCandidates(a: Candidate, b: Candidate): number {
  if (a.difference !== b.difference) return a.difference < b.difference ? -1 : 1;
  return (
    Math.abs(a.delay) - Math.abs(b.delay) ||
    compareText(a.payout.chain, b.payout.chain) ||
    compareText(a.payout.tx, b.payout.tx) ||
    (a.payout.transfer?.position ?? -1) - (b.payout.transfer?.position ?? -1)
  );
}

function reasonOf(list: CandidateList, { payout, delay, kept, difference }: Candidate, rank: number): string {
  const { exit, candidates, considered, margin, options } = list;
  const { window, fee } = options;
  const rate = options.rates.find(({ from, to }) => from === exit.asset && to === payout.asset);
  const next = rank === 1 ? margin : null;
  return [
    `Not proven: candidate ${rank} of ${candidates.length}, out of ${considered} payouts looked at.`,
    `${exit.amount} of ${exit.asset} went in; ${payout.amount} of ${payout.asset} was paid ${delay} seconds later, ${kept} less than its worth (${difference} millionths).`,
    `Counted were payouts from ${window.from} to ${window.to} seconds after, less a fee of ${fee.least} to ${fee.most} millionths.`,
    ...(rate === undefined ? [] : [`Rate: ${rate.numerator}/${rate.denominator}. ${rate.source}`]),
    next === null
      ? rank === 1
        ? 'There is no runner-up among them.'
        : 'It is not the nearest of them.'
      : `The runner-up differs by ${next} millionths more.`,
  ].join(' ');
}
