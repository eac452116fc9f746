import { CairnError } from '../../errors.ts';
import {
  type Account,
  type Asset,
  accountAddress,
  type Chain,
  coinOf,
  erc20,
  ZERO_ADDRESS,
} from '../../units/index.ts';
import type { EventLog, EvmEvidence } from '../evidence.ts';
import type { Draft } from '../ingest/draft.ts';
import { type AssignedOrder, FEE_POSITION, feeSink, type Transfer, type TransferKind } from '../transfer.ts';
import type { PlacedFrame } from './frames.ts';
import { INTERNAL_BASE, TOKEN_BASE } from './rows.ts';
import type { EvmRecord } from './transaction-record.ts';
import { TRANSFER_TOPIC } from './transfer-topic.ts';
import { UNWRAP_TOPIC, WRAP_TOPIC, WRAPPED_COINS } from './wrapped-coins.ts';

/** What moved inside a transaction, and where: `position` null means that the source does not show the place. */
export type EvmMovement = {
  readonly kind: TransferKind;
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly position: number | null;
  /** First place tried where `position` is null. */
  readonly base: number;
};

/**
 * Everything a transaction's record shows to have moved, by place: the fee at −1; the top-level value at 0; what inner
 * calls moved at the rank of their frame among all of the transaction's, failed ones included; token transfers at
 * 1,000,000 + log index, what wrapping the chain's coin makes and unwrapping destroys among them. A transaction that failed moves its fee only. Where there is neither receipt nor trace,
 * nothing is known to have moved; where a receipt is silent on success (before Byzantium), value is taken as moved.
 * Of a chain whose coin is not known here, tokens only.
 */
export function movementsOf(record: Pick<EvmRecord, 'evidence' | 'fee' | 'frames'>): EvmMovement[] {
  const { chain, succeeded, logs } = record.evidence;
  const coin = coinOf(chain);
  const nothingKnown = succeeded === false || (succeeded === null && logs === null);
  const native = coin === null ? [] : coinMovements(record, coin);
  if (nothingKnown) return native.filter(({ kind }) => kind === 'fee');
  const tokens = (logs ?? []).flatMap((log) => tokenMovement(chain, log));
  const wraps = (logs ?? []).flatMap((log) => wrapMovement(chain, log));
  return [
    ...native,
    ...[...tokens, ...wraps.filter((wrap) => !tokens.some((token) => isSame(token, wrap)))].sort(byPlace),
  ];
}

function coinMovements(
  { evidence: { chain, from, to, value }, fee, frames }: Pick<EvmRecord, 'evidence' | 'fee' | 'frames'>,
  asset: Asset,
): EvmMovement[] {
  const movements: EvmMovement[] = [];
  if (fee !== null && from !== null) {
    movements.push({ kind: 'fee', from, to: feeSink(chain), asset, amount: fee, position: FEE_POSITION, base: 0 });
  }
  if (from !== null && to !== null && value !== null) {
    movements.push({ kind: 'native', from, to, asset, amount: value, position: 0, base: 0 });
  }
  for (const { frame, position } of frames ?? []) {
    const isTop = frame.path.length === 0;
    // The top-level call's value is the transaction's own.
    if (frame.value === 0n || (isTop && value !== null)) continue;
    const moved = { from: frame.from, to: frame.to, asset, amount: frame.value, position };
    movements.push(isTop ? { kind: 'native', ...moved, base: 0 } : { kind: 'internal', ...moved, base: INTERNAL_BASE });
  }
  return movements;
}

/** ERC-721 uses the same event with a fourth topic and moves no amount. */
function tokenMovement(chain: Chain, { address, topics, data, logIndex }: EventLog): EvmMovement[] {
  const [event, from, to] = topics;
  if (event !== TRANSFER_TOPIC || topics.length !== 3 || data.length !== 66) return [];
  // An address fills the last 20 bytes of its topic.
  const account = (topic: string): Account => `${chain}:0x${topic.slice(26)}`;
  return [
    {
      kind: 'token',
      from: account(from as string),
      to: account(to as string),
      asset: erc20(chain, accountAddress(address)),
      amount: BigInt(data),
      position: TOKEN_BASE + logIndex,
      base: TOKEN_BASE,
    },
  ];
}

