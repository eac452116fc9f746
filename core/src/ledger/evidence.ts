import type { Account, Chain } from '../units/index.ts';
import type { UtxoTransaction } from './utxo/transaction.ts';

/** One event of a receipt. Hex with `0x`, lower case. */
export type EventLog = {
  /** Place in its block, as the node numbers it. */
  readonly logIndex: number;
  /** The contract that emitted it. */
  readonly address: Account;
  readonly topics: readonly string[];
  readonly data: string;
};

/** A call that succeeded, with all the calls it was made from. */
export type CallFrame = {
  /** Place in the tree: `[]` the top-level call, `[0, 2]` the third call of its first. */
  readonly path: readonly number[];
  readonly from: Account;
  readonly to: Account;
  /** Base units of the native asset that moved; delegate and static calls move none. */
  readonly value: bigint;
  /** `0x…`. */
  readonly input: string;
};

/** What a chain of the Ethereum kind recorded of one transaction, as far as sources gave it. Null: not given, never "none". */
export type EvmEvidence = {
  readonly kind: 'evm';
  readonly chain: Chain;
  readonly tx: string;
  readonly blockNumber: number | null;
  /** Unix seconds. */
  readonly blockTime: number | null;
  readonly txIndex: number | null;
  readonly from: Account | null;
  /** The account called, or the contract created. */
  readonly to: Account | null;
  /** Top-level value, base units. */
  readonly value: bigint | null;
  /** Call data, `0x…`. */
  readonly input: string | null;
  /** Null: no receipt, so it is not known whether anything happened at all. */
  readonly succeeded: boolean | null;
  /** In log order; null: no receipt. */
  readonly logs: readonly EventLog[] | null;
  /** Successful frames in call order, the top-level one first; null: no trace. */
  readonly frames: readonly CallFrame[] | null;
};

export type UtxoEvidence = { readonly kind: 'utxo' } & UtxoTransaction;

/** What crossings are decoded from: the record of one transaction on one chain. */
export type TransactionEvidence = EvmEvidence | UtxoEvidence;

/** Evidence on its way into a ledger, with the words by which another transaction may look for it. */
export type IndexedEvidence = { readonly evidence: TransactionEvidence; readonly keys: readonly string[] };

/** What crossings ask of a ledger. */
export type EvidenceReader = {
  /** The record of these transactions, on whatever chain; what is not known is left out. Sorted by (chain, tx). */
  evidence(hashes: readonly string[]): Promise<TransactionEvidence[]>;
  /** Every record that was stored under one of the keys, once for each. Sorted by (key, chain, tx). */
  evidenceByKey(keys: readonly string[]): Promise<{ readonly key: string; readonly evidence: TransactionEvidence }[]>;
};
