import { CairnError, isCairnError } from '../../errors.ts';
import type { Account, Asset } from '../../units/index.ts';
import { countOrNull, isAbsent, listAt, objectAt, refuse } from '../evm/json-values.ts';
import type { AssetMetadata } from '../ingest/draft.ts';
import { tronAccount } from './address.ts';
import { feeMovement, movementOfLog, type TronMovement } from './movement.ts';

/** What one JSON record says of one transaction. */
export type TronPiece = {
  readonly tx: string;
  readonly blockNumber: number | null;
  /** Unix seconds. */
  readonly blockTime: number | null;
  readonly txIndex: number | null;
  readonly movements: readonly TronMovement[];
  /** Who signed, and so pays the fee; null: not said. */
  readonly owner: Account | null;
  /** Sun; null: not said. */
  readonly fee: bigint | null;
  /** Symbols and decimals as the source states them. */
  readonly assets: readonly (readonly [Asset, AssetMetadata])[];
  /** Why nothing of it is a transfer of TRX or a TRC-20 token; null: nothing was passed over. */
  readonly passedOver: PassedOver | null;
};

export type PassedOver = 'failed' | 'trc10' | 'other-event' | 'approval' | 'inner-calls';

/** A piece that says nothing yet. */
export const NOTHING = {
  blockNumber: null,
  blockTime: null,
  txIndex: null,
  movements: [],
  owner: null,
  fee: null,
  assets: [],
  passedOver: null,
};

export function accountAt(value: unknown, where: string): Account {
  if (typeof value !== 'string') return refuse(where, isAbsent(value) ? 'is missing' : 'is not an address', value);
  try {
    return tronAccount(value);
  } catch (error) {
    if (!isCairnError(error)) throw error;
    throw new CairnError(error.code, `${where}: ${error.message}`, { hints: error.hints });
  }
}

/** Tron's sources give times in milliseconds; data sets in seconds. */
export function secondsAt(value: unknown, where: string): number | null {
  const time = countOrNull(value, where);
  // Eleven digits of seconds reach the year 5138: more are milliseconds.
  return time === null || time < 1e11 ? time : Math.floor(time / 1000);
}

/** An address as Tron writes it. */
export function addressAt(value: unknown, where: string): string {
  const account = accountAt(value, where);
  return account.slice(account.lastIndexOf(':') + 1);
}

/** What a log moved, none or one. */
export function logMovement(value: unknown, logIndex: number | null, where: string): TronMovement[] {
  const log = objectAt(value, where);
  const topics = (isAbsent(log['topics']) ? [] : listAt(log['topics'], `${where}.topics`)).map(String);
  const address = addressAt(log['address'], `${where}.address`);
  const moved = movementOfLog({ address, topics, data: String(log['data'] ?? '') }, logIndex);
  return moved === null ? [] : [moved];
}

/** The rows of a piece's fee, where who pays it is known. */
export function feeOf(fee: bigint | null, owner: Account | null): TronMovement[] {
  return fee === null || owner === null ? [] : [feeMovement(owner, fee)];
}