/** Wrapping makes tokens, unwrapping destroys them, and most of these contracts emit no transfer of them. */
function wrapMovement(chain: Chain, { address, topics, data, logIndex }: EventLog): EvmMovement[] {
  const [event, holder] = topics;
  const isWrap = event === WRAP_TOPIC;
  const contract = WRAPPED_COINS.get(chain);
  if ((!isWrap && event !== UNWRAP_TOPIC) || topics.length !== 2 || data.length !== 66) return [];
  if (contract === undefined || address !== `${chain}:${contract}`) return [];
  const account: Account = `${chain}:0x${(holder as string).slice(26)}`;
  const [from, to] = isWrap ? [address, account] : [account, address];
  const position = TOKEN_BASE + logIndex;
  return [{ kind: 'token', from, to, asset: erc20(chain, contract), amount: BigInt(data), position, base: TOKEN_BASE }];
}

/** Does a transfer event say what a wrap's event says? Then it is one movement, and the transfer event's. */
function isSame(token: EvmMovement, wrap: EvmMovement): boolean {
  const zero = ZERO_ADDRESS;
  const isMade = accountAddress(token.from) === zero && token.to === wrap.to;
  const isGone = accountAddress(token.to) === zero && token.from === wrap.from;
  return token.asset === wrap.asset && token.amount === wrap.amount && (isMade || isGone);
}

const byPlace = (a: EvmMovement, b: EvmMovement): number => (a.position ?? a.base) - (b.position ?? b.base);

/** What evidence alone leaves out, where the caller has it. */
export type TransferDetails = {
  /** What the sender paid the network; default: not known, no row. */
  readonly fee?: bigint | null;
  /** The frames with their places; default: places are assigned in call order. */
  readonly frames?: readonly PlacedFrame[] | null;
  /** Unix seconds, where the evidence has no time. */
  readonly blockTime?: number;
};

/**
 * A transaction's transfers, as the ledger would have them from the same record: see `movementsOf`.
 * @returns in ledger order.
 * @throws {CairnError} `invalid-input`: block or time are not known.
 */
export function transfersOfEvidence(evidence: EvmEvidence, details: TransferDetails = {}): Transfer[] {
  const { chain, tx, blockNumber, txIndex } = evidence;
  const blockTime = evidence.blockTime ?? details.blockTime ?? null;
  if (blockNumber === null || blockTime === null) {
    const missing = blockNumber === null ? 'block' : 'time';
    throw new CairnError('invalid-input', `transaction ${tx}: its ${missing} is not known`);
  }
  const frames = details.frames ?? evidence.frames?.map((frame) => ({ frame, position: null })) ?? null;
  const movements = movementsOf({ evidence, fee: details.fee ?? null, frames });
  const common = { chain, blockNumber, txIndex: txIndex ?? 0, blockTime, tx, rounded: false };
  let next = INTERNAL_BASE;
  return movements.map(({ kind, from, to, asset, amount, position, base }) => {
    const place = position ?? (base === INTERNAL_BASE ? next++ : base);
    const assigned = assignedOrder(txIndex === null, position === null);
    return { ...common, position: place, from, to, asset, amount, kind, assigned };
  });
}

function assignedOrder(index: boolean, position: boolean): AssignedOrder {
  if (index) return position ? 'both' : 'index';
  return position ? 'position' : 'none';
}

/**
 * The same transfers as rows of a file on their way into a ledger; time and place in the block may be missing.
 * @param line - of the record in its file.
 * @param cells - kept where the row can still be rejected, because the ledger must have its block's time.
 * @throws {CairnError} `invalid-input`: the block is not known.
 */
export function draftsOf(record: EvmRecord, line: number, cells: readonly string[]): Draft[] {
  const { chain, tx, blockNumber, blockTime, txIndex } = record.evidence;
  const movements = movementsOf(record);
  if (blockNumber === null) {
    if (movements.length === 0) return [];
    throw new CairnError('invalid-input', `transaction ${tx}: its block is not known`);
  }
  const place = { chain, blockNumber, blockTime, tx, txIndex };
  return movements.map((movement) => draftOf(place, movement, line, () => cells));
}

type Place = Pick<Draft, 'chain' | 'blockNumber' | 'blockTime' | 'tx' | 'txIndex'>;

/** One movement as a row on its way into a ledger. @param cells - asked for where the row can still be rejected. */
export function draftOf(place: Place, movement: EvmMovement, line: number, cells: () => readonly string[]): Draft {
  return {
    ...place,
    ...movement,
    rounded: false,
    line,
    firstOnly: movement.kind === 'fee',
    cells: place.blockTime === null ? cells() : null,
  };
}
