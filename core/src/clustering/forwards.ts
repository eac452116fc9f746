import type { Transfer } from '../ledger/index.ts';
import { type Account, type Asset, assetChain, isEvmChain } from '../units/index.ts';
import type { ForwardEvidence, Movement, Service } from './deposit-account.ts';

export type DepositBounds = {
  /** tmax: blocks between arrival and forward, at most. */
  readonly maxBlocks: number;
  /** amax: wei of ether that may stay behind, for fees. Any other asset is forwarded whole, or it is none. */
  readonly maxKept: bigint;
  /** Arrivals that one forward may pass on together, at most; 1: one to one, as Victor has it. Default 32. */
  readonly maxSwept?: number;
};

/** Victor's parameters for Ethereum: 3,200 blocks (about half a day), 0.01 ether. */
export const VICTOR_BOUNDS: DepositBounds = { maxBlocks: 3_200, maxKept: 10n ** 16n };

/** A sweep of more arrivals than this is not looked for: the more there are, the more sums fit by chance. */
const MAX_SWEPT = 32;

/**
 * Did a customer pay this in? Not if a labelled service did (gas for a sweep, a withdrawal), and not if a contract did: an inner
 * call's value was sent by one. Miners, and contracts that send tokens, do not show in a transfer.
 */
export function isPayment({ from, kind }: Transfer, serviceOf: (account: Account) => Service | null): boolean {
  return kind !== 'internal' && serviceOf(from) === null;
}

/**
 * Pairs each forward with the latest payment, or run of payments, of the same asset that it can have passed on. No payment counts twice.
 * @param transfers - what moved to and from the account, in ledger order, without fees and transfers to itself.
 */
export function matchForwards(
  account: Account,
  transfers: readonly Transfer[],
  serviceOf: (account: Account) => Service | null,
  bounds: DepositBounds,
): ForwardEvidence[] {
  const waiting = new Map<Asset, Transfer[]>();
  const forwards: ForwardEvidence[] = [];
  for (const transfer of transfers) {
    const arrivals = waiting.get(transfer.asset) ?? [];
    waiting.set(transfer.asset, arrivals);
    if (transfer.to === account) {
      if (isPayment(transfer, serviceOf)) arrivals.push(transfer);
      continue;
    }
    const passed = passedOn(arrivals, transfer, bounds);
    if (passed === null) continue;
    arrivals.splice(passed.from, passed.count);
    forwards.push(passed.evidence);
  }
  return forwards;
}

type Passed = { readonly from: number; readonly count: number; readonly evidence: ForwardEvidence };

/** The shortest run that ends in the latest arrival comes first, then runs that end earlier: what waits longest is tried last. */
function passedOn(arrivals: readonly Transfer[], forward: Transfer, bounds: DepositBounds): Passed | null {
  const { maxBlocks, maxKept, maxSwept = MAX_SWEPT } = bounds;
  const most = isEther(forward.asset) ? maxKept : 0n;
  for (let end = arrivals.length; end > 0; end--) {
    if (forward.blockNumber - (arrivals[end - 1] as Transfer).blockNumber > maxBlocks) break;
    let sum = 0n;
    for (let from = end - 1; from >= 0 && end - from <= maxSwept; from--) {
      const first = arrivals[from] as Transfer;
      const blocks = forward.blockNumber - first.blockNumber;
      if (blocks > maxBlocks) break;
      sum += first.amount;
      const kept = sum - forward.amount;
      if (kept > most) break;
      if (kept < 0n) continue;
      const run = arrivals.slice(from, end);
      return { from, count: run.length, evidence: evidenceOf(run, forward, { kept, blocks }, bounds) };
    }
  }
  return null;
}

/** Ether of Ethereum and of chains whose coin it is. Victor's 0.01 means nothing of another coin. */
function isEther(asset: Asset): boolean {
  const chain = assetChain(asset);
  return isEvmChain(chain) && asset === `${chain}/slip44:60`;
}

function evidenceOf(
  run: readonly Transfer[],
  forward: Transfer,
  { kept, blocks }: { readonly kept: bigint; readonly blocks: number },
  { maxBlocks, maxKept }: DepositBounds,
): ForwardEvidence {
  const soon = maxBlocks === 0 ? 1 : 1 - blocks / maxBlocks;
  const whole = maxKept === 0n ? 1 : 1 - Number((kept * 1_000_000n) / maxKept) / 1_000_000;
  return {
    asset: forward.asset,
    received: run.map(movementOf),
    forwarded: movementOf(forward),
    kept,
    blocks,
    confidence: soon / 2 + whole / 2,
  };
}

function movementOf({ tx, from, to, amount, blockNumber }: Transfer): Movement {
  return { tx, from, to, amount, blockNumber };
}
