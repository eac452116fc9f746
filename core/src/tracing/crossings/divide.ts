import type { Transfer } from '../../ledger/index.ts';
import { type Account, type Asset, compareText } from '../../units/index.ts';
import type { Crossing, CrossingProof } from '../request.ts';
import { NO_RECEIPT } from './abi.ts';
import { OPEN_MEMOS } from './choose-payouts.ts';
import type { Leg } from './leg.ts';
import type { Located } from './locate.ts';
import { crossRuns, type Piece } from './parts.ts';

/** A payout with what the ledger has of it; null transfer: nothing. */
export type Payout = {
  readonly leg: Leg;
  readonly transfer: Transfer | null;
  readonly account: Account;
  readonly asset: Asset;
  readonly amount: bigint;
};

/** @returns the reason, where the payout cannot be used. */
export function payoutOf(leg: Leg, located: Located): Payout | string {
  if (located.kind === 'found') {
    const { transfer } = located;
    return { leg, transfer, account: transfer.to, asset: transfer.asset, amount: transfer.amount };
  }
  if (located.kind === 'several') return located.reason;
  const { account, asset, amount, notes } = leg;
  if (notes.includes(NO_RECEIPT)) return `The payout ${leg.tx} is neither in the ledger nor proven to have succeeded.`;
  if (account === null || asset === null || amount === null || amount === 0n) {
    return `The payout ${leg.tx} is not in the ledger, and its record does not say who got how much of what.`;
  }
  return { leg, transfer: null, account, asset, amount };
}

function inLedgerOrder(a: Payout, b: Payout): number {
  const [x, y] = [a.transfer, b.transfer];
  if (x !== null && y !== null && x.blockTime !== y.blockTime) return x.blockTime - y.blockTime;
  return (
    compareText(a.leg.chain, b.leg.chain) ||
    compareText(a.leg.tx, b.leg.tx) ||
    (x?.position ?? -1) - (y?.position ?? -1)
  );
}

type Carried = { readonly amount: bigint };

type Division = {
  readonly key: string;
  readonly input: Leg;
  readonly basis: 'exact' | 'inferred';
  readonly carrier: Transfer;
  readonly payouts: readonly Payout[];
};

/**
 * Shares the inbound run among the payouts: swaps from its beginning, what was returned from its end.
 * @returns the reason, where it cannot be shared.
 */
export function divide(division: Division): Crossing[] | string {
  const { input, carrier } = division;
  const payouts = [...division.payouts].sort(inLedgerOrder);
  const a = input.amount === null || input.amount > carrier.amount ? carrier.amount : input.amount;
  const refunds = payouts.filter(({ leg }) => leg.kind === 'refund');
  const swaps = payouts.filter(({ leg }) => leg.kind !== 'refund');
  if (new Set(swaps.map(({ asset }) => asset)).size > 1) {
    return 'It was paid out in several assets, so what was paid for which part is not told.';
  }
  if (refunds.some(({ asset }) => asset !== carrier.asset)) {
    return 'What was returned is another asset than what came in.';
  }
  const outputs = swaps.length > 0 ? swaps : refunds;
  const returned = swaps.length > 0 ? refunds : [];
  const doubt = OPEN_MEMOS.has(input.protocol) ? doubtOf(input, a, swaps, refunds) : null;
  const basis = doubt === null ? division.basis : 'inferred';
  const pieces = crossRuns<Carried, Payout>({ inputs: [{ amount: a }], returned, outputs });
  if (pieces === null) {
    return 'More was returned than came in, or one payout is too small to have a part of what came in.';
  }
  return pieces.map((piece, i) => crossingOf({ ...division, basis, doubt, pieces, piece, number: i + 1 }));
}

/** Why a payout whose memo anyone could have written is not taken for the network's; null: nothing stands against it. */
function doubtOf(input: Leg, a: bigint, swaps: readonly Payout[], refunds: readonly Payout[]): string | null {
  const total = (payouts: readonly Payout[]): bigint => payouts.reduce((sum, { amount }) => sum + amount, 0n);
  if (swaps.length === 0) {
    return total(refunds) * 2n >= a
      ? null
      : 'Less than half of what came in was returned, and anyone can write that key, so the link is not proven.';
  }
  const { least, asset } = input.destination ?? {};
  const isShort = least !== undefined && swaps[0]?.asset === asset && total(swaps) * 2n < least;
  return isShort && refunds.length === 0
    ? 'Less than half of the least that the inbound memo accepts was paid out, and anyone can write that key, so the link is not proven.'
    : null;
}

type Making = Omit<Division, 'payouts'> & {
  readonly doubt: string | null;
  readonly pieces: readonly Piece<Carried, Payout>[];
  readonly piece: Piece<Carried, Payout>;
  readonly number: number;
};

function crossingOf({ key, input, basis, doubt, carrier, pieces, piece, number }: Making): Crossing {
  const { of: payout } = piece.output;
  const { account, asset, amount, leg } = payout;
  const part = piece.input.part === carrier.amount ? {} : { part: piece.input.part };
  return {
    id: pieces.length === 1 ? key : `${key}#${String(number).padStart(3, '0')}`,
    basis,
    input: { tx: carrier.tx, position: carrier.position },
    ...part,
    output:
      payout.transfer === null
        ? { kind: 'unrecorded', account, asset, amount }
        : { kind: 'transfer', transfer: { tx: payout.transfer.tx, position: payout.transfer.position } },
    reason: reasonOf({ key, input, basis, doubt, leg, pieces, piece }),
    ...(basis === 'exact' ? { proof: proofOf(input, leg) } : {}),
  };
}

const UNSHOWN_VAULTS =
  'That vaults of the network took it in and paid it out the chain does not show: whoever controls the sending account could stage both sides.';

function proofOf(input: Leg, leg: Leg): CrossingProof {
  return {
    protocol: input.protocol,
    key: input.key,
    transactions: [
      { chain: input.chain, tx: input.tx },
      ...(leg.tx === input.tx && leg.chain === input.chain ? [] : [{ chain: leg.chain, tx: leg.tx }]),
    ],
  };
}

function reasonOf({
  key,
  input,
  basis,
  doubt,
  leg,
  pieces,
  piece,
}: Omit<Making, 'carrier' | 'number'> & { leg: Leg }): string {
  const refund = leg.kind === 'refund';
  const sentences = [
    `${refund ? 'The refund' : 'The payout'} ${leg.tx} carries the key ${key} of the inbound transaction ${input.tx}.`,
  ];
  if (doubt !== null) sentences.push(doubt);
  else if (basis === 'inferred') {
    sentences.push(
      'Anyone can write that key into a payout, and this one does not pay an account that the inbound transaction names, so the link is not proven.',
    );
  } else if (OPEN_MEMOS.has(input.protocol)) sentences.push(UNSHOWN_VAULTS);
  if (piece.isReturn) {
    sentences.push(
      'The returned part is taken from the end of what came in, one for one; the network’s fees are in the rest.',
    );
  } else if (refund) {
    sentences.push('All of what came in is held to have come back; the difference is the network’s fee.');
  }
  if (refund && input.account !== null && leg.account !== null && leg.account !== input.account) {
    sentences.push('It went to another account than the sender’s.');
  }
  if (!piece.isReturn && pieces.filter((each) => !each.isReturn).length > 1) {
    sentences.push('Several payouts share what came in, in the order they were made.');
  }
  return [...sentences, ...new Set([...input.notes, ...leg.notes])].join(' ');
}
