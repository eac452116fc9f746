import type { Account, Asset } from '../units/index.ts';

/**
 * An inference, never a listing or a label: this account behaves like the deposit account that a service gave one customer.
 * @see Victor, "Address Clustering Heuristics for Ethereum", Financial Cryptography 2020.
 */
export type DepositAccount = {
  readonly account: Account;
  /** The service it forwards to; `account`: the labelled account that most of the forwards went to, not all of them. */
  readonly service: Service & { readonly account: Account };
  /** 0–1, the best of its forwards: ½(1 − Δt/tmax) + ½(1 − Δa/amax). A ranking (Wu et al., "Tutela", 2022), not a probability. */
  readonly confidence: number;
  /** Each forward with the arrivals it passed on, in ledger order. */
  readonly forwards: readonly ForwardEvidence[];
  /** Transfers to the service that no arrival within the bounds explains. */
  readonly unexplained: number;
};

/** Who a labelled account is run by, and who says so. */
export type Service = { readonly name: string; readonly source: string };

export type ForwardEvidence = {
  readonly asset: Asset;
  /** In ledger order; more than one where a sweep passed on several at once (an extension of Victor's one to one). */
  readonly received: readonly Movement[];
  readonly forwarded: Movement;
  /** Base units that stayed behind: the fee, and change. */
  readonly kept: bigint;
  /** Blocks from the first of the arrivals to the forward. */
  readonly blocks: number;
  /** 0–1. */
  readonly confidence: number;
};

export type Movement = {
  readonly tx: string;
  readonly from: Account;
  readonly to: Account;
  /** Base units. */
  readonly amount: bigint;
  readonly blockNumber: number;
};

/** What an account is as far as the heuristic can tell: recognised, or why not. */
export type DepositFinding =
  | { readonly kind: 'deposit'; readonly deposit: DepositAccount }
  | {
      readonly kind: 'undecided';
      readonly account: Account;
      readonly reason: UndecidedReason;
      readonly because: string;
    };

/** Why nothing is recognised. None of these says that an account is no deposit account. */
export type UndecidedReason =
  | 'labelled' // somebody says who it is: there is nothing to infer
  | 'no-record' // the ledger has nothing of it
  | 'nothing-sent' // the record shows no outgoing transfer
  | 'no-labelled-service' // it pays nobody who is labelled as a service
  | 'pays-others' // it pays accounts beside the service's
  | 'several-services'
  | 'no-customer' // what it received came from services and contracts only, or is not in the record
  | 'out-of-bounds' // it kept too much, or too long
  | 'other-chain' // not a chain of accounts: Bitcoin
  | 'too-many'; // its record is too long to look through
