import type { Account, Asset } from '../units/index.ts';

/**
 * An inference, never a listing or a label: this account looks like the deposit account that a service gave one customer.
 * @see Victor, "Address Clustering Heuristics for Ethereum", Financial Cryptography 2020.
 */
export type DepositAccount = {
  readonly account: Account;
  /** The labelled account of the service that it forwards to. */
  readonly service: { readonly account: Account; readonly name: string; readonly source: string };
  /** 0–1, the best of its forwards: ½(1 − Δt/tmax) + ½(1 − Δa/amax). */
  readonly confidence: number;
  /** Each pair of an arrival and the forward that passed it on, in ledger order. */
  readonly forwards: readonly ForwardEvidence[];
};

export type ForwardEvidence = {
  readonly asset: Asset;
  readonly received: {
    readonly tx: string;
    readonly from: Account;
    readonly amount: bigint;
    readonly blockNumber: number;
  };
  readonly forwarded: { readonly tx: string; readonly amount: bigint; readonly blockNumber: number };
  /** Base units that stayed behind (the fee, and change). */
  readonly kept: bigint;
  readonly blocks: number;
};
