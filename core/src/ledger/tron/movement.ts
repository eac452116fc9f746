import { type Account, type Asset, TRON } from '../../units/index.ts';
import type { EvmMovement } from '../evm/evidence-transfers.ts';
import { INTERNAL_BASE, TOKEN_BASE } from '../evm/rows.ts';
import { FEE_POSITION, feeSink } from '../transfer.ts';
import { TRX, topicAccount, trc20 } from './address.ts';

/** keccak256("Transfer(address,address,uint256)"), the event of TRC-20 as of ERC-20. */
const TRANSFER_TOPIC = 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

/** What moved in a transaction of Tron. Positions as on chains of the Ethereum kind; null: the source has none. */
export type TronMovement = EvmMovement;

/** TRX that the transaction itself moves. @param amount - sun. */
export function nativeMovement(from: Account, to: Account, amount: bigint): TronMovement {
  return { kind: 'native', from, to, asset: TRX, amount, position: 0, base: 0 };
}

/** TRX that a contract's inner call moves. */
export function internalMovement(from: Account, to: Account, amount: bigint): TronMovement {
  return { kind: 'internal', from, to, asset: TRX, amount, position: null, base: INTERNAL_BASE };
}

/** What was burnt for energy and bandwidth, and fixed charges. */
export function feeMovement(from: Account, amount: bigint): TronMovement {
  return { kind: 'fee', from, to: feeSink(TRON), asset: TRX, amount, position: FEE_POSITION, base: 0 };
}

/** @param position - 1,000,000 + place of the log in its block; null: not known. */
export function tokenMovement(
  moved: { readonly from: Account; readonly to: Account; readonly asset: Asset; readonly amount: bigint },
  position: number | null,
): TronMovement {
  return { kind: 'token', ...moved, position, base: TOKEN_BASE };
}

/** A log as Tron's sources write it: hex with or without `0x`. */
export type TronLog = { readonly address: string; readonly topics: readonly string[]; readonly data: string };

/**
 * What a log moved: TRC-20's Transfer event. Null: another event, or TRC-721's, which has a fourth topic.
 * @param logIndex - place in the block; null: not known.
 * @throws {CairnError} `invalid-input`: the contract is no address.
 */
export function movementOfLog({ address, topics, data }: TronLog, logIndex: number | null): TronMovement | null {
  const [event, from, to] = topics.map((topic) => topic.replace(/^0x/, '').toLowerCase());
  const amount = /^(?:0x)?([0-9a-f]{64})$/i.exec(data)?.[1];
  if (event !== TRANSFER_TOPIC || topics.length !== 3 || amount === undefined) return null;
  if (!/^[0-9a-f]{64}$/.test(from as string) || !/^[0-9a-f]{64}$/.test(to as string)) return null;
  const moved = {
    from: topicAccount(from as string),
    to: topicAccount(to as string),
    asset: trc20(address),
    amount: BigInt(`0x${amount}`),
  };
  return tokenMovement(moved, logIndex === null ? null : TOKEN_BASE + logIndex);
}
