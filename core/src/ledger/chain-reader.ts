import type { Account, Asset, Chain } from '../units/index.ts';
import type { EventLog } from './evidence.ts';

/** One movement of value as a node reports it. */
export type ChainMovement = {
  readonly from: Account;
  readonly to: Account;
  readonly asset: Asset;
  /** Base units. */
  readonly amount: bigint;
};

/** A transaction as a node reports it. */
export type ChainTransaction = {
  readonly hash: string;
  readonly blockNumber: number;
  /** Unix seconds of its block. */
  readonly blockTime: number;
  /** Place in its block, from 0. */
  readonly txIndex: number;
  readonly from: Account;
  /** The account called, or the contract created. */
  readonly to: Account;
  readonly nativeAsset: Asset;
  /** Top-level value, base units of the native asset. It moved only if the transaction succeeded. */
  readonly value: bigint;
  readonly succeeded: boolean;
  /** What the sender paid the network, base units of the native asset. */
  readonly fee: bigint;
  readonly nonce: number;
  /** Call data, `0x…`. */
  readonly input: string;
  /** All of its events, in log order. */
  readonly logs: readonly EventLog[];
  /** Token transfers by its events, in log order. */
  readonly tokens: readonly ChainMovement[];
};

/**
 * What a node says about a chain, for checking a record against it. Null is "this node cannot say" (no archive state,
 * no traces), never "nothing". All answers are the node's: the checker trusts it as far as its operator does.
 */
export type ChainReader = {
  readonly chain: Chain;
  /** The newest block the node has. */
  head(): Promise<number>;
  /** null: the node knows no such transaction. */
  transaction(hash: string): Promise<ChainTransaction | null>;
  /** Native value moved by successful inner calls, in call order; null: the node keeps no traces. */
  internalTransfers(hash: string): Promise<readonly ChainMovement[] | null>;
  /** Balance at the end of a block, base units. */
  balance(account: Account, asset: Asset, block: number): Promise<bigint | null>;
  /** Transactions an account had sent by the end of a block. */
  nonce(account: Account, block: number): Promise<number | null>;
  /** Has the account code at the end of a block? Then its nonce counts something else. */
  hasCode(account: Account, block: number): Promise<boolean | null>;
};
